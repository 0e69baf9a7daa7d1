/// What a curl command says beyond the request's own bytes.
public struct CurlOptions: Sendable {
    /// How many redirects are followed; `nil` for none.
    public var redirects: Int?
    /// `user:password` of digest authentication.
    public var digest: String?
    /// Answers may be packed, and are to be shown unpacked.
    public var unpacks = false
    /// Cookies that are set on the way are sent along.
    public var keepsCookies = false
    public var body = Body.bytes
    /// Option for the version of HTTP; `nil` for HTTP/1.1.
    public var version: String?

    public enum Body: Sendable {
        /// Those of the request.
        case bytes
        /// A file; packed, by a coding's name, on the way.
        case file(String, packed: String?)
        case parts([Part])
    }

    /// A part of a multipart body.
    public struct Part: Sendable {
        public var name: String
        /// A text, or the path of a file.
        public var content: String
        public var isFile: Bool
        public var fileName: String?
        public var type: String?
        public init(name: String, content: String, isFile: Bool, fileName: String? = nil, type: String? = nil)
        {
            self.name = name
            self.content = content
            self.isFile = isFile
            self.fileName = fileName
            self.type = type
        }
    }

    public init() {}
}

/// A shell command that sends one HTTP request as it is, to be copied into a terminal.
///
/// Of the headers, those that curl writes itself and nobody decides on (`Host`, `Content-Length`, `User-Agent`, a plain
/// `Accept`) are left out. Bodies that are no text reach curl through `printf`.
/// - Parameters:
///   - url: percent-encoded.
///   - body: as sent; empty for none.
public func curlCommand(
    method: String, url: String, headers: [(name: String, value: String)], body: [UInt8],
    options: CurlOptions = CurlOptions()
) -> String {
    var words = ["curl", "-i"] + (options.version.map { [$0] } ?? []) + methodWords(method, body, options)
    if url.contains(where: { "[]{}".contains($0) }) { words.append("-g") }
    if url.contains("/./") || url.contains("/../") { words.append("--path-as-is") }
    if let most = options.redirects {
        words += ["-L", "--max-redirs", "\(most)"]
        // An empty name is no file, but wakes the engine.
        if options.keepsCookies { words += ["-b", "''"] }
    }
    if let digest = options.digest { words += ["--digest", "-u", shellQuoted(digest)] }
    if options.unpacks { words.append("--compressed") }
    var left: Set<String> = ["host", "content-length", "user-agent", "accept"]
    if options.digest != nil { left.insert("authorization") }
    if case .parts = options.body { left.insert("content-type") }
    for (name, value) in headers where !left.contains(name.lowercased()) {
        words += ["-H", shellQuoted("\(name): \(value)")]
    }
    let hasType = headers.contains { $0.name.lowercased() == "content-type" }
    let (source, data) = bodyWords(body, options.body, hasType: hasType)
    return source + (words + data + [shellQuoted(url)]).joined(separator: " ")
}

/// With `-X` curl would keep the method along redirects, so it is said only where nothing else says it.
private func methodWords(_ method: String, _ body: [UInt8], _ options: CurlOptions) -> [String] {
    guard options.redirects != nil else { return ["-X", method] }
    var hasBody = !body.isEmpty
    if case .bytes = options.body {} else { hasBody = true }
    switch method {
    case "GET" where !hasBody: return []
    case "POST": return hasBody ? [] : ["--data-raw", "''"]
    case "HEAD": return ["-I"]
    default: return ["-X", method]
    }
}

private func bodyWords(
    _ body: [UInt8], _ how: CurlOptions.Body, hasType: Bool
) -> (source: String, words: [String]) {
    // Else curl would call it a form.
    let type = hasType ? [] : ["-H", "'Content-Type:'"]
    switch how {
    case .file(let path, nil): return ("", type + ["--data-binary", shellQuoted("@\(path)")])
    case .file(let path, let coding?):
        let packer = ["br": "brotli -c", "zstd": "zstd -c", "deflate": "pigz -z -c"][coding] ?? "gzip -c"
        return ("\(packer) \(shellQuoted(path)) | ", type + ["--data-binary", "@-"])
    case .parts(let parts): return ("", parts.flatMap { ["-F", shellQuoted(formField($0))] })
    case .bytes:
        guard !body.isEmpty else { return ("", []) }
        let text = String(decoding: body, as: UTF8.self)
        if body.contains(0) || !text.utf8.elementsEqual(body) {
            return ("printf '\(printfEscapes(body))' | ", type + ["--data-binary", "@-"])
        }
        // Not `--data-binary`, which reads a file when the body begins with @.
        return ("", type + ["--data-raw", shellQuoted(text)])
    }
}

/// `name=@"path";filename="a.png";type=image/png`
private func formField(_ part: CurlOptions.Part) -> String {
    func quoted(_ text: String) -> String {
        "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
    var field = "\(part.name)=" + (part.isFile ? "@" : "") + quoted(part.content)
    if let name = part.fileName { field += ";filename=\(quoted(name))" }
    if let type = part.type { field += ";type=\(type)" }
    return field
}

private func shellQuoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

/// A body as a curl command gives it to `printf`: octal escapes for whatever `printf` or the quotes around it would not leave
/// alone.
public func printfEscapes(_ bytes: [UInt8]) -> String {
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
