import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayVerifier

@Suite("Credentials of a probe")
struct ProbeCredentialsTests {
    @Test("all that was given is a secret, as it is and as it is sent")
    func secrets() {
        var credentials = ProbeCredentials()
        credentials.bearer = "token"
        credentials.basic = "anna:pass:word"
        credentials.keys = ["key": #"a&b="c"#]
        credentials.headers = [
            .init("X-Token", "Custom hidden"), .init("Accept", "text/plain"), .init("Cookie", "id=1"),
        ]
        let secrets = Set(credentials.secrets)
        #expect(
            secrets.isSuperset(of: [
                "token", "anna:pass:word", "pass:word", "YW5uYTpwYXNzOndvcmQ=", #"a&b="c"#, "a%26b%3D%22c",
                #"a&b=\"c"#, "Custom hidden", "hidden", "id=1",
            ]))
        #expect(!secrets.contains("text/plain"))
        #expect(ProbeCredentials().secrets.isEmpty)
    }

    @Test("a key in the query is one value, whatever it holds")
    func queryKey() throws {
        let text = """
            openapi: 3.1.0
            info: {title: a, version: "1"}
            security: [{key: []}]
            paths: {/a: {get: {responses: {"200": {description: one}}}}}
            components: {securitySchemes: {key: {type: apiKey, in: query, name: api key}}}
            """
        let yaml = YAMLReading(try YAMLDocument(parsing: text, file: "a.yaml"), bag: DiagnosticBag())
        let document = try #require(APIDocument.read(yaml))
        var credentials = ProbeCredentials()
        credentials.keys = ["key": "a&b=c#d"]
        let sent = credentials.applied(
            .given, to: .init(method: "GET", path: "/a", query: "x=1"), of: document.operations[0],
            schemes: document.securitySchemes)
        #expect(sent.query == "x=1&api%20key=a%26b%3Dc%23d")
    }

    @Test("what a provider answers of credentials is masked in findings, before it is cut")
    func echo() throws {
        var options = ProbeOptions(seed: 1)
        options.credentials.bearer = "right"
        let (document, sent) = (try Shop.document(), options)
        let (actual, replayed) = try Shop(.echoesCredentials).live { address, reactor, scope in
            let probe = ContractProbe(document, contract: "shop.yaml", at: address, options: sent) {
                $0.replacing("right", with: "•••")
            }
            let report = await probe.run(on: reactor, in: scope)
            let saved = report.errors.compactMap { SavedCase($0, seed: 1, isKnown: false) }
            let again = await probe.replay(saved, on: reactor, in: scope)
            return (
                report.errors.map(\.finding.actual) + saved.map(\.actual),
                again.compactMap(\.finding?.finding.actual)
            )
        }
        let shown = actual + replayed
        #expect(shown.contains { $0.hasSuffix("Bearer •••") })
        #expect(!replayed.isEmpty && !shown.contains { $0.contains("rig") }, "\(shown)")
    }
}

@Suite("What was not answered")
struct UnansweredProbeTests {
    @Test("requests that cannot be sent are told in notes, and nothing has passed")
    func unsent() throws {
        let shop = Shop()
        let report = try shop.probed { $0.credentials.headers = [.init("X-A", "a\nb")] }
        #expect(shop.requests.isEmpty && report.sent == 0 && report.answered == 0)
        #expect(report.findings.isEmpty)
        let results = report.results(level: "contract")
        #expect(results.map(\.status) == [.skipped, .skipped, .skipped])
        #expect(results.allSatisfy { $0.reason?.contains("could not be sent: ") == true })
    }

    @Test("an operation that was stopped before an answer came has not passed")
    func cancelled() throws {
        let document = try Shop.document()
        let report = try Shop().live { address, reactor, scope in
            let probe = ContractProbe(
                document, contract: "shop.yaml", at: address, options: ProbeOptions(seed: 1))
            return await probe.run(on: reactor, in: scope) { _ in scope.cancel() }
        }
        #expect(!report.results(level: "contract").contains { $0.status == .passed && report.answered == 0 })
        var part = ProbeReport.Part(operation: document.operations[0])
        part.valid = 2
        var none = report
        none.parts = [part]
        #expect(none.results(level: "contract").map(\.status) == [.skipped])
        #expect(none.results(level: "contract").map(\.reason) == ["none of its cases was answered"])
    }

    @Test("a saved case holds only when it was answered")
    func replay() throws {
        let report = try Shop(.failsOnEmptyText).probed()
        let saved = try #require(
            report.errors.first.flatMap { SavedCase($0, seed: report.seed, isKnown: false) })
        var gone = saved
        gone.operation = "GET /nothing"
        var silent = saved
        silent.rule = .noAnswer
        let cases = [gone, silent, saved]
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        listener.close()
        let probe = ContractProbe(
            try Shop.document(), contract: "shop.yaml",
            at: LiveAddress(origin: HTTPOrigin(host: "127.0.0.1", port: port)), options: ProbeOptions(seed: 1)
        )
        let ends = reactor.run { await probe.replay(cases, on: reactor, in: CancelScope(on: reactor)) }
            .map(\.end)
        #expect(ends.first == .unknown)
        for end in ends.dropFirst() {
            guard case .unanswered(let failure) = end else {
                Issue.record("\(end)")
                continue
            }
            #expect(failure.outcome == .connectRefused)
        }
        // Closed without an answer: another finding than the saved one.
        let (document, sent) = (try Shop.document(), report.seed)
        var options = ProbeOptions(seed: sent)
        options.credentials.bearer = "right"
        let (given, both) = (options, [saved, silent])
        let closed = try Shop(.closesConnection).live { address, reactor, scope in
            await ContractProbe(document, contract: "shop.yaml", at: address, options: given).replay(
                both, on: reactor, in: scope
            ).map(\.end)
        }
        #expect(closed.count == 2 && closed[0] != .holds && closed[0] != .fails && closed[1] == .fails)
    }
}

extension ProbeReport {
    fileprivate var findings: [ProbeFinding] { parts.flatMap(\.findings) }
}
