internal import AssayFormats
internal import AssayNet

/// JSON Web Tokens signed with HMAC-SHA-256. Source: RFC 7515, RFC 7519.
enum JSONWebToken {
    /// Why a token does not count.
    enum Refusal: String, Error {
        case missing = "missing_token"
        case malformed = "malformed_token"
        case algorithm = "unsupported_algorithm"
        case signature = "bad_signature"
        case expired = "token_expired"
        case issuer = "wrong_issuer"
        case audience = "wrong_audience"
    }

    static func sign(_ claims: JSONObject, key: [UInt8]) -> String {
        let parts = [#"{"alg":"HS256","typ":"JWT"}"#, JSON.object(claims).rendered()]
        let signed = parts.map { Base64.url.encode(Array($0.utf8)) }.joined(separator: ".")
        return signed + "." + Base64.url.encode(Crypto.hmacSHA256(key: key, Array(signed.utf8)))
    }

    /// - Parameter now: seconds since 1970; a token counts as long as this is less than its `exp`.
    /// - Returns: the claims of a token that counts.
    static func verify(
        _ token: Substring, key: [UInt8], issuer: String, audience: String, now: Int64
    ) throws(Refusal) -> JSONObject {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, let header = object(parts[0]), let signature = Base64.decode(parts[2]) else {
            throw .malformed
        }
        guard header["alg"] == "HS256", header["crit"] == nil else { throw .algorithm }
        let expected = Crypto.hmacSHA256(key: key, Array("\(parts[0]).\(parts[1])".utf8))
        guard Crypto.equal(signature, expected) else { throw .signature }
        guard let claims = object(parts[1]), let expiry = claims["exp"]?.doubleValue else { throw .malformed }
        guard Double(now) < expiry else { throw .expired }
        guard claims["iss"] == .string(issuer) else { throw .issuer }
        guard claims["aud"] == .string(audience) else { throw .audience }
        return claims
    }

    private static func object(_ part: String) -> JSONObject? {
        Base64.decode(part).flatMap { try? JSON(parsing: $0, maxDepth: 8) }?.objectValue
    }
}
