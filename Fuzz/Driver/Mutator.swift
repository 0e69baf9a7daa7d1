import AssayFuzz

/// Makes inputs out of a corpus; the same seed and corpus make the same ones.
struct Mutator {
    private let corpus: [[UInt8]]
    private let words: [[UInt8]]
    private var random: SplitMix64
    private let limitBytes = 4096

    init(corpus: [[UInt8]], words: [String], seed: UInt64) {
        self.corpus = corpus.isEmpty ? [[]] : corpus
        self.words = words.isEmpty ? [[0]] : words.map { Array($0.utf8) }
        random = SplitMix64(seed: seed)
    }

    mutating func next() -> [UInt8] {
        var bytes = pick(corpus)
        for _ in 0..<(1 << Int.random(in: 0...4, using: &random)) { mutate(&bytes) }
        return bytes.count > limitBytes ? Array(bytes.prefix(limitBytes)) : bytes
    }

    private mutating func mutate(_ bytes: inout [UInt8]) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 0...16, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4:
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        case 5: bytes.insert(contentsOf: pick(words), at: place)
        case 6: bytes.replaceSubrange(place..<end, with: pick(words))
        case 7:
            // A digit for another: lengths, sizes and versions decide most.
            let digits = bytes.indices.filter { bytes[$0] &- 0x30 <= 9 }
            guard let digit = digits.randomElement(using: &random) else { return }
            bytes[digit] = UInt8.random(in: 0x30...0x39, using: &random)
        default:
            let other = pick(corpus)
            bytes.removeSubrange(place...)
            bytes += other[Int.random(in: 0...other.count, using: &random)...]
        }
    }

    private mutating func pick(_ items: [[UInt8]]) -> [UInt8] {
        items[Int.random(in: 0..<items.count, using: &random)]
    }
}
