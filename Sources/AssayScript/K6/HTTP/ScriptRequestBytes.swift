public import AssayNet
public import AssayWire

/// One request of a chain: the script's own, or one that an answer led to.
public struct ScriptHop {
    public var method: String
    public var parts: URLParts
    public var origin: HTTPOrigin
    /// As text, for measurements and `res.url`.
    public var url: String
    /// The same without a password: what it is measured under unless the script says otherwise.
    public var name: String
    /// A redirect may leave it behind.
    public var keepsBody = true
    /// Headers that were meant for another server, or speak of a body that stayed behind, lower case.
    public var dropped: Set<String> = []
    public var referer: String?
    /// Digest authentication, when a challenge is answered.
    public var authorization: String?

    public init?(_ request: ScriptRequest) {
        guard let parts = request.address.parts else { return nil }
        method = request.method
        self.parts = parts
        origin = request.address.origin
        url = request.address.shown
        name = request.address.clean
    }

    /// Where the next request of the chain goes (RFC 9110 §15.4), in the way Go does it.
    ///
    /// - Returns: `nil` when it cannot be told where; the reason is given.
    public mutating func follow(_ next: RedirectedRequest) {
        let from = url
        if next.leavesOrigin {
            dropped.formUnion(["authorization", "www-authenticate", "cookie", "cookie2", "host"])
        }
        if !next.keepsBody {
            keepsBody = false
            dropped.formUnion(["content-encoding", "content-language", "content-location"])
        }
        // The jar is asked anew, and the address names the host.
        dropped.formUnion(["host", "cookie"])
        method = next.method
        parts = next.url
        origin = HTTPOrigin(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
        url = parts.text
        name = ScriptAddress.of(url).clean
        authorization = nil
        // From https to http nothing is told (RFC 9110 §10.1.3).
        referer = from.hasPrefix("https:") && !origin.isSecure ? nil : Self.withoutPassword(from)
    }

    private static func withoutPassword(_ url: String) -> String {
        guard let userInfo = ScriptAddress.of(url).parts?.userInfo, !userInfo.isEmpty,
            let range = url.firstRange(of: userInfo + "@")
        else { return url }
        return String(url[..<range.lowerBound] + url[range.upperBound...])
    }
}

extension ScriptRequest {
    /// The bytes of a request, its body included.
    ///
    /// - Parameter cookies: value of the `Cookie` header; empty for none.
    public func bytes(of hop: ScriptHop, cookies: [UInt8]) -> [UInt8] {
        let body = hop.keepsBody ? body : nil
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + (body?.count ?? 0))
        bytes += hop.method.utf8
        bytes.append(0x20)
        bytes += hop.parts.target.utf8
        bytes += " HTTP/1.1\r\nHost: ".utf8
        if let host = headers.first(where: { $0.name == "Host" }), !hop.dropped.contains("host") {
            bytes += host.value.utf8
        } else {
            bytes += hop.origin.authority.utf8
        }
        bytes += "\r\n".utf8
        var hasAuthorization = false
        for field in headers where field.name != "Host" && field.name != "Transfer-Encoding" {
            if !hop.dropped.isEmpty, hop.dropped.contains(field.name.lowercased()) { continue }
            if field.name == "Authorization" {
                if hop.authorization != nil { continue }
                hasAuthorization = true
            }
            if field.name == "Cookie", !cookies.isEmpty { continue }
            if field.name == "User-Agent", field.value.isEmpty { continue }
            Self.append(field.name, field.value, &bytes)
        }
        if body != nil || hop.method == "POST" || hop.method == "PUT" || hop.method == "PATCH" {
            Self.append("Content-Length", String(body?.count ?? 0), &bytes)
        }
        if let authorization = hop.authorization {
            Self.append("Authorization", authorization, &bytes)
        } else if !hasAuthorization, authentication == .basic, let userInfo = hop.parts.userInfo {
            let words = Self.credentials(userInfo)
            Self.append("Authorization", "Basic " + Self.base64("\(words.user):\(words.password)"), &bytes)
        }
        if !cookies.isEmpty {
            bytes += "Cookie: ".utf8
            if let own = headers.first(where: { $0.name == "Cookie" }), !hop.dropped.contains("cookie") {
                bytes += own.value.utf8
                bytes += "; ".utf8
            }
            bytes += cookies
            bytes += "\r\n".utf8
        }
        if let referer = hop.referer, !headers.contains(where: { $0.name == "Referer" }) {
            Self.append("Referer", referer, &bytes)
        }
        bytes += "\r\n".utf8
        if let body { bytes += body }
        return bytes
    }

    private static func append(_ name: String, _ value: String, _ bytes: inout [UInt8]) {
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value.utf8
        bytes += "\r\n".utf8
    }

    /// A header that no server would take, in Go's words; `nil` when all are well.
    public var headerFault: String? {
        for field in headers {
            if field.name.isEmpty || !field.name.utf8.allSatisfy(isNameByte) {
                return "net/http: invalid header field name \(quoted(field.name))"
            }
            if !isHeaderValue(field.value.utf8) {
                return "net/http: invalid header field value for \(quoted(field.name))"
            }
        }
        guard !method.isEmpty, method.utf8.allSatisfy(isNameByte) else {
            return "net/http: invalid method \(quoted(method))"
        }
        return nil
    }

    /// Name and password of an address, percent-decoded.
    public static func credentials(_ userInfo: String) -> (user: String, password: String) {
        let name = userInfo.prefix { $0 != ":" }
        return (percentDecoded(name), percentDecoded(userInfo.dropFirst(name.count + 1)))
    }

    private static func base64(_ text: String) -> String {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        let bytes = Array(text.utf8)
        var encoded: [UInt8] = []
        for place in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[place..<min(place + 3, bytes.count)]
            var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                encoded.append(index <= group.count ? digits[Int(bits >> 18 & 63)] : UInt8(ascii: "="))
                bits <<= 6
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// The cookies of a hop as they are sent: those of the request first, then those of the jar.
    ///
    /// - Parameter now: seconds since 1970.
    public func cookies(for hop: ScriptHop, now: Int64) -> [(name: String, value: String)] {
        guard let jar else { return [] }
        if cookies.isEmpty, jar.isEmpty { return [] }
        var all = cookies.map { ($0.name, $0.value) }
        let place = ScriptCookieJar.Place(
            host: hop.parts.host, target: hop.parts.target, isSecure: hop.origin.isSecure)
        for cookie in jar.cookies(for: place, now: now)
        where !cookies.contains(where: { $0.replaces && $0.name == cookie.name }) {
            all.append((cookie.name, cookie.value))
        }
        return all
    }

    /// The same as a header's value.
    public static func header(_ cookies: [(name: String, value: String)]) -> [UInt8] {
        var header: [UInt8] = []
        for cookie in cookies { ScriptCookie.append(cookie.name, cookie.value, to: &header) }
        return header
    }

    /// Notes the cookies of the first request, for `res.request`.
    public func note(sent cookies: [(name: String, value: String)]) { sentCookies = cookies }

    /// Takes the cookies that an answer sets into the jar.
    public func remember(setCookies head: ArraySlice<UInt8>, of hop: ScriptHop, now: Int64) {
        guard let jar else { return }
        let place = ScriptCookieJar.Place(
            host: hop.parts.host, target: hop.parts.target, isSecure: hop.origin.isSecure)
        for value in headerValues("Set-Cookie", in: head) {
            guard let cookie = ScriptCookie(setCookie: value) else { continue }
            jar.set(cookie, from: place, now: now)
        }
    }
}

extension URLParts {
    /// The address as text; the port only where it is not the scheme's own.
    public var text: String {
        let name = host.contains(":") ? "[\(host)]" : host
        let usual: UInt16 = scheme == "https" ? 443 : 80
        return scheme + "://" + (userInfo.map { $0 + "@" } ?? "") + name + (port == usual ? "" : ":\(port)")
            + target
    }
}
