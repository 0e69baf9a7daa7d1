internal import AssayFormats
internal import AssayNet
internal import Glibc

/// A small voice bot of a tire shop: takes calls over AudioSocket, understands, acts and answers with the help of other services.
@main struct Main {
    static func main() {
        guard CommandLine.arguments.count == 1 else {
            let wantsHelp = ["-h", "--help"].contains(CommandLine.arguments[1])
            Host.write(Settings.usage + "\n", to: wantsHelp ? 1 : 2)
            exit(wantsHelp ? 0 : 2)
        }
        let settings: Settings
        do {
            settings = try Settings(Variables { Host.environment($0) })
        } catch {
            Host.write("voicebot-service: \(error.message)\n\(Settings.usage)\n", to: 2)
            exit(2)
        }
        do {
            try serve(settings)
        } catch {
            Log(least: .error).write(.error, "cannot start", [("reason", .string("\(error)"))])
            exit(1)
        }
    }

    /// Serves until a signal says to stop.
    private static func serve(_ settings: Settings) throws {
        let reactor = try Reactor()
        let signals = try SignalWatch([.interrupt, .terminate], on: reactor)
        let store = try Store(path: settings.databasePath)
        let bot = ReactorBound(Bot(settings, store: store, on: reactor), on: reactor)
        let calls = try AudioSocketServer(at: settings.address, on: reactor)
        reactor.run {
            let log = bot.value.log
            // Not a reason to end: what is missing now is asked for again when it is needed.
            if let trouble = await bot.value.speech.prepare(Phrase.own) {
                log.write(.warn, "phrases not prepared", [("reason", .string("\(trouble)"))])
            }
            let pages = ReactorBound(Pages(bot.value), on: reactor)
            let web: HTTPServer
            do throws(SystemError) {
                web = try HTTPServer(at: settings.webAddress, on: reactor) { await pages.value.answer($0) }
            } catch {
                log.write(.error, "cannot start", [("reason", .string("\(error)"))])
                exit(1)
            }
            calls.serve { bot.value.take($0) }
            log.write(
                .info, "listening",
                [
                    ("calls", .string("\(calls.address)")), ("http", .string("\(web.address)")),
                    ("decides", .string(settings.model == nil ? "keywords" : "model")),
                    ("defect", settings.defect.map { .string($0.rawValue) } ?? .null),
                ])
            _ = await signals.next()
            calls.stop()
            web.stop()
            log.write(.info, "stopped")
        }
    }
}
