internal import AssayNet

/// Who somebody is, by password and one-time code.
extension OIDCProvider {
    static let cookie = "assay_session"
    /// So many wrong answers end a login.
    private static let failures = 5

    enum LoginOutcome {
        case accepted(Login)
        /// The password is right; the user has one-time codes, and none came.
        case needsCode
        case refused(String)
    }

    mutating func check(_ name: String, password: String?, code: String?) -> LoginOutcome {
        guard let user = users[name] else { return .refused("Unknown user or wrong password.") }
        if let expected = user.password {
            guard Crypto.equal(Array(expected.utf8), Array((password ?? "").utf8)) else {
                return .refused("Unknown user or wrong password.")
            }
        }
        guard let totp = user.totp else {
            return .accepted(Login(user: name, at: seconds, methods: ["pwd"]))
        }
        guard let code else { return .needsCode }
        return check(code: code, of: name, totp)
    }

    private mutating func check(code: String, of name: String, _ totp: TOTP) -> LoginOutcome {
        guard let step = totp.step(of: code, now: seconds, after: usedSteps[name]) else {
            return .refused("This code does not count.")
        }
        usedSteps[name] = step
        return .accepted(Login(user: name, at: seconds, methods: ["pwd", "otp", "mfa"]))
    }

    /// `POST /login`: what the form of the authorization endpoint sends.
    mutating func logIn(_ request: HTTPRequest) -> IdentityAnswer {
        let form = request.form
        guard let id = form["ticket"], var ticket = tickets[id, at: now] else {
            return refused(
                OAuthError(.invalidRequest, "this login is over; begin again at the client"), request)
        }
        if form["cancel"] != nil {
            tickets[id, at: now] = nil
            return refused(
                OAuthError(.accessDenied, "the user cancelled"), to: ticket.authorization.callback)
        }
        let outcome: LoginOutcome
        if let name = ticket.user, let totp = users[name]?.totp {
            outcome = check(code: form["code"] ?? "", of: name, totp)
        } else {
            outcome = check(form["username"] ?? "", password: form["password"], code: form["code"])
        }
        switch outcome {
        case .accepted(let login):
            tickets[id, at: now] = nil
            return loggedIn(login, ticket.authorization)
        case .needsCode:
            ticket.user = form["username"]
            tickets[id, at: now] = ticket
            return .page(200, OIDCPages.code(ticket: id))
        case .refused(let reason):
            ticket.failures += 1
            guard ticket.failures < Self.failures else {
                tickets[id, at: now] = nil
                return refused(
                    OAuthError(.accessDenied, "\(Self.failures) wrong answers"),
                    to: ticket.authorization.callback)
            }
            tickets[id, at: now] = ticket
            let page =
                ticket.user == nil
                ? OIDCPages.login(ticket: id, hint: form["username"] ?? "", problem: reason)
                : OIDCPages.code(ticket: id, problem: reason)
            return .page(401, page)
        }
    }

    /// Keeps a session, so that the next client need not ask.
    private mutating func loggedIn(_ login: Login, _ authorization: Authorization) -> IdentityAnswer {
        let (cookie, id) = (random.text(), random.text(bytes: 12))
        var login = login
        login.session = id
        guard
            sessions.insert(
                Session(id: id, login: login), for: cookie, until: now + settings.session, at: now)
        else { return .full("\(sessions.capacity) sessions") }
        return granted(
            authorization, login, cookie: "\(Self.cookie)=\(cookie); Path=/; HttpOnly; SameSite=Lax")
    }
}
