import AssayCore

/// Makes texts that match a regular expression: literals, sets, groups, alternatives, repetitions and outer anchors.
///
/// What looks around, refers back or names Unicode properties is not made; ``init(_:)`` says so.
struct PatternText: Sendable {
    indirect enum Node: Sendable {
        case one(Set)
        case sequence([Node])
        case choice([Node])
        case repetition(Node, least: Int, most: Int?)
    }

    /// Scalars as ranges, in order.
    struct Set: Sendable {
        var ranges: [ClosedRange<UInt32>]
    }

    /// What an expression has that no text is made for.
    struct Unsupported: Error, Equatable { var what: String }

    private let root: Node
    private static let lengthLimit = 4096

    init(_ source: String) throws(Unsupported) {
        var reader = PatternReader(source)
        root = try reader.read()
    }

    /// A text.
    ///
    /// - Parameters:
    ///   - fullness: how much of what repetitions allow is taken, 0...1; unbounded ones repeat up to `reach` more times.
    ///   - random: `nil` takes the first of everything.
    func text(fullness: Double, reach: Int, random: inout SeededRandom?) -> String {
        var scalars = String.UnicodeScalarView()
        append(root, fullness, reach, &random, &scalars)
        return String(scalars)
    }

    private func append(
        _ node: Node, _ fullness: Double, _ reach: Int, _ random: inout SeededRandom?,
        _ text: inout String.UnicodeScalarView
    ) {
        guard text.count < Self.lengthLimit else { return }
        switch node {
        case .one(let set):
            if let scalar = set.pick(&random) { text.append(scalar) }
        case .sequence(let nodes):
            for node in nodes { append(node, fullness, reach, &random, &text) }
        case .choice(let nodes):
            let place = random?.integer(in: 0...(nodes.count - 1)) ?? 0
            append(nodes[place], fullness, reach, &random, &text)
        case .repetition(let inner, let least, let most):
            let high = min(most ?? least + reach, least + max(reach, 64))
            var count = least + Int((Double(high - least) * fullness).rounded())
            if random != nil, fullness < 1 { count = random?.integer(in: least...max(count, least)) ?? count }
            for _ in 0..<count { append(inner, fullness, reach, &random, &text) }
        }
    }
}

extension PatternText.Set {
    static let digits = Self(ranges: [0x30...0x39])
    static let word = Self(ranges: [0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x5F...0x5F])
    static let space = Self(ranges: [0x20...0x20, 0x09...0x09])
    static let any = Self(ranges: [0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x20...0x2F, 0xE0...0xF6])

    /// A scalar: the first, or one of all, rare beyond ASCII.
    func pick(_ random: inout SeededRandom?) -> Unicode.Scalar? {
        guard var drawn = random else { return ranges.first.flatMap { Unicode.Scalar($0.lowerBound) } }
        defer { random = drawn }
        let plain = ranges.filter { $0.lowerBound < 0x7F }
        let from = plain.isEmpty || drawn.chance(0.1) ? ranges : plain
        for _ in 0..<8 {
            guard let range = drawn.pick(from) else { return nil }
            let high = plain.isEmpty ? range.upperBound : min(range.upperBound, max(range.lowerBound, 0x24F))
            if let scalar = Unicode.Scalar(UInt32.random(in: range.lowerBound...high, using: &drawn)) {
                return scalar
            }
        }
        return ranges.first.flatMap { Unicode.Scalar($0.lowerBound) }
    }

    /// Everything else that is printable, ASCII letters first.
    var inverted: Self {
        let candidates: [ClosedRange<UInt32>] = [
            0x61...0x7A, 0x30...0x39, 0x41...0x5A, 0x20...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E,
            0xE0...0xF6,
        ]
        var left: [ClosedRange<UInt32>] = []
        for range in candidates {
            for value in range where !ranges.contains(where: { $0.contains(value) }) {
                if let last = left.last, last.upperBound + 1 == value, range.contains(last.upperBound) {
                    left[left.count - 1] = last.lowerBound...value
                } else {
                    left.append(value...value)
                }
            }
        }
        return Self(ranges: left)
    }
}
