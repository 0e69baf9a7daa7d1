internal import AssayCore
public import AssayFormats

/// Reads WireMock mapping files, as recording doubles and proxies write them, as the traffic that they stand for.
public struct MappingTraffic {
    /// Reads a file of `__files`; `nil` when there is none.
    public var file: (String) -> [UInt8]?

    public init(file: @escaping (String) -> [UInt8]? = { _ in nil }) { self.file = file }

    /// Whether a JSON value looks like a mapping or a list of them.
    public static func recognises(_ json: JSON) -> Bool {
        json["mappings"]?.arrayValue != nil
            || json["request"]?.objectValue != nil && json["response"]?.objectValue != nil
    }

    /// - Returns: `nil` when the file is no JSON; what is wrong is in the bag (AS493, AS494), as are warnings about mappings
    ///   that name no path (AS499).
    public func read(_ bytes: [UInt8], file: String, bag: DiagnosticBag) -> ObservedTraffic? {
        guard let document = TrafficDocument(bytes, file: file, bag: bag) else { return nil }
        let mappings = document.top["mappings"].map(document.elements) ?? [document.top]
        var traffic = ObservedTraffic()
        for mapping in mappings {
            guard let request = document.required("request", "an object", in: mapping),
                let response = document.required("response", "an object", in: mapping)
            else { continue }
            guard let observed = exchange(request, response, document) else {
                document.warn(
                    "AS499", "a mapping that names no method and path says nothing of an interface",
                    at: request, fix: "it is left out")
                continue
            }
            traffic.entries.append(ObservedTraffic.Entry(observed, host: ""))
        }
        return traffic
    }

    private func exchange(
        _ request: TrafficDocument.Node, _ response: TrafficDocument.Node, _ document: TrafficDocument
    ) -> ObservedExchange? {
        let places = ["url", "urlPath", "urlPathTemplate"]
        guard let method = document.text(request["method"])?.uppercased(), method != "ANY",
            let text = places.lazy.compactMap({ document.text(request[$0]) }).first,
            let url = TrafficURL(text)
        else { return nil }
        var sent = ContractExchange.Request(method: method, path: url.path, query: url.query)
        var open: Set<String> = []
        var fields: [String] = []
        for (name, matcher) in document.members(request["queryParameters"]) {
            let values = (matcher["hasExactly"] ?? matcher["includes"]).map(document.elements) ?? [matcher]
            for value in values {
                let wanted = document.text(value["equalTo"])
                if wanted == nil { open.insert(name) }
                fields.append(
                    name + "="
                        + (wanted ?? "").replacing("%", with: "%25").replacing("&", with: "%26").replacing(
                            "+", with: "%2B"))
            }
        }
        if !fields.isEmpty { sent.query = fields.joined(separator: "&") }
        for (name, matcher) in document.members(request["headers"]) where matcher["absent"] == nil {
            sent.headers.append(.init(name, document.text(matcher["equalTo"]) ?? ""))
        }
        if request["basicAuthCredentials"] != nil {
            sent.headers.append(.init("Authorization", "Basic eA=="))
        }
        var observed = ObservedExchange(ContractExchange(request: sent))
        observed.openQueryParameters = open
        for (place, segment) in PathTemplate.segments(url.path).enumerated()
        where segment.hasPrefix("{") && segment.hasSuffix("}") {
            observed.pathParameters[place] = String(segment.dropFirst().dropLast())
        }
        addBody(request["bodyPatterns"], to: &observed, document)
        observed.exchange.response = answer(response, &observed, document)
        return observed
    }

    private func addBody(
        _ patterns: TrafficDocument.Node?, to observed: inout ObservedExchange, _ document: TrafficDocument
    ) {
        for pattern in document.elements(patterns) {
            guard let wanted = pattern["equalToJson"] else { continue }
            let body = wanted.value.stringValue.map { Array($0.utf8) } ?? Array(wanted.value.rendered().utf8)
            observed.exchange.request.body = body
            if observed.exchange.request.header("Content-Type") == nil {
                observed.exchange.request.headers.append(.init("Content-Type", "application/json"))
            }
            return
        }
    }

    private func answer(
        _ response: TrafficDocument.Node, _ observed: inout ObservedExchange, _ document: TrafficDocument
    ) -> ContractExchange.Response {
        var answer = ContractExchange.Response(status: document.number(response["status"]) ?? 200)
        for (name, value) in document.members(response["headers"]) {
            let values = value.value.arrayValue != nil ? document.elements(value) : [value]
            for one in values { answer.headers.append(.init(name, document.text(one) ?? "")) }
        }
        if let json = response["jsonBody"] {
            answer.body = Array(json.value.rendered().utf8)
        } else if let text = document.text(response["body"]) {
            answer.body = Array(text.utf8)
        } else if let node = response["base64Body"], let text = document.text(node) {
            if let bytes = Base64.decode(text) { answer.body = bytes } else { document.tell("base64", node) }
        } else if let name = document.text(response["bodyFileName"]) {
            if let bytes = file(name) { answer.body = bytes } else { observed.isResponseBodyCut = true }
        }
        // What a template gives is not known before it is asked.
        let transformers = document.elements(response["transformers"]).compactMap(\.value.stringValue)
        if transformers.contains("response-template") { observed.isResponseBodyCut = true }
        if answer.header("Content-Type") == nil, !answer.body.isEmpty,
            (try? JSON(parsing: answer.body)) != nil
        {
            answer.headers.append(.init("Content-Type", "application/json"))
        }
        return answer
    }
}
