import AssayFormats
import Testing

@testable import AssayContracts

/// `POST /jobs {"a":1} → 201 {"id":7}`, with headers as lines before and after.
func exchange(
    _ method: String, _ target: String, _ body: String? = nil, _ status: Int? = 200, _ answer: String = "",
    headers: [(String, String)] = [], answerHeaders: [(String, String)] = [],
    type: String = "application/json"
) -> ObservedExchange {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var sent = headers.map { ContractExchange.Header($0.0, $0.1) }
    if body != nil { sent.append(.init("Content-Type", type)) }
    var received = answerHeaders.map { ContractExchange.Header($0.0, $0.1) }
    if !answer.isEmpty { received.append(.init("Content-Type", type)) }
    return ObservedExchange(
        ContractExchange(
            request: .init(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: sent,
                body: body.map { Array($0.utf8) }),
            response: status.map { .init(status: $0, headers: received, body: Array(answer.utf8)) }))
}

private func document(
    _ exchanges: [ObservedExchange], _ change: (inout APIInference.Options) -> Void = { _ in }
) -> JSON {
    var options = APIInference.Options()
    change(&options)
    return APIInference(options).document(of: exchanges).document
}

private func paths(_ targets: [String], method: String = "GET") -> [String] {
    document(targets.map { exchange(method, $0) })["paths"]?.objectValue?.keys ?? []
}

@Suite("OpenAPI documents made of exchanges")
struct APIInferenceTests {
    @Test(
        "parts of paths that are ids become parameters",
        arguments: [
            (["/jobs/7", "/jobs/8"], ["/jobs/{jobId}"]),
            (["/jobs/0b6f0a4e-7a0f-4f0c-9b57-0c7a0f6f0c7a/tasks/1"], ["/jobs/{jobId}/tasks/{taskId}"]),
            (["/jobs/7", "/jobs/stats"], ["/jobs/stats", "/jobs/{jobId}"]),
            (["/commits/4c80f8a1d2e3"], ["/commits/{commitId}"]),
            (["/days/2026-11-21/calls"], ["/days/{dayDate}/calls"]),
            (["/api/v1/health", "/api/v2/health"], ["/api/v1/health", "/api/v2/health"]),
            (["/x/1/2"], ["/x/{xId}/{xId2}"]), (["/"], ["/"]), (["/jobs/"], ["/jobs/"]),
            (["/7"], ["/{id}"]),
            (
                (0..<12).map { "/users/\("abcdefghijkl".dropFirst($0).prefix(1))x/posts" },
                ["/users/{userName}/posts"]
            ),
            (["/users/ann/posts", "/users/bob/posts"], ["/users/ann/posts", "/users/bob/posts"]),
        ])
    func templates(_ targets: [String], _ expected: [String]) {
        #expect(paths(targets) == expected)
    }

    @Test("what an answer gave as an id is one in later paths")
    func captured() {
        let found = document([
            exchange("POST", "/users", #"{"name": "Ann"}"#, 201, #"{"slug": "ann", "role": "admin"}"#),
            exchange("GET", "/users/ann"), exchange("GET", "/users/admin"),
        ])
        #expect(found["paths"]?.objectValue?.keys == ["/users", "/users/admin", "/users/{userSlug}"])
    }

    @Test("what a scenario calls a parameter is its name, also where it was recorded")
    func named() {
        var one = exchange("GET", "/jobs/{job}/tasks", nil, nil)
        one.pathParameters = [1: "job"]
        let found = document([one, exchange("GET", "/jobs/7/tasks"), exchange("GET", "/jobs/all/tasks")])
        #expect(found["paths"]?.objectValue?.keys == ["/jobs/all/tasks", "/jobs/{job}/tasks"])
        #expect(
            found["paths"]?["/jobs/{job}/tasks"]?["get"]?["parameters"]
                == [["name": "job", "in": "path", "required": true, "schema": ["type": "integer"]]])
    }

    @Test("a whole document: parameters, bodies, statuses, headers, security, shared schemas")
    func whole() throws {
        let bearer = [
            ("Authorization", "Bearer aaaa.bbbb.cccc"), ("User-Agent", "curl"), ("X-Tenant", "acme"),
        ]
        let found = document([
            exchange(
                "POST", "/api/v1/jobs", #"{"kind": "bulk"}"#, 201, #"{"id": 1, "kind": "bulk"}"#,
                headers: bearer, answerHeaders: [("Location", "/api/v1/jobs/1"), ("Date", "today")]),
            exchange("GET", "/api/v1/jobs/1", nil, 200, #"{"id": 1, "kind": "bulk"}"#, headers: bearer),
            exchange("GET", "/api/v1/jobs/9", nil, 404, #"{"error": "none", "code": 4}"#, headers: bearer),
            exchange("GET", "/api/v1/jobs/9", nil, 401, #"{"error": "who", "code": 1}"#),
            exchange(
                "GET", "/api/v1/jobs?limit=10&state=new", nil, 200,
                #"{"items": [{"id": 1, "kind": "bulk"}]}"#, headers: bearer),
            exchange("GET", "/api/v1/jobs?limit=20", nil, 200, #"{"items": []}"#, headers: bearer),
            exchange("DELETE", "/api/v1/jobs/1", nil, 204, headers: bearer),
        ]) { $0.title = "Jobs" }
        let expected = try JSON(
            parsing: """
                {"openapi":"3.1.0","info":{"title":"Jobs","version":"1.0.0"},"paths":{
                "/api/v1/jobs":{
                 "get":{"operationId":"getJobs","parameters":[
                   {"name":"limit","in":"query","required":true,"schema":{"type":"integer"}},
                   {"name":"state","in":"query","schema":{"type":"string"}},
                   {"name":"X-Tenant","in":"header","required":true,"schema":{"type":"string"}}],
                  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":
                   {"type":"object","required":["items"],"properties":{"items":{"type":"array","items":{"$ref":"#/components/schemas/Job"}}}}}}}},
                  "security":[{"bearerAuth":[]}]},
                 "post":{"operationId":"postJobs","parameters":[{"name":"X-Tenant","in":"header","schema":{"type":"string"}}],
                  "requestBody":{"required":true,"content":{"application/json":{"schema":{"type":"object","required":["kind"],"properties":{"kind":{"type":"string"}}}}}},
                  "responses":{"201":{"description":"Created","headers":{"Location":{"required":true,"schema":{"type":"string"}}},
                   "content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job"}}}}},
                  "security":[{"bearerAuth":[]}]}},
                "/api/v1/jobs/{jobId}":{
                 "get":{"operationId":"getJob","parameters":[
                   {"name":"jobId","in":"path","required":true,"schema":{"type":"integer"}},{"name":"X-Tenant","in":"header","schema":{"type":"string"}}],
                  "responses":{"200":{"description":"OK","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Job"}}}},
                   "401":{"description":"Unauthorized","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}},
                   "404":{"description":"Not Found","content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}}},
                  "security":[{"bearerAuth":[]}]},
                 "delete":{"operationId":"deleteJob","parameters":[
                   {"name":"jobId","in":"path","required":true,"schema":{"type":"integer"}},{"name":"X-Tenant","in":"header","schema":{"type":"string"}}],
                  "responses":{"204":{"description":"No Content"}},"security":[{"bearerAuth":[]}]}}},
                "components":{"schemas":{
                  "Error":{"type":"object","required":["error","code"],"properties":{"error":{"type":"string"},"code":{"type":"integer"}}},
                  "Job":{"type":"object","required":["id","kind"],"properties":{"id":{"type":"integer"},"kind":{"type":"string"}}}},
                 "securitySchemes":{"bearerAuth":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}}}}
                """)
        let (got, wanted) = (found.rendered(pretty: true), expected.rendered(pretty: true))
        for (line, (left, right)) in zip(got.split(separator: "\n"), wanted.split(separator: "\n"))
            .enumerated()
        {
            #expect(left == right, "line \(line + 1)")
            if left != right { break }
        }
        #expect(found == expected)
    }
}

@Suite("Details of OpenAPI documents made of exchanges")
struct APIInferenceDetailTests {
    @Test("secrets are described as security, and are in no part of the document")
    func secrets() {
        let found = document([
            exchange(
                "POST", "/login?access_token=qwertyuiop", #"{"password": "hunter22", "note": "hunter22"}"#,
                200,
                #"{"token": "zzzz1111", "said": "Bearer zzzz1111 of k3y-0001 and s3ss"}"#,
                headers: [
                    ("Authorization", "Bearer zzzz1111"), ("X-Api-Key", "k3y-0001"),
                    ("Cookie", "theme=dark; sid=s3ss"),
                ])
        ]) {
            $0.examples = true
            $0.schemas.enums = true
        }
        let text = found.rendered()
        for secret in ["qwertyuiop", "hunter22", "zzzz1111", "k3y-0001", "s3ss", "dark"] {
            #expect(!text.contains(secret))
        }
        #expect(found["paths"]?["/login"]?["post"]?["parameters"] == nil)
        #expect(
            found["components"]?["securitySchemes"] == [
                "bearerAuth": ["type": "http", "scheme": "bearer"],
                "apiKey": ["type": "apiKey", "in": "header", "name": "X-Api-Key"],
                "cookieAuth": ["type": "apiKey", "in": "cookie", "name": "sid"],
                "queryKey": ["type": "apiKey", "in": "query", "name": "access_token"],
            ])
        #expect(
            found["paths"]?["/login"]?["post"]?["security"]
                == [["apiKey": [], "bearerAuth": [], "cookieAuth": [], "queryKey": []]])
        let body = found["paths"]?["/login"]?["post"]?["requestBody"]?["content"]?["application/json"]
        #expect(body?["example"] == ["password": "•••", "note": "•••"])
    }

    @Test("the words of secret members are no enumeration")
    func secretWords() {
        var shape = ExampleShape()
        for index in 0..<20 {
            shape.add(["pin": .string("\(index % 2)x"), "kind": .string("\(index % 2)y")])
        }
        var options = SchemaInference.Options()
        options.enums = true
        let text = SchemaInference(options).document(of: shape, name: "t").rendered()
        #expect(text.contains("0y") && !text.contains("0x"))
    }

    @Test("authentication that some requests went without is optional; one that was refused says nothing")
    func security() {
        let basic = [("Authorization", "Basic dTpw")]
        func security(_ exchanges: [ObservedExchange]) -> JSON? {
            document(exchanges)["paths"]?["/a"]?["get"]?["security"]
        }
        #expect(security([exchange("GET", "/a", headers: basic)]) == [["basicAuth": []]])
        #expect(
            security([exchange("GET", "/a", headers: basic), exchange("GET", "/a")]) == [
                ["basicAuth": []], [:],
            ])
        #expect(
            security([exchange("GET", "/a", headers: basic), exchange("GET", "/a", nil, 401)]) == [
                ["basicAuth": []]
            ])
        #expect(security([exchange("GET", "/a")]) == nil)
    }

    @Test("values of queries have types, and names that repeat are lists")
    func queries() {
        let found = document(
            ["/a?n=1&f=1.5&b=true&d=2026-11-21&t=007&l=x&l=y", "/a?n=-2&f=2&b=false&d=2026-11-22&t=8&l=z&e="]
                .map {
                    exchange("GET", $0)
                })
        let schemas = Dictionary(
            uniqueKeysWithValues: (found["paths"]?["/a"]?["get"]?["parameters"]?.arrayValue ?? []).map {
                ($0["name"]?.stringValue ?? "", $0["schema"] ?? .null)
            })
        #expect(
            schemas == [
                "n": ["type": "integer"], "f": ["type": "number"], "b": ["type": "boolean"],
                "d": ["type": "string", "format": "date"], "t": ["type": "string"], "e": ["type": "string"],
                "l": ["type": "array", "items": ["type": "string"]],
            ])
    }

    @Test("forms, texts and bytes have their media types")
    func media() {
        func content(_ body: String, _ type: String) -> JSON? {
            document([exchange("POST", "/a", body, type: type)])["paths"]?["/a"]?["post"]?["requestBody"]?[
                "content"]
        }
        #expect(
            content("a=1&b=x+y&c=1&c=2", "application/x-www-form-urlencoded; charset=utf-8") == [
                "application/x-www-form-urlencoded": [
                    "schema": [
                        "type": "object", "required": ["a", "b", "c"],
                        "properties": [
                            "a": ["type": "integer"], "b": ["type": "string"],
                            "c": ["type": "array", "items": ["type": "integer"]],
                        ],
                    ]
                ]
            ])
        #expect(content("hello", "text/plain") == ["text/plain": ["schema": ["type": "string"]]])
        #expect(content("\u{1}", "application/octet-stream") == ["application/octet-stream": [:]])
    }

    @Test("what cannot be described is told, and left out")
    func notes() {
        var cut = exchange("GET", "/cut", nil, 200, "{\"a\":")
        cut.isResponseBodyCut = true
        var untyped = exchange("GET", "/untyped", nil, 200, "x")
        untyped.exchange.response?.headers = []
        let outcome = APIInference().document(of: [
            cut, untyped, exchange("GET", "/broken", nil, 200, "{"),
            exchange("GET", "/empty", nil, 200, "{}"),
            exchange("GET", "/empty", nil, 200),
        ])
        #expect(
            outcome.notes == [
                .init(
                    operation: "GET /broken",
                    text: "the body of status 200 was no JSON in 1 of 1, so it is not described"),
                .init(
                    operation: "GET /cut",
                    text: "the body of status 200 was not kept whole in 1 of 1"),
                .init(
                    operation: "GET /empty",
                    text: "the body of status 200 was empty in 1 of 2 responses, so it is not described"),
                .init(
                    operation: "GET /untyped",
                    text:
                        "the body of status 200 had no usable Content-Type in 1 of 1, so it is not described"),
            ])
        let paths = outcome.document["paths"]
        #expect(paths?["/cut"]?["get"]?["responses"]?["200"]?["content"] == ["application/json": [:]])
        #expect(paths?["/broken"]?["get"]?["responses"]?["200"] == ["description": "OK"])
    }

    @Test("the path of a server is taken off, and a document's own paths are kept")
    func bases() {
        let targets = ["/api/v1/jobs/7", "/api/v1/jobs/all", "/health", "/health/report.pdf"]
        let outcome = APIInference(
            {
                var options = APIInference.Options()
                options.servers = ["https://jobs.example/api/v1/"]
                return options
            }()
        ).document(
            of: targets.map { exchange("GET", $0) },
            known: ["/jobs/{id}", "/health", "/health/report.{format}", "/health/{part}"])
        #expect(
            outcome.document["paths"]?.objectValue?.keys == [
                "/health", "/health/report.{format}", "/jobs/{id}",
            ])
        #expect(outcome.document["servers"] == [["url": "https://jobs.example/api/v1/"]])
    }

    @Test("preflights and tunnels are no operations")
    func noise() {
        let preflight = exchange("OPTIONS", "/a", headers: [("Access-Control-Request-Method", "PUT")])
        #expect(
            document([preflight, exchange("CONNECT", "/b"), exchange("OPTIONS", "/c")])["paths"]?.objectValue?
                .keys == ["/c"])
    }

    @Test("bodies that are known in part: kinds, and members that may be missing")
    func partial() throws {
        var one = exchange("POST", "/jobs", nil, 201)
        one.requestShape = ExampleShape(
            .object(
                [("kind", .known("bulk")), ("owner", .unknown), ("size", .some("integer"))], isOpen: false))
        one.responseShape = ExampleShape(.object([("id", .some("string"))], isOpen: true))
        let found = document([
            one,
            exchange("POST", "/jobs", #"{"kind": "warmup", "owner": 1, "size": 2}"#, 201, #"{"id": "a"}"#),
        ])
        let post = found["paths"]?["/jobs"]?["post"]
        #expect(
            post?["requestBody"]?["content"]?["application/json"]?["schema"] == [
                "type": "object", "required": ["kind", "owner", "size"],
                "properties": ["kind": ["type": "string"], "owner": [:], "size": ["type": "integer"]],
            ])
        #expect(
            post?["responses"]?["201"]?["content"]?["application/json"]?["schema"]
                == ["type": "object", "properties": ["id": ["type": "string"]]])
    }

    @Test("operations have names of their own")
    func names() {
        let found = document(
            ["/", "/api/v1/jobs", "/jobs", "/jobs/1", "/jobs/1/tasks/2", "/v2"].map { exchange("GET", $0) })
        let ids = found["paths"]?.objectValue?.compactMap { $0.value["get"]?["operationId"]?.stringValue }
        #expect(ids == ["getRoot", "getJobs", "getJobs2", "getJob", "getJobTask", "getV2"])
        #expect(Set(ids ?? []).count == 6)
    }
}
