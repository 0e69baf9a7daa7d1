public import AssayCore
public import AssayFormats

/// What a step answered, as its expectations and captures look at it.
///
/// Which members are set depends on the step kind; a subject that is `nil` counts as absent.
public struct Answer: Sendable {
    public struct Header: Sendable, Equatable {
        public var name: String
        public var value: String
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var status: Int?
    public var headers: [Header] = []
    /// Cookies that the answer set, those before it on the way, and those that its address would be sent again.
    public var cookies: [Header] = []
    /// The response body or the standard output.
    public var text: String?
    /// ``text`` read as JSON, or the rows of a query; `nil` when it is not JSON.
    public var json: JSON?
    /// Send to last byte.
    public var durationNanoseconds: Int64?
    public var rows: [JSONObject]?
    public var rowCount: Int?
    /// The reply of a Redis; `nil` when it is an error.
    public var reply: JSON?
    /// The words of an error that a Redis replied.
    public var errorReply: String?
    /// Exit status of a program.
    public var exit: Int?
    public var errorOutput: String?
    /// What a step says of itself beside its answer: the name of an event, how many there were.
    public var facts: JSONObject?
    /// Branches of `parallel`.
    public var succeeded: Int?
    public var failed: Int?

    public init() {}

    /// A header's value; several of one name are joined by a comma (RFC 9110 §5.3).
    public func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        let found = headers.filter { $0.name.lowercased() == wanted }.map(\.value)
        return found.isEmpty ? nil : found.joined(separator: ", ")
    }

    /// Said of a path that finds nothing.
    var absentNote: String? {
        if let rows { return "the rows were \(Shown.value(.array(rows.map { .object($0) })))" }
        if let errorReply { return "the reply was the error \(Shown.text(errorReply))" }
        if let reply { return "the value was \(Shown.value(reply))" }
        guard let text else { return nil }
        return text.isEmpty ? "the body was empty" : "the body was \(Shown.text(text))"
    }
}

extension Expectation {
    /// Judges all checks, in order.
    ///
    /// - Throws: what `filling` throws.
    public func judge(
        _ answer: Answer, filling: TemplateFilling, external: (any ExternalMatchers)? = nil
    ) throws -> [Mismatch] {
        try checks.flatMap { try $0.judge(answer, filling: filling, external: external) }
    }
}

extension Check {
    /// Judges one check; empty when it holds.
    ///
    /// - Throws: what `filling` throws.
    public func judge(
        _ answer: Answer, filling: TemplateFilling, external: (any ExternalMatchers)? = nil
    ) throws -> [Mismatch] {
        let matcher = try matcher.resolved(filling.value)
        switch subject {
        case .json(let path):
            return judge(matcher, at: try path.resolved(filling.text), in: answer, external)
        case .duration:
            return judgeDuration(matcher, answer)
        case .computed(let value, let name):
            return matcher.judge(
                try filling.value(value), subject: name, location: location, external: external)
        case .value, .error:
            return matcher.judge(
                answer.value(of: subject), subject: subject.name, location: location,
                absentNote: answer.absentNote, external: external)
        default:
            return matcher.judge(
                answer.value(of: subject), subject: subject.name, location: location, external: external)
        }
    }

    private func judge(
        _ matcher: Matcher<JSON>, at path: JSONPath, in answer: Answer, _ external: (any ExternalMatchers)?
    ) -> [Mismatch] {
        let source = subject.name
        guard let json = answer.json else {
            let note = (answer.absentNote.map { $0 + ", " } ?? "") + "which is not JSON"
            return matcher.judge(nil, subject: source, location: location, absentNote: note)
        }
        let nodes = path.nodes(in: json).map { (path: $0.readablePath, value: $0.value) }
        return matcher.judge(
            nodes: nodes, subject: source, location: location, absentNote: answer.absentNote,
            external: external)
    }

    private func judgeDuration(_ matcher: Matcher<JSON>, _ answer: Answer) -> [Mismatch] {
        matcher.judge(
            answer.value(of: .duration), subject: subject.name, location: location,
            show: { value in
                value.doubleValue.map { shortText(nanoseconds: $0) } ?? Shown.value(value)
            })
    }
}

extension Check.Subject {
    /// As mismatches name it: `status`, `header content-type`, `$.items[0].id`.
    public var name: String {
        switch self {
        case .status: "status"
        case .header(let name): "header \(name)"
        case .cookie(let name): "cookie \(name)"
        case .body: "body"
        case .json(let path): path.source
        case .duration: "duration"
        case .rows: "rows"
        case .rowCount: "row count"
        case .value: "value"
        case .error: "error"
        case .exit: "exit"
        case .output: "stdout"
        case .errorOutput: "stderr"
        case .succeeded: "succeeded"
        case .failed: "failed"
        case .measured(let name): name
        case .computed(_, let name): name
        case .headerBegins(let names, _): "headers " + names.joined(separator: ", ")
        }
    }
}

extension Answer {
    /// The value of every subject but ``Check/Subject/json(_:)``, which is ``json`` as a whole here.
    func value(of subject: Check.Subject) -> JSON? {
        func number(_ value: Int?) -> JSON? { value.map { .int(Int64($0)) } }
        switch subject {
        case .status: return number(status)
        case .header(let name): return header(name).map { .string($0) }
        case .cookie(let name): return cookies.first { $0.name == name }.map { .string($0.value) }
        case .body, .output: return text.map { .string($0) }
        case .json: return json
        case .duration: return durationNanoseconds.map { .int($0) }
        case .rows: return rows.map { .array($0.map { .object($0) }) }
        case .rowCount: return number(rowCount)
        case .value: return reply
        case .error: return errorReply.map { .string($0) }
        case .exit: return number(exit)
        case .errorOutput: return errorOutput.map { .string($0) }
        case .succeeded: return number(succeeded)
        case .failed: return number(failed)
        case .measured(let name): return facts?[name] ?? json?[name]
        case .computed: return nil
        case .headerBegins(let names, let beginnings):
            return .bool(
                names.contains { name in
                    guard let value = header(name)?.lowercased() else { return false }
                    return beginnings.contains { value.hasPrefix($0) }
                })
        }
    }
}

extension Capture {
    /// Takes the value out of an answer.
    ///
    /// - Parameter random: a whole number from 0 up to the one given, without it.
    /// - Returns: the value, or what to tell when there is none. Several nodes of a path are taken as an array, or one of
    ///   them at random: see ``several``.
    /// - Throws: what `filling` throws. ``Source/variable(_:)`` is the runner's: it takes from a scenario.
    public func take(
        from answer: Answer, filling: TemplateFilling, random: (Int) -> Int = { _ in 0 }
    ) throws -> Result<JSON, CaptureFailure> {
        let found: JSON?
        switch source {
        case .jsonPath(let path):
            let nodes = try answer.json.map { json in
                try path.resolved(filling.text).values(in: json)
            }
            switch several {
            case .list: found = nodes.flatMap { $0.count > 1 ? .array($0) : $0.first }
            case .oneAtRandom:
                found = nodes.flatMap { $0.count > 1 ? $0[random($0.count)] : $0.first }
            }
        case .status: found = answer.value(of: .status) ?? answer.value(of: .exit)
        case .body: found = answer.value(of: .body)
        case .header(let name): found = answer.value(of: .header(name))
        case .cookie(let name): found = answer.value(of: .cookie(name))
        case .pattern(let pattern):
            found = try answer.text.flatMap { try pattern.firstMatch(in: $0)?.firstCapture }.map {
                .string($0)
            }
        case .group(let pattern, let group):
            found = try answer.text.flatMap { try pattern.firstMatch(in: $0) }.map { match in
                let own = match.captures.indices.contains(group) ? match.captures[group] : nil
                return .string(own ?? match.captures[0] ?? "")
            }
        case .selector(let selector):
            found = answer.text.flatMap { selector.take(from: $0, random: random) }.map { .string($0) }
        case .xpath(let path): found = answer.text.flatMap { path.value(in: $0) }.map { .string($0) }
        case .variable: found = nil
        }
        if let found, !(refusesEmpty && found == .string("")) { return .success(found) }
        let actual = answer.absentNote.map { "absent; \($0)" } ?? "absent"
        return .failure(
            CaptureFailure(
                mismatch: Mismatch(
                    subject: "capture '\(name)' from \(source.name)", expected: "a value", actual: actual,
                    location: location)))
    }
}

/// A capture that found nothing.
public struct CaptureFailure: Error, Sendable {
    public var mismatch: Mismatch
}

extension Capture.Source {
    /// As mismatches name it: `$.token`, `header x-id`.
    public var name: String {
        switch self {
        case .jsonPath(let path): path.source
        case .status: "status"
        case .body: "body"
        case .header(let name): "header \(name)"
        case .cookie(let name): "cookie \(name)"
        case .pattern(let pattern), .group(let pattern, _): "the text by \(pattern.source)"
        case .selector(let selector): "the element \(selector.source)"
        case .xpath(let path): "the node \(path.source)"
        case .variable(let name): "\(name) of the used scenario"
        }
    }
}
