/// Counts for `/api/v1/metrics`, in Prometheus's text form.
package struct Metrics: Sendable {
    private let prefix: String
    private var counters: [String: [String: Int]] = [:]

    package init(prefix: String) { self.prefix = prefix }

    package mutating func count(_ name: String, _ labels: [(String, String)] = [], by amount: Int = 1) {
        counters[name, default: [:]][Self.text(labels), default: 0] += amount
    }

    package func value(_ name: String, _ labels: [(String, String)] = []) -> Int {
        counters[name]?[Self.text(labels)] ?? 0
    }

    /// - Parameter gauges: what is now, besides what was counted.
    package func rendered(gauges: [(name: String, labels: [(String, String)], value: Int)]) -> String {
        var lines: [String] = []
        for (name, samples) in counters.sorted(by: { $0.key < $1.key }) {
            lines.append("# TYPE \(prefix)_\(name) counter")
            for (labels, value) in samples.sorted(by: { $0.key < $1.key }) {
                lines.append("\(prefix)_\(name)\(labels) \(value)")
            }
        }
        var last = ""
        for gauge in gauges {
            if gauge.name != last { lines.append("# TYPE \(prefix)_\(gauge.name) gauge") }
            last = gauge.name
            lines.append("\(prefix)_\(gauge.name)\(Self.text(gauge.labels)) \(gauge.value)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package static let type = "text/plain; version=0.0.4; charset=utf-8"

    private static func text(_ labels: [(String, String)]) -> String {
        guard !labels.isEmpty else { return "" }
        let pairs = labels.map { name, value in
            let escaped = value.map { character -> String in
                switch character {
                case "\\": "\\\\"
                case "\"": "\\\""
                case "\n": "\\n"
                default: String(character)
                }
            }
            return "\(name)=\"\(escaped.joined())\""
        }
        return "{\(pairs.joined(separator: ","))}"
    }
}
