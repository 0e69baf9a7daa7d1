/// One entry of a k6 script's `scenarios`, or what its shortcuts (`vus`, `duration`, `iterations`, `stages`) stand for.
public struct K6Scenario: Sendable, Equatable {
    /// Its key; `default` of shortcuts.
    public var name: String
    public var executor: K6Executor
    /// It begins so long after the run.
    public var startTime = Duration.zero
    /// How long running iterations may take to end once the schedule is over.
    public var gracefulStop = Duration.seconds(30)
    /// On top of the script's own environment (`__ENV`).
    public var env: [String: String] = [:]
    /// Name of the exported function that an iteration calls.
    public var exec = "default"
    /// On everything that its iterations measure.
    public var tags: [String: String] = [:]

    public init(name: String, executor: K6Executor) {
        self.name = name
        self.executor = executor
    }

    /// Most users that it may have at one time, those that are only made when they are needed among them.
    public var maximumUsers: Int {
        switch executor {
        case .sharedIterations(let users, _, _), .perUserIterations(let users, _, _),
            .constantUsers(let users, _), .externallyControlled(let users, _):
            users
        case .rampingUsers(let start, let stages, _): stages.reduce(start) { max($0, $1.target) }
        case .constantArrivalRate(_, _, _, _, let most), .rampingArrivalRate(_, _, _, _, let most): most
        }
    }

    /// How long it may take at most, its start and its graceful end included.
    public var maximumDuration: Duration {
        startTime + regularDuration + gracefulStop
    }

    /// How long it begins iterations.
    public var regularDuration: Duration {
        switch executor {
        case .sharedIterations(_, _, let most), .perUserIterations(_, _, let most): most
        case .constantUsers(_, let duration), .externallyControlled(_, let duration),
            .constantArrivalRate(_, _, let duration, _, _):
            duration
        case .rampingUsers(_, let stages, _), .rampingArrivalRate(_, _, let stages, _, _):
            stages.reduce(.zero) { $0 + $1.duration }
        }
    }
}

/// How a k6 scenario starts its iterations.
public enum K6Executor: Sendable, Equatable {
    case sharedIterations(users: Int, iterations: Int, maxDuration: Duration)
    case perUserIterations(users: Int, iterations: Int, maxDuration: Duration)
    case constantUsers(users: Int, duration: Duration)
    /// What k6 lets others steer while it runs; here its users stay those that it begins with.
    case externallyControlled(users: Int, duration: Duration)
    case rampingUsers(start: Int, stages: [K6Stage], gracefulRampDown: Duration)
    case constantArrivalRate(
        rate: Int, timeUnit: Duration, duration: Duration, readyUsers: Int, maximumUsers: Int)
    case rampingArrivalRate(
        start: Int, timeUnit: Duration, stages: [K6Stage], readyUsers: Int, maximumUsers: Int)

    /// Whether iterations begin when they are due, whoever is busy.
    var isArrival: Bool {
        switch self {
        case .constantArrivalRate, .rampingArrivalRate: true
        default: false
        }
    }

    /// The word scripts write: `ramping-vus`.
    public var word: String {
        switch self {
        case .sharedIterations: "shared-iterations"
        case .perUserIterations: "per-vu-iterations"
        case .constantUsers: "constant-vus"
        case .externallyControlled: "externally-controlled"
        case .rampingUsers: "ramping-vus"
        case .constantArrivalRate: "constant-arrival-rate"
        case .rampingArrivalRate: "ramping-arrival-rate"
        }
    }
}

/// A straight line to a number of users, or of iterations in a time unit.
public struct K6Stage: Sendable, Equatable {
    /// Zero jumps.
    public var duration: Duration
    public var target: Int
    public init(duration: Duration, target: Int) {
        self.duration = duration
        self.target = target
    }
}
