internal import AssayCore
internal import AssayNet

/// A vector for a text: the same for the same text, of length 1, and nearer for texts that share words.
enum TextVector {
    /// Places that each token of a text moves.
    private static let placesPerToken = 24

    static func make(_ text: String, dimensions: Int) -> [Float] {
        var sums = [Float](repeating: 0, count: dimensions)
        for token in ModelTokens.split(text.lowercased()) {
            let word = token.drop { $0 == " " }
            guard !word.isEmpty else { continue }
            // FNV-1a; a token's places need no more.
            var random = SeededRandom(
                seed: word.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
            for _ in 0..<placesPerToken {
                let drawn = random.next()
                sums[Int(drawn % UInt64(dimensions))] += drawn >> 63 == 0 ? 1 : -1
            }
        }
        // Something of the whole text, so that texts of the same words in another order differ.
        let digest = Crypto.sha256(Array(text.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        var random = SeededRandom(seed: digest)
        for place in sums.indices { sums[place] += Float(random.fraction() - 0.5) * 0.25 }
        let length = sums.reduce(Double(0)) { $0 + Double($1) * Double($1) }.squareRoot()
        return length > 0 ? sums.map { Float(Double($0) / length) } : sums
    }

    /// 32-bit numbers, the least significant byte first.
    static func bytes(_ vector: [Float]) -> [UInt8] {
        vector.flatMap { number in
            (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt32($0))) }
        }
    }
}
