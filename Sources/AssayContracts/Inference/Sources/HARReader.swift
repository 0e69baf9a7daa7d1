public import AssayFormats

/// Reads HTTP archives, as browsers, proxies and `assay contract record` write them. Source: HAR 1.2.
public enum HARReader {
    /// Whether a JSON value looks like an archive.
    public static func recognises(_ json: JSON) -> Bool { json["log"]?["entries"] != nil }

    /// - Returns: `nil` when the file is no JSON; what is wrong with entries is in the bag (AS493, AS494), and those
    ///   entries are left out.
    public static func read(_ bytes: [UInt8], file: String, bag: DiagnosticBag) -> ObservedTraffic? {
        guard let document = TrafficDocument(bytes, file: file, bag: bag) else { return nil }
        var traffic = ObservedTraffic()
        guard let log = document.required("log", "an object with 'entries'", in: document.top),
            let entries = document.required("entries", "a list of entries", in: log)
        else { return traffic }
        for entry in document.elements(entries) {
            if let read = Self.entry(entry, document) { traffic.entries.append(read) }
        }
        return traffic
    }

    private static func entry(
        _ entry: TrafficDocument.Node, _ document: TrafficDocument
    ) -> ObservedTraffic.Entry? {
        guard let request = document.required("request", "an object", in: entry),
            let method = document.text(document.required("method", "a text", in: request)),
            let urlNode = document.required("url", "a URL", in: request),
            let text = document.text(urlNode)
        else { return nil }
        guard let url = TrafficURL(text) else {
            // What a browser made up itself.
            if ["data:", "blob:", "ws:", "wss:", "chrome", "about:", "file:"].contains(where: text.hasPrefix)
            {
                return nil
            }
            document.tell("a URL of http or https", urlNode)
            return nil
        }
        var sent = ContractExchange.Request(
            method: method.uppercased(), path: url.path, query: url.query,
            headers: headers(request["headers"], document))
        var observed = ObservedExchange(ContractExchange(request: sent))
        if let post = request["postData"] {
            add(post, to: &sent, &observed, document)
        }
        observed.exchange.request = sent
        observed.openMasked()
        guard let response = entry["response"], let status = document.number(response["status"]) else {
            return ObservedTraffic.Entry(observed, host: url.host)
        }
        // Browsers write 0 for an exchange that never ended.
        if (100...599).contains(status) {
            observed.exchange.response = answer(response, status, &observed, document)
        }
        return ObservedTraffic.Entry(observed, host: url.host)
    }

    private static func headers(
        _ node: TrafficDocument.Node?, _ document: TrafficDocument
    ) -> [ContractExchange.Header] {
        document.elements(node).compactMap { header in
            guard let name = document.text(document.required("name", "a text", in: header)) else {
                return nil
            }
            return ContractExchange.Header(name, document.text(header["value"]) ?? "")
        }
    }

    private static func add(
        _ post: TrafficDocument.Node, to sent: inout ContractExchange.Request,
        _ observed: inout ObservedExchange, _ document: TrafficDocument
    ) {
        if let text = document.text(post["text"]), !text.isEmpty {
            sent.body = Array(text.utf8)
        } else {
            let fields = document.elements(post["params"]).compactMap { field -> String? in
                guard let name = document.text(field["name"]) else { return nil }
                return encoded(name) + "=" + encoded(document.text(field["value"]) ?? "")
            }
            if !fields.isEmpty { sent.body = Array(fields.joined(separator: "&").utf8) }
        }
        // A body that is not in the archive.
        if sent.body == nil, post["text"] == nil, post["params"] == nil { observed.isRequestBodyCut = true }
        let type = document.text(post["mimeType"]) ?? ""
        if sent.header("Content-Type") == nil, !type.isEmpty {
            sent.headers.append(.init("Content-Type", type))
        }
    }

    private static func answer(
        _ response: TrafficDocument.Node, _ status: Int, _ observed: inout ObservedExchange,
        _ document: TrafficDocument
    ) -> ContractExchange.Response {
        var answer = ContractExchange.Response(
            status: status, headers: headers(response["headers"], document))
        guard let content = response["content"] else { return answer }
        let text = document.text(content["text"]) ?? ""
        if document.text(content["encoding"])?.lowercased() == "base64" {
            if let bytes = Base64.decode(text) {
                answer.body = bytes
            } else if let node = content["text"] {
                document.tell("base64", node)
            }
        } else {
            answer.body = Array(text.utf8)
        }
        let size = document.number(content["size"]) ?? 0
        if answer.body.isEmpty, size > 0 { observed.isResponseBodyCut = true }
        let type = document.text(content["mimeType"]) ?? ""
        let isKnown = !type.isEmpty && type != "x-unknown"
        if answer.header("Content-Type") == nil, isKnown, !answer.body.isEmpty || size > 0 {
            answer.headers.append(.init("Content-Type", type))
        }
        return answer
    }

    private static func encoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E:
                out.append(Character(Unicode.Scalar(byte)))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (digits.count == 1 ? "0" : "") + digits
            }
        }
        return out
    }
}
