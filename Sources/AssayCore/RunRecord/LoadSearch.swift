/// What a load that rises in steps looks for: the step from which on its conditions no longer hold.
public struct LoadSearch: Sendable, Equatable {
    /// Thresholds that are judged step by step, as the person wrote them.
    public var conditions: [String]
    /// Users, or starts a second, that must hold for the run to pass; `nil` when none are asked for.
    public var atLeast: Double?
    /// So many steps after a broken one must be broken too before the search ends; one that holds starts it anew.
    public var confirm: Int
    /// How many steps there are up to the end of the schedule.
    public var stepCount: Int

    public init(conditions: [String], atLeast: Double? = nil, confirm: Int = 1, stepCount: Int) {
        self.conditions = conditions
        self.atLeast = atLeast
        self.confirm = confirm
        self.stepCount = stepCount
    }
}

/// One step of a rising load that was run whole.
public struct LoadStep: Sendable, Equatable {
    /// Counted from 1.
    public var number: Int
    /// Users, or starts a second.
    public var load: Double
    /// The part that is measured, after the load has risen; nanoseconds from the start of the run.
    public var atNanoseconds: Int64
    public var lengthNanoseconds: Int64
    /// How each condition ended in this step alone.
    public var conditions: [ThresholdResult]
    /// Requests, or calls, and how many of them failed.
    public var requests: UInt64
    public var failed: UInt64
    public var iterations: UInt64
    public var failedChecks: UInt64
    /// Of ``latencyMetric``, nanoseconds.
    public var latency: HistogramSnapshot
    /// `http.duration`; what the first condition on a time asks for, when there is one.
    public var latencyMetric: String

    public init(
        number: Int, load: Double, atNanoseconds: Int64, lengthNanoseconds: Int64,
        conditions: [ThresholdResult] = [], requests: UInt64 = 0, failed: UInt64 = 0, iterations: UInt64 = 0,
        failedChecks: UInt64 = 0, latency: HistogramSnapshot = HistogramSnapshot(), latencyMetric: String
    ) {
        self.number = number
        self.load = load
        self.atNanoseconds = atNanoseconds
        self.lengthNanoseconds = lengthNanoseconds
        self.conditions = conditions
        self.requests = requests
        self.failed = failed
        self.iterations = iterations
        self.failedChecks = failedChecks
        self.latency = latency
        self.latencyMetric = latencyMetric
    }

    /// Every condition held; one without data did not.
    public var holds: Bool { conditions.allSatisfy { $0.status == .held } }
    /// Nothing ended in it, so it says nothing: it may have been shorter than a pass.
    public var isEmpty: Bool {
        requests == 0 && iterations == 0 && conditions.allSatisfy { $0.status == .noData }
    }
    public var failedShare: Double { requests > 0 ? Double(failed) / Double(requests) : 0 }

    /// Requests a second; passes where there are no requests.
    public var perSecond: Double {
        guard lengthNanoseconds > 0 else { return 0 }
        return Double(requests > 0 ? requests : iterations) * 1e9 / Double(lengthNanoseconds)
    }
}

/// What a search came to.
public struct Degradation: Sendable, Equatable {
    /// The last step that held, of those in front of ``broken``; `nil` when the first one was broken.
    public var lastGood: LoadStep?
    /// The first of the broken steps that the run ended with; `nil` when the last step held.
    public var broken: LoadStep?
    /// As many steps after it were broken as the search asks for.
    public var isConfirmed: Bool
    /// Broken steps that a later one took back.
    public var outliers: [LoadStep]
    /// Conditions that no step had data for.
    public var silent: [String]
}

extension LoadSearch {
    /// What the steps so far come to; those in which nothing ended do not count before the first that held.
    ///
    /// - Parameter steps: in the order in which they were run.
    public func degradation(in steps: [LoadStep]) -> Degradation {
        var found = Degradation(isConfirmed: false, outliers: [], silent: [])
        var brokenSince: [LoadStep] = []
        for step in steps {
            if step.holds {
                found.outliers += brokenSince
                brokenSince = []
                found.lastGood = step
            } else if found.lastGood != nil || !step.isEmpty {
                brokenSince.append(step)
            }
        }
        found.broken = brokenSince.first
        found.isConfirmed = brokenSince.count > confirm
        if !steps.isEmpty {
            found.silent = conditions.indices.filter { index in
                steps.allSatisfy {
                    $0.conditions.indices.contains(index) && $0.conditions[index].status == .noData
                }
            }.map { conditions[$0] }
        }
        return found
    }
}

extension LoadPlan.Model {
    /// A load for people: `140 users`, `140/s`.
    public func loadText(_ load: Double) -> String {
        let number = load == load.rounded() && abs(load) < 1e15 ? String(Int(load)) : significant(load)
        return switch self {
        case .arrivals: number + "/s"
        case .users, .iterations: load == 1 ? "1 user" : number + " users"
        }
    }
}

extension Degradation {
    /// One sentence: `degrades at 140 users: p95(http.duration) was 3.4 s (limit 3 s); the last good step was 120 users:
    /// p95 2.1 s`.
    public func text(_ model: LoadPlan.Model) -> String {
        guard let broken else {
            guard let lastGood else { return "no step was run whole, so nothing is known" }
            return "no degradation up to \(model.loadText(lastGood.load)), the last step"
        }
        let misses = broken.conditions.enumerated().filter { $0.element.status != .held }
        let whys = misses.map { _, result in
            let limit = result.limitText.drop { "<= ".contains($0) }
            return result.status == .noData
                ? "\(result.subject) had no data"
                : "\(result.subject) was \(result.actualText) (limit \(limit))"
        }
        var text = "degrades at \(model.loadText(broken.load)): \(whys.joined(separator: ", "))"
        if let lastGood {
            let then = misses.compactMap { index, _ in
                lastGood.conditions.indices.contains(index) ? Self.figure(lastGood.conditions[index]) : nil
            }
            text +=
                "; the last good step was \(model.loadText(lastGood.load)): \(then.joined(separator: ", "))"
        } else {
            text += "; no step held"
        }
        return isConfirmed ? text : text + "; the run ended before another step could confirm it"
    }

    /// `p95 2.1 s`
    private static func figure(_ result: ThresholdResult) -> String {
        "\(result.text.prefix { $0 != "(" && $0 != " " }) \(result.actualText)"
    }
}

extension ThresholdResult {
    /// What was judged: `p95(http.duration{name:add})` of `p95(http.duration{name:add}) < 3s`.
    public var subject: String { text.lastIndex(of: ")").map { String(text[...$0]) } ?? text }
}
