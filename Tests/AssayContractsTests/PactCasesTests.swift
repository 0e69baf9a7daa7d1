import AssayCore
import AssayContracts
import AssayFormats
import AssayTestSupport
import Testing

/// The public cases of the Pact specification, versions 2 and 3.
@Suite("Pact's cases", .enabled(if: PactCases.isPresent, "shared/data/pact is absent"))
struct PactCasesTests {
    @Test(
        "every case matches or not as it says",
        arguments: [
            ("v2", "request/method", 3), ("v2", "request/path", 6), ("v2", "request/query", 10),
            ("v2", "request/headers", 8), ("v2", "request/body", 66), ("v2", "response/status", 2),
            ("v2", "response/headers", 8), ("v2", "response/body", 75), ("v3", "request/method", 3),
            ("v3", "request/path", 7), ("v3", "request/query", 10), ("v3", "request/headers", 12),
            ("v3", "request/body", 66), ("v3", "response/status", 2), ("v3", "response/headers", 12),
            ("v3", "response/body", 83), ("v3", "message/body", 31),
        ])
    func cases(version: String, folder: String, count: Int) throws {
        let files = FolderFiles.json(in: PactCases.root + "\(version)/testcases/\(folder)/")
        #expect(files.count == count)
        for file in files {
            let json = try #require(FolderFiles.read(file))
            let found = try PactCases.mismatches(json, version, of: folder)
            #expect(
                found.isEmpty == json["match"]?.boolValue,
                "\(file): \(found.map(\.sentence).joined(separator: "\n"))")
        }
    }

    @Test(
        "the cases of version 3 come out the same as version 4 writes bodies",
        arguments: ["request/body", "request/headers", "response/body", "response/headers", "message/body"])
    func fourth(folder: String) throws {
        for file in FolderFiles.json(in: PactCases.root + "v3/testcases/\(folder)/") {
            let json = try #require(FolderFiles.read(file))
            let found = try PactCases.mismatches(json, "v4", of: folder)
            #expect(
                found.isEmpty == json["match"]?.boolValue,
                "\(file): \(found.map(\.sentence).joined(separator: "\n"))")
        }
    }
}

enum PactCases {
    static let root = SharedData.path("pact/")
    static var isPresent: Bool { !FolderFiles.json(in: root + "v2/testcases/request/method/").isEmpty }

    /// Puts what is expected into a pact, reads that, and compares.
    static func mismatches(_ json: JSON, _ version: String, of folder: String) throws -> [PactMismatch] {
        var expected = json["expected"]?.objectValue ?? JSONObject()
        if version == "v4" {
            for name in ["body", "contents"] {
                guard let body = expected[name] else { continue }
                expected[name] = body == .null ? .null : ["content": body]
            }
        }
        var interaction: JSONObject = ["description": "a case"]
        switch folder.prefix(while: { $0 != "/" }) {
        case "request": interaction["request"] = .object(expected)
        case "response": interaction["response"] = .object(expected)
        default:
            for (name, value) in expected { interaction[name] = value }
            interaction["type"] = "Asynchronous/Messages"
        }
        let text: JSON = [
            "consumer": ["name": "a"], "provider": ["name": "b"], "interactions": [.object(interaction)],
            "metadata": ["pactSpecification": ["version": .string("\(version.dropFirst()).0.0")]],
        ]
        let bag = DiagnosticBag()
        let pact = Pact.read(Array(text.rendered().utf8), file: "case.json", bag: bag)
        let read = try #require(pact, "\(bag.all.map { $0.rendered() }.joined())").interactions[0]
        let actual = json["actual"] ?? [:]
        switch read.content {
        case .http(let request, let response):
            return folder.hasPrefix("request")
                ? request.mismatches(self.request(actual)) : response.mismatches(self.response(actual))
        case .message(let message):
            return message.mismatches(
                contents: body(actual["contents"]) ?? [], metadata: actual["metaData"]?.objectValue ?? [:])
        case .exchange: return []
        }
    }

    private static func request(_ json: JSON) -> ContractExchange.Request {
        var query = json["query"]?.stringValue
        if let fields = json["query"]?.objectValue {
            query = fields.flatMap { field in
                (field.value.arrayValue ?? [field.value]).map { "\(field.key)=\($0.stringValue ?? "")" }
            }.joined(separator: "&")
        }
        return ContractExchange.Request(
            method: (json["method"]?.stringValue ?? "GET").uppercased(),
            path: json["path"]?.stringValue ?? "/",
            query: query, headers: headers(json), body: body(json["body"]))
    }

    private static func response(_ json: JSON) -> ContractExchange.Response {
        ContractExchange.Response(
            status: Int(json["status"]?.intValue ?? 200), headers: headers(json),
            body: body(json["body"]) ?? [])
    }

    private static func headers(_ json: JSON) -> [ContractExchange.Header] {
        (json["headers"]?.objectValue ?? [:]).map {
            ContractExchange.Header($0.key, $0.value.stringValue ?? "")
        }
    }

    private static func body(_ json: JSON?) -> [UInt8]? {
        switch json {
        case nil, .null?: nil
        case .string(let text)?: Array(text.utf8)
        case let value?: Array(value.rendered().utf8)
        }
    }
}
