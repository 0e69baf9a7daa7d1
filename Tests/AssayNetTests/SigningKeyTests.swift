import AssayNet
import Glibc
import Testing

@Suite("Keys made from a seed")
struct SigningKeyTests {
    private static let message = Array("eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhbm4ifQ".utf8)

    @Test("The same seed gives the same key, another seed another", arguments: SignatureAlgorithm.allCases)
    func seeded(algorithm: SignatureAlgorithm) {
        let key = SigningKey(algorithm, seed: [1])
        #expect(key.publicNumbers == SigningKey(algorithm, seed: [1]).publicNumbers)
        #expect(key.publicNumbers != SigningKey(algorithm, seed: [2]).publicNumbers)
    }

    @Test("A signature counts for its message and its key only", arguments: SignatureAlgorithm.allCases)
    func verified(algorithm: SignatureAlgorithm) {
        let key = SigningKey(algorithm, seed: [1])
        var signature = key.sign(Self.message)
        #expect(signature.count == (algorithm == .rs256 ? 256 : 64))
        #expect(key.verifies(signature, of: Self.message))
        #expect(!key.verifies(signature, of: Self.message + [0]))
        #expect(!SigningKey(algorithm, seed: [2]).verifies(signature, of: Self.message))
        #expect(!key.verifies(Array(signature.dropLast()), of: Self.message))
        #expect(!key.verifies([], of: Self.message))
        signature[10] ^= 1
        #expect(!key.verifies(signature, of: Self.message))
    }

    @Test("An RSA key has 2048 bits and the usual exponent, and signs the same way each time")
    func rsa() {
        let key = SigningKey(.rs256, seed: [7])
        guard case .rsa(let modulus, let exponent) = key.publicNumbers else {
            Issue.record("no RSA key")
            return
        }
        #expect(modulus.count == 256 && modulus[0] >= 0x80)
        #expect(exponent == [1, 0, 1])
        #expect(key.sign(Self.message) == key.sign(Self.message))
    }

    @Test(
        "The openssl program takes the key and the signature", .enabled(if: hasOpenSSL),
        arguments: SignatureAlgorithm.allCases)
    func judged(algorithm: SignatureAlgorithm) {
        let key = SigningKey(algorithm, seed: [3])
        let signature = key.sign(Self.message)
        let written = algorithm == .rs256 ? signature : Self.der(signature)
        let verdict = Self.output(
            of: """
                d=$(mktemp -d); printf '%s' '\(key.publicPEM)' >$d/key
                printf '\(Self.octal(written))' >$d/signature
                printf '%s' '\(String(decoding: Self.message, as: UTF8.self))' >$d/message
                openssl dgst -sha256 -verify $d/key -signature $d/signature $d/message
                openssl pkey -pubin -pubcheck -noout -in $d/key 2>&1
                rm -r $d
                """)
        #expect(verdict == "Verified OK\nKey is valid\n")
    }

    /// The ASN.1 of r and s, as the openssl program wants it.
    private static func der(_ signature: [UInt8]) -> [UInt8] {
        let numbers = [signature[..<32], signature[32...]].flatMap { half -> [UInt8] in
            var number = Array(half.drop { $0 == 0 })
            if number.first.map({ $0 >= 0x80 }) ?? true { number.insert(0, at: 0) }
            return [2, UInt8(number.count)] + number
        }
        return [0x30, UInt8(numbers.count)] + numbers
    }

    private static func octal(_ bytes: [UInt8]) -> String {
        bytes.map { byte in
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }.joined()
    }

    private static let hasOpenSSL = !output(of: "openssl version 2>/dev/null").isEmpty

    private static func output(of command: String) -> String {
        guard let pipe = unsafe popen(command, "r") else { return "" }
        // SAFETY: the pipe is closed once, after its last use; at most the buffer's size is written.
        defer { unsafe pclose(pipe) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe fread(&buffer, 1, buffer.count, pipe)
        return String(decoding: buffer[0..<count], as: UTF8.self)
    }
}
