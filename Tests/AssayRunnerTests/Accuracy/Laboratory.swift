import AssayAudio
import AssayCore
import AssayFormats
import AssayNet
import AssayScenario
import AssayVoice
import AssayWire

@testable import AssayRunner

/// A caller under observation: the call of a session, driven by hand.
final class ObservedCaller {
    let session: CallSession
    let reactor: Reactor

    fileprivate init(_ session: CallSession, on reactor: Reactor) {
        self.session = session
        self.reactor = reactor
    }

    var ledger: CallLedger { session.ledger }
    var isUp: Bool { session.isUp }

    /// Waits until something holds, in steps of 5 ms.
    func wait(upTo limit: Duration, until holds: (CallLedger) -> Bool) async {
        let deadline = Reactor.monotonicNow() + limit.nanoseconds
        while session.isUp, Reactor.monotonicNow() < deadline, !holds(session.ledger) {
            await reactor.sleep(for: .milliseconds(5))
            session.advance(to: Reactor.monotonicNow())
        }
    }

    func waitForQuiet(upTo limit: Duration) async {
        await wait(upTo: limit) { !$0.isBotSpeaking(at: Reactor.monotonicNow()) }
    }

    /// Speaks for 600 ms, between edges of silence that are no whole frames.
    func say() async {
        let ticket = session.say([Self.words])
        await wait(upTo: .seconds(3)) { _ in session.saidTicket >= ticket }
    }

    /// Made once: fifty callers that make their sounds when they speak would be late.
    private static let words: SpokenSound = {
        let format = AudioSocketFormat.asteriskApp
        let edge = Sound.silence(for: .milliseconds(50), rate: format.rate).samples
        let voice = Sound.tone(hertz: 440, for: .milliseconds(600), dBFS: -16, rate: format.rate).samples
        return SpokenSound(
            Sound(samples: edge + voice + edge, rate: format.rate),
            bounds: SpeechBounds(startNanoseconds: 50_000_000, endNanoseconds: 650_000_000), name: "words",
            format: format)
    }()

    /// Makes what is said before anybody is late for it.
    static func prepare() { _ = words.frames.count }

    func press(_ digit: Character) { session.press(digit.asciiValue ?? 0) }

    func hangUp(within limit: Duration = .seconds(2)) async {
        session.link?.hangUp(.fin, replyWithin: limit)
        while session.isUp { await reactor.sleep(for: .milliseconds(5)) }
    }
}

/// A call, as it was measured and as the bot's log has it.
struct ObservedCall: Sendable {
    var measured: [CallMeasurement]
    var ledger: CallLedger
    var heardWrongly: [String]
    var log: [BotEvent]

    func values(_ kind: CallMeasurement.Kind) -> [CallMeasurement] { measured.filter { $0.kind == kind } }
    func first(_ kind: CallMeasurement.Kind) -> CallMeasurement? { measured.first { $0.kind == kind } }
    func event(_ kind: BotEvent.Kind) -> BotEvent? { log.first { $0.kind == kind } }
}

/// Calls over loopback to bots that write down what they do, each side on a thread of its own.
struct Laboratory {
    /// One bot and what its callers do.
    struct Experiment: Sendable {
        var script: BotScript
        var callers: [@Sendable (ObservedCaller) async -> Void]

        /// - Parameter script: YAML, as behind `bot:`.
        init(_ script: String, callers: [@Sendable (ObservedCaller) async -> Void]) throws {
            self.script = try BotScript(parsing: script)
            self.callers = callers
        }
    }

    struct NoConnection: Error { var why: String }

    /// All experiments at once.
    ///
    /// - Returns: the calls of each, in the order of its callers.
    static func run(_ experiments: [Experiment]) throws -> [[ObservedCall]] {
        ObservedCaller.prepare()
        let (reactor, botReactor) = (try Reactor(), try Reactor())
        let stop = botReactor.makeSignal()
        // As load runs do, so that what else the machine does disturbs less.
        startThread(named: "bots") {
            _ = raisePacingPriority()
            botReactor.run { _ = await stop.wait() }
        }
        _ = raisePacingPriority()
        defer { lowerPacingPriority() }
        let result = reactor.run {
            var running: [Task<[ObservedCall], any Error>] = []
            for experiment in experiments {
                running.append(
                    Task(executorPreference: reactor) {
                        try await run(experiment, bot: botReactor, on: reactor)
                    })
            }
            var all: [Result<[ObservedCall], any Error>] = []
            for task in running { all.append(await task.result) }
            _ = await Task(executorPreference: botReactor) { stop.notifyAll() }.result
            return all
        }
        return try result.map { try $0.get() }
    }

    /// Something else with a bot on a thread of its own.
    ///
    /// - Returns: also what the bot wrote down.
    static func withBot<Result>(
        _ script: BotScript, _ body: (_ url: String, Reactor) throws -> Result
    ) throws -> (Result, [BotEvent]) {
        let (reactor, botReactor) = (try Reactor(), try Reactor())
        let stop = botReactor.makeSignal()
        startThread(named: "bot") {
            _ = raisePacingPriority()
            botReactor.run { _ = await stop.wait() }
        }
        _ = raisePacingPriority()
        defer { lowerPacingPriority() }
        let bot = try reactor.run {
            await Task(executorPreference: botReactor) {
                let bot = try VoiceBot(script, on: botReactor)
                return (url: bot.url, bound: ReactorBound(bot, on: botReactor))
            }.result
        }.get()
        let result = Swift.Result { try body(bot.url, reactor) }
        let events = reactor.run {
            await Task(executorPreference: botReactor) {
                defer {
                    bot.bound.value.stop()
                    stop.notifyAll()
                }
                return bot.bound.value.events
            }.value
        }
        return (try result.get(), events)
    }

    private static func run(
        _ experiment: Experiment, bot botReactor: Reactor, on reactor: Reactor
    ) async throws -> [ObservedCall] {
        let bot = try await Task(executorPreference: botReactor) {
            ReactorBound(try VoiceBot(experiment.script, on: botReactor), on: botReactor)
        }.value
        let address = await Task(executorPreference: botReactor) { bot.value.address }.value
        var running: [Task<ObservedCall, any Error>] = []
        for (number, behave) in experiment.callers.enumerated() {
            running.append(
                Task(executorPreference: reactor) {
                    try await call(number, address, on: reactor, behave)
                })
        }
        var calls: [ObservedCall] = []
        for task in running { calls.append(try await task.value) }
        // The bot learns of an end a moment after its caller.
        await reactor.sleep(for: .milliseconds(50))
        let events = await Task(executorPreference: botReactor) {
            defer { bot.value.stop() }
            return bot.value.events
        }.value
        for number in calls.indices {
            let uuid = uuidText(number)
            guard let own = events.first(where: { $0.kind == .uuid && $0.uuid == uuid })?.call else {
                continue
            }
            calls[number].log = events.filter { $0.call == own }
        }
        return calls
    }

    private static func call(
        _ number: Int, _ address: SocketAddress, on reactor: Reactor,
        _ behave: (ObservedCaller) async -> Void
    ) async throws -> ObservedCall {
        let place = SourceLocation(file: "", line: 1, column: 1)
        var plan = CallConnect(to: Template(constant: "", at: place))
        plan.turnPause = .milliseconds(500)
        let session = CallSession(
            "c\(number)", plan, row: nil, changed: reactor.makeSignal(), meter: nil, keepsAudio: false,
            recordingPath: nil)
        let link = await AudioSocketLink.connect(
            to: [address], uuid: uuid(number), media: session,
            until: Reactor.monotonicNow() + 5_000_000_000, on: reactor)
        switch link {
        case .failure(let failure): throw NoConnection(why: failure.note)
        case .success(let link): session.connected(link, recordingFor: nil)
        }
        await behave(ObservedCaller(session, on: reactor))
        return ObservedCall(
            measured: session.takeRest(), ledger: session.ledger, heardWrongly: session.heardWrongly, log: [])
    }

    private static func uuid(_ number: Int) -> [UInt8] {
        (0..<16).map { $0 == 15 ? UInt8(number & 0xff) : $0 == 14 ? UInt8(number >> 8) : 7 }
    }

    private static func uuidText(_ number: Int) -> String {
        let digits = hexadecimal(uuid(number))
        var text = ""
        for (place, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(place) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
