/// Text from outside made safe for one kind of output. Writers call these; nobody else has to.
enum ForeignText {
    /// For a terminal: control characters and invisible direction marks become visible, so that nothing moves the
    /// cursor, changes a colour or hides what stands there. Line breaks and tabs become spaces in one-line text.
    static func line(_ text: String) -> String { terminal(text, keepsLines: false) }

    /// As ``line(_:)``, split at line breaks.
    static func lines(_ text: String) -> [String] {
        terminal(text, keepsLines: true).split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }

    private static func terminal(_ text: String, keepsLines: Bool) -> String {
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: out.append(keepsLines ? "\n" : " ")
            case 0x0D: if !keepsLines { out.append(" ") }
            case 0x09: out.append(" ")
            case 0..<0x20, 0x7F..<0xA0, 0x200B, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF:
                out.append(
                    contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
            default: out.append(scalar)
            }
        }
        return String(out)
    }

    /// For HTML text and double- or single-quoted attributes.
    static func html(_ text: String) -> String {
        markup(text) { scalar in
            // Numbers cannot stand for most controls in HTML either; a person still sees that something was there.
            switch scalar {
            case 0x0A, 0x09: nil
            case 0x0D: ""
            case 0..<0x20, 0x7F..<0xA0, 0xFFFE, 0xFFFF: "\u{FFFD}"
            case 0x2028...0x202E, 0x2066...0x2069: "\\u{\(String(scalar, radix: 16, uppercase: true))}"
            default: nil
            }
        }
    }

    /// For XML 1.0 text and attributes: characters that XML cannot hold become U+FFFD.
    static func xml(_ text: String, attribute: Bool = false) -> String {
        markup(text) { scalar in
            switch scalar {
            case 0x0A, 0x09, 0x0D: attribute || scalar == 0x0D ? "&#\(scalar);" : nil
            case 0..<0x20, 0xFFFE, 0xFFFF: "\u{FFFD}"
            case 0x7F..<0xA0: "&#\(scalar);"
            default: nil
            }
        }
    }

    private static func markup(_ text: String, _ special: (UInt32) -> String?) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            default:
                if let other = special(scalar.value) {
                    out += other
                } else {
                    out.unicodeScalars.append(scalar)
                }
            }
        }
        return out
    }

    /// A JSON text for a `<script>` element: nothing in it can end the element or a line of JavaScript.
    static func script(_ json: String) -> String {
        var out = ""
        for scalar in json.unicodeScalars {
            switch scalar.value {
            case 0x3C, 0x3E, 0x26, 0x2028, 0x2029:
                let digits = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// For Markdown table cells and sentences.
    static func markdown(_ text: String) -> String {
        var out = ""
        for character in line(text) {
            if "\\`*_{}[]<>|#~!&".contains(character) { out += "\\" }
            out.append(character)
        }
        return out
    }
}
