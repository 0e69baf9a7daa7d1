import AssayCore
import AssayFormats

extension ScenarioFile {
    /// Captures of a step; one that is wrong still sets its name for the steps after it.
    func captures(_ node: YAMLNode, of kind: StepKind?) -> [Capture] {
        yaml.entries(node, "capture").compactMap { pair in
            guard let name = name(pair.key) else { return nil }
            let source = captureSource(pair, of: kind) ?? .body
            return Capture(name: name, source: source, location: pair.key.location)
        }
    }

    func captureSource(_ pair: YAMLNode.Pair, of kind: StepKind?) -> Capture.Source? {
        guard let kind else { return nil }
        guard !kind.captures.isEmpty else {
            yaml.error(
                "AS047", "a step of kind '\(kind.keyword)' answers nothing to capture", at: pair.key,
                fix: "capture from a step of kind http, sql, redis, call, run or use")
            return nil
        }
        if kind.captures == [.variable] { return yaml.text(pair.value).map { .variable($0) } }
        guard let (form, source) = written(pair.value) else { return nil }
        guard kind.captures.contains(form) else {
            yaml.error(
                "AS047", "a step of kind '\(kind.keyword)' has no \(form.rawValue) to capture",
                at: pair.value,
                fix: "here are: " + kind.captures.map(\.rawValue).joined(separator: ", "))
            return nil
        }
        return source()
    }

    private func written(_ node: YAMLNode) -> (StepKind.CaptureForm, () -> Capture.Source?)? {
        if let pairs = node.pairs, pairs.count == 1 {
            switch pairs[0].name {
            case "header":
                return (.header, { self.yaml.text(pairs[0].value).map { .header($0.lowercased()) } })
            case "cookie": return (.cookie, { self.yaml.text(pairs[0].value).map { .cookie($0) } })
            case "matches": return (.matches, { self.yaml.pattern(pairs[0].value).map { .pattern($0) } })
            default: break
            }
        }
        switch node.scalarText {
        case "status"?: return (.status, { .status })
        case "body"?: return (.body, { .body })
        case let text? where text.hasPrefix("$"):
            return (.path, { self.yaml.path(node).map { .jsonPath($0) } })
        default: break
        }
        let name = node.stringValue.map { "$." + $0 } ?? "$.id"
        yaml.error(
            "AS047", "expected what to capture, found \(node.kindText)", at: node,
            fix: "write `\(name)`, `status`, `body`, `{header: X-Id}` or `{matches: 'id=(\\d+)'}`")
        return nil
    }
}
