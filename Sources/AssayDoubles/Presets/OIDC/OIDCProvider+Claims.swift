internal import AssayFormats
internal import AssayNet

/// What tokens say.
extension OIDCProvider {
    /// Source: OpenID Connect Core §5.4.
    static let claimsOfScopes: KeyValuePairs<String, [String]> = [
        "profile": [
            "name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile",
            "picture", "website", "gender", "birthdate", "zoneinfo", "locale", "updated_at",
        ],
        "email": ["email", "email_verified"], "address": ["address"],
        "phone": ["phone_number", "phone_number_verified"],
    ]
    private static let standardClaims = Set(claimsOfScopes.flatMap(\.value))

    /// The key under which an access token is kept: it is long, and its digest is not.
    static func key(of token: String) -> String {
        Base64.url.encode(Crypto.sha256(Array(token.utf8)).prefix(18))
    }

    /// Roles and claims that no scope asks for.
    private func ownClaims(_ user: OIDCSettings.User?) -> JSONObject {
        var claims = JSONObject()
        guard let user else { return claims }
        if !user.roles.isEmpty { claims["roles"] = .array(user.roles.map { .string($0) }) }
        for (name, value) in user.claims where !Self.standardClaims.contains(name) { claims[name] = value }
        return claims
    }

    /// What the scopes let a client know about somebody.
    func claims(about user: OIDCSettings.User, scopes: [String]) -> JSONObject {
        var claims = ownClaims(user)
        for (scope, names) in Self.claimsOfScopes where scopes.contains(scope) {
            for name in names {
                let made: JSON? =
                    switch name {
                    case "name", "preferred_username": .string(user.username)
                    case "email":
                        .string(user.username.contains("@") ? user.username : user.username + "@example.test")
                    case "email_verified": true
                    default: JSON?.none
                    }
                if let value = user.claims[name] ?? made { claims[name] = value }
            }
        }
        return claims
    }

    private func spoiling(_ word: String?, _ claim: String) -> JSONWebToken.Spoiling? {
        guard let fault = word.flatMap(TokenFault.init), let signer = foreign ?? signers.first else {
            return nil
        }
        return JSONWebToken.Spoiling(fault: fault, claim: claim, foreign: signer, now: seconds)
    }

    /// Source: RFC 9068.
    mutating func accessToken(
        _ grant: Grant, family: String?, word: String?, claim: String
    ) throws(OAuthError) -> String {
        let user = grant.login.flatMap { users[$0.user] }
        let client = clients[grant.client]
        let record = AccessToken(
            client: grant.client, login: grant.login, scopes: grant.scopes,
            audience: client?.audience ?? settings.options.audience, issued: seconds,
            expires: seconds + settings.access / 1000, id: random.text(bytes: 12), family: family,
            isSpoilt: word != nil)
        var token = random.text()
        if settings.options.accessTokens == .jwt, let signer = signers.first {
            var claims: JSONObject = [
                "iss": .string(issuer), "sub": .string(user?.id ?? grant.client),
                "aud": .string(record.audience), "exp": .int(record.expires), "iat": .int(record.issued),
                "jti": .string(record.id), "client_id": .string(grant.client),
                "scope": .string(grant.scopes.joined(separator: " ")),
            ]
            if let login = grant.login { claims["auth_time"] = .int(login.at) }
            for (name, value) in ownClaims(user) where claims[name] == nil { claims[name] = value }
            token = JSONWebToken.sign(claims, type: "at+jwt", by: signer, spoiling: spoiling(word, claim))
        }
        guard
            accessTokens.insert(
                record, for: Self.key(of: token), until: record.expires * 1000, at: now)
        else {
            throw OAuthError(
                .temporarilyUnavailable,
                "the double holds \(accessTokens.capacity) access tokens: shorten ttl.access or reset it")
        }
        return token
    }

    /// Source: OpenID Connect Core §2, §3.1.3.6.
    func idToken(
        _ grant: Grant, _ login: Login, access: String, nonce: String?, word: String?, claim: String
    ) -> String {
        guard let signer = signers.first, let user = users[login.user] else { return "" }
        let hash = Crypto.sha256(Array(access.utf8)).prefix(16)
        var claims: JSONObject = [
            "iss": .string(issuer), "sub": .string(user.id), "aud": .string(grant.client),
            "exp": .int(seconds + settings.id / 1000), "iat": .int(seconds), "auth_time": .int(login.at),
            "azp": .string(grant.client), "amr": .array(login.methods.map { .string($0) }),
            "at_hash": .string(Base64.url.encode(hash)),
        ]
        if let nonce { claims["nonce"] = .string(nonce) }
        if let session = login.session { claims["sid"] = .string(session) }
        if word == "wrong-nonce" { claims["nonce"] = "wrong" }
        if word == "wrong-at-hash" { claims["at_hash"] = "AAAAAAAAAAAAAAAAAAAAAA" }
        for (name, value) in self.claims(about: user, scopes: grant.scopes) where claims[name] == nil {
            claims[name] = value
        }
        return JSONWebToken.sign(claims, by: signer, spoiling: spoiling(word, claim))
    }
}
