import AssayTesting
import Testing

@Suite("Inventory", .stand("Examples/inventory/assay.yml"))
struct InventoryTests {
    let api: ServiceClient

    init() async throws {
        let login = try await stand.http("auth").post("/auth/login", json: ["username": "ada"])
        let token = try #require(try login.json["token"]?.stringValue)
        api = try stand.http("api").bearer(token)
    }

    @Test("what is added is there, in the answer and in the database")
    func add() async throws {
        let added = try await api.post(
            "/inventory/add-items", json: ["items": [["item_id": "apple", "quantity": 3]]])
        #expect(added.status == 200)

        let items = try await api.get("/inventory").json["items"]
        #expect(items?.arrayValue?.count == 1)
        let rows = try await stand.database("db").query("select count(*) as n from operations")
        #expect(rows[0]["n"] == 1)
        try await stand.log("api").waitFor("/inventory/add-items")
    }

    @Test("tests run side by side, each with a database and a service of its own", arguments: 1...3)
    func own(quantity: Int64) async throws {
        let added = try await api.post(
            "/inventory/add-items", json: ["items": [["item_id": "apple", "quantity": .int(quantity)]]])
        #expect(added.status == 200)
        let rows = try await stand.database("db").query("select count(*) as n from operations")
        #expect(rows[0]["n"] == 1)
    }
}
