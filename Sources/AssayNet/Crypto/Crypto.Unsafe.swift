public import AssayWire
internal import COpenSSL

/// Digests and random bytes from OpenSSL.
public enum Crypto {
    /// 32 bytes.
    public static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        // SAFETY: the sizes passed are the arrays' own; SHA-256 writes 32 bytes.
        let done = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(done == 1, "OpenSSL computes SHA-256")
        return digest
    }

    /// 32 bytes; RFC 2104 with SHA-256.
    public static func hmacSHA256(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        var length: UInt32 = 32
        // SAFETY: the sizes passed are the arrays' own; HMAC-SHA-256 writes 32 bytes.
        let result = unsafe HMAC(EVP_sha256(), key, Int32(key.count), bytes, bytes.count, &digest, &length)
        precondition(unsafe result != nil, "OpenSSL computes HMAC-SHA-256")
        return digest
    }

    /// The hash that digest authentication asks for; 16 or 32 bytes.
    public static func hash(_ algorithm: DigestAlgorithm, _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: algorithm == .md5 ? 16 : 32)
        let method =
            switch algorithm {
            case .md5: unsafe EVP_md5()
            case .sha256: unsafe EVP_sha256()
            case .sha512_256: unsafe EVP_sha512_256()
            }
        // SAFETY: the sizes passed are the arrays' own; each method writes as many bytes as there are.
        let done = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, method, nil)
        precondition(done == 1, "OpenSSL computes \(algorithm.rawValue)")
        return digest
    }

    /// 20 bytes; for protocols that name SHA-1, like RFC 6455 and Redis's script names.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        // SAFETY: the sizes passed are the arrays' own; SHA-1 writes 20 bytes.
        let done = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha1(), nil)
        precondition(done == 1, "OpenSSL computes SHA-1")
        return digest
    }

    /// 20 bytes; RFC 2104 with SHA-1, for one-time passwords (RFC 4226).
    public static func hmacSHA1(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 20)
        var length: UInt32 = 20
        // SAFETY: the sizes passed are the arrays' own; HMAC-SHA-1 writes 20 bytes.
        let result = unsafe HMAC(EVP_sha1(), key, Int32(key.count), bytes, bytes.count, &digest, &length)
        precondition(unsafe result != nil, "OpenSSL computes HMAC-SHA-1")
        return digest
    }

    /// Whether two byte strings are the same, in time that does not depend on where they differ.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        // SAFETY: both arrays have `left.count` bytes.
        unsafe left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }

    /// Base64 with padding (RFC 4648 §4).
    public static func base64(_ bytes: [UInt8]) -> String {
        var text = [UInt8](repeating: 0, count: (bytes.count + 2) / 3 * 4 + 1)
        // SAFETY: four bytes for each three, and a terminating zero, are written.
        let count = unsafe EVP_EncodeBlock(&text, bytes, Int32(bytes.count))
        return String(decoding: text.prefix(Int(count)), as: UTF8.self)
    }

    /// Bytes that nobody can foresee, for keys and nonces.
    public static func random(count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: the size passed is the array's own.
        let done = unsafe RAND_bytes(&bytes, Int32(count))
        precondition(done == 1, "OpenSSL gives random bytes")
        return bytes
    }
}
