public import AssayNet
public import AssayWire
internal import Synchronization

/// An address taken apart for sending; the same object for the same text, as long as it is remembered.
public final class ScriptAddress: Sendable {
    /// As the script wrote it.
    public let text: String
    /// The same with its path encoded, as `res.url` has it.
    public let shown: String
    /// `nil` for what no request can be sent to, for the reason in ``fault``.
    public let parts: URLParts?
    public let origin: HTTPOrigin
    /// The same without name and password, for measurements, logs and messages.
    public let clean: String
    /// Why no request can be sent there.
    public let fault: Fault?

    public struct Fault: Error, Sendable, Equatable {
        public var reason: String
        /// Found while the arguments are read, before there is a request.
        public var isUnreadable: Bool
        /// k6's number for it.
        public var code = 1000
    }

    private init(_ text: String) {
        self.text = text
        switch Self.read(text) {
        case .success(let parts):
            self.parts = parts
            origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
            fault = nil
            shown = Self.encoded(text)
            clean = Self.masked(text, parts.userInfo)
        case .failure(let failure):
            parts = nil
            origin = HTTPOrigin(host: "", port: 0)
            shown = text
            clean = Self.masked(text, Self.userInfo(of: text))
            fault = failure
        }
    }

    private static func read(_ text: String) -> Result<URLParts, Fault> {
        let fault: Fault
        do throws(URLError) {
            let parts = try URLParts(parsing: text)
            guard let reason = unreadable(text) else { return .success(parts) }
            fault = Fault(reason: reason, isUnreadable: true)
        } catch {
            fault = Self.fault(text, error, clean: masked(text, userInfo(of: text)))
        }
        return .failure(fault)
    }

    /// What an address that can be taken apart may not hold: a control character, as is at the end of lines of a file, and in
    /// its path a `%` without two digits.
    private static func unreadable(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        func refused(_ reason: String) -> String {
            "invalid URL: parse \(quoted(masked(text, userInfo(of: text)))): \(reason)"
        }
        if bytes.contains(where: isControl) { return refused("net/url: invalid control character in URL") }
        let path = bytes.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        for (offset, byte) in path.enumerated() where byte == UInt8(ascii: "%") {
            let escape = path[offset...].prefix(3)
            guard escape.count == 3, escape.dropFirst().allSatisfy(isHexDigit) else {
                return refused("invalid URL escape \(quoted(String(decoding: escape, as: UTF8.self)))")
            }
        }
        return nil
    }

    private static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        0x30...0x39 ~= byte || 0x41...0x46 ~= byte || 0x61...0x66 ~= byte
    }

    /// Reads an address, or remembers it: scripts ask the same few again and again.
    public static func of(_ text: String) -> ScriptAddress {
        if let known = known.withLock({ $0[text] }) { return known }
        let made = ScriptAddress(text)
        known.withLock { known in
            if known.count >= 1024 { known.removeAll(keepingCapacity: true) }
            known[text] = made
        }
        return made
    }

    private static let known = Mutex<[String: ScriptAddress]>([:])

    /// What may not stand in a path is encoded; a query and a fragment stay as they are.
    private static func encoded(_ text: String) -> String {
        let end =
            text.utf8.firstIndex { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") } ?? text.utf8.endIndex
        let path = text.utf8[..<end]
        var bytes: [UInt8] = []
        appendEncodingInvalid(path, to: &bytes)
        bytes += text.utf8[end...]
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Name and password of an address that cannot be taken apart: measurements must not show them either.
    private static func userInfo(of text: String) -> String? {
        let rest = text.utf8[authorityStart(of: text)...]
        let authority = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        return authority.lastIndex(of: 0x40).flatMap { String(authority[..<$0]) }
    }

    /// Behind the scheme, where there is one.
    private static func authorityStart(of text: String) -> String.Index {
        let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        let rest = text.utf8[scheme.endIndex...]
        return rest.starts(with: "://".utf8) ? rest.index(rest.startIndex, offsetBy: 3) : text.startIndex
    }

    private static func masked(_ text: String, _ userInfo: String?) -> String {
        guard let userInfo else { return text }
        let start = authorityStart(of: text)
        let rest = text[start...].utf8.dropFirst(userInfo.utf8.count)
        return text[..<start] + (userInfo.contains(":") ? "****:****" : "****")
            + (String(rest) ?? "")
    }

    // MARK: faults, in Go's words

    /// - Parameter clean: the text without name and password.
    private static func fault(_ text: String, _ error: URLError, clean: String) -> Fault {
        func unreadable(_ reason: String) -> Fault {
            Fault(reason: "invalid URL: parse \(quoted(clean)): \(reason)", isUnreadable: true)
        }
        if text.utf8.contains(where: isControl) {
            return unreadable("net/url: invalid control character in URL")
        }
        let scheme = text.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        let isNamed = text[scheme.endIndex...].hasPrefix(":")
        if isNamed, scheme.first?.isLetter != true {
            return unreadable("first path segment in URL cannot contain colon")
        }
        let lower = isNamed ? scheme.lowercased() : ""
        guard lower == "http" || lower == "https" else {
            return Fault(reason: "unsupported protocol scheme \(quoted(lower))", isUnreadable: false)
        }
        guard text[scheme.endIndex...].hasPrefix("://") else {
            return Fault(reason: "http: no Host in request URL", isUnreadable: false)
        }
        if error.reason.contains("host is missing") {
            return Fault(reason: "http: no Host in request URL", isUnreadable: false)
        }
        if error.reason.contains("closing bracket") { return unreadable("missing ']' in host") }
        let bytes = Array(text.utf8)
        if error.reason.contains("port") {
            let port = bytes[max(0, error.offset - 1)...].prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
            let text = String(decoding: port, as: UTF8.self)
            return undialled(text) ?? unreadable("invalid port \(quoted(text)) after host")
        }
        if error.offset < bytes.count {
            let character = String(decoding: bytes[error.offset...], as: UTF8.self).prefix(1)
            return unreadable("invalid character \(quoted(String(character))) in host name")
        }
        return unreadable(error.reason)
    }

    /// A port of digits that nobody can be reached at is an address all the same: the request fails when it is dialled.
    ///
    /// - Parameter port: with its colon.
    private static func undialled(_ port: String) -> Fault? {
        let digits = port.dropFirst()
        guard port.first == ":", !digits.isEmpty, digits.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else {
            return nil
        }
        switch Int(digits) {
        case nil: return Fault(reason: "value out of range", isUnreadable: false)
        case 0?: return Fault(reason: "dial: connection refused", isUnreadable: false, code: 1212)
        default:
            return Fault(
                reason: "dial tcp: address \(digits): invalid port", isUnreadable: false, code: 1210)
        }
    }
}

/// A text as Go quotes it in messages.
func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\\": quoted += "\\\\"
        case "\"": quoted += "\\\""
        case "\n": quoted += "\\n"
        case "\r": quoted += "\\r"
        case "\t": quoted += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x7F:
            quoted += "\\x" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16)
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
