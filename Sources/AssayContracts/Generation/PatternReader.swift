/// Reads a regular expression of ECMA-262 into what texts are made from.
struct PatternReader {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0
    private static let depthLimit = 64
    private static let repetitionLimit = 2000

    init(_ source: String) { scalars = Array(source.unicodeScalars) }

    mutating func read() throws(PatternText.Unsupported) -> PatternText.Node {
        let node = try choice()
        guard at == scalars.count else { throw .init(what: "a bracket that closes nothing") }
        return node
    }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private mutating func choice() throws(PatternText.Unsupported) -> PatternText.Node {
        depth += 1
        defer { depth -= 1 }
        guard depth < Self.depthLimit else { throw .init(what: "groups nested too deep") }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternText.Unsupported) -> PatternText.Node {
        var nodes: [PatternText.Node] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            // Texts are made whole, so where one begins and ends is known; the match is judged afterwards.
            if take("^") || take("$") { continue }
            let node = try atom()
            nodes.append(try repeated(node))
        }
        return .sequence(nodes)
    }

    private mutating func repeated(
        _ node: PatternText.Node
    ) throws(PatternText.Unsupported) -> PatternText.Node {
        var bounds: (least: Int, most: Int?)?
        if take("*") {
            bounds = (0, nil)
        } else if take("+") {
            bounds = (1, nil)
        } else if take("?") {
            bounds = (0, 1)
        } else if next == "{" {
            bounds = counts()
        }
        guard let bounds else { return node }
        _ = take("?")
        guard bounds.least <= Self.repetitionLimit else { throw .init(what: "more than 2000 repetitions") }
        return .repetition(node, least: bounds.least, most: bounds.most.map { max($0, bounds.least) })
    }

    /// `{3}`, `{3,}`, `{3,5}`; anything else in braces is a literal brace.
    private mutating func counts() -> (least: Int, most: Int?)? {
        guard let end = scalars[at...].firstIndex(of: "}") else { return nil }
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[(at + 1)..<end])
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let least = parts.first.flatMap({ Int($0) }), least >= 0, parts.count <= 2 else { return nil }
        if parts.count == 1 {
            at = end + 1
            return (least, least)
        }
        guard parts[1].isEmpty || Int(parts[1]) != nil else { return nil }
        at = end + 1
        return (least, Int(parts[1]))
    }

    private mutating func atom() throws(PatternText.Unsupported) -> PatternText.Node {
        let scalar = scalars[at]
        at += 1
        switch scalar {
        case "(": return try group()
        case "[": return .one(try brackets())
        case ".": return .one(.any)
        case "\\": return .one(try escape(inBrackets: false))
        case "*", "+", "?": throw .init(what: "a repetition of nothing")
        default: return .one(.init(ranges: [scalar.value...scalar.value]))
        }
    }

    private mutating func group() throws(PatternText.Unsupported) -> PatternText.Node {
        if take("?") {
            if take(":") {
            } else if take("<"), next != "=", next != "!" {
                while let scalar = next, scalar != ">" {
                    at += 1
                    _ = scalar
                }
                _ = take(">")
            } else {
                throw .init(what: "a group that looks around or changes modes")
            }
        }
        let node = try choice()
        guard take(")") else { throw .init(what: "a group without its end") }
        return node
    }

    private mutating func brackets() throws(PatternText.Unsupported) -> PatternText.Set {
        let isNegated = take("^")
        var set = PatternText.Set(ranges: [])
        while let scalar = next, scalar != "]" {
            at += 1
            let first =
                scalar == "\\" ? try escape(inBrackets: true) : .init(ranges: [scalar.value...scalar.value])
            guard next == "-", at + 1 < scalars.count, scalars[at + 1] != "]",
                first.ranges.count == 1, let low = first.ranges.first, low.count == 1
            else {
                set.ranges += first.ranges
                continue
            }
            at += 1
            let end = scalars[at]
            at += 1
            let last = end == "\\" ? try escape(inBrackets: true) : .init(ranges: [end.value...end.value])
            guard let high = last.ranges.first?.lowerBound, low.lowerBound <= high else {
                throw .init(what: "a range that ends before it begins")
            }
            set.ranges.append(low.lowerBound...high)
        }
        guard take("]") else { throw .init(what: "a set without its end") }
        let found = isNegated ? set.inverted : set
        guard !found.ranges.isEmpty else { throw .init(what: "a set of nothing that can be printed") }
        return found
    }

    private mutating func escape(inBrackets: Bool) throws(PatternText.Unsupported) -> PatternText.Set {
        guard let scalar = next else { throw .init(what: "a backslash at its end") }
        at += 1
        func one(_ value: UInt32) -> PatternText.Set { .init(ranges: [value...value]) }
        switch scalar {
        case "d": return .digits
        case "w": return .word
        case "s": return .space
        case "D": return PatternText.Set.digits.inverted
        case "W": return PatternText.Set.word.inverted
        case "S": return PatternText.Set.space.inverted
        case "n": return one(10)
        case "r": return one(13)
        case "t": return one(9)
        case "f": return one(12)
        case "v": return one(11)
        case "0": return one(0)
        case "x": return one(try hexadecimal(2))
        case "u":
            if take("{") {
                guard let end = scalars[at...].firstIndex(of: "}") else {
                    throw .init(what: "an open escape")
                }
                let value = try hexadecimal(end - at)
                at += 1
                return one(value)
            }
            return one(try hexadecimal(4))
        case "b" where inBrackets: return one(8)
        case "b", "B": throw .init(what: "a word boundary")
        case "p", "P": throw .init(what: "a Unicode property")
        case "1"..."9", "k": throw .init(what: "a reference back")
        default: return one(scalar.value)
        }
    }

    private mutating func hexadecimal(_ count: Int) throws(PatternText.Unsupported) -> UInt32 {
        var text = ""
        text.unicodeScalars.append(contentsOf: scalars[at..<min(at + max(count, 0), scalars.count)])
        guard text.unicodeScalars.count == count, let value = UInt32(text, radix: 16),
            Unicode.Scalar(value) != nil
        else { throw .init(what: "an escape that names no character") }
        at += count
        return value
    }
}
