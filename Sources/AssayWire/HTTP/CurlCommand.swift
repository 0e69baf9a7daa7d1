/// A shell command that sends one HTTP request as it is, to be copied into a terminal.
///
/// Of the headers, those that curl writes itself and nobody decides on (`Host`, `Content-Length`, `User-Agent`, a plain
/// `Accept`) are left out. Bodies that are no text reach curl through `printf`.
/// - Parameters:
///   - url: percent-encoded.
///   - body: as sent; empty for none.
///   - options: further ones of curl's, each as it is.
public func curlCommand(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    options: [String] = []
) -> String {
    var words = ["curl", "-i"] + options + ["-X", method]
    if url.contains(where: { "[]{}".contains($0) }) { words.append("-g") }
    if url.contains("/./") || url.contains("/../") { words.append("--path-as-is") }
    for (name, value) in headers {
        if ["host", "content-length", "user-agent", "accept"].contains(name.lowercased()) { continue }
        words += ["-H", shellQuoted("\(name): \(value)")]
    }
    var source = ""
    if !body.isEmpty {
        // Else curl would call it a form.
        if !headers.contains(where: { $0.name.lowercased() == "content-type" }) {
            words += ["-H", "'Content-Type:'"]
        }
        let text = String(decoding: body, as: UTF8.self)
        if body.contains(0) || !text.utf8.elementsEqual(body) {
            source = "printf '\(printfEscapes(body))' | "
            words += ["--data-binary", "@-"]
        } else {
            // Not `--data-binary`, which reads a file when the body begins with @.
            words += ["--data-raw", shellQuoted(text)]
        }
    }
    return source + (words + [shellQuoted(url)]).joined(separator: " ")
}

private func shellQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

/// Octal escapes for whatever `printf` or the quotes around it would not leave alone.
private func printfEscapes(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
        switch byte {
        case UInt8(ascii: "%"): return "%%"
        case 0x20...0x7E where byte != UInt8(ascii: "'") && byte != UInt8(ascii: "\\"):
            return String(UnicodeScalar(byte))
        default:
            let digits = String(byte, radix: 8)
            return "\\" + String(repeating: "0", count: 3 - digits.count) + digits
        }
    }.joined()
}
