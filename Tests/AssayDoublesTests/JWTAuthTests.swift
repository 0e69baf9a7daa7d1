import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("The preset jwt")
struct JWTAuthTests {
    private static let now: Int64 = 1_800_000_000
    private static let settings = JWTAuth.Settings(
        key: "top secret", lifetimeSeconds: 60, issuer: "auth", audience: "api", registersUnknown: true,
        users: [.init(username: "admin", password: "key", role: "admin")])

    private static func auth(at seconds: Int64 = now) -> JWTAuth {
        JWTAuth(settings) { seconds * 1000 + 999 }
    }

    private static func ask(
        _ auth: JWTAuth, _ method: String, _ path: String, _ body: String = "", token: String? = nil
    ) async throws -> (status: Int, body: JSON) {
        var headers = HTTPHeaders()
        if let token { headers["Authorization"] = "Bearer \(token)" }
        let request = HTTPRequest(method: method, target: path, headers: headers, body: Array(body.utf8))
        let response = await auth.answer(request)
        return (response.status, try JSON(parsing: response.body))
    }

    private static func token(_ auth: JWTAuth) async throws -> String {
        let answer = try await ask(auth, "POST", "/auth/login", #"{"telegram_id": 1}"#)
        return try #require(answer.body["token"]?.stringValue)
    }

    @Test("A token is signed as RFC 7515 signs its first example")
    func signature() async throws {
        // RFC 7515 §A.1.1: key, header and claims as they stand there, line breaks included.
        let key = try #require(
            Base64.decode(
                "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"))
        let token: Substring =
            "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
        #expect(throws: JSONWebToken.Refusal.audience) {
            try JSONWebToken.verify(
                token, signedBy: [.secret(key)], issuer: "joe", audience: "api", now: 1_300_819_379)
        }
        #expect(throws: JSONWebToken.Refusal.expired) {
            try JSONWebToken.verify(
                token, signedBy: [.secret(key)], issuer: "joe", audience: "api", now: 1_300_819_380)
        }
        #expect(throws: JSONWebToken.Refusal.signature) {
            try JSONWebToken.verify(
                token.dropLast() + "0", signedBy: [.secret(key)], issuer: "joe", audience: "api", now: 0)
        }
    }

    @Test("A login is answered with a token that says who, until when, and for whom")
    func claims() async throws {
        let answer = try await Self.ask(
            Self.auth(), "POST", "/auth/login", #"{"username": "admin", "password": "key"}"#)
        #expect(answer.status == 200)
        #expect(answer.body["expires_in"] == 60)
        let token = try #require(answer.body["token"]?.stringValue)
        let payload = try #require(Base64.decode(String(token.split(separator: ".")[1])))
        let claims = try JSON(parsing: payload)
        #expect(claims["sub"] == answer.body["user_id"])
        #expect(claims["role"] == "admin")
        #expect(claims["iat"] == .int(Self.now))
        #expect(claims["exp"] == .int(Self.now + 60))
        #expect(claims["iss"] == "auth")
        #expect(claims["aud"] == "api")
    }

    @Test(
        "A token counts until the second of its end", arguments: [(0, 200), (59, 200), (60, 401), (61, 401)])
    func lifetime(after seconds: Int64, status: Int) async throws {
        let token = try await Self.token(Self.auth())
        let answer = try await Self.ask(
            Self.auth(at: Self.now + seconds), "GET", "/auth/verify", token: token)
        #expect(answer.status == status)
        #expect(answer.body["error"] == (status == 200 ? nil : "token_expired"))
    }

    @Test("What is no whole token of its own is refused with the reason")
    func damaged() async throws {
        let good = try await Self.token(Self.auth())
        let parts = good.split(separator: ".")
        let none = Base64.url.encode(Array(#"{"alg":"none"}"#.utf8))
        let other = JSONWebToken.sign(
            JSONObject([("sub", "x"), ("exp", .int(Self.now + 5))]), by: .secret([1]))
        let foreign = JSONWebToken.sign(
            JSONObject([("exp", .int(Self.now + 5)), ("iss", "elsewhere"), ("aud", "api")]),
            by: .secret(Array("top secret".utf8)))
        let table: [(String?, String)] = [
            (nil, "missing_token"), ("garbage", "malformed_token"),
            ("\(parts[0]).\(parts[1])", "malformed_token"),
            ("\(good).x", "malformed_token"), ("\(none).\(parts[1]).", "unsupported_algorithm"),
            (other, "bad_signature"), ("\(good)A", "bad_signature"), (foreign, "wrong_issuer"),
        ]
        for (token, reason) in table {
            let answer = try await Self.ask(Self.auth(), "GET", "/auth/verify", token: token)
            #expect(answer.status == 401)
            #expect(answer.body["error"] == .string(reason), "\(token ?? "no token")")
        }
    }

    @Test(
        "Every path has its answer",
        arguments: [
            ("GET", "/health", 200), ("GET", "/jwks.json", 200), ("GET", "/auth/login", 405),
            ("POST", "/health", 405),
            ("GET", "/elsewhere", 404), ("POST", "/auth/login", 400), ("POST", "/auth/register", 400),
        ])
    func paths(method: String, path: String, status: Int) async throws {
        #expect(try await Self.ask(Self.auth(), method, path).status == status)
    }

    @Test("The key they share is not published")
    func keys() async throws {
        #expect(try await Self.ask(Self.auth(), "GET", "/jwks.json").body == ["keys": []])
    }
}
