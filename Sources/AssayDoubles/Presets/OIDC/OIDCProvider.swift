internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What an OpenID Connect provider knows and answers. Pure: time, keys and randomness are passed in.
struct OIDCProvider: KeyedCore {
    /// A request that has passed the authorization endpoint, or needs a person first.
    struct Authorization {
        var callback: Callback
        var scopes: [String]
        /// Whether `redirect_uri` was in the request and must come again with the code (RFC 6749 §4.1.3).
        var namesRedirect: Bool
        var nonce: String?
        var challenge: String?
        var isPlain = false
    }

    /// Where the answer of the authorization endpoint goes.
    struct Callback {
        enum Mode: String, CaseIterable { case query, fragment, formPost = "form_post" }
        var client: String
        var address: String
        var mode: Mode
        var state: String?
    }

    /// An authorization that waits for somebody to log in.
    struct Ticket {
        var authorization: Authorization
        /// Has given the password, not yet the one-time code.
        var user: String?
        var failures = 0
    }

    struct Session {
        /// `sid`, which is not what the cookie holds.
        var id: String
        var login: Login
    }

    /// That somebody logged in, when, and how.
    struct Login {
        /// Name, not `sub`.
        var user: String
        /// Seconds since 1970.
        var at: Int64
        /// `amr` (RFC 8176).
        var methods: [String]
        var session: String?
    }

    /// What a client was given leave for.
    struct Grant {
        var client: String
        var scopes: [String]
        /// Nobody's where the client acts for itself.
        var login: Login?
        var nonce: String?
    }

    struct Code {
        var grant: Grant
        var authorization: Authorization
        var expires: Int64
        /// The tokens it was exchanged for.
        var family: String?
    }

    /// Tokens of one grant: they are revoked together.
    struct Family {
        var grant: Grant
        /// Of the refresh token that counts; 0 where there is none.
        var serial: Int
        /// Of that refresh token, milliseconds since 1970.
        var expires: Int64
        /// When it was issued, seconds since 1970.
        var issued: Int64
    }

    struct AccessToken {
        var client: String
        var login: Login?
        var scopes: [String]
        var audience: String
        var issued: Int64
        var expires: Int64
        var id: String
        var family: String?
        /// Made wrong on purpose, so it never counts.
        var isSpoilt: Bool
    }

    struct Device {
        enum State { case pending, approved(Login), denied }
        var client: String
        var scopes: [String]
        var state = State.pending
        var polled: Int64?
        var expires: Int64
    }

    let settings: OIDCSettings
    let clients: [String: OIDCSettings.Client]
    let users: [String: OIDCSettings.User]
    /// Where it is reached: `http://127.0.0.1:40131`.
    var url = ""
    var switches: IdentitySwitches
    var random: SeededRandom
    var keys: KeySchedule
    /// Of the request being answered, milliseconds since 1970.
    var now: Int64 = 0
    /// The published keys, the current one first, and the one that never is; as far as the request needs them.
    var signers: [TokenSigner] = []
    var foreign: TokenSigner?

    var tickets = ExpiringTable<Ticket>(capacity: 10_000)
    var sessions = ExpiringTable<Session>(capacity: 20_000)
    var codes = ExpiringTable<Code>(capacity: 20_000)
    var families = ExpiringTable<Family>(capacity: 100_000)
    var accessTokens = ExpiringTable<AccessToken>(capacity: 100_000)
    var devices = ExpiringTable<Device>(capacity: 10_000)
    /// User code → device code.
    var userCodes = ExpiringTable<String>(capacity: 10_000)
    /// The last step of each user's one-time codes that was used.
    var usedSteps: [String: Int64] = [:]

    init(_ settings: OIDCSettings, random: SeededRandom, at start: Int64) {
        self.settings = settings
        clients = Dictionary(settings.clients.map { ($0.id, $0) }) { first, _ in first }
        users = Dictionary(settings.users.map { ($0.username, $0) }) { first, _ in first }
        let ownClients = settings.options.clients.isEmpty ? [OIDCOptions.ownClient] : settings.options.clients
        let written = ownClients.map { ($0.id, $0.switches) }
        switches = IdentitySwitches(
            OIDCSwitch.all, options: settings.options.switches,
            ofClients: Dictionary(written) { first, _ in first })
        self.random = random
        keys = KeySchedule(
            every: settings.options.rotatesEvery?.wholeMilliseconds, keeps: max(settings.access, settings.id),
            from: start)
    }

    var issuer: String { settings.options.issuer ?? url }
    var seconds: Int64 { now / 1000 }

    mutating func keysNeeded(for request: HTTPRequest, at now: Int64) -> [Int] {
        keys.advance(to: now)
        switch request.path {
        case "/jwks.json", "/.well-known/jwks.json", "/logout": return keys.published(at: now)
        case "/token":
            let needsForeign = switches.mayNeedForeignKey(for: request)
            return [keys.current] + (needsForeign ? [KeyRing.foreign] : [])
        default: return []
        }
    }

    mutating func answer(_ request: HTTPRequest, at now: Int64, keys made: [Int: NamedKey]) -> IdentityAnswer
    {
        self.now = now
        signers = keys.published(at: now).compactMap { made[$0].map { .pair($0) } }
        foreign = made[KeyRing.foreign].map { .pair($0) }
        if let answer = switches.answer(request) { return answer }
        do throws(SwitchError) {
            try switches.begin(request, at: now)
        } catch {
            return .refused(error)
        }
        var answer = routed(request)
        // Programs of the browser may ask from anywhere, except where a person logs in.
        if request.path != "/authorize", request.path != "/login", !request.path.hasPrefix("/__assay/") {
            answer.headers["Access-Control-Allow-Origin"] = "*"
        }
        return answer
    }

    private mutating func routed(_ request: HTTPRequest) -> IdentityAnswer {
        if request.verb == "OPTIONS" {
            return IdentityAnswer(
                204,
                headers: [
                    ("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
                    ("Access-Control-Allow-Headers", "Authorization, Content-Type, X-Assay-Switches"),
                    ("Access-Control-Max-Age", "600"),
                ])
        }
        switch (request.verb, String(request.path)) {
        case ("GET", "/.well-known/openid-configuration"), ("GET", "/.well-known/oauth-authorization-server"):
            return discovery()
        case ("GET", "/jwks.json"), ("GET", "/.well-known/jwks.json"): return publishedKeys()
        case ("GET", "/authorize"): return authorize(request, Parameters(request.query))
        case ("POST", "/authorize"): return authorize(request, request.form)
        case ("POST", "/login"): return logIn(request)
        case ("POST", "/token"): return token(request)
        case ("GET", "/userinfo"), ("POST", "/userinfo"): return userinfo(request)
        case ("POST", "/introspect"): return introspect(request)
        case ("POST", "/revoke"): return revoke(request)
        case ("GET", "/logout"): return logOut(request, Parameters(request.query))
        case ("POST", "/logout"): return logOut(request, request.form)
        case ("POST", "/device_authorization"): return beginDevice(request)
        case ("GET", "/device"): return .page(200, OIDCPages.device(Parameters(request.query)["user_code"]))
        case ("POST", "/device"): return decideDevice(request)
        case ("GET", "/health"): return .json(200, ["status": "ok"])
        case ("POST", "/__assay/rotate"): return keys.answer(request, at: now)
        case ("GET", "/__assay/totp"): return oneTimeCode(Parameters(request.query))
        case (_, let path):
            guard let methods = Self.methods[path] else { return .notFound(path) }
            return .notAllowed(methods)
        }
    }

    private static let methods = [
        "/.well-known/openid-configuration": "GET", "/.well-known/oauth-authorization-server": "GET",
        "/jwks.json": "GET", "/.well-known/jwks.json": "GET", "/authorize": "GET, POST", "/login": "POST",
        "/token": "POST", "/userinfo": "GET, POST", "/introspect": "POST", "/revoke": "POST",
        "/logout": "GET, POST", "/device_authorization": "POST", "/device": "GET, POST", "/health": "GET",
        "/__assay/rotate": "POST", "/__assay/totp": "GET",
    ]

    /// Back to the state after the start; the keys go on.
    mutating func reset() {
        tickets = ExpiringTable(capacity: tickets.capacity)
        sessions = ExpiringTable(capacity: sessions.capacity)
        codes = ExpiringTable(capacity: codes.capacity)
        families = ExpiringTable(capacity: families.capacity)
        accessTokens = ExpiringTable(capacity: accessTokens.capacity)
        devices = ExpiringTable(capacity: devices.capacity)
        userCodes = ExpiringTable(capacity: userCodes.capacity)
        usedSteps = [:]
        switches.reset()
    }
}
