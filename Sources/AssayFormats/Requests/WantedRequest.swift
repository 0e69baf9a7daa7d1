public import AssayCore

/// What a request must be like, as users write it: of a double's route (`on:`), and of what a double was asked (`asked:`).
///
/// `{post: /charges, headers: {x-tenant: acme}, query: {…}, json: {$.amount: {greater: 0}}, form: {…}, body: …}`.
/// `Value` is ``ValueTemplate`` as written, `JSON` once templates are filled in.
public struct WantedRequest<Value: Sendable>: Sendable {
    /// One thing that is looked at.
    public struct Part: Sendable {
        public enum Subject: Sendable {
            /// Names in lower case.
            case header(String)
            case query(String)
            case form(String)
            case json(TemplatedPath)
            case body
        }

        public var subject: Subject
        public var matcher: Matcher<Value>
        public var location: SourceLocation
    }

    /// Upper case; `nil` for any.
    public var method: String?
    /// `nil` for any path. As written; templates in it are filled in before it is read as a path.
    public var path: Template?
    /// The path, where it is known without templates.
    public var fixedPath: RoutePath?
    public var parts: [Part]
    public var location: SourceLocation

    /// `POST /charges`, as written.
    public var summary: String { "\(method ?? "any request") \(path?.source ?? "/**")" }

    /// Every value in it, in the order written.
    public var values: [Value] {
        var found: [Value] = []
        for part in parts {
            _ = part.matcher.map { (value: Value) -> Value in
                found.append(value)
                return value
            }
        }
        return found
    }
}

extension WantedRequest where Value == ValueTemplate {
    /// Everything in it that is filled in later, paths of JSON included.
    public var templates: [Template] {
        var found = path.map { $0.constantText == nil ? [$0] : [] } ?? []
        for part in parts {
            if case .json(.templated(let template)) = part.subject { found.append(template) }
        }
        return found + values.flatMap(\.templates).filter { $0.constantText == nil }
    }

    /// The same with every value changed, like when a run is planned.
    public func mapped(
        _ template: (Template) -> Template, _ value: (ValueTemplate) -> ValueTemplate
    ) -> Self {
        var result = self
        result.path = path.map(template)
        result.parts = parts.map { part in
            var part = part
            if case .json(.templated(let written)) = part.subject {
                part.subject = .json(.templated(template(written)))
            }
            part.matcher = part.matcher.map(value)
            return part
        }
        return result
    }

    /// The same with its templates filled in.
    ///
    /// - Throws: what `filling` throws; ``RoutePath/Fault`` and a JSONPath's own error where the filled-in text is none.
    public func resolved(_ filling: TemplateFilling) throws -> RequestJudge {
        RequestJudge(
            method: method,
            path: try fixedPath ?? path.map { try RoutePath(filling.text($0)) },
            parts: try parts.map { part in
                let subject: RequestJudge.Subject =
                    switch part.subject {
                    case .header(let name): .header(name)
                    case .query(let name): .query(name)
                    case .form(let name): .form(name)
                    case .body: .body
                    case .json(let path): .json(try path.resolved(filling.text), source: path.source)
                    }
                return RequestJudge.Part(
                    subject: subject, matcher: try part.matcher.resolved(filling.value),
                    location: part.location)
            })
    }
}

/// Judges requests against what was wanted, with nothing left to fill in.
public struct RequestJudge: Sendable {
    public enum Subject: Sendable {
        case header(String)
        case query(String)
        case form(String)
        case json(JSONPath, source: String)
        case body
    }

    public struct Part: Sendable {
        public var subject: Subject
        public var matcher: Matcher<JSON>
        public var location: SourceLocation
    }

    public var method: String?
    public var path: RoutePath?
    public var parts: [Part]

    /// Whether method and path are the ones wanted: only then the rest is worth a word.
    public func isOfRoute(_ request: RequestFacts) -> Bool {
        (method == nil || method == request.method)
            && (path == nil || path?.parameters(in: request.path) != nil)
    }

    /// What differs; nothing when the request is as wanted.
    public func judge(_ request: RequestFacts) -> [Mismatch] {
        var found: [Mismatch] = []
        if let method, method != request.method {
            found.append(Mismatch(subject: "method", expected: method, actual: request.method))
        }
        if let path, path.parameters(in: request.path) == nil {
            found.append(
                Mismatch(
                    subject: "path", expected: path.description,
                    actual: "/" + request.path.joined(separator: "/")))
        }
        return found + differences(request)
    }

    /// What differs beside method and path.
    public func differences(_ request: RequestFacts) -> [Mismatch] {
        parts.flatMap { $0.judge(request) }
    }
}

extension RequestJudge.Part {
    func judge(_ request: RequestFacts) -> [Mismatch] {
        switch subject {
        case .header(let name):
            return matcher.judge(
                request.header(name).map { .string($0) }, subject: "header \(name)", location: location)
        case .query(let name): return judge(request.query, name, "query \(name)")
        case .form(let name): return judge(request.form, name, "form \(name)")
        case .body:
            return matcher.judge(
                request.body.isEmpty ? nil : .string(request.text), subject: "body", location: location)
        case .json(let path, let source):
            guard let json = request.json else {
                let note = request.body.isEmpty ? "the body is empty" : "the body is not JSON"
                return matcher.judge(nil, subject: source, location: location, absentNote: note)
            }
            let nodes = path.nodes(in: json).map { (path: $0.readablePath, value: $0.value) }
            return matcher.judge(nodes: nodes, subject: source, location: location)
        }
    }

    /// One value is judged as a text, several of one name as an array of texts.
    private func judge(
        _ pairs: [(name: String, value: String)], _ name: String, _ subject: String
    ) -> [Mismatch] {
        let values = pairs.filter { $0.name == name }.map { JSON.string($0.value) }
        if values.count > 1, matcher.judgesLists {
            return matcher.judge(.array(values), subject: subject, location: location)
        }
        return matcher.judge(values.first, subject: subject, location: location)
    }
}
