import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("The admin API")
struct AdminAPITests {
    private static let id = "6f1f5b0e-52f1-4e57-9a52-0d5f5a1f0a01"
    private static let mapping: JSON = [
        "id": "6f1f5b0e-52f1-4e57-9a52-0d5f5a1f0a01", "request": ["method": "GET", "url": "/a"],
        "response": ["status": 201, "body": "hi"], "metadata": ["team": "pay"],
    ]

    @Test("A mapping is made, read, changed, listed and removed")
    func mappings() async throws {
        let double = try StubDouble()
        let made = await double.admin("POST", "/mappings", Self.mapping)
        #expect(made.status == 201)
        #expect(made.json["id"] == .string(Self.id) && made.json["uuid"] == .string(Self.id))
        #expect(await double.ask("GET", "/a").text == "hi")
        let changed = await double.admin(
            "PUT", "/mappings/\(Self.id)",
            [
                "id": "00000000-0000-4000-8000-000000000000", "request": ["url": "/b"],
                "response": ["status": 204],
            ])
        #expect(changed.status == 200 && changed.json["id"] == .string(Self.id))
        #expect(await double.ask("GET", "/a").status == 404)
        #expect(await double.ask("POST", "/b").status == 204)
        for number in 0..<5 {
            _ = await double.admin("POST", "/mappings", ["request": ["url": .string("/\(number)")]])
        }
        let page = await double.admin("GET", "/mappings?limit=2&offset=1").json
        #expect(page["meta"]?["total"] == 6)
        #expect(page["mappings"]?.arrayValue?.compactMap { $0["request"]?["url"] } == ["/3", "/2"])
        #expect(await double.admin("GET", "/mappings/\(Self.id)").json["request"]?["url"] == "/b")
        #expect(await double.admin("DELETE", "/mappings/\(Self.id)").status == 200)
        let gone = await double.admin("GET", "/mappings/\(Self.id)")
        #expect(gone.status == 404)
        #expect(await double.admin("DELETE", "/mappings").json == [:])
        #expect(await double.admin("GET", "/mappings").json == ["mappings": [], "meta": ["total": 0]])
    }

    @Test("Mappings are found and removed by their metadata")
    func metadata() async throws {
        let double = try StubDouble()
        _ = await double.admin("POST", "/mappings", Self.mapping)
        _ = await double.admin("POST", "/mappings", ["metadata": ["team": "other"]])
        let query: JSON = ["matchesJsonPath": ["expression": "$.team", "equalTo": "pay"]]
        let found = await double.admin("POST", "/mappings/find-by-metadata", query).json
        #expect(found["mappings"]?.arrayValue?.map { $0["id"] } == [.string(Self.id)])
        _ = await double.admin("POST", "/mappings/remove-by-metadata", query)
        #expect(double.service.store.stubs.map(\.metadata) == [["team": "other"]])
    }

    @Test("An import replaces, keeps or clears as its options say; the first of the list wins")
    func importing() async throws {
        let double = try StubDouble()
        _ = await double.admin("POST", "/mappings", Self.mapping)
        let body: JSON = [
            "mappings": [
                ["id": .string(Self.id), "request": ["url": "/a"], "response": ["body": "new"]],
                ["request": ["url": "/a"], "response": ["body": "second"], "priority": 6],
            ],
            "importOptions": ["duplicatePolicy": "IGNORE", "deleteAllNotInImport": false],
        ]
        #expect(await double.admin("POST", "/mappings/import", body).status == 200)
        #expect(await double.ask("GET", "/a").text == "hi")
        var overwriting = body
        if case .object(var members) = body {
            members["importOptions"] = ["duplicatePolicy": "OVERWRITE", "deleteAllNotInImport": true]
            overwriting = .object(members)
        }
        _ = await double.admin("POST", "/mappings/import", overwriting)
        #expect(await double.ask("GET", "/a").text == "new")
        #expect(double.service.store.count == 2)
    }

    @Test("Reset goes back to the mappings of the start and forgets requests, state and time")
    func reset() async throws {
        let double = try StubDouble(#"{"mappings": [{"request": {"url": "/kept"}}]}"#)
        _ = await double.admin("POST", "/mappings", Self.mapping)
        _ = await double.admin("DELETE", "/mappings")
        _ = await double.admin("POST", "/assay/travel", ["ms": 60_000])
        _ = await double.ask("GET", "/kept")
        #expect(await double.admin("GET", "/assay/travel").json["now"] == 1_750_000_060_000)
        #expect(await double.admin("POST", "/reset").status == 200)
        #expect(await double.ask("GET", "/kept").status == 200)
        #expect(await double.admin("GET", "/assay/travel").json["now"] == 1_750_000_000_000)
        #expect(double.front.journal.entries.count == 1)
    }

    @Test("Requests are listed, counted, found and removed by pattern")
    func requests() async throws {
        let double = try StubDouble()
        _ = await double.admin("POST", "/mappings", Self.mapping)
        _ = await double.ask("GET", "/a")
        _ = await double.ask("POST", "/b?x=1&x=2", [("Host", "shop:8080"), ("Cookie", "s=1")], "body\u{0}")
        let all = await double.admin("GET", "/requests").json
        #expect(all["meta"]?["total"] == 2 && all["requestJournalDisabled"] == false)
        let newest = all["requests"]?[0]
        #expect(newest?["wasMatched"] == false)
        #expect(newest?["request"]?["absoluteUrl"] == "http://shop:8080/b?x=1&x=2")
        #expect(newest?["request"]?["cookies"] == ["s": "1"])
        #expect(newest?["request"]?["queryParams"] == ["x": ["key": "x", "values": ["1", "2"]]])
        #expect(newest?["request"]?["bodyAsBase64"] == "Ym9keQA=")
        let oldest = all["requests"]?[1]
        #expect(oldest?["stubMapping"]?["id"] == .string(Self.id) && oldest?["response"]?["body"] == "hi")
        #expect(oldest?["request"]?["loggedDateString"]?.stringValue?.hasSuffix("Z") == true)
        let id = try #require(newest?["id"]?.stringValue)
        #expect(isUUID(id))
        #expect(await double.admin("GET", "/requests/\(id)").json["id"] == .string(id))
        #expect(await double.admin("POST", "/requests/count", ["urlPath": "/b"]).json["count"] == 1)
        #expect(await double.admin("POST", "/requests/count", [:]).json["count"] == 2)
        let found = await double.admin("POST", "/requests/find", ["method": "GET", "url": "/a"]).json
        #expect(found["requests"]?[0]?["url"] == "/a")
        #expect(await double.admin("GET", "/requests/unmatched").json["requests"]?.arrayValue?.count == 1)
        let chosen = await double.admin("GET", "/requests?matchingStub=\(Self.id)&limit=5").json
        #expect(chosen["requests"]?.arrayValue?.count == 1)
        #expect(await double.admin("GET", "/requests?since=2999-01-01T00:00:00Z").json["requests"] == [])
        #expect(await double.admin("GET", "/requests?since=yesterday").status == 422)
        let removed = await double.admin("POST", "/requests/remove", ["url": "/a"]).json
        #expect(removed["serveEvents"]?.arrayValue?.count == 1)
        #expect(await double.admin("DELETE", "/requests/\(id)").status == 200)
        #expect(await double.admin("GET", "/requests/\(id)").status == 404)
        #expect(double.front.journal.entries.isEmpty && double.front.journal.count == 2)
    }

    @Test("Near misses are answered for a request, a pattern and what was unmatched")
    func nearMisses() async throws {
        let double = try StubDouble()
        _ = await double.admin("POST", "/mappings", Self.mapping)
        let request: JSON = [
            "method": "GET", "url": "/b", "headers": ["Accept": "x"], "bodyAsBase64": "YQ==",
        ]
        let near = await double.admin("POST", "/near-misses/request", request).json["nearMisses"]?[0]
        #expect(near?["stubMapping"]?["id"] == .string(Self.id))
        #expect(near?["request"]?["body"] == "a")
        #expect(near?["assay"]?["text"] == "closest route 'GET /a' differs in url: expected /a, got /b")
        let distance = try #require(near?["matchResult"]?["distance"]?.doubleValue)
        #expect(distance > 0 && distance < 1)
        _ = await double.ask("GET", "/c")
        let unmatched = await double.admin("GET", "/requests/unmatched/near-misses").json["nearMisses"]
        #expect(unmatched?[0]?["request"]?["url"] == "/c")
        let asked = await double.admin(
            "POST", "/near-misses/request-pattern", ["method": "GET", "url": "/d"]
        ).json
        #expect(asked["nearMisses"]?[0]?["requestPattern"]?["url"] == "/d")
        #expect(await double.admin("POST", "/near-misses/request", ["method": "GET"]).status == 422)
    }

    @Test(
        "What cannot be read is refused with WireMock's form of an error",
        arguments: [
            (
                "POST", "/mappings", "{", 422, "",
                "line 1, column 2: expected a member's name in double quotes or '}'"
            ),
            ("POST", "/mappings", "[]", 422, "", "expected a stub mapping, found a list"),
            (
                "POST", "/mappings", #"{"request": {"urlPatern": "/"}}"#, 422, "/request/urlPatern",
                "'urlPatern' is not known here; did you mean 'urlPattern'?"
            ),
            (
                "POST", "/mappings", #"{"request": {"headers": {"a/b": {"is": 1}}}}"#, 422,
                "/request/headers/a~1b/is", "there is no operator 'is'"
            ),
            (
                "POST", "/mappings/import", #"{"mappings": [{}, {"response": {"status": 1}}]}"#, 422,
                "/mappings/1/response/status", "expected a number from 100 to 999, found the number 1"
            ),
            (
                "POST", "/requests/find", #"{"bodyPatterns": 1}"#, 422, "/bodyPatterns",
                "expected a list of matchers"
            ),
            ("POST", "/assay/travel", "{}", 422, "/ms", "expected {\"ms\": 60000}"),
        ])
    func refused(
        _ method: String, _ path: String, _ body: String, _ status: Int, _ pointer: String, _ detail: String
    ) async throws {
        let double = try StubDouble()
        let response = await double.ask(method, "/__admin" + path, [], body)
        #expect(response.status == status)
        #expect(response.headers["Content-Type"] == "application/json")
        let error = try JSON(parsing: response.body)["errors"]?[0]
        #expect(error?["code"] == 10)
        #expect(error?["source"]?["pointer"]?.stringValue == pointer)
        let told = error?["detail"]?.stringValue ?? ""
        #expect(told.hasPrefix(detail.prefix(30)), "\(told)")
    }

    @Test("What is not there is 404, and nobody stops the double")
    func unknown() async throws {
        let double = try StubDouble()
        let unknown = await double.admin("GET", "/nothing")
        #expect(unknown.status == 404)
        #expect(
            unknown.json["errors"]?[0]?["detail"]
                == "there is no GET /__admin/nothing; GET /__admin lists what there is")
        #expect(await double.admin("POST", "/shutdown").status == 403)
        #expect(await double.admin("GET", "/health").json["status"] == "healthy")
        #expect(await double.admin("GET", "").json["resources"]?.arrayValue?.isEmpty == false)
        #expect(await double.ask("GET", "/__administrators").status == 404)
        #expect(double.front.journal.entries.map(\.request.target) == ["/__administrators"])
    }

    @Test("Stubs made at run time are saved as files, those of files are left alone")
    func saving() async throws {
        let folder = "/tmp/assay-save-tests-\(Host.processID)"
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/mappings")
        try Files.write(Array(#"{"request": {"url": "/file"}}"#.utf8), to: folder + "/mappings/a.json")
        let options = try #require(HTTPStubOptions.mappings(at: folder, bag: DiagnosticBag()))
        let double = try StubDouble(options)
        var named = Self.mapping
        if case .object(var members) = named {
            members["name"] = "Café /../ étage"
            named = .object(members)
        }
        _ = await double.admin("POST", "/mappings", named)
        #expect(await double.admin("POST", "/mappings/save").status == 200)
        #expect(try Files.names(in: folder + "/mappings") == ["a.json", "caf-tage-\(Self.id).json"])
        let again = try StubDouble(try #require(HTTPStubOptions.mappings(at: folder, bag: DiagnosticBag())))
        #expect(await again.ask("GET", "/a").text == "hi")
        #expect(await (try StubDouble()).admin("POST", "/mappings/save").status == 422)
    }

    @Test(
        "Dates of 'since' are read with and without offset",
        arguments: [
            ("1970-01-01", 0), ("2026-01-31T09:30:00Z", 1_769_851_800_000),
            ("2026-01-31T09:30:00.25Z", 1_769_851_800_250), ("2026-01-31T10:30:00+01:00", 1_769_851_800_000),
            ("2026-01-31T10:30 01:00", 1_769_851_800_000), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ] as [(String, Int64)])
    func dates(_ text: String, _ expected: Int64) {
        #expect(milliseconds(ofDate: text) == expected)
    }

    @Test(
        "What is no date is none",
        arguments: ["", "2026", "2026-13-01", "2026-01-31T25:00", "2026-01-31Tx", "2026-01-31T10:30+"])
    func noDates(_ text: String) { #expect(milliseconds(ofDate: text) == nil) }
}
