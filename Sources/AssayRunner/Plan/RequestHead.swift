internal import AssayNet
internal import AssayWire

extension HTTPOrigin {
    /// The server of a URL.
    init(_ parts: URLParts) {
        self.init(host: parts.host, port: parts.port, isSecure: parts.scheme == "https")
    }
}

/// Appends a query to a target that may have one already.
func join(_ query: [UInt8], to target: inout [UInt8]) {
    guard !query.isEmpty else { return }
    if !target.contains(UInt8(ascii: "?")) {
        target.append(UInt8(ascii: "?"))
    } else if target.last != UInt8(ascii: "?"), target.last != UInt8(ascii: "&") {
        target.append(UInt8(ascii: "&"))
    }
    target += query
}

/// The bytes of a request, line by line; `Host` and `Content-Length` are left to it unless a header gives them.
struct RequestHead {
    private(set) var bytes: [UInt8] = []
    private let authority: String
    private var hasHost = false
    private var hasLength = false

    init(method: String, target: [UInt8], authority: String, reusing buffer: [UInt8] = []) {
        bytes = buffer
        bytes.removeAll(keepingCapacity: true)
        self.authority = authority
        bytes += method.utf8
        bytes.append(0x20)
        bytes += target
        bytes += " HTTP/1.1\r\n".utf8
    }

    mutating func add(_ name: String, _ value: [UInt8]) {
        if name.utf8.count == 4, name.lowercased() == "host" { hasHost = true }
        if name.utf8.count == 14, name.lowercased() == "content-length" { hasLength = true }
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value
        bytes += "\r\n".utf8
    }

    /// - Returns: the head and the body behind it.
    mutating func finished(body: [UInt8]?, method: String) -> [UInt8] {
        if !hasHost { add("Host", Array(authority.utf8)) }
        // A request that could have a body says so when it has none (RFC 9110 §8.6).
        let saysNone = method == "POST" || method == "PUT" || method == "PATCH"
        if !hasLength, body != nil || saysNone { add("Content-Length", Array(String(body?.count ?? 0).utf8)) }
        bytes += "\r\n".utf8
        if let body { bytes += body }
        return bytes
    }

    /// For a body that is sent apart.
    ///
    /// - Parameter length: `nil` for chunks.
    /// - Returns: the head alone.
    mutating func finished(bodyOf length: Int?) -> [UInt8] {
        if !hasHost { add("Host", Array(authority.utf8)) }
        if let length {
            if !hasLength { add("Content-Length", Array(String(length).utf8)) }
        } else {
            add("Transfer-Encoding", Array("chunked".utf8))
        }
        bytes += "\r\n".utf8
        return bytes
    }
}
