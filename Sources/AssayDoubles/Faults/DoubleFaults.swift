public import AssayCore
public import AssayFormats
public import AssayNet
internal import Synchronization

/// The faults of a running double: struck by its requests, replaced at run time.
public final class DoubleFaults: Sendable {
    private struct State {
        var plan: FaultPlan
        /// Of the double's clock, milliseconds.
        var began: Int64
    }

    private let initial: [Fault]
    private let random: SeededRandom
    private let clock: DoubleClock
    private let state: Mutex<State>
    /// Where nothing goes wrong, so that faults can be taken away again.
    private static let adminPath = "/__admin"

    /// - Parameters:
    ///   - faults: those of its file; what ``reset()`` goes back to.
    ///   - random: of the double; what is drawn is the same for the same seed.
    public init(_ faults: [Fault], random: SeededRandom, clock: DoubleClock) {
        initial = faults
        self.random = random
        self.clock = clock
        state = Mutex(State(plan: FaultPlan(faults, random: random), began: clock.nowMilliseconds))
    }

    /// Whether anything can go wrong at present.
    public var isEmpty: Bool { state.withLock { $0.plan.faults.isEmpty } }

    /// Has a request answered by `service`, and goes wrong with it where a fault says so.
    public func answer(
        _ request: HTTPRequest, by service: (HTTPRequest) async -> HTTPResponse
    ) async -> HTTPResponse {
        guard let decision = decide(request) else { return await service(request) }
        if let refusal = decision.refusal { return refusal }
        return decision.apply(to: await service(request))
    }

    /// What happens to a request; it counts as one more.
    public func decide(_ request: HTTPRequest) -> FaultDecision? {
        let path = request.path
        if path == Self.adminPath || path.hasPrefix(Self.adminPath + "/") { return nil }
        let now = clock.nowMilliseconds
        return state.withLock { state in
            guard !state.plan.faults.isEmpty else { return nil }
            return state.plan.decide(
                RequestFacts(asked: request), at: .milliseconds(now - state.began))
        }
    }

    /// Back to the faults of the file, counted and timed from now on.
    public func reset() { use(initial) }

    private func use(_ faults: [Fault]) {
        let now = clock.nowMilliseconds
        state.withLock { $0 = State(plan: FaultPlan(faults, random: random), began: now) }
    }

    // MARK: at run time

    /// `{"faults": […], "counts": [{"seen": 40, "struck": 2}]}`: as written, and what has become of each.
    public var json: JSON {
        let plan = state.withLock { $0.plan }
        return .object([
            "faults": .array(plan.faults.map(\.source)),
            "counts": .array(
                plan.counts.map {
                    .object(["seen": .int(Int64($0.seen)), "struck": .int(Int64($0.struck))])
                }),
        ])
    }

    /// Takes new faults in place of those there are; `from` and `to` count from now.
    ///
    /// - Parameter json: a list as in a double's file, or an object with it as `faults`.
    /// - Returns: what is wrong with it; nothing has changed then.
    public func replace(_ json: JSON) -> [Diagnostic] {
        let list = json["faults"] ?? json
        let bag = DiagnosticBag()
        // JSON is YAML, so there is one reader for both.
        guard let yaml = YAMLReading(parsing: Array(list.rendered().utf8), file: "faults", bag: bag) else {
            return bag.all
        }
        let faults = FaultReader(yaml).read(yaml.root)
        let errors = bag.all.filter { $0.severity == .error }
        if errors.isEmpty { use(faults) }
        return errors
    }
}
