import AssayTesting
import Synchronization
import Testing

@Suite("A suite with a stand", .stand("Project/assay.yml"), .timeLimit(.minutes(5)))
struct StandSuiteTests {
    private static let shared = Mutex<Set<String>>([])
    private static let own = Mutex<Set<String>>([])

    @Test("all tests meet the one service that is shared", arguments: 1...3)
    func one(_: Int) async throws {
        let process = try await stand.http("files").get("/pid").text
        let count = Self.shared.withLock { seen in
            seen.insert(process)
            return seen.count
        }
        #expect(count == 1)
    }

    @Test("each test has its own instance of a service that uses the database", arguments: 1...3)
    func each(_: Int) async throws {
        let process = try await stand.http("notes").get("/pid").text
        #expect(Self.own.withLock { $0.insert(process).inserted })
    }

    @Test("tests that run side by side insert the same key", arguments: 1...4)
    func sameKey(_: Int) async throws {
        let db = try stand.database("db")
        #expect(try await db.run("insert into items values ($1, $2)", 1, "apple") == 1)
        let rows = try await db.query("select name from items order by id")
        #expect(rows.map { $0["name"] } == ["apple", "kept"])
    }

    @Test("a statement that is refused throws the database's words")
    func refused() async throws {
        let db = try stand.database("db")
        let error = await #expect(throws: SQLError.self) {
            try await db.run("insert into items values (100, 'again')")
        }
        #expect(error?.message == "UNIQUE constraint failed: items.id")
    }

    @Test("a double issues tokens, and tells what it was asked")
    func double() async throws {
        let auth = try stand.double("auth")
        #expect(auth["issuer"] == "tests")
        #expect(auth["key"]?.stringValue?.isEmpty == false)
        #expect(auth.bindings["url"]?.stringValue == auth.url)
        let client = try stand.http("auth")
        #expect(client.url == auth.url)
        let name = "user-of-double-test"
        let login = try await client.post("/auth/login", json: ["username": .string(name)])
        let token = try #require(try login.json["token"]?.stringValue)
        let verified = try await client.bearer(token).get("/auth/verify?by=\(name)")
        #expect(verified.status == 200)
        #expect(verified.header("content-type")?.hasPrefix("application/json") == true)
        let asked = auth.requests
        #expect(asked.contains { $0.target == "/auth/login" && $0.json?["username"] == .string(name) })
        let last = try #require(asked.first { $0.target == "/auth/verify?by=\(name)" })
        #expect(last.method == "GET")
        #expect(last.header("authorization") == "Bearer \(token)")
        #expect(last.status == 200)
        let refused = try await client.bearer("forged").get("/auth/verify")
        #expect(refused.status == 401)
    }

    @Test("places and values are those of the test's own layer")
    func values() async throws {
        let path = try stand.value("db.path")
        try await stand.log("notes").waitFor("uses \(path.stringValue ?? "")")
        #expect(try stand.url("files") == stand.http("files").url)
        #expect(try stand.value("notes.port").intValue.map { "http://127.0.0.1:\($0)" } == stand.url("notes"))
    }

    @Test("a log begins with the test: of a shared service, and with its start, of one's own")
    func logs() async throws {
        let mark = "/of-log-test"
        #expect(try await stand.http("files").get(mark).status == 404)
        let line = try await stand.log("files").waitFor(mark)
        #expect(line.contains("404"))
        #expect(try stand.log("files").lines.contains(line))
        #expect(try stand.log("notes").lines.first?.hasPrefix("uses /") == true)
    }

    @Test("a line that does not come is told with the last lines")
    func noLine() async throws {
        let log = try stand.log("notes")
        let error = await #expect(throws: StandError.self) {
            try await log.waitFor("never", within: .zero)
        }
        let text = error?.description ?? ""
        #expect(
            text.hasPrefix(
                "error[AS283]: no line with 'never' in the log of 'notes' within 0.0 seconds; its last lines:\n    uses /"
            ), "\(text)")
    }

    @Test("requests of any method, with any body")
    func methods() async throws {
        let files = try stand.http("files")
        #expect(try await files.send("HEAD", "/pid").status == 200)
        #expect(try await files.post("/", json: ["a": 1]).status == 501)
        #expect(try await files.put("/").status == 501)
        #expect(try await files.patch("/", json: []).status == 501)
        #expect(try await files.delete("/").status == 501)
        #expect(
            try await files.header("X-Own", "1").send("PUT", "/", body: [1, 2], type: "a/b").status == 501)
    }

    @Test("a request without an answer says which and why")
    func unanswered() async throws {
        let files = try stand.http("files")
        let error = await #expect(throws: StandError.self) {
            try await files.header("X-Own", "a\r\nb").get("/pid")
        }
        #expect(
            error?.description
                == "error[AS284]: GET \(files.url)/pid was not sent: header 'X-Own' holds a character that headers cannot"
        )
        let page = try await files.get("/")
        let noJSON = #expect(throws: StandError.self) { try page.json }
        #expect(
            noJSON?.description.hasPrefix(
                "error[AS284]: the answer with status 200 is no JSON: line 1, column 1: expected a value, found '<'; "
                    + "it begins: <!DOCTYPE HTML") == true, "\(noJSON?.description ?? "")")
    }

    @Test(
        "a name that the stand does not have is told with what it has",
        arguments: [
            ("service", "fils", "did you mean 'files'?"),
            ("database", "postgres", "there is 'db'"),
            ("double", "oauth", "did you mean 'auth'?"),
            ("log", "note", "did you mean 'notes'?"),
            ("member", "notess", "did you mean 'notes'?"),
        ])
    func unknown(kind: String, name: String, fix: String) throws {
        let here = try stand
        let error = #expect(throws: StandError.self) {
            switch kind {
            case "service": _ = try here.http(name)
            case "database": _ = try here.database(name)
            case "double": _ = try here.double(name)
            case "log": _ = try here.log(name)
            default: _ = try here.url(name)
            }
        }
        #expect(error?.description == "error[AS282]: the stand has no \(kind) '\(name)'\n  fix: \(fix)")
    }

    @Test("a value that is not there is told with the nearest")
    func unknownValue() throws {
        let here = try stand
        let error = #expect(throws: StandError.self) { try here.value("db.pat") }
        #expect(
            error?.description == "error[AS282]: 'db' of the stand has no 'pat'\n  fix: did you mean 'path'?")
    }

    @Suite("inside it")
    struct Inside {
        @Test("has the same stand")
        func same() async throws {
            let process = try await stand.http("files").get("/pid").text
            #expect(StandSuiteTests.shared.withLock { $0.isEmpty || $0.contains(process) })
        }

        @Test("has another by another trait", .stand("Project/assay.yml", isolation: .none))
        func other() async throws {
            let process = try await stand.http("files").get("/pid").text
            #expect(StandSuiteTests.shared.withLock { !$0.contains(process) })
        }
    }
}

@Suite("A stand of transactions", .serialized, .stand("Project/assay.yml", isolation: .transaction))
struct TransactionTests {
    @Test("what a test writes is rolled back", arguments: 1...2)
    func rolledBack(_: Int) async throws {
        let db = try stand.database("db")
        try await db.run("insert into items values (1, 'apple')")
        #expect(try await db.query("select id from items").count == 2)
    }
}

@Suite("A stand with PostgreSQL", .stand("Project/postgres.yml"), .timeLimit(.minutes(5)))
struct PostgresStandTests {
    @Test("tests that run side by side insert the same key", arguments: 1...3)
    func sameKey(_: Int) async throws {
        let db = try stand.database("db")
        try await db.run("insert into items values ($1, $2)", 1, "apple")
        #expect(try await db.query("select count(*) as n from items")[0]["n"] == 2)
        let error = await #expect(throws: SQLError.self) {
            try await db.run("insert into items values (1, 'again')")
        }
        #expect(error?.message.contains("duplicate key value violates unique constraint") == true)
    }
}

@Suite("A stand where something is not installed", .stand("Project/absent.yml"))
struct AbsentTests {
    @Test("a test that asks for it is skipped")
    func skipped() throws {
        _ = try stand.database("old")
        Issue.record("asking for it has not ended the test")
    }

    @Test("another one runs")
    func runs() async throws {
        #expect(try await stand.database("db").query("select name from items")[0]["name"] == "kept")
    }
}
