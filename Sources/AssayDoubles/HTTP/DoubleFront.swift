public import AssayNet
internal import AssayCore
internal import AssayFormats
internal import Synchronization

/// What every HTTP double has in front of its service: the admin API, the journal, and faults on purpose.
public final class DoubleFront: Sendable {
    public let journal: RequestJournal
    private let service: any DoubleService
    private let faults: DoubleFaults
    private let clock: DoubleClock
    private let admin: AdminAPI
    private let observer = Mutex<(any ExchangeObserver)?>(nil)

    public init(
        _ service: any DoubleService, clock: DoubleClock, faults: DoubleFaults? = nil,
        journal: RequestJournal = RequestJournal()
    ) {
        self.service = service
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
        record(request, response, served, nanoseconds: Reactor.monotonicNow() - begun)
        if let served { observer.withLock { $0 }?.observe(request, served) }
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

    /// Tells of every exchange from now on.
    func observe(_ observer: any ExchangeObserver) { self.observer.withLock { $0 = observer } }

    /// Back to how the double was after its start: stubs, state, faults, time, journal.
    public func reset() { admin.reset() }
}

/// Is told every exchange that a double answered itself, whole and before faults change it.
public protocol ExchangeObserver: Sendable {
    /// On the double's reactor; soon done.
    func observe(_ request: HTTPRequest, _ served: Served)
}
