internal import AssayCore
public import AssayFormats

/// Reads how requests are made: `http:` of a scenario, a profile or a project, and the same keys in a step.
///
/// The guide is Documentation/http.md.
public struct HTTPSettingsReader {
    let yaml: YAMLReading

    public init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// The mapping under `http:`.
    public func settings(_ node: YAMLNode) -> HTTPSettings? {
        yaml.mapping(node, "'http'") { fields in
            var settings = self.settings(&fields)
            settings.headers = fields.optional("headers") { self.fields($0, "headers") }
            settings.cookies = fields.optional("cookies", policy)
            return settings
        }
    }

    /// The keys that a step shares with `http:`: all but `headers` and `cookies`, which mean more there.
    public func settings(_ fields: inout MappingReader) -> HTTPSettings {
        var settings = HTTPSettings()
        settings.timeouts.whole = fields.optional("timeout", yaml.duration)
        settings.timeouts.firstByte = fields.optional("first-byte-timeout", yaml.duration)
        settings.timeouts.connect = fields.optional("connect-timeout", yaml.duration)
        settings.redirects = fields.optional("redirects", redirects)
        settings.authorization = fields.optional("auth", authorization)
        settings.compress = fields.optional("compress") { yaml.enumeration($0, of: Self.codings) }
        settings.accepts = fields.optional("accept") { node in
            yaml.oneOrMore(node) { yaml.enumeration($0, of: Self.codings + ["identity"]) }
        }
        settings.expectsContinue = fields.optional("expect-continue", yaml.duration)
        settings.connection = ConnectionSettingsReader(yaml).settings(&fields)
        return settings
    }

    private static let codings = ["gzip", "deflate", "br", "zstd"]

    /// Names with texts.
    func fields(_ node: YAMLNode, _ what: String) -> [HTTPAction.Field] {
        yaml.entries(node, what).compactMap { pair in
            guard let value = yaml.template(pair.value) else { return nil }
            return .init(name: pair.name, value: value)
        }
    }

    /// `off`, `pass` or `user`.
    func policy(_ node: YAMLNode) -> HTTPSettings.Cookies? {
        if node.pairs != nil {
            yaml.error(
                "AS557",
                "cookies of its own are a single request's; 'http' says what becomes of those that are set",
                at: node,
                fix: "write `cookies: off`, `pass` or `user`, and `cookies: {name: value}` in a step")
            return nil
        }
        return yaml.enumeration(node, as: HTTPSettings.Cookies.self)
    }

    /// `5`, or `{at-most: 5, to-http: true}`.
    private func redirects(_ node: YAMLNode) -> HTTPSettings.Redirects? {
        guard node.pairs != nil else { return yaml.int(node, in: 0...50).map { .init(most: $0) } }
        return yaml.mapping(node, "'redirects'") { fields in
            let most = fields.required("at-most") { yaml.int($0, in: 0...50) }
            let leavesTLS = fields.optional("to-http", yaml.bool)
            return most.map { .init(most: $0, leavesTLS: leavesTLS ?? false) }
        }
    }

    private func authorization(_ node: YAMLNode) -> HTTPSettings.Authorization? {
        if node.stringValue == "none" { return HTTPSettings.Authorization.none }
        guard node.pairs != nil else {
            yaml.error(
                "AS555", "expected how requests say who sends them, found \(node.kindText)", at: node,
                fix:
                    "write `auth: {basic: {user: ann, password: ${secret.password}}}`, `{digest: …}`, `{bearer: …}` or `none`"
            )
            return nil
        }
        return yaml.mapping(node, "'auth'") { fields in
            guard let pair = fields.choice(of: ["basic", "digest", "bearer"], code: "AS555") else {
                return nil
            }
            if pair.name == "bearer" { return yaml.template(pair.value).map { .bearer($0) } }
            return yaml.mapping(pair.value, "'\(pair.name)'") { fields in
                let user = fields.required("user", yaml.template)
                let password = fields.required("password", yaml.template)
                guard let user, let password else { return nil }
                return pair.name == "basic"
                    ? .basic(user: user, password: password) : .digest(user: user, password: password)
            }
        }
    }
}

extension HTTPSettings {
    /// What it computes, in the order of its keys.
    public var templates: [Template] {
        var templates = (headers ?? []).map(\.value)
        switch authorization {
        case .basic(let user, let password)?, .digest(let user, let password)?: templates += [user, password]
        case .bearer(let token)?: templates.append(token)
        case HTTPSettings.Authorization.none?, nil: break
        }
        return templates + connection.templates
    }
}

extension ConnectionSettings {
    var templates: [Template] {
        var templates = [tls?.authorities, tls?.certificate, tls?.key, tls?.password, tls?.serverName]
            .compactMap(\.self)
        if case .url(let address, _)? = proxy { templates.append(address) }
        return templates + (localAddresses ?? []) + (hosts ?? []).map(\.address)
    }
}
