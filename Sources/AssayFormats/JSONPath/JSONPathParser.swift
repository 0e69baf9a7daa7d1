/// Reads RFC 9535's grammar by recursive descent; nesting is bounded.
struct JSONPathParser {
    private(set) var scalars: [Unicode.Scalar]
    var at = 0
    /// Parentheses, nested filters and function calls that are open.
    private var depth = 0
    private static let maxDepth = 64
    /// 2^53 − 1: RFC 9535 keeps integers where a float is exact.
    static let maxInteger = 9_007_199_254_740_991

    init(_ text: String) { scalars = Array(text.unicodeScalars) }

    /// The whole text: `$` and segments, nothing else.
    mutating func query() throws(JSONPathError) -> [JSONPath.Segment] {
        guard peek == "$" else {
            let bare = peek.map { isNameFirst($0) || $0 == "." || $0 == "[" } ?? false
            let text = String(String.UnicodeScalarView(scalars))
            let joint = peek == "." || peek == "[" ? "$" : "$."
            throw error("'$' at the start of the query", fix: bare ? "write \(joint)\(text)" : nil)
        }
        at += 1
        let segments = try segments()
        guard peek == nil else { throw error("'.', '..' or '['") }
        return segments
    }

    /// Blanks are allowed between segments, but not after the last.
    mutating func segments() throws(JSONPathError) -> [JSONPath.Segment] {
        var segments: [JSONPath.Segment] = []
        while true {
            let before = at
            skipBlanks()
            if peek == "[" {
                segments.append(.init(isDescendant: false, selectors: try bracketed()))
            } else if peek == "." {
                at += 1
                let isDescendant = peek == "."
                if isDescendant { at += 1 }
                if isDescendant, peek == "[" {
                    segments.append(.init(isDescendant: true, selectors: try bracketed()))
                } else {
                    segments.append(
                        .init(isDescendant: isDescendant, selectors: [try shorthand(isDescendant)]))
                }
            } else {
                at = before
                return segments
            }
        }
    }

    /// What follows a dot: `*` or a plain name.
    private mutating func shorthand(_ isDescendant: Bool) throws(JSONPathError) -> JSONPath.Selector {
        if peek == "*" {
            at += 1
            return .wildcard
        }
        let start = at
        guard let first = peek, isNameFirst(first) else {
            let wanted = isDescendant ? "a name, '*' or '[' after '..'" : "a name or '*' after '.'"
            let isQuoted = peek == "'" || peek == "\""
            let isNumber = peek.map { isDigit($0) } ?? false
            throw error(
                wanted,
                fix: isQuoted
                    ? "put the quoted name in brackets: ['name']"
                    : isNumber ? "put an index in brackets, like [0], or quote the name: ['0']" : nil)
        }
        while let next = peek, isNameFirst(next) || isDigit(next) { at += 1 }
        if peek == "-" {
            throw error(
                "letters, digits or '_' in an unquoted name",
                fix: "put the name in brackets and quotes: ['a-b']")
        }
        return .name(String(String.UnicodeScalarView(scalars[start..<at])))
    }

    private mutating func bracketed() throws(JSONPathError) -> [JSONPath.Selector] {
        at += 1
        var selectors: [JSONPath.Selector] = []
        repeat {
            skipBlanks()
            selectors.append(try selector())
            skipBlanks()
        } while take(",")
        guard take("]") else { throw error("',' or ']' after the selector") }
        return selectors
    }

    private mutating func selector() throws(JSONPathError) -> JSONPath.Selector {
        switch peek {
        case "'", "\"": return .name(try string())
        case "*":
            at += 1
            return .wildcard
        case "?":
            at += 1
            try enter()
            defer { leave() }
            skipBlanks()
            return .filter(try condition())
        case ":": return try slice(from: nil)
        case .some(let first) where first == "-" || isDigit(first):
            let start = try integer()
            let after = at
            skipBlanks()
            if peek == ":" { return try slice(from: start) }
            at = after
            return .index(start)
        default:
            let isBare = peek.map { isNameFirst($0) } ?? false
            throw error(
                "a quoted name, an index, a slice, '*' or '?'", fix: isBare ? "quote the name: ['name']" : nil
            )
        }
    }

    /// From the first colon on.
    private mutating func slice(from start: Int?) throws(JSONPathError) -> JSONPath.Selector {
        at += 1
        skipBlanks()
        var end: Int?
        var step: Int?
        if let next = peek, next == "-" || isDigit(next) {
            end = try integer()
            skipBlanks()
        }
        if take(":") {
            let after = at
            skipBlanks()
            if let next = peek, next == "-" || isDigit(next) { step = try integer() } else { at = after }
        }
        return .slice(start: start, end: end, step: step ?? 1)
    }

    /// `0`, or digits without a leading zero, with a minus; within ±(2^53 − 1).
    mutating func integer() throws(JSONPathError) -> Int {
        let start = at
        let isNegative = take("-")
        guard let first = peek, isDigit(first) else { throw error("a digit") }
        var value = 0
        if first == "0" {
            at += 1
            if isNegative { throw error("a number without '-0'", at: start, fix: "write 0") }
            if let next = peek, isDigit(next) {
                throw error("no digit after a leading zero", fix: "drop the zero")
            }
            return 0
        }
        while let next = peek, isDigit(next) {
            value = value * 10 + Int(next.value - 48)
            guard value <= Self.maxInteger else {
                throw error("a number of at most 9007199254740991", at: start, actual: "a larger one")
            }
            at += 1
        }
        return isNegative ? -value : value
    }

    // MARK: Scalars

    var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    func peek(_ ahead: Int) -> Unicode.Scalar? {
        at + ahead < scalars.count ? scalars[at + ahead] : nil
    }

    mutating func take(_ text: String) -> Bool {
        guard scalars[at...].starts(with: text.unicodeScalars) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    mutating func skipBlanks() {
        while let next = peek, next == " " || next == "\t" || next == "\n" || next == "\r" { at += 1 }
    }

    func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

    func isNameFirst(_ scalar: Unicode.Scalar) -> Bool {
        "a"..."z" ~= scalar || "A"..."Z" ~= scalar || scalar == "_" || scalar.value >= 0x80
    }

    // MARK: Nesting and errors

    mutating func enter() throws(JSONPathError) {
        guard depth < Self.maxDepth else {
            throw error("at most \(Self.maxDepth) levels of nesting", actual: "another one")
        }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    func error(
        _ expected: String, at place: Int? = nil, actual: String? = nil, fix: String? = nil
    ) -> JSONPathError {
        let place = place ?? at
        let seen = place < scalars.count ? "'\(scalars[place])'" : "the end of the query"
        return JSONPathError(offset: place, expected: expected, actual: actual ?? seen, fix: fix)
    }
}
