import AssayContracts
import AssayCore
import AssayFormats
import AssayVerifier
import Testing

@Suite("Verifying pacts")
struct PactVerifierTests {
    /// Answers as a closure says, and keeps what it was asked.
    private final class Provider: PactProvider {
        var asked: [ContractExchange.Request] = []
        var answer: (ContractExchange.Request) -> Result<ContractExchange.Response, PactNoAnswer>
        let lastReport: ExchangeReport? = nil

        init(
            _ answer: @escaping (ContractExchange.Request) -> Result<ContractExchange.Response, PactNoAnswer>
        ) {
            self.answer = answer
        }

        func ask(_ request: ContractExchange.Request) async -> Result<ContractExchange.Response, PactNoAnswer>
        {
            asked.append(request)
            return answer(request)
        }
    }

    private static func pact(_ interactions: PactInteraction...) -> Pact {
        Pact(consumer: "ui", provider: "api", interactions: interactions)
    }

    private static func interaction(_ description: String = "d", states: [PactState] = []) -> PactInteraction
    {
        var request = PactRequest(method: "GET", path: "/orders/1")
        request.generators = [
            PactGeneratorPlace(.path, .whole, .providerState(expression: "/orders/${id}", dataType: nil))
        ]
        return PactInteraction(description, states: states, .http(request, PactResponse(status: 200)))
    }

    private func verify(
        _ pact: Pact, _ provider: Provider, states: any PactStateMaker = PactNoStates(),
        options: PactVerifier.Options = .init()
    ) async -> PactVerification {
        await PactVerifier(provider, states: states, options: options) { (0, 0) }.verify(pact)
    }

    @Test("a state is set up before the request, its values are used, and it is taken back after it")
    func states() async throws {
        let provider = Provider { request in
            let isSetup = String(decoding: request.body ?? [], as: UTF8.self).contains("setup")
            return .success(.init(status: 200, body: Array((isSetup ? #"{"id": 41}"# : "{}").utf8)))
        }
        let states = PactStateURL(provider, path: "/_state", query: "k=1", tearsDown: true)
        let state = PactState("an order exists", ["owner": "me"])
        let verification = await verify(
            Self.pact(Self.interaction(states: [state])), provider, states: states)
        #expect(verification.hasSucceeded && verification.passed == 1)
        try #require(provider.asked.count == 3)
        #expect(
            provider.asked.map { "\($0.method) \($0.path) \($0.query ?? "")" } == [
                "POST /_state k=1", "GET /orders/41 ", "POST /_state k=1",
            ])
        #expect(
            String(decoding: provider.asked[0].body ?? [], as: UTF8.self)
                == #"{"state":"an order exists","params":{"owner":"me"},"action":"setup"}"#)
        #expect(
            String(decoding: provider.asked[2].body ?? [], as: UTF8.self).contains(#""action":"teardown""#))
    }

    @Test("a state that cannot be made fails the interaction, and its request is not sent")
    func failingState() async {
        let provider = Provider { _ in .success(.init(status: 500)) }
        let verification = await verify(
            Self.pact(Self.interaction(states: [PactState("s")])), provider,
            states: PactStateURL(provider, path: "/", query: nil, tearsDown: false))
        #expect(
            verification.results[0].failure == "the state 's' could not be set up: the state URL answered 500"
        )
        #expect(provider.asked.count == 1)
    }

    @Test("what differs fails, what is pending does not count, and no answer is told")
    func results() async {
        var pending = Self.interaction("b")
        pending.isPending = true
        let provider = Provider { _ in .success(.init(status: 404)) }
        let verification = await verify(Self.pact(Self.interaction("a"), pending), provider)
        #expect(!verification.hasSucceeded)
        #expect(verification.results.map(\.counts) == [true, false])
        #expect(verification.results[0].mismatches.map(\.sentence) == ["status: expected 200, found 404"])
        provider.answer = { _ in .failure(PactNoAnswer("the provider gave no answer: refused")) }
        let silent = await verify(Self.pact(Self.interaction("a")), provider)
        #expect(silent.results[0].failure == "the provider gave no answer: refused")
    }

    @Test(
        "who could not be asked says nothing of the provider: not at its own address, and not at that of states"
    )
    func unasked() async {
        let provider = Provider { _ in
            .failure(PactNoAnswer("no answer", unasked: "http://h does not answer"))
        }
        let pact = Self.pact(Self.interaction("a"), Self.interaction("b", states: [PactState("s")]))
        let verification = await verify(
            pact, provider, states: PactStateURL(provider, path: "/", query: nil, tearsDown: false))
        #expect(verification.results.map(\.unasked) == Array(repeating: "http://h does not answer", count: 2))
        #expect(verification.leftOut == 0 && !verification.isWhole && !verification.hasSucceeded)
        provider.answer = { _ in .failure(PactNoAnswer("reset")) }
        let asked = await verify(pact, provider)
        #expect(asked.isWhole && asked.results.allSatisfy { !$0.isUnasked })
    }

    @Test("what the end of a run cuts short is no result")
    func cutShort() async {
        var isCancelled = false
        var reported = 0
        let provider = Provider { _ in .success(.init(status: 200)) }
        let verifier = PactVerifier(provider, states: PactNoStates()) { (0, 0) }
        let pact = Self.pact(Self.interaction("a"), Self.interaction("b"), Self.interaction("c"))
        let verification = await verifier.verify(pact, isCancelled: { isCancelled }) { _ in
            reported += 1
            provider.answer = { _ in
                isCancelled = true
                return .failure(PactNoAnswer("cancelled", unasked: "http://h does not answer: cancelled"))
            }
        }
        #expect(verification.results.map(\.interaction.description) == ["a"] && reported == 1)
        #expect(verification.leftOut == 2 && !verification.isWhole && provider.asked.count == 2)
    }

    @Test("interactions are chosen by description and state")
    func choosing() async throws {
        let pact = Self.pact(
            Self.interaction("read"), Self.interaction("write", states: [PactState("logged in")]))
        let provider = Provider { _ in .success(.init(status: 200)) }
        for (change, expected) in [
            ({ $0.description = try Pattern("^re") }, ["read"]),
            ({ $0.state = try Pattern("logged") }, ["write"]),
            ({ $0.withoutState = true }, ["read"]), ({ _ in }, ["read", "write"]),
        ] as [((inout PactVerifier.Options) throws -> Void, [String])] {
            var options = PactVerifier.Options()
            try change(&options)
            let verification = await verify(pact, provider, options: options)
            #expect(verification.results.map(\.interaction.description) == expected)
            #expect(verification.leftOut == 2 - expected.count)
        }
    }

    @Test("a message is asked for by description and states, and compared with its metadata")
    func messages() async {
        var message = PactMessage(
            contents: .bytes(Array(#"{"id": 1}"#.utf8), type: nil), metadata: ["topic": "t"])
        message.rules[.body].add(.integer, at: .root.member("id"))
        let pact = Self.pact(PactInteraction("m", states: [PactState("s")], .message(message)))
        let metadata = Base64.standard.encode(Array(#"{"topic": "t"}"#.utf8))
        let provider = Provider { _ in
            .success(
                .init(
                    status: 200,
                    headers: [
                        .init("Content-Type", "application/json"), .init("Pact-Message-Metadata", metadata),
                    ],
                    body: Array(#"{"id": 9}"#.utf8)))
        }
        let right = await verify(pact, provider)
        #expect(right.hasSucceeded, "\(right.results[0].mismatches)")
        #expect(
            String(decoding: provider.asked[0].body ?? [], as: UTF8.self)
                == #"{"description":"m","providerStates":[{"name":"s"}]}"#)
        provider.answer = { _ in
            .success(
                .init(
                    status: 200, headers: [.init("Content-Type", "application/json")],
                    body: Array(#"{"id": "9"}"#.utf8)))
        }
        let wrong = await verify(pact, provider)
        #expect(wrong.results[0].mismatches.map(\.subject) == ["body $.id", "metadata topic"])
    }
}
