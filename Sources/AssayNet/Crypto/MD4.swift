/// MD4 of a stream of bytes, which OpenSSL keeps in a provider that is often not installed. Broken as a cipher's part:
/// for old protocols only.
///
/// Source: RFC 1320.
struct MD4 {
    private var state: (UInt32, UInt32, UInt32, UInt32) = (0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476)
    /// What does not fill a block yet: fewer than 64 bytes.
    private var rest: [UInt8] = []
    private var length: UInt64 = 0

    mutating func update(_ bytes: [UInt8]) {
        length &+= UInt64(bytes.count)
        rest += bytes
        var start = 0
        while rest.count - start >= 64 {
            mix(start)
            start += 64
        }
        rest.removeFirst(start)
    }

    /// 16 bytes.
    consuming func digest() -> [UInt8] {
        let bits = length &* 8
        rest.append(0x80)
        while rest.count % 64 != 56 { rest.append(0) }
        rest += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt64($0))) }
        for start in stride(from: 0, to: rest.count, by: 64) { mix(start) }
        return [state.0, state.1, state.2, state.3].flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
    }

    private static let order: [[Int]] = [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
        [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
        [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    ]
    private static let shifts: [[UInt32]] = [[3, 7, 11, 19], [3, 5, 9, 13], [3, 9, 11, 15]]
    private static let added: [UInt32] = [0, 0x5A82_7999, 0x6ED9_EBA1]

    private mutating func mix(_ start: Int) {
        let words = (0..<16).map { word in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(rest[start + word * 4 + $1]) << (8 * UInt32($1)) }
        }
        var (a, b, c, d) = state
        for round in 0..<3 {
            for step in 0..<16 {
                let mixed =
                    switch round {
                    case 0: b & c | ~b & d
                    case 1: b & c | b & d | c & d
                    default: b ^ c ^ d
                    }
                let sum = a &+ mixed &+ words[Self.order[round][step]] &+ Self.added[round]
                let shift = Self.shifts[round][step % 4]
                (a, b, c, d) = (d, sum << shift | sum >> (32 - shift), b, c)
            }
        }
        state = (state.0 &+ a, state.1 &+ b, state.2 &+ c, state.3 &+ d)
    }
}
