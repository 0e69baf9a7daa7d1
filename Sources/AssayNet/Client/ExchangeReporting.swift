public import AssayCore
public import AssayWire

extension ExchangeReport {
    /// Bodies are cut here; a report is read by people.
    private static let bodyLimit = 4096

    /// An HTTP exchange for people: masked, bounded.
    ///
    /// - Parameters:
    ///   - request: head and body as sent.
    ///   - responseHead: empty when nothing was answered.
    ///   - hops: the requests before it that led here: `GET http://host/path → 302`.
    ///   - retold: what curl is told in place of the last request, where several make one step.
    ///   - mask: hides secrets in a text.
    public init(
        _ exchange: Exchange, method: String, origin: HTTPOrigin, request: [UInt8], responseHead: [UInt8],
        responseBody: [UInt8], after hops: [String] = [], retold: RetoldRequest? = nil,
        masked mask: (String) -> String
    ) {
        var (head, body) = Self.split(request)
        // It was said in HTTP/2, whatever it was rendered as.
        if exchange.isHTTP2 {
            head = head.replacing(" HTTP/1.1\r\n", with: " HTTP/2\r\n", maxReplacements: 1)
        }
        let version = exchange.isHTTP2 ? (origin.isSecure ? "--http2" : "--http2-prior-knowledge") : nil
        let words = head.prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }.split(separator: " ")
        let url = "\(origin)" + (words.count > 1 ? words[1] : "/")
        let took = shortText(nanoseconds: Double(exchange.serviceNanoseconds))
        let result =
            (exchange.outcome == .answered
                ? "\(exchange.status) in \(took)" : "\(exchange.outcome.name) after \(took)")
            + (exchange.note.map { " (\($0))" } ?? "")
        let way = hops.map { $0 + ", then " }.joined()
        let waited =
            exchange.waitingNanoseconds > 0
            ? ", behind \(shortText(nanoseconds: Double(exchange.waitingNanoseconds))) for a connection" : ""
        var told = Retelling(retold, head: head, body: body, method: method, url: url)
        told.options.version = version
        let answered = !responseHead.isEmpty
        self.init(
            summary: mask("\(way)\(method) \(url) → \(result)\(waited)"),
            request: mask(Self.joined(Self.withoutCredentials(head, masked: mask), body)),
            response: answered
                ? mask(Self.joined(String(decoding: responseHead, as: UTF8.self), responseBody)) : "",
            outcome: exchange.outcome.name, serviceNanoseconds: exchange.serviceNanoseconds,
            curl: mask(
                curlCommand(
                    method: told.method, url: told.url,
                    headers: HTTPHeaders(head: Array(told.head.utf8)).fields.map { field in
                        (field.name, Self.shown(field.value, of: field.name, masked: mask))
                    },
                    body: told.body, options: told.options)))
    }

    private static func withoutCredentials(_ head: String, masked mask: (String) -> String) -> String {
        let lines = head.split(separator: "\r\n", omittingEmptySubsequences: false).map { line -> String in
            guard let colon = line.firstIndex(of: ":") else { return String(line) }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            let shown = Self.shown(value, of: String(line[..<colon]), masked: mask)
            return shown == value ? String(line) : "\(line[...colon]) \(shown)"
        }
        return lines.joined(separator: "\r\n")
    }

    /// A header's value; of HTTP Basic (RFC 7617) none with a secret, which no search of the text would find.
    private static func shown(_ value: String, of name: String, masked mask: (String) -> String) -> String {
        guard ["authorization", "proxy-authorization"].contains(name.lowercased()) else { return value }
        let words = value.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "basic" else { return value }
        let credentials = String(decoding: base64Decoded(words[1]), as: UTF8.self)
        return mask(credentials) == credentials ? value : "\(words[0]) •••"
    }

    /// RFC 4648 §4; what is no digit is passed over.
    private static func base64Decoded(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        for byte in text.utf8 {
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"): digit = 62
            case UInt8(ascii: "/"): digit = 63
            default: continue
            }
            value = (value << 6 | UInt32(digit)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
            }
        }
        return bytes
    }

    /// What the curl command repeats.
    private struct Retelling {
        var method: String
        var url: String
        var head: String
        var body: [UInt8]
        var options = CurlOptions()

        init(_ retold: RetoldRequest?, head: String, body: [UInt8], method: String, url: String) {
            (self.method, self.url, self.head, self.body) = (method, url, head, body)
            guard let retold else { return }
            options = retold.options
            guard let request = retold.first else { return }
            (self.head, self.body) = ExchangeReport.split(request.bytes)
            self.method = request.method
            let words = self.head.split(separator: " ", maxSplits: 2)
            self.url = "\(request.origin)" + (words.count > 1 ? words[1] : "/")
        }
    }

    private static func split(_ request: [UInt8]) -> (head: String, body: [UInt8]) {
        var end = 0
        while end + 3 < request.count, request[end..<(end + 4)] != [13, 10, 13, 10] { end += 1 }
        let headEnd = min(request.count, end + 4)
        return (String(decoding: request[..<headEnd], as: UTF8.self), Array(request[headEnd...]))
    }

    private static func joined(_ head: String, _ body: [UInt8]) -> String {
        let text = head.replacing("\r\n", with: "\n")
        guard !body.isEmpty else { return text }
        let shown = String(decoding: body.prefix(bodyLimit), as: UTF8.self)
        let cut = body.count > bodyLimit ? "\n… (\(ByteCount(body.count).shortText) in all)" : ""
        return text + shown + cut
    }
}

/// How a step of several requests is repeated: its first one, with what leads curl to the others.
public struct RetoldRequest: Sendable {
    /// `nil` for the one that was answered last.
    public var first: (bytes: [UInt8], origin: HTTPOrigin, method: String)?
    public var options: CurlOptions

    public init(first: (bytes: [UInt8], origin: HTTPOrigin, method: String)?, options: CurlOptions) {
        self.first = first
        self.options = options
    }
}
