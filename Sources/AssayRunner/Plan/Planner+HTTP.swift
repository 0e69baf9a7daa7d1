internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayWire

extension Planner {
    /// Takes a request apart into what is known now and what is computed for every request.
    ///
    /// - Parameter known: how its connections are opened, when that is planned already.
    func plan(_ action: HTTPAction, _ names: NameTable, connect known: ConnectOptions? = nil) -> PlannedHTTP {
        var action = action
        action.url = fold(action.url, names)
        action.base = action.base.map { fold($0, names) }
        let own = action.settings
        action.settings = own.over(scenarioHTTP)
        let (origin, target, userInfo) = splitURL(action.url, names)
        let query = querySegments(action.query, names)
        let login = login(action, own, userInfo, names)
        let body = body(action.body, names, boundary: boundary(of: action))
        let lines = headerLines(action, login, body, names)
        let manner = manner(action, login, body, names)
        let fixed =
            manner?.continueNanoseconds ?? 0 > 0
            ? nil
            : origin.flatMap {
                constantRequest(action.method, $0, target, query, lines, body, action.settings.coding)
            }
        return PlannedHTTP(
            action: action, fixed: fixed, origin: origin, target: target, query: query, headerLines: lines,
            body: body, connect: known ?? connectOptions(action.settings, names),
            timeoutNanoseconds: (action.settings.timeouts.whole ?? standardTimeout).nanoseconds,
            manner: manner, takesUserInfo: login.takesUserInfo)
    }

    /// Finds the origin when everything up to the path is constant; otherwise the whole URL is computed each time.
    private func splitURL(
        _ url: Template, _ names: NameTable
    ) -> (origin: HTTPOrigin?, target: [TextSegment], userInfo: String?) {
        let segments = joined(self.segments(url, names))
        guard case .bytes(let first)? = segments.first else { return (nil, segments, nil) }
        let text = String(decoding: first, as: UTF8.self)
        guard let schemeEnd = text.firstRange(of: "://") else { return (nil, segments, nil) }
        let behind = text[schemeEnd.upperBound...]
        // Without a path behind it, a computed part could still belong to the authority.
        guard segments.count == 1 || behind.contains("/") || behind.contains("?"),
            let parts = try? URLParts(parsing: text)
        else { return (nil, segments, nil) }
        let origin = HTTPOrigin(parts)
        var target: [TextSegment] = [.bytes(Array(parts.target.utf8))]
        if text.contains("#") { return (origin, target, parts.userInfo) }
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
        return (origin, target, parts.userInfo)
    }

    /// Neighbouring constant parts as one.
    func joined(_ segments: [TextSegment]) -> [TextSegment] {
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

    /// JSON with holes: constant parts are rendered once.
    func append(_ value: ValueTemplate, _ names: NameTable, to segments: inout [BodySegment]) {
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
            guard members.allSatisfy({ $0.key.constantText != nil && $0.optionalValue == nil }) else {
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
        _ lines: [(name: String, value: [TextSegment])], _ plan: PlannedHTTP.BodyPlan,
        _ coding: ContentCoding?
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
        case .form, .file, .multipart: return nil
        }
        if let coding, let plain = body {
            guard let packed = try? encodeContent(plain, as: coding) else { return nil }
            body = packed
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

    func constant(_ segments: [TextSegment]) -> [UInt8]? {
        var bytes: [UInt8] = []
        for segment in segments {
            guard case .bytes(let part) = segment else { return nil }
            bytes += part
        }
        return bytes
    }
}
