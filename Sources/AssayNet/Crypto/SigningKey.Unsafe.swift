internal import COpenSSL

/// How a token is signed with a key pair. Source: RFC 7518 §3.3, §3.4.
public enum SignatureAlgorithm: String, Sendable, CaseIterable {
    /// RSA with 2048 bits, PKCS #1 v1.5 and SHA-256.
    case rs256 = "RS256"
    /// ECDSA on P-256 with SHA-256.
    case es256 = "ES256"
}

/// A key pair made from a seed, for signatures in tests: whoever knows the seed knows the key.
///
/// The same seed gives the same key everywhere. `@unchecked Sendable`: the key is never changed once made, and OpenSSL
/// lets several threads sign with one.
@safe public final class SigningKey: @unchecked Sendable {
    /// The numbers of the public half, big-endian, as a JSON Web Key has them (RFC 7518 §6).
    public enum PublicNumbers: Sendable, Equatable {
        case rsa(modulus: [UInt8], exponent: [UInt8])
        /// A point on P-256, 32 bytes each.
        case ec(x: [UInt8], y: [UInt8])
    }

    public let algorithm: SignatureAlgorithm
    public let publicNumbers: PublicNumbers
    private let key: OpaquePointer

    /// Makes the key of a seed.
    ///
    /// RSA takes 50 to 500 ms, for two primes are searched: call it through ``Blocking``. ECDSA takes less than 1 ms.
    public init(_ algorithm: SignatureAlgorithm, seed: [UInt8]) {
        self.algorithm = algorithm
        switch algorithm {
        case .rs256: unsafe (key, publicNumbers) = SeededKeys.rsa(seed)
        case .es256: unsafe (key, publicNumbers) = SeededKeys.ec(seed)
        }
    }

    deinit { unsafe EVP_PKEY_free(key) }

    /// Signs a message: 256 bytes for RS256, 64 bytes (r and s) for ES256.
    ///
    /// RS256 gives the same signature every time; ES256 draws a number of its own for each.
    ///
    /// - Complexity: about 1 ms with RSA, 0.1 ms with ECDSA.
    public func sign(_ message: [UInt8]) -> [UInt8] {
        let context = unsafe EVP_MD_CTX_new()
        // SAFETY: the context is freed once, after its last use.
        defer { unsafe EVP_MD_CTX_free(context) }
        var length = 0
        // SAFETY: `key` lives as long as this object; sizes passed are the arrays' own, and the first call says how
        // many bytes the second may write.
        guard unsafe EVP_DigestSignInit(context, nil, EVP_sha256(), nil, key) == 1,
            unsafe EVP_DigestSign(context, nil, &length, message, message.count) == 1
        else { preconditionFailure("OpenSSL signs with a key it has made") }
        var signature = [UInt8](repeating: 0, count: length)
        guard unsafe EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else {
            preconditionFailure("OpenSSL signs with a key it has made")
        }
        signature.removeLast(signature.count - length)
        return algorithm == .es256 ? Self.joined(der: signature) : signature
    }

    /// Whether a signature is this key's over the message.
    public func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard let written = algorithm == .es256 ? Self.der(joined: signature) : signature else {
            return false
        }
        let context = unsafe EVP_MD_CTX_new()
        // SAFETY: as in `sign`.
        defer { unsafe EVP_MD_CTX_free(context) }
        guard unsafe EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, key) == 1 else { return false }
        return unsafe EVP_DigestVerify(context, written, written.count, message, message.count) == 1
    }

    /// The public half as text that begins `-----BEGIN PUBLIC KEY-----` (RFC 7468 §13).
    public var publicPEM: String {
        let memory = unsafe BIO_new(BIO_s_mem())
        // SAFETY: the memory is freed once, after its last use; what is read is cut to what there was.
        defer { unsafe BIO_free(memory) }
        guard unsafe PEM_write_bio_PUBKEY(memory, key) == 1 else {
            preconditionFailure("OpenSSL writes a key it has made")
        }
        var text = [UInt8](repeating: 0, count: 4096)
        let count = unsafe BIO_read(memory, &text, Int32(text.count))
        return String(decoding: text.prefix(Int(max(0, count))), as: UTF8.self)
    }

    // MARK: ECDSA's two ways to write a signature

    /// r and s, 32 bytes each, of ASN.1 (RFC 7518 §3.4).
    private static func joined(der: [UInt8]) -> [UInt8] {
        var joined = [UInt8](repeating: 0, count: 64)
        unsafe der.withUnsafeBufferPointer { bytes in
            var place = bytes.baseAddress
            // SAFETY: OpenSSL reads at most `count` bytes; the signature is freed once, r and s belong to it, and 32
            // bytes each are written into an array of 64.
            guard let signature = unsafe d2i_ECDSA_SIG(nil, &place, bytes.count) else { return }
            unsafe joined.withUnsafeMutableBufferPointer { joined in
                guard let start = joined.baseAddress else { return }
                unsafe BN_bn2binpad(ECDSA_SIG_get0_r(signature), start, 32)
                unsafe BN_bn2binpad(ECDSA_SIG_get0_s(signature), start + 32, 32)
            }
            unsafe ECDSA_SIG_free(signature)
        }
        return joined
    }

    private static func der(joined: [UInt8]) -> [UInt8]? {
        guard joined.count == 64 else { return nil }
        let signature = unsafe ECDSA_SIG_new()
        // SAFETY: `set0` hands r and s over to the signature, which is freed once with them.
        defer { unsafe ECDSA_SIG_free(signature) }
        let r = unsafe BN_bin2bn(Array(joined[..<32]), 32, nil)
        let s = unsafe BN_bin2bn(Array(joined[32...]), 32, nil)
        guard unsafe ECDSA_SIG_set0(signature, r, s) == 1 else { return nil }
        // SAFETY: a P-256 signature is at most 72 bytes long in ASN.1; OpenSSL says first how long.
        let length = Int(unsafe i2d_ECDSA_SIG(signature, nil))
        guard length > 0 else { return nil }
        var der = [UInt8](repeating: 0, count: length)
        unsafe der.withUnsafeMutableBufferPointer { bytes in
            var place = bytes.baseAddress
            _ = unsafe i2d_ECDSA_SIG(signature, &place)
        }
        return der
    }
}
