internal import AssayWire

/// A cookie as a server sets it, or a script by `jar.set()`.
public struct ScriptCookie: Sendable, Equatable {
    public var name: String
    public var value: String
    /// As written; empty for the host alone.
    public var domain = ""
    /// As written; empty for the folder of the request.
    public var path = ""
    /// Seconds since 1970; `nil` when it does not say.
    public var expires: Int64?
    /// Seconds; negative takes the cookie back, 0 says nothing.
    public var maxAge = 0
    public var isSecure = false
    public var isHTTPOnly = false

    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Reads a `Set-Cookie` header as k6 does: names are tokens, quotes around values go, and one with bytes that cookies
    /// must not have is passed over.
    public init?(setCookie header: ArraySlice<UInt8>) {
        let parts = header.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let first = parts.first, let equals = first.firstIndex(of: UInt8(ascii: "=")) else {
            return nil
        }
        let name = Self.trimmed(first[..<equals])
        guard !name.isEmpty, name.allSatisfy(isNameByte),
            let value = Self.value(Self.trimmed(first[(equals + 1)...]), mayBeQuoted: true)
        else { return nil }
        self.init(String(decoding: name, as: UTF8.self), value)
        for part in parts.dropFirst() { readAttribute(Self.trimmed(part)) }
    }

    private mutating func readAttribute(_ part: ArraySlice<UInt8>) {
        let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
        let name = String(decoding: part[..<equals], as: UTF8.self).lowercased()
        guard let value = Self.value(part[equals...].dropFirst(), mayBeQuoted: false) else { return }
        switch name {
        case "secure": isSecure = true
        case "httponly": isHTTPOnly = true
        case "domain": domain = value
        case "path": path = value
        case "expires": expires = cookieDate(value.utf8)
        case "max-age":
            guard let seconds = Int(value), seconds == 0 || !value.hasPrefix("0") else { return }
            maxAge = seconds <= 0 ? -1 : seconds
        default: break
        }
    }

    private static func value(_ bytes: ArraySlice<UInt8>, mayBeQuoted: Bool) -> String? {
        let quote = UInt8(ascii: "\"")
        let isQuoted = mayBeQuoted && bytes.count > 1 && bytes.first == quote && bytes.last == quote
        let inner = isQuoted ? bytes.dropFirst().dropLast() : bytes
        guard inner.allSatisfy(Self.isValueByte) else { return nil }
        return String(decoding: inner, as: UTF8.self)
    }

    private static func isValueByte(_ byte: UInt8) -> Bool {
        0x20...0x7E ~= byte && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: ";")
            && byte != UInt8(ascii: "\\")
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let start = bytes.drop { $0 == 0x20 || $0 == 0x09 }
        return start[..<(start.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? start.startIndex)]
    }

    /// Appends `name=value` as a request sends it: bytes that may not stand there left out, in quotes with a blank or comma.
    static func append(_ name: String, _ value: String, to header: inout [UInt8]) {
        if !header.isEmpty { header += "; ".utf8 }
        for byte in name.utf8 { header.append(byte == 0x0A || byte == 0x0D ? UInt8(ascii: "-") : byte) }
        header.append(UInt8(ascii: "="))
        let kept = value.utf8.lazy.filter(isValueByte)
        let isQuoted = kept.contains { $0 == 0x20 || $0 == UInt8(ascii: ",") }
        if isQuoted { header.append(UInt8(ascii: "\"")) }
        header += kept
        if isQuoted { header.append(UInt8(ascii: "\"")) }
    }
}
