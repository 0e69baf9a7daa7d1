/// A media type or a range of them: `application/json; charset=utf-8`, `text/*`, `*/*`.
///
/// Source: RFC 9110 §8.3.1, §12.5.1.
struct MediaType: Sendable, Hashable {
    /// Lower case; `*` for any.
    var type: String
    /// Lower case; `*` for any, `*+json` for any with that suffix.
    var subtype: String
    /// Names in lower case, in the order written.
    var parameters: [Parameter] = []

    struct Parameter: Sendable, Hashable {
        var name: String
        var value: String
    }

    /// `nil` for a text that is none.
    init?(_ text: String) {
        var rest = Substring(text)
        let essence = Self.trimmed(Self.token(from: &rest, until: ";"))
        let parts = essence.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isToken) }) else {
            return nil
        }
        type = parts[0].lowercased()
        subtype = parts[1].lowercased()
        while !rest.isEmpty {
            let word = Self.trimmed(Self.token(from: &rest, until: ";"))
            guard let equals = word.firstIndex(of: "=") else { continue }
            let name = Self.trimmed(word[..<equals]).lowercased()
            var value = Self.trimmed(word[word.index(after: equals)...])
            if value.count >= 2, value.hasPrefix("\""), value.hasSuffix("\"") {
                value = Self.unquoted(value.dropFirst().dropLast())
            }
            parameters.append(Parameter(name: name, value: String(value)))
        }
    }

    /// `application/json`.
    var essence: String { type + "/" + subtype }

    var isJSON: Bool {
        type != "*" && (subtype == "json" || subtype.hasSuffix("+json")) && subtype != "*"
    }
    var isForm: Bool { essence == "application/x-www-form-urlencoded" }
    var isMultipart: Bool { type == "multipart" }
    var isText: Bool { type == "text" && subtype != "event-stream" && subtype != "json" }

    func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Whether a text of this type is UTF-8 or a part of it.
    var isUTF8: Bool {
        guard let charset = parameter("charset")?.lowercased() else { return true }
        return charset == "utf-8" || charset == "utf8" || charset == "us-ascii"
    }

    /// How well a type fits this range: 0 for not at all, more for what says more.
    ///
    /// Parameters of the range have to be there; `charset` says nothing of what is described.
    func fit(_ found: MediaType) -> Int {
        guard type == "*" || type == found.type else { return 0 }
        var weight = type == "*" ? 1 : 10
        if subtype == found.subtype {
            weight += 200
        } else if subtype.hasPrefix("*+") {
            guard found.subtype.hasSuffix(subtype.dropFirst()) else { return 0 }
            weight += 100
        } else if subtype != "*" {
            return 0
        }
        for wanted in parameters where wanted.name != "charset" && wanted.name != "q" {
            guard let value = found.parameter(wanted.name), value.lowercased() == wanted.value.lowercased()
            else { return 0 }
            weight += 1
        }
        return weight
    }

    /// Up to a mark that is not in quotes; the mark is taken away too.
    private static func token(from rest: inout Substring, until mark: Character) -> Substring {
        var isQuoted = false
        var isEscaped = false
        var end = rest.startIndex
        while end < rest.endIndex {
            let character = rest[end]
            if isEscaped {
                isEscaped = false
            } else if isQuoted, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == mark, !isQuoted {
                break
            }
            end = rest.index(after: end)
        }
        let token = rest[..<end]
        rest = end < rest.endIndex ? rest[rest.index(after: end)...] : ""
        return token
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " || $0 == "\t" }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return text
    }

    private static func unquoted(_ text: Substring) -> Substring {
        guard text.contains("\\") else { return text }
        var result = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return Substring(result)
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x21, 0x23...0x27, 0x2A, 0x2B, 0x2D, 0x2E, 0x5E...0x60,
            0x7C, 0x7E:
            true
        default: false
        }
    }
}
