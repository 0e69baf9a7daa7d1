internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// A request that was forwarded, and what the service answered.
struct RecordedExchange: Sendable {
    var request: HTTPRequest
    var response: HTTPResponse

    /// About what it takes in memory.
    var costBytes: Int {
        func size(_ headers: HTTPHeaders) -> Int {
            headers.fields.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
        }
        return 256 + request.target.utf8.count + request.body.count + response.body.count
            + size(request.headers)
            + size(response.headers)
    }
}

/// A mapping made of a recording, and the file of its body.
struct RecordedMapping: Sendable, Equatable {
    /// `get-items-7`: of its file, readable and the same for the same recording.
    var name: String
    var json: JSONObject
    /// The body in a file of its own, below `__files`.
    var file: (name: String, bytes: [UInt8])?

    static func == (left: RecordedMapping, right: RecordedMapping) -> Bool {
        left.name == right.name && left.json == right.json && left.file?.name == right.file?.name
            && left.file?.bytes == right.file?.bytes
    }
}

/// Makes mappings of exchanges that were forwarded; nothing is read or written here.
///
/// The same exchanges give the same mappings, names and ids, so recording again changes only what has changed.
struct HTTPRecorder {
    private let specification: RecordSpecification
    /// Whether bodies may go to files.
    private let hasFolder: Bool

    init(_ specification: RecordSpecification, hasFolder: Bool) {
        self.specification = specification
        self.hasFolder = hasFolder
    }

    /// One kind of request in the order of its first appearance, with its answers in turn.
    private struct Group {
        var pattern: JSONObject
        var path: String
        var method: String
        var responses: [HTTPResponse]
    }

    func mappings(of exchanges: [RecordedExchange]) -> [RecordedMapping] {
        var groups: [Group] = []
        var places: [JSONObject: Int] = [:]
        for exchange in exchanges {
            let request = StubRequest(exchange.request)
            if let filter = specification.filter, !filter.matches(request) { continue }
            let pattern = pattern(of: request)
            if let place = places[pattern] {
                groups[place].responses.append(exchange.response)
            } else {
                places[pattern] = groups.count
                groups.append(
                    Group(
                        pattern: pattern, path: request.path, method: request.method,
                        responses: [exchange.response]))
            }
        }
        var names = Names()
        var scenarios = 0
        return groups.flatMap { mappings(of: $0, &names, &scenarios) }
    }

    private func mappings(of group: Group, _ names: inout Names, _ scenarios: inout Int) -> [RecordedMapping]
    {
        let definitions = group.responses.map { response(of: $0) }
        let isSteady = definitions.allSatisfy { $0 == definitions[0] }
        let stem = Names.stem(group.method, group.path)
        guard specification.repeatsAsScenarios, !isSteady else {
            return [mapping(group, definitions[0], names.next(stem), scenario: nil)]
        }
        scenarios += 1
        let scenario = "scenario-\(scenarios)-\(stem)"
        return definitions.enumerated().map { index, definition in
            let isLast = index == definitions.count - 1
            return mapping(
                group, definition, names.next(stem),
                scenario: (
                    scenario, index == 0 ? Stub.Scenario.started : "\(scenario)-\(index + 1)",
                    isLast ? nil : "\(scenario)-\(index + 2)"
                ))
        }
    }

    private func mapping(
        _ group: Group, _ definition: Definition, _ name: String,
        scenario: (name: String, required: String, new: String?)?
    ) -> RecordedMapping {
        var json = JSONObject()
        let id = Self.id(name, group.pattern)
        json["id"] = .string(id)
        json["name"] = .string(name)
        json["request"] = .object(group.pattern)
        var response = definition.json
        var file: (name: String, bytes: [UInt8])?
        if let body = definition.file {
            let fileName = "\(name)-body.\(body.kind)"
            response["bodyFileName"] = .string(fileName)
            file = (fileName, body.bytes)
        }
        json["response"] = .object(response)
        if let scenario {
            json["scenarioName"] = .string(scenario.name)
            json["requiredScenarioState"] = .string(scenario.required)
            if let new = scenario.new { json["newScenarioState"] = .string(new) }
        }
        if specification.persists { json["persistent"] = .some(true) }
        json["uuid"] = .string(id)
        return RecordedMapping(name: name, json: json, file: file)
    }

    /// An id that follows from what was recorded. Source: the form of RFC 9562 §5.8 (version 8).
    private static func id(_ name: String, _ pattern: JSONObject) -> String {
        var bytes = Array(Crypto.sha256(Array((name + JSON.object(pattern).rendered()).utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (index, digit) in hexadecimal(bytes).enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        return text
    }

    // MARK: requests

    private func pattern(of request: StubRequest) -> JSONObject {
        var pattern = JSONObject()
        let query = RequestModel.grouped(request.query)
        if query.isEmpty {
            pattern["url"] = .string(request.url)
        } else {
            pattern["urlPath"] = .string(request.path)
        }
        pattern["method"] = .string(request.method)
        if !query.isEmpty {
            pattern["queryParameters"] = .object(
                JSONObject(
                    query.map { name, values in
                        let matchers = values.map { JSON.object(["equalTo": .string($0)]) }
                        return (name, matchers.count == 1 ? matchers[0] : ["hasExactly": .array(matchers)])
                    }))
        }
        var headers = JSONObject()
        for (name, ignoresCase) in specification.captureHeaders {
            guard let value = request.http.headers[name] else { continue }
            headers[name] = .object(equalTo(value, ignoresCase: ignoresCase))
        }
        if !headers.isEmpty { pattern["headers"] = .object(headers) }
        if !request.http.body.isEmpty, let body = bodyPattern(of: request) {
            pattern["bodyPatterns"] = .array([.object(body)])
        }
        return pattern
    }

    private func equalTo(_ text: String, ignoresCase: Bool) -> JSONObject {
        var matcher: JSONObject = ["equalTo": .string(text)]
        if ignoresCase { matcher["caseInsensitive"] = .some(true) }
        return matcher
    }

    /// What fits the body; one that the wanted matcher cannot read is compared as it is.
    private func bodyPattern(of request: StubRequest) -> JSONObject? {
        let body = request.http.body
        let type = (request.http.headers["Content-Type"] ?? "").lowercased()
        var matcher = specification.bodyMatcher
        if matcher == .auto {
            // The boundary is another one each time.
            if type.hasPrefix("multipart/") { return nil }
            matcher = type.contains("json") ? .equalToJson : type.contains("xml") ? .equalToXml : .equalTo
        }
        guard let text = Self.text(body) else {
            return ["binaryEqualTo": .string(Base64.standard.encode(body))]
        }
        switch matcher {
        case .equalToJson where request.body.json != nil:
            var object: JSONObject = ["equalToJson": .string(text)]
            if specification.ignoresArrayOrder { object["ignoreArrayOrder"] = .some(true) }
            if specification.ignoresExtraElements { object["ignoreExtraElements"] = .some(true) }
            return object
        case .equalToXml where (try? XMLTree(parsing: body, bindsPrefixes: true)) != nil:
            return ["equalToXml": .string(text)]
        default: return equalTo(text, ignoresCase: specification.ignoresCase)
        }
    }

    // MARK: responses

    /// A `response` of a mapping; a body that goes to a file stands beside it.
    private struct Definition: Equatable {
        var json: JSONObject
        var file: Body?

        struct Body: Equatable {
            var kind: String
            var bytes: [UInt8]
        }
    }

    /// Said again when a stub answers, or true for this one answer only.
    private static let droppedHeaders = [
        "content-length", "transfer-encoding", "content-encoding", "date", "connection", "keep-alive",
    ]

    private func response(of response: HTTPResponse) -> Definition {
        var json: JSONObject = ["status": .int(Int64(response.status))]
        if let reason = response.reason, !reason.isEmpty, reason != reasonPhrase(of: response.status) {
            json["statusMessage"] = .string(reason)
        }
        var file: Definition.Body?
        let type = response.headers["Content-Type"] ?? ""
        if let text = Self.text(response.body) {
            if hasFolder, response.body.count >= specification.textThreshold, !response.body.isEmpty {
                file = Definition.Body(kind: Self.fileKind(type, text: text), bytes: response.body)
            } else if let value = Self.exactJSON(text) {
                json["jsonBody"] = .some(value)
            } else if !text.isEmpty {
                json["body"] = .string(text)
            }
        } else if hasFolder, response.body.count >= specification.binaryThreshold {
            file = Definition.Body(kind: Self.fileKind(type, text: nil), bytes: response.body)
        } else {
            json["base64Body"] = .string(Base64.standard.encode(response.body))
        }
        let headers = headers(response.headers)
        if !headers.isEmpty { json["headers"] = .object(headers) }
        if !specification.transformers.isEmpty {
            json["transformers"] = .array(specification.transformers.map { .string($0) })
            if !specification.transformerParameters.isEmpty {
                json["transformerParameters"] = .object(specification.transformerParameters)
            }
        }
        return Definition(json: json, file: file)
    }

    private func headers(_ headers: HTTPHeaders) -> JSONObject {
        var result = JSONObject()
        for field in headers.fields where !Self.droppedHeaders.contains(field.name.lowercased()) {
            let key = result.keys.first { $0.lowercased() == field.name.lowercased() } ?? field.name
            switch result[key] {
            case nil: result[key] = .string(field.value)
            case .array(let values)?: result[key] = .array(values + [.string(field.value)])
            case let first?: result[key] = .array([first, .string(field.value)])
            }
        }
        return result
    }

    /// JSON that is written again byte for byte.
    private static func exactJSON(_ text: String) -> JSON? {
        guard text.first == "{" || text.first == "[", let value = try? JSON(parsing: text) else { return nil }
        return value.rendered().utf8.elementsEqual(text.utf8) ? .some(value) : nil
    }

    /// Text that a mapping can hold without loss.
    private static func text(_ bytes: [UInt8]) -> String? {
        guard !bytes.contains(0) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func fileKind(_ type: String, text: String?) -> String {
        let kinds = [
            "json": "json", "xml": "xml", "html": "html", "css": "css", "javascript": "js", "csv": "csv",
            "svg": "svg",
            "png": "png", "jpeg": "jpg", "gif": "gif", "webp": "webp", "pdf": "pdf", "zip": "zip",
            "gzip": "gz",
        ]
        let lower = type.lowercased()
        // `image/svg+xml` is svg.
        let found = ["svg"].first { lower.contains($0) } ?? kinds.keys.sorted().first { lower.contains($0) }
        return found.flatMap { kinds[$0] } ?? (text == nil ? "bin" : "txt")
    }

    // MARK: names

    /// Readable names, no two alike.
    struct Names {
        private var counts: [String: Int] = [:]
        private static let longest = 80

        /// `GET` and `/items/7` as `get-items-7`.
        static func stem(_ method: String, _ path: String) -> String {
            var text = method.lowercased()
            for part in path.split(separator: "/") {
                let kept = percentDecoded(part).unicodeScalars.map { scalar -> Character in
                    switch scalar {
                    case "a"..."z", "A"..."Z", "0"..."9", "_", ".": Character(scalar)
                    default: "-"
                    }
                }
                text += "-" + String(kept).split(separator: "-").joined(separator: "-")
            }
            let trimmed = text.split { $0 == "-" }.joined(separator: "-").prefix(longest)
            return String(trimmed.drop { $0 == "." })
        }

        mutating func next(_ stem: String) -> String {
            counts[stem, default: 0] += 1
            let count = counts[stem] ?? 1
            return count == 1 ? stem : "\(stem)-\(count)"
        }
    }
}
