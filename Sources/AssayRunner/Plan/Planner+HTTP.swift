internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Planner {
    /// Takes a request apart into what is known now and what is computed for every request.
    func plan(_ action: HTTPAction, _ names: NameTable) -> PlannedHTTP {
        var action = action
        action.url = fold(action.url, names)
        action.settings = action.settings.over(scenarioHTTP)
        let (origin, target) = splitURL(action.url, names)
        let query = querySegments(action.query, names)
        let lines = headerLines(action, names)
        let body = body(action.body, names)
        let fixed = origin.flatMap { constantRequest(action.method, $0, target, query, lines, body) }
        return PlannedHTTP(
            action: action, fixed: fixed, origin: origin, target: target, query: query, headerLines: lines,
            body: body, connect: connectOptions(action.settings, names),
            timeoutNanoseconds: (action.settings.timeouts.whole ?? standardTimeout).nanoseconds)
    }

    /// Finds the origin when everything up to the path is constant; otherwise the whole URL is computed each time.
    private func splitURL(_ url: Template, _ names: NameTable) -> (origin: HTTPOrigin?, target: [TextSegment])
    {
        let segments = joined(self.segments(url, names))
        guard case .bytes(let first)? = segments.first else { return (nil, segments) }
        let text = String(decoding: first, as: UTF8.self)
        guard let schemeEnd = text.firstRange(of: "://") else { return (nil, segments) }
        let behind = text[schemeEnd.upperBound...]
        // Without a path behind it, a computed part could still belong to the authority.
        guard segments.count == 1 || behind.contains("/") || behind.contains("?"),
            let parts = try? URLParts(parsing: text)
        else { return (nil, segments) }
        let origin = HTTPOrigin(parts)
        var target: [TextSegment] = [.bytes(Array(parts.target.utf8))]
        if text.contains("#") { return (origin, target) }
        for segment in segments.dropFirst() {
            guard case .bytes(let written) = segment else {
                target.append(segment)
                continue
            }
            var encoded: [UInt8] = []
            let upToFragment = written.prefix { $0 != UInt8(ascii: "#") }
            appendEncodingInvalid(upToFragment, to: &encoded)
            target.append(.bytes(encoded))
            if upToFragment.count < written.count { break }
        }
        return (origin, target)
    }

    /// Neighbouring constant parts as one.
    private func joined(_ segments: [TextSegment]) -> [TextSegment] {
        var joined: [TextSegment] = []
        for segment in segments {
            if case .bytes(let next) = segment, case .bytes(let before)? = joined.last {
                joined[joined.count - 1] = .bytes(before + next)
            } else {
                joined.append(segment)
            }
        }
        return joined
    }

    private func querySegments(_ query: [HTTPAction.Field], _ names: NameTable) -> [TextSegment] {
        var segments: [TextSegment] = []
        for (index, field) in query.enumerated() {
            var lead: [UInt8] = index == 0 ? [] : [UInt8(ascii: "&")]
            appendEncodingValue(field.name.utf8, to: &lead)
            lead.append(UInt8(ascii: "="))
            segments.append(.bytes(lead))
            for segment in self.segments(field.value, names) {
                if case .bytes(let text) = segment {
                    var encoded: [UInt8] = []
                    appendEncodingValue(text, to: &encoded)
                    segments.append(.bytes(encoded))
                } else {
                    segments.append(segment)
                }
            }
        }
        return segments
    }

    private func headerLines(_ action: HTTPAction, _ names: NameTable) -> [(
        name: String, value: [TextSegment]
    )] {
        var lines = action.headers.map { ($0.name, segments(fold($0.value, names), names)) }
        func has(_ name: String) -> Bool { lines.contains { $0.0.lowercased() == name } }
        if let bearer = action.bearer {
            lines.append(
                ("Authorization", [.bytes(Array("Bearer ".utf8))] + segments(fold(bearer, names), names)))
        }
        if !has("content-type") {
            let type: String? =
                switch action.body {
                case .none, .file, .multipart: nil
                case .json: "application/json"
                case .text: "text/plain; charset=utf-8"
                case .form: "application/x-www-form-urlencoded"
                }
            if let type { lines.append(("Content-Type", [.bytes(Array(type.utf8))])) }
        }
        if !has("user-agent") { lines.append(("User-Agent", [.bytes(Array("assay".utf8))])) }
        if !has("accept") { lines.append(("Accept", [.bytes(Array("*/*".utf8))])) }
        return lines.map { (name: $0.0, value: $0.1) }
    }

    private func body(_ body: HTTPAction.Body, _ names: NameTable) -> PlannedHTTP.BodyPlan {
        switch body {
        case .none: return .none
        case .json(let value):
            var segments: [BodySegment] = []
            append(fold(value, names), names, to: &segments)
            return .json(segments)
        case .text(let template): return .text(segments(fold(template, names), names))
        case .form(let fields):
            return .form(fields.map { (name: $0.name, value: segments(fold($0.value, names), names)) })
        case .file(let template): return .file(segments(fold(template, names), names))
        case .multipart: return .none
        }
    }

    /// JSON with holes: constant parts are rendered once.
    private func append(_ value: ValueTemplate, _ names: NameTable, to segments: inout [BodySegment]) {
        func literal(_ text: String) {
            if case .bytes(let before)? = segments.last {
                segments[segments.count - 1] = .bytes(before + Array(text.utf8))
            } else {
                segments.append(.bytes(Array(text.utf8)))
            }
        }
        if let constant = value.constantValue { return literal(constant.rendered()) }
        switch value {
        case .literal(let constant): literal(constant.rendered())
        case .template(let template):
            if case .name(let name, _)? = template.soleExpression, let slot = names[name] {
                segments.append(.slot(slot))
            } else {
                segments.append(.value(value))
            }
        case .array(let elements):
            literal("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { literal(",") }
                append(element, names, to: &segments)
            }
            literal("]")
        case .object(let members):
            guard members.allSatisfy({ $0.key.constantText != nil }) else {
                return segments.append(.value(value))
            }
            literal("{")
            for (index, member) in members.enumerated() {
                if index > 0 { literal(",") }
                literal(JSON.string(member.key.constantText ?? "").rendered() + ":")
                append(member.value, names, to: &segments)
            }
            literal("}")
        }
    }

    func segments(_ template: Template, _ names: NameTable) -> [TextSegment] {
        template.segments.map { segment in
            switch segment {
            case .text(let text): return .bytes(Array(text.utf8))
            case .expression(.literal(let value)): return .bytes(Array(value.templateText.utf8))
            case .expression(.name(let name, let location)):
                return names[name].map { .slot($0) } ?? .expression(.name(name, location))
            case .expression(let expression): return .expression(expression)
            }
        }
    }

    /// The whole request as bytes, when nothing in it is computed.
    private func constantRequest(
        _ method: String, _ origin: HTTPOrigin, _ target: [TextSegment], _ query: [TextSegment],
        _ lines: [(name: String, value: [TextSegment])], _ plan: PlannedHTTP.BodyPlan
    ) -> [UInt8]? {
        guard var target = constant(target), let query = constant(query) else { return nil }
        join(query, to: &target)
        var body: [UInt8]?
        switch plan {
        case .none: break
        case .json(let segments):
            guard segments.count == 1, case .bytes(let bytes) = segments[0] else { return nil }
            body = bytes
        case .text(let segments):
            guard let bytes = constant(segments) else { return nil }
            body = bytes
        case .form, .file: return nil
        }
        var head = RequestHead(method: method, target: target, authority: origin.authority)
        for line in lines {
            guard let value = constant(line.value), isHeaderName(line.name), isHeaderValue(value) else {
                return nil
            }
            head.add(line.name, value)
        }
        return head.finished(body: body, method: method)
    }

    private func constant(_ segments: [TextSegment]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for segment in segments {
            guard case .bytes(let part) = segment else { return nil }
            bytes += part
        }
        return bytes
    }
}

extension HTTPOrigin {
    /// The server of a URL.
    init(_ parts: URLParts) {
        self.init(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
    }
}

/// Appends a query to a target that may have one already.
func join(_ query: [UInt8], to target: inout [UInt8]) {
    guard !query.isEmpty else { return }
    if !target.contains(UInt8(ascii: "?")) {
        target.append(UInt8(ascii: "?"))
    } else if target.last != UInt8(ascii: "?"), target.last != UInt8(ascii: "&") {
        target.append(UInt8(ascii: "&"))
    }
    target += query
}

/// The bytes of a request, line by line; `Host` and `Content-Length` are left to it unless a header gives them.
struct RequestHead {
    private(set) var bytes: [UInt8] = []
    private let authority: String
    private var hasHost = false
    private var hasLength = false

    init(method: String, target: [UInt8], authority: String, reusing buffer: [UInt8] = []) {
        bytes = buffer
        bytes.removeAll(keepingCapacity: true)
        self.authority = authority
        bytes += method.utf8
        bytes.append(0x20)
        bytes += target
        bytes += " HTTP/1.1\r\n".utf8
    }

    mutating func add(_ name: String, _ value: [UInt8]) {
        if name.utf8.count == 4, name.lowercased() == "host" { hasHost = true }
        if name.utf8.count == 14, name.lowercased() == "content-length" { hasLength = true }
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value
        bytes += "\r\n".utf8
    }

    mutating func finished(body: [UInt8]?, method: String) -> [UInt8] {
        if !hasHost { add("Host", Array(authority.utf8)) }
        // A request that could have a body says so when it has none (RFC 9110 §8.6).
        let saysNone = method == "POST" || method == "PUT" || method == "PATCH"
        if !hasLength, body != nil || saysNone { add("Content-Length", Array(String(body?.count ?? 0).utf8)) }
        bytes += "\r\n".utf8
        if let body { bytes += body }
        return bytes
    }
}
