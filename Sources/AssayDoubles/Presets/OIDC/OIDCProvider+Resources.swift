internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// What is asked with tokens and about them.
extension OIDCProvider {
    /// An access token that counts: not lapsed, not revoked, not made wrong.
    private func counting(_ token: String) -> AccessToken? {
        guard let record = accessTokens[Self.key(of: token), at: now], !record.isSpoilt else { return nil }
        if let family = record.family, families[family, at: now] == nil { return nil }
        return record
    }

    /// Source: OpenID Connect Core §5.3, RFC 6750 §3.
    mutating func userinfo(_ request: HTTPRequest) -> IdentityAnswer {
        guard let token = request.bearer ?? request.form["access_token"] else {
            return .json(
                401, ["error": "missing_token"], headers: [("WWW-Authenticate", #"Bearer realm="assay""#)])
        }
        guard let record = counting(token) else {
            return refused(OAuthError(.invalidToken, "the access token does not count, or no longer"))
        }
        switch switches.word("userinfo", client: record.client) {
        case "invalid_token"?: return refused(OAuthError(.invalidToken, "a switch of the double says so"))
        case "server_error"?: return .json(500, ["error": "server_error"])
        case "wrong-subject"?: return .json(200, ["sub": "somebody-else"])
        default: break
        }
        guard record.scopes.contains("openid"), let user = record.login.flatMap({ users[$0.user] }) else {
            return refused(OAuthError(.insufficientScope, "userinfo needs the scope openid"))
        }
        var answer: JSONObject = ["sub": .string(user.id)]
        for (name, value) in claims(about: user, scopes: record.scopes) where name != "sub" {
            answer[name] = value
        }
        return .json(200, .object(answer), headers: [("Cache-Control", "no-store")])
    }

    private func refused(_ error: OAuthError) -> IdentityAnswer {
        let code = error.code.rawValue
        let header = #"Bearer realm="assay", error="\#(code)", error_description="\#(error.description)""#
        return .json(
            error.status, ["error": .string(code), "error_description": .string(error.description)],
            headers: [("WWW-Authenticate", header)])
    }

    /// Source: RFC 7662.
    mutating func introspect(_ request: HTTPRequest) -> IdentityAnswer {
        do throws(OAuthError) {
            let (client, form) = try authenticated(request)
            guard !client.isPublic else {
                throw OAuthError(.invalidClient, "only clients with a secret may ask about tokens")
            }
            guard let token = form["token"] else { throw OAuthError(.invalidRequest, "token is missing") }
            return .json(
                200, .object(introspected(token) ?? ["active": false]),
                headers: [("Cache-Control", "no-store")])
        } catch {
            return refused(error, challenged: request.headers.contains("authorization"))
        }
    }

    private func introspected(_ token: String) -> JSONObject? {
        func members(_ client: String, _ scopes: [String], _ login: Login?) -> JSONObject {
            var members: JSONObject = [
                "active": true, "scope": .string(scopes.joined(separator: " ")), "client_id": .string(client),
                "iss": .string(issuer), "sub": .string(login.flatMap { users[$0.user]?.id } ?? client),
            ]
            if let login { members["username"] = .string(login.user) }
            return members
        }
        if let record = counting(token) {
            var members = members(record.client, record.scopes, record.login)
            members["token_type"] = "Bearer"
            members["exp"] = .int(record.expires)
            members["iat"] = .int(record.issued)
            members["aud"] = .string(record.audience)
            members["jti"] = .string(record.id)
            return members
        }
        guard let (id, serial) = refreshToken(token), let family = families[id, at: now],
            serial == family.serial, now < family.expires
        else { return nil }
        var members = members(family.grant.client, family.grant.scopes, family.grant.login)
        members["exp"] = .int(family.expires / 1000)
        members["iat"] = .int(family.issued)
        return members
    }

    /// Source: RFC 7009.
    mutating func revoke(_ request: HTTPRequest) -> IdentityAnswer {
        do throws(OAuthError) {
            let (client, form) = try authenticated(request)
            guard let token = form["token"] else { throw OAuthError(.invalidRequest, "token is missing") }
            let key = Self.key(of: token)
            if let record = accessTokens[key, at: now] {
                try check(record.client, client)
                accessTokens[key, at: now] = nil
            } else if let (id, _) = refreshToken(token), let family = families[id, at: now] {
                try check(family.grant.client, client)
                // The access tokens of the same grant go with it (RFC 7009 §2.1).
                families[id, at: now] = nil
            }
            // One that is unknown is as good as revoked (RFC 7009 §2.2).
            return .json(200, [:], headers: [("Cache-Control", "no-store")])
        } catch {
            return refused(error, challenged: request.headers.contains("authorization"))
        }
    }

    private func check(_ owner: String, _ client: OIDCSettings.Client) throws(OAuthError) {
        guard owner == client.id else {
            throw OAuthError(.unauthorizedClient, "the token was given to another client")
        }
    }

    /// Source: OpenID Connect RP-Initiated Logout §2.
    mutating func logOut(_ request: HTTPRequest, _ parameters: Parameters) -> IdentityAnswer {
        var hinted: JSONObject?
        if let hint = parameters["id_token_hint"] {
            // One that has lapsed still says who it was.
            guard let claims = try? JSONWebToken.claims(of: hint, signedBy: signers),
                claims["iss"] == .string(issuer)
            else {
                return refused(
                    OAuthError(.invalidRequest, "id_token_hint is not signed by this provider"), request)
            }
            hinted = claims
        }
        let named = hinted?["aud"]?.stringValue
        if let id = parameters["client_id"], let named, id != named {
            return refused(
                OAuthError(.invalidRequest, "id_token_hint is not of client '\(id)'"), request)
        }
        let client = (named ?? parameters["client_id"]).flatMap { clients[$0] }
        let address = parameters["post_logout_redirect_uri"]
        if let address {
            guard let client else {
                return refused(
                    OAuthError(.invalidRequest, "post_logout_redirect_uri needs id_token_hint or client_id"),
                    request)
            }
            guard RedirectURI.isRegistered(address, among: client.postLogoutRedirectURIs) else {
                return refused(
                    OAuthError(
                        .invalidRequest,
                        "post_logout_redirect_uri '\(address)' is not one of client '\(client.id)'"), request)
            }
        }
        if let cookie = request.cookie(Self.cookie) { sessions[cookie, at: now] = nil }
        if let id = hinted?["sid"]?.stringValue { sessions.removeAll { $0.id == id } }
        let gone = [("Set-Cookie", "\(Self.cookie)=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")]
        guard let address else { return .page(200, OIDCPages.message("You are logged out"), headers: gone) }
        let state = parameters["state"].map { [("state", $0)] } ?? []
        return .redirect(to: adding(state, to: address), headers: gone)
    }
}
