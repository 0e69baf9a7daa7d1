internal import AssayFormats

extension ObservedTraffic.Entry {
    /// An exchange of a run record, as its reports show it: head and body as text, masked, long bodies cut.
    ///
    /// - Parameters:
    ///   - request: request line, headers, an empty line, the body.
    ///   - response: as well; empty when nothing was received.
    /// - Returns: `nil` when it is no HTTP exchange.
    public init?(request: String, response: String) {
        guard let sent = Message(request) else { return nil }
        let words = sent.first.split(separator: " ").map(String.init)
        guard words.count >= 2, words[1].hasPrefix("/") else { return nil }
        guard let url = TrafficURL(words[1]) else { return nil }
        var exchange = ObservedExchange(
            ContractExchange(
                request: .init(
                    method: words[0].uppercased(), path: url.path, query: url.query, headers: sent.headers,
                    body: sent.body.isEmpty ? nil : Array(sent.body.utf8))))
        exchange.isRequestBodyCut = sent.isCut
        exchange.openMasked()
        if let received = Message(response), received.first.hasPrefix("HTTP/") {
            let status = received.first.split(separator: " ").dropFirst().first.flatMap { Int($0) }
            guard let status, (100...599).contains(status) else { return nil }
            exchange.exchange.response = .init(
                status: status, headers: received.headers, body: Array(received.body.utf8))
            exchange.isResponseBodyCut = received.isCut
        }
        self.init(exchange, host: exchange.exchange.request.header("Host") ?? "")
    }
}

/// One message of a report.
private struct Message {
    var first: String
    var headers: [ContractExchange.Header] = []
    var body: String
    /// The body is not whole, or a mask stands where it cannot be read past.
    var isCut = false

    init?(_ text: String) {
        let text = text.replacing("\r\n", with: "\n")
        guard !text.isEmpty else { return nil }
        let end = text.firstRange(of: "\n\n")
        let head = end.map { text[..<$0.lowerBound] } ?? text[...]
        let lines = head.split(separator: "\n")
        guard let line = lines.first else { return nil }
        first = String(line)
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers.append(.init(String(line[..<colon]), String(value)))
        }
        body = end.map { String(text[$0.upperBound...]) } ?? ""
        // As reports mark what they leave out: `… (5.2 kB in all)`.
        if body.hasSuffix(" in all)"), let mark = body.ranges(of: "\n… (").last {
            body = String(body[..<mark.lowerBound])
            isCut = true
        } else if body.contains(SecretWords.mask), (try? JSON(parsing: body)) == nil {
            isCut = true
        }
    }
}
