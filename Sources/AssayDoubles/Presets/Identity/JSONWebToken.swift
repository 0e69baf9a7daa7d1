internal import AssayFormats
internal import AssayNet

/// What signs a token.
enum TokenSigner: Sendable {
    /// HS256 with a secret that both sides know.
    case secret([UInt8])
    /// RS256 or ES256.
    case pair(NamedKey)

    var algorithm: String {
        switch self {
        case .secret: "HS256"
        case .pair(let key): key.pair.algorithm.rawValue
        }
    }

    /// `kid`.
    var id: String? { if case .pair(let key) = self { key.id } else { nil } }

    func sign(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .secret(let secret): Crypto.hmacSHA256(key: secret, message)
        case .pair(let key): key.pair.sign(message)
        }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        switch self {
        case .secret(let secret): Crypto.equal(signature, Crypto.hmacSHA256(key: secret, message))
        case .pair(let key): key.pair.verifies(signature, of: message)
        }
    }
}

/// JSON Web Tokens. Source: RFC 7515, RFC 7519.
enum JSONWebToken {
    /// Why a token does not count.
    enum Refusal: String, Error {
        case missing = "missing_token"
        case malformed = "malformed_token"
        case algorithm = "unsupported_algorithm"
        case signature = "bad_signature"
        case expired = "token_expired"
        case early = "token_not_yet_valid"
        case issuer = "wrong_issuer"
        case audience = "wrong_audience"
        case revoked = "token_revoked"
    }

    /// How a token is to be wrong.
    struct Spoiling {
        var fault: TokenFault
        /// What a ``TokenFault/missingClaim`` is without.
        var claim: String
        /// Signs where the key is to be ``TokenFault/unknownKey``.
        var foreign: TokenSigner
        /// Seconds since 1970.
        var now: Int64
    }

    /// - Parameter type: `typ`, like `at+jwt` of access tokens (RFC 9068 §2.1).
    static func sign(
        _ claims: JSONObject, type: String = "JWT", by signer: TokenSigner, spoiling: Spoiling? = nil
    ) -> String {
        var (claims, signer) = (claims, signer)
        spoiling?.fault.spoil(&claims, claim: spoiling?.claim ?? "", now: spoiling?.now ?? 0)
        var header: JSONObject = ["alg": .string(signer.algorithm), "typ": .string(type)]
        switch (spoiling?.fault, signer) {
        case (.unknownKey?, _):
            signer = spoiling?.foreign ?? signer
            header["kid"] = .string(signer.id ?? "unknown")
        case (.publicKeyAsSecret?, .pair(let key)):
            header["kid"] = .string(key.id)
            header["alg"] = "HS256"
            signer = .secret(Array(key.pair.publicPEM.utf8))
        default: if let id = signer.id { header["kid"] = .string(id) }
        }
        if spoiling?.fault == .noneAlgorithm {
            // RFC 7515 §A.5
            return signed(["alg": "none", "typ": .string(type)], claims) + "."
        }
        let text = signed(header, claims)
        var signature = signer.sign(Array(text.utf8))
        if spoiling?.fault == .badSignature { signature[signature.count / 2] ^= 1 }
        return text + "." + Base64.url.encode(signature)
    }

    private static func signed(_ header: JSONObject, _ claims: JSONObject) -> String {
        [header, claims].map { Base64.url.encode(Array(JSON.object($0).rendered().utf8)) }
            .joined(separator: ".")
    }

    /// The claims of a token that one of `signers` has signed, whatever they say.
    static func claims(of token: some StringProtocol, signedBy signers: [TokenSigner]) throws(Refusal)
        -> JSONObject
    {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false).map { String($0) }
        guard parts.count == 3, let header = object(parts[0]), let signature = Base64.decode(parts[2]) else {
            throw .malformed
        }
        // The signers say which algorithm is right, never the token (RFC 8725 §3.1).
        let fitting = signers.filter { header["alg"] == .string($0.algorithm) }
        guard !fitting.isEmpty, header["crit"] == nil else { throw .algorithm }
        let message = Array("\(parts[0]).\(parts[1])".utf8)
        let named = fitting.filter {
            $0.id == nil || header["kid"] == nil || header["kid"] == $0.id.map { .string($0) }
        }
        guard named.contains(where: { $0.verifies(signature, of: message) }) else { throw .signature }
        guard let claims = object(parts[1]) else { throw .malformed }
        return claims
    }

    /// - Parameter now: seconds since 1970; a token counts as long as this is less than its `exp`.
    /// - Returns: the claims of a token that counts.
    static func verify(
        _ token: some StringProtocol, signedBy signers: [TokenSigner], issuer: String, audience: String,
        now: Int64
    ) throws(Refusal) -> JSONObject {
        let claims = try claims(of: token, signedBy: signers)
        guard let expiry = claims["exp"]?.doubleValue else { throw .malformed }
        guard Double(now) < expiry else { throw .expired }
        if let start = claims["nbf"]?.doubleValue, Double(now) < start { throw .early }
        guard claims["iss"] == .string(issuer) else { throw .issuer }
        guard claims["aud"] == .string(audience) else { throw .audience }
        return claims
    }

    private static func object(_ part: String) -> JSONObject? {
        Base64.decode(part).flatMap { try? JSON(parsing: $0, maxDepth: 8) }?.objectValue
    }
}
