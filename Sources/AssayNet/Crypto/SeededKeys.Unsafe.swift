internal import COpenSSL

/// Key pairs computed from a seed, so that a run's keys come again with its seed and no key is kept in a file.
enum SeededKeys {
    typealias Made = (key: OpaquePointer, numbers: SigningKey.PublicNumbers)

    /// An RSA key of 2048 bits with the exponent 65537. Source: RFC 8017 §3.
    static func rsa(_ seed: [UInt8]) -> Made {
        let work = unsafe BN_CTX_new()
        // SAFETY: every number and the context are freed once, after OpenSSL has copied them into the key.
        defer { unsafe BN_CTX_free(work) }
        let p = unsafe prime("p", seed, work)
        let q = unsafe prime("q", seed, work)
        let numbers = unsafe (0..<8).map { _ in unsafe BN_new() }
        let (n, e, d, pLess, qLess) = unsafe (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        let (phi, dp, dq) = unsafe (numbers[5], numbers[6], numbers[7])
        let inverse = unsafe BN_new()
        defer {
            unsafe (unsafe numbers + [p, q, inverse]).forEach { number in unsafe BN_clear_free(number) }
        }
        unsafe BN_mul(n, p, q, work)
        unsafe BN_set_word(e, 65537)
        unsafe BN_sub(pLess, p, BN_value_one())
        unsafe BN_sub(qLess, q, BN_value_one())
        unsafe BN_mul(phi, pLess, qLess, work)
        unsafe BN_mod_inverse(d, e, phi, work)
        unsafe BN_div(nil, dp, d, pLess, work)
        unsafe BN_div(nil, dq, d, qLess, work)
        unsafe BN_mod_inverse(inverse, q, p, work)
        let key = unsafe made("RSA") { builder in
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("n"), n)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("e"), e)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("d"), d)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("rsa-factor1"), p)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("rsa-factor2"), q)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("rsa-exponent1"), dp)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("rsa-exponent2"), dq)
            unsafe OSSL_PARAM_BLD_push_BN(builder, name("rsa-coefficient1"), inverse)
        }
        return unsafe (key, .rsa(modulus: bytes(n, count: 256), exponent: [1, 0, 1]))
    }

    /// A key on P-256. Source: SEC 1 §3.2.1.
    static func ec(_ seed: [UInt8]) -> Made {
        let work = unsafe BN_CTX_new()
        let group = unsafe EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1)
        let point = unsafe EC_POINT_new(group)
        let secret = unsafe number(expanded("ec", seed, count: 40))
        let range = unsafe BN_dup(EC_GROUP_get0_order(group))
        // SAFETY: each is freed once, after OpenSSL has copied it into the key.
        defer {
            unsafe BN_clear_free(secret)
            unsafe BN_free(range)
            unsafe EC_POINT_free(point)
            unsafe EC_GROUP_free(group)
            unsafe BN_CTX_free(work)
        }
        // 320 bits modulo order - 1, plus 1: within 1...order - 1, and as good as even.
        unsafe BN_sub_word(range, 1)
        unsafe BN_div(nil, secret, secret, range, work)
        unsafe BN_add_word(secret, 1)
        unsafe EC_POINT_mul(group, point, secret, nil, nil, work)
        var octets = [UInt8](repeating: 0, count: 65)
        // SAFETY: an uncompressed point of P-256 is 65 bytes long.
        let written = unsafe EC_POINT_point2oct(
            group, point, POINT_CONVERSION_UNCOMPRESSED, &octets, octets.count, work)
        precondition(written == 65, "OpenSSL computes a point of P-256")
        // SAFETY: the builder keeps pointers to names and octets, which live until the key is made.
        let key = unsafe octets.withUnsafeBufferPointer { octets in
            unsafe made("EC") { builder in
                unsafe OSSL_PARAM_BLD_push_utf8_string(builder, name("group"), name("prime256v1"), 0)
                unsafe OSSL_PARAM_BLD_push_octet_string(
                    builder, name("pub"), octets.baseAddress, octets.count)
                unsafe OSSL_PARAM_BLD_push_BN(builder, name("priv"), secret)
            }
        }
        return unsafe (key, .ec(x: Array(octets[1..<33]), y: Array(octets[33...])))
    }

    /// A prime of 1024 bits whose two highest bits are set, so that the product of two has 2048: the first one at or
    /// after a number drawn from the seed.
    private static func prime(_ label: String, _ seed: [UInt8], _ work: OpaquePointer?) -> OpaquePointer? {
        let candidate = unsafe number(expanded(label, seed, count: 128))
        for bit in [0, 1022, 1023] { unsafe BN_set_bit(candidate, Int32(bit)) }
        // The exponent must have an inverse: 65537 does not divide the prime less one.
        while unsafe BN_mod_word(candidate, 65537) == 1 || BN_check_prime(candidate, work, nil) != 1 {
            unsafe BN_add_word(candidate, 2)
        }
        return unsafe candidate
    }

    /// As many bytes of the seed's as wanted: SHA-256 over label, seed and a counter.
    private static func expanded(_ label: String, _ seed: [UInt8], count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var counter: UInt8 = 0
        while bytes.count < count {
            bytes += Crypto.sha256(Array("assay key \(label) ".utf8) + [counter] + seed)
            counter += 1
        }
        return Array(bytes.prefix(count))
    }

    private static func number(_ bytes: [UInt8]) -> OpaquePointer? {
        // SAFETY: the size passed is the array's own.
        unsafe BN_bin2bn(bytes, Int32(bytes.count), nil)
    }

    private static func bytes(_ number: OpaquePointer?, count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        // SAFETY: the size passed is the array's own.
        unsafe BN_bn2binpad(number, &bytes, Int32(count))
        return bytes
    }

    /// A parameter's name as OpenSSL's core_names.h has it, for as long as the program runs: a builder does not copy
    /// names.
    private static func name(_ text: StaticString) -> UnsafePointer<CChar> {
        unsafe UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    }

    /// A key of parameters.
    private static func made(_ kind: String, _ push: (OpaquePointer?) -> Void) -> OpaquePointer {
        let builder = unsafe OSSL_PARAM_BLD_new()
        unsafe push(builder)
        let parameters = unsafe OSSL_PARAM_BLD_to_param(builder)
        let context = unsafe EVP_PKEY_CTX_new_from_name(nil, kind, nil)
        // SAFETY: each is freed once; the key has copies of the parameters.
        defer {
            unsafe EVP_PKEY_CTX_free(context)
            unsafe OSSL_PARAM_free(parameters)
            unsafe OSSL_PARAM_BLD_free(builder)
        }
        var key: OpaquePointer?
        guard unsafe EVP_PKEY_fromdata_init(context) == 1,
            unsafe EVP_PKEY_fromdata(context, &key, Int32(copenssl_keypair), parameters) == 1,
            let key = unsafe key
        else { preconditionFailure("OpenSSL takes the parameters of a key computed from a seed") }
        return unsafe key
    }
}
