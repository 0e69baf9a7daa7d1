import AssayContracts
import AssayCore
import AssayNet
import AssayRunner
import AssayVerifier
import Testing

@testable import Assay

@Suite("A run of pacts")
struct PactRunTests {
    private static func target(_ headers: [(String, String)]) throws -> PactRun.Target {
        PactRun.Target(
            provider: try LiveAddress("http://127.0.0.1:1"), headers: headers.map { .init($0.0, $0.1) })
    }

    private static func result(_ name: String, unasked: String? = nil) -> PactInteractionResult {
        var result = PactInteractionResult(
            PactInteraction(
                name, .http(PactRequest(method: "GET", path: "/"), PactResponse(status: 200))))
        result.unasked = unasked
        if unasked != nil { result.failure = "no answer" }
        return result
    }

    @Test(
        "what headers carry is hidden, whole and by its last word, and what says only the form is not",
        arguments: [
            ("Authorization", "Bearer swordfish", "Authorization: Bearer swordfish", "Authorization: •••"),
            ("Authorization", "Bearer swordfish", "token swordfish", "token •••"),
            ("Cookie", "session=swordfish", "swordfish", "•••"),
            ("X-Api-Key", "swordfish", "-H 'X-Api-Key: swordfish'", "-H 'X-Api-Key: •••'"),
            ("Accept", "application/json", "Accept: application/json", "Accept: application/json"),
        ])
    func headers(_ name: String, _ value: String, _ text: String, _ masked: String) throws {
        let mask = try Self.target([(name, value)]).mask(Masker(secrets: ["stand-secret"]))
        #expect(mask(text + " stand-secret") == masked + " •••")
    }

    @Test("what a provider said back is hidden too, in tests and in JSON")
    func results() throws {
        var result = Self.result("a")
        result.failure = "the state URL answered swordfish"
        result.mismatches = [
            PactMismatch(.body, "$.token", expected: "string", actual: "swordfish")
        ]
        let masked = result.masked(try Self.target([("X-Key", "swordfish")]).mask(Masker(secrets: [])))
        #expect(masked.failure == "the state URL answered •••")
        #expect(masked.mismatches.map(\.actual) == ["•••"])
        let test = TestResult(masked, of: Pact(consumer: "a", provider: "b", interactions: []), level: "c")
        #expect(test.steps.last?.mismatches.map(\.actual) == ["•••", "the state URL answered •••"])
    }

    @Test("only when nobody could be asked for anything there is no result")
    func unasked() {
        let pact = Pact(consumer: "a", provider: "b", interactions: [])
        func outcome(_ results: [[PactInteractionResult]]) -> PactRun.Outcome {
            PactRun.Outcome(verifications: results.map { PactVerification(pact: pact, results: $0) })
        }
        let silent = Self.result("a", unasked: "http://127.0.0.1:1 does not answer: connect-refused")
        #expect(outcome([[], [silent]]).unasked == "http://127.0.0.1:1 does not answer: connect-refused")
        #expect(outcome([[silent], [Self.result("b"), silent]]).unasked == nil)
        #expect(outcome([[], []]).unasked == nil && outcome([]).unasked == nil)
        #expect(
            ContractVerifyJob.silence(
                "http://127.0.0.1:1 does not answer: connect-refused", deaths: ["api died"]
            ).rendered() == """
                error[AS446]: the provider at http://127.0.0.1:1 does not answer: connect-refused; api died
                  fix: start it, or name another --provider
                """)
    }

    @Test("nobody there ends the command with its own status, and leaves no row in the matrix")
    func nobody() async throws {
        let folder = try TestFolder("pacts of nobody")
        try folder.write("assay: 1\nproject: p\n", "assay.yml")
        try folder.write(
            """
            {"consumer": {"name": "ui"}, "provider": {"name": "api"}, "interactions": [
              {"description": "d", "request": {"method": "GET", "path": "/"}, "response": {"status": 200}}],
             "metadata": {"pactSpecification": {"version": "2.0.0"}}}
            """, "ui-api.json")
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        listener.close()
        var job = ContractVerifyJob()
        job.project = folder.path
        job.pacts = [folder.path + "/ui-api.json"]
        job.provider = "http://127.0.0.1:\(port)"
        (job.providerVersion, job.consumerVersion) = ("7", "7")
        job.out = folder.path + "/run"
        #expect(job.run(Console(colours: false)) == .standNotReady)
        let history = RunHistory(path: folder.path + "/.assay/history.db")
        #expect(try await MatrixStore(history).matrix().get()?.verifications.isEmpty != false)
    }

    @Test("words of a command line have no place in a file")
    func place() {
        var check = PactCheck()
        #expect(check.place == nil)
        check.location.file = "assay.yml"
        #expect(check.place == check.location)
    }
}
