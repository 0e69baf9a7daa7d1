import AssayContracts
import AssayFormats
import Testing

/// `worker 2 ui-api:b ui 7 ok @3`: a row of the matrix in short.
private func row(_ text: String) -> Verification {
    let words = text.split(separator: " ").map(String.init)
    let contract = words[2].split(separator: ":").map(String.init)
    return Verification(
        consumer: words[0], consumerVersion: words[1], contract: contract[0], content: contract[1],
        provider: words[3], providerVersion: words[4], isSuccessful: words[5] == "ok",
        detail: words[5] == "ok" ? "" : "1 of 3 interactions",
        atMilliseconds: Int64(words[6].dropFirst()) ?? 0)
}

/// `ui 7 prod`, `ui 7 prod gone`, or `ui 7 prod @2`: since when.
private func deployment(_ text: String) -> Deployment {
    let words = text.split(separator: " ").map(String.init)
    return Deployment(
        service: words[0], version: words[1], environment: words[2],
        sinceMilliseconds: words.last.flatMap { $0.first == "@" ? Int64($0.dropFirst()) : nil } ?? 1,
        untilMilliseconds: words.contains("gone") ? 9 : nil)
}

private struct Decision: Sendable, CustomTestStringConvertible {
    var title: String
    var rows: [String]
    var running: [String]
    /// `worker 2 prod`
    var question: String
    var answer: Bool
    var reasons: [String]
    var ignored: Set<String> = []
    var testDescription: String { title }
}

private let decisions: [Decision] = [
    Decision(
        title: "a verified contract with what runs there is yes",
        rows: ["worker 2 ui-api:b ui 7 ok @1"], running: ["ui 7 prod"], question: "worker 2 prod",
        answer: true,
        reasons: ["its contract holds"]),
    Decision(
        title: "a failed one is no",
        rows: ["worker 2 ui-api:b ui 7 bad @1"], running: ["ui 7 prod"], question: "worker 2 prod",
        answer: false,
        reasons: ["contract 'ui-api' of worker 2 with ui 7 failed (1 of 3 interactions)"]),
    Decision(
        title: "the last verification counts: first failed, then held",
        rows: ["worker 2 ui-api:b ui 7 bad @1", "worker 2 ui-api:b ui 7 ok @2"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: true, reasons: ["its contract holds"]),
    Decision(
        title: "the last verification counts: first held, then failed, recorded in the other order",
        rows: ["worker 2 ui-api:b ui 7 bad @2", "worker 2 ui-api:b ui 7 ok @1"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: false,
        reasons: ["contract 'ui-api' of worker 2 with ui 7 failed (1 of 3 interactions)"]),
    Decision(
        title: "verified with another version than the one that runs there is no",
        rows: ["worker 2 ui-api:b ui 8 ok @1"], running: ["ui 7 prod"], question: "worker 2 prod",
        answer: false,
        reasons: ["contract 'ui-api' of worker 2 with ui 7 was never verified"]),
    Decision(
        title: "the same content, verified for another version of the consumer, counts",
        rows: ["worker 1 ui-api:b ui 7 ok @1", "worker 2 ui-api:b ui 8 ok @2"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: true, reasons: ["its contract holds"]),
    Decision(
        title: "the same content, failed later for another version of the consumer, counts too",
        rows: ["worker 2 ui-api:b ui 7 ok @1", "worker 3 ui-api:b ui 7 bad @2"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: false,
        reasons: [
            "contract 'ui-api' of worker 2 with ui 7 failed (1 of 3 interactions), verified for worker 3 with the same content"
        ]),
    Decision(
        title: "other content, verified for another version of the consumer, does not count",
        rows: ["worker 1 ui-api:a ui 7 ok @1", "worker 2 ui-api:b ui 8 ok @2"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: false,
        reasons: ["contract 'ui-api' of worker 2 with ui 7 was never verified"]),
    Decision(
        title: "a version whose contract nobody knows is no",
        rows: ["worker 1 ui-api:a ui 7 ok @1"], running: ["ui 7 prod"], question: "worker 2 prod",
        answer: false,
        reasons: ["no verification says what worker 2 asks of ui"]),
    Decision(
        title: "a provider that runs nowhere there is no",
        rows: ["worker 2 ui-api:b ui 7 ok @1"], running: ["ui 7 test"], question: "worker 2 prod",
        answer: false,
        reasons: ["worker asks ui, and no version of it is noted in 'prod'"]),
    Decision(
        title: "a version that has gone from there does not count",
        rows: ["worker 2 ui-api:b ui 7 ok @1"], running: ["ui 7 prod gone"], question: "worker 2 prod",
        answer: false, reasons: ["worker asks ui, and no version of it is noted in 'prod'"]),
    Decision(
        title: "a provider is asked by every consumer that runs there",
        rows: [
            "worker 1 ui-api:a ui 7 ok @1", "worker 1 ui-api:a ui 8 ok @2", "bot 4 bot-api:c ui 8 bad @3",
        ], running: ["worker 1 prod", "bot 4 prod", "ui 7 prod"], question: "ui 8 prod", answer: false,
        reasons: ["contract 'bot-api' of bot 4 with ui 8 failed (1 of 3 interactions)"]),
    Decision(
        title: "a consumer that does not run there is not asked",
        rows: ["worker 1 ui-api:a ui 8 ok @2", "bot 4 bot-api:c ui 8 bad @3"],
        running: ["worker 1 prod", "bot 4 test"], question: "ui 8 prod", answer: true,
        reasons: ["its contract holds"]),
    Decision(
        title: "a provider that nobody there asks is yes once a verification names its version",
        rows: ["worker 1 ui-api:a ui 8 ok @2"], running: ["ui 7 prod"], question: "ui 8 prod", answer: true,
        reasons: ["nothing that runs in 'prod' has a contract with ui"]),
    Decision(
        title: "a version that no verification names is no, even when nobody asks it",
        rows: ["worker 1 ui-api:a ui 8 ok @2"], running: [], question: "ui 9 prod", answer: false,
        reasons: ["nothing is known of ui 9: no verification names it"]),
    Decision(
        title: "two versions that run there at once must both hold",
        rows: ["worker 2 ui-api:b ui 7 ok @1"], running: ["ui 7 prod", "ui 8 prod"],
        question: "worker 2 prod",
        answer: false, reasons: ["contract 'ui-api' of worker 2 with ui 8 was never verified"]),
    Decision(
        title: "all contracts of a pair must hold",
        rows: ["worker 2 ui-api:b ui 7 ok @1", "worker 2 events:e ui 7 bad @1"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: false,
        reasons: ["contract 'events' of worker 2 with ui 7 failed (1 of 3 interactions)"]),
    Decision(
        title: "a contract that only a newer version of the consumer has does not bind the older one",
        rows: [
            "worker 1 ui-api:a ui 8 ok @1", "worker 2 ui-api:a ui 8 ok @2", "worker 2 events:e ui 8 bad @2",
        ],
        running: ["worker 1 prod"], question: "ui 8 prod", answer: true, reasons: ["its contract holds"]),
    Decision(
        title: "a contract of an earlier version that was not verified for this one is no",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:b shop 7 ok @2",
        ],
        running: ["shop 7 prod"], question: "web 2 prod", answer: false,
        reasons: ["contract 'users' was not verified for web 2; web 1 had it"]),
    Decision(
        title: "so it is for the provider, of a consumer that runs there",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:a shop 7 ok @2",
            "web 2 orders:a shop 8 ok @3",
        ],
        running: ["web 1 prod gone @1", "web 2 prod @2"], question: "shop 8 prod", answer: false,
        reasons: ["contract 'users' was not verified for web 2; web 1 had it"]),
    Decision(
        title: "another part of the contracts verified in between drops none",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:a shop 7 ok @2",
            "web 3 orders:a shop 7 ok @3",
        ],
        running: ["shop 7 prod", "web 1 prod"], question: "web 3 prod", answer: false,
        reasons: ["contract 'users' was not verified for web 3; web 1 had it"]),
    Decision(
        title: "contracts of a version are verified in several runs",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:a shop 7 ok @2",
            "web 2 users:v shop 7 ok @3",
        ],
        running: ["shop 7 prod"], question: "web 2 prod", answer: true,
        reasons: ["all 2 contracts hold"]),
    Decision(
        title: "a contract that is given up on purpose is ignored by its name",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:b shop 7 ok @2",
        ],
        running: ["shop 7 prod", "web 1 prod"], question: "web 2 prod", answer: true,
        reasons: ["its contract holds"], ignored: ["shop/users"]),
    Decision(
        title: "one of another partner is not, and neither is the contract beside it",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:b shop 7 bad @2",
        ],
        running: ["shop 7 prod"], question: "web 2 prod", answer: false,
        reasons: [
            "contract 'orders' of web 2 with shop 7 failed (1 of 3 interactions)",
            "contract 'users' was not verified for web 2; web 1 had it",
        ], ignored: ["mail/users", "mail"]),
    Decision(
        title: "what the version that runs there gave up is asked of no later one",
        rows: [
            "web 1 orders:a shop 7 ok @1", "web 1 users:u shop 7 ok @1", "web 2 orders:b shop 7 ok @2",
            "web 3 orders:b shop 7 ok @3",
        ],
        running: ["shop 7 prod", "web 1 prod gone", "web 2 prod @2"], question: "web 3 prod", answer: true,
        reasons: ["its contract holds"]),
    Decision(
        title: "of a version that was verified with two contents the newer one is its contract",
        rows: ["worker 2 ui-api:a ui 7 bad @1", "worker 2 ui-api:b ui 7 ok @2"], running: ["ui 7 prod"],
        question: "worker 2 prod", answer: true, reasons: ["its contract holds"]),
    Decision(
        title: "consumer and provider at once",
        rows: ["ui 8 db-api:d store 3 ok @1", "worker 1 ui-api:a ui 8 ok @1"],
        running: ["store 3 prod", "worker 1 prod"], question: "ui 8 prod", answer: true,
        reasons: ["all 2 contracts hold"]),
    Decision(
        title: "a service that asks itself meets the version that is to come",
        rows: ["ui 7 own:o ui 7 bad @1", "ui 8 own:o ui 8 ok @1"], running: ["ui 7 prod"],
        question: "ui 8 prod", answer: true, reasons: ["its contract holds"]),
    Decision(
        title: "an ignored partner is left out",
        rows: ["worker 2 ui-api:b ui 7 ok @1", "worker 2 mail-api:m mailer 1 bad @1"],
        running: ["ui 7 prod", "mailer 1 prod"], question: "worker 2 prod", answer: true,
        reasons: ["its contract holds"], ignored: ["mailer"]),
]

@Suite("The matrix of versions")
struct ContractMatrixTests {
    @Test("whether a version may go to an environment", arguments: decisions)
    fileprivate func judging(_ decision: Decision) {
        let matrix = ContractMatrix(
            decision.rows.map(row), deployments: decision.running.map(deployment))
        let words = decision.question.split(separator: " ").map(String.init)
        let judgement = matrix.judge(words[0], version: words[1], to: words[2], ignoring: decision.ignored)
        #expect(judgement.isDeployable == decision.answer)
        #expect(judgement.reasons == decision.reasons)
        #expect(
            judgement.isDeployable == judgement.rows.allSatisfy { $0.state == .verified }
                || judgement.rows.isEmpty)
    }

    @Test("the rows that decide name both versions, the contract and the verification")
    func rows() throws {
        let matrix = ContractMatrix(
            [row("worker 1 ui-api:a ui 8 ok @5")], deployments: [deployment("worker 1 prod")])
        let found = try #require(matrix.judge("ui", version: "8", to: "prod").rows.first)
        #expect(found.state == .verified && found.consumer == "worker" && found.consumerVersion == "1")
        #expect(found.provider == "ui" && found.providerVersion == "8")
        #expect(found.contract == "ui-api" && found.content == "a")
        #expect(found.verification?.atMilliseconds == 5)
        #expect(found.why == "contract 'ui-api' of worker 1 with ui 8 holds")
    }

    @Test("the matrix shows the last verification of each pair, newest first")
    func latest() {
        let matrix = ContractMatrix(
            [
                row("worker 1 ui-api:a ui 7 bad @1"), row("worker 1 ui-api:a ui 7 ok @2"),
                row("worker 1 ui-api:a ui 8 ok @3"), row("bot 1 bot-api:a mailer 8 ok @4"),
            ], deployments: [deployment("ui 7 prod"), deployment("ui 7 test"), deployment("ui 6 prod gone")])
        #expect(matrix.latest().map(\.atMilliseconds) == [4, 3, 2])
        #expect(matrix.latest(of: "worker").map(\.atMilliseconds) == [3, 2])
        #expect(matrix.latest(of: "mailer").map(\.atMilliseconds) == [4])
        #expect(matrix.services == ["bot", "mailer", "ui", "worker"])
        #expect(matrix.environments == ["prod", "test"])
        #expect(matrix.environments(of: "ui", "7") == ["prod", "test"])
        #expect(matrix.environments(of: "ui", "6").isEmpty)
    }

    @Test("a contract's content does not depend on how it is written, but on what it says")
    func content() throws {
        let one = try JSON(parsing: #"{"a": 1.0, "b": [1, 2], "c": {"x": null, "y": "é"}}"#)
        let same = try JSON(parsing: #"{"c":{"y":"\u00e9","x":null},"b":[1,2],"a":1}"#)
        let other = try JSON(parsing: #"{"a": 1, "b": [2, 1], "c": {"x": null, "y": "é"}}"#)
        #expect(ContractContent.canonical(one) == ContractContent.canonical(same))
        #expect(ContractContent.canonical(one) != ContractContent.canonical(other))
        #expect(
            ContractContent.canonical(parts: [("b.json", one), ("a.json", other)])
                == ContractContent.canonical(parts: [("a.json", other), ("b.json", same)]))
        #expect(
            ContractContent.canonical(parts: [("a.json", one)])
                != ContractContent.canonical(parts: [("b.json", one)]),
            "a path is part of what a contract says")
    }
}
