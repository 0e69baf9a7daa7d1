import AssayCore
import AssayFormats

extension ScenarioFile {
    /// The value of `metric`: one metric, or a list of them.
    func metrics(_ node: YAMLNode, of kind: StepKind?) -> [OwnMetric] {
        if let kind, kind.keyword != "metric", kind.captures.isEmpty || kind.captures == [.variable] {
            yaml.error(
                "AS580", "a step of kind '\(kind.keyword)' answers nothing to measure", at: node,
                fix: "make it a step of its own: `- metric: {name: …, gauge: \"${…}\"}`")
            return []
        }
        return yaml.oneOrMore(node) { metric($0, of: kind) } ?? []
    }

    private func metric(_ node: YAMLNode, of kind: StepKind?) -> OwnMetric? {
        yaml.mapping(node, "metric") { fields -> OwnMetric? in
            let name = fields.required("name", metricName)
            let pair = fields.choice(of: ["counter", "gauge", "rate", "trend"], code: "AS580")
            let unit = fields.value("unit")
            guard let pair, let word = Series.Kind(rawValue: pair.name) else { return nil }
            let value = metricValue(pair, word, of: kind)
            let measure = self.measure(unit, of: word)
            guard let name, let value, let measure else { return nil }
            let own = OwnMetric(
                metric: .own(name, word, measure.unit), value: value, factor: measure.factor,
                location: fields.value("name")?.location ?? node.location)
            return isKnownOtherwise(own) ? nil : own
        }
    }

    // MARK: names

    private func metricName(_ node: YAMLNode) -> String? {
        guard let name = constantText(node, "a metric's name") else { return nil }
        func isFirst(_ scalar: Unicode.Scalar) -> Bool {
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
        }
        func isKept(_ scalar: Unicode.Scalar) -> Bool {
            isFirst(scalar) || ("0"..."9").contains(scalar) || "._-".unicodeScalars.contains(scalar)
        }
        let scalars = name.unicodeScalars
        guard let first = scalars.first, isFirst(first), scalars.allSatisfy(isKept), scalars.count <= 100
        else {
            yaml.error(
                "AS580", "'\(Shown.text(name, limit: 40))' is no name of a metric", at: node,
                fix: "use letters, digits, `.`, `_` and `-`, beginning with a letter: `queue.depth`")
            return nil
        }
        if let taken = MetricRegistry.standard.all.first(where: { Self.plain($0.name) == Self.plain(name) }) {
            yaml.error(
                "AS582",
                taken.name == name
                    ? "'\(name)' is a metric of Assay's own"
                    : "'\(name)' is too near to '\(taken.name)', which is a metric of Assay's own",
                at: node, fix: "choose another name, like 'my.\(name)'")
            return nil
        }
        return name
    }

    /// As monitoring systems spell names, which know no points.
    private static func plain(_ name: String) -> String {
        name.lowercased().replacing(".", with: "_").replacing("-", with: "_")
    }

    /// Tells when the same name was used for something else in a file that was read before.
    private func isKnownOtherwise(_ own: OwnMetric) -> Bool {
        let key = Self.plain(own.metric.name)
        guard let first = session.ownMetrics[key] else {
            session.ownMetrics[key] = own
            return false
        }
        if first.metric == own.metric { return false }
        func text(_ metric: Metric) -> String {
            metric.kind == .rate || metric.unit == .count
                ? "a \(metric.kind.rawValue)" : "a \(metric.kind.rawValue) in \(metric.unit.word)"
        }
        let place = "\(first.location.file):\(first.location.line)"
        yaml.error(
            "AS581",
            first.metric.name == own.metric.name
                ? "'\(own.metric.name)' is \(text(own.metric)) here, and \(text(first.metric)) in \(place)"
                : "'\(own.metric.name)' is too near to '\(first.metric.name)' in \(place)",
            at: own.location, fix: "give one of them another name")
        return true
    }

    // MARK: values

    private func metricValue(
        _ pair: YAMLNode.Pair, _ kind: Series.Kind, of step: StepKind?
    ) -> OwnMetric.Value? {
        let node = pair.value
        switch node.content {
        case .int, .double:
            guard let number = yaml.json(node) else { return nil }
            if kind == .counter || kind == .trend, let value = number.doubleValue, value < 0 {
                yaml.error(
                    "AS580", "a \(kind.rawValue) takes nothing below 0, found \(node.scalarText ?? "")",
                    at: node, fix: kind == .trend ? "use a `gauge`" : "count with two counters, up and down")
                return nil
            }
            return .computed(.literal(number))
        case .bool(let value) where kind == .rate: return .computed(.literal(.bool(value)))
        case .string(let text) where text.contains("${") && !text.hasPrefix("$.") && !text.hasPrefix("$["):
            return yaml.valueTemplate(node).map { .computed($0) }
        default: break
        }
        let isTaken =
            node.pairs?.count == 1
            || node.scalarText.map { $0.hasPrefix("$") || $0 == "status" || $0 == "body" }
                ?? false
        guard isTaken, step?.keyword != "metric" else {
            yaml.error(
                "AS580",
                isTaken
                    ? "a step that only measures has no answer to take a value from"
                    : "expected where the value comes from, found \(node.kindText)", at: node,
                fix: isTaken
                    ? "put the metric on the step that is answered, or capture the value and write \"${name}\""
                    : "write `$.depth`, `{header: X-Depth}`, \"${depth}\" or a number")
            return nil
        }
        return captureSource(pair, of: step).map { .taken($0) }
    }

    /// What `unit` says, as what is kept and by how much it is multiplied.
    private func measure(
        _ node: YAMLNode?, of kind: Series.Kind
    ) -> (unit: Metric.Unit, factor: Double)? {
        guard let node else { return (kind == .rate ? .fraction : .count, 1) }
        guard kind != .rate else {
            yaml.error("AS583", "a rate is a part of all and has no unit", at: node, fix: "remove `unit`")
            return nil
        }
        guard let word = yaml.text(node) else { return nil }
        guard let found = Self.units.first(where: { $0.word == word }) else {
            let near = nearestName(to: word, among: Self.units.map(\.word))
            yaml.error(
                "AS583", "'\(Shown.text(word, limit: 20))' is no unit", at: node,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "units are: " + Self.units.map(\.word).joined(separator: ", "))
            return nil
        }
        if kind == .counter, found.unit == .fraction {
            yaml.error(
                "AS583", "a counter counts no parts of something, found '\(word)'", at: node,
                fix: "use a `gauge` or a `trend`")
            return nil
        }
        return (found.unit, found.factor)
    }

    static let units: [(word: String, unit: Metric.Unit, factor: Double)] = [
        ("count", .count, 1), ("ns", .time, 1), ("us", .time, 1e3), ("ms", .time, 1e6), ("s", .time, 1e9),
        ("min", .time, 60e9), ("h", .time, 3600e9), ("bytes", .bytes, 1), ("KB", .bytes, 1e3),
        ("MB", .bytes, 1e6), ("GB", .bytes, 1e9), ("KiB", .bytes, 1024), ("MiB", .bytes, 1_048_576),
        ("GiB", .bytes, 1_073_741_824), ("fraction", .fraction, 1), ("percent", .fraction, 0.01),
    ]

    // MARK: tags

    /// `{region: eu, tenant: "${feed.tenant}"}`
    func seriesTags(_ node: YAMLNode) -> [SeriesTag] {
        yaml.entries(node, "tags").compactMap { pair in
            let key = pair.name
            let isName =
                key.unicodeScalars.first.map { !("0"..."9").contains($0) } == true
                && key.unicodeScalars.allSatisfy {
                    ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                        || $0 == "_"
                }
            guard isName, !SeriesTag.reserved.contains(key) else {
                yaml.error(
                    "AS584",
                    isName
                        ? "the tag '\(key)' is set by Assay itself"
                        : "'\(Shown.text(key, limit: 40))' is no name of a tag", at: pair.key,
                    fix: isName
                        ? "choose another name"
                        : "use letters, digits and `_`, beginning with a letter")
                return nil
            }
            return yaml.template(pair.value).map { SeriesTag(key: key, value: $0) }
        }
    }

    /// A scenario's `tags`: texts choose it for a run, `key: value` is on its series.
    func scenarioTags(_ node: YAMLNode) -> (selecting: [String], series: [SeriesTag]) {
        var (selecting, series) = ([String](), [SeriesTag]())
        _ = yaml.oneOrMore(node) { element -> Void? in
            if element.pairs != nil {
                for tag in seriesTags(element) {
                    series.removeAll { $0.key == tag.key }
                    series.append(tag)
                }
            } else if let text = yaml.text(element) {
                selecting.append(text)
            }
            return ()
        }
        return (selecting, series)
    }
}

extension Metric.Unit {
    /// For messages.
    fileprivate var word: String {
        switch self {
        case .time: "time"
        case .count: "numbers"
        case .bytes: "bytes"
        case .fraction: "parts of 1"
        }
    }
}
