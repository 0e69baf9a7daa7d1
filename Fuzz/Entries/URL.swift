import AssayWire

/// Any text as a URL: what is read can be put together and reads the same, and fits into a request.
public func fuzzURL(_ bytes: [UInt8]) {
    let input = String(decoding: bytes, as: UTF8.self)
    let value = percentDecoded(encodedValue(input))
    precondition(value == input, "percent-encoding is not undone by decoding")
    _ = queryPairs(input)
    let parts: URLParts
    do throws(URLError) { parts = try URLParts(parsing: input) } catch {
        precondition(!error.description.isEmpty)
        return
    }
    precondition(parts.target.hasPrefix("/"), "a target without a path")
    precondition(parts.target.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target that no request can hold")
    let host = parts.host.contains(":") ? "[\(parts.host)]" : parts.host
    let userInfo = parts.userInfo.map { "\($0)@" } ?? ""
    let text = "\(parts.scheme)://\(userInfo)\(host):\(parts.port)\(parts.target)"
    guard let again = try? URLParts(parsing: text) else {
        preconditionFailure("put together, it is refused: \(parts)")
    }
    precondition(again == parts, "put together, it reads otherwise: \(parts), \(again)")
    var parser = HTTP1RequestParser()
    let head = Array("GET \(parts.target) HTTP/1.1\r\nHost: \(host):\(parts.port)\r\n\r\n".utf8)
    let event = unsafe parser.next(
        head.span.bytes, isEnd: true, limits: HTTP1Limits(lineBytes: .max, headBytes: .max)
    ).event
    precondition(event == .head, "a request for it is refused: \(event)")
}

private func encodedValue(_ text: String) -> String {
    var bytes: [UInt8] = []
    appendEncodingValue(text.utf8, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
}
