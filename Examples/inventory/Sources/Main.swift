internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// A small inventory service: what users hold, reserve, give back and use up, behind JSON Web Tokens.
@main struct Main {
    static func main() {
        let settings: Settings
        do {
            settings = try Settings(arguments: Array(CommandLine.arguments.dropFirst())) {
                Host.environment($0)
            }
        } catch {
            Host.write("inventory-service: \(error.message)\n\(Settings.usage)\n", to: 2)
            exitProcess(2)
        }
        if settings.wantsHelp {
            Host.write(Settings.usage + "\n", to: 1)
            return
        }
        do {
            let reactor = try Reactor()
            let signals = try SignalWatch([.interrupt, .terminate], on: reactor)
            let database = try Database(path: settings.database)
            let inventory = try Inventory(
                database: database, reactor: reactor, losesUpdates: settings.losesUpdates)
            let service = ReactorBound(Service(settings, inventory), on: reactor)
            try serve(service, settings, signals, on: reactor)
        } catch {
            Log(least: .error).write(.error, "cannot start", [("reason", .string("\(error)"))])
            exitProcess(1)
        }
    }

    /// Serves until a signal says to stop; answers under way are finished first.
    private static func serve(
        _ service: ReactorBound<Service>, _ settings: Settings, _ signals: SignalWatch, on reactor: Reactor
    ) throws(SystemError) {
        let server = try HTTPServer(
            at: settings.address, on: reactor, limits: .init(bodyBytes: 1 << 20)
        ) { await service.value.answer($0) }
        reactor.run {
            let log = service.value.log
            log.write(
                .info, "listening",
                [
                    ("address", .string("\(server.address)")), ("database", .string(settings.database)),
                    ("defect", settings.losesUpdates ? "lost-update" : .null),
                ])
            let signal = await signals.next()
            log.write(.info, "stopping", [("signal", .string(signal.map { "\($0)" } ?? "none"))])
            let deadline = Reactor.monotonicNow() + 3_000_000_000
            while service.value.requestsUnderWay > 0, Reactor.monotonicNow() < deadline {
                await reactor.sleep(for: .milliseconds(5))
            }
            server.stop()
            log.write(.info, "stopped", [])
        }
    }
}
