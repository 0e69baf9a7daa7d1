public import AssayCore
public import AssayFormats
public import AssayNet

/// Options of the preset `jwt`, as written in `assay.yml`.
public struct JWTAuthOptions: Sendable {
    /// Somebody who is known from the start.
    public struct User: Sendable, Equatable {
        /// `sub` of the tokens; made from the Telegram id or the name unless said.
        public var id: String?
        public var telegramID: Int64?
        public var username: String?
        /// Asked for when the user logs in by name.
        public var password: String?
        public var role: String

        public init(
            id: String? = nil, telegramID: Int64? = nil, username: String? = nil, password: String? = nil,
            role: String = "user"
        ) {
            self.id = id
            self.telegramID = telegramID
            self.username = username
            self.password = password
            self.role = role
        }
    }

    /// What happens when somebody unknown logs in.
    public enum Unknown: String, Sendable, CaseIterable { case register, refuse }

    /// Signs the tokens; a random one a run when absent.
    public var key: Template?
    /// How long a token counts.
    public var lifetime: Duration = .seconds(3600)
    /// `iss`; the double's name when absent.
    public var issuer: String?
    /// `aud`; `api` unless said.
    public var audience = "api"
    public var unknown = Unknown.register
    public var users: [User] = []

    public init() {}
}

extension JWTAuthOptions: Preset {
    public static let name = "jwt"
    public static let summary = "an identity service that signs JSON Web Tokens"
    public var memberNames: [String] { JWTAuth.members }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let clock = start.clock
        return JWTAuth(
            try settings(named: start.name, at: start.location, in: &start.scope),
            nowMilliseconds: { clock.nowMilliseconds })
    }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> JWTAuthOptions? {
        yaml.mapping(node, "jwt double") { fields in
            fields.allow("preset")
            var options = JWTAuthOptions()
            options.key = fields.optional("key", yaml.template)
            if let node = fields.value("ttl"), let ttl = yaml.duration(node) {
                // Claims are whole seconds.
                if ttl < .seconds(1) {
                    yaml.error("AS122", "'ttl' is at least 1s, found \(node.scalarText ?? "")", at: node)
                }
                options.lifetime = ttl
            }
            options.issuer = fields.optional("issuer", yaml.string)
            options.audience = fields.optional("audience", yaml.string) ?? options.audience
            options.unknown = fields.optional("unknown") { yaml.enumeration($0) } ?? .register
            if let node = fields.value("users") {
                options.users = users(node, yaml, readFile)
            }
            return options
        }
    }

    /// Users written here, or in the file that is named here.
    private static func users(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> [User] {
        guard let path = node.stringValue else { return list(node, yaml) }
        do {
            let bytes = try readFile(path)
            guard let file = YAMLReading(parsing: bytes, file: path, bag: yaml.bag) else { return [] }
            return list(file.root, file)
        } catch {
            yaml.error(
                "AS123", "the users' file cannot be read: \(error)", at: node,
                fix: "name a YAML file with a list of users")
            return []
        }
    }

    private static func list(_ node: YAMLNode, _ yaml: YAMLReading) -> [User] {
        var names: Set<String> = []
        return yaml.list(node) { row in
            yaml.mapping(row, "user") { fields in
                let user = User(
                    id: fields.optional("id", yaml.text),
                    telegramID: fields.optional("telegram_id") { yaml.int($0) }.map { Int64($0) },
                    username: fields.optional("username", yaml.text),
                    password: fields.optional("password", yaml.text),
                    role: fields.optional("role", yaml.text) ?? "user")
                guard user.telegramID != nil || user.username != nil else {
                    yaml.error(
                        "AS122", "a user needs 'username' or 'telegram_id' to log in with", at: row,
                        fix: "write `{username: ann, role: admin}`")
                    return nil
                }
                for name in [user.telegramID.map { "telegram_id \($0)" }, user.username.map { "'\($0)'" }] {
                    guard let name, !names.insert(name).inserted else { continue }
                    yaml.error("AS122", "two users are \(name)", at: row, fix: "keep one of them")
                }
                return user
            }
        } ?? []
    }

    /// The options with their values: templates resolved, a key made where none is given.
    func settings<Random>(
        named name: String, at location: SourceLocation, in scope: inout TemplateScope<Random>
    ) throws(Diagnostic) -> JWTAuth.Settings {
        var signingKey = ""
        if let key {
            do {
                signingKey = try key.render(in: &scope).templateText
            } catch {
                throw error.diagnostic
            }
            guard !signingKey.isEmpty else {
                throw Diagnostic(
                    "AS124", "'key' of double '\(name)' is empty: \(key.source)", at: location,
                    fix: "leave `key` out for a random one")
            }
        } else {
            for _ in 0..<4 {
                signingKey += hexadecimal(withBytes(of: scope.random.next()))
            }
        }
        return JWTAuth.Settings(
            key: signingKey, lifetimeSeconds: lifetime.components.seconds, issuer: issuer ?? name,
            audience: audience, registersUnknown: unknown == .register, users: users)
    }

    private func withBytes(of word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
}
