internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayRunner

/// What steps reach of the doubles of a stand, from any reactor.
struct DoubleAccess: Sendable {
    private let journals: [String: RequestJournal]
    private let doubles: [String: ReactorBound<any StartedDouble>]
    private let reactor: Reactor

    /// - Parameter reactor: the doubles' own.
    init(_ doubles: [any StartedDouble], on reactor: Reactor) {
        self.reactor = reactor
        journals = Dictionary(
            doubles.compactMap { double in double.journal.map { (double.name, $0) } },
            uniquingKeysWith: { first, _ in first })
        self.doubles = Dictionary(
            doubles.map { ($0.name, ReactorBound($0, on: reactor)) }, uniquingKeysWith: { first, _ in first })
    }

    var counts: [String: Int] { journals.mapValues(\.count) }

    func requests(to double: String, after count: Int) -> [DoubleRequest] {
        (journals[double]?.entries ?? []).filter { $0.number > count }.map {
            DoubleRequest(request: $0.request, status: $0.status)
        }
    }

    func change(_ name: String, _ change: DoubleChange) async -> StepError? {
        guard let double = doubles[name] else { return StepError("the stand has no double '\(name)'") }
        let task = Task(executorPreference: reactor) { await double.value.change(change) }
        return await task.value.map { StepError($0) }
    }
}
