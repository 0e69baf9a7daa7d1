public import AssayCore
internal import AssayWire

extension ExchangeReport {
    /// Bodies are cut here; a report is read by people.
    private static let bodyLimit = 4096

    /// An HTTP exchange for people: masked, bounded.
    ///
    /// - Parameters:
    ///   - request: head and body as sent.
    ///   - responseHead: empty when nothing was answered.
    ///   - mask: hides secrets in a text.
    public init(
        _ exchange: Exchange, method: String, origin: HTTPOrigin, request: [UInt8], responseHead: [UInt8],
        responseBody: [UInt8], masked mask: (String) -> String
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
            exchange.outcome == .answered
            ? "\(exchange.status) in \(took)"
            : exchange.outcome.name + " after \(took)" + (exchange.note.map { " (\($0))" } ?? "")
        let waited =
            exchange.waitingNanoseconds > 0
            ? ", behind \(shortText(nanoseconds: Double(exchange.waitingNanoseconds))) for a connection" : ""
        let answered = !responseHead.isEmpty
        self.init(
            summary: mask("\(method) \(url) → \(result)\(waited)"),
            request: mask(Self.joined(head, body)),
            response: answered
                ? mask(Self.joined(String(decoding: responseHead, as: UTF8.self), responseBody)) : "",
            outcome: exchange.outcome.name, serviceNanoseconds: exchange.serviceNanoseconds,
            curl: mask(
                curlCommand(
                    method: method, url: url,
                    headers: HTTPHeaders(head: Array(head.utf8)).fields.map { ($0.name, $0.value) },
                    body: body, options: version.map { [$0] } ?? [])))
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
