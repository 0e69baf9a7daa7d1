internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// The token endpoint. Source: RFC 6749 §3.2, §5, §6; RFC 7636 §4.6; RFC 8628 §3.4; OpenID Connect Core §3.1.3.
extension OIDCProvider {
    private static let noStore = [("Cache-Control", "no-store"), ("Pragma", "no-cache")]

    mutating func token(_ request: HTTPRequest) -> IdentityAnswer {
        do throws(OAuthError) {
            let (client, form) = try authenticated(request)
            if let word = switches.word("token", client: client.id) {
                throw OAuthError(
                    OAuthError.Code(rawValue: word) ?? .serverError, "a switch of the double says so")
            }
            guard let type = form["grant_type"] else {
                throw OAuthError(.invalidRequest, "grant_type is missing")
            }
            guard let grant = OIDCOptions.Grant.allCases.first(where: { $0.type == type }),
                settings.options.grants.contains(grant)
            else { throw OAuthError(.unsupportedGrantType, "the provider has no grant_type '\(type)'") }
            guard client.grants.contains(grant) else {
                throw OAuthError(.unauthorizedClient, "client '\(client.id)' may not use '\(type)'")
            }
            switch grant {
            case .authorizationCode: return try exchange(form, client)
            case .refreshToken: return try refresh(form, client)
            case .clientCredentials: return try clientCredentials(form, client)
            case .password: return try password(form, client)
            case .deviceCode: return try pollDevice(form, client)
            }
        } catch {
            return refused(error, challenged: request.headers.contains("authorization"))
        }
    }

    /// - Parameter challenged: whether the client tried a header, and is to be told which one (RFC 6749 §5.2).
    func refused(_ error: OAuthError, challenged: Bool) -> IdentityAnswer {
        let challenge = [("WWW-Authenticate", #"Basic realm="assay""#)]
        return .json(
            error.status,
            ["error": .string(error.code.rawValue), "error_description": .string(error.description)],
            headers: Self.noStore + (challenged && error.code == .invalidClient ? challenge : []))
    }

    // MARK: The client

    /// Whose request it is, and what it says. Source: RFC 6749 §2.3, §3.2.1.
    func authenticated(_ request: HTTPRequest) throws(OAuthError) -> (OIDCSettings.Client, Parameters) {
        guard request.isForm else {
            throw OAuthError(.invalidRequest, "the body is application/x-www-form-urlencoded")
        }
        let form = request.form
        if let name = form.repeated { throw OAuthError(.invalidRequest, "\(name) is there twice") }
        let (id, secret, way) = try credentials(request, form)
        guard let client = clients[id] else {
            throw OAuthError(.invalidClient, "there is no client '\(id)'")
        }
        guard client.authentication == .any || client.authentication == way else {
            throw OAuthError(
                .invalidClient,
                "client '\(id)' authenticates by \(client.authentication.rawValue), not by \(way.rawValue)")
        }
        if let expected = client.secret {
            guard let secret else { throw OAuthError(.invalidClient, "client '\(id)' has a secret to give") }
            guard Crypto.equal(Array(expected.utf8), Array(secret.utf8)) else {
                throw OAuthError(.invalidClient, "the secret of client '\(id)' is another one")
            }
        } else if way != .none {
            throw OAuthError(.invalidClient, "client '\(id)' has no secret")
        }
        return (client, form)
    }

    private func credentials(
        _ request: HTTPRequest, _ form: Parameters
    ) throws(OAuthError) -> (id: String, secret: String?, OIDCOptions.ClientAuthentication) {
        guard let header = request.headers["authorization"] else {
            guard let id = form["client_id"] else {
                throw OAuthError(.invalidClient, "the client does not say who it is")
            }
            let secret = form["client_secret"]
            return (id, secret, secret == nil ? .none : .post)
        }
        let words = header.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(String(words[1]))
        else {
            throw OAuthError(.invalidClient, "the Authorization header is not 'Basic', or not base64")
        }
        let parts = String(decoding: bytes, as: UTF8.self).split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false
        ).map { percentDecoded($0, plusIsSpace: true) }
        guard parts.count == 2 else {
            throw OAuthError(.invalidClient, "the Authorization header has no colon between name and secret")
        }
        guard form["client_secret"] == nil, form["client_id"] == nil || form["client_id"] == parts[0] else {
            throw OAuthError(.invalidRequest, "the client authenticates in the header and in the body")
        }
        // A client without a secret may give an empty one.
        return parts[1].isEmpty ? (parts[0], nil, .none) : (parts[0], parts[1], .basic)
    }

    // MARK: Grants

    private mutating func exchange(
        _ form: Parameters, _ client: OIDCSettings.Client
    ) throws(OAuthError) -> IdentityAnswer {
        guard let text = form["code"] else { throw OAuthError(.invalidRequest, "code is missing") }
        guard var code = codes[text, at: now] else {
            throw OAuthError(.invalidGrant, "there is no such code, or it has lapsed")
        }
        guard code.grant.client == client.id else {
            throw OAuthError(.invalidGrant, "the code was given to another client")
        }
        if let family = code.family {
            // RFC 6749 §4.1.2, §10.5
            families[family, at: now] = nil
            throw OAuthError(.invalidGrant, "the code was used before; the tokens it gave are revoked")
        }
        guard now < code.expires else { throw OAuthError(.invalidGrant, "the code has lapsed") }
        if code.authorization.namesRedirect {
            guard let address = form["redirect_uri"] else {
                throw OAuthError(.invalidRequest, "redirect_uri is missing, which the authorization named")
            }
            guard address == code.authorization.callback.address else {
                throw OAuthError(.invalidGrant, "redirect_uri is not that of the authorization")
            }
        }
        try checkVerifier(form["code_verifier"], code.authorization)
        let family = try newFamily(code.grant)
        code.family = family
        codes[text, at: now] = code
        return try tokens(code.grant, family: family, nonce: code.grant.nonce)
    }

    /// Source: RFC 7636 §4.6.
    private func checkVerifier(_ verifier: String?, _ authorization: Authorization) throws(OAuthError) {
        guard let challenge = authorization.challenge else {
            guard verifier == nil else {
                throw OAuthError(
                    .invalidGrant, "code_verifier came, but the authorization had no code_challenge")
            }
            return
        }
        guard let verifier else { throw OAuthError(.invalidGrant, "code_verifier is missing") }
        guard Self.isVerifier(verifier) else {
            throw OAuthError(.invalidGrant, "code_verifier has 43 to 128 unreserved characters")
        }
        let derived =
            authorization.isPlain ? verifier : Base64.url.encode(Crypto.sha256(Array(verifier.utf8)))
        guard Crypto.equal(Array(derived.utf8), Array(challenge.utf8)) else {
            throw OAuthError(.invalidGrant, "code_verifier is not the one of the code_challenge")
        }
    }

    private mutating func refresh(
        _ form: Parameters, _ client: OIDCSettings.Client
    ) throws(OAuthError) -> IdentityAnswer {
        guard let text = form["refresh_token"] else {
            throw OAuthError(.invalidRequest, "refresh_token is missing")
        }
        guard let (id, serial) = refreshToken(text), var family = families[id, at: now] else {
            throw OAuthError(
                .invalidGrant, "there is no such refresh token, or it has lapsed or been revoked")
        }
        guard family.grant.client == client.id else {
            throw OAuthError(.invalidGrant, "the refresh token was given to another client")
        }
        guard serial == family.serial else {
            // RFC 9700 §4.14.2
            families[id, at: now] = nil
            throw OAuthError(
                .invalidGrant, "the refresh token was used before; all tokens of its family are revoked")
        }
        guard now < family.expires else { throw OAuthError(.invalidGrant, "the refresh token has lapsed") }
        var grant = family.grant
        if let wanted = form["scope"] {
            let narrowed = try scopes(wanted, of: client)
            if let more = narrowed.first(where: { !grant.scopes.contains($0) }) {
                throw OAuthError(.invalidScope, "the scope '\(more)' was not granted")
            }
            // The refresh token keeps its own (RFC 6749 §6).
            grant.scopes = narrowed
        }
        if settings.options.rotatesRefreshTokens {
            family.serial += 1
            family.expires = now + settings.refresh
            family.issued = seconds
            try keep(family, id)
        }
        return try tokens(grant, family: id, nonce: nil)
    }

    private mutating func clientCredentials(
        _ form: Parameters, _ client: OIDCSettings.Client
    ) throws(OAuthError) -> IdentityAnswer {
        let scopes = try scopes(form["scope"], of: client)
        if let scope = scopes.first(where: { $0 == "openid" || $0 == "offline_access" }) {
            throw OAuthError(.invalidScope, "the scope '\(scope)' is somebody's, and nobody logs in here")
        }
        return try tokens(Grant(client: client.id, scopes: scopes), family: nil, nonce: nil)
    }

    /// Source: RFC 6749 §4.3.
    private mutating func password(
        _ form: Parameters, _ client: OIDCSettings.Client
    ) throws(OAuthError) -> IdentityAnswer {
        guard let name = form["username"], let password = form["password"] else {
            throw OAuthError(.invalidRequest, "username or password is missing")
        }
        let scopes = try scopes(form["scope"], of: client)
        switch check(name, password: password, code: form["totp"]) {
        case .accepted(let login):
            let grant = Grant(client: client.id, scopes: scopes, login: login)
            return try tokens(grant, family: try newFamily(grant), nonce: nil)
        case .needsCode: throw OAuthError(.invalidGrant, "a one-time code is wanted: send it as totp")
        case .refused(let reason): throw OAuthError(.invalidGrant, reason)
        }
    }

    // MARK: Families and refresh tokens

    mutating func newFamily(_ grant: Grant) throws(OAuthError) -> String {
        let client = clients[grant.client]
        let isAllowed = client?.grants.contains(.refreshToken) ?? false
        let given =
            switch settings.options.refreshTokens {
            case .always: isAllowed
            case .offline: isAllowed && grant.scopes.contains("offline_access")
            case .never: false
            }
        let id = random.text(bytes: 12)
        try keep(
            Family(grant: grant, serial: given ? 1 : 0, expires: now + settings.refresh, issued: seconds), id)
        return id
    }

    private mutating func keep(_ family: Family, _ id: String) throws(OAuthError) {
        let last = max(now + settings.access, family.expires)
        guard families.insert(family, for: id, until: last, at: now) else {
            throw OAuthError(
                .temporarilyUnavailable,
                "the double holds \(families.capacity) grants: shorten ttl.refresh or reset it")
        }
    }

    /// A refresh token names its family and its place in it; the rest proves that it came from here.
    func refreshToken(family id: String, serial: Int) -> String {
        let proof = Crypto.hmacSHA256(key: settings.keySeed, Array("\(id).\(serial)".utf8))
        return "\(id).\(serial).\(Base64.url.encode(proof.prefix(18)))"
    }

    /// The family and the place that a refresh token names.
    func refreshToken(_ text: String) -> (family: String, serial: Int)? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let serial = Int(parts[1]), serial > 0 else { return nil }
        let expected = refreshToken(family: String(parts[0]), serial: serial)
        guard Crypto.equal(Array(expected.utf8), Array(text.utf8)) else { return nil }
        return (String(parts[0]), serial)
    }

    // MARK: The answer

    /// Everything that a grant gives.
    ///
    /// - Parameter nonce: of the ID token that comes with a code; later ones have none (OpenID Connect Core §12.2).
    mutating func tokens(
        _ grant: Grant, family: String?, nonce: String?
    ) throws(OAuthError) -> IdentityAnswer {
        let both = switches.word("tokens", client: grant.client)
        let claim = switches.word("claim", client: grant.client) ?? "sub"
        let accessWord = switches.word("access-token", client: grant.client) ?? both
        let access = try accessToken(grant, family: family, word: accessWord, claim: claim)
        var members: JSONObject = [
            "access_token": .string(access), "token_type": "Bearer",
            "expires_in": .int(settings.access / 1000),
        ]
        if let family, let serial = families[family, at: now]?.serial, serial > 0 {
            members["refresh_token"] = .string(refreshToken(family: family, serial: serial))
        }
        if grant.scopes.contains("openid"), let login = grant.login {
            let word = switches.word("id-token", client: grant.client) ?? both
            members["id_token"] = .string(
                idToken(grant, login, access: access, nonce: nonce, word: word, claim: claim))
        }
        members["scope"] = .string(grant.scopes.joined(separator: " "))
        return .json(200, .object(members), headers: Self.noStore)
    }
}
