internal import COpenSSL

/// A hash function that scripts may ask for, named as they name it.
public enum HashAlgorithm: String, Sendable, CaseIterable {
    case md4, md5, sha1, sha256, sha384, sha512, sha512_224, sha512_256, ripemd160

    /// Bytes that the function takes at a time; what HMAC pads its key to (RFC 2104 §2).
    var blockBytes: Int {
        switch self {
        case .sha384, .sha512, .sha512_224, .sha512_256: 128
        default: 64
        }
    }
}

/// A hash of bytes that come bit by bit; what came so far can be asked for at any time.
@safe public final class RunningHash {
    public let algorithm: HashAlgorithm
    /// `nil` of what OpenSSL may be without.
    private let context: OpaquePointer?
    private var own = MD4()

    /// Of no bytes yet.
    public init(_ algorithm: HashAlgorithm) {
        self.algorithm = algorithm
        let method: OpaquePointer? =
            switch algorithm {
            case .md4: nil
            case .md5: unsafe EVP_md5()
            case .sha1: unsafe EVP_sha1()
            case .sha256: unsafe EVP_sha256()
            case .sha384: unsafe EVP_sha384()
            case .sha512: unsafe EVP_sha512()
            case .sha512_224: unsafe EVP_sha512_224()
            case .sha512_256: unsafe EVP_sha512_256()
            case .ripemd160: unsafe EVP_ripemd160()
            }
        guard let method = unsafe method else {
            unsafe context = nil
            return
        }
        // SAFETY: the context is freed once, in `deinit`; the method is OpenSSL's own and lives as long as the process.
        guard let made = unsafe EVP_MD_CTX_new(), unsafe EVP_DigestInit_ex(made, method, nil) == 1 else {
            preconditionFailure("OpenSSL computes \(algorithm.rawValue)")
        }
        unsafe context = unsafe made
    }

    deinit { unsafe EVP_MD_CTX_free(context) }

    public func update(_ bytes: [UInt8]) {
        guard let context = unsafe context else { return own.update(bytes) }
        // SAFETY: the size passed is the array's own.
        let done = unsafe EVP_DigestUpdate(context, bytes, bytes.count)
        precondition(done == 1, "OpenSSL computes \(algorithm.rawValue)")
    }

    /// The hash of all bytes so far; more may follow.
    public func digest() -> [UInt8] {
        guard let context = unsafe context else { return own.digest() }
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var length: UInt32 = 0
        let copy = unsafe EVP_MD_CTX_new()
        // SAFETY: the copy is freed once, after its last use; no method writes more than EVP_MAX_MD_SIZE bytes.
        defer { unsafe EVP_MD_CTX_free(copy) }
        guard unsafe EVP_MD_CTX_copy_ex(copy, context) == 1,
            unsafe EVP_DigestFinal_ex(copy, &digest, &length) == 1
        else { preconditionFailure("OpenSSL computes \(algorithm.rawValue)") }
        digest.removeLast(digest.count - Int(length))
        return digest
    }
}

/// A keyed hash of bytes that come bit by bit. Source: RFC 2104.
public final class RunningHMAC {
    private let inner: RunningHash
    private let outerKey: [UInt8]

    public init(_ algorithm: HashAlgorithm, key: [UInt8]) {
        var padded = key
        if key.count > algorithm.blockBytes {
            let hash = RunningHash(algorithm)
            hash.update(key)
            padded = hash.digest()
        }
        padded += [UInt8](repeating: 0, count: algorithm.blockBytes - padded.count)
        inner = RunningHash(algorithm)
        inner.update(padded.map { $0 ^ 0x36 })
        outerKey = padded.map { $0 ^ 0x5C }
    }

    public func update(_ bytes: [UInt8]) { inner.update(bytes) }

    /// The keyed hash of all bytes so far; more may follow.
    public func digest() -> [UInt8] {
        let outer = RunningHash(inner.algorithm)
        outer.update(outerKey)
        outer.update(inner.digest())
        return outer.digest()
    }
}
