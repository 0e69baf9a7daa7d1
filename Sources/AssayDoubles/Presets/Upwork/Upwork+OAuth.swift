internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

// OAuth 2.0 on Upwork's paths. Source: RFC 6749.
extension Upwork {
    /// An error of the token endpoint.
    private struct Refusal: Error {
        var status = 400
        var error: String
        var description: String
    }

    /// `GET /ab/account-security/oauth2/authorize`: nobody is asked, the code goes back at once.
    func authorize(_ request: HTTPRequest, at now: Int64) -> HTTPResponse {
        let query = Dictionary(queryPairs(request.query).map { ($0.name, $0.value) }) { first, _ in first }
        guard let client = query["client_id"], !client.isEmpty, clientID == nil || client == clientID else {
            return refused(Refusal(error: "invalid_client", description: "client_id is missing or unknown"))
        }
        guard let redirect = query["redirect_uri"], (try? URLParts(parsing: redirect)) != nil else {
            return refused(
                Refusal(error: "invalid_request", description: "redirect_uri is missing or no URL"))
        }
        guard options.redirects.isEmpty || options.redirects.contains(redirect) else {
            return refused(
                Refusal(error: "invalid_request", description: "redirect_uri is not one of the client's"))
        }
        var answer: [(String, String)] = []
        if query["response_type"] == "code" {
            let code = state.withLock { state in
                let name = OpenAIName.make("", 32, &state.random)
                state.tokens.keep(
                    .init(client: client, redirect: redirect, expires: now + UpworkTokens.codeLifetime),
                    as: name)
                return name
            }
            answer.append(("code", code))
        } else {
            answer.append(("error", "unsupported_response_type"))
        }
        if let echoed = query["state"] { answer.append(("state", echoed)) }
        let parameters = answer.map { "\($0.0)=\(percentEncoded($0.1, for: .query))" }.joined(separator: "&")
        var response = HTTPResponse(status: 302)
        response.headers["Location"] = redirect + (redirect.contains("?") ? "&" : "?") + parameters
        return response
    }

    /// `POST /api/v3/oauth2/token`.
    func token(_ request: HTTPRequest, _ readings: SwitchReadings, at now: Int64) -> HTTPResponse {
        do throws(Refusal) {
            let form = Dictionary(
                queryPairs(String(decoding: request.body, as: UTF8.self)).map { ($0.name, $0.value) }
            ) { first, _ in first }
            let client = try identified(request, form)
            if readings.isOn("token-error") {
                throw Refusal(error: "invalid_grant", description: "the grant is not accepted")
            }
            return granted(try grant(form, client, at: now))
        } catch {
            return refused(error)
        }
    }

    /// The client by HTTP Basic or by the form (RFC 6749 §2.3.1).
    private func identified(_ request: HTTPRequest, _ form: [String: String]) throws(Refusal) -> String {
        var (id, secret) = (form["client_id"] ?? "", form["client_secret"] ?? "")
        let words = (request.headers["authorization"] ?? "").split(separator: " ")
        if words.count == 2, words[0].lowercased() == "basic", let bytes = Base64.decode(String(words[1])) {
            let pair = String(decoding: bytes, as: UTF8.self)
                .split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            (id, secret) = (percentDecoded(pair[0]), pair.count > 1 ? percentDecoded(pair[1]) : "")
        }
        guard !id.isEmpty, clientID == nil || id == clientID, clientSecret == nil || secret == clientSecret
        else {
            throw Refusal(status: 401, error: "invalid_client", description: "client authentication failed")
        }
        return id
    }

    private func grant(
        _ form: [String: String], _ client: String, at now: Int64
    ) throws(Refusal) -> UpworkTokens.Pair {
        switch form["grant_type"] {
        case "authorization_code":
            let code = form["code"] ?? ""
            guard let given = state.withLock({ $0.tokens.take(code: code, at: now) }), given.client == client
            else {
                throw Refusal(error: "invalid_grant", description: "the code is unknown, used or expired")
            }
            guard given.redirect == form["redirect_uri"] else {
                throw Refusal(error: "invalid_grant", description: "redirect_uri is not that of the code")
            }
            return pair(of: client, refreshes: true, at: now)
        case "refresh_token":
            let refresh = form["refresh_token"] ?? ""
            guard let old = state.withLock({ $0.tokens.take(refresh: refresh, at: now) }),
                old.client == client
            else {
                throw Refusal(
                    error: "invalid_grant", description: "the refresh token is unknown, used or expired")
            }
            return pair(of: client, refreshes: true, at: now)
        case "client_credentials": return pair(of: client, refreshes: false, at: now)
        case nil: throw Refusal(error: "invalid_request", description: "grant_type is missing")
        default:
            throw Refusal(
                error: "unsupported_grant_type",
                description: "grant_type is authorization_code, refresh_token or client_credentials")
        }
    }

    private func pair(of client: String, refreshes: Bool, at now: Int64) -> UpworkTokens.Pair {
        let lifetime = options.tokenLifetime.nanoseconds / 1_000_000
        return state.withLock { state in
            let pair = UpworkTokens.Pair(
                access: OpenAIName.make("oauth2v2_", 32, &state.random),
                refresh: refreshes ? OpenAIName.make("oauth2v2_", 32, &state.random) : nil, client: client,
                accessExpires: now + lifetime, refreshExpires: now + UpworkTokens.refreshLifetime)
            state.tokens.keep(pair)
            return pair
        }
    }

    private func granted(_ pair: UpworkTokens.Pair) -> HTTPResponse {
        var body: JSONObject = [
            "access_token": .string(pair.access), "token_type": "Bearer",
            "expires_in": .int(options.tokenLifetime.nanoseconds / 1_000_000_000),
        ]
        if let refresh = pair.refresh { body["refresh_token"] = .string(refresh) }
        var response = json(200, .object(body))
        response.headers["Cache-Control"] = "no-store"
        return response
    }

    private func refused(_ refusal: Refusal) -> HTTPResponse {
        json(
            refusal.status,
            ["error": .string(refusal.error), "error_description": .string(refusal.description)])
    }
}
