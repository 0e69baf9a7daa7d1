internal import AssayAudio
public import AssayCore
public import AssayDoubles
public import AssayFormats
public import AssayNet
internal import AssayWire

/// A voice bot that answers AudioSocket calls by a script, well or wrong in a way of your choice.
///
/// ```swift
/// let bot = try VoiceBot(BotScript(parsing: yaml, file: "bot.yml"), on: reactor)
/// // … call bot.address …
/// let truth = bot.events.first { $0.kind == .greeting }?.at
/// bot.stop()
/// ```
/// Not `Sendable`: it belongs to its reactor, like all its calls. A frame costs no task; sounds are prepared once for all calls.
public final class VoiceBot {
    /// Where it really listens.
    public let address: SocketAddress
    public let script: BotScript
    /// Each call that has ended as `CALL /calls/UUID`, and each turn as `TURN /calls/UUID/turns`, with JSON bodies.
    public let journal: RequestJournal
    let reactor: Reactor
    let scope: CancelScope
    let shelf = SoundShelf()
    let backEnds: BackEnds
    let matchers: [[Int: SoundMatcher]]
    let attention: Ear.Attention
    private let clock: DoubleClock
    private let board: SwitchBoard
    private let server: AudioSocketServer
    private let log: BotLog
    private var names: TemplateScope<SeededRandom>
    private var running: [Int: BotCall] = [:]
    /// Bytes of words that calls keep at present.
    var keptBytes = 0
    private(set) var isStopped = false

    /// Listens at once.
    ///
    /// - Parameters:
    ///   - address: a free port of loopback unless said.
    ///   - reactor: the call is made on its thread.
    ///   - names: what the script's templates read.
    ///   - clock: by which circuit breakers stay open; time travel moves it.
    /// - Throws: ``SystemError``, when it cannot listen there or its log cannot be written.
    public init(
        _ script: BotScript, at address: SocketAddress = .loopback(port: 0), on reactor: Reactor,
        names: TemplateScope<SeededRandom>, clock: DoubleClock
    ) throws(SystemError) {
        self.script = script
        self.reactor = reactor
        self.clock = clock
        self.names = names
        scope = CancelScope(on: reactor)
        board = SwitchBoard(script.mode.switches, options: script.plan)
        journal = RequestJournal(seed: names.random.seed)
        backEnds = BackEnds(script.breaker, clock: clock, on: reactor)
        matchers = script.states.map { state in
            var matchers: [Int: SoundMatcher] = [:]
            for (index, turn) in state.turns.enumerated() {
                if case .like(let reference) = turn.heard {
                    matchers[index] = SoundMatcher(reference: reference.sound)
                }
            }
            return matchers
        }
        attention = script.attention
        let file: AppendingFile? = if let path = script.log { try AppendingFile(path) } else { nil }
        log = BotLog(file: file, on: reactor, in: scope)
        server = try AudioSocketServer(at: address, on: reactor)
        self.address = server.address
        // What can be prepared is, so that no call waits for it.
        for phrase in script.phrases { _ = shelf.prepared(phrase, in: script.format(in: script.mode)) }
        server.serve { [weak self] channel in self?.accept(channel) ?? channel.close() }
    }

    /// A bot by itself: its templates read `env` only, and the machine's time is its own.
    public convenience init(
        _ script: BotScript, at address: SocketAddress = .loopback(port: 0), on reactor: Reactor,
        seed: UInt64 = 0
    ) throws(SystemError) {
        let clock = DoubleClock { WallClock.milliseconds }
        let environment = TemplateEnvironment(
            nowMilliseconds: { clock.nowMilliseconds }, sha256: { Crypto.sha256($0) },
            hmacSHA256: { Crypto.hmacSHA256(key: $0, $1) },
            readFile: { path throws(TemplateError) in
                throw TemplateError("AS059", "a bot reads no file like '\(path)'")
            })
        let env = Host.environment.map { ($0.name, JSON.string($0.value)) }
        let names = TemplateScope(
            names: ["env": .object(JSONObject(env))], environment: environment,
            random: SeededRandom(seed: seed))
        try self.init(script, at: address, on: reactor, names: names, clock: clock)
    }

    /// `audiosocket://127.0.0.1:40131`
    public var url: String { "audiosocket://\(address)" }

    /// What happened, in order: the latest 25,000 events at least.
    public var events: [BotEvent] { log.events }

    /// Calls at present, and how many there have been.
    public var callCount: Int { running.count }
    public private(set) var callsTaken = 0
    /// Calls that were closed as they came, because there were too many.
    public private(set) var callsRefused = 0

    /// Turns switches, for the calls that begin from now on: `["mode": "gappy", "gap-for": "200ms"]`.
    public func turn(_ switches: JSONObject) throws(SwitchError) { try board.turn(switches) }

    /// Another mode for the calls that begin from now on.
    public func turn(_ mode: BotMode.Kind) { try? board.turn(["mode": .string(mode.rawValue)]) }

    /// Moves the time on by which circuit breakers stay open.
    public func travel(_ duration: Duration) { clock.travel(duration) }

    /// Another name for templates: a member of the stand that has come up.
    public func learn(_ name: String, _ value: JSON) { names.names[name] = value }

    /// Back to the script's mode; log, journal and circuit breakers are empty again. Calls go on.
    public func reset() {
        board.reset()
        clock.reset()
        backEnds.reset()
        log.clear()
        journal.clear()
        (callsTaken, callsRefused) = (running.keys.max() ?? 0, 0)
    }

    /// Stops listening, ends all calls and writes the rest of the log.
    public func stop() {
        guard !isStopped else { return }
        isStopped = true
        server.stop()
        for call in running.values { call.cancel() }
        scope.cancel()
        log.flush()
    }

    // MARK: Calls

    private func accept(_ channel: Channel) {
        guard running.count < script.limits.calls, !isStopped else {
            callsRefused += 1
            channel.close()
            return
        }
        callsTaken += 1
        let number = callsTaken
        let call = BotCall(number, of: self, readings())
        running[number] = call
        call.begin(channel)
    }

    /// Each call meets the switches as they are when it begins.
    private func readings() -> SwitchReadings? {
        try? board.readings(for: HTTPRequest(method: "CALL", target: "/"), at: clock.nowMilliseconds)
    }

    func scope(for call: Int) -> TemplateScope<SeededRandom> {
        var own = names
        own.random = names.random.split(UInt64(call))
        return own
    }

    func record(_ event: BotEvent) { log.add(event) }

    func record(_ method: String, _ target: String, _ body: JSON, status: Int = 200) {
        let headers = HTTPHeaders([("Content-Type", "application/json")])
        journal.record(
            HTTPRequest(method: method, target: target, headers: headers, body: Array(body.rendered().utf8)),
            status: status, at: clock.nowMilliseconds)
    }

    func ended(_ number: Int) { running[number] = nil }
}

extension BotScript {
    /// What calls have to listen for.
    var attention: Ear.Attention {
        var attention = Ear.Attention(limit: limits.utterance)
        attention.words = transcribing != nil
        for turn in states.flatMap(\.turns) {
            switch turn.heard {
            case .marker: attention.tones = true
            case .like: attention.words = true
            default: break
            }
        }
        return attention
    }

    /// How sounds are made in a mode: a faulty bot takes another rate than it says.
    func format(in mode: BotMode) -> AudioSocketFormat {
        guard mode.kind == .wrongRate else { return format }
        let rate = max(8000, mode.rate > 0 ? mode.rate : format.rate * 2)
        return AudioSocketFormat(rate: rate - rate % 50, type: format.type, encoding: format.encoding)
    }
}
