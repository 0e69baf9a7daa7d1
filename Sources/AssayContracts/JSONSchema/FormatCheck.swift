import AssayFormats

/// What `format` asks of a text. Source: JSON Schema validation 2020-12 §7.3 and OpenAPI's format registry.
struct FormatCheck: Sendable {
    let accepts: @Sendable (String) -> Bool

    /// - Returns: `nil` for formats that are not known here; those never fail.
    init?(_ name: String) {
        guard let check = Self.table[name] else { return nil }
        accepts = check
    }

    private static let table: [String: @Sendable (String) -> Bool] = [
        "date": isDate,
        "time": isTime,
        "date-time": { text in
            guard let mark = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return false }
            return isDate(String(text[..<mark])) && isTime(String(text[text.index(after: mark)...]))
        },
        "duration": matching(
            #"P(?:\d+W|(?=[\dT])(?:\d+Y(?:\d+M(?:\d+D)?)?|\d+M(?:\d+D)?|\d+D)?(?:T(?=\d)(?:\d+H(?:\d+M(?:\d+S)?)?|\d+M(?:\d+S)?|\d+S))?)"#
        ),
        "email": matching(
            #"(?:[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*|"(?:[^"\\]|\\.)*")@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[^\]]+\])"#
        ),
        "hostname": { text in text.utf8.count <= 253 && isHostname(text) },
        "ipv4": isIPv4,
        "ipv6": isIPv6,
        "uuid": matching("[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}"),
        "uri": { isURI($0) && URIReference($0).scheme != nil },
        "uri-reference": isURI,
        "json-pointer": matching(#"(?:/(?:[^/~]|~[01])*)*"#),
        "relative-json-pointer": matching(#"(?:0|[1-9][0-9]*)(?:#|(?:/(?:[^/~]|~[01])*)*)"#),
        "regex": { (try? Pattern(ECMAPattern.translated($0))) != nil },
        "byte": matching("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"),
    ]

    private static func matching(_ source: String) -> @Sendable (String) -> Bool {
        let pattern = try? Pattern(source)
        return { text in (try? pattern?.matches(whole: text)) ?? false }
    }

    private static let isHostname = matching(
        #"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"#)

    /// The number that digits write; `nil` when anything else stands there.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard !bytes.isEmpty, bytes.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return bytes.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    /// RFC 3339 `full-date`, with days that exist.
    private static func isDate(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count == 10, bytes[4] == 45, bytes[7] == 45, let year = number(bytes[0..<4]),
            let month = number(bytes[5..<7]), let day = number(bytes[8..<10]), (1...12).contains(month)
        else { return false }
        let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        return (1...days[month - 1]).contains(day)
    }

    /// RFC 3339 `full-time`; a leap second only at 23:59:60 UTC.
    private static func isTime(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 9, bytes[2] == 58, bytes[5] == 58, let hour = number(bytes[0..<2]),
            let minute = number(bytes[3..<5]), let second = number(bytes[6..<8]), hour < 24, minute < 60,
            second <= 60
        else { return false }
        var rest = bytes[8...]
        if rest.first == 46 {
            let digits = rest.dropFirst().prefix { (48...57).contains($0) }
            guard !digits.isEmpty else { return false }
            rest = rest.dropFirst(1 + digits.count)
        }
        var offset = 0
        if rest.count == 6, let sign = rest.first, sign == 43 || sign == 45 {
            let zone = Array(rest)
            guard zone[3] == 58, let hours = number(zone[1..<3]), let minutes = number(zone[4..<6]),
                hours < 24,
                minutes < 60
            else { return false }
            offset = (hours * 60 + minutes) * (sign == 43 ? -1 : 1)
        } else if rest.count != 1 || (rest.first != 90 && rest.first != 122) {
            return false
        }
        return second < 60 || (hour * 60 + minute + offset + 2880) % 1440 == 1439
    }

    private static func isIPv4(_ text: String) -> Bool {
        let parts = text.utf8.split(separator: 46, omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                guard part.count <= 3, let value = number(Array(part)[...]), value < 256 else { return false }
                return part.count == 1 || part.first != 48
            }
    }

    private static func isIPv6(_ text: String) -> Bool {
        let halves = text.split(separator: "::", maxSplits: 2, omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return false }
        var groups = 0
        for (place, half) in halves.enumerated() where !half.isEmpty {
            let parts = half.split(separator: ":", omittingEmptySubsequences: false)
            for (index, part) in parts.enumerated() {
                let isLast = index == parts.count - 1 && place == halves.count - 1
                if isLast, part.contains(".") {
                    guard isIPv4(String(part)) else { return false }
                    groups += 2
                } else {
                    guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy(isHexadecimal) else {
                        return false
                    }
                    groups += 1
                }
            }
        }
        return halves.count == 2 ? groups < 8 : groups == 8
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...70).contains(byte) || (97...102).contains(byte)
    }

    /// The characters of RFC 3986, with whole escapes.
    private static func isURI(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        for (place, byte) in bytes.enumerated() {
            guard byte > 0x20, byte < 0x7F, !#""<>\^`{|}"#.utf8.contains(byte) else { return false }
            if byte == UInt8(ascii: "%") {
                let digits = bytes[(place + 1)...].prefix(2)
                guard digits.count == 2, digits.allSatisfy(isHexadecimal) else { return false }
            }
        }
        return bytes.count { $0 == UInt8(ascii: "#") } <= 1
    }
}
