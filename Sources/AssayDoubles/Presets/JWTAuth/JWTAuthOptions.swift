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
        /// More of them, as the claim `roles`.
        public var roles: [String]

        public init(
            id: String? = nil, telegramID: Int64? = nil, username: String? = nil, password: String? = nil,
            role: String = "user", roles: [String] = []
        ) {
            self.id = id
            self.telegramID = telegramID
            self.username = username
            self.password = password
            self.role = role
            self.roles = roles
        }
    }

    /// What happens when somebody unknown logs in.
    public enum Unknown: String, Sendable, CaseIterable { case register, refuse }

    /// How tokens are signed.
    public enum Algorithm: String, Sendable, CaseIterable {
        /// With a secret that the services share.
        case hs256 = "HS256"
        /// With a key pair, whose public half is at `/jwks.json`.
        case rs256 = "RS256"
        case es256 = "ES256"

        var pair: SignatureAlgorithm? { SignatureAlgorithm(rawValue: rawValue) }
    }

    public var algorithm = Algorithm.hs256
    /// Signs the tokens of HS256; a random one a run when absent.
    public var key: Template?
    /// How long a token counts.
    public var lifetime: Duration = .seconds(3600)
    /// How long a refresh token counts.
    public var refreshLifetime: Duration = .seconds(30 * 86_400)
    /// `iss`; the double's name when absent.
    public var issuer: String?
    /// `aud`; `api` unless said.
    public var audience = "api"
    public var unknown = Unknown.register
    public var users: [User] = []
    /// What goes wrong.
    public var switches = SwitchOptions()

    public init() {}
}

extension JWTAuthOptions: Preset {
    public static let name = "jwt"
    public static let summary = "an identity service that signs JSON Web Tokens"
    public var memberNames: [String] { JWTAuth.members(algorithm) }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let clock = start.clock
        let settings = try settings(named: start.name, at: start.location, in: &start.scope)
        return JWTAuth(settings, random: start.scope.random.split(1)) { clock.nowMilliseconds }
    }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> JWTAuthOptions? {
        yaml.mapping(node, "jwt double") { fields in
            fields.allow("preset")
            var options = JWTAuthOptions()
            options.key = fields.optional("key", yaml.template)
            options.algorithm = fields.optional("algorithm") { yaml.enumeration($0) } ?? .hs256
            if let key = options.key, options.algorithm != .hs256 {
                yaml.error(
                    "AS324",
                    "'key' is the secret of HS256, and the algorithm is \(options.algorithm.rawValue)",
                    at: key.location, fix: "leave `key` out: the key pair is made from the run's seed")
            }
            options.lifetime = fields.optional("ttl") { yaml.lifetime($0, "ttl") } ?? options.lifetime
            options.refreshLifetime =
                fields.optional("refresh-ttl") { yaml.lifetime($0, "refresh-ttl") } ?? options.refreshLifetime
            options.issuer = fields.optional("issuer", yaml.string)
            options.audience = fields.optional("audience", yaml.string) ?? options.audience
            options.unknown = fields.optional("unknown") { yaml.enumeration($0) } ?? .register
            options.switches = SwitchOptions(reading: &fields, yaml, of: JWTAuthCore.switches)
            if let node = fields.value("users") {
                var names: Set<String> = []
                options.users = RowsOption.read(node, "users", yaml, readFile) { user($0, $1, &names) }
            }
            return options
        }
    }

    private static func user(_ row: YAMLNode, _ yaml: YAMLReading, _ names: inout Set<String>) -> User? {
        yaml.mapping(row, "user") { fields in
            let user = User(
                id: fields.optional("id", yaml.text),
                telegramID: fields.optional("telegram_id") { yaml.int($0) }.map { Int64($0) },
                username: fields.optional("username", yaml.text),
                password: fields.optional("password", yaml.text),
                role: fields.optional("role", yaml.text) ?? "user",
                roles: fields.optional("roles") { yaml.oneOrMore($0, of: yaml.text) } ?? [])
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
            key: signingKey, algorithm: algorithm, lifetimeSeconds: lifetime.components.seconds,
            refreshSeconds: refreshLifetime.components.seconds, issuer: issuer ?? name, audience: audience,
            registersUnknown: unknown == .register, users: users, switches: switches)
    }

    private func withBytes(of word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
    }
}
