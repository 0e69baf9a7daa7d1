import AssayContracts
import AssayCore
import AssayFormats
import AssayNet
import AssayVerifier
import Testing

@Suite("Probing a live provider")
struct ContractProbeTests {
    @Test("a provider that keeps its contract has no findings, whatever the seed", arguments: [1, 2, 3])
    func right(seed: UInt64) throws {
        let report = try Shop().probed(seed: seed)
        #expect(report.errors.isEmpty, "\(report.errors.map(\.finding))")
        #expect(report.warnings.isEmpty, "\(report.warnings.map(\.finding))")
        #expect(report.sent > 150)
        for part in report.parts {
            #expect(part.accepted > 0, "\(part.operation.name)")
            #expect(part.refused == part.invalid, "\(part.operation.name)")
        }
    }

    @Test(
        "each fault is found by its rule, and the smallest request that shows it is told",
        arguments: [
            (
                Shop.Fault.failsOnEmptyText, "server-error", "POST /orders", #"{"quantity":1,"note":""}"#,
                "an answer below 500", "500: no"
            ),
            (
                .answersUnknownEnum, "response-body", "POST /orders", #"{"quantity":1,"note":""}"#,
                #"one of ["open","closed"]"#, #""waiting""#
            ),
            (
                .leavesOutMember, "response-body", "POST /orders", #"{"quantity":1,"note":""}"#,
                "a member 'state'", "an object with id, quantity, note"
            ),
            (
                .answersUndocumentedStatus, "response-status", "GET /orders/{id}", "",
                "one of 200, 400, 401, 404", "410"
            ),
            (
                .asksNoCredentials, "auth-not-enforced", "POST /orders", "",
                "401 or 403, because no credentials are sent where token is asked for", "201"
            ),
            (
                .acceptsWrongType, "invalid-request-accepted", "POST /orders", #"{"quantity":""}"#,
                "a refusal, because a text is sent where integer is asked for", "201"
            ),
            (
                .refusesValid, "valid-request-refused", "POST /orders", #"{"quantity":1001}"#,
                "acceptance, because the contract allows the request", "400: no"
            ),
            (
                .closesConnection, "no-answer", "POST /orders", #"{"quantity":1,"note":""}"#, "an answer",
                "closed-early: the peer closed without an answer"
            ),
        ])
    func wrong(
        fault: Shop.Fault, rule: String, operation: String, body: String, expected: String, actual: String
    ) throws {
        let report = try Shop(fault).probed()
        let found = report.errors.filter {
            $0.finding.rule.rawValue == rule && $0.finding.operation == operation
        }
        let first = try #require(found.first, "\(report.errors.map(\.finding))")
        #expect(first.finding.expected == expected)
        #expect(first.finding.actual == actual)
        if !body.isEmpty { #expect(String(decoding: first.request?.body ?? [], as: UTF8.self) == body) }
        #expect(first.exchange?.curl?.hasPrefix("curl -i -X") == true)
        // Nothing else is wrong with it.
        #expect(Set(report.errors.map(\.finding.rule.rawValue)) == [rule])
    }

    @Test("what was made is asked for again by its id")
    func resources() throws {
        let shop = Shop()
        let report = try shop.probed()
        let part = try #require(report.parts.first { $0.operation.name == "GET /orders/{id}" })
        #expect(part.accepted * 2 > part.valid, "\(part.accepted) of \(part.valid)")
    }

    @Test("the same seed sends the same requests in the same order, one connection at a time")
    func seeded() throws {
        func asked(_ seed: UInt64) throws -> [String] {
            let shop = Shop()
            _ = try shop.probed(seed: seed) { $0.concurrency = 1 }
            return shop.requests
        }
        let first = try asked(9)
        #expect(try asked(9) == first)
        #expect(try asked(10) != first)
    }

    @Test("operations that were left out are not asked, and say why")
    func exclusions() throws {
        let shop = Shop()
        let report = try shop.probed { options in
            options.methods = ["GET"]
            options.skipped = ["GET /orders/{id}"]
        }
        #expect(
            report.parts.map(\.exclusion) == [
                "the method POST is not to be used", nil, "left out by name",
            ])
        #expect(shop.requests.allSatisfy { $0.hasPrefix("GET /api/orders") })
        #expect(report.results(level: "contract").map(\.status) == [.skipped, .passed, .skipped])
    }

    @Test("an operation of which no request was accepted is a warning that names the missing credentials")
    func neverAccepted() throws {
        let report = try Shop().probed { $0.credentials.bearer = nil }
        #expect(report.errors.isEmpty)
        let told = report.warnings.map { "\($0.finding.operation): \($0.finding.actual)" }
        #expect(
            told == [
                "POST /orders: only 401; it asks for credentials, and none were given",
                "GET /orders/{id}: only 401; it asks for credentials, and none were given",
            ])
    }

    @Test("a kept connection that was being closed says nothing about the provider")
    func keptConnections() throws {
        let report = try Shop(.dropsKeptConnections).probed()
        #expect(report.errors.isEmpty, "\(report.errors.map(\.finding))")
        #expect(report.ended == nil)
    }

    @Test("rules that are to be ignored are not told")
    func ignored() throws {
        let report = try Shop(.refusesValid).probed { $0.ignoredRules = ["valid-request-refused"] }
        #expect(report.errors.isEmpty)
    }

    @Test("nobody there ends the run with the reason")
    func nobody() throws {
        let reactor = try Reactor()
        let listener = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(listener.address.port)
        listener.close()
        let address = LiveAddress(origin: HTTPOrigin(host: "127.0.0.1", port: port))
        let probe = ContractProbe(
            try Shop.document(), contract: "shop.yaml", at: address, options: ProbeOptions(seed: 1))
        let report = reactor.run { await probe.run(on: reactor, in: CancelScope(on: reactor)) }
        #expect(report.ended?.outcome == .connectRefused)
    }

    @Test("a saved case is read back as it was, and says whether it still fails")
    func replay() throws {
        let report = try Shop(.failsOnEmptyText).probed()
        let finding = try #require(report.errors.first)
        let saved = try #require(SavedCase(finding, seed: report.seed, isKnown: false))
        let line = saved.json.rendered()
        #expect(!line.contains("right"))
        let read = try SavedCase(try JSON(parsing: line))
        #expect(read == saved)
        for (fault, end) in [(Shop.Fault.failsOnEmptyText, ReplayedCase.End.fails), (.none, .holds)] {
            var options = ProbeOptions(seed: 1)
            options.credentials.bearer = "right"
            let (document, sent) = (try Shop.document(), options)
            let ends = try Shop(fault).live { address, reactor, scope in
                await ContractProbe(document, contract: "shop.yaml", at: address, options: sent).replay(
                    [read], on: reactor, in: scope
                ).map(\.end)
            }
            #expect(ends == [end])
        }
    }

    @Test(
        "a line that is no saved case is refused with the reason",
        arguments: [
            (#"{"assay": 2}"#, "expected a case of version 1, found 2"),
            (#"{"assay": 1}"#, "expected a text in 'operation', found nothing"),
            (
                #"{"assay":1,"operation":"GET /","finding":"x","seed":"1","phase":"random","what":"","request":{"method":"GET"}}"#,
                "expected a text in 'request.path', found nothing"
            ),
        ])
    func badLines(line: String, reason: String) throws {
        let json = try JSON(parsing: line)
        #expect(throws: SavedCaseError(description: reason)) { try SavedCase(json) }
    }
}
