public import AssayNet
internal import AssayFormats

/// What every HTTP double has in front of its service: the admin API, the journal, and faults on purpose.
public final class DoubleFront: Sendable {
    public let journal: RequestJournal
    private let service: any DoubleService
    private let stubbed: (any StubbedService)?
    private let faults: (any FaultControl)?
    private let clock: DoubleClock
    private let admin: AdminAPI

    public init(
        _ service: any DoubleService, clock: DoubleClock, faults: (any FaultControl)? = nil,
        journal: RequestJournal = RequestJournal()
    ) {
        self.service = service
        self.journal = journal
        self.faults = faults
        self.clock = clock
        stubbed = service as? any StubbedService
        admin = AdminAPI(service: service, journal: journal, clock: clock, faults: faults)
    }

    /// Answers one request; on the reactor's thread, several at a time. Admin requests are not in the journal.
    public func answer(_ request: HTTPRequest) async -> HTTPResponse {
        if AdminAPI.isMeant(by: request) { return admin.answer(request) }
        let begun = Reactor.monotonicNow()
        var served: Served
        if let stubbed {
            served = await stubbed.serve(request)
        } else {
            served = Served(await service.answer(request))
        }
        var entry = RequestJournal.Entry(request, at: WallClock.milliseconds)
        entry.take(served.response)
        entry.stubID = served.stubID
        entry.stubName = served.stubName
        entry.isMatched = served.isMatched
        entry.nearest = served.nearest
        entry.isForwarded = served.isForwarded
        entry.nanoseconds = Reactor.monotonicNow() - begun
        journal.record(entry)
        if let faults { served.response = await faults.disturb(request, served.response) }
        return served.response
    }

    /// Back to how the double was after its start: stubs, state, faults, time, journal.
    public func reset() { admin.reset() }
}
