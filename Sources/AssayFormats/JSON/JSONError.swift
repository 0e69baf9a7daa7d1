/// Why a text is not JSON: where, what would have been right there, and what stands there.
public struct JSONError: Error, Sendable, Equatable {
    /// Bytes before the place.
    public var offset: Int
    /// 1-based.
    public var line: Int
    /// 1-based, counted in Unicode scalars.
    public var column: Int
    /// What would have been right, like `a value`.
    public var expected: String
    /// What stands there, like `'}'` or `the end of the text`.
    public var actual: String

    public init(offset: Int, line: Int, column: Int, expected: String, actual: String) {
        self.offset = offset
        self.line = line
        self.column = column
        self.expected = expected
        self.actual = actual
    }
}

extension JSONError: CustomStringConvertible {
    /// One sentence without a full stop: `line 2, column 7: expected ':' after the member's name, found '}'`.
    public var description: String { "line \(line), column \(column): expected \(expected), found \(actual)" }
}

extension JSONError {
    /// What the scanner had a right to see.
    enum Reason: UInt8 {
        case value, memberName, colon, commaOrBrace, commaOrBracket, end
        case digit, noLeadingZero, smallerNumber
        case stringEnd, escape, hexDigits, lowSurrogate, noLoneLowSurrogate, utf8
        case lessDepth, shorterText

        var expected: String {
            switch self {
            case .value: "a value"
            case .memberName: "a member's name in double quotes"
            case .colon: "':' after the member's name"
            case .commaOrBrace: "',' or '}' after the member"
            case .commaOrBracket: "',' or ']' after the element"
            case .end: "nothing after the value"
            case .digit: "a digit"
            case .noLeadingZero: "no digit after a leading zero"
            case .smallerNumber: "a number that a 64-bit float can hold"
            case .stringEnd: "the rest of the string and its closing '\"'"
            case .escape: "one of \" \\ / b f n r t u after '\\'"
            case .hexDigits: "four hexadecimal digits after '\\u'"
            case .lowSurrogate: "a low surrogate (\\uDC00 to \\uDFFF) after the high one"
            case .noLoneLowSurrogate: "a high surrogate (\\uD800 to \\uDBFF) before the low one"
            case .utf8: "well-formed UTF-8"
            case .lessDepth: "no deeper nesting"
            case .shorterText: "less than 2 GiB of text"
            }
        }
    }

    init(_ reason: Reason, at offset: Int, in bytes: some Collection<UInt8>) {
        let before = bytes.prefix(offset)
        let lineStart = before.countThroughLast(UInt8(ascii: "\n"))
        let onLine = before.dropFirst(lineStart)
        self.init(
            offset: offset, line: 1 + before.count { $0 == UInt8(ascii: "\n") },
            column: 1 + onLine.count { $0 & 0xC0 != 0x80 }, expected: reason.expected,
            actual: Self.describe(bytes.dropFirst(offset)))
    }

    private static func describe(_ rest: some Collection<UInt8>) -> String {
        guard let byte = rest.first else { return "the end of the text" }
        if rest.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
        if byte < 0x20 || byte == 0x7F { return "control character U+00\(hexadecimal(byte))" }
        for length in 1...4 {
            if let text = String(validating: rest.prefix(length), as: UTF8.self) { return "'\(text)'" }
        }
        return "byte 0x\(hexadecimal(byte))"
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}

extension Collection {
    /// How many elements there are up to and with the last `element`; 0 when there is none.
    fileprivate func countThroughLast(_ element: Element) -> Int where Element: Equatable {
        var after = 0
        for (place, candidate) in enumerated() where candidate == element { after = place + 1 }
        return after
    }
}
