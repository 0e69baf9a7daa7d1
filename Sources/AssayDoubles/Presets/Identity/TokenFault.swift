internal import AssayFormats

/// What can be wrong with a token that is made wrong on purpose.
enum TokenFault: String, Sendable, CaseIterable {
    case expired
    case notYetValid = "not-yet-valid"
    case wrongAudience = "wrong-audience"
    case wrongIssuer = "wrong-issuer"
    case wrongSubject = "wrong-subject"
    case badSignature = "bad-signature"
    case noneAlgorithm = "none-algorithm"
    case unknownKey = "unknown-key"
    /// HS256 with the published key as the secret, which a verifier that trusts `alg` takes for good.
    case publicKeyAsSecret = "public-key-as-secret"
    case missingClaim = "missing-claim"

    static let words = allCases.map(\.rawValue)

    /// Claims that are wrong in this way; faults of the signature leave them as they are.
    ///
    /// - Parameters:
    ///   - claim: which one is missing.
    ///   - now: seconds since 1970.
    func spoil(_ claims: inout JSONObject, claim: String, now: Int64) {
        switch self {
        case .expired:
            // Longer ago than any leeway that verifiers allow for clocks.
            let lifetime = (claims["exp"]?.intValue ?? now) - now
            for (name, moment) in [("exp", now - 3600), ("iat", now - 3600 - lifetime)] {
                if claims[name] != nil { claims[name] = .int(moment) }
            }
        case .notYetValid: claims["nbf"] = .int(now + 3600)
        case .wrongAudience: claims["aud"] = "somebody-else"
        case .wrongIssuer: claims["iss"] = "https://elsewhere.invalid"
        case .wrongSubject: claims["sub"] = "somebody-else"
        case .missingClaim: claims[claim] = nil
        case .badSignature, .noneAlgorithm, .unknownKey, .publicKeyAsSecret: break
        }
    }
}
