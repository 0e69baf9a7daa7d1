import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("Stateful scenarios")
struct StubScenarioTests {
    private static let flow = """
        {"mappings": [
          {"name": "new", "scenarioName": "order", "requiredScenarioState": "Started", "request": {"url": "/o"}},
          {"name": "pay", "scenarioName": "order", "requiredScenarioState": "Started", "newScenarioState": "paid",
           "request": {"method": "POST", "url": "/pay"}},
          {"name": "paid", "scenarioName": "order", "requiredScenarioState": "paid", "request": {"url": "/o"}}
        ]}
        """

    @Test("A scenario goes on with its stub, and each tenant has its own state")
    func tenants() throws {
        let double = try StubDouble(Self.flow, tenants: true)
        let (a, b) = ([("X-Tenant", "a")], [("X-Tenant", "b")])
        #expect(double.match("GET", "/o", a) == "new")
        #expect(double.match("POST", "/pay", a) == "pay")
        #expect(double.match("GET", "/o", a) == "paid")
        #expect(double.match("POST", "/pay", a) == nil)
        #expect(double.match("GET", "/o", b) == "new")
        #expect(double.match("GET", "/o") == "new")
        double.service.store.resetScenarios(of: "a")
        #expect(double.match("GET", "/o", a) == "new")
    }

    @Test("Of many requests at once exactly one makes a transition")
    func atomic() async throws {
        let double = try StubDouble(Self.flow)
        let store = double.service.store
        let found = await withTaskGroup(of: String?.self) { group in
            for _ in 0..<200 {
                group.addTask {
                    store.match(StubRequest(HTTPRequest(method: "POST", target: "/pay")))?.name
                }
            }
            return await group.reduce(into: [String?]()) { $0.append($1) }
        }
        #expect(found.compactMap { $0 } == ["pay"])
    }

    @Test("Tenants are bounded: the one that changed longest ago begins again")
    func bounded() {
        var states = ScenarioStates(limit: 10)
        for number in 0..<10 { states.set("s", to: "x", for: "\(number)") }
        states.set("s", to: "y", for: "0")
        states.set("s", to: "x", for: "new")
        #expect(states.forgotten == 1)
        #expect(states.state(of: "s", for: "1") == "Started")
        #expect(states.state(of: "s", for: "0") == "y")
    }

    @Test("The admin API shows and sets the state of the tenant that asks")
    func admin() async throws {
        let double = try StubDouble(Self.flow, tenants: true)
        let tenant = [("x-tenant", "a")]
        let before = await double.admin("GET", "/scenarios", headers: tenant).json["scenarios"]?[0]
        #expect(before?["name"] == "order" && before?["state"] == "Started")
        #expect(before?["possibleStates"] == ["Started", "paid"])
        #expect(before?["mappings"]?.arrayValue?.count == 3)
        #expect(
            await double.admin("PUT", "/scenarios/order/state", ["state": "paid"], headers: tenant).status
                == 200)
        #expect(double.match("GET", "/o", tenant) == "paid")
        #expect(double.match("GET", "/o") == "new")
        let wrong = await double.admin("PUT", "/scenarios/order/state", ["state": "lost"])
        #expect(wrong.status == 422)
        #expect(wrong.json["errors"]?[0]?["title"] == "Scenario order does not support state lost")
        let unknown = await double.admin("PUT", "/scenarios/orders/state", ["state": "paid"])
        #expect(unknown.status == 404)
        #expect(unknown.json["errors"]?[0]?["detail"] == "did you mean 'order'?")
        #expect(await double.admin("POST", "/scenarios/reset", headers: tenant).status == 200)
        #expect(double.match("GET", "/o", tenant) == "new")
    }
}
