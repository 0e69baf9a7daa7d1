public import AssayCore
public import AssayFormats

/// A double's faults and how often each has struck; pure: time and requests are passed in, randomness is seeded.
///
/// The same seed and the same requests in the same order meet the same faults.
public struct FaultPlan: Sendable {
    public let faults: [Fault]
    private var tallies: [Tally]

    /// What has become of one fault.
    public struct Tally: Sendable {
        /// Requests of its form, in its time.
        public fileprivate(set) var seen = 0
        public fileprivate(set) var struck = 0
        /// Requests that its burst still takes.
        fileprivate var burst = 0
        /// A stream of its own: another fault that is added or taken away changes nothing for this one.
        fileprivate var random: SeededRandom
    }

    /// - Parameter random: all randomness of the faults is split from it.
    public init(_ faults: [Fault], random: SeededRandom) {
        self.faults = faults
        tallies = faults.indices.map { Tally(random: random.split(UInt64($0))) }
    }

    /// In the order of ``faults``.
    public var counts: [Tally] { tallies }

    /// What happens to a request.
    ///
    /// - Parameter time: since the start of the double.
    /// - Returns: `nil` when nothing goes wrong. Where several faults strike, delays add up, the least bandwidth and the
    ///   first breakage count.
    public mutating func decide(_ request: RequestFacts, at time: Duration) -> FaultDecision? {
        var decision: FaultDecision?
        for place in faults.indices {
            let fault = faults[place]
            guard tallies[place].strikes(fault.condition, request, at: time) else { continue }
            var found = decision ?? FaultDecision()
            found.add(fault.effect, &tallies[place].random)
            decision = found
        }
        return decision
    }
}

extension FaultPlan.Tally {
    fileprivate mutating func strikes(
        _ condition: Fault.Condition, _ request: RequestFacts, at time: Duration
    ) -> Bool {
        guard time >= condition.from, condition.to.map({ time < $0 }) ?? true else {
            burst = 0
            return false
        }
        if let wanted = condition.request, !wanted.judge(request).isEmpty { return false }
        if let times = condition.times, struck >= times { return false }
        seen += 1
        if burst > 0 {
            burst -= 1
        } else {
            if let every = condition.every, seen % every != 0 { return false }
            if let rate = condition.rate, !random.chance(rate) { return false }
            burst = condition.burst - 1
        }
        struck += 1
        return true
    }
}

/// What happens to one request and its answer.
public struct FaultDecision: Sendable, Equatable {
    public var latency: Duration = .zero
    public var bytesPerSecond: Int?
    public var closesAfter: Duration = .zero
    public var slicer: Fault.Effect.Slicer?
    public var breakage: Fault.Breakage?

    public init() {}

    mutating func add(_ effect: Fault.Effect, _ random: inout SeededRandom) {
        if let delay = effect.latency { latency += delay.sample(&random) }
        if let rate = effect.bytesPerSecond { bytesPerSecond = min(rate, bytesPerSecond ?? rate) }
        if let wait = effect.closesAfter { closesAfter = max(closesAfter, wait) }
        slicer = slicer ?? effect.slicer
        breakage = breakage ?? effect.breakage
    }
}
