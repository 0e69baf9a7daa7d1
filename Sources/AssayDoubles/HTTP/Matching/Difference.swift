internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Where a request is not what a pattern expects.
public struct Difference: Sendable, Equatable {
    /// `method`, `path`, `header x-tenant`, `body`.
    public var place: String
    public var expected: String
    public var actual: String
    /// What the matcher has to say about it.
    public var reason: String?

    /// `header x-tenant: expected equal to 'a', got absent`.
    public var text: String {
        "\(place): expected \(expected), got \(actual)" + (reason.map { " (\($0))" } ?? "")
    }
}

/// How far a request is from a pattern, and in what.
public struct Comparison: Sendable {
    /// 0 for a match, 1 for nothing in common.
    public var distance: Double
    public var differences: [Difference]
}

extension RequestPattern {
    /// Compares everything, for a near miss. The address weighs most, then the method, then query and form.
    public func compare(_ request: StubRequest) -> Comparison {
        var scale = Scale()
        scale.weigh(methodDistance(request), 3) {
            Difference(place: "method", expected: methods.shown, actual: request.method)
        }
        scale.weigh(url.distance(to: request), 10) {
            Difference(
                place: url.place, expected: url.shown, actual: url.comparesQuery ? request.url : request.path)
        }
        compareOrigin(request, &scale)
        let parameters = url.parameters(of: request)
        scale.weigh(pathParameters, 1, "path parameter") { name in
            parameters.filter { $0.name == name }.map(\.value)
        }
        scale.weigh(headers, 1, "header") { request.http.headers.values(of: $0) }
        scale.weigh(query, 2, "query parameter") { request.query($0) }
        scale.weigh(form, 2, "form parameter") { request.form($0) }
        scale.weigh(cookies, 1, "cookie") { request.cookies($0) }
        if let basicAuth {
            let actual = request.http.headers["Authorization"]
            scale.weigh(actual == basicAuth.header ? 0 : 1, 1) {
                Difference(
                    place: "header Authorization",
                    expected: "Basic credentials of \(quoted(basicAuth.username))",
                    actual: actual.map { $0.hasPrefix("Basic ") ? "others" : quoted($0) } ?? "absent")
            }
        }
        for matcher in body {
            let value = MatchValue.body(request.body)
            scale.weigh(matcher.distance(to: value), 1 / Double(body.count)) {
                Difference(
                    place: "body", expected: matcher.expectation, actual: value.shown,
                    reason: matcher.reason(for: value))
            }
        }
        for part in multipart {
            scale.weigh(part.matches(request.parts) ? 0 : 1, 1 / Double(multipart.count)) {
                Difference(
                    place: "multipart body", expected: part.expectation,
                    actual: request.parts.isEmpty ? "no parts" : "\(request.parts.count) others")
            }
        }
        return scale.comparison
    }

    private func methodDistance(_ request: StubRequest) -> Double { methods.contain(request.method) ? 0 : 1 }

    private func compareOrigin(_ request: StubRequest, _ scale: inout Scale) {
        if let scheme {
            scale.weigh(scheme == request.scheme ? 0 : 1, 3) {
                Difference(place: "scheme", expected: scheme, actual: request.scheme)
            }
        }
        if let host {
            let value = MatchValue.text(request.authority.host)
            scale.weigh(host.distance(to: value), 10) {
                Difference(place: "host", expected: host.expectation, actual: value.shown)
            }
        }
        if let port {
            let actual = request.port
            scale.weigh(actual == port ? 0 : 1, 10) {
                Difference(place: "port", expected: "\(port)", actual: "\(actual)")
            }
        }
    }
}

/// Adds up weighted distances.
private struct Scale {
    private var sum = 0.0
    private var weights = 0.0
    private var differences: [Difference] = []

    mutating func weigh(_ distance: Double, _ weight: Double, _ difference: () -> Difference) {
        sum += distance * weight
        weights += weight
        if distance > 0 { differences.append(difference()) }
    }

    mutating func weigh(
        _ matchers: [NamedMatcher], _ weight: Double, _ kind: String, _ values: (String) -> [String]
    ) {
        for expected in matchers {
            let found = values(expected.name)
            weigh(expected.values.distance(to: found), weight / Double(matchers.count)) {
                let shown = found.prefix(5).map { quoted($0) }.joined(separator: ", ")
                var reason: String?
                if case .one(let matcher) = expected.values {
                    reason = matcher.reason(for: found.first.map { .text($0) } ?? .absent)
                }
                return Difference(
                    place: "\(kind) \(expected.name)", expected: expected.values.expectation,
                    actual: found.isEmpty ? "absent" : shown, reason: reason)
            }
        }
    }

    var comparison: Comparison {
        Comparison(distance: weights > 0 ? sum / weights : 0, differences: differences)
    }
}

extension RequestPattern.Methods {
    var shown: String {
        switch self {
        case .any: "any"
        case .oneOf(let names): names.joined(separator: " or ")
        }
    }
}

extension URLMatcher {
    var comparesQuery: Bool {
        switch self {
        case .url, .urlPattern: true
        case .any, .path, .pathPattern, .template: false
        }
    }

    var place: String { comparesQuery ? "url" : "path" }

    func distance(to request: StubRequest) -> Double {
        if matches(request) { return 0 }
        switch self {
        case .any: return 0
        case .url(let text): return textDistance(text, request.url)
        case .path(let text): return textDistance(text, request.path)
        // Expressions look a little like what they match.
        case .urlPattern(let pattern): return textDistance(pattern.source, request.url)
        case .pathPattern(let pattern): return textDistance(pattern.source, request.path)
        case .template(let template): return templateDistance(template, request)
        }
    }

    /// Segment by segment, so that a long value of a name does not count as a difference.
    private func templateDistance(_ template: PathTemplate, _ request: StubRequest) -> Double {
        let actual = request.segments
        let longer = max(template.segments.count, actual.count)
        var sum = Double(abs(template.segments.count - actual.count))
        for (segment, text) in zip(template.segments, actual) {
            if case .literal(let bytes) = segment {
                sum += textDistance(String(decoding: bytes, as: UTF8.self), text)
            } else if text.isEmpty {
                sum += 1
            }
        }
        return max(0.01, min(1, sum / Double(longer)))
    }
}
