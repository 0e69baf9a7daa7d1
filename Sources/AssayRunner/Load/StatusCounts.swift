internal import AssayCore
internal import AssayNet

/// Requests of one step by what they were answered: a run of equal ones costs a comparison and an addition each.
struct StatusCounts {
    private var current = Int.min
    private var count: UInt64 = 0
    private var others: [(code: Int, count: UInt64)] = []

    /// The status of an answer; below zero for requests without one.
    static func code(of exchange: Exchange) -> Int {
        exchange.outcome == .answered ? exchange.status : -1 - Int(exchange.outcome.rawValue)
    }

    static let notSent = -1 - Int(Outcome.notSent.rawValue)

    /// As the series of the code are tagged: `status: 200`, `error: timeout`.
    static func tag(_ code: Int) -> Series.Tag {
        if code >= 0 { return Series.Tag("status", String(code)) }
        let outcome = Outcome(rawValue: UInt8(clamping: -1 - code)) ?? .answered
        return Series.Tag("error", outcome.name)
    }

    @inline(__always)
    mutating func add(_ code: Int) {
        if code != current { change(to: code) }
        count += 1
    }

    @inline(never)
    private mutating func change(to code: Int) {
        if count > 0 { others.append((current, count)) }
        let known = others.firstIndex { $0.code == code }
        (current, count) = (code, known.map { others.remove(at: $0).count } ?? 0)
    }

    mutating func drain(_ add: (_ code: Int, _ count: UInt64) -> Void) {
        if count > 0 { add(current, count) }
        for other in others { add(other.code, other.count) }
        others.removeAll(keepingCapacity: true)
        count = 0
    }
}
