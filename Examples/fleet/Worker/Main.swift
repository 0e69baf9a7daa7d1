internal import AssayFormats
internal import AssayNet
internal import FleetCore

/// A worker of a fleet: runs jobs for accounts, started over HTTP or pulled from the UI.
@main struct Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments == ["--openapi"] {
            Host.write(OpenAPIDocument.json.rendered(pretty: true) + "\n", to: 1)
            return
        }
        Settings.launch(arguments, serve)
    }

    /// Serves until a signal says to stop.
    private static func serve(_ settings: Settings) throws {
        let reactor = try Reactor()
        let signals = try SignalWatch([.interrupt, .terminate], on: reactor)
        let client = UIClient(
            HTTPTransport(
                settings.ui, token: settings.token, version: settings.version, timeout: settings.timeout,
                on: reactor),
            worker: settings.worker, version: settings.version, defect: settings.defect)
        let log = Log(least: settings.logLevel)
        let pace = Pace(now: { Reactor.monotonicNow() / 1_000_000 }) {
            await reactor.sleep(for: .milliseconds($0))
        }
        let orchestrator = Orchestrator(
            client, limits: settings.limits, times: settings.times, pace: pace, log: log,
            defect: settings.defect)
        let service = ReactorBound(Service(orchestrator, isPulling: settings.isPulling), on: reactor)
        let server = try HTTPServer(at: settings.address, on: reactor) { await service.value.answer($0) }
        reactor.run {
            log.write(
                .info, "listening",
                [
                    ("address", .string("\(server.address)")), ("worker", .string(settings.worker)),
                    ("contract", .string(settings.version.rawValue)), ("pulling", .bool(settings.isPulling)),
                    ("defect", settings.defect.map { .string($0.rawValue) } ?? .null),
                ])
            startLanes(settings, service, on: reactor)
            _ = await signals.next()
            server.stop()
            log.write(.info, "stopped")
        }
    }

    /// A task for each job that may run at a time, and one that pulls.
    private static func startLanes(
        _ settings: Settings, _ service: ReactorBound<Service>, on reactor: Reactor
    ) {
        let work = reactor.makeSignal()
        let room = reactor.makeSignal()
        service.value.orchestrator.wake = { work.notifyAll() }
        service.value.pullingBegan = { room.notifyAll() }
        for _ in 0..<settings.limits.running {
            Task(executorPreference: reactor) {
                while true {
                    if await service.value.orchestrator.runNext() == nil {
                        await work.wait()
                    } else {
                        room.notifyAll()
                    }
                }
            }
        }
        Task(executorPreference: reactor) {
            while true {
                guard service.value.isPulling else {
                    await room.wait()
                    continue
                }
                var count = 0
                do throws(UITrouble) { count = try await service.value.orchestrator.pullOnce() } catch {
                    service.value.orchestrator.log.write(.warn, "pull", [("reason", .string("\(error)"))])
                }
                if count == 0 {
                    let end = Reactor.monotonicNow() + settings.pullMilliseconds * 1_000_000
                    await room.wait(until: end)
                }
            }
        }
    }
}
