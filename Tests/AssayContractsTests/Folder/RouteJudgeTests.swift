import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite struct RouteJudgeTests {
    private static let book = ExampleFolder.book(
        uses: [
            ContractBook.Use(
                ContractReference("ui-api", version: ContractVersion("v1")), user: "",
                location: SourceLocation(file: "", line: 1, column: 1))
        ])

    /// An exchange that holds, but for what a test changes of it.
    private static func exchange(_ change: (inout ContractExchange) -> Void = { _ in }) -> ContractExchange {
        var exchange = ContractExchange(
            request: .init(
                method: "POST", path: "/api/v1/tasks/7/status",
                headers: [.init("Authorization", "Bearer x"), .init("content-type", "application/json")],
                body: Array(#"{"status": "done", "at": 5}"#.utf8)),
            response: .init(
                status: 200, headers: [.init("Content-Type", "application/json; charset=utf-8")],
                body: Array(#"{"ok": true}"#.utf8)))
        change(&exchange)
        return exchange
    }

    private static func told(_ findings: [ContractFinding]) -> [String] {
        findings.map {
            "\($0.rule.rawValue) \($0.place): expected \($0.expected), actual \($0.actual)"
                + ($0.location.map { " (\($0.file):\($0.line))" } ?? "")
        }
    }

    @Test("an exchange that holds departs nowhere")
    func holds() { #expect(Self.book.judge(Self.exchange(), contract: ContractReference("ui-api")).isEmpty) }

    struct Departure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var said: [String]
        var change: @Sendable (inout ContractExchange) -> Void
    }

    private static let departures: [Departure] = [
        Departure(
            testDescription: "a field that is missing",
            said: [
                "request-body body $: expected a member 'at', actual an object with status (contracts/status/v2/update.schema.json:3)"
            ]
        ) {
            $0.request.body = Array(#"{"status": "done"}"#.utf8)
        },
        Departure(
            testDescription: "a value that the enum does not have",
            said: [
                "request-body body $.status: expected one of [\"running\",\"done\"], actual \"lost\" (contracts/status/v2/update.schema.json:5)"
            ]
        ) {
            $0.request.body = Array(#"{"status": "lost", "at": 1}"#.utf8)
        },
        Departure(
            testDescription: "what another file of the folder says",
            said: [
                "request-body body $.by: expected a member 'name', actual an object without members (contracts/common/v1/person.schema.json:1)"
            ]
        ) {
            $0.request.body = Array(#"{"status": "done", "at": 1, "by": {}}"#.utf8)
        },
        Departure(
            testDescription: "a header that is missing",
            said: [
                "request-header header Authorization: expected to be there, actual absent (contracts/contracts.yml:10)"
            ]
        ) {
            $0.request.headers.removeFirst()
        },
        Departure(
            testDescription: "a path parameter of another type",
            said: [
                "request-parameter path id: expected integer, actual string \"seven\" (contracts/contracts.yml:9)"
            ]
        ) {
            $0.request.path = "/api/v1/tasks/seven/status"
        },
        Departure(
            testDescription: "a form in place of JSON",
            said: [
                "request-media-type header Content-Type: expected application/json, actual application/x-www-form-urlencoded (contracts/contracts.yml:8)"
            ]
        ) {
            $0.request.headers[1].value = "application/x-www-form-urlencoded"
        },
        Departure(
            testDescription: "no body",
            said: ["request-body body: expected a JSON body, actual none (contracts/contracts.yml:8)"]
        ) { $0.request.body = nil },
        Departure(
            testDescription: "a status that is not described",
            said: [
                "response-status status: expected one of 200, 400, 401, 204, actual 202 (contracts/contracts.yml:8)"
            ]
        ) { $0.response?.status = 202 },
        Departure(
            testDescription: "a response of another type",
            said: [
                "response-body body $.ok: expected boolean, actual string \"yes\" (contracts/status/v1/updated.schema.json:1)"
            ]
        ) {
            $0.response?.body = Array(#"{"ok": "yes"}"#.utf8)
        },
        Departure(
            testDescription: "a body where there is none",
            said: ["response-body body: expected no body, actual 12 bytes (contracts/contracts.yml:8)"]
        ) {
            $0.response?.status = 204
        },
        Departure(
            testDescription: "HTML",
            said: [
                "response-media-type header Content-Type: expected application/json, actual text/html (contracts/contracts.yml:8)"
            ]
        ) {
            $0.response?.headers[0].value = "text/html"
        },
        Departure(
            testDescription: "another path",
            said: [
                "operation-unknown path: expected one of its 4 operations, like POST /api/v1/tasks/{id}/status, actual POST /api/v1/task/7/status (contracts/contracts.yml:3)"
            ]
        ) { $0.request.path = "/api/v1/task/7/status" },
        Departure(
            testDescription: "another method",
            said: [
                "operation-unknown method: expected POST, actual PUT /api/v1/tasks/7/status (contracts/contracts.yml:3)"
            ]
        ) {
            $0.request.method = "PUT"
        },
    ]

    @Test("a departure is told with its rule, place and schema", arguments: departures)
    private func departs(_ departure: Departure) {
        let exchange = Self.exchange(departure.change)
        #expect(
            Self.told(Self.book.judge(exchange, contract: ContractReference("ui-api"))) == departure.said)
    }

    @Test("the version that is asked for judges")
    func versions() {
        let old = Self.exchange { $0.request.body = Array(#"{"status": "old"}"#.utf8) }
        let reference = ContractReference("ui-api", version: ContractVersion("v1"))
        #expect(Self.book.judge(old, contract: reference).isEmpty)
        #expect(Self.book.judge(old, contract: ContractReference("ui-api")).count == 2)
    }

    @Test("a finding names the version that the contract was bound by")
    func names() throws {
        let wrong = Self.exchange { $0.request.body = Array("{}".utf8) }
        let unknown = Self.exchange { $0.request.path = "/nothing" }
        let old = ContractReference("ui-api", version: ContractVersion("v1"))
        for exchange in [wrong, unknown] {
            #expect(Set(Self.book.judge(exchange, contract: old).map(\.contract)) == ["ui-api@v1"])
            #expect(
                Set(Self.book.judge(exchange, contract: ContractReference("ui-api")).map(\.contract)) == [
                    "ui-api"
                ])
        }
        let message = try #require(
            Self.book.judge(message: [:], named: "task-done", contract: ContractReference("events")))
        #expect(message.map(\.contract) == ["events"])
    }

    @Test(
        "the query is read as numbers, lists and texts",
        arguments: [
            ("limit=5&state=new", 0), ("limit=0", 1), ("limit=five", 1), ("state=lost", 1), ("other=1", 0),
            ("tag=a&tag=b", 0), ("tag=1,2", 0), ("limit=%35", 0), ("", 0), ("state=ne+w", 1),
        ])
    func query(_ query: String, _ count: Int) {
        let request = ContractExchange.Request(method: "GET", path: "/api/v1/tasks", query: query)
        let exchange = ContractExchange(request: request)
        #expect(Self.book.judge(exchange, contract: ContractReference("ui-api")).count == count)
    }

    @Test(
        "a list in a header has white space around its commas, and may go over several lines",
        arguments: [
            (["1,2"], 0), (["1, 2"], 0), (["1 ,\t2 "], 0), (["1, 2", "3"], 0), (["1,, 2"], 0), ([""], 0),
            (["1, x"], 1), (["1", "x"], 1),
        ])
    func lists(_ lines: [String], _ count: Int) {
        let manifest = ExampleFolder.manifest.replacing(
            "headers: {X-Total: integer}", with: "headers: {X-Tags: {type: array, items: {type: integer}}}")
        let exchange = ContractExchange(
            request: .init(method: "GET", path: "/api/v1/tasks"),
            response: .init(status: 200, headers: lines.map { .init("x-tags", $0) }))
        let book = ExampleFolder.book(["contracts.yml": manifest])
        #expect(book.judge(exchange, contract: ContractReference("ui-api")).count == count)
    }

    @Test("constants come before parameters, and the status itself before its class")
    func precedence() {
        func rules(_ path: String, _ status: Int) -> [String] {
            let exchange = ContractExchange(
                request: .init(method: "GET", path: path), response: .init(status: status))
            return Self.book.judge(exchange, contract: ContractReference("ui-api")).map(\.rule.rawValue)
        }
        #expect(rules("/api/v1/tasks/next", 418) == [])
        #expect(rules("/api/v1/tasks/5", 418) == ["response-status"])
        #expect(rules("/api/v1/tasks", 200) == ["response-header"])
        #expect(rules("/api/v1/tasks", 404) == ["response-body"])
        #expect(rules("/health", 500) == [] && rules("/static/a/b.css", 500) == [])
    }

    @Test("no body is asked of a response that may have none", arguments: [(204, 0), (304, 0), (201, 1)])
    func bodiless(_ status: Int, _ count: Int) {
        let manifest = ExampleFolder.manifest.replacing(
            "answers: {200: any, 404: any}",
            with: "answers: {2XX: common/error.schema.json, 304: common/error.schema.json}")
        let exchange = ContractExchange(
            request: .init(method: "GET", path: "/api/v1/tasks/5"), response: .init(status: status))
        let book = ExampleFolder.book(["contracts.yml": manifest])
        #expect(book.judge(exchange, contract: ContractReference("ui-api")).count == count)
        var full = exchange
        full.response?.body = Array("{}".utf8)
        #expect(book.judge(full, contract: ContractReference("ui-api")).map(\.rule) == [.responseBody])
    }

    @Test("HEAD is judged as GET without a body")
    func head() {
        let exchange = ContractExchange(
            request: .init(method: "HEAD", path: "/api/v1/tasks"),
            response: .init(status: 200, headers: [.init("x-total", "3")]))
        #expect(Self.book.judge(exchange, contract: ContractReference("ui-api")).isEmpty)
    }

    @Test("a request that a documented status refused is forgiven, and what refuses it is judged")
    func refusals() {
        let names = [ContractReference("ui-api")]
        func rules(_ forgiving: ForgivenRequests, _ change: (inout ContractExchange) -> Void) -> [String] {
            let exchange = Self.exchange {
                $0.request.body = Array("{}".utf8)
                change(&$0)
            }
            return Self.book.judge(exchange, contracts: names, forgiving: forgiving).map(\.rule.rawValue)
        }
        let refused: (inout ContractExchange) -> Void = {
            $0.response?.status = 400
            $0.response?.body = Array(#"{"error": "no"}"#.utf8)
        }
        #expect(rules(.none, refused) == ["request-body", "request-body"])
        #expect(rules(.probes, refused) == [])
        #expect(rules(.refused, refused) == [])
        #expect(rules(.probes) { _ in } == ["request-body", "request-body"])
        // The refusal itself is drift when it is not as described,
        #expect(rules(.probes) { $0.response?.status = 400 } == ["response-body"])
        // and a refusal that nobody described forgives nothing.
        #expect(
            rules(.probes) { $0.response?.status = 415 } == [
                "request-body", "request-body", "response-status",
            ])
        #expect(rules(.refused) { $0.response?.status = 415 } == ["request-body", "request-body"])
        #expect(
            rules(.probes) {
                $0.request.path = "/api/v1/nothing"
                $0.response?.status = 404
            } == [])
        #expect(
            rules(.refused) {
                $0.request.path = "/api/v1/nothing"
                $0.response?.status = 404
            } == ["operation-unknown"])
    }

    @Test("a message is judged by its name")
    func messages() {
        let events = ContractReference("events")
        #expect(Self.book.judge(message: ["task": 1], named: "task-done", contract: events) == [])
        #expect(Self.book.judge(message: [:], named: "task-done", contract: events)?.count == 1)
        #expect(Self.book.judge(message: [:], named: "other", contract: events) == nil)
    }

    @Test("a line of the contract can be shown")
    func lines() {
        let place = SourceLocation(file: "contracts/status/v2/update.schema.json", line: 3, column: 3)
        #expect(Self.book.line(at: place) == #"  "required": ["status", "at"],"#)
        #expect(Self.book.line(at: SourceLocation(file: "elsewhere.json", line: 1, column: 1)) == nil)
    }
}
