import AssayCore
import AssayFormats
import AssayNet
import AssayPolicy
import Testing

@testable import Assay

/// A folder that is gone when its owner is.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        let name = "assay-tests-\(Host.processID)-\(UInt64.random(in: 0 ... .max))"
        path = (Host.environment("TMPDIR") ?? "/tmp") + "/" + name
        try Files.makeFolder(path)
    }

    deinit { try? Files.remove(path) }

    func write(_ text: String, to name: String) throws {
        let file = "\(path)/\(name)"
        if let slash = file.lastIndex(of: "/") { try Files.makeFolder(String(file[..<slash])) }
        try Files.write(Array(text.utf8), to: file)
    }

    func read(_ name: String) throws -> String {
        String(decoding: try Files.read("\(path)/\(name)"), as: UTF8.self)
    }
}

private func run(_ number: Int) -> PastRun {
    var run = PastRun(
        kind: number % 2 == 0 ? .test : .load, project: "shop", name: "pr \(number)",
        startedAtMilliseconds: 1_795_255_800_000 + Int64(number) * 1000, durationNanoseconds: 5_400_000_000,
        verdict: .failed, reasons: ["1 test failed", "it's \"odd\"; drop table runs"], commit: "4c80f8a1d2e3",
        isChanged: number % 3 == 0, branch: "main", seed: .max, folder: ".assay/runs/\(number)")
    (run.counts.passed, run.counts.failed, run.counts.flaky) = (60, 1, 2)
    (run.counts.quarantined, run.counts.skipped, run.counts.requests) = (3, 4, 41_230)
    return run
}

private func test(
    _ scenario: String, case caseName: String? = nil, _ status: TestResult.Status = .passed,
    isFlaky: Bool = false,
    reason: String? = nil
) -> PastTest {
    PastTest(
        level: "integration", scenario: scenario, caseName: caseName, file: "tests/\(scenario).yml",
        results: [
            PastResult(
                run: 0, startedAtMilliseconds: 0, status: status, isFlaky: isFlaky, attempts: isFlaky ? 2 : 1,
                durationNanoseconds: 90_000_000, reason: reason)
        ])
}

@Suite("The history's file")
struct RunHistoryTests {
    let folder: TemporaryFolder
    let history: RunHistory

    init() throws {
        folder = try TemporaryFolder()
        history = RunHistory(path: folder.path + "/.assay/history.db")
    }

    @Test("a run is read back as it was written, newest first")
    func runs() async throws {
        for number in 1...3 { #expect(await history.add(run(number), []) == nil) }
        let found = try #require(try await history.runs(limit: 10).get())
        #expect(found.map(\.id) == [3, 2, 1])
        for (past, number) in zip(found, [3, 2, 1]) {
            var expected = run(number)
            expected.id = Int64(number)
            #expect(past == expected)
        }
        #expect(try await history.runs(limit: 2).get()?.map(\.id) == [3, 2])
    }

    @Test(
        "a test has its results over the runs, oldest first, with the commit where its files were unchanged")
    func tests() async throws {
        let reason = "step 'a': expected status 200, actual 503"
        _ = await history.add(run(1), [test("pay"), test("buy", case: "large", .failed, reason: reason)])
        _ = await history.add(
            run(2), [test("buy", case: "small"), test("buy", case: "large", isFlaky: true)])
        _ = await history.add(run(3), [test("buy", case: "large", .quarantined)])
        let found = try #require(try await history.tests(limit: 50).get())
        #expect(
            found.map(\.title) == [
                "integration › buy [large]", "integration › buy [small]", "integration › pay",
            ])
        let large = found[0].results
        #expect(large.map(\.status) == [.failed, .passed, .quarantined] && large.map(\.run) == [1, 2, 3])
        #expect(large.map(\.isFlaky) == [false, true, false] && large.map(\.attempts) == [1, 2, 1])
        #expect(large.map(\.reason) == [reason, nil, nil])
        #expect(large.map(\.commit) == ["4c80f8a1d2e3", "4c80f8a1d2e3", nil])
        #expect(large[0].startedAtMilliseconds == 1_795_255_801_000 && large[0].folder == ".assay/runs/1")
        #expect(
            try await history.tests(limit: 2) { $0.scenario == "buy" }.get()?.map(\.results.count) == [2, 1])
    }

    @Test("only so many runs are kept, with their tests")
    func retention() async throws {
        var short = history
        short.retainedRuns = 3
        for number in 1...5 { #expect(await short.add(run(number), [test("pay")]) == nil) }
        #expect(try await short.runs(limit: 10).get()?.map(\.id) == [5, 4, 3])
        #expect(try await short.tests(limit: 10).get()?.first?.results.map(\.run) == [3, 4, 5])
        let rows = try HistoryFile(path: history.path, forWriting: false).run("select count(*) from tests")
        #expect(rows == [[.int(3)]], "the tests of forgotten runs are forgotten too")
        #expect(RunHistory(path: "x").retainedRuns == 5000)
    }

    @Test("several that begin at once all write, also into a file that none has made yet")
    func concurrent() async throws {
        let history = history
        let problems = await withTaskGroup(of: Diagnostic?.self) { group in
            for number in 1...24 {
                group.addTask { await history.add(run(number), [test("pay"), test("buy")]) }
            }
            return await group.reduce(into: [Diagnostic]()) { all, problem in
                all += [problem].compactMap(\.self)
            }
        }
        #expect(problems.isEmpty)
        #expect(try await history.runs(limit: 100).get()?.count == 24)
        #expect(try await history.tests(limit: 100).get()?.map(\.results.count) == [24, 24])
    }

    @Test("before the first run there is nothing, and asking makes no file")
    func none() async throws {
        #expect(try await history.runs(limit: 1).get() == nil)
        #expect(Files.kind(of: history.path) == nil)
    }

    @Test("a damaged file is a warning with its path, when written and as an error when asked for")
    func damaged() async throws {
        try folder.write(String(repeating: "this is no database. ", count: 500), to: ".assay/history.db")
        let warning = try #require(await history.add(run(1), []))
        let words = "the run history \(history.path) cannot be used: file is not a database"
        #expect(
            warning.rendered() == """
                warning[AS265]: \(words)
                  fix: move the file away; the next run makes a new one
                """)
        guard case .failure(let asked) = await history.runs(limit: 1) else {
            Issue.record("the file was read")
            return
        }
        #expect(asked.all.map(\.message) == [words] && asked.all.map(\.severity) == [.error])
        #expect(try folder.read(".assay/history.db").hasPrefix("this is no database"), "it is left as it was")
    }

    @Test("pages that are broken later on are a warning too")
    func brokenPages() async throws {
        for number in 1...30 {
            _ = await history.add(
                run(number), (0..<50).map { test("test \($0)", reason: String(repeating: "x", count: 300)) })
        }
        try? Files.remove(history.path + "-wal")
        var bytes = try Files.read(history.path)
        for index in 4096..<bytes.count { bytes[index] = 0xA5 }
        try Files.write(bytes, to: history.path)
        let warning = try #require(await history.add(run(31), [test("pay")]))
        #expect(warning.code == "AS265" && warning.message.contains(history.path))
    }

    @Test("a file that another process does not let go of is a warning, and nothing of the run is in it")
    func locked() async throws {
        _ = await history.add(run(1), [test("pay")])
        var hasty = history
        hasty.patience = .milliseconds(1)
        do {
            let other = try HistoryFile(path: history.path, forWriting: true)
            try other.run("begin immediate")
            let warning = try #require(await hasty.add(run(2), [test("pay")]))
            #expect(
                warning.rendered()
                    == "warning[AS265]: the run history \(history.path) cannot be used: database is locked")
        }
        #expect(try await history.runs(limit: 10).get()?.count == 1)
        #expect(await hasty.add(run(3), [test("pay")]) == nil)
    }

    @Test("a run whose tests cannot be written is not written either")
    func wholeOrNot() async throws {
        _ = await history.add(run(1), [test("pay")])
        try HistoryFile(path: history.path, forWriting: true).run(
            "create trigger full before insert on tests when new.scenario = 'c' begin select raise(abort, 'disk full'); end"
        )
        let warning = try #require(await history.add(run(2), [test("a"), test("b"), test("c")]))
        #expect(warning.message.hasSuffix("cannot be used: disk full"))
        #expect(try await history.runs(limit: 10).get()?.count == 1)
        #expect(try await history.tests(limit: 10).get()?.map(\.scenario) == ["pay"])
    }

    @Test("a place that cannot hold a file is a warning", arguments: [".assay/history.db", ".assay"])
    func noPlace(name: String) async throws {
        if name == ".assay" {
            try folder.write("in the way", to: name)
        } else {
            try Files.makeFolder(folder.path + "/" + name)
        }
        let warning = try #require(await history.add(run(1), []))
        #expect(warning.code == "AS265" && warning.severity == .warning)
    }

    @Test("a file of a newer Assay is left alone, and says which versions")
    func newer() async throws {
        _ = await history.add(run(1), [])
        try HistoryFile(path: history.path, forWriting: true).run("pragma user_version = 9")
        let warning = try #require(await history.add(run(2), []))
        #expect(
            warning.rendered() == """
                warning[AS266]: the run history \(history.path) has version 9, and this Assay knows up to 4
                  fix: use the newer Assay, or name another file with ASSAY_HISTORY
                """)
        #expect(
            try HistoryFile(path: history.path, forWriting: false).run("select count(*) from runs") == [
                [.int(1)]
            ])
    }

    @Test("ASSAY_HISTORY names a file, or a PostgreSQL database whose password nobody sees")
    func place() {
        func path(_ folder: String, _ place: String?) -> String {
            RunHistory.of(projectFolder: folder, place: place).path
        }
        #expect(path(".", nil) == ".assay/history.db")
        #expect(path("../shop", "") == "../shop/.assay/history.db")
        #expect(path("shop", "/var/h.db") == "/var/h.db")
        #expect(path(".", "postgres://u@h/db") == "postgres://u@h/db")
        #expect(path(".", "postgresql://u:p%40ss@h:5433/db?x=1") == "postgresql://u:***@h:5433/db?x=1")
        #expect(path(".", "postgresql:///db?password=a%20b&host=x") == "postgresql:///db?password=***&host=x")
    }

    @Test(
        "of an address no message has the password, however it is written",
        arguments: [
            ("postgres://u:se%40cret@h/db", "bad se%40cret or se@cret", "bad *** or ***"),
            ("postgres://u:pw1@h/db", "in postgres://u:pw1@h/db: no", "in postgres://u:***@h/db: no"),
            ("postgresql://h/db?password=topsecret", "topsecret", "***"),
        ])
    func masked(url: String, text: String, shown: String) throws {
        #expect(try #require(HistoryAddress(url)).mask(text) == shown)
    }

    @Test(
        "of an address that is not escaped no part of the password is shown",
        arguments: [
            ("postgres://u:ab?cd@h/db", "postgres://u:***@h/db"),
            ("postgres://u:ab/cd@h:5/db?x=1", "postgres://u:***@h:5/db?x=1"),
            ("postgres://u:a/b?c@d:e@h/db", "postgres://u:***@h/db"),
            ("postgres://u:ab/cd@h/db?password=ef&x=1", "postgres://u:***@h/db?password=***&x=1"),
            ("postgres://u:ab@h/db?x=c@d&password=ef", "postgres://***"),
            ("postgres://u@h/db?password=ab:cd@ef", "postgres://***"),
            ("postgres://us/er:ab@h/db", "postgres://***"),
            ("postgres://u@h/db?password=ab@cd", "postgres://u@h/db?password=***"),
            ("postgres://h/db?pass%77ord=ab", "postgres://h/db?pass%77ord=***"),
            ("postgres://u:ab@[::1]:5/db", "postgres://u:***@[::1]:5/db"),
        ])
    func unescaped(url: String, shown: String) throws {
        #expect(try #require(HistoryAddress(url)).shown == shown)
    }

    @Test("a piece of a password that was taken for a host or a port is in no message")
    func pieces() throws {
        let address = try #require(HistoryAddress("postgres://u:q/horse?x@h/db"))
        #expect(address.mask("bad port \"q\", database \"horse\"") == "bad port ***, database \"***\"")
    }

    @Test("`last`, a branch and a commit are of load runs when runs are compared; a number is of any")
    func compared() async throws {
        for number in 1...4 { #expect(await history.add(run(number), []) == nil) }
        let reference = RunReference(history: history, projectFolder: folder.path)
        func found(_ name: String) async -> String {
            let result = await reference.find(name, kind: RunReference.kind(comparedBy: name))
            guard case .failure(let problems) = result else { return "a record" }
            return problems.all.first?.message ?? ""
        }
        // Nothing but the lines of these runs is kept, and the message says of which.
        for name in ["last", "branch:main", "commit:4c80", "pr 3", "3", "#3"] {
            #expect(await found(name) == "nothing is left of run 3 but its line in the history", "\(name)")
        }
        #expect(await found("4") == "nothing is left of run 4 but its line in the history")
        #expect(await found("last-1") == "there is no run 'last-1'", "the profile was run once")
        #expect(await found("pr 4") == "there is no run 'pr 4'")
    }

    @Test("a server that cannot be reached is a warning, and the project's own file takes its place")
    func unreachable() async throws {
        // Port 1 of loopback answers nobody.
        let wanted = RunHistory.of(
            projectFolder: folder.path, place: "postgres://u:hush@127.0.0.1:1/db?connect_timeout=2")
        let (history, warnings) = await wanted.reachable(projectFolder: folder.path)
        #expect(history.path == folder.path + "/.assay/history.db")
        let text = try #require(warnings.first?.rendered())
        #expect(
            text.hasPrefix(
                "warning[AS267]: the run history postgres://u:***@127.0.0.1:1/db?connect_timeout=2 cannot be reached: "
            ))
        #expect(
            text.hasSuffix("\n  fix: \(history.path) is used; start the server, or correct ASSAY_HISTORY"))
        #expect(!text.contains("hush"))
        #expect(await history.add(run(1), []) == nil)
    }

    @Test("a file of an earlier Assay is read as it is, and brought up to date by the next run")
    func migrated() async throws {
        try Files.makeFolder(folder.path + "/.assay")
        do {
            let old = try HistoryFile(path: history.path, forWriting: true)
            for step in HistorySchema.steps[..<3] {
                for statement in step { try old.run(statement) }
            }
            try old.run("pragma user_version = 3")
        }
        #expect(try await history.runs(limit: 5).get() == [])
        #expect(try await history.record(of: 1).get() == nil)
        #expect(await history.add(run(1), [test("pay")], record: "x") == nil)
        let file = try HistoryFile(path: history.path, forWriting: false)
        #expect(try file.version() == 4)
        #expect(try file.run("select run, record from records") == [[.int(1), .text("x")]])
    }

    @Test("runs are chosen by profile, verdict, branch, commit and time")
    func filters() async throws {
        for number in 1...4 {
            var run = run(number)
            run.branch = number > 2 ? "main" : "fix/a"
            run.verdict = number == 3 ? .passed : .failed
            #expect(await history.add(run, []) == nil)
        }
        func ids(_ change: (inout RunFilter) -> Void) async throws -> [Int64]? {
            var filter = RunFilter()
            change(&filter)
            return try await history.runs(filter, limit: 10).get()?.map(\.id)
        }
        #expect(try await ids { $0.profile = "pr 2" } == [2])
        #expect(try await ids { $0.verdict = .passed } == [3])
        #expect(try await ids { $0.branch = "fix/a" } == [2, 1])
        #expect(try await ids { $0.commit = "4c80" } == [4, 3, 2, 1])
        #expect(try await ids { $0.commit = "5%" } == [])
        #expect(try await ids { $0.sinceMilliseconds = 1_795_255_803_000 } == [4, 3])
        #expect(try await ids { ($0.kind, $0.before) = (.load, 3) } == [1])
    }

    @Test(
        "moments are ages or dates, UTC",
        arguments: [
            ("1d", 1_795_169_400_000), ("2026-11-21", 1_795_219_200_000),
            ("2026-11-21T10:10:00Z", 1_795_255_800_000), ("1970-01-01", 0), ("2024-02-29", 1_709_164_800_000),
        ])
    func moments(text: String, milliseconds: Int64) {
        #expect(RunFilter.moment(text, now: 1_795_255_800_000) == milliseconds)
    }

    @Test("what is no moment is none", arguments: ["", "yesterday", "2026", "2026-13-01", "2026-11-x"])
    func noMoment(text: String) { #expect(RunFilter.moment(text, now: 0) == nil) }
}
