internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// An identity service: logs users in by Telegram id or name and signs JSON Web Tokens for them.
///
/// | request | answer |
/// |---|---|
/// | `POST /auth/login` `{telegram_id, username}` or `{username, password}` | 200 `{token, refresh_token, user_id, …}`, 401 |
/// | `POST /auth/register` `{username, password}` | 201 the same, 409 when the name is taken |
/// | `POST /auth/refresh` `{refresh_token}` | 200 the same; a refresh token counts once, used again it ends its login |
/// | `POST /auth/logout` with a bearer token or `{refresh_token}` | 200; the tokens of this login are revoked |
/// | `GET /auth/verify` with a bearer token | 200 with its claims, 401 with the reason |
/// | `GET /auth/roles` with a bearer token | 200 `{user_id, role, roles}` |
/// | `GET /auth/require?role=admin` with a bearer token | 200, 403 for somebody without that role |
/// | `GET /health` | 200 |
/// | `GET /jwks.json`, `GET /public.pem` | the public keys of RS256 and ES256; a shared secret is never published |
///
/// Bodies are JSON or forms.
final class JWTAuth: DoubleService {
    struct Settings: Sendable {
        /// Its UTF-8 bytes sign the tokens of HS256; key pairs are made from it.
        var key: String
        var algorithm: JWTAuthOptions.Algorithm = .hs256
        var lifetimeSeconds: Int64
        var refreshSeconds: Int64 = 30 * 86_400
        var issuer: String
        var audience: String
        var registersUnknown: Bool
        var users: [JWTAuthOptions.User]
        var switches = SwitchOptions()
    }

    let settings: Settings
    private let desk: KeyedDesk<JWTAuthCore>

    init(
        _ settings: Settings, random: SeededRandom = SeededRandom(seed: 0),
        nowMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.settings = settings
        let seed = Array("jwt \(settings.key)".utf8)
        desk = KeyedDesk(
            JWTAuthCore(settings, random: random, at: nowMilliseconds()),
            KeyRing(settings.algorithm.pair ?? .es256, seed: seed), nowMilliseconds: nowMilliseconds)
    }

    /// What its bindings have besides the address: the key only where both sides share it.
    static func members(_ algorithm: JWTAuthOptions.Algorithm) -> [String] {
        (algorithm == .hs256 ? ["key"] : []) + ["issuer", "audience", "jwks_url"]
    }

    var bindings: JSONObject {
        var bindings: JSONObject = [
            "issuer": .string(settings.issuer), "audience": .string(settings.audience),
            "jwks_url": .string(desk.withCore { $0.url } + "/jwks.json"),
        ]
        if settings.algorithm == .hs256 { bindings["key"] = .string(settings.key) }
        return bindings
    }

    var secrets: [String] { [settings.key] }

    var detail: String {
        let users = settings.users.count
        return "JSON Web Tokens (\(settings.algorithm.rawValue)), \(users) user\(users == 1 ? "" : "s")"
            + (settings.registersUnknown ? ", others are registered when they log in" : "")
    }

    func begin(url: String) { desk.withCore { $0.url = url } }

    func reset() { desk.withCore { $0.reset() } }

    func answer(_ request: HTTPRequest) async -> HTTPResponse { await desk.answer(request) }
}
