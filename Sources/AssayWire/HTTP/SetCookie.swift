/// What a `Set-Cookie` header says, as RFC 6265bis §5.6 reads it; whether it is taken is the jar's to say.
struct SetCookie: Sendable, Equatable {
    var name: [UInt8]
    var value: [UInt8]
    /// Lower case, without a leading dot; `nil` for the host alone.
    var domain: String?
    /// `nil` for the default of the request's path.
    var path: String?
    /// Seconds since 1970; `nil` at the end of the session.
    var expires: Int64?
    var isSecure = false
    var isHTTPOnly = false

    /// Most bytes of name and value together, and of an attribute's value.
    static let pairLimit = 4096
    static let attributeLimit = 1024
    /// No cookie is kept longer: 400 days.
    static let longestSeconds: Int64 = 400 * 86_400

    /// - Parameter now: seconds since 1970, which Max-Age counts from.
    /// - Returns: `nil` for what no cookie can be read from.
    init?(parsing header: some Collection<UInt8>, now: Int64) {
        // Other controls than the tab end it (RFC 6265bis §5.6, 1).
        guard !header.contains(where: { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }) else { return nil }
        let parts = header.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        let (name, value) = Self.pair(parts[0], isAttribute: false)
        guard !(name.isEmpty && value.isEmpty), name.count + value.count <= Self.pairLimit else { return nil }
        self.name = name
        self.value = value
        var maxAge: Int64?
        for part in parts.dropFirst() {
            let (name, value) = Self.pair(part, isAttribute: true)
            guard value.count <= Self.attributeLimit else { continue }
            switch String(decoding: name, as: UTF8.self).lowercased() {
            case "expires": expires = cookieDate(value) ?? expires
            case "max-age": maxAge = Self.seconds(value) ?? maxAge
            case "domain":
                let text = String(
                    decoding: value.first == 0x2E ? value.dropFirst() : value[...], as: UTF8.self)
                domain = text.isEmpty ? nil : text.lowercased()
            case "path": path = value.first == 0x2F ? String(decoding: value, as: UTF8.self) : nil
            case "secure": isSecure = true
            case "httponly": isHTTPOnly = true
            default: break
            }
        }
        if let maxAge { expires = maxAge <= 0 ? .min : now + min(maxAge, Self.longestSeconds) }
        if let asked = expires, asked > now + Self.longestSeconds { expires = now + Self.longestSeconds }
    }

    /// `name=value`, without blanks around either. A pair without `=` is a value without a name, an attribute without it
    /// a name without a value.
    private static func pair(
        _ part: some Collection<UInt8>, isAttribute: Bool
    ) -> (name: [UInt8], value: [UInt8]) {
        let bytes = Array(part)
        guard let equals = bytes.firstIndex(of: UInt8(ascii: "=")) else {
            return isAttribute ? (trimmed(bytes[...]), []) : ([], trimmed(bytes[...]))
        }
        return (trimmed(bytes[..<equals]), trimmed(bytes[(equals + 1)...]))
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let start = bytes.drop { isBlank($0) }
        return Array(start[..<(start.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? start.startIndex)])
    }

    /// Name and value of a `Set-Cookie` header, whether a jar would take it or not; `nil` for one that takes a cookie back.
    static func pair(of header: String, now: Int64) -> (name: String, value: String)? {
        guard let set = SetCookie(parsing: header.utf8, now: now), (set.expires ?? .max) > now else {
            return nil
        }
        return (String(decoding: set.name, as: UTF8.self), String(decoding: set.value, as: UTF8.self))
    }

    private static func seconds(_ value: [UInt8]) -> Int64? {
        let isNegative = value.first == UInt8(ascii: "-")
        let digits = isNegative ? value.dropFirst() : value[...]
        guard !digits.isEmpty, digits.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
        let size = Int64(String(decoding: digits, as: UTF8.self)) ?? .max
        return isNegative ? -size : size
    }
}

/// Name and value that a `Set-Cookie` header sets; `nil` when it takes a cookie back, or no cookie can be read from it.
///
/// - Parameter now: seconds since 1970.
public func cookiePair(of setCookie: String, now: Int64) -> (name: String, value: String)? {
    SetCookie.pair(of: setCookie, now: now)
}
