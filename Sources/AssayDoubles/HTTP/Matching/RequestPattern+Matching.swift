internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension RequestPattern {
    /// Whether a request is so; stops at the first difference, makes nothing it need not.
    public func matches(_ request: StubRequest) -> Bool {
        methods.contain(request.method) && url.matches(request) && matchesRest(request)
    }

    /// Whether everything but method and address is right.
    func matchesRest(_ request: StubRequest) -> Bool {
        for expected in headers where !expected.matchesHeader(of: request) { return false }
        if !query.isEmpty {
            for expected in query where !expected.values.matches(request.query(expected.name)) {
                return false
            }
        }
        if let basicAuth, request.http.headers["Authorization"] != basicAuth.header { return false }
        guard pathParameters.isEmpty || matchesPathParameters(request) else { return false }
        guard host == nil && port == nil && scheme == nil || matchesOrigin(request) else { return false }
        for expected in cookies where !expected.values.matches(request.cookies(expected.name)) {
            return false
        }
        for expected in form where !expected.values.matches(request.form(expected.name)) { return false }
        if !body.isEmpty {
            let value = MatchValue.body(request.body)
            for matcher in body where !matcher.matches(value) { return false }
        }
        return multipart.allSatisfy { $0.matches(request.parts) }
    }

    private func matchesPathParameters(_ request: StubRequest) -> Bool {
        let values = url.parameters(of: request)
        return pathParameters.allSatisfy { expected in
            expected.values.matches(values.filter { $0.name == expected.name }.map(\.value))
        }
    }

    private func matchesOrigin(_ request: StubRequest) -> Bool {
        if let scheme, scheme != request.scheme { return false }
        if let host, !host.matches(.text(request.authority.host)) { return false }
        return port == nil || port == request.port
    }
}

extension RequestPattern.Methods {
    func contain(_ method: String) -> Bool {
        switch self {
        case .any: true
        case .oneOf(let names): names.contains { sameBytes($0, method) }
        }
    }
}

extension URLMatcher {
    func matches(_ request: StubRequest) -> Bool {
        switch self {
        case .any: return true
        case .url(let text):
            return sameBytes(
                text, request.http.target, from: request.pathStart, to: request.http.target.utf8.count)
        case .path(let text):
            return sameBytes(text, request.http.target, from: request.pathStart, to: request.pathEnd)
        case .urlPattern(let pattern): return (try? pattern.matches(whole: request.url)) ?? false
        case .pathPattern(let pattern): return (try? pattern.matches(whole: request.path)) ?? false
        case .template(let template):
            return template.matches(
                request.http.target.utf8Span.span, from: request.pathStart, to: request.pathEnd)
        }
    }

    /// The values of a template's names; none for other matchers.
    func parameters(of request: StubRequest) -> [(name: String, value: String)] {
        guard case .template(let template) = self else { return [] }
        return template.values(of: request.segments)
    }
}

extension NamedMatcher {
    func matchesHeader(of request: StubRequest) -> Bool {
        // Looked up one by one: most requests are answered without reading all of their headers.
        values.matches(request.http.headers.values(of: name))
    }
}

extension MultipartPattern {
    func matches(_ parts: [MultipartPart]) -> Bool {
        switch quantifier {
        case .any: parts.contains { matches($0) }
        case .all: !parts.isEmpty && parts.allSatisfy { matches($0) }
        }
    }

    func matches(_ part: MultipartPart) -> Bool {
        (name == nil || name == part.name) && (fileName == nil || fileName == part.fileName)
            && headers.allSatisfy { $0.values.matches(part.headers.values(of: $0.name)) }
            && body.allSatisfy { $0.matches(.body(part.body)) }
    }

    /// For messages: `a part named 'file' with a body containing 'x'`.
    var expectation: String {
        var text = quantifier == .all ? "every part" : "a part"
        if let name { text += " named \(quoted(name))" }
        if let fileName { text += " of file \(quoted(fileName))" }
        for header in headers { text += ", header \(header.name) \(header.values.expectation)" }
        for matcher in body { text += ", body \(matcher.expectation)" }
        return text
    }
}

func sameBytes(_ text: String, _ whole: String, from start: Int, to end: Int) -> Bool {
    let (text, whole) = (text.utf8Span.span, whole.utf8Span.span)
    guard text.count == end - start else { return false }
    for index in text.indices where text[index] != whole[start + index] { return false }
    return true
}
