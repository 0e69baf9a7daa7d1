internal import COpenSSL

/// AES with a key of 16, 24 or 32 bytes, in the modes that scripts ask for. Sources: FIPS 197, NIST SP 800-38A and 38D.
public enum SymmetricCipher: Sendable, Equatable {
    /// Filled up as PKCS #7 says; its vector has 16 bytes.
    case cbc
    /// Its vector is the first value of a counter of 16 bytes.
    case ctr
    /// So many bytes behind what is encrypted vouch for it and for what goes along in the clear; any vector but an empty one.
    case gcm(tagBytes: Int, additional: [UInt8])

    /// - Returns: `nil` for a key or a vector of a wrong length.
    public func encrypt(_ bytes: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8]? {
        run(bytes, key, vector, encrypts: true)
    }

    /// - Returns: `nil` also for what was not encrypted with this key and vector, as far as the mode can tell.
    public func decrypt(_ bytes: [UInt8], key: [UInt8], vector: [UInt8]) -> [UInt8]? {
        guard case .gcm(let tagBytes, _) = self else { return run(bytes, key, vector, encrypts: false) }
        guard bytes.count >= tagBytes else { return nil }
        return run(
            Array(bytes.dropLast(tagBytes)), key, vector, tag: Array(bytes.suffix(tagBytes)), encrypts: false)
    }

    private func run(
        _ bytes: [UInt8], _ key: [UInt8], _ vector: [UInt8], tag: [UInt8] = [], encrypts: Bool
    ) -> [UInt8]? {
        guard let cipher = unsafe method(key.count), hasRoom(for: vector), bytes.count < Int(Int32.max) - 64,
            let context = unsafe EVP_CIPHER_CTX_new()
        else { return nil }
        // SAFETY: the context is freed once, after its last use; sizes that are passed are the arrays' own, and OpenSSL writes
        // at most a block more than it is given.
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let direction: Int32 = encrypts ? 1 : 0
        guard unsafe EVP_CipherInit_ex(context, cipher, nil, nil, nil, direction) == 1 else { return nil }
        if case .gcm(_, let additional) = self {
            guard
                unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, Int32(vector.count), nil) == 1,
                unsafe EVP_CipherInit_ex(context, nil, nil, key, vector, direction) == 1
            else { return nil }
            var ignored: Int32 = 0
            if !additional.isEmpty {
                let done = unsafe EVP_CipherUpdate(
                    context, nil, &ignored, additional, Int32(additional.count))
                guard done == 1 else { return nil }
            }
            if !encrypts {
                var given = tag
                let done = unsafe EVP_CIPHER_CTX_ctrl(
                    context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &given)
                guard done == 1 else { return nil }
            }
        } else {
            guard unsafe EVP_CipherInit_ex(context, nil, nil, key, vector, direction) == 1 else { return nil }
        }
        var output = [UInt8](repeating: 0, count: bytes.count + 32)
        var (count, rest): (Int32, Int32) = (0, 0)
        guard unsafe EVP_CipherUpdate(context, &output, &count, bytes, Int32(bytes.count)) == 1 else {
            return nil
        }
        var last = [UInt8](repeating: 0, count: 32)
        guard unsafe EVP_CipherFinal_ex(context, &last, &rest) == 1 else { return nil }
        output.removeLast(output.count - Int(count))
        output += last.prefix(Int(rest))
        if encrypts, case .gcm(let tagBytes, _) = self {
            var tag = [UInt8](repeating: 0, count: 16)
            guard unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tagBytes), &tag) == 1
            else {
                return nil
            }
            output += tag.prefix(tagBytes)
        }
        return output
    }

    private func hasRoom(for vector: [UInt8]) -> Bool {
        switch self {
        case .cbc, .ctr: vector.count == 16
        case .gcm(let tagBytes, _): !vector.isEmpty && 4...16 ~= tagBytes
        }
    }

    /// OpenSSL's own, for a key of so many bytes.
    private func method(_ keyBytes: Int) -> OpaquePointer? {
        switch (self, keyBytes) {
        case (.cbc, 16): unsafe EVP_aes_128_cbc()
        case (.cbc, 24): unsafe EVP_aes_192_cbc()
        case (.cbc, 32): unsafe EVP_aes_256_cbc()
        case (.ctr, 16): unsafe EVP_aes_128_ctr()
        case (.ctr, 24): unsafe EVP_aes_192_ctr()
        case (.ctr, 32): unsafe EVP_aes_256_ctr()
        case (.gcm, 16): unsafe EVP_aes_128_gcm()
        case (.gcm, 24): unsafe EVP_aes_192_gcm()
        case (.gcm, 32): unsafe EVP_aes_256_gcm()
        default: nil
        }
    }
}
