internal import AssayFormats
internal import AssayNet
internal import FleetCore

/// The UI of a fleet: accounts with their tasks, proxies and media, which workers ask for over HTTP.
@main struct Main {
    static func main() {
        Settings.launch(Array(CommandLine.arguments.dropFirst()), serve)
    }

    /// Serves until a signal says to stop.
    private static func serve(_ settings: Settings) throws {
        let reactor = try Reactor()
        let signals = try SignalWatch([.interrupt, .terminate], on: reactor)
        let clock = Clock { Reactor.monotonicNow() / 1_000_000 }
        let locks: any LockStore =
            settings.redis.map { RedisLocks($0, defect: settings.defect, on: reactor) }
            ?? MemoryLocks(defect: settings.defect) { clock.now }
        let service = ReactorBound(Service(settings, locks: locks, clock: clock), on: reactor)
        let server = try HTTPServer(at: settings.address, on: reactor) { await service.value.answer($0) }
        reactor.run {
            service.value.log.write(
                .info, "listening",
                [
                    ("address", .string("\(server.address)")),
                    ("contract", .string(settings.version.rawValue)),
                    ("locks", .string(settings.redis.map(\.description) ?? "in memory")),
                    ("defect", settings.defect.map { .string($0.rawValue) } ?? .null),
                ])
            _ = await signals.next()
            server.stop()
            service.value.log.write(.info, "stopped")
        }
    }
}
