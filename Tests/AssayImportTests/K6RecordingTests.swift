import AssayCore
import AssayFormats
import AssayImport
import AssayScenario
import Testing

@Suite("Scripts of k6 that were recorded")
struct K6RecordingTests {
    static func recording(_ flow: String, more: String = "", symbols: String = "[]") throws -> JSON {
        try JSON(
            parsing:
                "{\"options\": {}, \"flows\": {\"default\": [\(flow)]}, \"symbols\": \(symbols), \"exports\": [\"default\"]\(more)}"
        )
    }

    static func imported(_ recording: K6Recording) throws -> ImportedFiles {
        let options = try K6Options.read(recording.plain["options"] ?? .object([:])).get()
        let made = try recording.files("load/shop.js", options: options)
        let files = FileReader(texts: Dictionary(uniqueKeysWithValues: made.files.map { ($0.path, $0.text) }))
        for file in made.files where file.path.hasPrefix("load/") {
            _ = try ScenarioReader(files: files).profile(file.path).get()
        }
        return made
    }

    @Test("Placeholders become captures, marks the environment, differences chance, checks expectations")
    func whole() throws {
        func flow(_ base: String, _ number: Int, _ pause: Double) -> String {
            """
            {"kind": "http", "method": "POST", "url": "\(base)/login", "text": "{\\"n\\": \(number)}", "headers": [["Content-Type", "application/json"]], "response": 0, "line": 3, "file": "file:///x/shop.js"},
            {"kind": "check", "name": "ok", "source": "(r) => r.status === 200 && r.timings.duration < 500 && r.json('a.b') === 'c'", "response": 0, "line": 4},
            {"kind": "check", "name": "odd", "source": "(r) => odd(r)", "response": 0, "line": 5},
            {"kind": "sleep", "seconds": \(pause), "line": 6},
            {"kind": "http", "method": "GET", "url": "\(base)/me", "headers": [["Authorization", "Bearer \\u00010\\u0001"]], "response": 1, "line": 7}
            """
        }
        let symbols =
            "[{\"kind\": \"json\", \"response\": 0, \"path\": [\"token\"]}, {\"kind\": \"env\", \"text\": \"BASE\"}]"
        let made = try Self.imported(
            K6Recording(
                plain: try Self.recording(flow("http://a.example", 1, 1), symbols: symbols),
                random: try Self.recording(flow("http://a.example", 9, 2), symbols: symbols),
                marked: try Self.recording(flow("\\u00011\\u0001", 1, 1), symbols: symbols)))
        #expect(
            made.files[0].text == """
                # Made of shop.js by `assay import k6`; it is yours from now on.
                assay: 1
                scenario: default
                tags: [imported]
                steps:
                  - id: post-login
                    http: {post: "${env.BASE || 'http://a.example'}/login", json: {"n": "${random.int(1, 9)}"}}
                    expect: {status: 200, within: 500ms, json: {$.a.b: c}}
                    capture: {token: $.token}
                  - think: {between: [1s, 2s]}
                  - id: get-me
                    http: {get: "${env.BASE || 'http://a.example'}/me", bearer: "${token}"}

                """)
        #expect(made.notes.map(\.text) == ["load/shop.js:5   check 'odd': is not carried over"])
    }

    @Test("The statuses that checks ask for are told, so that another pass can give them")
    func statuses() throws {
        let recording = try Self.recording(
            """
            {"kind": "group", "name": "g", "events": [{"kind": "check", "name": "a", "source": "r => r.status === 201", "response": 3}]},
            {"kind": "check", "name": "b", "source": "function (r) { return r.status == 404 }", "response": 4}
            """)
        #expect(K6Recording.wantedStatuses(recording) == [3: 201, 4: 404])
    }

    @Test("Thresholds are written in Assay's words, those that cannot be are told")
    func thresholds() throws {
        var plain = try Self.recording(
            "{\"kind\": \"http\", \"method\": \"GET\", \"url\": \"http://a/\", \"response\": 0}",
            more: ", \"metrics\": [{\"name\": \"mine\", \"kind\": \"trend\", \"isTime\": true}]")
        guard case .object(var members) = plain else { return }
        members["options"] = [
            "thresholds": [
                "http_req_duration{status:200}": ["p(95)<500", "avg<=1000"], "http_req_failed": ["rate<0.01"],
                "mine": ["max<5"], "checks{check:ok}": ["rate>0.9"],
            ]
        ]
        plain = .object(members)
        let made = try Self.imported(K6Recording(plain: plain))
        let text = made.files.last?.text ?? ""
        for line in [
            "p95(http.duration{status: \"200\"}) < 500ms", "avg(http.duration{status: \"200\"}) <= 1s",
            "rate(http.failed) < 1%",
        ] {
            #expect(
                text.replacing("\\\"", with: "\"").contains(line)
                    || text.contains(line.replacing("\"", with: "")), "\(line) in \(text)")
        }
        #expect(made.notes.count == 2, "\(made.notes.map(\.text))")
    }

    @Test("Options of how servers are connected to are told, as none is carried over")
    func connections() throws {
        let plain = try Self.recording(
            "{\"kind\": \"http\", \"method\": \"GET\", \"url\": \"http://a/\", \"response\": 0}")
        guard case .object(var members) = plain else { return }
        members["options"] = [
            "tlsAuth": [["cert": "C", "key": "K"]], "blacklistIPs": ["10.0.0.0/8"],
            "hosts": ["*.example": "127.0.0.1"],
        ]
        let made = try Self.imported(K6Recording(plain: .object(members)))
        #expect(
            made.notes.map(\.text)
                == ["tlsAuth", "hosts", "blacklistIPs"].map {
                    "load/shop.js:1   option '\($0)': is not carried over"
                }, "\(made.notes.map(\.text))")
    }

    @Test("A script without requests is refused")
    func nothing() throws {
        let recording = try Self.recording("")
        let options = try K6Options.read(.object([:])).get()
        do throws(Diagnostics) {
            _ = try K6Recording(plain: recording).files("a.js", options: options)
            Issue.record("read")
        } catch {
            #expect(error.all.map(\.code.description) == ["AS629"])
            #expect(error.all[0].message == "the script makes no request that could be a step")
        }
    }
}

@Suite("Import of OpenAPI documents")
struct OpenAPIImportTests {
    @Test("Operations of a tag follow each other: what creates tells the id")
    func flow() throws {
        let place = SourceLocation(file: "api.yaml", line: 5, column: 3)
        var add = DescribedCall(
            method: "POST", path: "/orders", id: "addOrder", tags: ["orders"], location: place)
        add.body = .json(["item": "chair"], type: "application/json")
        add.statuses = [201]
        add.answers = [("id", "$.id")]
        add.credentials = [.bearer]
        var see = DescribedCall(method: "GET", path: "/orders/{orderId}", tags: ["orders"], location: place)
        see.arguments = [.init("orderId", .path, text: "7"), .init("full", .query, text: "full=true")]
        let remove = DescribedCall(
            method: "DELETE", path: "/orders/{orderId}", tags: ["orders"], location: place)
        var options = OpenAPIImport()
        options.server = "https://shop.example"
        let made = try options.files(of: [remove, see, add], title: "Shop", file: "api.yaml")
        #expect(
            made.files[0].text == """
                # Made of api.yaml by `assay import openapi`; it is yours from now on.
                assay: 1
                scenario: orders
                tags: [imported]
                params:
                  base: "${env.BASE_URL || 'https://shop.example'}"
                steps:
                  - id: add-order
                    http: {post: "${base}/orders", bearer: "${env.TOKEN}", json: {item: chair}}
                    expect: {status: 201}
                    capture: {orderId: $.id}
                  - id: get-orders-order-id
                    http: {get: "${base}/orders/${orderId}", query: {full: "true"}}
                    expect: {status: 2xx}
                  - id: delete-orders-order-id
                    http: {delete: "${base}/orders/${orderId}"}
                    expect: {status: 2xx}

                """)
        options.grouping = .operation
        #expect(try options.files(of: [see, add], title: "Shop", file: "api.yaml").files.count == 3)
    }

    @Test("A document without operations is refused")
    func nothing() {
        do throws(Diagnostics) {
            _ = try OpenAPIImport().files(of: [], title: "x", file: "a.yaml")
            Issue.record("read")
        } catch {
            #expect(error.all.map(\.message) == ["the document has no operation to make a scenario of"])
        }
    }
}
