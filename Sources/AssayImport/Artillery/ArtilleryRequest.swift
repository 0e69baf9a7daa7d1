internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension ArtilleryReading {
    private static let requestKeys = [
        "url", "uri", "name", "headers", "cookie", "followRedirect", "qs", "gzip", "auth", "beforeRequest",
        "afterResponse", "capture", "match", "ifTrue", "probability", "expect", "json", "body", "form",
        "formData",
        "setContentLengthHeader",
    ]

    /// `get: {url: …}`; the address alone is no request.
    func request(_ pair: YAMLNode.Pair, _ engine: ArtilleryEngine) -> Step? {
        let node = pair.value
        guard node.pairs != nil else {
            shape(node, "a mapping with `url`", fix: "write `\(pair.name): {url: …}`")
            return nil
        }
        check(node, Self.requestKeys, in: "a request")
        guard let address = node["url"] ?? node["uri"] else {
            yaml.error("AS605", "a request needs a `url`", at: pair.key, fix: "add `url: /path`")
            return nil
        }
        guard let (url, base) = url(address, hasQuery: node["qs"] != nil) else { return nil }
        var action = HTTPAction(
            method: pair.name.uppercased(), url: url, headers: headers(node), query: query(node))
        action.base = base
        action.cookies = cookies(node)
        action.body = body(node)
        action.hooks = requestHooks(node, action.method, engine)
        settings(node, &action.settings)
        var step = Step(
            name: name(node, action.method, address), location: pair.key.location, action: .http(action))
        step.captures = captures(node)
        step.expectation = expectation(node)
        return condition(node, step)
    }

    private func name(_ node: YAMLNode, _ method: String, _ address: YAMLNode) -> String {
        if let name = node["name"]?.scalarText { return name }
        let text = address.scalarText ?? ""
        return "\(method) \(text.prefix { $0 != "?" })"
    }

    // MARK: address

    /// What begins with `/` stands behind the target, also when that is known only when it is computed.
    private func url(_ node: YAMLNode, hasQuery: Bool) -> (Template, Template?)? {
        guard var text = text(node) else { return nil }
        // `qs` takes the place of what stands behind the question mark.
        if hasQuery, let mark = text.firstIndex(of: "?") { text = String(text[..<mark]) }
        let template = template(text, at: node.location)
        switch template.segments.first {
        case .text(let start)? where start.hasPrefix("/"):
            guard let target = defaults.target else {
                yaml.error(
                    "AS605",
                    "'\(Shown.text(text, limit: 60))' stands behind `config.target`, and there is none",
                    at: node,
                    fix: "add `target: http://…` to `config`, or choose an environment that has one")
                return nil
            }
            return (joined(target, template), nil)
        case .expression?: return (template, defaults.target)
        case .text(let start)? where start.hasPrefix("http"): return (template, nil)
        default:
            yaml.error(
                "AS605",
                "expected an address that begins with / or http, found '\(Shown.text(text, limit: 60))'",
                at: node)
            return nil
        }
    }

    private func joined(_ first: Template, _ second: Template) -> Template {
        Template(
            source: first.source + second.source, location: second.location,
            segments: first.segments + second.segments)
    }

    // MARK: headers

    private func headers(_ node: YAMLNode) -> [HTTPAction.Field] {
        let own = node["headers"].map(fields) ?? []
        let names = Set(own.map { $0.name.lowercased() })
        return own + defaults.headers.filter { !names.contains($0.name.lowercased()) }
    }

    private func cookies(_ node: YAMLNode) -> [HTTPAction.Field] {
        let own = node["cookie"].map(fields) ?? []
        return own + defaults.cookies.filter { cookie in !own.contains { $0.name == cookie.name } }
    }

    private func query(_ node: YAMLNode) -> [HTTPAction.Field] {
        guard let query = node["qs"] else { return [] }
        guard let pairs = query.pairs else {
            shape(query, "a mapping for `qs`")
            return []
        }
        return pairs.flatMap { pair in
            (pair.value.elements ?? [pair.value]).compactMap { value in
                let empty = Template(constant: "", at: value.location)
                let text = value.isNull || value.pairs != nil ? empty : template(value)
                return text.map { .init(name: pair.name, value: $0) }
            }
        }
    }

    private func settings(_ node: YAMLNode, _ settings: inout HTTPSettings) {
        if let follows = node["followRedirect"], bool(follows) == false {
            settings.redirects = .init(most: 0)
        }
        let packs = node["gzip"].flatMap(bool) ?? true
        settings.accepts = packs ? ["gzip", "deflate", "br"] : []
        guard let auth = node["auth"] else { return }
        check(auth, ["user", "pass"], in: "`auth`")
        let empty = Template(constant: "", at: auth.location)
        settings.authorization = .basic(
            user: auth["user"].flatMap(template) ?? empty, password: auth["pass"].flatMap(template) ?? empty)
    }

    // MARK: bodies

    private func body(_ node: YAMLNode) -> HTTPAction.Body {
        let isEmpty: (YAMLNode) -> Bool = { node in
            switch node.content {
            case .null, .bool(false), .int(0), .string(""): true
            default: false
            }
        }
        if let json = node["json"], !isEmpty(json) { return value(json).map { .json($0) } ?? .none }
        if let form = node["form"] { return .form(fields(form)) }
        if let form = node["formData"] { return .multipart(parts(form)) }
        guard let body = node["body"], !isEmpty(body) else { return .none }
        if body.pairs != nil || body.elements != nil {
            shape(body, "text for `body`", fix: "write `json:` for a value")
            return .none
        }
        return template(body).map { .text($0) } ?? .none
    }

    private func parts(_ node: YAMLNode) -> [HTTPAction.Part] {
        guard let pairs = node.pairs else {
            shape(node, "a mapping for `formData`")
            return []
        }
        return pairs.compactMap { pair in
            let name = Template(constant: pair.name, at: pair.key.location)
            guard pair.value.pairs != nil else {
                return template(pair.value).map { .init(name: name, content: .text($0)) }
            }
            check(pair.value, ["fromFile", "contentType", "value"], in: "a part of `formData`")
            let type = pair.value["contentType"].flatMap(template)
            if let file = pair.value["fromFile"], let path = text(file) {
                let found = template(FileReader.resolve(path, from: absoluteFile), at: file.location)
                return .init(name: name, content: .file(found), type: type)
            }
            guard let value = pair.value["value"].flatMap(template) else {
                shape(pair.value, "`value` or `fromFile`")
                return nil
            }
            return .init(name: name, content: .text(value), type: type)
        }
    }

    /// Paths of a script begin at its folder, those of a run at the project's.
    private var absoluteFile: String {
        guard !yaml.file.hasPrefix("/"), let folder = source.environment["PWD"] else { return yaml.file }
        return folder + "/" + yaml.file
    }

    // MARK: conditions

    /// The step behind `probability` and `ifTrue`.
    private func condition(_ node: YAMLNode, _ step: Step) -> Step {
        var conditions: [Expression] = []
        if let probability = node["probability"] {
            let percent = min(probability.scalarText.flatMap { Double($0) } ?? 0, 100)
            let drawn = Expression.call(
                function: "random.int", arguments: [.literal(0), .literal(100)], probability.location)
            conditions.append(.binary(.less, drawn, .literal(.double(percent))))
        }
        let hook = node["ifTrue"].flatMap(conditionHook)
        if hook == nil, let text = node["ifTrue"], let found = ifTrue(text) { conditions.append(found) }
        guard let first = conditions.first ?? hook.map({ _ in .literal(true) }) else { return step }
        let all = conditions.dropFirst().reduce(first) { .binary(.and, $0, $1) }
        var choice = IfAction(condition: all, then: [step], otherwise: [])
        choice.hook = hook
        return Step(name: step.name, location: step.location, action: .if(choice))
    }

    /// An expression that cannot be read is true.
    private func ifTrue(_ node: YAMLNode) -> Expression? {
        func wrong(_ why: String, at location: SourceLocation) {
            yaml.add(
                Diagnostic(
                    "AS609", "this condition cannot be read, so the request is always made: \(why)",
                    at: location,
                    severity: .warning))
        }
        guard case .string(let text) = node.content else {
            wrong("it is \(node.kindText), not an expression", at: node.location)
            return nil
        }
        do throws(ArtilleryExpression.Fault) {
            let names = names
            let found = try ArtilleryExpression.parse(text, at: node.location) { name in
                // Names in conditions are whole: `a.b` is no member of `a`.
                let first = ArtilleryPath.parts(name).first ?? name
                return names.settable.contains(name) || first == name
                    ? names.expression(name, at: node.location) : nil
            }
            return .optional(found, otherwise: .bool(false))
        } catch {
            var place = node.location
            place.column += error.offset + (node.style == .plain ? 0 : 1)
            place.length = 1
            wrong(error.message, at: place)
            return nil
        }
    }
}
