/// Counts for `/metrics`, in Prometheus's text form.
struct Metrics {
    private var calls = 0
    private var refusals = 0
    private var apologies = 0
    private var ends: [String: Int] = [:]
    private var answers = Histogram(bounds: [0.1, 0.25, 0.5, 1, 2, 3, 5])

    mutating func countCall() { calls += 1 }
    mutating func countRefusal() { refusals += 1 }
    mutating func countApology() { apologies += 1 }
    mutating func countEnd(_ outcome: String) { ends[outcome, default: 0] += 1 }
    mutating func answered(inSeconds seconds: Double) { answers.add(seconds) }

    /// What a back end looks like from here.
    struct BackEndView {
        var name: String
        var state: CircuitBreaker.State
        var counts: [String: Int]
    }

    func rendered(active: Int, waiting: Int, backEnds: [BackEndView]) -> String {
        var lines: [String] = []
        func family(_ name: String, _ type: String, _ samples: [(labels: String, value: String)]) {
            lines.append("# TYPE voicebot_\(name) \(type)")
            for sample in samples { lines.append("voicebot_\(name)\(sample.labels) \(sample.value)") }
        }
        family("calls_total", "counter", [("", "\(calls)")])
        family("calls_refused_total", "counter", [("", "\(refusals)")])
        family("calls_active", "gauge", [("", "\(active)")])
        family("apologies_total", "counter", [("", "\(apologies)")])
        family(
            "calls_ended_total", "counter",
            ends.sorted { $0.key < $1.key }.map { ("{outcome=\"\($0.key)\"}", "\($0.value)") })
        family("transcriptions_waiting", "gauge", [("", "\(waiting)")])
        family(
            "breaker_state", "gauge",
            backEnds.map { ("{back_end=\"\($0.name)\"}", "\($0.state.rawValue)") })
        family(
            "back_end_requests_total", "counter",
            backEnds.flatMap { view in
                view.counts.sorted { $0.key < $1.key }.map {
                    ("{back_end=\"\(view.name)\",result=\"\($0.key)\"}", "\($0.value)")
                }
            })
        lines += answers.lines(named: "voicebot_answer_seconds")
        return lines.joined(separator: "\n") + "\n"
    }
}

/// Counts of values up to bounds.
struct Histogram {
    private let bounds: [Double]
    private var counts: [Int]
    private var sum = 0.0

    init(bounds: [Double]) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    func lines(named name: String) -> [String] {
        var total = 0
        var lines = ["# TYPE \(name) histogram"]
        for (place, count) in counts.enumerated() {
            total += count
            let bound = place < bounds.count ? "\(bounds[place])" : "+Inf"
            lines.append("\(name)_bucket{le=\"\(bound)\"} \(total)")
        }
        return lines + ["\(name)_sum \(sum)", "\(name)_count \(total)"]
    }
}
