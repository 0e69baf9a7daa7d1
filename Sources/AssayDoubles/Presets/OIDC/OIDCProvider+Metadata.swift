internal import AssayFormats
internal import AssayNet

extension OIDCProvider {
    /// Source: OpenID Connect Discovery §3, RFC 8414 §2.
    mutating func discovery() -> IdentityAnswer {
        let word = switches.word("discovery")
        if word == "server_error" { return .json(500, ["error": "server_error"]) }
        let options = settings.options
        func texts(_ texts: [String]) -> JSON { .array(texts.map { .string($0) }) }
        var members: JSONObject = [
            "issuer": .string(word == "wrong-issuer" ? "https://elsewhere.invalid" : issuer),
            "authorization_endpoint": .string(url + "/authorize"), "token_endpoint": .string(url + "/token"),
            "userinfo_endpoint": .string(url + "/userinfo"), "jwks_uri": .string(url + "/jwks.json"),
            "revocation_endpoint": .string(url + "/revoke"),
            "introspection_endpoint": .string(url + "/introspect"),
            "end_session_endpoint": .string(url + "/logout"),
        ]
        if options.grants.contains(.deviceCode) {
            members["device_authorization_endpoint"] = .string(url + "/device_authorization")
        }
        members["scopes_supported"] = texts(options.scopes)
        members["response_types_supported"] = ["code"]
        members["response_modes_supported"] = texts(Callback.Mode.allCases.map(\.rawValue))
        members["grant_types_supported"] = texts(options.grants.map(\.type))
        members["subject_types_supported"] = ["public"]
        members["id_token_signing_alg_values_supported"] = texts([options.algorithm.rawValue])
        let methods: JSON = ["client_secret_basic", "client_secret_post", "none"]
        members["token_endpoint_auth_methods_supported"] = methods
        members["revocation_endpoint_auth_methods_supported"] = methods
        members["introspection_endpoint_auth_methods_supported"] = [
            "client_secret_basic", "client_secret_post",
        ]
        members["code_challenge_methods_supported"] = texts(
            options.allowsPlainPKCE ? ["S256", "plain"] : ["S256"])
        members["prompt_values_supported"] = texts(Self.prompts)
        members["claims_supported"] = texts(
            ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "at_hash", "azp", "amr", "roles"]
                + Self.claimsOfScopes.flatMap(\.value))
        members["authorization_response_iss_parameter_supported"] = true
        members["request_parameter_supported"] = false
        members["request_uri_parameter_supported"] = false
        return .json(200, .object(members))
    }

    mutating func publishedKeys() -> IdentityAnswer {
        switch switches.word("jwks") {
        case "server_error"?: return .json(500, ["error": "server_error"])
        case "empty"?: return .json(200, ["keys": []])
        default: break
        }
        return .keySet(signers)
    }

    /// `GET /__assay/totp?username=ann`: the one-time code that counts now.
    func oneTimeCode(_ parameters: Parameters) -> IdentityAnswer {
        guard let name = parameters["username"], let user = users[name] else {
            return .json(404, ["error": "unknown_user"])
        }
        guard let totp = user.totp else { return .json(404, ["error": "user_has_no_totp"]) }
        let used = usedSteps[name] ?? -1
        let step = max(seconds / TOTP.period, min(used + 1, seconds / TOTP.period + 1))
        return .json(
            200,
            [
                "code": .string(totp.code(step: step)),
                "valid_for": .int((step + 2) * TOTP.period - seconds),
            ])
    }
}
