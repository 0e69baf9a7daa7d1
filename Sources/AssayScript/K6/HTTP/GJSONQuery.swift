/// The condition of `#(name=="x")`: a path in each element, an operator and what to compare with.
struct GJSONQuery {
    typealias Text = ArraySlice<UInt8>

    enum Operator { case exists, equal, unequal, less, atMost, more, atLeast, like, unlike }

    private(set) var path: Text
    private var test = Operator.exists
    private var wanted: [UInt8] = []
    /// `#(…)#`: every element that fits, not the first.
    var isForAll = false

    /// Reads a query up to its closing parenthesis.
    ///
    /// - Returns: `nil` when it is not closed; else the query and what follows it.
    static func reading(_ text: Text) -> (GJSONQuery, Text)? {
        var place = text.startIndex + 1
        var depth = 1
        var operatorPlace: Int?
        scan: while place < text.endIndex {
            let byte = text[place]
            if depth == 1, operatorPlace == nil, isOperator(byte) {
                operatorPlace = place
            } else {
                switch byte {
                case Ascii.backslash: place += 1
                case Ascii.leftBracket, Ascii.leftParenthesis: depth += 1
                case Ascii.rightBracket, Ascii.rightParenthesis:
                    depth -= 1
                    if depth == 0 { break scan }
                case Ascii.quote: place = GJSONScan.end(of: text[place...]) - 1
                default: break
                }
            }
            place += 1
        }
        guard depth == 0, place < text.endIndex else { return nil }
        let inner = text[(text.startIndex + 1)..<place]
        let after = text[(place + 1)...]
        guard let operatorPlace else { return (GJSONQuery(path: trimmed(inner)), after) }
        var query = GJSONQuery(path: trimmed(inner[..<operatorPlace]))
        query.readTest(trimmed(inner[operatorPlace...]))
        return (query, after)
    }

    private init(path: Text) { self.path = path }

    private static func isOperator(_ byte: UInt8) -> Bool {
        switch byte {
        case Ascii.bang, UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "%"): true
        default: false
        }
    }

    private mutating func readTest(_ text: Text) {
        let signs: [(String, Operator)] = [
            ("!=", .unequal), ("!%", .unlike), ("<=", .atMost), (">=", .atLeast), ("==", .equal),
            ("<", .less), (">", .more), ("=", .equal), ("%", .like),
        ]
        guard let (sign, test) = signs.first(where: { text.starts(with: $0.0.utf8) }) else { return }
        self.test = test
        let value = Self.trimmed(text.dropFirst(sign.utf8.count))
        let isQuoted = value.count >= 2 && value.first == Ascii.quote && value.last == Ascii.quote
        wanted = isQuoted ? GJSONScan.string(value) : Array(value)
    }

    private static func trimmed(_ text: Text) -> Text {
        let start = text.drop { $0 <= 0x20 }
        return start[..<(start.lastIndex { $0 > 0x20 }.map { $0 + 1 } ?? start.startIndex)]
    }

    // MARK: judging

    /// - Parameter value: what the path found; `nil` for nothing.
    func matches(_ value: Text?) -> Bool {
        if wanted.first == Ascii.tilde {
            guard let truth = truth(of: value) else { return false }
            return compare(truth, with: "true")
        }
        guard let value, let kind = GJSONScan.kind(value) else { return false }
        if test == .exists { return true }
        switch kind {
        case .string: return compare(GJSONScan.string(value))
        case .number:
            return compare(GJSONScan.number(value), with: GJSONScan.number(wanted[...]))
        case .true, .false: return compare(kind == .true, with: String(decoding: wanted, as: UTF8.self))
        case .null, .array, .object: return false
        }
    }

    private func compare(_ text: [UInt8]) -> Bool {
        switch test {
        case .exists: true
        case .equal: text == wanted
        case .unequal: text != wanted
        case .less: text.lexicographicallyPrecedes(wanted)
        case .atMost: !wanted.lexicographicallyPrecedes(text)
        case .more: wanted.lexicographicallyPrecedes(text)
        case .atLeast: !text.lexicographicallyPrecedes(wanted)
        case .like: wildcardMatches(text[...], wanted[...])
        case .unlike: !wildcardMatches(text[...], wanted[...])
        }
    }

    private func compare(_ number: Double, with other: Double) -> Bool {
        switch test {
        case .equal: number == other
        case .unequal: number != other
        case .less: number < other
        case .atMost: number <= other
        case .more: number > other
        case .atLeast: number >= other
        case .exists, .like, .unlike: false
        }
    }

    private func compare(_ truth: Bool, with word: String) -> Bool {
        switch test {
        case .exists: true
        case .equal: word == (truth ? "true" : "false")
        case .unequal: word != (truth ? "true" : "false")
        case .more: truth && word == "false"
        case .atLeast: truth
        case .less: !truth && word == "true"
        case .atMost: !truth
        case .like, .unlike: false
        }
    }

    /// What `~true`, `~false`, `~null` and `~*` make of a value; `nil` for another word.
    private func truth(of value: Text?) -> Bool? {
        let kind = value.flatMap(GJSONScan.kind)
        switch String(decoding: wanted.dropFirst(), as: UTF8.self) {
        case "*": return kind != nil
        case "null": return kind == nil || kind == .null
        case "true": return Self.isTrue(value, kind)
        case "false": return Self.isFalse(value, kind)
        default: return nil
        }
    }

    private static func isTrue(_ value: Text?, _ kind: GJSONScan.Kind?) -> Bool {
        switch kind {
        case .true: true
        case .number: GJSONScan.number(value ?? []) != 0
        case .string: ["1", "t", "true"].contains(word(value))
        default: false
        }
    }

    private static func isFalse(_ value: Text?, _ kind: GJSONScan.Kind?) -> Bool {
        switch kind {
        case nil, .null, .false: true
        case .number: GJSONScan.number(value ?? []) == 0
        case .string: ["0", "f", "false"].contains(word(value))
        case .true, .array, .object: false
        }
    }

    private static func word(_ value: Text?) -> String {
        String(decoding: GJSONScan.string(value ?? []), as: UTF8.self).lowercased()
    }
}
