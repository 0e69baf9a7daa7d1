public import AssayCore
public import AssayDoubles
public import AssayFormats
public import AssayNet
internal import AssayWire

/// A voice bot as a double of a stand: `{bot: bots/tyres.yml}`, or the script in place.
public struct BotDoubleKind: DoubleKind {
    public var script: BotScript

    public init(script: BotScript) { self.script = script }

    public var memberNames: [String] { ["audiosocket"] }

    public func start(
        _ start: inout DoubleStart, at address: SocketAddress
    ) throws(Diagnostic) -> any StartedDouble {
        try StartedBot(script, start, at: address)
    }
}

/// A bot that is listening. Belongs to the reactor it was started on.
public final class StartedBot: LearningDouble {
    public let name: String
    public let url: String
    public let bindings: JSONObject
    public let secrets: [String] = []
    public let bot: VoiceBot

    init(_ script: BotScript, _ start: DoubleStart, at address: SocketAddress) throws(Diagnostic) {
        name = start.name
        do {
            bot = try VoiceBot(script, at: address, on: start.reactor, names: start.scope, clock: start.clock)
        } catch {
            if error.subject == script.log {
                throw Diagnostic(
                    "AS388", "the log of bot '\(start.name)' cannot be written: \(error)", at: start.location,
                    fix: "name a file in a folder that is there")
            }
            throw Diagnostic("AS125", "double '\(start.name)' cannot listen: \(error)", at: start.location)
        }
        url = bot.url
        let port = bot.address.port ?? 0
        let host = String("\(bot.address)".dropLast(":\(port)".count))
        bindings = [
            "url": .string(url), "host": .string(host), "port": .int(Int64(port)),
            "audiosocket": .string(url),
        ]
    }

    public var detail: String {
        let turns = bot.script.states.reduce(0) { $0 + $1.turns.count }
        let mode = bot.script.mode.kind == .paced ? "" : ", \(bot.script.mode.kind.rawValue)"
        return "voice bot, \(turns) turn\(turns == 1 ? "" : "s"), \(bot.script.format)\(mode)"
    }

    public var journal: RequestJournal? { bot.journal }

    public func change(_ change: DoubleChange) async -> String? {
        switch change {
        case .reset: bot.reset()
        case .travel(let time): bot.travel(time)
        case .switches(let values):
            do throws(SwitchError) {
                try bot.turn(values)
            } catch {
                return error.message + (error.fix.map { "; \($0)" } ?? "")
            }
        case .faults: return "a bot goes wrong by its switch `mode`; faults are for doubles that speak HTTP"
        }
        return nil
    }

    public func learn(_ name: String, _ binding: JSONObject) { bot.learn(name, .object(binding)) }

    public func stop() { bot.stop() }
}
