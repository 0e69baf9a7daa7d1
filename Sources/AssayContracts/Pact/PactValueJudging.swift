internal import AssayFormats

/// Compares single values by a matching rule.
enum PactValues {
    /// What the rule expects, in words, when the actual value is not so; `nil` when it is.
    ///
    /// - Parameter isCascaded: the rule stands at a place above.
    static func problem(
        _ rule: PactRule, expected: JSON, actual: JSON, isCascaded: Bool
    ) -> String? {
        switch rule {
        case .equality, .values: return isEqual(expected, actual) ? nil : "equal to \(shown(expected))"
        case .type(let min, let max):
            return typeProblem(expected, actual, isCascaded ? (nil, nil) : (min, max))
        case .null: return actual == .null ? nil : "null"
        case .integer: return isInteger(actual) ? nil : "an integer"
        case .decimal: return isDecimal(actual) ? nil : "a decimal number"
        case .number: return actual.doubleValue != nil ? nil : "a number"
        case .boolean: return actual.boolValue != nil || isBoolean(actual.stringValue) ? nil : "a boolean"
        case .notEmpty: return isEmpty(actual) ? "a value that is not empty" : nil
        case .semver:
            return actual.stringValue.map(isSemanticVersion) ?? false ? nil : "a semantic version, like 1.2.3"
        case .arrayContains, .eachKey, .eachValue: return nil
        case .statusCode(let status):
            return actual.intValue.map { status.contains(Int($0)) } ?? false ? nil : status.words
        default:
            return textProblem(rule, expected: text(expected), actual: text(actual), isCascaded: isCascaded)
        }
    }

    /// The same for texts: headers, parameters, XML.
    static func textProblem(
        _ rule: PactRule, expected: String, actual: String, isCascaded: Bool
    ) -> String? {
        switch rule {
        case .equality, .values:
            return expected.utf8.elementsEqual(actual.utf8) ? nil : "'\(bounded(expected))'"
        case .regex(let pattern):
            do {
                // All of the text, as the implementations in Rust and Java do.
                return try pattern.matches(whole: actual) ? nil : "a match of /\(pattern)/"
            } catch {
                return "a match of /\(pattern)/, but \(error)"
            }
        case .type: return nil
        case .include(let part): return contains(actual, part) ? nil : "a text with '\(part)' in it"
        case .number, .decimal: return Double(actual) != nil ? nil : "a number"
        case .integer: return Int64(actual) != nil || UInt64(actual) != nil ? nil : "an integer"
        case .boolean: return isBoolean(actual) ? nil : "true or false"
        case .date(let format): return dateProblem("date", format, "yyyy-MM-dd", actual)
        case .time(let format): return dateProblem("time", format, "HH:mm:ss", actual)
        case .datetime(let format):
            return dateProblem("date and time", format, "yyyy-MM-dd'T'HH:mm:ssXXX", actual)
        case .notEmpty: return actual.isEmpty ? "a text that is not empty" : nil
        case .semver: return isSemanticVersion(actual) ? nil : "a semantic version, like 1.2.3"
        case .contentType(let type): return contentProblem(type, Array(actual.utf8))
        case .statusCode(let status): return Int(actual).map(status.contains) ?? false ? nil : status.words
        case .unknown(let name, _): return "what the plugin's rule '\(name)' says, which Assay does not have"
        case .null, .arrayContains, .eachKey, .eachValue:
            return isCascaded && !rule.reachesDown ? nil : "something other than a text"
        }
    }

    /// A rule for bytes that are no text.
    static func bytesProblem(_ rule: PactRule, expected: [UInt8], actual: [UInt8]) -> String? {
        switch rule {
        case .contentType(let type): return contentProblem(type, actual)
        case .equality: return expected == actual ? nil : "the \(expected.count) bytes of the example"
        case .type: return nil
        case .notEmpty: return actual.isEmpty ? "a body that is not empty" : nil
        default:
            guard let text = String(validating: actual, as: UTF8.self) else { return "a text" }
            return textProblem(
                rule, expected: String(decoding: expected, as: UTF8.self), actual: text, isCascaded: false)
        }
    }

    // MARK: Kinds

    /// As Pact compares: `1` and `1.0` differ, the order of members does not count.
    static func isEqual(_ left: JSON, _ right: JSON) -> Bool {
        switch (left, right) {
        case (.int, .double), (.double, .int): false
        case (.array(let a), .array(let b)): a.count == b.count && zip(a, b).allSatisfy(isEqual)
        case (.object(let a), .object(let b)):
            a.count == b.count
                && a.allSatisfy { member in b[member.key].map { isEqual(member.value, $0) } ?? false }
        default: left == right
        }
    }

    private static func typeProblem(_ expected: JSON, _ actual: JSON, _ bounds: (min: Int?, max: Int?))
        -> String?
    {
        guard kind(expected) == kind(actual) else { return "\(kind(expected)), like \(shown(expected))" }
        guard let count = actual.arrayValue?.count else { return nil }
        return sizeProblem(count, bounds)
    }

    static func sizeProblem(_ count: Int, _ bounds: (min: Int?, max: Int?)) -> String? {
        if let min = bounds.min, count < min { return "at least \(min) element\(min == 1 ? "" : "s")" }
        if let max = bounds.max, count > max { return "at most \(max) element\(max == 1 ? "" : "s")" }
        return nil
    }

    static func kind(_ value: JSON) -> String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .double: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    private static func isInteger(_ value: JSON) -> Bool {
        switch value {
        case .int: true
        // A number too large for 64 bits with sign was written without fraction.
        case .double(let number): number == number.rounded() && abs(number) >= 0x1p63
        default: false
        }
    }

    private static func isDecimal(_ value: JSON) -> Bool {
        if case .double = value { return !isInteger(value) }
        return false
    }

    private static func isBoolean(_ text: String?) -> Bool { text == "true" || text == "false" }

    private static func isEmpty(_ value: JSON) -> Bool {
        switch value {
        case .null: true
        case .string(let text): text.isEmpty
        case .array(let values): values.isEmpty
        case .object(let members): members.isEmpty
        default: false
        }
    }

    /// Source: semver.org 2.0.0.
    static func isSemanticVersion(_ text: String) -> Bool {
        let build = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        guard let head = build.first, build.count == 1 || isIdentifiers(build[1], areNumbersPlain: false)
        else {
            return false
        }
        let parts = head.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3, numbers.allSatisfy(isPlainNumber) else { return false }
        return parts.count == 1 || isIdentifiers(parts[1], areNumbersPlain: true)
    }

    private static func isPlainNumber(_ text: Substring) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && (text == "0" || text.first != "0")
    }

    private static func isIdentifiers(_ text: Substring, areNumbersPlain: Bool) -> Bool {
        text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard !part.isEmpty, part.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
            else {
                return false
            }
            return !areNumbersPlain || !part.allSatisfy { $0.isNumber } || isPlainNumber(part)
        }
    }

    private static func dateProblem(_ what: String, _ format: String, _ standard: String, _ actual: String)
        -> String?
    {
        let pattern = format.isEmpty ? standard : format
        return PactDateFormat(pattern)?.matches(actual) ?? false ? nil : "a \(what) as \(pattern)"
    }

    private static func contentProblem(_ type: String, _ bytes: [UInt8]) -> String? {
        let wanted = PactMediaType(type)
        let found = PactMediaType(looksLike: bytes)
        // A text without marks of its own can be of any kind of text.
        if wanted.base == found.base || (wanted.isXML && found.isXML)
            || (wanted.type == "text" && found.isText)
        {
            return nil
        }
        return "contents of type \(type), which these bytes do not look like (\(found.text))"
    }

    private static func contains(_ text: String, _ part: String) -> Bool {
        guard !part.isEmpty else { return true }
        let (bytes, wanted) = (Array(text.utf8), Array(part.utf8))
        guard bytes.count >= wanted.count else { return false }
        return (0...(bytes.count - wanted.count)).contains { bytes[$0...].starts(with: wanted) }
    }

    /// A scalar as a text, anything else as JSON.
    static func text(_ value: JSON) -> String { value.stringValue ?? value.rendered() }

    /// A value for people, bounded.
    static func shown(_ value: JSON) -> String { bounded(value.rendered()) }

    static func bounded(_ text: String) -> String {
        text.utf8.count > 200 ? String(text.prefix(197)) + "…" : text
    }
}
