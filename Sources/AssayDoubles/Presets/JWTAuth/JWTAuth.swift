internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// An identity service: logs users in by Telegram id or name and signs JSON Web Tokens (HS256) for them.
///
/// | request | answer |
/// |---|---|
/// | `POST /auth/login` `{telegram_id, username}` or `{username, password}` | 200 `{token, user_id, expires_in, …}`, 401 |
/// | `POST /auth/register` `{username, password}` | 201 `{user_id, …}`, 409 when the name is taken |
/// | `GET /auth/verify` with a bearer token | 200 with its claims, 401 with the reason |
/// | `GET /health` | 200 |
/// | `GET /jwks.json` | no keys: one that both sides share is never published (RFC 7518 §8.5.1) |
///
/// Bodies are JSON or forms.
final class JWTAuth: DoubleService {
    struct Settings: Sendable {
        /// Its UTF-8 bytes sign the tokens.
        var key: String
        var lifetimeSeconds: Int64
        var issuer: String
        var audience: String
        var registersUnknown: Bool
        var users: [JWTAuthOptions.User]
    }

    /// What its bindings have besides the address.
    static let members = ["key", "issuer", "audience"]

    let settings: Settings
    private let key: [UInt8]
    private let nowMilliseconds: @Sendable () -> Int64
    private let directory: Mutex<UserDirectory>

    init(_ settings: Settings, nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.settings = settings
        self.nowMilliseconds = nowMilliseconds
        key = Array(settings.key.utf8)
        directory = Mutex(UserDirectory(settings.users, registersUnknown: settings.registersUnknown))
    }

    var bindings: JSONObject {
        JSONObject([
            ("key", .string(settings.key)), ("issuer", .string(settings.issuer)),
            ("audience", .string(settings.audience)),
        ])
    }

    var secrets: [String] { [settings.key] }

    var detail: String {
        let users = settings.users.count
        return "JSON Web Tokens (HS256), \(users) user\(users == 1 ? "" : "s")"
            + (settings.registersUnknown ? ", others are registered when they log in" : "")
    }

    func reset() {
        directory.withLock {
            $0 = UserDirectory(settings.users, registersUnknown: settings.registersUnknown)
        }
    }

    func answer(_ request: HTTPRequest) -> HTTPResponse {
        let method = request.method == "HEAD" ? "GET" : request.method
        switch (method, String(request.path)) {
        case ("POST", "/auth/login"): return answering(request, login)
        case ("POST", "/auth/register"): return answering(request, register)
        case ("GET", "/auth/verify"): return verify(request)
        case ("GET", "/health"): return json(200, ["status": "ok"])
        case ("GET", "/jwks.json"): return json(200, ["keys": []])
        case (_, "/auth/login"), (_, "/auth/register"): return notAllowed("POST")
        case (_, "/auth/verify"), (_, "/health"), (_, "/jwks.json"): return notAllowed("GET")
        default: return json(404, ["error": "not_found", "path": .string(String(request.path))])
        }
    }

    // MARK: Requests

    private func login(_ credentials: Credentials) -> HTTPResponse {
        switch directory.withLock({ $0.login(credentials) }) {
        case .success(let user): json(200, granted(user))
        case .failure(let refusal): refused(refusal)
        }
    }

    private func register(_ credentials: Credentials) -> HTTPResponse {
        switch directory.withLock({ $0.register(credentials) }) {
        case .success(let user): json(201, granted(user))
        case .failure(let refusal): refused(refusal)
        }
    }

    private func granted(_ user: UserDirectory.User) -> JSON {
        let now = nowMilliseconds() / 1000
        var claims = JSONObject([
            ("sub", .string(user.id)), ("role", .string(user.role)), ("iat", .int(now)),
            ("exp", .int(now + settings.lifetimeSeconds)), ("iss", .string(settings.issuer)),
            ("aud", .string(settings.audience)),
        ])
        if let name = user.username { claims["username"] = .string(name) }
        return [
            "token": .string(JSONWebToken.sign(claims, key: key)), "token_type": "Bearer",
            "user_id": .string(user.id), "role": .string(user.role),
            "expires_in": .int(settings.lifetimeSeconds),
        ]
    }

    private func verify(_ request: HTTPRequest) -> HTTPResponse {
        do throws(JSONWebToken.Refusal) {
            let words = (request.headers["authorization"] ?? "").split(separator: " ")
            guard words.count == 2, words[0].lowercased() == "bearer" else { throw .missing }
            let claims = try JSONWebToken.verify(
                words[1], key: key, issuer: settings.issuer, audience: settings.audience,
                now: nowMilliseconds() / 1000)
            return json(200, ["valid": true, "user_id": claims["sub"] ?? .null, "claims": .object(claims)])
        } catch {
            return json(401, ["valid": false, "error": .string(error.rawValue)])
        }
    }

    // MARK: Answers

    private func answering(
        _ request: HTTPRequest, _ act: (Credentials) -> HTTPResponse
    ) -> HTTPResponse {
        do {
            return act(try Credentials(body: request.body, type: request.headers["content-type"] ?? ""))
        } catch {
            return json(400, ["error": "bad_request", "reason": .string(error.reason)])
        }
    }

    private func refused(_ refusal: UserDirectory.Refusal) -> HTTPResponse {
        let status =
            switch refusal {
            case .unknownUser, .wrongPassword: 401
            case .nameTaken: 409
            case .nothingToLogInWith: 422
            case .full: 503
            }
        return json(status, ["error": .string(refusal.rawValue)])
    }

    private func notAllowed(_ method: String) -> HTTPResponse {
        var response = json(405, ["error": "method_not_allowed"])
        response.headers["Allow"] = method
        return response
    }

    private func json(_ status: Int, _ body: JSON) -> HTTPResponse {
        HTTPResponse(status: status, text: body.rendered(), type: "application/json")
    }
}
