internal import AssayCore
internal import AssayNet

extension ExchangeReport {
    /// Bodies are cut here; a report is read by people.
    private static let bodyLimit = 4096

    /// An HTTP exchange for people: masked, bounded.
    init(
        _ exchange: Exchange, method: String, origin: HTTPOrigin, request: [UInt8], responseHead: [UInt8],
        responseBody: [UInt8], masker: Masker
    ) {
        let (head, body) = Self.split(request)
        let words = head.prefix { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }.split(separator: " ")
        let url = "\(origin)" + (words.count > 1 ? words[1] : "/")
        let took = shortText(nanoseconds: Double(exchange.serviceNanoseconds))
        let result =
            exchange.outcome == .answered
            ? "\(exchange.status) in \(took)"
            : exchange.outcome.name + " after \(took)" + (exchange.note.map { " (\($0))" } ?? "")
        let answered = !responseHead.isEmpty
        self.init(
            summary: masker.mask("\(method) \(url) → \(result)"),
            request: masker.mask(Self.joined(head, body)),
            response: answered
                ? masker.mask(Self.joined(String(decoding: responseHead, as: UTF8.self), responseBody)) : "",
            outcome: exchange.outcome.name, serviceNanoseconds: exchange.serviceNanoseconds,
            curl: masker.mask(Self.curl(method: method, url: url, head: head, body: body)))
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

    /// A shell command that sends the same request.
    private static func curl(method: String, url: String, head: String, body: [UInt8]) -> String {
        func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
        var words = ["curl", "-i", "-X", method]
        for line in head.split(separator: "\r\n").dropFirst() {
            let name = line.prefix { $0 != ":" }.lowercased()
            if ["host", "content-length", "user-agent", "accept"].contains(name) { continue }
            words += ["-H", quoted(String(line))]
        }
        if !body.isEmpty { words += ["--data-binary", quoted(String(decoding: body, as: UTF8.self))] }
        return (words + [quoted(url)]).joined(separator: " ")
    }
}
