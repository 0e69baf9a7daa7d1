import AssayCore
import AssayFormats

extension ScenarioFile {
    /// `{for: 1m, to: 20}`, `{for: 1m, from: 5, to: 20}`, `{for: 1m, at: 20}`, `{pause: 30s}`, and of starts
    /// `{for: 1m, count: 100}`.
    ///
    /// - Parameters:
    ///   - zero: what a pause has.
    ///   - even: what a number of starts that lie evenly over a time comes to; `nil` where nothing is counted.
    func stages<Target: Sendable>(
        _ node: YAMLNode, zero: Target, target: (YAMLNode) -> Target?,
        even: ((YAMLNode, Duration) -> Target?)? = nil
    ) -> [LoadProfile.Stage<Target>]? {
        if node.elements?.isEmpty == true {
            yaml.error("AS091", "'stages' has no stage", at: node, fix: "write `stages: [{for: 1m, to: …}]`")
        }
        return yaml.list(node) { row in
            yaml.mapping(row, "a stage") { fields in
                if let pause = fields.pair("pause") {
                    fields.allow("for", "to", "at", "from", "count")
                    for pair in row.pairs ?? [] where pair.name != "pause" {
                        yaml.error(
                            "AS578", "a pause has no '\(pair.name)': nothing happens in it", at: pair.key,
                            fix: "leave it out, or make it a stage of its own")
                    }
                    return yaml.duration(pause.value).map {
                        .init(length: $0, target: zero, isPause: true)
                    }
                }
                let length = fields.required("for", yaml.duration)
                let from = fields.pair("from")
                let first = from.flatMap { target($0.value) }
                let ways = even == nil ? ["to", "at"] : ["to", "at", "count"]
                guard let way = fields.choice(of: ways, code: "AS578") else { return nil }
                if let from, way.name != "to" {
                    yaml.error(
                        "AS578", "'from' begins a line to 'to', and '\(way.name)' is the same all the time",
                        at: from.key, fix: "leave it out")
                }
                guard let length else { return nil }
                if way.name == "to" {
                    return target(way.value).map { .init(length: length, from: first, target: $0) }
                }
                let held = way.name == "count" ? even?(way.value, length) : target(way.value)
                return held.map { .init(length: length, from: $0, target: $0) }
            }
        }
    }

    /// The rate at which so many starts lie evenly over a time.
    func evenRate(_ node: YAMLNode, over length: Duration) -> Rate? {
        guard let count = yaml.int(node, in: 0...1_000_000_000) else { return nil }
        guard length > .zero else {
            yaml.error(
                "AS578", "\(count) starts cannot lie evenly over no time", at: node, fix: "write `for: 1m`")
            return nil
        }
        return Rate(perSecond: Double(count) / (Double(length.nanoseconds) / 1e9))
    }
}
