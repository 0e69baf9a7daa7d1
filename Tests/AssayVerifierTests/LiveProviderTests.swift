import AssayContracts
import AssayCore
import AssayNet
import AssayVerifier
import AssayWire
import Testing

@Suite("Asking a live provider")
struct LiveProviderTests {
    @Test(
        "the base path, the provider's headers and the request's own reach it, and the answer comes back whole"
    )
    func asks() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            var response = HTTPResponse(
                status: 303,
                text: "\(request.method) \(request.target) \(request.headers["x-tenant"] ?? "-") "
                    + "\(request.headers["authorization"] ?? "-") \(request.body.count)")
            response.headers["Location"] = "/elsewhere"
            return response
        }
        let address = try LiveAddress(server.url + "/api/")
        let (exchange, report) = reactor.run {
            let provider = LiveProvider(
                at: address, headers: [.init("X-Tenant", "a"), .init("Authorization", "Bearer secret")],
                on: reactor)
            let request = ContractExchange.Request(
                method: "POST", path: "/jobs", query: "q=1", headers: [.init("x-tenant", "b")], body: [1, 2])
            let answer = await provider.ask(request)
            let report = provider.report { $0.replacing("secret", with: "•••") }
            provider.close()
            server.stop()
            return (try? answer.get(), report)
        }
        let response = try #require(exchange?.response)
        #expect(response.status == 303)
        #expect(response.header("location") == "/elsewhere")
        #expect(String(decoding: response.body, as: UTF8.self) == "POST /api/jobs?q=1 b Bearer secret 2")
        #expect(report.curl?.contains("'Authorization: Bearer •••'") == true)
        #expect(report.curl?.contains("secret") == false)
    }

    @Test("nobody there is a failure with its outcome, and so is a header that cannot be written")
    func failures() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        listener.close()
        let outcomes = reactor.run {
            let provider = LiveProvider(
                at: LiveAddress(origin: HTTPOrigin(host: "127.0.0.1", port: port)), on: reactor)
            var outcomes: [String] = []
            for value in ["a", "a\nb"] {
                let request = ContractExchange.Request(method: "GET", path: "/", headers: [.init("X", value)])
                if case .failure(let failure) = await provider.ask(request) {
                    outcomes.append(failure.outcome.name)
                }
            }
            return outcomes
        }
        #expect(outcomes == ["connect-refused", "not-sent"])
        let unasked = reactor.run { () -> [String?] in
            let address = LiveAddress(origin: HTTPOrigin(host: "127.0.0.1", port: port))
            let provider = PactLiveProvider(LiveProvider(at: address, on: reactor))
            var unasked: [String?] = []
            for value in ["a", "a\nb"] {
                let request = ContractExchange.Request(method: "GET", path: "/", headers: [.init("X", value)])
                guard case .failure(let failure) = await provider.ask(request) else { continue }
                unasked.append(failure.unasked)
            }
            return unasked
        }
        // What Assay could not write is not the address's fault.
        #expect(unasked.count == 2 && unasked[1] == nil)
        #expect(
            unasked[0]?.hasPrefix("http://127.0.0.1:\(port) does not answer: connect-refused") == true,
            "\(unasked)")
    }

    @Test(
        "a URL that cannot be a provider's is refused with the reason",
        arguments: [
            ("ftp://a/b", "'ftp://a/b': expected the scheme http or https, got 'ftp'"),
            ("http://u:p@a/", "a URL does not carry a user and password here"),
            ("http://a/b?c=d", "'http://a/b?c=d': expected no query, found one"),
        ])
    func badAddresses(url: String, reason: String) {
        #expect(throws: LiveAddressError(description: reason)) { try LiveAddress(url) }
    }
}
