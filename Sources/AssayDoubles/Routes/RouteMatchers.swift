internal import AssayCore
internal import AssayFormats

/// A matcher of Assay's own form on one value of a request.
struct RouteValueMatcher: ValueMatcher {
    var matcher: Matcher<JSON>
    /// What it is of, for the words of a difference: `$.amount`, `body`; empty for the value itself.
    var subject = ""

    func matches(_ value: MatchValue) -> Bool { differences(value).isEmpty }

    func differences(_ value: MatchValue) -> [Mismatch] {
        if case .body(let body) = value, body.bytes.isEmpty { return judge(nil) }
        return judge(value.text.map { .string($0) })
    }

    private func judge(_ value: JSON?) -> [Mismatch] { matcher.judge(value, subject: subject) }

    var expectation: String { matcher.description }
    var acceptsAbsence: Bool { matcher.speaksOfAbsence }

    /// More than what is expected and what came, where the difference lies deeper.
    func reason(for value: MatchValue) -> String? {
        differences(value).first { $0.subject != subject }.map {
            "\($0.subject): expected \($0.expected), got \($0.actual)"
        }
    }

    var json: JSON {
        if case .equals(let value) = matcher { return ["equalTo": .string(value.templateText)] }
        return ["assay": .string(matcher.description)]
    }
}

/// A matcher of Assay's own form on what a path finds in a JSON body.
struct RouteJSONMatcher: ValueMatcher {
    var path: JSONPath
    /// As written.
    var source: String
    var matcher: Matcher<JSON>

    func matches(_ value: MatchValue) -> Bool { differences(value).isEmpty }

    func distance(to value: MatchValue) -> Double {
        guard let json = value.json else { return matches(value) ? 0 : 1 }
        if matches(value) { return 0 }
        // Something stands there, and it is not right.
        return path.nodes(in: json).isEmpty ? 0.8 : 0.5
    }

    private func differences(_ value: MatchValue) -> [Mismatch] {
        guard let json = value.json else {
            let note = value.bytes?.isEmpty == false ? "the body is not JSON" : "the body is empty"
            return matcher.judge(nil, subject: source, absentNote: note)
        }
        let nodes = path.nodes(in: json).map { (path: $0.readablePath, value: $0.value) }
        return matcher.judge(nodes: nodes, subject: source)
    }

    var expectation: String { "\(source) \(matcher.description)" }
    var acceptsAbsence: Bool { matcher.speaksOfAbsence }

    func reason(for value: MatchValue) -> String? {
        differences(value).first.map { "\($0.subject): expected \($0.expected), got \($0.actual)" }
    }

    var json: JSON { ["matchesJsonPath": .string(source), "assay": .string(matcher.description)] }
}
