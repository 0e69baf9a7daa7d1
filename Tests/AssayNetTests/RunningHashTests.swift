import AssayNet
import Testing

@Suite struct RunningHashTests {
    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// Of "abc" (for MD4 RFC 1320 §A.5; the others FIPS 180-4's and RIPEMD's own examples).
    static let known: [(HashAlgorithm, String)] = [
        (.md4, "a448017aaf21d8525fc10ae87aa6729d"),
        (.md5, "900150983cd24fb0d6963f7d28e17f72"),
        (.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            .sha384,
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"
        ),
        (
            .sha512,
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
        ),
        (.sha512_224, "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa"),
        (.sha512_256, "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
        (.ripemd160, "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc"),
    ]

    @Test("Every hash that k6 has is the one of the standards", arguments: known)
    func hashes(_ algorithm: HashAlgorithm, _ expected: String) {
        let hash = RunningHash(algorithm)
        hash.update(Array("a".utf8))
        _ = hash.digest()
        hash.update(Array("bc".utf8))
        #expect(hexadecimal(hash.digest()) == expected)
    }

    @Test("MD4 of nothing is padding alone")
    func nothing() {
        #expect(hexadecimal(RunningHash(.md4).digest()) == "31d6cfe0d16ae931b73c59d7e0c089c0")
    }

    @Test("MD4 of 80 digits spans two blocks")
    func twoBlocks() {
        let hash = RunningHash(.md4)
        for _ in 0..<8 { hash.update(Array("1234567890".utf8)) }
        #expect(hexadecimal(hash.digest()) == "e33b4ddc9c38f2199c3e7b164fcc0536")
    }

    @Test("A keyed hash is RFC 4231's, with short and with long keys")
    func keyed() {
        let short = RunningHMAC(.sha256, key: Array("Jefe".utf8))
        short.update(Array("what do ya want ".utf8))
        short.update(Array("for nothing?".utf8))
        #expect(
            hexadecimal(short.digest()) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = RunningHMAC(.sha512, key: [UInt8](repeating: 0xAA, count: 131))
        long.update(Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(
            hexadecimal(long.digest())
                == "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
                + "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598")
    }
}
