import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("The preset jwt after the login")
struct JWTSessionTests {
    private static let begin: Int64 = 1_800_000_000_000

    private final class Bed {
        var core: JWTAuthCore
        var now = JWTSessionTests.begin
        private var made: [Int: NamedKey] = [:]

        init(_ algorithm: JWTAuthOptions.Algorithm = .hs256) {
            let settings = JWTAuth.Settings(
                key: "top secret", algorithm: algorithm, lifetimeSeconds: 60, refreshSeconds: 600,
                issuer: "auth", audience: "api", registersUnknown: true,
                users: [.init(username: "ann", role: "admin", roles: ["editor"])])
            core = JWTAuthCore(settings, random: SeededRandom(seed: 1), at: now)
        }

        func ask(
            _ method: String, _ target: String, _ body: JSON? = nil, token: JSON? = nil,
            _ more: [(String, String)] = []
        ) -> (status: Int, json: JSON, text: String) {
            var headers = HTTPHeaders(more)
            if let token = token?.stringValue { headers["Authorization"] = "Bearer \(token)" }
            let request = HTTPRequest(
                method: method, target: target, headers: headers, body: Array((body?.rendered() ?? "").utf8))
            for number in core.keysNeeded(for: request, at: now) where made[number] == nil {
                made[number] = NamedKey(SigningKey(.es256, seed: [UInt8(truncatingIfNeeded: number)]))
            }
            let answer = core.answer(request, at: now, keys: made)
            return (answer.status, (try? JSON(parsing: answer.body)) ?? .null, answer.body)
        }

        func login(_ more: [(String, String)] = []) -> JSON {
            ask("POST", "/auth/login", ["username": "ann"], more).json
        }

        func refresh(_ tokens: JSON) -> (status: Int, json: JSON, text: String) {
            ask("POST", "/auth/refresh", ["refresh_token": tokens["refresh_token"] ?? .null])
        }

        func verdict(_ tokens: JSON) -> JSON? {
            ask("GET", "/auth/verify", token: tokens["token"]).json["error"]
        }
    }

    @Test("A refresh token counts once; used again it ends its login")
    func refreshing() {
        let bed = Bed()
        let first = bed.login()
        bed.now += 61_000
        #expect(bed.verdict(first) == "token_expired")
        let second = bed.refresh(first)
        #expect(second.status == 200)
        #expect(second.json["user_id"] == first["user_id"])
        #expect(bed.verdict(second.json) == nil)
        #expect(bed.refresh(first).json == ["error": "refresh_token_reused"])
        #expect(bed.verdict(second.json) == "token_revoked")
        #expect(bed.refresh(second.json).json == ["error": "refresh_token_unknown"])
        #expect(bed.verdict(bed.login()) == nil)
    }

    @Test("A refresh token lapses, and one that is made up is unknown")
    func lapsing() {
        let bed = Bed()
        let tokens = bed.login()
        bed.now += 600_000
        #expect(bed.refresh(tokens).json == ["error": "refresh_token_expired"])
        #expect(bed.refresh(["refresh_token": "a.b"]).json == ["error": "refresh_token_unknown"])
        #expect(bed.refresh([:]).status == 400)
    }

    @Test("Logging out ends the tokens of this login, and of no other")
    func loggingOut() {
        let bed = Bed()
        let (first, second) = (bed.login(), bed.login())
        #expect(bed.ask("POST", "/auth/logout", token: first["token"]).status == 200)
        #expect(bed.verdict(first) == "token_revoked")
        #expect(bed.refresh(first).status == 401)
        #expect(bed.verdict(second) == nil)
        #expect(
            bed.ask("POST", "/auth/logout", ["refresh_token": second["refresh_token"] ?? .null]).status == 200
        )
        #expect(bed.verdict(second) == "token_revoked")
        #expect(bed.ask("POST", "/auth/logout").status == 401)
    }

    @Test("Roles are told, and wanted")
    func roles() {
        let bed = Bed()
        let token = bed.login()["token"]
        #expect(bed.ask("GET", "/auth/roles", token: token).json["roles"] == ["admin", "editor"])
        #expect(bed.ask("GET", "/auth/require?role=editor", token: token).status == 200)
        let refused = bed.ask("GET", "/auth/require?role=owner", token: token)
        #expect(refused.status == 403)
        #expect(refused.json["error"] == "role_missing")
        #expect(bed.ask("GET", "/auth/require", token: token).status == 400)
        #expect(bed.ask("GET", "/auth/require?role=editor").status == 401)
    }

    @Test("A key pair is published, replaced and dropped")
    func pairs() {
        let bed = Bed(.es256)
        let tokens = bed.login()
        #expect(bed.verdict(tokens) == nil)
        #expect(bed.ask("GET", "/jwks.json").json["keys"]?[0]?["alg"] == "ES256")
        #expect(bed.ask("GET", "/public.pem").text.hasPrefix("-----BEGIN PUBLIC KEY-----\n"))
        #expect(bed.ask("POST", "/__assay/rotate").status == 200)
        #expect(bed.ask("GET", "/jwks.json").json["keys"]?.arrayValue?.count == 2)
        #expect(bed.verdict(tokens) == nil)
        #expect(bed.ask("POST", "/__assay/rotate", ["drop": true]).status == 200)
        #expect(bed.verdict(tokens) == "bad_signature")
        #expect(bed.ask("POST", "/__assay/rotate", ["drip": true]).status == 400)
        #expect(Bed().ask("GET", "/public.pem").status == 404)
    }

    @Test(
        "Tokens are wrong in the way that a request asks for",
        arguments: [
            ("expired", "token_expired", "token_expired"),
            ("not-yet-valid", "token_not_yet_valid", "token_not_yet_valid"),
            ("wrong-audience", "wrong_audience", "wrong_audience"),
            ("wrong-issuer", "wrong_issuer", "wrong_issuer"),
            ("bad-signature", "bad_signature", "bad_signature"),
            ("none-algorithm", "unsupported_algorithm", "unsupported_algorithm"),
            ("unknown-key", "bad_signature", "bad_signature"),
            ("public-key-as-secret", nil, "unsupported_algorithm"),
            ("missing-claim, claim=exp", "malformed_token", "malformed_token"),
        ] as [(String, String?, String?)])
    func spoilt(word: String, secret: String?, pair: String?) {
        for (algorithm, error) in [(JWTAuthOptions.Algorithm.hs256, secret), (.es256, pair)] {
            let bed = Bed(algorithm)
            let tokens = bed.login([("X-Assay-Switches", "tokens=\(word)")])
            let seen = bed.verdict(tokens)?.stringValue
            #expect(seen == error, "\(algorithm)")
            #expect(bed.verdict(bed.login()) == nil)
        }
    }

    @Test(
        "Logins fail as the switch says",
        arguments: [
            ("wrong_password", 401), ("user_locked", 423), ("too_many_requests", 429), ("server_error", 500),
        ])
    func refused(word: String, status: Int) {
        let answer = Bed().ask(
            "POST", "/auth/login", ["username": "ann"], [("X-Assay-Switches", "login=\(word)")])
        #expect(answer.status == status)
        #expect(answer.json["error"] == .string(word))
    }
}
