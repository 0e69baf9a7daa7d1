internal import AssayCore
public import AssayFormats

/// When switches are turned without anybody turning them.
public struct SwitchPlan: Sendable {
    /// Requests or times at which some switches have other values.
    public struct Entry: Sendable {
        public enum When: Sendable, Equatable {
            /// Request 3, 6, 9 … for 3.
            case every(Int)
            /// Requests by their number, 1 the first.
            case requests(ClosedRange<Int>)
            /// Milliseconds since the first request, the end left out.
            case times(Range<Int64>)
        }

        public var when: When
        /// By name, as they are kept.
        var values: [String: JSON]

        func holds(forRequest number: Int, after milliseconds: Int64) -> Bool {
            switch when {
            case .every(let count): number % count == 0
            case .requests(let range): range.contains(number)
            case .times(let range): range.contains(milliseconds)
            }
        }
    }

    var entries: [Entry] = []

    /// Later entries win.
    func values(ofRequest number: Int, after milliseconds: Int64) -> [String: JSON] {
        var values: [String: JSON] = [:]
        for entry in entries where entry.holds(forRequest: number, after: milliseconds) {
            values.merge(entry.values) { $1 }
        }
        return values
    }
}

/// A double's `switches:` and `plan:` as read.
public struct SwitchOptions: Sendable {
    var values: [String: JSON] = [:]
    var plan = SwitchPlan()

    public init() {}

    /// Reads two keys of a double's mapping, so that every preset with switches has them alike:
    ///
    /// ```yaml
    /// switches: {rate-limit: 3}                  # as at the start and after a reset
    /// plan:
    ///   - {every: 5, server-error: true}         # every 5th request
    ///   - {requests: [2, 4], rate-limit: true}   # the 2nd to the 4th
    ///   - {from: 10s, to: 20s, cut-stream: 3}    # since the first request
    /// ```
    public init(reading fields: inout MappingReader, _ yaml: YAMLReading, of switches: [Switch]) {
        if let node = fields.value("switches") {
            values = Self.values(yaml.entries(node, "switches"), yaml, of: switches)
        }
        if let node = fields.value("plan") {
            plan.entries = yaml.list(node) { Self.entry($0, yaml, of: switches) } ?? []
        }
    }

    private static func entry(
        _ node: YAMLNode, _ yaml: YAMLReading, of switches: [Switch]
    ) -> SwitchPlan.Entry? {
        let own = ["every", "requests", "from", "to"]
        let others = yaml.entries(node, "an entry of the plan").filter { !own.contains($0.name) }
        let values = values(others, yaml, of: switches)
        let when: SwitchPlan.Entry.When?
        if let every = node["every"] {
            when = yaml.int(every, in: 1...1_000_000).map { .every($0) }
        } else if let requests = node["requests"] {
            when = range(requests, yaml).map { .requests($0) }
        } else if node["from"] != nil || node["to"] != nil {
            let start = node["from"].map(yaml.duration) ?? .zero
            let end = node["to"].map(yaml.duration) ?? .seconds(1_000_000_000)
            guard let start, let end else { return nil }
            let (first, last) = (start.nanoseconds / 1_000_000, end.nanoseconds / 1_000_000)
            guard first < last else {
                yaml.error("AS331", "'to' is not after 'from'", at: node, fix: "write `from: 10s, to: 20s`")
                return nil
            }
            when = .times(first..<last)
        } else {
            yaml.error(
                "AS331", "an entry of the plan does not say when", at: node,
                fix: "add `every: 5`, `requests: [2, 4]` or `from: 10s, to: 20s`")
            return nil
        }
        return when.map { SwitchPlan.Entry(when: $0, values: values) }
    }

    /// `[2, 4]`, or one number.
    private static func range(_ node: YAMLNode, _ yaml: YAMLReading) -> ClosedRange<Int>? {
        guard let bounds = yaml.oneOrMore(node, of: { yaml.int($0, in: 1...1_000_000_000) }),
            let first = bounds.first, let last = bounds.last
        else { return nil }
        guard bounds.count <= 2, first <= last else {
            yaml.error(
                "AS331", "'requests' is a number, or the first and the last", at: node,
                fix: "write `requests: [2, 4]`")
            return nil
        }
        return first...last
    }

    private static func values(
        _ pairs: [YAMLNode.Pair], _ yaml: YAMLReading, of switches: [Switch]
    ) -> [String: JSON] {
        var all: [String: JSON] = [:]
        for pair in pairs {
            guard let value = yaml.json(pair.value) else { continue }
            do throws(SwitchError) {
                all.merge(try SwitchBoard.accepted([pair.name: value], of: switches)) { $1 }
            } catch {
                let isUnknown = !switches.contains { $0.name == pair.name }
                yaml.error(
                    "AS330", error.message, at: isUnknown ? pair.key : pair.value, fix: error.fix)
            }
        }
        return all
    }
}
