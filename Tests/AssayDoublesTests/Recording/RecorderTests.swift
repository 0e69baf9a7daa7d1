import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Recording: exchanges become mappings")
struct RecorderTests {
    private static func exchange(
        _ method: String, _ target: String, body: String = "", type: String = "application/json",
        status: Int = 200, answer: String = "ok", answerHeaders: [(String, String)] = []
    ) -> RecordedExchange {
        var headers = HTTPHeaders([("Host", "x"), ("Accept", "a/b")])
        if !body.isEmpty { headers.add("Content-Type", type) }
        return RecordedExchange(
            request: HTTPRequest(method: method, target: target, headers: headers, body: Array(body.utf8)),
            response: HTTPResponse(
                status: status, headers: HTTPHeaders(answerHeaders), body: Array(answer.utf8)))
    }

    private static func record(
        _ exchanges: RecordedExchange..., as specification: JSON = [:], folder: Bool = false
    ) throws -> [RecordedMapping] {
        let read = try RecordSpecification(specification, clock: DoubleClock { 0 })
        return HTTPRecorder(read, hasFolder: folder).mappings(of: exchanges)
    }

    @Test("Names are readable and differ, ids follow from what was recorded")
    func names() throws {
        let once = try Self.record(
            Self.exchange("GET", "/items/7"), Self.exchange("GET", "/items/7?full=1"),
            Self.exchange("GET", "/a%20b/../c!"), Self.exchange("DELETE", "/"))
        #expect(once.map(\.name) == ["get-items-7", "get-items-7-2", "get-a-b-..-c", "delete"])
        let again = try Self.record(Self.exchange("GET", "/items/7"))
        #expect(again[0] == once[0])
        let id = try #require(once[0].json["id"]?.stringValue)
        #expect(isUUID(id))
    }

    @Test("Requests are matched by address, query, chosen headers and body")
    func requests() throws {
        let specification: JSON = ["captureHeaders": ["Accept": [:], "X-Absent": ["caseInsensitive": true]]]
        let mappings = try Self.record(
            Self.exchange("POST", "/s?q=a%20b&t=1&t=2", body: #"{"a":1}"#),
            Self.exchange("POST", "/x", body: "<a/>", type: "text/xml"),
            Self.exchange("POST", "/t", body: "plain", type: "text/plain"),
            Self.exchange("POST", "/b", body: "{broken", type: "application/json"), as: specification)
        #expect(
            mappings[0].json["request"] == [
                "urlPath": "/s", "method": "POST",
                "queryParameters": [
                    "q": ["equalTo": "a b"], "t": ["hasExactly": [["equalTo": "1"], ["equalTo": "2"]]],
                ], "headers": ["Accept": ["equalTo": "a/b"]], "bodyPatterns": [["equalToJson": #"{"a":1}"#]],
            ])
        #expect(
            mappings.dropFirst().map { $0.json["request"]?["bodyPatterns"] } == [
                [["equalToXml": "<a/>"]], [["equalTo": "plain"]], [["equalTo": "{broken"]],
            ])
        let loose = try Self.record(
            Self.exchange("POST", "/s", body: "[1]"),
            as: [
                "requestBodyPattern": [
                    "matcher": "equalToJson", "ignoreArrayOrder": true, "ignoreExtraElements": true,
                ]
            ])
        #expect(
            loose[0].json["request"]?["bodyPatterns"] == [
                ["equalToJson": "[1]", "ignoreArrayOrder": true, "ignoreExtraElements": true]
            ])
    }

    @Test("Answers keep status, headers and body; headers about the connection go")
    func answers() throws {
        var binary = Self.exchange("GET", "/b")
        binary.response.body = [0, 1, 255]
        let mappings = try Self.record(
            Self.exchange(
                "GET", "/j", status: 201, answer: #"{"a":[1,2]}"#,
                answerHeaders: [
                    ("Content-Type", "application/json"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"),
                    ("Content-Length", "9"),
                    ("Date", "today"), ("Transfer-Encoding", "chunked"),
                ]),
            Self.exchange("GET", "/t", answer: #"{ "a": 1 }"#), binary,
            Self.exchange("GET", "/e", status: 204, answer: ""))
        #expect(
            mappings.map { $0.json["response"] } == [
                [
                    "status": 201, "jsonBody": ["a": [1, 2]],
                    "headers": ["Content-Type": "application/json", "Set-Cookie": ["a=1", "b=2"]],
                ],
                ["status": 200, "body": #"{ "a": 1 }"#], ["status": 200, "base64Body": "AAH/"],
                ["status": 204],
            ])
    }

    @Test("The same request again is one stub, or a scenario when its answers differ")
    func repeats() throws {
        let same = try Self.record(Self.exchange("GET", "/n"), Self.exchange("GET", "/n"))
        #expect(same.count == 1 && same[0].json["scenarioName"] == nil)
        let differing = try Self.record(
            Self.exchange("GET", "/n", answer: "1"), Self.exchange("GET", "/n", answer: "2"),
            Self.exchange("GET", "/n", answer: "3"))
        #expect(differing.map(\.name) == ["get-n", "get-n-2", "get-n-3"])
        #expect(
            differing.map { $0.json["requiredScenarioState"] } == [
                "Started", "scenario-1-get-n-2", "scenario-1-get-n-3",
            ])
        #expect(
            differing.map { $0.json["newScenarioState"] } == [
                "scenario-1-get-n-2", "scenario-1-get-n-3", nil,
            ])
        let off = try Self.record(
            Self.exchange("GET", "/n", answer: "1"), Self.exchange("GET", "/n", answer: "2"),
            as: ["repeatsAsScenarios": false])
        #expect(off.map { $0.json["response"]?["body"] } == ["1"])
    }

    @Test("Big bodies go to files where there is a folder")
    func files() throws {
        let specification: JSON = [
            "extractBodyCriteria": ["textSizeThreshold": "1 kb", "binarySizeThreshold": "2"]
        ]
        let big = String(repeating: "x", count: 1024)
        var binary = Self.exchange("GET", "/p", answerHeaders: [("Content-Type", "image/png")])
        binary.response.body = [0, 1]
        let mappings = try Self.record(
            Self.exchange("GET", "/big", answer: big, answerHeaders: [("Content-Type", "text/html")]),
            Self.exchange("GET", "/small"), binary, as: specification, folder: true)
        #expect(mappings.map { $0.file?.name } == ["get-big-body.html", nil, "get-p-body.png"])
        #expect(mappings[0].json["response"]?["bodyFileName"] == "get-big-body.html")
        #expect(mappings[0].file?.bytes == Array(big.utf8))
        let kept = try Self.record(Self.exchange("GET", "/big", answer: big), as: specification)
        #expect(kept[0].file == nil && kept[0].json["response"]?["body"] == .string(big))
    }

    @Test("A filter chooses what is recorded")
    func filter() throws {
        let mappings = try Self.record(
            Self.exchange("GET", "/api/a"), Self.exchange("POST", "/api/a"), Self.exchange("GET", "/other"),
            as: ["filters": ["urlPathPattern": "/api/.*", "method": "GET"]])
        #expect(mappings.map(\.name) == ["get-api-a"])
    }

    @Test(
        "A specification that cannot be followed is refused with its place",
        arguments: [
            (
                ["targetBaseUrl": "ftp://x"], "/targetBaseUrl",
                "proxyBaseUrl 'ftp://x': expected the scheme http or https, got 'ftp'"
            ),
            (["persists": true], "/persists", "'persists' is not known here"),
            (
                ["requestBodyPattern": ["matcher": "json"]], "/requestBodyPattern/matcher",
                "there is no body matcher 'json'"
            ),
            (
                ["extractBodyCriteria": ["textSizeThreshold": "big"]],
                "/extractBodyCriteria/textSizeThreshold",
                "expected a size like \"2 kb\", found the text 'big'"
            ),
            (["transformers": ["mine"]], "/transformers", "there is no transformer 'mine'"),
            (
                ["filters": ["allowNonProxied": true]], "/filters/allowNonProxied",
                "only requests that were forwarded are recorded"
            ),
            (["outputFormat": "TINY"], "/outputFormat", "expected FULL or IDS, found 'TINY'"),
            ([1], "", "expected an object, found a list"),
        ] as [(JSON, String, String)])
    func refused(specification: JSON, pointer: String, message: String) throws {
        let refusal = #expect(throws: AdminRefusal.self) {
            try RecordSpecification(specification, clock: DoubleClock { 0 })
        }
        #expect(refusal?.problems.map(\.title) == [message])
        #expect(refusal?.problems.map(\.pointer) == [pointer])
    }
}

@Suite("Forwarding: requests on their way to a real service")
struct ForwardedRequestTests {
    private static let request = HTTPRequest(
        method: "POST", target: "/api/items?q=1",
        headers: HTTPHeaders([
            ("Host", "double:1"), ("Connection", "close, X-Hop"), ("X-Hop", "1"), ("Keep-Alive", "5"),
            ("TE", "trailers"),
            ("Expect", "100-continue"), ("X-Keep", "yes"), ("X-Drop", "no"), ("Content-Length", "99"),
        ]), body: [1, 2])

    @Test("Headers about the connection stay behind; the target's own are set")
    func headers() throws {
        var target = ProxyTarget(baseURL: "http://service:8080/base/")
        target.addedHeaders = HTTPHeaders([("X-Keep", "added"), ("X-New", "n")])
        target.removedHeaders = ["x-drop"]
        let sent = try ForwardedRequest(Self.request, to: target)
        #expect(sent.target == "/base/api/items?q=1")
        #expect(sent.origin == HTTPOrigin(host: "service", port: 8080))
        #expect(
            sent.headers.fields.map { "\($0.name)=\($0.value)" } == [
                "Host=service:8080", "X-Keep=added", "X-New=n", "Content-Length=2",
            ])
        let preserved = try ForwardedRequest(Self.request, to: target, preservesHost: true)
        #expect(preserved.headers["Host"] == "double:1")
        #expect(
            String(decoding: try sent.rendered(), as: UTF8.self).hasPrefix(
                "POST /base/api/items?q=1 HTTP/1.1\r\nHost: service:8080\r\n"))
    }

    @Test(
        "The address is the base and what was asked, without the prefix",
        arguments: [
            ("http://s", "/api/items?q=1", nil, "/api/items?q=1"), ("http://s/", "/x", nil, "/x"),
            ("http://s/base", "/", nil, "/base/"),
            ("http://s", "/api/items", "/api", "/items"), ("http://s/b", "/api?x=1", "/api", "/b?x=1"),
            ("http://s", "/api", "/api", "/"),
            ("http://s", "http://double:1/abs?y", nil, "/abs?y"), ("http://s", "/other", "/api", "/other"),
        ] as [(String, String, String?, String)])
    func targets(base: String, asked: String, prefix: String?, expected: String) throws {
        var target = ProxyTarget(baseURL: base)
        target.removedPrefix = prefix
        #expect(
            try ForwardedRequest(HTTPRequest(method: "GET", target: asked), to: target).target == expected)
    }

    @Test("A service may be reached by https; what is neither http nor https is refused by name")
    func refused() throws {
        let https = try ForwardedRequest(Self.request, to: ProxyTarget(baseURL: "https://s"))
        #expect(https.origin.description == "https://s")
        #expect(throws: ForwardedRequest.Refusal.self) {
            try ForwardedRequest(Self.request, to: ProxyTarget(baseURL: "s:80"))
        }
    }
}
