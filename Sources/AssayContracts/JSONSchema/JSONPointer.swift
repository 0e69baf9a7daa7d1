import AssayFormats

/// JSON Pointers (RFC 6901) as places in schema documents.
enum JSONPointer {
    static func escaped(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
            return name
        }
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// The names and indices on the way; the pointer starts with `/` or is empty.
    static func tokens(_ pointer: String) -> [String] {
        pointer.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
            token in
            var text = String.UnicodeScalarView()
            var isEscaped = false
            for scalar in token {
                if isEscaped {
                    text.append(scalar == "1" ? "/" : "~")
                    if scalar != "0", scalar != "1" { text.append(scalar) }
                    isEscaped = false
                } else if scalar == "~" {
                    isEscaped = true
                } else {
                    text.append(scalar)
                }
            }
            if isEscaped { text.append("~") }
            return String(text)
        }
    }

    static func step(_ value: JSON, _ token: String) -> JSON? {
        if case .array(let elements) = value {
            guard let place = Int(token), token == String(place), elements.indices.contains(place) else {
                return nil
            }
            return elements[place]
        }
        return value[token]
    }

    static func find(_ pointer: String, in document: JSON) -> JSON? {
        var value = document
        for token in tokens(pointer) {
            guard let next = step(value, token) else { return nil }
            value = next
        }
        return value
    }
}
