/// Expressions of ECMA-262, which JSON Schema recommends, in the syntax of PCRE2.
///
/// Differences that matter to schemas: `$` is the very end; `\d`, `\w` and `\b` are ASCII, `\s` is not; `\uXXXX`, `\cX` and
/// `\p{Letter}`.
enum ECMAPattern {
    private static let spaces =
        #"\t\n\x{0B}\f\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}"#
    private static let categories = [
        "Letter": "L", "Uppercase_Letter": "Lu", "Lowercase_Letter": "Ll", "Mark": "M", "Number": "N",
        "Decimal_Number": "Nd", "digit": "Nd", "Punctuation": "P", "Symbol": "S", "Separator": "Z",
        "Other": "C",
    ]

    static func translated(_ source: String) -> String {
        let scalars = Array(source.unicodeScalars)
        var text = ""
        var at = 0
        var isInBrackets = false
        while at < scalars.count {
            let scalar = scalars[at]
            at += 1
            switch scalar {
            case "\\" where at < scalars.count:
                text += escape(scalars, &at, isInBrackets)
            case "[" where !isInBrackets:
                isInBrackets = true
                // `[]` is nothing and `[^]` anything; PCRE2 would read on to the next bracket.
                if scalars[at...].starts(with: ["]"]) {
                    (text, at, isInBrackets) = (text + "(?!)", at + 1, false)
                } else if scalars[at...].starts(with: ["^", "]"]) {
                    (text, at, isInBrackets) = (text + #"[\s\S]"#, at + 2, false)
                } else {
                    text += "["
                }
            case "[": text += #"\["#
            case "]":
                isInBrackets = false
                text += "]"
            case "$" where !isInBrackets: text += #"\z"#
            case "." where !isInBrackets: text += #"[^\n\r\x{2028}\x{2029}]"#
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// What follows a backslash; `at` is moved behind it.
    private static func escape(_ scalars: [Unicode.Scalar], _ at: inout Int, _ isInBrackets: Bool) -> String {
        let scalar = scalars[at]
        at += 1
        let open = isInBrackets ? "" : "["
        let close = isInBrackets ? "" : "]"
        switch scalar {
        case "d": return open + "0-9" + close
        case "D" where !isInBrackets: return "[^0-9]"
        case "w": return open + "A-Za-z0-9_" + close
        case "W" where !isInBrackets: return "[^A-Za-z0-9_]"
        case "s": return open + spaces + close
        case "S" where !isInBrackets: return "[^" + spaces + "]"
        case "D": return #"\x{00}-/:-\x{10FFFF}"#
        case "W": return #"\x{00}-/:-@\[-^`{-\x{10FFFF}"#
        case "b" where !isInBrackets:
            return "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))"
        case "B" where !isInBrackets:
            return "(?:(?<=[A-Za-z0-9_])(?=[A-Za-z0-9_])|(?<![A-Za-z0-9_])(?![A-Za-z0-9_]))"
        case "v": return #"\x{0B}"#
        case "u": return unicode(scalars, &at)
        case "c" where at < scalars.count && scalars[at].isASCII:
            at += 1
            return "\\x{\(String(scalars[at - 1].value % 32, radix: 16))}"
        case "p", "P":
            guard scalars[at...].starts(with: ["{"]), let end = scalars[at...].firstIndex(of: "}") else {
                break
            }
            var name = ""
            name.unicodeScalars.append(contentsOf: scalars[(at + 1)..<end])
            if let equals = name.lastIndex(of: "=") { name = String(name[name.index(after: equals)...]) }
            at = end + 1
            return "\\\(scalar){\(categories[name] ?? name)}"
        default: break
        }
        return "\\" + String(Character(scalar))
    }

    private static func unicode(_ scalars: [Unicode.Scalar], _ at: inout Int) -> String {
        if scalars[at...].starts(with: ["{"]), let end = scalars[at...].firstIndex(of: "}") {
            var digits = ""
            digits.unicodeScalars.append(contentsOf: scalars[(at + 1)..<end])
            at = end + 1
            return "\\x{\(digits)}"
        }
        guard let first = unit(scalars, at) else { return "u" }
        at += 4
        guard (0xD800..<0xDC00).contains(first), scalars[at...].starts(with: ["\\", "u"]),
            let second = unit(scalars, at + 2), (0xDC00..<0xE000).contains(second)
        else { return "\\x{\(String(first, radix: 16))}" }
        at += 6
        return "\\x{\(String(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00), radix: 16))}"
    }

    private static func unit(_ scalars: [Unicode.Scalar], _ at: Int) -> UInt32? {
        guard at + 4 <= scalars.count else { return nil }
        var digits = ""
        digits.unicodeScalars.append(contentsOf: scalars[at..<(at + 4)])
        return UInt32(digits, radix: 16)
    }
}
