import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

/// A provider without a socket, whose clock is set by hand.
final class OIDCBed {
    static let begin: Int64 = 1_800_000_000_000
    static let verifier = "a-verifier-of-more-than-forty-three-characters-in-all"
    static let callback = "http://localhost/callback"

    var provider: OIDCProvider
    var now = OIDCBed.begin
    private var made: [Int: NamedKey] = [:]

    init(_ change: (inout OIDCOptions) -> Void = { _ in }) throws {
        var options = OIDCOptions()
        options.algorithm = .es256
        let place = SourceLocation(file: "login.yml", line: 1, column: 1)
        var web = OIDCOptions.Client("web", secret: Template(constant: "web secret+", at: place))
        web.redirectURIs = [Self.callback]
        web.postLogoutRedirectURIs = ["http://localhost/bye"]
        var spa = OIDCOptions.Client("spa")
        spa.redirectURIs = [Self.callback]
        options.clients = [web, spa]
        var ann = OIDCOptions.User("ann", password: "ann's")
        ann.roles = ["admin"]
        ann.claims = ["email": "ann@shop.test", "tenant": "blue"]
        var bob = OIDCOptions.User("bob", password: "bob's")
        bob.totp = "JBSWY3DPEHPK3PXP"
        options.users = [ann, bob]
        change(&options)
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var scope = TemplateScope(environment: environment, random: SeededRandom(seed: 1))
        let settings = try options.settings(named: "login", at: place, in: &scope)
        provider = OIDCProvider(settings, random: SeededRandom(seed: 2), at: now)
        provider.url = "http://127.0.0.1:1"
    }

    struct Answer {
        var status: Int
        var headers: HTTPHeaders
        var text: String
        var json: JSON { (try? JSON(parsing: text)) ?? .null }
        /// The parameters that a redirect carries.
        var sent: Parameters {
            Parameters((headers["location"] ?? "").drop { $0 != "?" && $0 != "#" }.dropFirst())
        }
        var error: String? { json["error"]?.stringValue ?? sent["error"] }
    }

    func ask(_ request: HTTPRequest) -> Answer {
        for number in provider.keysNeeded(for: request, at: now) where made[number] == nil {
            made[number] = NamedKey(SigningKey(.es256, seed: [UInt8(truncatingIfNeeded: number)]))
        }
        let answer = provider.answer(request, at: now, keys: made)
        return Answer(status: answer.status, headers: answer.headers, text: answer.body)
    }

    func get(_ target: String, _ headers: [(String, String)] = []) -> Answer {
        ask(HTTPRequest(method: "GET", target: target, headers: HTTPHeaders(headers)))
    }

    func post(
        _ path: String, _ form: [(String, String)], as client: String? = "web:web%20secret%2B",
        _ headers: [(String, String)] = []
    ) -> Answer {
        var all = HTTPHeaders([("Content-Type", "application/x-www-form-urlencoded")] + headers)
        if let client { all["Authorization"] = "Basic " + Base64.standard.encode(Array(client.utf8)) }
        let body = adding(form, to: "").dropFirst()
        return ask(HTTPRequest(method: "POST", target: path, headers: all, body: Array(body.utf8)))
    }

    func put(_ target: String, _ body: String) -> Answer {
        ask(HTTPRequest(method: "PUT", target: target, body: Array(body.utf8)))
    }

    /// The authorization endpoint, with what is usual unless said.
    func authorize(_ changes: [String: String?] = [:], _ headers: [(String, String)] = []) -> Answer {
        let challenge = Base64.url.encode(Crypto.sha256(Array(Self.verifier.utf8)))
        var all: [String: String?] = [
            "client_id": "web", "redirect_uri": Self.callback, "response_type": "code",
            "scope": "openid email", "state": "s t", "nonce": "n", "code_challenge": challenge,
            "code_challenge_method": "S256",
        ]
        all.merge(changes) { $1 }
        let pairs = all.sorted { $0.key < $1.key }.compactMap { name, value in value.map { (name, $0) } }
        return get(adding(pairs, to: "/authorize"), headers)
    }

    /// Exchanges a code.
    func exchange(
        _ code: String, _ changes: [String: String?] = [:], as client: String? = "web:web%20secret%2B"
    )
        -> Answer
    {
        var all: [String: String?] = [
            "grant_type": "authorization_code", "code": code, "redirect_uri": Self.callback,
            "code_verifier": Self.verifier,
        ]
        all.merge(changes) { $1 }
        return post("/token", all.compactMap { name, value in value.map { (name, $0) } }, as: client)
    }

    func tokens(_ changes: [String: String?] = [:]) throws -> JSON {
        let answer = exchange(try #require(authorize(changes).sent["code"]))
        try #require(answer.status == 200, "\(answer.text)")
        return answer.json
    }

    func refresh(_ tokens: JSON, _ more: [(String, String)] = []) -> Answer {
        let token = tokens["refresh_token"]?.stringValue ?? ""
        return post("/token", [("grant_type", "refresh_token"), ("refresh_token", token)] + more)
    }

    func isActive(_ token: JSON?) -> Bool {
        post("/introspect", [("token", token?.stringValue ?? "")]).json["active"] == true
    }

    static func claims(_ token: JSON?) throws -> JSON {
        let parts = try #require(token?.stringValue).split(separator: ".")
        return try JSON(parsing: try #require(Base64.decode(String(parts[1]))))
    }
}
