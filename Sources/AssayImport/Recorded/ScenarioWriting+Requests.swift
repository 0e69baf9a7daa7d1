internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Requests and how they are made.
extension ScenarioWriting {
    private static let methods: Set<String> = [
        "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE",
    ]

    func request(_ action: HTTPAction, at location: SourceLocation) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair]
        let url = YAMLTree.text(address(action, at: location))
        if Self.methods.contains(action.method) {
            pairs = [.init(action.method.lowercased(), url)]
        } else {
            pairs = [.init("method", .text(action.method)), .init("url", url)]
        }
        if !action.headers.isEmpty {
            pairs.append(.init("headers", fields(action.headers, "headers", location)))
        }
        if !action.query.isEmpty { pairs.append(.init("query", fields(action.query, "query", location))) }
        if let bearer = action.bearer { pairs.append(.init("bearer", templates.tree(bearer))) }
        var settings = action.settings
        if !action.cookies.isEmpty {
            pairs.append(.init("cookies", fields(action.cookies, "cookies", location)))
            if settings.cookies != nil {
                cannotWrite("a request with cookies and a rule for them", at: location)
            }
            settings.cookies = nil
        }
        pairs += self.settings(settings, at: location)
        return pairs + body(action.body, at: location)
    }

    /// The address with what stands before it.
    private func address(_ action: HTTPAction, at location: SourceLocation) -> String {
        let own = templates.text(action.url)
        guard let base = action.base else { return own }
        switch action.url.segments.first {
        case .text(let text)?: return text.hasPrefix("/") ? templates.text(base) + own : own
        case .expression?:
            note("'\(own)' is taken as a whole address: write what stands before it", at: location)
            return own
        case nil: return templates.text(base)
        }
    }

    func fields(_ fields: [HTTPAction.Field], _ what: String, _ location: SourceLocation) -> YAMLTree {
        if Set(fields.map(\.name)).count < fields.count {
            cannotWrite("a name that comes twice in '\(what)'", at: location)
        }
        return .mapping(fields.map { .init($0.name, templates.tree($0.value)) })
    }

    private func body(_ body: HTTPAction.Body, at location: SourceLocation) -> [YAMLTree.Pair] {
        switch body {
        case .none: []
        case .json(let value): [.init("json", templates.tree(value))]
        case .text(let text): [.init("text", templates.tree(text))]
        case .form(let fields): [.init("form", self.fields(fields, "form", location))]
        case .file(let path): [.init("file", templates.tree(path))]
        case .multipart(let parts): [.init("multipart", .list(parts.map(part)))]
        }
    }

    private func part(_ part: HTTPAction.Part) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = [.init("name", templates.tree(part.name))]
        switch part.content {
        case .text(let text): pairs.append(.init("text", templates.tree(text)))
        case .file(let path): pairs.append(.init("file", templates.tree(path)))
        }
        if let name = part.fileName { pairs.append(.init("filename", templates.tree(name))) }
        if let type = part.type { pairs.append(.init("type", templates.tree(type))) }
        return .mapping(pairs)
    }

    // MARK: settings

    /// The keys of `http:`, which steps share.
    func settings(_ settings: HTTPSettings, at location: SourceLocation) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair] = []
        func add(_ key: String, _ length: Duration?) {
            if let length { pairs.append(.init(key, WrittenUnits.tree(length))) }
        }
        if let headers = settings.headers {
            pairs.append(.init("headers", fields(headers, "headers", location)))
        }
        add("timeout", settings.timeouts.whole)
        add("first-byte-timeout", settings.timeouts.firstByte)
        add("connect-timeout", settings.timeouts.connect)
        if let redirects = settings.redirects {
            let most = YAMLTree.number(redirects.most)
            let tree =
                redirects.leavesTLS
                ? .mapping([.init("at-most", most), .init("to-http", .bool(true))]) : most
            pairs.append(.init("redirects", tree))
        }
        if let cookies = settings.cookies { pairs.append(.init("cookies", .text(cookies.rawValue))) }
        if let authorization = settings.authorization {
            pairs.append(.init("auth", self.authorization(authorization)))
        }
        if let coding = settings.compress { pairs.append(.init("compress", .text(coding))) }
        if let codings = settings.accepts { pairs.append(.init("accept", .list(codings.map { .text($0) }))) }
        add("expect-continue", settings.expectsContinue)
        return pairs + connection(settings.connection)
    }

    private func authorization(_ authorization: HTTPSettings.Authorization) -> YAMLTree {
        func pair(_ kind: String, _ user: Template, _ password: Template) -> YAMLTree {
            let names: [YAMLTree.Pair] = [
                .init("user", templates.tree(user)), .init("password", templates.tree(password)),
            ]
            return .mapping([.init(kind, .mapping(names))])
        }
        switch authorization {
        case .basic(let user, let password): return pair("basic", user, password)
        case .digest(let user, let password): return pair("digest", user, password)
        case .bearer(let token): return .mapping([.init("bearer", templates.tree(token))])
        case .none: return .text("none")
        }
    }

    private func connection(_ connection: ConnectionSettings) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair] = []
        if let version = connection.version { pairs.append(.init("version", .word(written(version)))) }
        if let tls = connection.tls { pairs.append(.init("tls", self.tls(tls))) }
        switch connection.proxy {
        case .url(let url, let except)?:
            let address = templates.tree(url)
            let names = YAMLTree.list(except.map { .text($0) })
            pairs.append(
                .init(
                    "proxy",
                    except.isEmpty ? address : .mapping([.init("url", address), .init("except", names)])))
        case ConnectionSettings.Proxy.none?: pairs.append(.init("proxy", .text("none")))
        case nil: break
        }
        if let addresses = connection.localAddresses {
            pairs.append(.init("local-address", .list(addresses.map { templates.tree($0) })))
        }
        if let hosts = connection.hosts {
            pairs.append(.init("hosts", .mapping(hosts.map { .init($0.name, templates.tree($0.address)) })))
        }
        if let lifetime = connection.nameLifetime {
            pairs.append(.init("dns", .mapping([.init("ttl", WrittenUnits.tree(lifetime))])))
        }
        switch connection.reuse {
        case .perUser?: pairs.append(.init("connections", .text("per-user")))
        case .shared(let most)?:
            let tree = most == .max ? YAMLTree.text("shared") : .mapping([.init("shared", .number(most))])
            pairs.append(.init("connections", tree))
        case ConnectionSettings.Reuse.none?: pairs.append(.init("connections", .text("none")))
        case nil: break
        }
        if let streams = connection.streams { pairs.append(.init("streams", .number(streams))) }
        return pairs
    }

    /// `1.1` and `2` are texts to the reader, whichever way they are written.
    private func written(_ version: ConnectionSettings.Version) -> String {
        version == .any ? version.rawValue : "\"\(version.rawValue)\""
    }

    func tls(_ tls: ConnectionSettings.TLS) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = []
        func add(_ key: String, _ value: Template?) {
            if let value { pairs.append(.init(key, templates.tree(value))) }
        }
        add("ca", tls.authorities)
        add("certificate", tls.certificate)
        add("key", tls.key)
        add("password", tls.password)
        if let insecure = tls.insecure { pairs.append(.init("insecure", .bool(insecure))) }
        add("server-name", tls.serverName)
        let versions = [tls.lowest, tls.highest].compactMap(\.self)
        if !versions.isEmpty {
            let words = Set(versions).sorted().map { YAMLTree.word("\"\($0)\"") }
            pairs.append(.init("versions", words.count == 1 ? words[0] : .list(words)))
        }
        if let resumes = tls.resumes { pairs.append(.init("session-reuse", .bool(resumes))) }
        if let ciphers = tls.ciphers { pairs.append(.init("ciphers", .text(ciphers))) }
        return .mapping(pairs)
    }
}
