internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// An OAuth 2.0 and OpenID Connect provider; ``OIDCProvider`` has what it answers.
///
/// Its keys are computed from the run's seed when they are first needed, away from the reactor.
final class OIDC: DoubleService {
    /// What its bindings have besides the address.
    static let members = [
        "issuer", "discovery_url", "jwks_url", "authorize_url", "token_url", "userinfo_url",
        "introspect_url", "revoke_url", "logout_url", "device_url", "client_id", "client_secret", "audience",
        "username", "password",
    ]

    private let settings: OIDCSettings
    private let desk: KeyedDesk<OIDCProvider>

    init(
        _ settings: OIDCSettings, random: SeededRandom, nowMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        desk = KeyedDesk(
            OIDCProvider(settings, random: random, at: nowMilliseconds()),
            KeyRing(settings.options.algorithm, seed: settings.keySeed), nowMilliseconds: nowMilliseconds)
    }

    var bindings: JSONObject {
        let (url, issuer) = desk.withCore { ($0.url, $0.issuer) }
        let client = settings.clients.first
        let user = settings.options.user.flatMap { name in settings.users.first { $0.username == name } }
        return JSONObject([
            ("issuer", .string(issuer)),
            ("discovery_url", .string(url + "/.well-known/openid-configuration")),
            ("jwks_url", .string(url + "/jwks.json")), ("authorize_url", .string(url + "/authorize")),
            ("token_url", .string(url + "/token")), ("userinfo_url", .string(url + "/userinfo")),
            ("introspect_url", .string(url + "/introspect")), ("revoke_url", .string(url + "/revoke")),
            ("logout_url", .string(url + "/logout")),
            ("device_url", .string(url + "/device_authorization")),
            ("client_id", .string(client?.id ?? "")), ("client_secret", .string(client?.secret ?? "")),
            ("audience", .string(settings.options.audience)),
            ("username", .string((user ?? settings.users.first)?.username ?? "")),
            ("password", .string((user ?? settings.users.first)?.password ?? "")),
        ])
    }

    var secrets: [String] {
        settings.clients.compactMap(\.secret) + settings.users.compactMap { $0.totp?.text }
    }

    var detail: String {
        let (clients, users) = (settings.clients.count, settings.users.count)
        return "OpenID Connect (\(settings.options.algorithm.rawValue)), "
            + "\(clients) client\(clients == 1 ? "" : "s"), \(users) user\(users == 1 ? "" : "s"), "
            + (settings.options.login == .automatic ? "logged in automatically" : "login by form")
    }

    func begin(url: String) { desk.withCore { $0.url = url } }

    func reset() { desk.withCore { $0.reset() } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse { await desk.answer(request) }
}
