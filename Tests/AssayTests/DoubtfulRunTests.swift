import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import Assay

/// The built program; `nil` when the tests are run from elsewhere.
private let program: String? = {
    guard let bytes = try? Files.read("/proc/self/cmdline") else { return nil }
    for word in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
        guard let place = word.firstRange(of: "assayPackageTests.xctest") else { continue }
        let path = word[..<place.lowerBound] + "assay"
        if Files.kind(of: String(path)) == .file { return String(path) }
    }
    return nil
}()

/// A project in a folder of its own, run by the built program.
private struct Shop {
    let folder: TemporaryFolder

    /// Fails as often as `failures` says, then passes: the count is kept in a file.
    static func counting(_ name: String, failures: Int) -> String {
        """
        assay: 1
        scenario: \(name)
        steps:
          - run: {command: [sh, -c, "n=$(cat \(name).n 2>/dev/null || echo 0); echo $((n+1)) > \(name).n; test $n -ge \(failures)"]}
            expect: {exit: 0}
        """
    }

    init(policy: String = "", _ scenarios: [String: String]) throws {
        folder = try TemporaryFolder()
        try folder.write(
            """
            assay: 1
            project: shop
            levels: {integration: {scenarios: tests}}
            policy:
              order: declared
            \(policy)
            """, to: "assay.yml")
        for (name, text) in scenarios { try folder.write(text, to: "tests/\(name).yml") }
    }

    func run(_ words: String..., history: String? = nil) async throws -> (status: Int32, output: String) {
        try await start([try #require(program)] + words, history: history)
    }

    func start(_ words: [String], history: String? = nil) async throws -> (status: Int32, output: String) {
        let hidden = ["CI", "ASSAY_HISTORY"]
        var environment = Host.environment.filter { !hidden.contains($0.name) }
        if let history { environment.append(("ASSAY_HISTORY", history)) }
        let spec = ProcessSpec(command: words, environment: environment, folder: folder.path)
        let reactor = try Reactor()
        let ended = reactor.run {
            let deadline = Reactor.monotonicNow() &+ Duration.seconds(60).nanoseconds
            return try? await ChildProcess.runToEnd(spec, on: reactor, until: deadline)
        }
        let result = try #require(ended)
        guard case .exited(let status) = result.status else { return (-1, "\(result.status)") }
        return (status, String(decoding: result.output + result.errors, as: UTF8.self))
    }
}

@Suite(
    "Runs with tests in doubt", .enabled(if: program != nil, "the program is not built"),
    .timeLimit(.minutes(5)))
struct DoubtfulRunTests {
    @Test("a test that fails on the first try and passes on the second is flaky, in every output")
    func flaky() async throws {
        let shop = try Shop(
            policy: "  flaky: {retries: 2}",
            ["pay": Shop.counting("pay", failures: 1), "buy": Shop.counting("buy", failures: 0)])
        let ended = try await shop.run("test", "--out", "out")
        #expect(ended.status == 0, "\(ended.output)")
        #expect(ended.output.contains("1 flaky: passed only when tried again"))
        #expect(
            ended.output.contains("passed on try 2") && ended.output.contains("PASSED  2 passed (1 flaky)"))
        #expect(try shop.folder.read("out/junit.xml").contains("<flakyFailure message="))
        #expect(try shop.folder.read("out/report.html").contains("Flaky: passed only when tried again"))
        #expect(try shop.folder.read("out/report.md").contains("## Flaky"))
        #expect(try shop.folder.read("out/record.jsonl").contains("\"attempts\":[{\"status\":\"failed\""))
        let ranked = try await shop.run("history", "--flaky")
        #expect(ranked.output.contains("integration › pay") && !ranked.output.contains("integration › buy"))
        #expect(ranked.output.contains("1 retried, 0 flipped, of 1"))
    }

    @Test("each try has a database of its own: what the first one wrote is not there for the second")
    func isolation() async throws {
        let shop = try Shop(policy: "  flaky: {retries: 1}", [:])
        try shop.folder.write("create table items (id text);\n", to: "schema.sql")
        try shop.folder.write(
            """
            assay: 1
            project: shop
            stand: {dependencies: {db: {sqlite: {schema: schema.sql}}}}
            levels: {integration: {scenarios: tests, isolation: database-per-scenario}}
            policy: {flaky: {retries: 1}}
            """, to: "assay.yml")
        let count = Shop.counting("pay", failures: 1).split(separator: "\n").dropFirst(3).joined(
            separator: "\n")
        try shop.folder.write(
            """
            assay: 1
            scenario: pay
            steps:
              - sql: {on: db, run: "insert into items values ('one')"}
              - sql: {on: db, query: "select count(*) as n from items"}
                expect: {rows: [{n: 1}]}
            \(count)
            """, to: "tests/pay.yml")
        let ended = try await shop.run("test")
        #expect(ended.status == 0 && ended.output.contains("passed on try 2"), "\(ended.output)")
        #expect(ended.output.contains("step 'run sh': expected exit 0, actual 1"), "\(ended.output)")
    }

    @Test("the project may want flaky tests to fail, or not to be told of them")
    func policies() async throws {
        let strict = try Shop(
            policy: "  flaky: {retries: 2, fail: true}", ["pay": Shop.counting("pay", failures: 1)])
        let failed = try await strict.run("test")
        #expect(failed.status == 1)
        #expect(failed.output.contains("'pay' passed only on try 2, and a test must pass at once (flaky)"))
        let quiet = try Shop(
            policy: "  flaky: {retries: 2, report: false}", ["pay": Shop.counting("pay", failures: 1)])
        let passed = try await quiet.run("test", "--out", "out")
        #expect(passed.status == 0 && !passed.output.contains("flaky"))
        #expect(!(try quiet.folder.read("out/record.jsonl")).contains("\"attempts\":["))
        #expect(
            try await quiet.run("history", "--flaky").output.contains("1 retried"), "the history knows it")
    }

    @Test(
        "--retries takes the place of the project's, and 0 switches it off",
        arguments: [(0, 1), (1, 1), (2, 0)])
    func commandLine(retries: Int, status: Int32) async throws {
        let shop = try Shop(policy: "  flaky: {retries: 1}", ["pay": Shop.counting("pay", failures: 2)])
        let ended = try await shop.run("test", "--retries", "\(retries)")
        #expect(ended.status == status, "\(ended.output)")
    }

    @Test("--repeat counts passes and failures of each test, and any failure fails the run")
    func repeats() async throws {
        let shop = try Shop(
            policy: "  flaky: {retries: 2}",
            ["pay": Shop.counting("pay", failures: 3), "buy": Shop.counting("buy", failures: 0)])
        let ended = try await shop.run("test", "--repeat", "20", "--out", "out")
        #expect(ended.status == 1)
        #expect(ended.output.contains("17 of 20 passed; repetition 1 is shown"))
        #expect(ended.output.contains("FAILED  1 passed, 1 failed"))
        let lines = try shop.folder.read("out/record.jsonl").split(separator: "\n")
        #expect(lines.count { $0.contains("\"type\":\"test\"") } == 2)
        #expect(try shop.folder.read("pay.n") == "20\n", "retries do not add to repetitions")
        let history = try await shop.run("history", "pay")
        #expect(history.output.contains("failed") && history.output.contains("20 tries"))
    }

    @Test("--until-failure ends the run with the first failure")
    func untilFailure() async throws {
        let text = """
            assay: 1
            scenario: pay
            steps:
              - run: {command: [sh, -c, "n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n; test $n -lt 4"]}
                expect: {exit: 0}
            """
        let shop = try Shop(["pay": text])
        let ended = try await shop.run("test", "--until-failure")
        #expect(
            ended.status == 1 && ended.output.contains("4 of 5 passed; repetition 5 is shown"),
            "\(ended.output)")
        #expect(try shop.folder.read("n") == "5\n")
        let both = try await shop.run("test", "--repeat", "3", "--retries", "2")
        #expect(both.status == 2)
        #expect(
            both.output == """
                error[AS269]: --retries 2 does not go with repetitions, each of which counts as it ends
                  fix: leave one of them out

                """)
    }

    @Test("a test in quarantine fails without failing the run; what the list says wrong is told")
    func quarantine() async throws {
        let shop = try Shop(
            policy: "  quarantine: tests/quarantine.yml",
            [
                "pay": Shop.counting("pay", failures: 100), "buy": Shop.counting("buy", failures: 0),
                "quarantine": """
                assay: 1
                quarantine:
                  - {test: integration › pay, reason: the sandbox is down, issue: "https://issues/12", until: 2999-01-31}
                  - {test: tests/bye.yml, reason: misspelt}
                  - {test: "tests/buy.yml::buy", reason: long ago, until: 2020-01-31}
                """,
            ])
        let ended = try await shop.run("test", "--out", "out")
        #expect(ended.status == 0, "\(ended.output)")
        for part in [
            "1 quarantined: failed, and does not count",
            "quarantine: the sandbox is down · https://issues/12 · until 2999-01-31",
            "the quarantine names 'tests/bye.yml', and the project has no such test",
            "  tests/quarantine.yml:4: did you mean 'tests/buy.yml'?",
            "the quarantine of 'tests/buy.yml::buy' ended on 2020-01-31, its failures count again",
            "PASSED  1 passed, 1 quarantined",
        ] {
            #expect(ended.output.contains(part), "\(part)\n\(ended.output)")
        }
        #expect(try shop.folder.read("out/junit.xml").contains("failures=\"0\""))
        #expect(try shop.folder.read("out/junit.xml").contains("<skipped message=\"failed in quarantine"))
        let checked = try await shop.run("check")
        #expect(
            checked.status == 0 && checked.output.contains("warning[AS261]")
                && checked.output.contains("warning[AS262]"))
        let part = try await shop.run("test", "tests/buy.yml")
        #expect(!part.output.contains("integration › pay"), "a test that was not chosen is not unknown")
    }

    @Test("a test that passed often enough in a row is proposed for release")
    func release() async throws {
        let shop = try Shop(
            policy: "  quarantine: {tests: [{test: tests/buy.yml, reason: unsteady}], release-after: 3}",
            ["buy": Shop.counting("buy", failures: 1)])
        var outputs: [String] = []
        for _ in 0..<4 { outputs.append(try await shop.run("test").output) }
        let advice = "'integration › buy' is in quarantine and passed its last 3 runs"
        #expect(outputs.map { $0.contains(advice) } == [false, false, false, true], "\(outputs)")
    }

    @Test("a quarantine list that is not there stops the run before it begins")
    func noList() async throws {
        let shop = try Shop(
            policy: "  quarantine: quarantine.yml", ["buy": Shop.counting("buy", failures: 0)])
        let ended = try await shop.run("test")
        #expect(ended.status == 2)
        #expect(
            ended.output == """
                error[AS264]: the quarantine list cannot be read: open quarantine.yml: ENOENT (No such file or directory)
                  assay.yml:6:15
                  fix: make the file, with `assay: 1` and `quarantine: []`

                """)
    }

    @Test("a damaged history costs a warning and not the verdict")
    func damaged() async throws {
        let shop = try Shop(["buy": Shop.counting("buy", failures: 0)])
        try shop.folder.write(String(repeating: "no database", count: 1000), to: ".assay/history.db")
        let ended = try await shop.run("test")
        #expect(ended.status == 0 && ended.output.contains("PASSED  1 passed"))
        #expect(ended.output.contains("warning[AS265]: the run history .assay/history.db cannot be used"))
        #expect(try await shop.run("history").status == 2)
    }

    @Test("ASSAY_HISTORY names another file")
    func place() async throws {
        let shop = try Shop(["buy": Shop.counting("buy", failures: 0)])
        _ = try await shop.run("test", history: "kept/all.db")
        #expect(Files.kind(of: shop.folder.path + "/kept/all.db") == .file)
        #expect(Files.kind(of: shop.folder.path + "/.assay/history.db") == nil)
        let url = try await shop.run("test", history: "postgres://u@h/db")
        #expect(url.status == 0 && url.output.contains("warning[AS267]"))
    }

    @Test("the history is listed, also as JSON, and an unknown test is told its nearest")
    func listing() async throws {
        let shop = try Shop([
            "buy": Shop.counting("buy", failures: 1), "pay": Shop.counting("pay", failures: 0),
        ])
        #expect(
            try await shop.run("history").output
                == "there is no history yet; .assay/history.db is made by the next run\n")
        #expect(try await shop.run("history", "--json").output == "[]\n")
        for _ in 0..<2 { _ = try await shop.run("test", "--seed", "8F2C61") }
        let runs = try JSON(parsing: Array(try await shop.run("history", "--json").output.utf8))
        #expect(runs.arrayValue?.compactMap { $0["verdict"]?.stringValue } == ["passed", "failed"])
        #expect(runs[1]?["counts"]?["failed"]?.intValue == 1 && runs[0]?["seed"]?.stringValue == "8F2C61")
        let folder = try #require(runs[0]?["folder"]?.stringValue)
        #expect(Files.kind(of: "\(shop.folder.path)/\(folder)/record.jsonl") == .file)
        let tests = try await shop.run("history", "--tests")
        #expect(tests.output.contains("█▁  1 of 2 passed") && tests.output.contains("▁▁  2 of 2 passed"))
        let one = try await shop.run("history", "integration › buy")
        #expect(one.output.contains("expected exit 0, actual 1") && !one.output.contains("pay"))
        let unknown = try await shop.run("history", "integration › by")
        #expect(unknown.status == 2)
        #expect(
            unknown.output == """
                error[AS268]: the history knows no test 'integration › by'
                  fix: did you mean 'integration › buy'?

                """)
    }

    @Test("another result at the same commit is a flip, unless files were changed", arguments: [false, true])
    func flips(changesFiles: Bool) async throws {
        let shop = try Shop(["pay": Shop.counting("pay", failures: 1)])
        let git = """
            git init -q -b trunk && git add assay.yml tests &&
            git -c user.name=a -c user.email=a@example.org commit -q -m begin
            """
        try #require(try await shop.start(["sh", "-c", git]).status == 0)
        #expect(try await shop.run("test").status == 1)
        if changesFiles {
            try shop.folder.write(Shop.counting("pay", failures: 0) + "\n", to: "tests/pay.yml")
        }
        #expect(try await shop.run("test").status == 0)
        let runs = try JSON(parsing: Array(try await shop.run("history", "--json").output.utf8))
        #expect(runs[0]?["branch"]?.stringValue == "trunk" && runs[0]?["commit"]?.stringValue?.count == 12)
        #expect((runs[0]?["changed"]?.boolValue ?? false) == changesFiles)
        let ranked = try await shop.run("history", "--flaky").output
        #expect(ranked.contains("0 retried, 1 flipped, of 2") == !changesFiles, "\(ranked)")
    }

    @Test("a load run is in the history too, with its requests and thresholds")
    func load() async throws {
        let shop = try Shop(["wait": "assay: 1\nscenario: wait\nsteps: [{think: 1ms}]\n"])
        try shop.folder.write(
            "assay: 1\nload: smoke\nscenarios: [{use: tests/wait.yml}]\niterations: {users: 1, total: 3}\n",
            to: "load.yml")
        let ended = try await shop.run("load", "load.yml")
        #expect(ended.status == 0, "\(ended.output)")
        let listed = try await shop.run("history").output
        #expect(listed.contains("load  passed  0 of 0 thresholds held, 0 requests"), "\(listed)")
        #expect(try await shop.run("history", "--tests").output == "no test is in the history\n")
    }

    @Test("two at once write the same history")
    func sideBySide() async throws {
        let shop = try Shop(["buy": Shop.counting("buy", failures: 0)])
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for number in 0..<2 {
                group.addTask { try await shop.run("test", "--out", "out\(number)").status }
            }
            for try await status in group { #expect(status == 0) }
        }
        let runs = try JSON(parsing: Array(try await shop.run("history", "--json").output.utf8))
        #expect(runs.arrayValue?.count == 2)
    }
}
