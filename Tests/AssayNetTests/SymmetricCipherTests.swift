import AssayNet
import Testing

@Suite("Encryption with one key")
struct SymmetricCipherTests {
    private static func bytes(_ hex: String) -> [UInt8] {
        stride(from: 0, to: hex.count, by: 2).compactMap { offset in
            let start = hex.index(hex.startIndex, offsetBy: offset)
            return UInt8(hex[start..<hex.index(start, offsetBy: 2)], radix: 16)
        }
    }

    private static let key = bytes("2b7e151628aed2a6abf7158809cf4f3c")

    @Test("gives what NIST SP 800-38A gives, F.2.1 and F.5.1")
    func blocks() throws {
        let plain = Self.bytes("6bc1bee22e409f96e93d7e117393172a")
        let cbc = SymmetricCipher.cbc.encrypt(
            plain, key: Self.key, vector: Self.bytes("000102030405060708090a0b0c0d0e0f"))
        // The block of the standard, and one of padding.
        #expect(cbc?.prefix(16) == Self.bytes("7649abac8119b246cee98e9b12e9197d")[...] && cbc?.count == 32)
        let ctr = SymmetricCipher.ctr.encrypt(
            plain, key: Self.key, vector: Self.bytes("f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff"))
        #expect(ctr == Self.bytes("874d6191b620e3261bef6864990db6ce"))
    }

    @Test("gives what the paper on GCM gives, test case 4")
    func gcm() {
        let cipher = SymmetricCipher.gcm(
            tagBytes: 16, additional: Self.bytes("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        let sealed = cipher.encrypt(
            Self.bytes(
                "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                    + "b16aedf5aa0de657ba637b39"),
            key: Self.bytes("feffe9928665731c6d6a8f9467308308"),
            vector: Self.bytes("cafebabefacedbaddecaf888"))
        #expect(
            sealed
                == Self.bytes(
                    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
                        + "1ba30b396a0aac973d58e0915bc94fbc3221a5db94fae95ae7121a47"))
    }

    @Test(
        "takes back what it gave, and nothing else",
        arguments: [
            SymmetricCipher.cbc, .ctr, .gcm(tagBytes: 12, additional: [1, 2]),
            .gcm(tagBytes: 16, additional: []),
        ]
    )
    func roundTrip(cipher: SymmetricCipher) throws {
        let vector = [UInt8](repeating: 7, count: 16)
        for count in [0, 1, 15, 16, 17, 1000] {
            let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
            let sealed = try #require(cipher.encrypt(plain, key: Self.key, vector: vector))
            #expect(cipher.decrypt(sealed, key: Self.key, vector: vector) == plain)
            var changed = sealed
            if let last = changed.indices.last { changed[last] ^= 1 }
            #expect(count == 0 || cipher.decrypt(changed, key: Self.key, vector: vector) != plain)
        }
        #expect(cipher.encrypt([1], key: [1, 2, 3], vector: vector) == nil)
        #expect(cipher.encrypt([1], key: Self.key, vector: []) == nil)
        if cipher != .ctr { #expect(cipher.decrypt([1, 2, 3], key: Self.key, vector: vector) == nil) }
    }
}
