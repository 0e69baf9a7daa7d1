internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What the identity service knows and answers. Pure: time, keys and randomness are passed in.
struct JWTAuthCore: KeyedCore {
    static let switches = [
        IdentitySwitches.row("tokens", TokenFault.words, "how tokens are wrong"),
        Switch(
            "claim", .word(["sub", "role", "iss", "aud", "exp", "iat", "sid", "username"]),
            "what a token with a missing-claim is without"),
        IdentitySwitches.row(
            "login", ["wrong_password", "unknown_user", "user_locked", "too_many_requests", "server_error"],
            "how every login is refused"),
        IdentitySwitches.row(
            "refresh", ["refresh_token_unknown", "server_error"], "how every refresh is refused"),
        IdentitySwitches.row("jwks", ["empty", "server_error"], "what the key set's address answers"),
    ]

    private let settings: JWTAuth.Settings
    private let secret: [UInt8]
    private var directory: UserDirectory
    private var board: IdentitySwitches
    private var random: SeededRandom
    /// The refresh token that counts, by login, once the first was used: the tokens themselves say the rest.
    private var serials = ExpiringTable<Int64>(capacity: 100_000)
    /// Logins that have ended, until their last token has lapsed.
    private var ended = ExpiringTable<Bool>(capacity: 100_000)
    private(set) var keys: KeySchedule
    var url = ""
    /// Milliseconds since 1970.
    private var now: Int64 = 0
    private var signers: [TokenSigner] = []
    private var foreign: TokenSigner

    init(_ settings: JWTAuth.Settings, random: SeededRandom, at start: Int64) {
        self.settings = settings
        self.random = random
        secret = Array(settings.key.utf8)
        // For who signs with a secret, an unknown key is another secret.
        foreign = .secret(Crypto.sha256(secret))
        directory = UserDirectory(settings.users, registersUnknown: settings.registersUnknown)
        board = IdentitySwitches(Self.switches, options: settings.switches)
        keys = KeySchedule(every: nil, keeps: settings.lifetimeSeconds * 1000, from: start)
    }

    mutating func reset() {
        directory = UserDirectory(settings.users, registersUnknown: settings.registersUnknown)
        serials = ExpiringTable(capacity: serials.capacity)
        ended = ExpiringTable(capacity: ended.capacity)
        board.reset()
    }

    mutating func keysNeeded(for request: HTTPRequest, at now: Int64) -> [Int] {
        keys.advance(to: now)
        guard settings.algorithm.pair != nil, !request.path.hasPrefix("/__assay/"), request.path != "/health"
        else { return [] }
        return keys.published(at: now)
            + (board.mayNeedForeignKey(for: request) ? [KeyRing.foreign] : [])
    }

    mutating func answer(_ request: HTTPRequest, at now: Int64, keys made: [Int: NamedKey]) -> IdentityAnswer
    {
        self.now = now
        if settings.algorithm == .hs256 {
            signers = [.secret(secret)]
        } else {
            signers = keys.published(at: now).compactMap { made[$0].map { .pair($0) } }
            foreign = made[KeyRing.foreign].map { .pair($0) } ?? foreign
        }
        if let answer = board.answer(request) { return answer }
        do throws(SwitchError) {
            try board.begin(request, at: now)
        } catch {
            return .refused(error)
        }
        switch (request.verb, String(request.path)) {
        case ("POST", "/auth/login"): return logIn(request)
        case ("POST", "/auth/register"): return register(request)
        case ("POST", "/auth/refresh"): return refresh(request)
        case ("POST", "/auth/logout"): return logOut(request)
        case ("GET", "/auth/verify"): return withClaims(request) { verified($0) }
        case ("GET", "/auth/roles"): return withClaims(request) { roles($0) }
        case ("GET", "/auth/require"): return withClaims(request) { require($0, Parameters(request.query)) }
        case ("GET", "/health"): return .json(200, ["status": "ok"])
        case ("GET", "/jwks.json"): return publishedKeys()
        case ("GET", "/public.pem"): return publicKey()
        case ("POST", "/__assay/rotate") where settings.algorithm != .hs256:
            return keys.answer(request, at: now)
        case (_, "/auth/login"), (_, "/auth/register"), (_, "/auth/refresh"), (_, "/auth/logout"):
            return .notAllowed("POST")
        case (_, "/auth/verify"), (_, "/auth/roles"), (_, "/auth/require"), (_, "/health"),
            (_, "/jwks.json"), (_, "/public.pem"):
            return .notAllowed("GET")
        case (_, let path): return .notFound(path)
        }
    }

    // MARK: Logging in

    private mutating func logIn(_ request: HTTPRequest) -> IdentityAnswer {
        switch board.word("login") {
        case nil: break
        case "server_error"?: return .json(500, ["error": "server_error"])
        case "user_locked"?: return .json(423, ["error": "user_locked"])
        case "too_many_requests"?:
            return .json(429, ["error": "too_many_requests"], headers: [("Retry-After", "30")])
        case let word?: return .json(401, ["error": .string(word)])
        }
        return answering(request, 200) { directory, credentials in directory.login(credentials) }
    }

    private mutating func register(_ request: HTTPRequest) -> IdentityAnswer {
        answering(request, 201) { directory, credentials in directory.register(credentials) }
    }

    private mutating func answering(
        _ request: HTTPRequest, _ status: Int,
        _ act: (inout UserDirectory, Credentials) -> Result<UserDirectory.User, UserDirectory.Refusal>
    ) -> IdentityAnswer {
        let credentials: Credentials
        do {
            credentials = try Credentials(body: request.body, type: request.headers["content-type"] ?? "")
        } catch {
            return .json(400, ["error": "bad_request", "reason": .string(error.reason)])
        }
        switch act(&directory, credentials) {
        case .success(let user):
            let login = random.text(bytes: 12)
            return .json(status, granted(user, login: login, serial: 1))
        case .failure(let refusal):
            let status =
                switch refusal {
                case .unknownUser, .wrongPassword: 401
                case .nameTaken: 409
                case .nothingToLogInWith: 422
                case .full: 503
                }
            return .json(status, ["error": .string(refusal.rawValue)])
        }
    }

    private mutating func granted(_ user: UserDirectory.User, login: String, serial: Int64) -> JSON {
        let seconds = now / 1000
        var claims: JSONObject = [
            "sub": .string(user.id), "role": .string(user.role), "iat": .int(seconds),
            "exp": .int(seconds + settings.lifetimeSeconds), "iss": .string(settings.issuer),
            "aud": .string(settings.audience), "sid": .string(login),
        ]
        if !user.roles.isEmpty { claims["roles"] = .array(user.roles.map { .string($0) }) }
        if let name = user.username { claims["username"] = .string(name) }
        let fault = board.word("tokens").flatMap(TokenFault.init)
        let spoiling = fault.map {
            JSONWebToken.Spoiling(
                fault: $0, claim: board.word("claim") ?? "sub", foreign: foreign, now: seconds)
        }
        let token = signers.first.map { JSONWebToken.sign(claims, by: $0, spoiling: spoiling) } ?? ""
        let ticket = RefreshTicket(
            user: user, login: login, serial: serial, expires: seconds + settings.refreshSeconds)
        return [
            "token": .string(token), "token_type": "Bearer", "user_id": .string(user.id),
            "role": .string(user.role), "expires_in": .int(settings.lifetimeSeconds),
            "refresh_token": .string(ticket.sealed(with: secret)),
            "refresh_expires_in": .int(settings.refreshSeconds),
        ]
    }

    // MARK: Refreshing and ending

    private mutating func refresh(_ request: HTTPRequest) -> IdentityAnswer {
        switch board.word("refresh") {
        case nil: break
        case "server_error"?: return .json(500, ["error": "server_error"])
        case let word?: return .json(401, ["error": .string(word)])
        }
        guard let text = refreshToken(in: request) else {
            return .json(400, ["error": "bad_request", "reason": "refresh_token is missing"])
        }
        guard let ticket = RefreshTicket(text, sealedWith: secret), ended[ticket.login, at: now] == nil else {
            return .json(401, ["error": "refresh_token_unknown"])
        }
        guard now / 1000 < ticket.expires else { return .json(401, ["error": "refresh_token_expired"]) }
        guard ticket.serial == serials[ticket.login, at: now] ?? 1 else {
            _ = end(ticket.login)
            return .json(401, ["error": "refresh_token_reused"])
        }
        let last = now + settings.refreshSeconds * 1000
        guard serials.insert(ticket.serial + 1, for: ticket.login, until: last, at: now) else {
            return .full("\(serials.capacity) refreshed logins")
        }
        return .json(200, granted(ticket.user, login: ticket.login, serial: ticket.serial + 1))
    }

    private func refreshToken(in request: HTTPRequest) -> String? {
        if request.isForm { return request.form["refresh_token"] }
        return (try? JSON(parsing: request.body, maxDepth: 8))?["refresh_token"]?.stringValue
    }

    private mutating func end(_ login: String) -> Bool {
        let last = now + max(settings.refreshSeconds, settings.lifetimeSeconds) * 1000
        return ended.insert(true, for: login, until: last, at: now)
    }

    private mutating func logOut(_ request: HTTPRequest) -> IdentityAnswer {
        let login: String?
        if let text = refreshToken(in: request) {
            // One that is unknown is as good as ended.
            login = RefreshTicket(text, sealedWith: secret)?.login
        } else {
            do throws(JSONWebToken.Refusal) {
                login = try claims(request)["sid"]?.stringValue
            } catch {
                return .json(401, ["error": .string(error.rawValue)])
            }
        }
        if let login, !end(login) { return .full("\(ended.capacity) ended logins") }
        return .json(200, ["logged_out": true])
    }

    // MARK: Tokens

    private func claims(_ request: HTTPRequest) throws(JSONWebToken.Refusal) -> JSONObject {
        guard let token = request.bearer else { throw .missing }
        let claims = try JSONWebToken.verify(
            token, signedBy: signers, issuer: settings.issuer, audience: settings.audience, now: now / 1000)
        if let login = claims["sid"]?.stringValue, ended[login, at: now] != nil { throw .revoked }
        return claims
    }

    private func withClaims(
        _ request: HTTPRequest, _ answer: (JSONObject) -> IdentityAnswer
    ) -> IdentityAnswer {
        do throws(JSONWebToken.Refusal) {
            return answer(try claims(request))
        } catch {
            return .json(401, ["valid": false, "error": .string(error.rawValue)])
        }
    }

    private func verified(_ claims: JSONObject) -> IdentityAnswer {
        .json(200, ["valid": true, "user_id": claims["sub"] ?? .null, "claims": .object(claims)])
    }

    /// Every role of a token: `role` and `roles`.
    private func names(_ claims: JSONObject) -> [String] {
        var names = [claims["role"]?.stringValue].compactMap { $0 }
        for name in (claims["roles"]?.arrayValue ?? []).compactMap(\.stringValue) where !names.contains(name)
        {
            names.append(name)
        }
        return names
    }

    private func roles(_ claims: JSONObject) -> IdentityAnswer {
        .json(
            200,
            [
                "user_id": claims["sub"] ?? .null, "role": claims["role"] ?? .null,
                "roles": .array(names(claims).map { .string($0) }),
            ])
    }

    private func require(_ claims: JSONObject, _ parameters: Parameters) -> IdentityAnswer {
        guard let role = parameters["role"] else {
            return .json(
                400, ["error": "bad_request", "reason": "the query names no role, like ?role=admin"])
        }
        let names = names(claims)
        guard !names.contains(role) else {
            return .json(200, ["allowed": true, "user_id": claims["sub"] ?? .null])
        }
        return .json(
            403,
            [
                "error": "role_missing", "required": .string(role),
                "roles": .array(names.map { .string($0) }),
            ])
    }

    // MARK: Keys

    private mutating func publishedKeys() -> IdentityAnswer {
        switch board.word("jwks") {
        case "server_error"?: .json(500, ["error": "server_error"])
        case "empty"?: .json(200, ["keys": []])
        default: .keySet(signers)
        }
    }

    private func publicKey() -> IdentityAnswer {
        guard case .pair(let key)? = signers.first else {
            return .json(404, ["error": "not_found", "reason": "HS256 has a secret and no public key"])
        }
        return IdentityAnswer(200, key.pair.publicPEM, type: "application/x-pem-file")
    }
}

/// What a refresh token says, to the service alone: whose it is, and its place among those of its login.
///
/// The service keeps nothing for a login that is never refreshed.
struct RefreshTicket: Equatable {
    var user: UserDirectory.User
    var login: String
    /// 1 for the first.
    var serial: Int64
    /// Seconds since 1970.
    var expires: Int64

    init(user: UserDirectory.User, login: String, serial: Int64, expires: Int64) {
        (self.user, self.login, self.serial, self.expires) = (user, login, serial, expires)
    }

    private static func proof(_ text: some StringProtocol, _ secret: [UInt8]) -> [UInt8] {
        Crypto.hmacSHA256(key: secret, Array("refresh token \(text)".utf8))
    }

    func sealed(with secret: [UInt8]) -> String {
        let name: JSON = user.username.map { .string($0) } ?? .null
        let members: JSON = [
            .string(user.id), name, .string(user.role), .array(user.roles.map { .string($0) }),
            .string(login),
            .int(serial), .int(expires),
        ]
        let text = Base64.url.encode(Array(members.rendered().utf8))
        return text + "." + Base64.url.encode(Self.proof(text, secret))
    }

    init?(_ token: String, sealedWith secret: [UInt8]) {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let proof = Base64.decode(String(parts[1])),
            Crypto.equal(proof, Self.proof(parts[0], secret)), let bytes = Base64.decode(String(parts[0])),
            let members = try? JSON(parsing: bytes, maxDepth: 3).arrayValue, members.count == 7,
            let id = members[0].stringValue, let role = members[2].stringValue,
            let login = members[4].stringValue, let serial = members[5].intValue,
            let expires = members[6].intValue
        else { return nil }
        user = UserDirectory.User(
            id: id, username: members[1].stringValue, password: nil, role: role,
            roles: (members[3].arrayValue ?? []).compactMap(\.stringValue))
        (self.login, self.serial, self.expires) = (login, serial, expires)
    }
}
