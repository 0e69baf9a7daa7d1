/// A regular expression: PCRE2's syntax on Unicode text, with a bound on how long one match may take.
public struct Pattern: Sendable {
    /// The expression as written.
    public let source: String
    let code: CompiledPattern

    /// - Parameter source: an expression in PCRE2's syntax; `\d`, `\w` and `\b` know Unicode.
    /// - Throws: where the expression goes wrong and why.
    public init(_ source: String) throws(PatternError) {
        self.source = source
        code = try CompiledPattern(source)
    }

    /// - Parameter source: an expression in the interoperable syntax of RFC 9485, as JSONPath has it. Constructs
    ///   beyond it mean what they mean in PCRE2.
    /// - Throws: where the expression goes wrong and why.
    public init(interoperable source: String) throws(PatternError) {
        self.source = source
        do {
            code = try CompiledPattern(Self.translated(interoperable: source))
        } catch .syntax(_, let message) {
            // The translation moved the place.
            throw .syntax(offset: nil, message: message)
        }
    }

    /// The leftmost match; `nil` when there is none.
    ///
    /// - Throws: ``PatternError/tooCostly`` when the match took more steps than it may.
    public func firstMatch(in text: String) throws(PatternError) -> PatternMatch? {
        try code.firstMatch(in: text)
    }

    /// Whether the expression matches somewhere.
    public func matches(in text: String) throws(PatternError) -> Bool {
        try code.matches(text, whole: false)
    }

    /// Whether the expression matches somewhere in a text given as its UTF-8, which must be valid.
    package func matches(inUTF8 text: ArraySlice<UInt8>) throws(PatternError) -> Bool {
        try code.matches(utf8: text)
    }

    /// Whether the expression matches from the first to the last character.
    public func matches(whole text: String) throws(PatternError) -> Bool {
        try code.matches(text, whole: true)
    }

    /// RFC 9485 §5.4: a dot outside brackets stands for anything but line feed and carriage return.
    static func translated(interoperable source: String) -> String {
        var translated = String.UnicodeScalarView()
        var isEscaped = false
        var isInBrackets = false
        for scalar in source.unicodeScalars {
            if isEscaped {
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else if scalar == "[" {
                isInBrackets = true
            } else if scalar == "]" {
                isInBrackets = false
            } else if scalar == ".", !isInBrackets {
                translated.append(contentsOf: "[^\\n\\r]".unicodeScalars)
                continue
            }
            translated.append(scalar)
        }
        return String(translated)
    }
}

extension Pattern: Hashable, CustomStringConvertible {
    public static func == (left: Pattern, right: Pattern) -> Bool { left.code.source == right.code.source }
    public func hash(into hasher: inout Hasher) { hasher.combine(code.source) }
    public var description: String { source }
}

/// What a regular expression found.
public struct PatternMatch: Sendable, Equatable {
    /// Where in the text's UTF-8.
    public var range: Range<Int>
    /// The whole match first, then the groups; `nil` for groups that took no part.
    public var captures: [String?]

    /// The first group, or the whole match when the expression has no groups.
    public var firstCapture: String? { captures.count > 1 ? captures[1] : captures[0] }
}

/// Why an expression cannot be used.
public enum PatternError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `offset` counts UTF-8 bytes; `nil` when the place is not known.
    case syntax(offset: Int?, message: String)
    /// Matching took more steps or memory than one match may.
    case tooCostly
    /// The engine gave up for a reason of its own, with its number and message.
    case engine(code: Int, message: String)

    public var description: String {
        switch self {
        case .syntax(let offset?, let message): "at byte \(offset + 1) of the pattern: \(message)"
        case .syntax(nil, let message): message
        case .tooCostly:
            "matching took too many steps; the pattern repeats something that can match in many ways"
        case .engine(let code, let message): "pattern engine: \(message) (\(code))"
        }
    }
}
