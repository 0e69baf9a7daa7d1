import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import AssayVoice
import AssayWire
import Testing

@Suite("What a faulty bot does on the wire", .serialized)
struct BotModeTests {
    /// Greets with two seconds of tone, and answers anything with the same.
    private static let long = """
        greeting: {say: {tone: 440, for: 2s}}
        end-of-speech: 200ms
        turns: [{heard: any, say: {tone: 660, for: 2s}}]
        """

    /// Runs a call to a bot and gives what `look` makes of it.
    private static func call<Seen: Sendable>(
        _ yaml: String, turn: JSONObject = JSONObject(),
        _ act: @escaping @Sendable (VoiceBot, Caller, Reactor) async -> Seen
    ) throws -> Seen {
        let reactor = try Reactor()
        let script = try BotScript(parsing: yaml)
        let seen = reactor.run { () -> Seen? in
            guard let bot = try? VoiceBot(script, on: reactor) else { return nil }
            defer { bot.stop() }
            guard (try? bot.turn(turn)) != nil, let caller = await Caller.call(bot, on: reactor) else {
                return nil
            }
            return await act(bot, caller, reactor)
        }
        return try #require(seen)
    }

    private static func gaps(_ caller: Caller) -> [Int64] {
        zip(caller.audio, caller.audio.dropFirst()).map { $1.at - $0.at }
    }

    private static func last(_ kind: BotEvent.Kind, of bot: VoiceBot) -> BotEvent? {
        bot.events.last { $0.kind == kind }
    }

    @Test("paced: a frame every 20 ms, never many at once")
    func paced() throws {
        let (count, most, mean) = try Self.call(Self.long) { bot, caller, reactor in
            _ = await eventually(on: reactor) {
                Self.last(.said, of: bot) != nil && caller.audio.count >= 103
            }
            let gaps = Self.gaps(caller)
            return (caller.audio.count, gaps.max() ?? 0, gaps.reduce(0, +) / Int64(max(1, gaps.count)))
        }
        #expect(count == 103)
        // The machine may be busy: the mean is the pace.
        #expect((19_000_000...21_000_000).contains(mean))
        #expect(most < 500_000_000)
    }

    @Test("burst: more than 96 frames at once")
    func burst() throws {
        let (count, span, written) = try Self.call(Self.long, turn: ["mode": "burst"]) {
            bot, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 103 }
            let times = caller.audio.map(\.at)
            return (
                times.count, (times.last ?? 0) - (times.first ?? 0), Self.last(.greeting, of: bot)?.at ?? 0
            )
        }
        #expect(count == 103)
        #expect(span < 300_000_000)
        #expect(written > 0)
    }

    @Test("burst of some frames: the next follows when these have been played")
    func smallBursts() throws {
        let times = try Self.call("{mode: {burst: {frames: 50}}, greeting: {tone: 440, for: 2s}}") {
            _, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 103 }
            return caller.audio.map(\.at)
        }
        try #require(times.count == 103)
        #expect(times[49] - times[0] < 200_000_000)
        #expect(times[50] - times[0] >= 990_000_000)
        #expect(times[100] - times[0] >= 1_990_000_000)
    }

    @Test("gappy: holes of more than 40 ms in what it says")
    func gappy() throws {
        let yaml = "{mode: {gappy: {every: 500ms, for: 120ms}}, greeting: {tone: 440, for: 2s}}"
        let holes = try Self.call(yaml) { _, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 103 }
            return Self.gaps(caller).filter { $0 > 100_000_000 }
        }
        // A busy machine may make more.
        #expect(holes.count >= 4)
        #expect(holes.count { $0 >= 115_000_000 } >= 4)
    }

    @Test("paced stops when the caller speaks, deaf goes on", arguments: [BotMode.Kind.paced, .deaf])
    func deaf(mode: BotMode.Kind) throws {
        let yaml = "{barge-in: {stops-after: 100ms}, greeting: {tone: 440, for: 3s}}"
        let seen = try Self.call(yaml, turn: ["mode": .string(mode.rawValue)]) { bot, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 25 }
            caller.speak(for: .milliseconds(500))
            _ = await eventually(on: reactor) {
                Self.last(.said, of: bot) != nil || Self.last(.stopped, of: bot) != nil
            }
            await reactor.sleep(for: .milliseconds(100))
            return (
                bargedAt: Self.last(.bargeIn, of: bot)?.facts["voice"]?.intValue,
                stoppedAt: Self.last(.stopped, of: bot)?.facts["voiced"]?.intValue,
                spoke: caller.spokeFrom, lastVoiced: caller.voiced.last?.at ?? 0, count: caller.audio.count
            )
        }
        guard mode == .paced else {
            #expect(seen.bargedAt == nil && seen.stoppedAt == nil)
            #expect(seen.count == 153)
            return
        }
        let (barged, stopped) = (try #require(seen.bargedAt), try #require(seen.stoppedAt))
        // Times of both sides are one clock: what came was sent just before.
        #expect(abs(barged - seen.spoke) < 20_000_000)
        #expect((60_000_000...500_000_000).contains(stopped - barged))
        #expect(abs(seen.lastVoiced - stopped) < 20_000_000)
        #expect(seen.count < 60)
    }

    @Test(
        "paced waits for the end of the caller's words, early does not",
        arguments: [BotMode.Kind.paced, .early])
    func early(mode: BotMode.Kind) throws {
        let yaml = "{end-of-speech: 200ms, turns: [{heard: any, say: {marker: \"5\"}}]}"
        let switches: JSONObject = ["mode": .string(mode.rawValue), "early-after": "300ms"]
        let (answered, spokeFrom, spokeUntil) = try Self.call(yaml, turn: switches) { bot, caller, reactor in
            caller.speak(for: .seconds(1))
            _ = await eventually(on: reactor) {
                Self.last(.said, of: bot) != nil && caller.spokeUntil - caller.spokeFrom > 900_000_000
            }
            return (caller.voiced.first?.at ?? 0, caller.spokeFrom, caller.spokeUntil)
        }
        #expect((answered < spokeUntil) == (mode == .early))
        if mode == .early { #expect((300_000_000...800_000_000).contains(answered - spokeFrom)) }
    }

    @Test("silent: not a frame, and the call stays open")
    func silent() throws {
        let (frames, turns, end) = try Self.call(Self.long, turn: ["mode": "silent"]) {
            bot, caller, reactor in
            caller.speak(for: .milliseconds(300))
            _ = await eventually(on: reactor) { Self.last(.turn, of: bot) != nil }
            await reactor.sleep(for: .milliseconds(200))
            return (caller.audio.count, bot.events.count { $0.kind == .turn }, caller.end)
        }
        #expect(frames == 0)
        #expect(turns == 1)
        #expect(end == nil)
    }

    @Test("wrong-rate: 16 kHz in messages of type 10")
    func wrongRate() throws {
        let sizes = try Self.call(Self.long, turn: ["mode": "wrong-rate"]) { _, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 20 }
            return Set(caller.audio.map { [Int($0.type), $0.bytes] })
        }
        #expect(sizes == [[0x10, 640]])
    }

    @Test(
        "no-close: the socket stays open after the caller has gone",
        arguments: [BotMode.Kind.paced, .noClose])
    func noClose(mode: BotMode.Kind) throws {
        let switches: JSONObject = ["mode": .string(mode.rawValue), "close-after": "700ms"]
        let (end, hungUp, closed) = try Self.call(Self.long, turn: switches) { bot, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 5 }
            caller.link?.hangUp(.fin, replyWithin: .seconds(5))
            let from = Reactor.monotonicNow()
            _ = await eventually(on: reactor) { caller.end != nil }
            return (caller.end, from, Reactor.monotonicNow())
        }
        #expect(end?.reply == .fin)
        let took = closed - hungUp
        #expect(mode == .noClose ? took >= 690_000_000 : took < 650_000_000)
    }

    @Test("dies-on-dtmf: a reset when the digit comes", arguments: [("5", "reset"), ("6", "open")])
    func diesOnDTMF(digit: String, end: String) throws {
        let yaml = "{mode: {dies-on-dtmf: {digit: \"5\"}}, greeting: {tone: 440, for: 2s}}"
        let seen = try Self.call(yaml) { bot, caller, reactor in
            _ = await eventually(on: reactor) { caller.audio.count >= 5 }
            caller.press(digit.first ?? "5")
            _ = await eventually(on: reactor) { Self.last(.dtmf, of: bot) != nil }
            await reactor.sleep(for: .milliseconds(100))
            return caller.end?.name ?? "open"
        }
        #expect(seen == end)
    }

    @Test(
        "a judge of servers finds nothing wrong with a paced bot, and what is wrong with others",
        arguments: [
            (BotMode.Kind.paced, []), (.gappy, []), (.deaf, []), (.burst, ["burst"]),
            (.wrongRate, ["wrong-rate"]),
            (.diesOnDTMF, ["reset"]),
        ] as [(BotMode.Kind, [String])])
    func judged(mode: BotMode.Kind, findings: [String]) throws {
        let reactor = try Reactor()
        let script = try BotScript(
            parsing: "{greeting: {tone: 440, for: 2500ms}, turns: [{heard: {dtmf: \"1\"}, then: hangup}]}")
        let seen = reactor.run { () -> [String]? in
            guard let bot = try? VoiceBot(script, on: reactor) else { return nil }
            defer { bot.stop() }
            bot.turn(mode)
            guard let caller = await Caller.call(bot, on: reactor), let link = caller.link else { return nil }
            caller.judge = AsteriskJudge(connectedAt: link.connectedAt)
            _ = await eventually(on: reactor) { caller.audio.count >= 100 }
            caller.press("1")
            _ = await eventually(on: reactor) { caller.end != nil }
            return caller.judge?.findings.map(\.kind.rawValue)
        }
        #expect(seen == findings)
    }

    @Test("the plan turns the mode of every second call")
    func plan() throws {
        let reactor = try Reactor()
        let script = try BotScript(
            parsing: "{greeting: {tone: 440, for: 400ms}, plan: [{every: 2, mode: silent}]}")
        let counts = reactor.run { () -> [Int]? in
            guard let bot = try? VoiceBot(script, on: reactor) else { return nil }
            defer { bot.stop() }
            var counts: [Int] = []
            for _ in 0..<4 {
                guard let caller = await Caller.call(bot, on: reactor) else { return nil }
                await reactor.sleep(for: .milliseconds(300))
                counts.append(min(1, caller.audio.count))
                caller.link?.hangUp(.fin)
            }
            return counts
        }
        #expect(counts == [1, 0, 1, 0])
    }
}
