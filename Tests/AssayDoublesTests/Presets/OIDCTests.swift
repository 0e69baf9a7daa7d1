import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("The preset oidc")
struct OIDCTests {
    @Test("A code is exchanged for tokens that say who, for whom, until when")
    func code() throws {
        let bed = try OIDCBed()
        let back = bed.authorize()
        #expect(back.status == 302)
        #expect(back.sent["state"] == "s t")
        #expect(back.sent["iss"] == "http://127.0.0.1:1")
        let answer = bed.exchange(try #require(back.sent["code"]))
        #expect(answer.status == 200)
        #expect(answer.headers["cache-control"] == "no-store")
        let claims = try OIDCBed.claims(answer.json["id_token"])
        let seconds = OIDCBed.begin / 1000
        #expect(claims["iss"] == "http://127.0.0.1:1")
        #expect(claims["aud"] == "web")
        #expect(claims["azp"] == "web")
        #expect(claims["nonce"] == "n")
        #expect(claims["exp"] == .int(seconds + 3600))
        #expect(claims["auth_time"] == .int(seconds))
        #expect(claims["email"] == "ann@shop.test")
        #expect(claims["name"] == nil)
        #expect(claims["tenant"] == "blue")
        #expect(claims["roles"] == ["admin"])
        let access = try #require(answer.json["access_token"]?.stringValue)
        let half = Crypto.sha256(Array(access.utf8)).prefix(16)
        #expect(claims["at_hash"] == .string(Base64.url.encode(half)))
        #expect(try OIDCBed.claims(.string(access))["aud"] == "api")
        let info = bed.get("/userinfo", [("Authorization", "Bearer \(access)")])
        #expect(info.json["sub"] == claims["sub"])
    }

    @Test("The same seed gives the same answers")
    func replayed() throws {
        #expect(try OIDCBed().authorize().sent["code"] == OIDCBed().authorize().sent["code"])
    }

    @Test(
        "Errors go back to the client by its address",
        arguments: [
            (["response_type": nil], "invalid_request"),
            (["response_type": "token"], "unsupported_response_type"),
            (["scope": "openid nothing"], "invalid_scope"), (["prompt": "none login"], "invalid_request"),
            (["prompt": "sometimes"], "invalid_request"), (["max_age": "soon"], "invalid_request"),
            (["request": "x"], "request_not_supported"), (["request_uri": "x"], "request_uri_not_supported"),
            (["code_challenge_method": "plain"], "invalid_request"),
            (["code_challenge": "x"], "invalid_request"),
            (["code_challenge": nil], "invalid_request"), (["response_mode": "smoke"], "invalid_request"),
            (["client_id": "spa", "code_challenge": nil, "code_challenge_method": nil], "invalid_request"),
        ] as [([String: String?], String)])
    func redirected(changes: [String: String?], error: String) throws {
        let back = try OIDCBed().authorize(changes)
        #expect(back.status == 302)
        #expect(back.headers["location"]?.hasPrefix(OIDCBed.callback + "?") ?? false)
        #expect(back.error == error)
        #expect(back.sent["state"] == "s t")
    }

    @Test(
        "Nobody is sent to an address that is in doubt",
        arguments: [
            ["client_id": nil], ["client_id": "other"], ["redirect_uri": "http://evil.test/callback"],
            ["redirect_uri": OIDCBed.callback + "/more"],
        ] as [[String: String?]])
    func notRedirected(changes: [String: String?]) throws {
        let answer = try OIDCBed().authorize(changes)
        #expect(answer.status == 400)
        #expect(answer.headers["location"] == nil)
    }

    @Test("A repeated parameter is refused")
    func repeated() throws {
        let bed = try OIDCBed()
        let answer = bed.get(
            "/authorize?client_id=web&redirect_uri=http://localhost/callback&response_type=code&scope=a&scope=b"
        )
        #expect(answer.error == "invalid_request")
    }

    @Test(
        "A code is exchanged by who it is for, in time and with all that belongs to it",
        arguments: [
            (["code_verifier": nil], "invalid_grant"),
            (["code_verifier": "another-verifier-of-more-than-forty-three-characters"], "invalid_grant"),
            (["code_verifier": "short"], "invalid_grant"), (["redirect_uri": nil], "invalid_request"),
            (["redirect_uri": "http://localhost/other"], "invalid_grant"), (["code": "x"], "invalid_grant"),
            (["code": nil], "invalid_request"), (["grant_type": nil], "invalid_request"),
            (["grant_type": "password"], "unsupported_grant_type"),
        ] as [([String: String?], String)])
    func refusedExchange(changes: [String: String?], error: String) throws {
        let bed = try OIDCBed()
        let code = try #require(bed.authorize().sent["code"])
        let refused = bed.exchange(code, changes)
        #expect(refused.status == 400)
        #expect(refused.error == error)
        // What was wrong did not use it up.
        #expect(bed.exchange(code).status == 200)
    }

    @Test("A code lapses, and the code of another client is refused")
    func codesLapse() throws {
        let bed = try OIDCBed()
        let code = try #require(bed.authorize().sent["code"])
        #expect(bed.exchange(code, ["client_id": "spa"], as: nil).error == "invalid_grant")
        bed.now += 60_000
        let late = bed.exchange(code)
        #expect(late.json["error_description"] == "the code has lapsed")
    }

    @Test("A code that comes again revokes what it gave")
    func reusedCode() throws {
        let bed = try OIDCBed()
        let code = try #require(bed.authorize().sent["code"])
        let tokens = bed.exchange(code).json
        #expect(bed.isActive(tokens["access_token"]))
        #expect(bed.exchange(code).error == "invalid_grant")
        #expect(!bed.isActive(tokens["access_token"]))
        #expect(bed.refresh(tokens).error == "invalid_grant")
    }

    @Test("Refresh tokens count once; an old one ends its whole family")
    func refreshing() throws {
        let bed = try OIDCBed()
        let first = try bed.tokens()
        let second = bed.refresh(first)
        #expect(second.status == 200)
        #expect(try OIDCBed.claims(second.json["id_token"])["nonce"] == nil)
        #expect(bed.isActive(second.json["refresh_token"]))
        #expect(!bed.isActive(first["refresh_token"]))
        #expect(bed.refresh(first).error == "invalid_grant")
        #expect(bed.refresh(second.json).error == "invalid_grant")
        #expect(!bed.isActive(second.json["access_token"]))
    }

    @Test("A refresh may ask for less, not for more, and not too late")
    func refreshedScopes() throws {
        let bed = try OIDCBed()
        let tokens = try bed.tokens()
        #expect(bed.refresh(tokens, [("scope", "openid profile")]).error == "invalid_scope")
        let less = bed.refresh(tokens, [("scope", "openid")])
        #expect(less.json["scope"] == "openid")
        #expect(bed.refresh(less.json).json["scope"] == "openid email")
        let last = bed.refresh(try bed.tokens())
        bed.now += 30 * 86_400_000
        #expect(bed.refresh(last.json).error == "invalid_grant")
    }

    @Test(
        "A client proves who it is",
        arguments: [
            ("web:wrong", [], 401, "invalid_client"), ("other:x", [], 401, "invalid_client"),
            (nil, [("client_id", "web")], 401, "invalid_client"), (nil, [], 401, "invalid_client"),
            (nil, [("client_id", "web"), ("client_secret", "web secret+")], 200, nil),
            ("web:web%20secret%2B", [("client_secret", "web secret+")], 400, "invalid_request"),
            (nil, [("client_id", "spa")], 400, "unauthorized_client"),
            ("web:web%20secret%2B", [("scope", "openid")], 400, "invalid_scope"),
        ] as [(String?, [(String, String)], Int, String?)])
    func clients(header: String?, form: [(String, String)], status: Int, error: String?) throws {
        let answer = try OIDCBed().post("/token", [("grant_type", "client_credentials")] + form, as: header)
        #expect(answer.status == status)
        #expect(answer.error == error)
        #expect((answer.headers["www-authenticate"] != nil) == (status == 401 && header != nil))
    }

    @Test("The form asks for name, password and one-time code, and a code counts once")
    func form() throws {
        let bed = try OIDCBed { $0.login = .form }
        let page = bed.authorize()
        #expect(page.status == 200)
        let mark = #"name="ticket" value=""#
        func ticket(_ page: OIDCBed.Answer) -> String {
            String(page.text.split(separator: mark).last?.prefix { $0 != "\"" } ?? "")
        }
        let bob = [("username", "bob"), ("password", "bob's")]
        let wrong = bed.post(
            "/login", [("ticket", ticket(page)), ("username", "bob"), ("password", "x")], as: nil)
        #expect(wrong.status == 401)
        let asking = bed.post("/login", [("ticket", ticket(page))] + bob, as: nil)
        #expect(asking.status == 200 && asking.text.contains("one-time-code"))
        let code = try #require(bed.get("/__assay/totp?username=bob").json["code"]?.stringValue)
        let done = bed.post("/login", [("ticket", ticket(page)), ("code", code)], as: nil)
        #expect(done.status == 302)
        let tokens = bed.exchange(try #require(done.sent["code"])).json
        #expect(try OIDCBed.claims(tokens["id_token"])["amr"] == ["pwd", "otp", "mfa"])
        // The session goes on without a question, and the code is used up.
        let cookie = try #require(done.headers["set-cookie"]).prefix { $0 != ";" }
        #expect(bed.authorize(["prompt": "none"], [("Cookie", String(cookie))]).sent["code"] != nil)
        #expect(bed.authorize(["prompt": "none"]).error == "login_required")
        let again = bed.authorize(["prompt": "login"], [("Cookie", String(cookie))])
        let reused = bed.post("/login", [("ticket", ticket(again)), ("code", code)] + bob, as: nil)
        #expect(reused.status == 401)
        bed.now += 60_000
        #expect(bed.authorize(["max_age": "30"], [("Cookie", String(cookie))]).status == 200)
    }

    @Test("Five wrong answers end a login, and cancelling is told to the client")
    func givingUp() throws {
        let bed = try OIDCBed { $0.login = .form }
        func ticket() -> String {
            let text = bed.authorize().text
            return String(text.split(separator: #"name="ticket" value=""#).last?.prefix { $0 != "\"" } ?? "")
        }
        let first = ticket()
        var last: OIDCBed.Answer?
        for _ in 0..<5 { last = bed.post("/login", [("ticket", first), ("username", "<ann>")], as: nil) }
        #expect(last?.error == "access_denied")
        #expect(
            bed.post("/login", [("ticket", ticket()), ("cancel", "1")], as: nil).error == "access_denied")
        let page = bed.post("/login", [("ticket", ticket()), ("username", "\"><b>")], as: nil)
        #expect(!page.text.contains("<b>"))
    }

    @Test("Revoking an access token leaves the rest, revoking a refresh token takes all")
    func revoking() throws {
        let bed = try OIDCBed()
        let tokens = try bed.tokens()
        let access = tokens["access_token"]?.stringValue ?? ""
        #expect(
            bed.post("/revoke", [("token", access), ("client_id", "spa")], as: nil).error
                == "unauthorized_client")
        #expect(bed.isActive(tokens["access_token"]))
        #expect(bed.post("/revoke", [("token", access)]).status == 200)
        #expect(!bed.isActive(tokens["access_token"]))
        let second = bed.refresh(tokens).json
        #expect(bed.post("/revoke", [("token", second["refresh_token"]?.stringValue ?? "")]).status == 200)
        #expect(!bed.isActive(second["access_token"]))
        #expect(bed.post("/revoke", [("token", "unknown")]).status == 200)
    }

    @Test("Tokens lapse by the double's clock")
    func lapsing() throws {
        let bed = try OIDCBed()
        let tokens = try bed.tokens()
        bed.now += 3_599_000
        #expect(bed.isActive(tokens["access_token"]))
        bed.now += 1000
        #expect(!bed.isActive(tokens["access_token"]))
        let token = tokens["access_token"]?.stringValue ?? ""
        let answer = bed.get("/userinfo", [("Authorization", "Bearer \(token)")])
        #expect(answer.status == 401)
        #expect(answer.headers["www-authenticate"]?.contains(#"error="invalid_token""#) ?? false)
    }

    @Test("A device is told to wait, then gets what somebody allowed")
    func device() throws {
        let bed = try OIDCBed()
        let begun = bed.post("/device_authorization", [("scope", "openid")]).json
        let poll = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", begun["device_code"]?.stringValue ?? ""),
        ]
        #expect(bed.post("/token", poll).error == "authorization_pending")
        #expect(bed.post("/token", poll).error == "slow_down")
        let code = begun["user_code"]?.stringValue ?? ""
        #expect(bed.post("/device", [("user_code", code.lowercased())], as: nil).status == 200)
        bed.now += 5000
        #expect(bed.post("/token", poll).json["id_token"] != nil)
        #expect(bed.post("/token", poll).error == "invalid_grant")
    }

    @Test("Logging out needs a registered address to go back to")
    func loggingOut() throws {
        let bed = try OIDCBed()
        let hint = try bed.tokens()["id_token"]?.stringValue ?? ""
        let bye = adding(
            [("id_token_hint", hint), ("post_logout_redirect_uri", "http://localhost/bye"), ("state", "s")],
            to: "/logout")
        #expect(bed.get(bye).headers["location"] == "http://localhost/bye?state=s")
        let away = adding(
            [("id_token_hint", hint), ("post_logout_redirect_uri", "http://evil.test/")], to: "/logout")
        #expect(bed.get(away).status == 400)
        #expect(bed.get("/logout?id_token_hint=" + hint.dropLast(4)).status == 400)
        #expect(bed.get("/logout").status == 200)
    }

    @Test("Switches are turned for all, for one client, for one request, and back")
    func switches() throws {
        let bed = try OIDCBed()
        func expiry(_ headers: [(String, String)] = []) throws -> Int64 {
            let code = try #require(bed.authorize().sent["code"])
            let form = [
                ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", OIDCBed.callback),
                ("code_verifier", OIDCBed.verifier),
            ]
            let tokens = bed.post("/token", form, headers).json
            return try OIDCBed.claims(tokens["id_token"])["exp"]?.intValue ?? 0
        }
        let seconds = OIDCBed.begin / 1000
        #expect(try expiry([("X-Assay-Switches", "tokens=expired")]) < seconds)
        #expect(try expiry() > seconds)
        #expect(bed.put("/__assay/switches?client=spa", #"{"tokens": "expired"}"#).status == 200)
        #expect(try expiry() > seconds)
        #expect(bed.put("/__assay/switches?client=web", #"{"tokens": "expired"}"#).status == 200)
        #expect(try expiry() < seconds)
        #expect(try expiry([("X-Assay-Switches", "tokens=none")]) > seconds)
        #expect(bed.put("/__assay/switches?client=other", "{}").status == 404)
        #expect(bed.put("/__assay/switches", #"{"tokens": "expird"}"#).status == 422)
        _ = bed.ask(HTTPRequest(method: "DELETE", target: "/__assay/switches"))
        #expect(try expiry() > seconds)
        #expect(bed.get("/health", [("X-Assay-Switches", "tokenz=expired")]).status == 400)
    }

    @Test("What is wrong on purpose does not count here either", arguments: TokenFault.allCases)
    func spoilt(fault: TokenFault) throws {
        let bed = try OIDCBed()
        _ = bed.put("/__assay/switches", #"{"tokens": "\#(fault.rawValue)"}"#)
        let tokens = try bed.tokens()
        #expect(!bed.isActive(tokens["access_token"]))
        let good = try OIDCBed().tokens()
        let same = try OIDCBed.claims(tokens["id_token"]) == OIDCBed.claims(good["id_token"])
        let header = try #require(
            Base64.decode(String(tokens["id_token"]?.stringValue?.prefix { $0 != "." } ?? "")))
        let usual = try #require(
            Base64.decode(String(good["id_token"]?.stringValue?.prefix { $0 != "." } ?? "")))
        switch fault {
        case .noneAlgorithm, .unknownKey, .publicKeyAsSecret: #expect(header != usual)
        // The hash of the access token differs, as ECDSA never signs the same way twice.
        case .badSignature: #expect(header == usual)
        default: #expect(!same && header == usual)
        }
    }

    @Test(
        "Every path has its methods",
        arguments: [("GET", "/token", 405), ("PUT", "/authorize", 405), ("GET", "/x", 404)])
    func paths(method: String, path: String, status: Int) throws {
        #expect(try OIDCBed().ask(HTTPRequest(method: method, target: path)).status == status)
    }

    @Test("A reset forgets tokens and switches")
    func reset() throws {
        let bed = try OIDCBed()
        let tokens = try bed.tokens()
        _ = bed.put("/__assay/switches", #"{"tokens": "expired"}"#)
        bed.provider.reset()
        #expect(!bed.isActive(tokens["access_token"]))
        #expect(bed.isActive(try bed.tokens()["access_token"]))
    }
}
