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
            let inventory = Inventory(
                connections(settings, on: reactor), cache: cache(settings, on: reactor),
                on: reactor, losesUpdates: settings.losesUpdates)
            let service = ReactorBound(Service(settings, inventory), on: reactor)
            try serve(service, settings, signals, on: reactor)
        } catch {
            Log(least: .error).write(.error, "cannot start", [("reason", .string("\(error)"))])
            exitProcess(1)
        }
    }

    private static func cache(_ settings: Settings, on reactor: Reactor) -> BalanceCache {
        BalanceCache(settings.redis.map { RedisStore($0, on: reactor) }) { Reactor.monotonicNow() }
    }

    private static func connections(_ settings: Settings, on reactor: Reactor) -> ConnectionPool {
        switch settings.database {
        case .sqlite(let path):
            // One writer at a time is all SQLite has; a second connection would only wait for the first.
            ConnectionPool(size: 1, on: reactor) { () throws(DatabaseError) in
                try SQLiteConnection(path: path)
            }
        case .postgres(let address, _):
            ConnectionPool(size: settings.connections, on: reactor) { () throws(DatabaseError) in
                try PostgresConnection(address)
            }
        }
    }

    /// Serves until a signal says to stop; answers under way are finished first.
    private static func serve(
        _ service: ReactorBound<Service>, _ settings: Settings, _ signals: SignalWatch, on reactor: Reactor
    ) throws(SystemError) {
        let server = try HTTPServer(
            at: settings.address, on: reactor, options: HTTPServerOptions(limits: .init(bodyBytes: 1 << 20))
        ) { await service.value.answer($0) }
        var metrics: HTTPServer?
        if let address = settings.metricsAddress {
            metrics = try HTTPServer(at: address, on: reactor) { await service.value.answerMetrics($0) }
        }
        let metricsServer = metrics
        reactor.run {
            let log = service.value.log
            log.write(
                .info, "listening",
                [
                    ("address", .string("\(server.address)")), ("database", .string(settings.database.shown)),
                    ("cache", settings.redis.map { .string($0.description) } ?? .null),
                    ("defect", settings.losesUpdates ? "lost-update" : .null),
                ])
            // Not a reason to end: /health/ready tells, and the database may come.
            do throws(InventoryError) { try await service.value.inventory.check() } catch {
                log.write(.warn, "database not ready", [("reason", .string(error.reason))])
            }
            let signal = await signals.next()
            log.write(.info, "stopping", [("signal", .string(signal.map { "\($0)" } ?? "none"))])
            let deadline = Reactor.monotonicNow() + 3_000_000_000
            while service.value.requestsUnderWay > 0, Reactor.monotonicNow() < deadline {
                await reactor.sleep(for: .milliseconds(5))
            }
            server.stop()
            metricsServer?.stop()
            log.write(.info, "stopped", [])
        }
    }
}
