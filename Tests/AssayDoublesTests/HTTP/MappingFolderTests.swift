import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("WireMock's mapping files")
struct MappingFolderTests {
    private static let json = ("Content-Type", "application/json; charset=utf-8")

    struct Asked: Sendable, CustomTestStringConvertible {
        var method: String
        var target: String
        var headers: [(String, String)]
        var body: String
        var stub: String?

        init(
            _ method: String, _ target: String, _ headers: [(String, String)] = [], _ body: String = "",
            is stub: String?
        ) {
            self.method = method
            self.target = target
            self.headers = headers
            self.body = body
            self.stub = stub
        }

        var testDescription: String { "\(method) \(target) → \(stub ?? "nothing")" }
    }

    private static let charge = "{\"amount\": 12, \"currency\": \"EUR\", \"reference\": \"r1\"}"
    private static let login = [("Cookie", "a=b; session=00ff00ff")]
    private static let root = ("Authorization", "Basic cm9vdDpzM2NyZXQ=")

    static let cases: [Asked] = [
        .init("POST", "/charges", [json, ("X-Tenant", "ACME")], charge, is: "create charge"),
        .init("POST", "/charges?x=1", [json, ("x-tenant", "acme")], charge, is: "create charge"),
        .init(
            "POST", "/charges", [json, ("x-tenant", "acme"), ("X-Debug", "1")], charge, is: "charge refused"),
        .init(
            "POST", "/charges", [json, ("x-tenant", "acme")], "{\"currency\": \"EUR\"}", is: "charge refused"),
        .init(
            "POST", "/charges", [json, ("x-tenant", "acme")], "{\"amount\": 1, \"currency\": \"GBP\"}",
            is: "charge refused"),
        .init("POST", "/charges", is: "charge refused"),
        .init("PUT", "/charges", is: nil),
        .init(
            "GET", "/charges/ch_7?expand=refunds&expand=customer&fields=id&fields=amount",
            is: "charge by number"),
        .init("GET", "/charges/7?expand=refunds&expand=customer&fields=amount", is: nil),
        .init("GET", "/charges/ch_7?expand=refunds&fields=amount", is: nil),
        .init("GET", "/charges/ch_7?expand=refunds&expand=customer&fields=id", is: nil),
        .init("GET", "/charges/ch_7/more?expand=refunds&expand=customer&fields=amount", is: nil),
        .init(
            "POST", "/login?next=%2Fhome",
            login + [("Content-Type", "application/x-www-form-urlencoded")], "user=ann&password=long+one",
            is: "login form"),
        .init(
            "POST", "/login?next=%2Fhome",
            login + [("Content-Type", "application/x-www-form-urlencoded")], "user=ann&password=abc", is: nil),
        .init(
            "POST", "/login?next=%2Fhome",
            login + [("Content-Type", "application/x-www-form-urlencoded")],
            "user=ann&password=long&csrf=stale1", is: nil),
        .init("POST", "/login?next=%2Fhome", login, "user=ann&password=long", is: nil),
        .init(
            "HEAD", "/reports/2026/daily", [root, ("Accept", "application/json")],
            is: "reports of an administrator"),
        .init("GET", "/reports/2026/daily", [root, ("Accept", "text/json, text/xml")], is: nil),
        .init("GET", "/reports/26/daily", [root, ("Accept", "application/json")], is: nil),
        .init("GET", "/reports/2026/daily", [("Accept", "application/json")], is: nil),
        .init("POST", "/reports/2026/daily", [root, ("Accept", "application/json")], is: nil),
        .init("GET", "/search?q=abc", is: "search"),
        .init("GET", "/search?q=abc&page=12", is: "search"),
        .init("GET", "/search?q=abc&page=x", is: nil),
        .init(
            "PUT", "/documents/json", [], "{\"tags\": [\"a\", \"b\"], \"id\": \"7\", \"more\": 1}",
            is: "whole json"),
        .init("PUT", "/documents/json", [], "{\"tags\": [\"a\"], \"id\": \"7\"}", is: nil),
        .init("PUT", "/documents/json", [], "not json", is: nil),
        .init("PUT", "/documents/schema", [], "{\"id\": 3}", is: "schema"),
        .init("PUT", "/documents/schema", [], "{\"id\": 0}", is: nil),
        .init(
            "PUT", "/documents/xml", [], "<order>\n  <item sku=\"a\"></item><note>x</note></order>",
            is: "whole xml"),
        .init("PUT", "/documents/xml", [], "<order><item sku=\"b\"/><note>x</note></order>", is: nil),
        .init(
            "PUT", "/documents/xpath", [], "<order xmlns=\"urn:shop\"><item sku=\"a\"/></order>", is: "xpath"),
        .init("PUT", "/documents/xpath", [], "<order><item sku=\"a\"/></order>", is: nil),
        .init(
            "GET",
            "/documents?since=2026-05-01T00:00:00Z&until=2026-06-01T00:00:00Z&on=2026-06-01T14:00:00%2B02:00",
            is: "dates"),
        .init(
            "GET", "/documents?since=2025-05-01T00:00:00Z&until=2026-06-01T00:00:00Z&on=2026-06-01T12:00:00Z",
            is: nil),
        .init("DELETE", "/upstream/any/thing", is: "upstream"),
        .init("GET", "/orders/1", is: "order is new"),
    ]

    @Test("Unmodified files match what WireMock matches", arguments: cases)
    func matches(_ asked: Asked) throws {
        let double = try StubDouble.folder("shop")
        #expect(double.match(asked.method, asked.target, asked.headers, Array(asked.body.utf8)) == asked.stub)
    }

    @Test("Bytes and parts of an upload are compared, too")
    func bodies() async throws {
        let double = try StubDouble.folder("shop")
        #expect(double.match("PUT", "/documents/bytes", [], [0xDE, 0xAD, 0xBE, 0xEF]) == "bytes")
        #expect(double.match("PUT", "/documents/bytes", [], [0xDE, 0xAD, 0xBE]) == nil)
        let parts = """
            --xyz\r
            Content-Disposition: form-data; name="meta"\r
            Content-Type: application/json\r
            \r
            {"kind": "invoice"}\r
            --xyz\r
            Content-Disposition: form-data; name="file"; filename="invoice.txt"\r
            \r
            total: 5\r
            --xyz--\r

            """
        let type = [("Content-Type", "multipart/form-data; boundary=xyz")]
        let stored = await double.ask("POST", "/documents", type, parts)
        #expect(stored.status == 201)
        #expect(stored.text == "stored\n")
        #expect(
            double.match("POST", "/documents", type, Array(parts.replacing("total", with: "sum").utf8)) == nil
        )
        #expect(double.match("POST", "/documents", [], Array(parts.utf8)) == nil)
    }

    @Test("Answers are what the files say: headers several times, bytes, templates, delays and faults")
    func answers() async throws {
        let double = try StubDouble.folder("shop")
        let created = await double.ask("POST", "/charges", [Self.json, ("x-tenant", "acme")], Self.charge)
        #expect(created.status == 201 && created.reason == "Created")
        #expect(created.headers["Location"] == "/charges/r1")
        #expect(try JSON(parsing: created.body) == ["amount": "12", "state": "authorized"])
        let report = await double.ask(
            "GET", "/reports/2026/daily", [Self.root, ("Accept", "application/json")])
        #expect(report.body == [0, 1, 2, 3, 4, 255])
        let login = await double.ask(
            "POST", "/login?next=%2Fhome",
            Self.login + [("Content-Type", "application/x-www-form-urlencoded")], "user=ann&password=long")
        #expect(login.headers.values(of: "Set-Cookie") == ["a=1; Path=/", "b=2; Path=/"])
        let search = await double.ask("GET", "/search?q=abc")
        #expect((.milliseconds(30)...(.milliseconds(34))).contains(search.delivery.after))
        let faults: [(String, HTTPDelivery.Fault)] = [
            ("reset", .resetBeforeHead), ("empty", .empty), ("chunk", .malformedChunk),
            ("garbage", .garbage(bytes: 256)),
        ]
        for (path, fault) in faults {
            #expect(await double.ask("GET", "/trouble/\(path)").delivery.fault == fault)
        }
        let slow = await double.ask("GET", "/trouble/slow").delivery.dribble
        #expect(slow == HTTPDelivery.Dribble(pieces: 3, over: .milliseconds(60)))
    }

    @Test("One mapping file is a double, too, with the files beside it")
    func oneFile() throws {
        let bag = DiagnosticBag()
        let options = try #require(
            HTTPStubOptions.mappings(at: StubDouble.fixtures + "shop/mappings/search.json", bag: bag))
        #expect(options.folder == StubDouble.fixtures + "shop")
        #expect(options.summary == "1 WireMock mapping")
        #expect(try StubDouble(options).match("GET", "/search?q=abc") == "search")
    }

    @Test(
        "A body's file outside of the folder is refused",
        arguments: ["../outside.txt", "/../outside.txt", "a/../../x"])
    func outside(_ name: String) throws {
        let files = MappingFiles(folder: StubDouble.fixtures + "shop")
        #expect(throws: AdminRefusal.self) { try files.read(name) }
        #expect(throws: AdminRefusal.self) { try files.read("") }
        #expect(try files.read("receipts/stored.txt") == Array("stored\n".utf8))
    }
}
