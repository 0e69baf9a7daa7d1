import AssayAudio
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayVoice

@Suite("A voice bot on a port")
struct VoiceBotTests {
    @Test("greets, waits for the end of the caller's words, answers and hangs up")
    func wholeCall() throws {
        let reactor = try Reactor()
        let script = try BotScript(
            parsing: """
                greeting: {say: {marker: "1"}, after: 100ms}
                end-of-speech: 200ms
                thinking: 50ms
                turns:
                  - {heard: any, say: {marker: "2"}, then: hangup}
                """)
        let seen = reactor.run { () -> Seen? in
            guard let bot = try? VoiceBot(script, on: reactor),
                let caller = await Caller.call(bot, on: reactor)
            else {
                return nil
            }
            defer { bot.stop() }
            _ = await eventually(on: reactor) { bot.events.contains { $0.kind == .said } }
            caller.speak(for: .milliseconds(400))
            _ = await eventually(on: reactor) { caller.end != nil && bot.callCount == 0 }
            return Seen(bot, caller)
        }
        let call = try #require(seen)
        #expect(call.markers == "12")
        #expect(call.end == "hangup")
        let kinds = call.events.map(\.kind)
        #expect(
            kinds == [.connected, .uuid, .greeting, .said, .heard, .turn, .answer, .said, .hangUp, .ended])
        let at = Dictionary(call.events.map { ($0.kind, $0.at) }, uniquingKeysWith: { first, _ in first })
        let connected = at[.connected] ?? 0
        #expect((100_000_000...500_000_000).contains((at[.greeting] ?? 0) - connected))
        // The log is the truth: what it says was written came at once.
        let greeting = try #require(call.voiced.first)
        #expect(abs(greeting - (at[.greeting] ?? 0)) < 5_000_000)
        #expect((at[.heard] ?? 0) - call.spokeUntil > 180_000_000)
        #expect((at[.answer] ?? 0) - (at[.heard] ?? 0) >= 50_000_000)
    }

    /// Runs a bot on a reactor, calls it once and gives what `act` makes of it.
    private static func run<Seen: Sendable>(
        _ script: BotScript, format: AudioSocketFormat = .asteriskApp, uuid: [UInt8]? = [UInt8](0..<16),
        _ act: @escaping @Sendable (VoiceBot, Caller, Reactor) async -> Seen
    ) throws -> Seen {
        let reactor = try Reactor()
        let seen = reactor.run { () -> Seen? in
            guard let bot = try? VoiceBot(script, on: reactor) else { return nil }
            defer { bot.stop() }
            guard let caller = await Caller.call(bot, format: format, uuid: uuid, on: reactor) else {
                return nil
            }
            return await act(bot, caller, reactor)
        }
        return try #require(seen)
    }

    private static func phrase(_ text: String, rate: Int = 16_000) -> Sound {
        SpokenPattern.sound(of: text, voice: "caller", seed: 5, rate: rate)
    }

    @Test(
        "understands recorded words over every kind of line", arguments: AudioSocketFormat.presets.map(\.name)
    )
    func likeness(preset: String) throws {
        let texts = ["шукаю шини", "покличте оператора", "запишіть на монтаж"]
        let format = try #require(AudioSocketFormat.named(preset))
        var script = BotScript(format: format)
        script.endOfSpeech = .milliseconds(300)
        script.states[0].turns =
            texts.enumerated().map { index, text in
                BotTurn(.like(.init(name: text, sound: Self.phrase(text))), say: [.marker("\(index + 1)")])
            } + [BotTurn(.anything, say: [.marker("0")])]
        let (markers, heard) = try Self.run(script, format: format) { bot, caller, reactor in
            for (round, text) in ([texts[1], texts[0], "зовсім інше питання"]).enumerated() {
                caller.say(Self.phrase(text, rate: 24_000))
                _ = await eventually(on: reactor) { bot.events.count { $0.kind == .said } > round }
            }
            _ = await eventually(within: .seconds(1), on: reactor) { caller.markers.count == 3 }
            let turns = bot.events.filter { $0.kind == .turn }
            return (caller.markers, turns.compactMap { $0.facts["heard"]?.stringValue })
        }
        #expect(heard == [texts[1], texts[0], "any"])
        #expect(markers == "210")
    }

    @Test("a caller who sends nothing between words is understood all the same")
    func noSilence() throws {
        let script = try BotScript(
            parsing: "{end-of-speech: 200ms, turns: [{heard: any, say: {marker: \"2\"}}]}")
        let took = try Self.run(script) { bot, caller, reactor in
            caller.sendsSilence = false
            caller.speak(for: .milliseconds(300))
            _ = await eventually(on: reactor) { caller.markers == "2" }
            return (caller.voiced.first?.at ?? 0) - caller.spokeUntil
        }
        #expect((200_000_000...3_000_000_000).contains(took))
    }

    @Test("the log's file has a line for each event, and times that only grow within a call")
    func logFile() throws {
        let path = "/tmp/assay-bot-\(Host.processID).jsonl"
        defer { try? Files.remove(path) }
        var script = try BotScript(parsing: "{}")
        script.log = path
        let events = try Self.run(script) { bot, caller, reactor in
            _ = await eventually(on: reactor) { bot.events.contains { $0.kind == .said } }
            caller.link?.hangUp(.fin)
            _ = await eventually(on: reactor) { bot.callCount == 0 }
            return bot.events
        }
        let text = String(decoding: try Files.read(path), as: UTF8.self)
        let lines = try text.split(separator: "\n").map { try JSON(parsing: String($0)) }
        #expect(lines == events.map(\.json))
        #expect(
            lines.compactMap { $0["event"]?.stringValue } == [
                "connected", "uuid", "greeting", "said", "ended",
            ])
        #expect(lines.last?["how"] == "fin")
        #expect(lines[1]["uuid"] == "00010203-0405-0607-0809-0a0b0c0d0e0f")
    }

    @Test(
        "hangs up as its script says",
        arguments: [("00", "hangup"), ("fin", "fin"), ("rst", "reset"), ("mid-frame", "mid-frame")])
    func hangups(how: String, end: String) throws {
        let script = try BotScript(
            parsing:
                "{hangup: \(how), turns: [{heard: {silence: 100ms}, say: {marker: \"1\"}, then: hangup}]}")
        let seen = try Self.run(script) { bot, caller, reactor in
            _ = await eventually(on: reactor) { caller.end != nil }
            return caller.end?.name
        }
        #expect(seen == end)
    }

    @Test("words that there is no memory for are heard, but not what they are")
    func forgetful() throws {
        var script = BotScript(format: .asteriskApp)
        script.endOfSpeech = .milliseconds(300)
        script.limits.memoryBytes = 1000
        script.states[0].turns = [
            BotTurn(.like(.init(name: "tyres", sound: Self.phrase("шукаю шини"))), say: [.marker("1")]),
            BotTurn(.anything, say: [.marker("0")]),
        ]
        let markers = try Self.run(script) { bot, caller, reactor in
            caller.say(Self.phrase("шукаю шини"))
            _ = await eventually(on: reactor) { !caller.markers.isEmpty }
            return caller.markers
        }
        #expect(markers == "0")
    }

    @Test("a reset forgets what happened and turns the mode back; calls go on")
    func resetting() throws {
        let script = try BotScript(parsing: "{greeting: {tone: 440, for: 1s}}")
        let (silent, events, spoken) = try Self.run(script) { bot, caller, reactor in
            bot.turn(.silent)
            let second = await Caller.call(bot, on: reactor)
            _ = await eventually(on: reactor) { caller.audio.count > 5 }
            let silent = second?.audio.count
            bot.reset()
            let events = bot.events.count
            let third = await Caller.call(bot, on: reactor)
            _ = await eventually(on: reactor) { third?.audio.count ?? 0 > 5 }
            return (silent, events, [caller.end == nil, third?.audio.isEmpty == false, bot.callsTaken == 3])
        }
        #expect(silent == 0)
        #expect(events == 0)
        #expect(spoken == [true, true, true])
    }

    @Test("one call too many is closed as it comes")
    func tooMany() throws {
        let script = try BotScript(parsing: "{limits: {calls: 1}}")
        let (ends, refused) = try Self.run(script) { bot, caller, reactor in
            let second = await Caller.call(bot, on: reactor)
            _ = await eventually(on: reactor) { second?.end != nil && caller.audio.count > 2 }
            return ([caller.end?.name, second?.end?.name], bot.callsRefused)
        }
        #expect(ends[0] == nil && ends[1] != nil)
        #expect(refused == 1)
    }

    @Test("a strict bot reports clients that are no Asterisk", arguments: [true, false])
    func strict(isStrict: Bool) throws {
        let script = try BotScript(parsing: "strict: \(isStrict)")
        let (told, status) = try Self.run(script, uuid: nil) { bot, caller, reactor in
            caller.link?.send(0x42, [])
            await reactor.sleep(for: .milliseconds(100))
            caller.link?.hangUp(.midFrame)
            _ = await eventually(on: reactor) { bot.callCount == 0 }
            let told = bot.events.filter { $0.kind == .violation }.compactMap {
                $0.facts["what"]?.stringValue
            }
            return (told, bot.journal.entries.last?.status)
        }
        #expect(status == (isStrict ? 400 : 200))
        let wanted = [
            "the first message is unknown (42), not the UUID (01)",
            "Asterisk never sends a message of type unknown (42)",
            "the connection ended in the middle of a message",
        ]
        #expect(told == (isStrict ? wanted : []))
    }

    @Test("bytes that are no conversation harm nobody")
    func garbage() throws {
        let script = try BotScript(parsing: "{strict: true, turns: [{heard: {marker: \"1\"}}]}")
        let (violations, calls, well) = try Self.run(script) { bot, caller, reactor in
            var random = SeededRandom(seed: 3)
            for _ in 0..<20 {
                let other = await Caller.call(bot, uuid: nil, on: reactor)
                other?.link?.sendRaw((0..<5000).map { _ in UInt8.random(in: 0...255, using: &random) })
                await reactor.sleep(for: .milliseconds(5))
                other?.link?.hangUp(.reset)
            }
            let ended = await eventually(on: reactor) { bot.callCount == 1 }
            return (bot.events.count { $0.kind == .violation }, bot.callsTaken, ended && caller.end == nil)
        }
        #expect(calls == 21 && well)
        #expect(violations > 0 && violations <= 20 * 17)
    }

    @Test("a hundred calls at once are all greeted, by frames of their own")
    func manyCalls() throws {
        let script = try BotScript(parsing: "{greeting: {say: {tone: 440, for: 300ms}, after: 100ms}}")
        let (greeted, left) = try Self.run(script) { bot, caller, reactor in
            var callers = [caller]
            for _ in 1..<100 {
                if let other = await Caller.call(bot, on: reactor) { callers.append(other) }
            }
            _ = await eventually(on: reactor) { callers.allSatisfy { $0.audio.count >= 18 } }
            for caller in callers { caller.link?.hangUp(.fin) }
            _ = await eventually(on: reactor) { bot.callCount == 0 }
            return (bot.events.count { $0.kind == .greeting }, bot.callCount)
        }
        #expect(greeted == 100 && left == 0)
    }

    @Test("stopping ends all calls, and nothing of the bot is left")
    func stopping() throws {
        let reactor = try Reactor()
        let script = try BotScript(parsing: "{mode: no-close}")
        let left = reactor.run { () -> Bool? in
            weak var left: VoiceBot?
            do {
                guard let bot = try? VoiceBot(script, on: reactor),
                    let caller = await Caller.call(bot, on: reactor)
                else { return nil }
                left = bot
                _ = await eventually(on: reactor) { caller.audio.count > 2 }
                bot.stop()
                _ = await eventually(on: reactor) { caller.end != nil }
            }
            await reactor.sleep(for: .milliseconds(50))
            return left == nil
        }
        #expect(left == true)
    }

    struct Seen: Sendable {
        var events: [BotEvent]
        var markers: String
        var end: String
        var voiced: [Int64]
        var spokeUntil: Int64

        init(_ bot: VoiceBot, _ caller: Caller) {
            events = bot.events
            markers = caller.markers
            end = caller.end?.name ?? "open"
            voiced = caller.voiced.map(\.at)
            spokeUntil = caller.spokeUntil
        }
    }
}
