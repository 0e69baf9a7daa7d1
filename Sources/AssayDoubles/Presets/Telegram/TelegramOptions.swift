public import AssayCore
public import AssayFormats
public import AssayNet

/// Options of the preset `telegram`, as written in a file or built in Swift: what logs people in by Telegram.
public struct TelegramOptions: Sendable {
    /// How somebody gets through the login page.
    public enum Login: String, Sendable, CaseIterable {
        /// Without a question, as the user that the request names or the first one.
        case automatic
        /// With a page that has a button for each user.
        case form
    }

    /// Somebody with a Telegram account.
    public struct User: Sendable, Equatable {
        public var id: Int64
        public var firstName: String
        public var lastName: String?
        public var username: String?
        public var photoURL: String?

        public init(id: Int64, firstName: String, username: String? = nil) {
            self.id = id
            self.firstName = firstName
            self.username = username
        }
    }

    /// The bot's token, `123456:ABC…`; a random one a run when `nil`.
    public var token: Template?
    /// The bot's name as Telegram knows it, without the `@`.
    public var botName = "assay_bot"
    public var login = Login.automatic
    /// How old an `auth_date` may be when the double verifies.
    public var maxAge: Duration = .seconds(86_400)
    public var users: [User] = []
    /// What goes wrong.
    public var switches = SwitchOptions()

    public init() {}
}

extension TelegramOptions: Preset {
    public static let name = "telegram"
    public static let summary = "Telegram's login widget, Mini App init data and a bot's API"
    public var memberNames: [String] { Telegram.members }

    public static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> TelegramOptions? {
        yaml.mapping(node, "telegram double") { fields in
            fields.allow("preset")
            var options = TelegramOptions()
            options.token = fields.optional("token", yaml.template)
            options.botName = fields.optional("bot", yaml.string) ?? options.botName
            if options.botName.hasPrefix("@") { options.botName.removeFirst() }
            options.login = fields.optional("login") { yaml.enumeration($0) } ?? options.login
            options.maxAge = fields.optional("max-age") { yaml.lifetime($0, "max-age") } ?? options.maxAge
            options.switches = SwitchOptions(reading: &fields, yaml, of: TelegramCore.switches)
            if let node = fields.value("users") {
                var ids: Set<Int64> = []
                options.users = RowsOption.read(node, "users", yaml, readFile) { user($0, $1, &ids) }
            }
            return options
        }
    }

    private static func user(_ row: YAMLNode, _ yaml: YAMLReading, _ ids: inout Set<Int64>) -> User? {
        yaml.mapping(row, "user") { fields in
            guard let id = fields.required("id", { yaml.int($0, in: 1...(1 << 52)) }),
                let name = fields.required("first_name", yaml.text)
            else { return nil }
            var user = User(id: Int64(id), firstName: name)
            user.lastName = fields.optional("last_name", yaml.text)
            user.username = fields.optional("username", yaml.text)
            user.photoURL = fields.optional("photo_url", yaml.text)
            if !ids.insert(user.id).inserted {
                yaml.error("AS323", "two users have the id \(id)", at: row, fix: "keep one of them")
            }
            return user
        }
    }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        let token = try botToken(start.name, start.location, &start.scope)
        let clock = start.clock
        let known = users.isEmpty ? [User(id: 100_000_001, firstName: "Ann", username: "ann")] : users
        return Telegram(
            TelegramCore(self, token: token, users: known, random: start.scope.random.split(1)),
            arrived: start.reactor.makeSignal()
        ) { clock.nowMilliseconds }
    }

    private func botToken(
        _ name: String, _ location: SourceLocation, _ scope: inout TemplateScope<SeededRandom>
    ) throws(Diagnostic) -> String {
        guard let token else {
            return "\(scope.random.integer(in: 100_000_000...999_999_999)):\(scope.random.text(bytes: 26))"
        }
        let text: String
        do {
            text = try token.render(in: &scope).templateText
        } catch {
            throw error.diagnostic
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, Int64(parts[0]) ?? 0 > 0, !parts[1].isEmpty else {
            throw Diagnostic(
                "AS323", "'token' of double '\(name)' is no bot token: \(token.source)", at: location,
                fix: "it looks like `123456:ABC-secret`; leave `token` out for a random one")
        }
        return text
    }
}
