internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// The authorization endpoint. Source: RFC 6749 §4.1, OpenID Connect Core §3.1.2, RFC 7636, RFC 9207.
extension OIDCProvider {
    static let prompts = ["none", "login", "consent", "select_account"]

    private enum Refusal: Error {
        /// The client or its address is in doubt, so nobody is sent anywhere (RFC 6749 §4.1.2.1).
        case here(OAuthError)
        case there(OAuthError, Callback)
    }

    mutating func authorize(_ request: HTTPRequest, _ parameters: Parameters) -> IdentityAnswer {
        do throws(Refusal) {
            let authorization = try authorization(parameters)
            return try decide(request, parameters, authorization)
        } catch {
            switch error {
            case .here(let error): return refused(error, request)
            case .there(let error, let callback): return refused(error, to: callback)
            }
        }
    }

    private func authorization(_ parameters: Parameters) throws(Refusal) -> Authorization {
        guard let id = parameters["client_id"] else {
            throw .here(OAuthError(.invalidRequest, "client_id is missing"))
        }
        guard let client = clients[id] else {
            throw .here(OAuthError(.invalidClient, "there is no client '\(id)'"))
        }
        let written = parameters["redirect_uri"]
        let own = client.redirectURIs.first.flatMap {
            client.redirectURIs.count == 1 && !$0.hasSuffix("/*") ? $0 : nil
        }
        guard let address = written ?? own else {
            throw .here(OAuthError(.invalidRequest, "redirect_uri is missing"))
        }
        guard RedirectURI.isRegistered(address, among: client.redirectURIs) else {
            throw .here(
                OAuthError(.invalidRequest, "redirect_uri '\(address)' is not one of client '\(id)'"))
        }
        let callback = Callback(
            client: id, address: address,
            mode: parameters["response_mode"].flatMap(Callback.Mode.init) ?? .query,
            state: parameters["state"])
        do throws(OAuthError) {
            var authorization = try checked(parameters, client, callback)
            authorization.namesRedirect = written != nil
            return authorization
        } catch {
            throw .there(error, callback)
        }
    }

    private func checked(
        _ parameters: Parameters, _ client: OIDCSettings.Client, _ callback: Callback
    ) throws(OAuthError) -> Authorization {
        if let name = parameters.repeated { throw OAuthError(.invalidRequest, "\(name) is there twice") }
        if parameters["request"] != nil {
            throw OAuthError(.requestNotSupported, "request objects are not taken")
        }
        if parameters["request_uri"] != nil {
            throw OAuthError(.requestURINotSupported, "request objects are not taken")
        }
        if parameters["registration"] != nil {
            throw OAuthError(.registrationNotSupported, "clients are registered in the double's options")
        }
        guard let type = parameters["response_type"] else {
            throw OAuthError(.invalidRequest, "response_type is missing")
        }
        guard type == "code" else {
            throw OAuthError(.unsupportedResponseType, "response_type is 'code', found '\(type)'")
        }
        if let mode = parameters["response_mode"], Callback.Mode(rawValue: mode) == nil {
            throw OAuthError(
                .invalidRequest, "response_mode is query, fragment or form_post, found '\(mode)'")
        }
        guard client.grants.contains(.authorizationCode) else {
            throw OAuthError(.unauthorizedClient, "client '\(client.id)' may not use authorization_code")
        }
        let scopes = try scopes(parameters["scope"], of: client)
        if scopes.contains("openid"), parameters["redirect_uri"] == nil {
            throw OAuthError(.invalidRequest, "redirect_uri is missing, which OpenID Connect wants")
        }
        var authorization = Authorization(
            callback: callback, scopes: scopes, namesRedirect: true, nonce: parameters["nonce"])
        try readChallenge(parameters, client, &authorization)
        return authorization
    }

    /// Scopes in the order asked for, each once.
    func scopes(_ text: String?, of client: OIDCSettings.Client) throws(OAuthError) -> [String] {
        var scopes: [String] = []
        for scope in (text ?? "").split(separator: " ").map(String.init) where !scopes.contains(scope) {
            guard client.scopes.contains(scope) else {
                throw OAuthError(.invalidScope, "client '\(client.id)' has no scope '\(scope)'")
            }
            scopes.append(scope)
        }
        return scopes
    }

    /// Source: RFC 7636 §4.3, §4.4.1.
    private func readChallenge(
        _ parameters: Parameters, _ client: OIDCSettings.Client, _ authorization: inout Authorization
    ) throws(OAuthError) {
        let method = parameters["code_challenge_method"]
        guard let challenge = parameters["code_challenge"] else {
            if method != nil { throw OAuthError(.invalidRequest, "code_challenge is missing") }
            let isRequired =
                switch settings.options.pkce {
                case .required: true
                case .publicClients: client.isPublic
                case .optional: false
                }
            guard !isRequired else {
                throw OAuthError(
                    .invalidRequest, "code_challenge is missing: client '\(client.id)' must use PKCE")
            }
            return
        }
        authorization.challenge = challenge
        switch method ?? "plain" {
        case "S256":
            guard Base64.decode(challenge)?.count == 32, challenge.utf8.count == 43 else {
                throw OAuthError(.invalidRequest, "code_challenge is no base64url text of 32 bytes")
            }
        case "plain":
            guard settings.options.allowsPlainPKCE else {
                throw OAuthError(.invalidRequest, "code_challenge_method is S256; plain proves nothing")
            }
            guard Self.isVerifier(challenge) else {
                throw OAuthError(.invalidRequest, "code_challenge has 43 to 128 unreserved characters")
            }
            authorization.isPlain = true
        case let other:
            throw OAuthError(.invalidRequest, "code_challenge_method is S256, found '\(other)'")
        }
    }

    /// Source: RFC 7636 §4.1.
    static func isVerifier(_ text: String) -> Bool {
        (43...128).contains(text.utf8.count) && percentEncoded(text, for: .query) == text
    }

    /// Whether a person is asked, and who it is otherwise.
    private mutating func decide(
        _ request: HTTPRequest, _ parameters: Parameters, _ authorization: Authorization
    ) throws(Refusal) -> IdentityAnswer {
        let callback = authorization.callback
        if let word = switches.word("authorize", client: callback.client) {
            throw .there(
                OAuthError(OAuthError.Code(rawValue: word) ?? .serverError, "a switch of the double says so"),
                callback)
        }
        let prompts = Set((parameters["prompt"] ?? "").split(separator: " ").map(String.init))
        if let unknown = prompts.first(where: { !Self.prompts.contains($0) }) {
            throw .there(OAuthError(.invalidRequest, "prompt has no '\(unknown)'"), callback)
        }
        guard !prompts.contains("none") || prompts.count == 1 else {
            throw .there(OAuthError(.invalidRequest, "prompt=none goes with nothing else"), callback)
        }
        var oldest: Int64?
        if let text = parameters["max_age"] {
            guard let seconds = Int64(text), seconds >= 0 else {
                throw .there(OAuthError(.invalidRequest, "max_age is a number of seconds"), callback)
            }
            oldest = self.seconds - seconds
        }
        if settings.options.login == .automatic {
            let hinted = parameters["login_hint"].flatMap { users[$0] }
            let named = settings.options.user.flatMap { users[$0] }
            guard let user = hinted ?? named ?? settings.users.first else {
                throw .there(OAuthError(.loginRequired, "the double knows nobody"), callback)
            }
            return granted(authorization, Login(user: user.username, at: seconds, methods: ["pwd"]))
        }
        let session = request.cookie(Self.cookie).flatMap { sessions[$0, at: now] }
        let asks = prompts.contains("login") || prompts.contains("select_account")
        if let session, !asks, session.login.at >= oldest ?? .min {
            var login = session.login
            login.session = session.id
            return granted(authorization, login)
        }
        guard !prompts.contains("none") else {
            throw .there(OAuthError(.loginRequired, "nobody is logged in"), callback)
        }
        let ticket = random.text()
        guard tickets.insert(Ticket(authorization: authorization), for: ticket, until: now + 600_000, at: now)
        else { return .full("\(tickets.capacity) logins that wait for somebody") }
        return .page(200, OIDCPages.login(ticket: ticket, hint: parameters["login_hint"] ?? ""))
    }

    /// Sends the browser back with a code.
    mutating func granted(_ authorization: Authorization, _ login: Login, cookie: String? = nil)
        -> IdentityAnswer
    {
        let code = random.text()
        let grant = Grant(
            client: authorization.callback.client, scopes: authorization.scopes, login: login,
            nonce: authorization.nonce)
        let expires = now + settings.code
        // A used code is remembered for longer, to find out that it comes again.
        guard
            codes.insert(
                Code(grant: grant, authorization: authorization, expires: expires), for: code,
                until: max(expires, now + 600_000), at: now)
        else { return .full("\(codes.capacity) authorization codes") }
        return sent([("code", code)], to: authorization.callback, cookie: cookie)
    }

    // MARK: The way back

    func refused(_ error: OAuthError, _ request: HTTPRequest) -> IdentityAnswer {
        guard !request.wantsPage else {
            return .page(400, OIDCPages.refusal(error.code.rawValue, error.description))
        }
        return .json(
            400,
            ["error": .string(error.code.rawValue), "error_description": .string(error.description)])
    }

    mutating func refused(_ error: OAuthError, to callback: Callback) -> IdentityAnswer {
        sent([("error", error.code.rawValue), ("error_description", error.description)], to: callback)
    }

    private mutating func sent(
        _ members: [(String, String)], to callback: Callback, cookie: String? = nil
    ) -> IdentityAnswer {
        var (members, state, issuer) = (members, callback.state, issuer)
        switch switches.word("callback", client: callback.client) {
        case "wrong-state"?: state = "wrong"
        case "missing-state"?: state = nil
        case "wrong-issuer"?: issuer = "https://elsewhere.invalid"
        case "missing-code"?: members.removeAll { $0.0 == "code" }
        default: break
        }
        if let state { members.append(("state", state)) }
        members.append(("iss", issuer))
        let headers = cookie.map { [("Set-Cookie", $0)] } ?? []
        switch callback.mode {
        case .query: return .redirect(to: adding(members, to: callback.address), headers: headers)
        case .fragment:
            let fragment = adding(members, to: "").dropFirst()
            return .redirect(to: callback.address + "#" + fragment, headers: headers)
        case .formPost:
            return .page(200, OIDCPages.post(members, to: callback.address), headers: headers)
        }
    }
}
