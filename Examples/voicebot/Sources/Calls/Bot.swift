internal import AssayAudio
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What all calls share, and the list of those that are going on.
///
/// Used on its reactor's thread only.
final class Bot {
    let reactor: Reactor
    let log: Log
    let speech: Speech
    let brain: Brain
    let desk: Desk
    let store: Store
    let backEnds: [BackEnd]
    let defect: Defect?
    var metrics = Metrics()
    /// Said when even the apology cannot be.
    let beep: Sound
    private let format: AudioSocketFormat
    private let mostCalls: Int
    private var calls: [String: Call] = [:]
    private var openLines = 0

    init(_ settings: Settings, store: Store, on reactor: Reactor) {
        self.reactor = reactor
        self.store = store
        log = Log(least: settings.logLevel)
        defect = settings.defect
        format = settings.format
        mostCalls = settings.mostCalls
        beep = Sound.tone(hertz: 425, for: .milliseconds(500), dBFS: -20, rate: format.rate)
        let transcriber = settings.backEnd("stt", settings.transcriber, on: reactor)
        let synthesizer = settings.backEnd("tts", settings.synthesizer, on: reactor)
        let shop = settings.backEnd("shop", settings.shop, on: reactor)
        let operators = settings.backEnd("crm", settings.operators, on: reactor)
        let model = settings.model.map { settings.backEnd("llm", $0, on: reactor) }
        backEnds = [transcriber, synthesizer, shop, operators] + [model].compactMap(\.self)
        speech = Speech(
            transcriber: transcriber, synthesizer: synthesizer,
            workers: Workers(settings.workers, on: reactor),
            rate: format.rate)
        brain = model.map { .model($0, name: settings.modelName) } ?? .keywords
        desk = Desk(shop: shop, operators: operators, store: store, defect: defect)
    }

    /// Calls that are going on.
    var activeCalls: [Call] { Array(calls.values) }

    /// Takes a call; one too many is turned away.
    func take(_ channel: Channel) {
        guard openLines < mostCalls else {
            metrics.countRefusal()
            channel.close()
            return
        }
        openLines += 1
        let line = Line(format, defect: defect, on: reactor)
        line.open(channel, on: reactor)
        let bound = ReactorBound((self, line), on: reactor)
        Task(executorPreference: reactor) {
            let (bot, line) = bound.value
            await bot.serve(line)
            bot.openLines -= 1
        }
    }

    private func serve(_ line: Line) async {
        let introduction = await line.introduction(until: Reactor.monotonicNow() + 1_000_000_000)
        guard line.end == nil else { return }
        // Two calls of one name would be one in the records.
        let id = introduction.flatMap { calls[$0] == nil ? $0 : nil } ?? CallID.random()
        let call = Call(id, on: line, of: self)
        calls[id] = call
        metrics.countCall()
        log.write(.info, "call", [("call", .string(id))])
        // Nobody is to wait for a database before being greeted.
        await call.greet()
        await keep { () async throws(Trouble) in try await self.store.begin(id) }
        await call.run()
        calls[id] = nil
        metrics.countEnd(call.summary.outcome)
        await keep { () async throws(Trouble) in try await self.store.end(id, call.summary) }
        log.write(
            .info, "call over",
            [
                ("call", .string(id)), ("outcome", .string(call.summary.outcome)),
                ("ended_by", .string(call.summary.endedBy)), ("turns", .int(Int64(call.summary.turns))),
                ("interruptions", .int(Int64(line.interruptions))),
            ])
    }

    /// A record that cannot be kept is no reason to leave the caller.
    private func keep(_ work: () async throws(Trouble) -> Void) async {
        do throws(Trouble) { try await work() } catch {
            log.write(.error, "not kept", [("reason", .string("\(error)"))])
        }
    }
}
