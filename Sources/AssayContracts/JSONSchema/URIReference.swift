/// A URI or relative reference in its five parts (RFC 3986 §3); also paths of files, which look the same.
struct URIReference: Hashable {
    var scheme: String?
    var authority: String?
    var path: String
    var query: String?
    var fragment: String?

    init(_ text: String) {
        var rest = Substring(text)
        if let mark = rest.firstIndex(of: "#") {
            fragment = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        if let colon = rest.firstIndex(of: ":"), Self.isScheme(rest[..<colon]) {
            scheme = rest[..<colon].lowercased()
            rest = rest[rest.index(after: colon)...]
        }
        if rest.hasPrefix("//") {
            rest = rest.dropFirst(2)
            let end = rest.firstIndex(of: "/") ?? rest.endIndex
            authority = String(rest[..<end])
            rest = rest[end...]
        }
        path = String(rest)
    }

    private static func isScheme(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, first.isASCIILetter else { return false }
        return text.utf8.allSatisfy {
            $0.isASCIILetter || (48...57).contains($0) || $0 == 43 || $0 == 45 || $0 == 46
        }
    }

    /// The reference seen from `base` (RFC 3986 §5.2).
    func resolved(against base: URIReference) -> URIReference {
        if scheme != nil { return self }
        var target = base
        target.fragment = fragment
        if authority != nil {
            target.authority = authority
            target.path = Self.withoutDots(path)
            target.query = query
        } else if path.isEmpty {
            target.query = query ?? base.query
        } else {
            target.query = query
            if path.hasPrefix("/") {
                target.path = Self.withoutDots(path)
            } else if base.authority != nil, base.path.isEmpty {
                target.path = Self.withoutDots("/" + path)
            } else {
                let folder = base.path.lastIndex(of: "/").map { String(base.path[...$0]) } ?? ""
                target.path = Self.withoutDots(folder + path)
            }
        }
        return target
    }

    /// Removes `.` and `..` (RFC 3986 §5.2.4); a relative path keeps the `..` that lead above it.
    private static func withoutDots(_ path: String) -> String {
        let isAbsolute = path.hasPrefix("/")
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst(
            isAbsolute ? 1 : 0)
        var kept: [Substring] = []
        for segment in segments {
            switch segment {
            case ".": continue
            case "..":
                if let last = kept.last, last != ".." {
                    kept.removeLast()
                } else if !isAbsolute {
                    kept.append(segment)
                }
            default: kept.append(segment)
            }
        }
        if segments.last == "." || segments.last == ".." { kept.append("") }
        return (isAbsolute ? "/" : "") + kept.joined(separator: "/")
    }

    var withoutFragment: URIReference {
        var copy = self
        copy.fragment = nil
        return copy
    }

    var text: String {
        (scheme.map { $0 + ":" } ?? "") + (authority.map { "//" + $0 } ?? "") + path
            + (query.map { "?" + $0 } ?? "") + (fragment.map { "#" + $0 } ?? "")
    }

    /// The text with `%XX` decoded; what is no such escape stays as it is.
    static func percentDecoded(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
