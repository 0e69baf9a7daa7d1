internal import AssayCore

/// Makes texts that a regular expression matches.
///
/// Understands what patterns of examples are made of: characters, classes, groups, choices, counts and anchors; not what
/// looks back or ahead.
struct PatternSample {
    var random: SeededRandom
    /// Without an end a count gets this many more than it must have.
    private static let spare = 8
    /// Characters that a text has at most.
    private static let limit = 10_000

    private indirect enum Node {
        case characters([ClosedRange<UInt32>])
        case sequence([Node])
        case choice([Node])
        case repeated(Node, ClosedRange<Int>)
    }

    init(random: SeededRandom) { self.random = random }

    /// - Returns: `nil` for an expression with something in it that is not understood.
    mutating func text(of pattern: String) -> String? {
        var rest = Array(pattern.unicodeScalars)[...]
        guard let node = choice(&rest, depth: 0), rest.isEmpty else { return nil }
        var scalars = String.UnicodeScalarView()
        return write(node, into: &scalars) ? String(scalars) : nil
    }

    private mutating func write(_ node: Node, into text: inout String.UnicodeScalarView) -> Bool {
        switch node {
        case .characters(let ranges):
            let count = ranges.reduce(0) { $0 + $1.count }
            guard count > 0, text.count < Self.limit else { return false }
            var index = random.integer(in: 0...(count - 1))
            for range in ranges {
                if index < range.count {
                    guard let scalar = Unicode.Scalar(range.lowerBound + UInt32(index)) else { return false }
                    text.append(scalar)
                    return true
                }
                index -= range.count
            }
            return false
        case .sequence(let nodes):
            for node in nodes { guard write(node, into: &text) else { return false } }
            return true
        case .choice(let nodes):
            return write(nodes[random.integer(in: 0...(nodes.count - 1))], into: &text)
        case .repeated(let node, let counts):
            for _ in 0..<random.integer(in: counts) { guard write(node, into: &text) else { return false } }
            return true
        }
    }

    // MARK: Parsing

    private func choice(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) -> Node? {
        guard depth < 50 else { return nil }
        var choices: [Node] = []
        repeat {
            if !choices.isEmpty { rest.removeFirst() }
            var nodes: [Node] = []
            while let scalar = rest.first, scalar != "|", scalar != ")" {
                guard let node = atom(&rest, depth: depth) else { return nil }
                guard let counted = counted(node, &rest) else { return nil }
                nodes.append(counted)
            }
            choices.append(.sequence(nodes))
        } while rest.first == "|"
        return choices.count == 1 ? choices[0] : .choice(choices)
    }

    private func atom(_ rest: inout ArraySlice<Unicode.Scalar>, depth: Int) -> Node? {
        let scalar = rest.removeFirst()
        switch scalar {
        case "^", "$": return .sequence([])
        case ".": return .characters([97...122, 48...57])
        case "(":
            if rest.first == "?" {
                rest.removeFirst()
                guard skipGroupHead(&rest) else { return nil }
            }
            guard let node = choice(&rest, depth: depth + 1), rest.popFirst() == ")" else { return nil }
            return node
        case "[": return bracket(&rest)
        case "\\": return escape(&rest).map { $0.isEmpty ? .sequence([]) : .characters($0) }
        case "*", "+", "?", "{": return nil
        default: return .characters([scalar.value...scalar.value])
        }
    }

    /// `?:`, `?<name>` and `?P<name>`; others look around or change how the rest is read.
    private func skipGroupHead(_ rest: inout ArraySlice<Unicode.Scalar>) -> Bool {
        if rest.first == ":" {
            rest.removeFirst()
            return true
        }
        if rest.first == "P" { rest.removeFirst() }
        guard rest.popFirst() == "<", let first = rest.first, first != "=", first != "!",
            let end = rest.firstIndex(of: ">")
        else { return false }
        rest = rest[(end + 1)...]
        return true
    }

    /// What an escape stands for; empty for one that takes no character, like `\b`.
    private func escape(_ rest: inout ArraySlice<Unicode.Scalar>) -> [ClosedRange<UInt32>]? {
        guard let scalar = rest.popFirst() else { return nil }
        switch scalar {
        case "d": return [48...57]
        case "w": return [48...57, 65...90, 97...122]
        case "s": return [32...32]
        case "D", "S": return [97...122]
        case "W": return [45...45]
        case "h": return [48...57, 97...102]
        case "n": return [10...10]
        case "t": return [9...9]
        case "r": return [13...13]
        case "b", "B", "A", "z", "Z": return []
        case "x", "u":
            let count = scalar == "x" ? 2 : 4
            let digits = String(String.UnicodeScalarView(rest.prefix(count)))
            guard digits.count == count, let value = UInt32(digits, radix: 16), Unicode.Scalar(value) != nil
            else { return nil }
            rest = rest.dropFirst(count)
            return [value...value]
        case let other
        where other.isASCII && (other.properties.isAlphabetic || other.properties.numericType != nil):
            return nil
        default: return [scalar.value...scalar.value]
        }
    }

    private func bracket(_ rest: inout ArraySlice<Unicode.Scalar>) -> Node? {
        var isNegated = false
        if rest.first == "^" {
            isNegated = true
            rest.removeFirst()
        }
        var ranges: [ClosedRange<UInt32>] = []
        var isFirst = true
        while let scalar = rest.popFirst() {
            if scalar == "]", !isFirst {
                guard isNegated else { return ranges.isEmpty ? nil : .characters(ranges) }
                let taken = (32...126).filter { value in !ranges.contains { $0.contains(UInt32(value)) } }
                return taken.isEmpty ? nil : .characters(taken.map { UInt32($0)...UInt32($0) })
            }
            isFirst = false
            guard scalar != "[" || rest.first != ":" else { return nil }
            var low = scalar.value
            if scalar == "\\" {
                guard let escaped = escape(&rest), let first = escaped.first else { return nil }
                guard escaped.count == 1, first.count == 1 else {
                    ranges += escaped
                    continue
                }
                low = first.lowerBound
            }
            guard rest.first == "-", rest.dropFirst().first != "]", rest.count > 1 else {
                ranges.append(low...low)
                continue
            }
            rest.removeFirst()
            var high = rest.removeFirst().value
            if high == 0x5C {
                guard let escaped = escape(&rest), let first = escaped.first, first.count == 1 else {
                    return nil
                }
                high = first.lowerBound
            }
            // A range over what are no characters is not for examples.
            guard low <= high, high < 0xD800 || low > 0xDFFF else { return nil }
            ranges.append(low...high)
        }
        return nil
    }

    private func counted(_ node: Node, _ rest: inout ArraySlice<Unicode.Scalar>) -> Node? {
        let counts: ClosedRange<Int>
        switch rest.first {
        case "*"?: counts = 0...Self.spare
        case "+"?: counts = 1...(1 + Self.spare)
        case "?"?: counts = 0...1
        case "{"?:
            guard let end = rest.firstIndex(of: "}") else { return nil }
            let inner = String(String.UnicodeScalarView(rest[(rest.startIndex + 1)..<end]))
            let parts = inner.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
            guard let low = parts.first ?? nil, low >= 0, low <= Self.limit, parts.count <= 2 else {
                return nil
            }
            let high = parts.count == 1 ? low : (parts[1] ?? low + Self.spare)
            guard high >= low, high <= Self.limit else { return nil }
            counts = low...high
            rest = rest[end...]
        default: return node
        }
        rest.removeFirst()
        if rest.first == "?" || rest.first == "+" { rest.removeFirst() }
        return .repeated(node, counts)
    }
}
