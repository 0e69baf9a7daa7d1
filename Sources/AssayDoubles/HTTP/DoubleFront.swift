public import AssayNet
internal import AssayCore
internal import AssayFormats

/// What every HTTP double has in front of its service: the admin API, the journal, and faults on purpose.
public final class DoubleFront: Sendable {
    public let journal: RequestJournal
    private let service: any DoubleService
    private let faults: DoubleFaults
    private let clock: DoubleClock
    private let admin: AdminAPI
    private let watch: DoubleWatch?

    /// - Parameter watch: told of every exchange.
    public init(
        _ service: any DoubleService, clock: DoubleClock, faults: DoubleFaults? = nil,
        journal: RequestJournal = RequestJournal(), watch: DoubleWatch? = nil
    ) {
        self.service = service
        self.watch = watch
        self.journal = journal
        let faults = faults ?? DoubleFaults([], random: SeededRandom(seed: 0), clock: clock)
        self.faults = faults
        self.clock = clock
        admin = AdminAPI(service: service, journal: journal, clock: clock, faults: faults)
    }

    /// Answers one request; on the reactor's thread, several at a time. Admin requests are not in the journal.
    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if AdminAPI.isMeant(by: request) { return admin.answer(request) }
        let begun = Reactor.monotonicNow()
        // A fault may answer without asking the service.
        var served: Served?
        let response = await faults.answer(request) { request in
            let answer = await service.serve(request)
            served = answer
            return answer.response
        }
        let now = Reactor.monotonicNow()
        record(request, response, served, nanoseconds: now - begun)
        watch?.see(WatchedExchange(request, served, begunAt: begun, endedAt: now))
        return response
    }

    private func record(
        _ request: HTTPRequest, _ response: HTTPResponse, _ served: Served?, nanoseconds: Int64
    ) {
        var entry = RequestJournal.Entry(request, at: WallClock.milliseconds)
        entry.take(response)
        entry.stubID = served?.stubID
        entry.stubName = served?.stubName
        entry.isMatched = served?.isMatched ?? true
        entry.nearest = served?.nearest
        entry.isForwarded = served?.isForwarded ?? false
        entry.nanoseconds = nanoseconds
        journal.record(entry)
    }

    /// Back to how the double was after its start: stubs, state, faults, time, journal.
    public func reset() { admin.reset() }
}
