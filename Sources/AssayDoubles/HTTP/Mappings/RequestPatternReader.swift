internal import AssayCore
internal import AssayFormats

extension MappingReading {
    private static let patternKeys = [
        "method", "url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate", "pathParameters",
        "queryParameters", "headers", "cookies", "formParameters", "basicAuthCredentials", "bodyPatterns",
        "multipartPatterns", "scheme", "host", "port",
    ]
    /// Keys that clients send along and that say nothing about a request.
    private static let ignoredKeys = [
        "clientIp", "loggedDate", "loggedDateString", "browserProxyRequest", "absoluteUrl", "metadata",
    ]

    /// Reads what a request must be like: a mapping's `request`, or a question to the journal.
    public func requestPattern(_ node: MappingNode) -> RequestPattern? {
        guard node.members != nil else { return wrong(node, expected: "an object for a request") }
        let before = errors.count
        unknownInPattern(node)
        var pattern = RequestPattern()
        pattern.methods = node["method"].map { methods($0) } ?? .any
        pattern.url = url(node)
        pattern.pathParameters = pathParameters(node, pattern.url)
        pattern.query = named(node["queryParameters"])
        pattern.headers = named(node["headers"])
        pattern.cookies = named(node["cookies"])
        pattern.form = named(node["formParameters"])
        pattern.basicAuth = node["basicAuthCredentials"].flatMap { credentials($0) }
        pattern.body = node["bodyPatterns"].flatMap { bodyPatterns($0) } ?? []
        pattern.multipart = multipart(node["multipartPatterns"])
        pattern.scheme = node["scheme"].flatMap { text($0) }
        pattern.host = node["host"].flatMap { matcher($0) }
        pattern.port = node["port"].flatMap { whole($0, in: 1...65535) }
        return errors.count == before ? pattern : nil
    }

    private func unknownInPattern(_ node: MappingNode) {
        if let custom = node["customMatcher"] {
            error("a custom matcher is Java code that cannot run here", at: custom)
        }
        if let address = node["clientIp"], address.value.objectValue != nil {
            warning("'clientIp' has no effect here: clients are on the same machine", at: address)
        }
        unknown(in: node, known: Self.patternKeys + Self.ignoredKeys + ["customMatcher"])
    }

    private func methods(_ node: MappingNode) -> RequestPattern.Methods {
        guard let name = text(node) else { return .any }
        switch name {
        case "ANY": return .any
        case "GET_OR_HEAD": return .oneOf(["GET", "HEAD"])
        default:
            if name != name.uppercased() {
                warning(
                    "methods are case-sensitive: '\(name)' is another one than '\(name.uppercased())'",
                    at: node,
                    fix: "write '\(name.uppercased())'")
            }
            return .oneOf([name])
        }
    }

    private func url(_ node: MappingNode) -> URLMatcher {
        let keys = ["url", "urlPattern", "urlPath", "urlPathPattern", "urlPathTemplate"]
        let found = keys.compactMap { key in node[key].map { (key: key, node: $0) } }
        guard let first = found.first else { return .any }
        for other in found.dropFirst() {
            error("a request has one address, found '\(first.key)' and '\(other.key)'", atNameOf: other.node)
        }
        guard let source = text(first.node) else { return .any }
        switch first.key {
        case "url": return .url(source)
        case "urlPattern": return pattern(first.node).map { .urlPattern($0) } ?? .any
        case "urlPathPattern": return pattern(first.node).map { .pathPattern($0) } ?? .any
        case "urlPath":
            if source.contains("?") {
                warning(
                    "a path has no query, so this matches nothing", at: first.node, fix: "write it as 'url'")
            }
            return .path(source)
        default:
            do {
                return .template(try PathTemplate(source))
            } catch {
                self.error("\(error)", at: first.node)
                return .any
            }
        }
    }

    private func pathParameters(_ node: MappingNode, _ url: URLMatcher) -> [NamedMatcher] {
        guard let parameters = node["pathParameters"] else { return [] }
        guard case .template(let template) = url else {
            error("path parameters need a 'urlPathTemplate' that names them", at: parameters)
            return []
        }
        for member in parameters.members ?? [] where !template.names.contains(member.name) {
            let near = nearestName(to: member.name, among: template.names)
            error(
                "'\(member.name)' is no name in \(template.source)", atNameOf: member.node,
                fix: near.map { "did you mean '\($0)'?" })
        }
        return named(parameters)
    }

    /// Names with a matcher each, or with `hasExactly` or `includes`.
    private func named(_ node: MappingNode?) -> [NamedMatcher] {
        guard let node else { return [] }
        guard let members = node.members else { return wrong(node, expected: "an object of matchers") ?? [] }
        return members.compactMap { member in
            values(member.node).map { NamedMatcher(member.name, $0) }
        }
    }

    /// A matcher for one value, or a list of them for several.
    public func values(_ node: MappingNode) -> ValuesMatcher? {
        for (key, make) in [("hasExactly", ValuesMatcher.exactly), ("includes", ValuesMatcher.including)] {
            guard let list = node[key] else { continue }
            unknown(in: node, known: [key])
            return matchers(list).map(make)
        }
        return matcher(node).map { .one($0) }
    }

    private func credentials(_ node: MappingNode) -> RequestPattern.BasicCredentials? {
        guard node.members != nil else {
            return wrong(node, expected: "an object with username and password")
        }
        unknown(in: node, known: ["username", "password"])
        guard let username = node["username"], let password = node["password"] else {
            error("credentials need 'username' and 'password'", at: node)
            return nil
        }
        guard let username = text(username), let password = text(password) else { return nil }
        return RequestPattern.BasicCredentials(username: username, password: password)
    }

    /// A list of matchers; one without the list around it is taken, too.
    private func bodyPatterns(_ node: MappingNode) -> [any ValueMatcher]? {
        if node.members != nil { return matcher(node).map { [$0] } }
        return matchers(node)
    }

    private func multipart(_ node: MappingNode?) -> [MultipartPattern] {
        guard let node else { return [] }
        guard let elements = node.elements else {
            return wrong(node, expected: "a list of multipart patterns") ?? []
        }
        return elements.compactMap { element in
            guard element.members != nil else { return wrong(element, expected: "a multipart pattern") }
            unknown(
                in: element,
                known: ["name", "fileName", "filename", "matchingType", "headers", "bodyPatterns"])
            var pattern = MultipartPattern(name: element["name"].flatMap { text($0) })
            pattern.fileName = (element["fileName"] ?? element["filename"]).flatMap { text($0) }
            if let type = element["matchingType"], let name = text(type) {
                pattern.quantifier =
                    MultipartPattern.Quantifier(rawValue: name) ?? wrong(type, expected: "ANY or ALL") ?? .any
            }
            pattern.headers = named(element["headers"])
            pattern.body = element["bodyPatterns"].flatMap { bodyPatterns($0) } ?? []
            return pattern
        }
    }
}
