internal import AssayFormats

/// A JSONPath as WireMock's users write it: Jayway's dialect, put into the words of RFC 9535.
///
/// Beyond the standard: no `$` at the start, names with `-`, functions at the end (`.length()`, `.sum()` …), and in
/// filters `=~ /…/i`, `in`, `nin`, `size`, `empty` and `.length()`.
struct JaywayPath: Sendable {
    enum Function: String, Sendable, CaseIterable {
        case length, size, min, max, avg, sum, stddev, first, last, keys
    }

    /// As written.
    let source: String
    private let path: JSONPath
    private let function: Function?

    /// - Throws: where the path goes wrong.
    init(_ source: String) throws(JSONPathError) {
        self.source = source
        var translation = JaywayTranslation(source)
        let text = try translation.path()
        function = translation.function
        do {
            path = try JSONPath(parsing: text)
        } catch {
            // The places are those of the translation; what is wrong is the same.
            throw JSONPathError(
                offset: min(error.offset, source.unicodeScalars.count), expected: error.expected,
                actual: error.actual, fix: error.fix)
        }
    }

    /// Whether it names one value, which is then its result; other paths give a list of what they find.
    var isDefinite: Bool { path.isSingular || function != nil }

    func nodes(in document: JSON) -> [JSONNode] { function == nil ? path.nodes(in: document) : [] }

    /// The value of a definite path, or the list that another path finds.
    ///
    /// - Returns: `nil` when a definite path finds nothing.
    func read(_ document: JSON) -> JSON? {
        let found = path.values(in: document)
        guard let function else {
            if !path.isSingular { return .some(.array(found)) }
            return found.first
        }
        let value = path.isSingular ? found.first : .some(.array(found))
        guard let value else { return nil }
        return Self.apply(function, to: value)
    }

    private static func apply(_ function: Function, to value: JSON) -> JSON? {
        switch (function, value) {
        case (.length, .string(let text)), (.size, .string(let text)):
            return .some(.int(Int64(text.unicodeScalars.count)))
        case (.length, .array(let values)), (.size, .array(let values)):
            return .some(.int(Int64(values.count)))
        case (.length, .object(let object)), (.size, .object(let object)):
            return .some(.int(Int64(object.count)))
        case (.keys, .object(let object)): return .some(.array(object.keys.map { .string($0) }))
        case (.first, .array(let values)): return values.first
        case (.last, .array(let values)): return values.last
        case (_, .array(let values)):
            return numbers(values).flatMap { figure(function, $0) }.map { .double($0) }
        default: return nil
        }
    }

    private static func numbers(_ values: [JSON]) -> [Double]? {
        let numbers = values.compactMap(\.doubleValue)
        return numbers.isEmpty ? nil : numbers
    }

    private static func figure(_ function: Function, _ numbers: [Double]) -> Double? {
        let sum = numbers.reduce(0, +)
        let mean = sum / Double(numbers.count)
        switch function {
        case .min: return numbers.min()
        case .max: return numbers.max()
        case .sum: return sum
        case .avg: return mean
        case .stddev:
            return (numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(numbers.count)).squareRoot()
        default: return nil
        }
    }
}

/// Goes over a path of Jayway's dialect and writes the standard's.
private struct JaywayTranslation {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var out = String.UnicodeScalarView()
    var function: JaywayPath.Function?

    init(_ text: String) { scalars = Array(text.trimmed.unicodeScalars) }

    private var peek: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private func error(_ expected: String, at place: Int? = nil) -> JSONPathError {
        let place = place ?? at
        return JSONPathError(
            offset: place, expected: expected,
            actual: place < scalars.count ? "'\(scalars[place])'" : "the end of the path")
    }

    mutating func path() throws(JSONPathError) -> String {
        if peek == "$" {
            at += 1
        } else if peek != "[", peek != "." {
            out.append(contentsOf: "$.".unicodeScalars)
        }
        if out.isEmpty { out.append("$") }
        if out.count == 2 { try name() }
        try segments(stopsAtBlank: false)
        guard at == scalars.count else { throw error("'.', '..' or '['") }
        return String(out)
    }

    /// Everything from a `.` or `[` on, as far as the path goes.
    private mutating func segments(stopsAtBlank: Bool) throws(JSONPathError) {
        while let next = peek {
            if next == "." {
                let isDescendant = at + 1 < scalars.count && scalars[at + 1] == "."
                at += isDescendant ? 2 : 1
                // A dot at the end, or before a bracket, says nothing.
                if peek == nil { return }
                if peek == "[" {
                    if isDescendant { out.append(contentsOf: "..".unicodeScalars) }
                    continue
                }
                out.append(contentsOf: (isDescendant ? ".." : ".").unicodeScalars)
                try name()
            } else if next == "[" {
                try brackets()
            } else {
                return
            }
        }
    }

    /// A name after a dot; one that the standard does not take without quotes gets them.
    private mutating func name() throws(JSONPathError) {
        if peek == "*" {
            out.append("*")
            at += 1
            return
        }
        let start = at
        while let next = peek, isName(next) { at += 1 }
        guard at > start else { throw error("a name, '*' or '['") }
        let word = String(String.UnicodeScalarView(scalars[start..<at]))
        if peek == "(", at + 1 < scalars.count, scalars[at + 1] == ")" {
            try call(word, start: start)
            return
        }
        let isPlain = word.unicodeScalars.allSatisfy {
            $0 == "_" || $0.value >= 0x80 || isLetter($0) || isDigit($0)
        }
        if isPlain, !isDigit(scalars[start]) {
            out.append(contentsOf: word.unicodeScalars)
        } else {
            out.removeLast()
            // After `..` the brackets stand where the name would.
            out.append(contentsOf: (out.last == "." ? ".['\(word)']" : "['\(word)']").unicodeScalars)
        }
    }

    /// `length()` and its like: at the end of the path only.
    private mutating func call(_ word: String, start: Int) throws(JSONPathError) {
        guard let known = JaywayPath.Function(rawValue: word) else {
            throw JSONPathError(
                offset: start,
                expected: "one of "
                    + JaywayPath.Function.allCases.map { $0.rawValue + "()" }.joined(separator: ", "),
                actual: "'\(word)()'")
        }
        guard function == nil else { throw error("one function only", at: start) }
        at += 2
        out.removeLast()
        function = known
    }

    private mutating func brackets() throws(JSONPathError) {
        at += 1
        out.append("[")
        skipBlanks()
        if peek == "?" {
            at += 1
            out.append("?")
            try filter()
            guard peek == "]" else { throw error("']' after the filter") }
        } else {
            while let next = peek, next != "]" {
                if next == "'" || next == "\"" {
                    out.append(contentsOf: try quoted())
                } else {
                    out.append(next)
                    at += 1
                }
            }
        }
        guard peek == "]" else { throw error("']'") }
        at += 1
        out.append("]")
    }

    /// A text in quotes, with them.
    private mutating func quoted() throws(JSONPathError) -> [Unicode.Scalar] {
        let start = at
        let quote = scalars[at]
        at += 1
        while let next = peek {
            at += next == "\\" ? 2 : 1
            if next == quote { return Array(scalars[start..<min(at, scalars.count)]) }
        }
        throw error("the closing quote", at: start)
    }

    // MARK: filters

    /// Up to the bracket that closes the filter.
    private mutating func filter() throws(JSONPathError) {
        while let next = peek, next != "]" {
            switch next {
            case "@", "$": try comparison()
            case "'", "\"": out.append(contentsOf: try quoted())
            default:
                out.append(next)
                at += 1
            }
        }
    }

    /// A path in a filter, with what it is compared to when that is one of Jayway's operators.
    private mutating func comparison() throws(JSONPathError) {
        let outer = out
        let outerFunction = function
        out = String.UnicodeScalarView([scalars[at]])
        function = nil
        at += 1
        try segments(stopsAtBlank: true)
        let path = String(out)
        let subject = function == nil ? path : "length(\(path))"
        let isLength = function == .length || function == .size
        guard function == nil || isLength else {
            throw error("length() or size(), the only functions in filters")
        }
        function = outerFunction
        out = outer
        let before = at
        skipBlanks()
        if take("=~") {
            skipBlanks()
            out.append(contentsOf: try "match(\(subject), \(pattern()))".unicodeScalars)
        } else if takeWord("in") || takeWord("nin") {
            let isNegated = scalars[at - 3] == "n"
            let values = try list()
            let any =
                values.isEmpty ? "1 == 2" : values.map { "\(subject) == \($0)" }.joined(separator: " || ")
            out.append(contentsOf: "\(isNegated ? "!" : "")(\(any))".unicodeScalars)
        } else if takeWord("size") {
            skipBlanks()
            out.append(contentsOf: "length(\(path)) == ".unicodeScalars)
        } else if takeWord("empty") {
            skipBlanks()
            guard takeWord("true") || takeWord("false") else { throw error("true or false after 'empty'") }
            let isEmpty = scalars[at - 2] == "u"
            out.append(contentsOf: "length(\(path)) \(isEmpty ? "==" : ">") 0".unicodeScalars)
        } else {
            at = before
            out.append(contentsOf: subject.unicodeScalars)
        }
    }

    /// `/expression/i` as a text in quotes.
    private mutating func pattern() throws(JSONPathError) -> String {
        guard peek == "/" else { throw error("a regular expression like /abc.*/i") }
        at += 1
        var text = ""
        while let next = peek, next != "/" {
            if next == "\\", at + 1 < scalars.count, scalars[at + 1] == "/" { at += 1 }
            text.unicodeScalars.append(scalars[at])
            at += 1
        }
        guard peek == "/" else { throw error("'/' at the end of the regular expression") }
        at += 1
        var flags = ""
        while let next = peek, isLetter(next) {
            flags.unicodeScalars.append(next)
            at += 1
        }
        return JSON.string((flags.isEmpty ? "" : "(?\(flags))") + text).rendered()
    }

    /// `['a', 'b', 1]` as its elements.
    private mutating func list() throws(JSONPathError) -> [String] {
        skipBlanks()
        guard peek == "[" else { throw error("a list like ['a', 'b']") }
        at += 1
        var values: [String] = []
        var value = ""
        while let next = peek, next != "]" {
            if next == "'" || next == "\"" {
                value.unicodeScalars.append(contentsOf: try quoted())
                continue
            }
            if next == "," {
                values.append(value)
                value = ""
            } else if next != " " {
                value.unicodeScalars.append(next)
            }
            at += 1
        }
        guard peek == "]" else { throw error("']' at the end of the list") }
        at += 1
        return value.isEmpty ? values : values + [value]
    }

    // MARK: scalars

    private mutating func take(_ text: String) -> Bool {
        guard scalars[min(at, scalars.count)...].starts(with: text.unicodeScalars) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    /// A word that no letter follows.
    private mutating func takeWord(_ word: String) -> Bool {
        let start = at
        guard take(word) else { return false }
        if let next = peek, isLetter(next) {
            at = start
            return false
        }
        return true
    }

    private mutating func skipBlanks() {
        while let next = peek, next == " " || next == "\t" || next == "\n" { at += 1 }
    }

    private func isLetter(_ scalar: Unicode.Scalar) -> Bool { "a"..."z" ~= scalar || "A"..."Z" ~= scalar }
    private func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }

    private func isName(_ scalar: Unicode.Scalar) -> Bool {
        isLetter(scalar) || isDigit(scalar) || scalar == "_" || scalar == "-" || scalar == "$"
            || scalar == ":"
            || scalar == "@" || scalar.value >= 0x80
    }
}
