import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Near misses")
struct NearMissTests {
    private static let routes = """
        {"mappings": [
          {"name": "charge", "request": {"method": "POST", "urlPath": "/charges",
            "headers": {"x-tenant": {"equalTo": "acme"}}, "bodyPatterns": [{"contains": "amount"}]}},
          {"request": {"method": "GET", "urlPathTemplate": "/users/{id}", "queryParameters": {"full": {"equalTo": "yes"}}}},
          {"name": "paid", "scenarioName": "order", "requiredScenarioState": "paid", "request": {"url": "/order"}}
        ]}
        """

    @Test(
        "The nearest route and every difference are told in words",
        arguments: [
            (
                "POST", "/charges", [("X-Tenant", "acne")], "{\"amount\": 1}",
                "closest route 'charge' differs in header x-tenant: expected equal to 'acme', got 'acne'"
            ),
            (
                "POST", "/charge", [("X-Tenant", "acme")], "{\"amount\": 1}",
                "closest route 'charge' differs in path: expected /charges, got /charge"
            ),
            (
                "PUT", "/charges", [], "",
                "closest route 'charge' differs in method: expected POST, got PUT; header x-tenant: expected equal to "
                    + "'acme', got absent; body: expected containing 'amount', got an empty body"
            ),
            (
                "GET", "/users/17?full=no", [], "",
                "closest route 'GET /users/{id}' differs in query parameter full: expected equal to 'yes', got 'no'"
            ),
            (
                "GET", "/order", [], "",
                "closest route 'paid' differs in scenario: expected 'order' in state 'paid', got 'Started'"
            ),
        ])
    func words(
        _ method: String, _ target: String, _ headers: [(String, String)], _ body: String, _ expected: String
    ) throws {
        let double = try StubDouble(Self.routes)
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        #expect(double.service.store.nearMisses(of: StubRequest(request)).first?.sentence == expected)
    }

    @Test("A request that nothing matches is answered 404 with the nearest, and kept as unmatched")
    func answer() async throws {
        let double = try StubDouble(Self.routes)
        let response = await double.ask("POST", "/charges", [("X-Tenant", "b")], "amount")
        #expect(response.status == 404)
        #expect(
            response.text == """
                no route matches POST /charges

                closest route 'charge' differs in header x-tenant: expected equal to 'acme', got 'b'

                  charge   POST /charges
                    header x-tenant
                      expected equal to 'acme'
                      got      'b'

                """)
        let entry = try #require(double.front.journal.unmatched.first)
        #expect(entry.status == 404 && !entry.isMatched)
        #expect(
            entry.nearest
                == "closest route 'charge' differs in header x-tenant: expected equal to 'acme', got 'b'")
    }

    @Test("Without routes that is said")
    func none() async throws {
        let response = await (try StubDouble()).ask("GET", "/")
        #expect(response.text == "no route matches GET /: this double has no routes\n")
    }
}
