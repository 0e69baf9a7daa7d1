internal import AssayNet

/// One-time passwords of six digits that change every 30 seconds. Source: RFC 6238 with SHA-1, RFC 4226.
struct TOTP: Sendable, Equatable {
    static let period: Int64 = 30
    /// As a person types it into an authenticator.
    let text: String
    private let secret: [UInt8]

    /// Reads base32 (RFC 4648 §6), in either case, with or without padding and spaces.
    ///
    /// - Returns: `nil` for other signs and for less than 80 bits, the least that authenticators take.
    init?(_ text: String) {
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for byte in text.uppercased().utf8 where byte != 0x20 && byte != 0x2D && byte != 0x3D {
            let digit: UInt8
            switch byte {
            case 0x41...0x5A: digit = byte - 0x41
            case 0x32...0x37: digit = byte - 0x32 + 26
            default: return nil
            }
            bits = bits << 5 | UInt32(digit)
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard bytes.count >= 10 else { return nil }
        self.text = text
        secret = bytes
    }

    /// The code of a step of ``period`` seconds since 1970.
    func code(step: Int64) -> String {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: step >> (56 - 8 * Int64($0))) }
        let digest = Crypto.hmacSHA1(key: secret, counter)
        let offset = Int(digest[19] & 15)
        let word = digest[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF
        let digits = String(word % 1_000_000)
        return String(repeating: "0", count: 6 - digits.utf8.count) + digits
    }

    /// The step of a code that counts now, one step early or late being allowed (RFC 6238 §5.2).
    ///
    /// - Parameter used: the last step that was used; it and earlier ones do not count again.
    func step(of code: String, now seconds: Int64, after used: Int64?) -> Int64? {
        let current = seconds / Self.period
        return [current, current - 1, current + 1].first { step in
            step > (used ?? -1) && Crypto.equal(Array(self.code(step: step).utf8), Array(code.utf8))
        }
    }
}
