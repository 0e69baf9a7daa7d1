internal import AssayCore
public import AssayFormats
public import AssayNet

extension OIDCOptions: Preset {
    public static let name = "oidc"
    public static let summary = "an OAuth 2.0 and OpenID Connect provider"
    public var memberNames: [String] { OIDC.members }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> OIDCOptions? {
        yaml.mapping(node, "oidc double") { fields in
            fields.allow("preset")
            var options = OIDCOptions()
            options.issuer = fields.optional("issuer") { issuer($0, yaml) }
            options.algorithm = fields.optional("algorithm") { yaml.enumeration($0) } ?? options.algorithm
            options.login = fields.optional("login") { yaml.enumeration($0) } ?? options.login
            options.audience = fields.optional("audience", yaml.string) ?? options.audience
            options.accessTokens =
                fields.optional("access-tokens") { yaml.enumeration($0) } ?? options.accessTokens
            options.refreshTokens =
                fields.optional("refresh-tokens") { yaml.enumeration($0) } ?? options.refreshTokens
            options.rotatesRefreshTokens =
                fields.optional("refresh-rotation", yaml.bool) ?? options.rotatesRefreshTokens
            options.pkce = fields.optional("pkce") { yaml.enumeration($0) } ?? options.pkce
            options.allowsPlainPKCE = fields.optional("pkce-plain", yaml.bool) ?? options.allowsPlainPKCE
            options.grants = fields.optional("grants") { grants($0, yaml) } ?? options.grants
            options.scopes = fields.optional("scopes") { scopes($0, yaml) } ?? options.scopes
            options.switches = SwitchOptions(reading: &fields, yaml, of: OIDCSwitch.all)
            if let node = fields.value("ttl") { options.readLifetimes(node, yaml) }
            options.readRotation(&fields, yaml)
            if let node = fields.value("clients") {
                options.clients = RowsOption.read(node, "clients", yaml, readFile) {
                    client($0, $1, options)
                }
                options.checkClients(node, yaml)
            }
            if let node = fields.value("users") {
                options.users = RowsOption.read(node, "users", yaml, readFile, row: user)
                options.checkUsers(node, yaml)
            }
            if let node = fields.value("user"), let name = yaml.text(node) {
                options.user = name
                let names = options.users.map(\.username)
                if !names.contains(name) {
                    let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                    yaml.error(
                        "AS321", "'user' names '\(name)', who is none of 'users'", at: node,
                        fix: near ?? "add `{username: \(name)}` to `users`")
                }
            }
            return options
        }
    }

    // MARK: The provider's own

    private static func issuer(_ node: YAMLNode, _ yaml: YAMLReading) -> String? {
        guard let text = yaml.string(node) else { return nil }
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.contains("?"),
            !text.contains("#")
        else {
            // OpenID Connect Discovery §3
            yaml.error(
                "AS320", "an issuer is a URL without query and fragment, found '\(text)'", at: node,
                fix:
                    "write `issuer: https://login.example.test`, or leave it out for the double's own address"
            )
            return nil
        }
        return text
    }

    private static func grants(_ node: YAMLNode, _ yaml: YAMLReading) -> [Grant]? {
        yaml.list(node) { yaml.enumeration($0) }
    }

    private static func scopes(_ node: YAMLNode, _ yaml: YAMLReading) -> [String]? {
        yaml.list(node) { node in
            guard let text = yaml.text(node) else { return nil }
            // RFC 6749 §3.3
            guard !text.isEmpty,
                text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
            else {
                yaml.error("AS320", "a scope is one word of printable ASCII, found '\(text)'", at: node)
                return nil
            }
            return text
        }
    }

    private mutating func readLifetimes(_ node: YAMLNode, _ yaml: YAMLReading) {
        // `ttl: 5m` is that of access tokens and ID tokens, which is what tests mostly want short.
        guard node.pairs != nil else {
            if let ttl = yaml.lifetime(node, "ttl") { (accessLifetime, idLifetime) = (ttl, ttl) }
            return
        }
        let _: Bool? = yaml.mapping(node, "ttl") { fields in
            accessLifetime = fields.optional("access") { yaml.lifetime($0, "access") } ?? accessLifetime
            idLifetime = fields.optional("id") { yaml.lifetime($0, "id") } ?? idLifetime
            refreshLifetime = fields.optional("refresh") { yaml.lifetime($0, "refresh") } ?? refreshLifetime
            codeLifetime = fields.optional("code") { yaml.lifetime($0, "code") } ?? codeLifetime
            sessionLifetime = fields.optional("session") { yaml.lifetime($0, "session") } ?? sessionLifetime
            return true
        }
    }

    /// `rotate: 1h` or `rotate: every 1h`.
    private mutating func readRotation(_ fields: inout MappingReader, _ yaml: YAMLReading) {
        guard let node = fields.value("rotate") else { return }
        var written = node
        if let text = node.stringValue, text.hasPrefix("every ") {
            written.content = .string(String(text.dropFirst(6)))
        }
        guard let period = yaml.lifetime(written, "rotate") else { return }
        let longest = max(accessLifetime, idLifetime)
        guard longest.wholeMilliseconds / period.wholeMilliseconds < KeySchedule.limit - 1 else {
            yaml.error(
                "AS322",
                "a key every \(period.wholeMilliseconds / 1000) s makes more than \(KeySchedule.limit) published ones, for tokens live \(longest.wholeMilliseconds / 1000) s",
                at: node, fix: "rotate less often, or shorten `ttl`")
            return
        }
        rotatesEvery = period
    }

    // MARK: Clients

    private static func client(
        _ node: YAMLNode, _ yaml: YAMLReading, _ options: OIDCOptions
    ) -> Client? {
        yaml.mapping(node, "client") { fields in
            guard let id = fields.required("id", yaml.text) else { return nil }
            var client = Client(id, secret: fields.optional("secret", yaml.template))
            client.authentication =
                fields.optional("auth") { yaml.enumeration($0) } ?? client.authentication
            client.redirectURIs = fields.optional("redirect_uris") { addresses($0, yaml) } ?? []
            client.postLogoutRedirectURIs =
                fields.optional("post_logout_redirect_uris") { addresses($0, yaml) } ?? []
            client.grants = fields.optional("grants") { grants($0, yaml) }
            client.scopes = fields.optional("scopes") { scopes($0, yaml) }
            client.audience = fields.optional("audience", yaml.string)
            client.switches = SwitchOptions(reading: &fields, yaml, of: OIDCSwitch.all)
            let unknown = (client.scopes ?? []).filter { !options.scopes.contains($0) }
            if let scope = unknown.first {
                yaml.error(
                    "AS320", "client '\(id)' may have the scope '\(scope)', which the provider has not",
                    at: node, fix: "add it to the double's `scopes`")
            }
            if let reason = client.contradiction {
                yaml.error("AS320", "client '\(id)' \(reason)", at: node)
            }
            return client
        }
    }

    /// Addresses to send a browser to (RFC 6749 §3.1.2).
    private static func addresses(_ node: YAMLNode, _ yaml: YAMLReading) -> [String]? {
        yaml.oneOrMore(node) { node in
            guard let text = yaml.string(node) else { return nil }
            guard RedirectURI.isAbsolute(text) else {
                yaml.error(
                    "AS320", "a redirect URI is a whole address without fragment, found '\(text)'", at: node,
                    fix: "write it like `http://localhost/callback`")
                return nil
            }
            return text
        }
    }

    private func checkClients(_ node: YAMLNode, _ yaml: YAMLReading) {
        if clients.isEmpty, node.elements?.isEmpty ?? false {
            yaml.error(
                "AS320", "there are no clients", at: node, fix: "leave `clients` out for one that is made up")
        }
        var seen: Set<String> = []
        for client in clients where !seen.insert(client.id).inserted {
            yaml.error("AS320", "two clients are '\(client.id)'", at: node, fix: "keep one of them")
        }
    }

    // MARK: Users

    private static func user(_ node: YAMLNode, _ yaml: YAMLReading) -> User? {
        yaml.mapping(node, "user") { fields in
            guard let name = fields.required("username", yaml.text) else { return nil }
            var user = User(name, password: fields.optional("password", yaml.text))
            user.id = fields.optional("id", yaml.text)
            user.roles = fields.optional("roles") { yaml.oneOrMore($0, of: yaml.text) } ?? []
            if let node = fields.value("totp"), let text = yaml.text(node) {
                user.totp = text
                if TOTP(text) == nil {
                    yaml.error(
                        "AS321",
                        "the `totp` of '\(name)' is no base32 text of at least 16 letters and digits 2–7",
                        at: node, fix: "write one like `JBSWY3DPEHPK3PXP`")
                }
            }
            if let node = fields.value("claims") {
                for pair in yaml.entries(node, "claims") { user.claims[pair.name] = yaml.json(pair.value) }
            }
            return user
        }
    }

    private func checkUsers(_ node: YAMLNode, _ yaml: YAMLReading) {
        var seen: Set<String> = []
        for user in users where !seen.insert(user.username).inserted {
            yaml.error("AS321", "two users are '\(user.username)'", at: node, fix: "keep one of them")
        }
    }
}

extension OIDCOptions.Client {
    /// What does not go together, as the end of a sentence.
    var contradiction: String? {
        if secret == nil, authentication == .basic || authentication == .post {
            return "has no secret to authenticate with: add `secret`, or write `auth: none`"
        }
        if secret == nil, grants?.contains(.clientCredentials) ?? false {
            return "has no secret, and client_credentials is for clients that have one (RFC 6749 §4.4)"
        }
        if authentication == .none, secret != nil {
            return "has a secret that `auth: none` never asks for: leave one of them out"
        }
        return nil
    }
}
