internal import AssayFormats
internal import AssayNet

/// Who sends a request, as their token says.
struct Caller {
    var user: String
    var role: String
    var isAdmin: Bool { role == "admin" }
}

/// Judges JSON Web Tokens signed with HS256. Source: RFC 7515 §5.2, RFC 7519 §7.2, RFC 8725 §3.1 (one algorithm, no choice).
struct TokenCheck {
    /// Why a token does not count, as `reason` of the 401.
    enum Refusal: String, Error {
        case missing = "missing_token"
        case malformed = "malformed_token"
        case algorithm = "unsupported_algorithm"
        case signature = "bad_signature"
        case expired = "token_expired"
        case notYet = "token_not_yet_valid"
        case issuer = "wrong_issuer"
        case audience = "wrong_audience"
        case subject = "no_subject"
    }

    var key: [UInt8]
    var issuer: String?
    var audience: String?

    /// - Parameters:
    ///   - authorization: the header's value.
    ///   - now: seconds since 1970; a token counts until the second before its `exp`.
    func caller(authorization: String?, now: Double) throws(Refusal) -> Caller {
        guard let authorization else { throw .missing }
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { throw .missing }
        let claims = try claims(of: words[1])
        guard let expiry = claims["exp"]?.doubleValue else { throw .malformed }
        guard now < expiry else { throw .expired }
        if let start = claims["nbf"]?.doubleValue, now < start { throw .notYet }
        if let issuer, claims["iss"]?.stringValue != issuer { throw .issuer }
        if let audience {
            let all = claims["aud"]?.arrayValue ?? claims["aud"].map { [$0] } ?? []
            guard all.contains(.string(audience)) else { throw .audience }
        }
        guard let user = claims["sub"]?.stringValue, (1...128).contains(user.utf8.count),
            !user.utf8.contains(0)
        else { throw .subject }
        return Caller(user: user, role: claims["role"]?.stringValue ?? "user")
    }

    /// The signature is judged before anything in the claims is looked at.
    private func claims(of token: Substring) throws(Refusal) -> JSONObject {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.object(parts[0]) else { throw .malformed }
        guard header["alg"] == "HS256", header["crit"] == nil else { throw .algorithm }
        guard let signature = Base64.decode(String(parts[2])) else { throw .malformed }
        let signed = Array("\(parts[0]).\(parts[1])".utf8)
        guard Crypto.equal(signature, Crypto.hmacSHA256(key: key, signed)) else { throw .signature }
        guard let claims = Self.object(parts[1]) else { throw .malformed }
        return claims
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64.decode(String(part)) else { return nil }
        return (try? JSON(parsing: bytes, maxDepth: 8))?.objectValue
    }
}
