import AssayFormats
import AssayNet
import AssayWire
import FleetCore
import Testing

/// test_api_auth_ip_allowlist
@Suite("Who may ask the UI")
struct AccessTests {
    static let allowed = [
        "FLEET_ALLOW": "10.0.0.0/8,192.168.7.9,2001:db8::/32",
        "FLEET_TRUSTED_PROXIES": "127.0.0.1,10.255.0.0/16",
    ]

    @Test(
        "Addresses outside of the list are answered 403",
        arguments: [
            ("10.1.2.3", 200), ("11.1.2.3", 403), ("192.168.7.9", 200), ("192.168.7.10", 403),
            ("2001:db8:1::7", 200), ("2001:db9::7", 403), ("::ffff:10.1.2.3", 200), ("127.0.0.1", 403),
        ])
    func addresses(peer: String, status: Int) async throws {
        let bed = try UIBed(Self.allowed)
        #expect(await bed.ask("GET", "/api/v1/aggregates/summary", peer: peer).status == status)
    }

    @Test(
        "X-Forwarded-For counts when it comes from a proxy of ours, and there the last address that is none",
        arguments: [
            ("127.0.0.1", "10.1.2.3", 200), ("127.0.0.1", "203.0.113.9", 403),
            // What a caller wrote himself stands before what the proxy added.
            ("127.0.0.1", "10.1.2.3, 203.0.113.9", 403), ("127.0.0.1", "203.0.113.9, 10.1.2.3", 200),
            ("127.0.0.1", "10.1.2.3, 10.255.0.7", 200), ("127.0.0.1", "203.0.113.9,10.255.0.7", 403),
            ("203.0.113.9", "10.1.2.3", 403), ("127.0.0.1", "nonsense", 403),
            ("10.1.2.3", "203.0.113.9", 200),
        ])
    func forwarded(peer: String, forwarded: String, status: Int) async throws {
        let bed = try UIBed(Self.allowed)
        let answer = await bed.ask("GET", "/api/v1/aggregates/summary", forwarded: forwarded, peer: peer)
        #expect(answer.status == status)
    }

    @Test("Who has no address is not allowed")
    func nobody() async throws {
        #expect(await (try UIBed()).ask("GET", "/api/v1/aggregates/summary", peer: nil).status == 403)
    }

    @Test(
        "Without the right bearer the answer is 401, and says that one is wanted",
        arguments: [nil, "", "Bearer", "Bearer wrong", "Basic t0ken", "Bearer t0ken2", "t0ken"])
    func token(authorization: String?) async throws {
        let answer = await (try UIBed()).ask(
            "GET", "/api/v1/aggregates/summary", authorization: authorization)
        #expect(answer.status == 401)
        #expect(answer.headers["WWW-Authenticate"] == "Bearer")
        #expect(try Contracts.violations(of: answer.json, by: "common/v1/error").isEmpty)
    }

    @Test("The address is looked at before the token, and both before the path")
    func order() async throws {
        let bed = try UIBed()
        #expect(await bed.ask("GET", "/nowhere", authorization: nil, peer: "203.0.113.9").status == 403)
        #expect(await bed.ask("GET", "/nowhere", authorization: nil).status == 401)
        #expect(await bed.ask("GET", "/nowhere").status == 404)
        let answer = await bed.ask("PUT", "/api/v1/tasks")
        #expect(answer.status == 405)
        #expect(answer.headers["Allow"] == "GET, POST")
    }

    @Test("Health and metrics are for everybody", arguments: ["/api/v1/health", "/api/v1/metrics"])
    func open(path: String) async throws {
        let bed = try UIBed()
        let answer = await bed.ask("GET", path, authorization: nil, peer: "203.0.113.9")
        #expect(answer.status == 200)
    }

    @Test(
        "What is no network is told",
        arguments: ["10.0.0.0/33", "::1/129", "10.0.0", "example.org", "10.0.0.0/x", "/8"])
    func noNetwork(text: String) {
        #expect(Network(text) == nil)
        #expect(throws: Misfit.self) { try Network.list("10.0.0.1, \(text)") }
    }

    @Test("Time is moved by who has the token for it")
    func clock() async throws {
        let bed = try UIBed()
        let body: [(String?, Int)] = [
            (nil, 401), ("Bearer \(UIBed.token)", 401), ("Bearer \(UIBed.clockToken)", 200),
        ]
        for (authorization, status) in body {
            let answer = await bed.ask(
                "POST", "/test/clock", ["travel_ms": 5], authorization: authorization)
            #expect(answer.status == status)
        }
        let wrong = await bed.ask(
            "POST", "/test/clock", ["travel_ms": -5], authorization: "Bearer \(UIBed.clockToken)")
        #expect(wrong.status == 400)
        let without = try UIBed(["FLEET_CLOCK_TOKEN": ""])
        #expect(await without.ask("POST", "/test/clock", ["travel_ms": 5]).status == 404)
    }
}
