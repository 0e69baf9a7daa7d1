public import AssayCore

extension YAMLReading {
    /// Methods a wanted request is written with; `any` is for every one.
    private static let requestMethods = ["get", "post", "put", "patch", "delete", "head", "options", "any"]

    /// Reads method, path and matchers of a wanted request out of a mapping that may have other keys beside them.
    ///
    /// - Parameter code: of what is wrong with method or path.
    public func wantedRequest(
        _ fields: inout MappingReader, code: DiagnosticCode
    ) -> WantedRequest<ValueTemplate>? {
        let choice = fields.choice(of: Self.requestMethods, code: code)
        var parts: [WantedRequest<ValueTemplate>.Part] = []
        for key in ["headers", "query", "form", "json", "body", "bearer"] {
            guard let pair = fields.pair(key) else { continue }
            parts += wantedParts(pair, code)
        }
        guard let choice, let path = template(choice.value) else { return nil }
        var fixed: RoutePath?
        if let text = path.constantText {
            do {
                fixed = try RoutePath(text)
            } catch {
                self.error(
                    code, "'\(Shown.text(text, limit: 60))' is no path of a request: \(error.message)",
                    at: choice.value, fix: "write `\(choice.name): /orders/{id}`")
                return nil
            }
        }
        return WantedRequest(
            method: choice.name == "any" ? nil : choice.name.uppercased(), path: path, fixedPath: fixed,
            parts: parts, location: choice.key.location)
    }

    private func wantedParts(
        _ pair: YAMLNode.Pair, _ code: DiagnosticCode
    ) -> [WantedRequest<ValueTemplate>.Part] {
        let node = pair.value
        func part(
            _ subject: WantedRequest<ValueTemplate>.Part.Subject, _ matcher: Wanted?, _ key: YAMLNode
        ) -> [WantedRequest<ValueTemplate>.Part] {
            matcher.map { [.init(subject: subject, matcher: $0, location: key.location)] } ?? []
        }
        switch pair.name {
        case "headers":
            return entries(node, "headers").flatMap {
                part(.header($0.name.lowercased()), textMatcher($0.value), $0.key)
            }
        case "query":
            return entries(node, "query").flatMap { part(.query($0.name), textMatcher($0.value), $0.key) }
        case "form":
            return entries(node, "form").flatMap { part(.form($0.name), textMatcher($0.value), $0.key) }
        case "body": return part(.body, textMatcher(node), pair.key)
        case "bearer":
            let matcher = template(node).map { token -> Wanted in
                if let text = token.constantText { return .equals(.literal(.string("Bearer " + text))) }
                let prefixed = Template(
                    source: "Bearer " + token.source, location: token.location,
                    segments: [.text("Bearer ")] + token.segments)
                return .equals(.template(prefixed))
            }
            return part(.header("authorization"), matcher, pair.key)
        default: return jsonParts(node, code)
        }
    }

    /// `{$.path: matcher, …}`, or `{member: matcher, …}` for members of the body.
    private func jsonParts(
        _ node: YAMLNode, _ code: DiagnosticCode
    ) -> [WantedRequest<ValueTemplate>.Part] {
        let pairs = node.pairs ?? []
        guard !pairs.isEmpty else {
            self.error(
                code, "'json' maps paths or members to what stands there, found \(node.kindText)", at: node,
                fix: "write `json: {$.id: …}`, or `json: {$: …}` for the whole body")
            return []
        }
        return pairs.flatMap { pair -> [WantedRequest<ValueTemplate>.Part] in
            guard let matcher = matcher(pair.value), let path = path(ofMember: pair.key) else { return [] }
            return [.init(subject: .json(path), matcher: matcher, location: pair.key.location)]
        }
    }

    private func path(ofMember key: YAMLNode) -> TemplatedPath? {
        guard let name = key.scalarText, !name.hasPrefix("$") else { return path(key) }
        let source = Shown.path("$", name)
        return (try? JSONPath(parsing: source)).map { .fixed($0, source: source) }
    }

    /// A matcher of texts: a literal `12` means the text `12`.
    public func textMatcher(_ node: YAMLNode) -> Wanted? {
        matcher(node) { [self] node in
            node.scalarText != nil && !node.isNull ? template(node).map { .of($0) } : valueTemplate(node)
        }
    }
}
