public import AssayFormats
public import AssayNet

/// Options of the preset `oidc`, as written in a file or built in Swift: an OAuth 2.0 and OpenID Connect provider.
public struct OIDCOptions: Sendable {
    /// How somebody gets past the authorization endpoint.
    public enum Login: String, Sendable, CaseIterable {
        /// Without a question, as ``OIDCOptions/user`` or as the user that `login_hint` names.
        case automatic
        /// With a page that asks for name, password and, where the user has one, the one-time code.
        case form
    }

    /// What an access token is.
    public enum AccessTokens: String, Sendable, CaseIterable { case jwt, opaque }

    /// Who gets refresh tokens.
    public enum RefreshTokens: String, Sendable, CaseIterable {
        /// Every client that may use them.
        case always
        /// When the scope `offline_access` was granted (OpenID Connect Core §11).
        case offline
        case never
    }

    /// RFC 7636: whether clients must prove that a code is theirs.
    public enum PKCE: String, Sendable, CaseIterable {
        /// Clients without a secret must, others may.
        case publicClients = "public-clients"
        case required
        /// Nobody must.
        case optional
    }

    /// How a client proves who it is.
    public enum ClientAuthentication: String, Sendable, CaseIterable {
        /// Any that the client has the means for.
        case any
        case basic, post, none
    }

    /// What a client may come to the token endpoint with.
    public enum Grant: String, Sendable, CaseIterable {
        case authorizationCode = "authorization_code"
        case refreshToken = "refresh_token"
        case clientCredentials = "client_credentials"
        case password
        case deviceCode = "device_code"

        /// `grant_type`.
        var type: String {
            self == .deviceCode ? "urn:ietf:params:oauth:grant-type:device_code" : rawValue
        }
    }

    /// Somebody who can log in.
    public struct User: Sendable {
        public var username: String
        /// Not asked for when `nil`.
        public var password: String?
        /// `sub`; made from the name unless said.
        public var id: String?
        /// The secret of one-time codes, in base32; the form asks for a code then.
        public var totp: String?
        public var roles: [String] = []
        /// More claims, of ID tokens, access tokens and userinfo: `email` with the scope `email`, and so on.
        public var claims = JSONObject()

        public init(_ username: String, password: String? = nil) {
            self.username = username
            self.password = password
        }
    }

    /// A program that asks for tokens.
    public struct Client: Sendable {
        public var id: String
        /// A public client has none.
        public var secret: Template?
        public var authentication = ClientAuthentication.any
        /// Whole addresses; one that ends in `/*` stands for all below it. The port of loopback addresses does not
        /// count (RFC 8252 §7.3).
        public var redirectURIs: [String] = []
        public var postLogoutRedirectURIs: [String] = []
        /// All of the provider's when `nil`.
        public var grants: [Grant]?
        public var scopes: [String]?
        /// `aud` of its access tokens.
        public var audience: String?
        /// What goes wrong for this client.
        public var switches = SwitchOptions()

        public init(_ id: String, secret: Template? = nil) {
            self.id = id
            self.secret = secret
        }
    }

    /// `iss`; the address of the double when `nil`.
    public var issuer: String?
    public var algorithm = SignatureAlgorithm.rs256
    public var login = Login.automatic
    /// Who is logged in automatically; the first user when `nil`.
    public var user: String?
    /// How often a new key takes over.
    public var rotatesEvery: Duration?
    public var accessLifetime: Duration = .seconds(3600)
    public var idLifetime: Duration = .seconds(3600)
    public var refreshLifetime: Duration = .seconds(30 * 86_400)
    public var codeLifetime: Duration = .seconds(60)
    public var sessionLifetime: Duration = .seconds(8 * 3600)
    public var accessTokens = AccessTokens.jwt
    public var refreshTokens = RefreshTokens.always
    /// Whether a refresh token counts once, a new one coming with every answer.
    public var rotatesRefreshTokens = true
    public var pkce = PKCE.publicClients
    /// Whether a challenge may be the verifier itself.
    public var allowsPlainPKCE = false
    /// `aud` of access tokens.
    public var audience = "api"
    public var grants: [Grant] = [.authorizationCode, .refreshToken, .clientCredentials, .deviceCode]
    public var scopes = ["openid", "profile", "email", "address", "phone", "offline_access"]
    public var clients: [Client] = []
    public var users: [User] = []
    /// What goes wrong.
    public var switches = SwitchOptions()

    public init() {}
}

/// The switches of the preset `oidc`.
enum OIDCSwitch {
    static let all = [
        IdentitySwitches.row("tokens", TokenFault.words, "how ID tokens and access tokens are wrong"),
        IdentitySwitches.row(
            "id-token", TokenFault.words + ["wrong-nonce", "wrong-at-hash"], "how ID tokens are wrong"),
        IdentitySwitches.row("access-token", TokenFault.words, "how access tokens are wrong"),
        Switch(
            "claim",
            .word([
                "sub", "iss", "aud", "exp", "iat", "jti", "nonce", "azp", "auth_time", "scope", "client_id",
            ]),
            "what a token with a missing-claim is without"),
        IdentitySwitches.row(
            "authorize",
            [
                "access_denied", "login_required", "interaction_required", "consent_required", "server_error",
                "temporarily_unavailable",
            ], "the error that the authorization endpoint sends back"),
        IdentitySwitches.row(
            "callback", ["wrong-state", "missing-state", "wrong-issuer", "missing-code"],
            "what is wrong with the way back to the client"),
        IdentitySwitches.row(
            "token",
            [
                "invalid_grant", "invalid_client", "invalid_request", "unauthorized_client", "server_error",
                "temporarily_unavailable",
            ], "the error that the token endpoint answers"),
        IdentitySwitches.row(
            "userinfo", ["wrong-subject", "invalid_token", "server_error"], "what userinfo answers"),
        IdentitySwitches.row("jwks", ["empty", "server_error"], "what the key set's address answers"),
        IdentitySwitches.row(
            "discovery", ["wrong-issuer", "server_error"], "what the discovery document says"),
    ]
}

/// Options with their values: templates resolved, what was left out made up.
struct OIDCSettings: Sendable {
    struct Client: Sendable {
        var id: String
        var secret: String?
        var authentication: OIDCOptions.ClientAuthentication
        var redirectURIs: [String]
        var postLogoutRedirectURIs: [String]
        var grants: Set<OIDCOptions.Grant>
        var scopes: [String]
        var audience: String

        var isPublic: Bool { secret == nil }
    }

    struct User: Sendable {
        var username: String
        var password: String?
        /// `sub`.
        var id: String
        var totp: TOTP?
        var roles: [String]
        var claims: JSONObject
    }

    var options: OIDCOptions
    var clients: [Client]
    var users: [User]
    /// Of the keys.
    var keySeed: [UInt8]

    /// Lifetimes in milliseconds.
    var access: Int64 { options.accessLifetime.wholeMilliseconds }
    var id: Int64 { options.idLifetime.wholeMilliseconds }
    var refresh: Int64 { options.refreshLifetime.wholeMilliseconds }
    var code: Int64 { options.codeLifetime.wholeMilliseconds }
    var session: Int64 { options.sessionLifetime.wholeMilliseconds }
}
