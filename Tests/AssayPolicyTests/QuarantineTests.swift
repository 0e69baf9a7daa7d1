import AssayCore
import AssayFormats
import AssayPolicy
import Testing

private let one = TestIdentity(
    level: "integration", scenario: "reserve more", caseName: "large", file: "tests/reserve.yml")
private let other = TestIdentity(level: "e2e", scenario: "daily balances", file: "tests/e2e/daily.yml")
private let place = SourceLocation(file: "tests/quarantine.yml", line: 3, column: 12, length: 5)

private func list(_ entries: (String, until: String?)...) -> QuarantineList {
    var list = QuarantineList()
    list.entries = entries.map {
        QuarantineEntry(
            test: $0.0, reason: "sandbox is down", issue: "https://issues/12",
            until: $0.until.flatMap { CalendarDay(parsing: $0) }, location: place)
    }
    return list
}

private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(parsing: text)) }

@Suite("Names of tests")
struct TestIdentityTests {
    @Test(
        "a test answers to its title, its scenario, its file, and file::name",
        arguments: [
            "integration › reserve more [large]", "integration > reserve more [large]",
            "integration › reserve more",
            "tests/reserve.yml", "./tests/reserve.yml", "tests/reserve.yml::reserve more",
            "tests/reserve.yml::large",
        ])
    func named(name: String) { #expect(one.isNamed(name)) }

    @Test(
        "it does not answer to what another test is called",
        arguments: [
            "integration › reserve more [small]", "e2e › reserve more", "integration", "reserve more",
            "large",
            "tests", "tests/reserve.yml::small", "tests/other.yml::large", "", "::large",
        ])
    func notNamed(name: String) { #expect(!one.isNamed(name)) }

    @Test("a path counts from the project's folder, wherever the command was run")
    func folders() {
        let seen = TestIdentity(
            level: "l", scenario: "s", file: "../shop/tests/a.yml", projectFolder: "../shop")
        #expect(seen.file == "tests/a.yml" && seen.isNamed("tests/a.yml"))
    }
}

@Suite("Quarantine")
struct QuarantineTests {
    private func run(_ status: TestResult.Status, reason: String? = nil) -> RunRecord {
        let test = TestResult(
            level: one.level, scenario: one.scenario, caseName: one.caseName,
            location: SourceLocation(file: one.file, line: 1, column: 1), status: status, reason: reason,
            startedAtNanoseconds: 0, durationNanoseconds: 1)
        return record(of: [test, tried(.passed)])
    }

    private func judged(_ status: TestResult.Status, _ list: QuarantineList, on today: String) throws
        -> RunRecord
    {
        var record = run(status)
        record.quarantine(list, on: try day(today)) { TestIdentity($0, projectFolder: ".") }
        return record
    }

    @Test(
        "a failure in quarantine does not fail the run, until its day is over",
        arguments: [
            ("2027-01-30", TestResult.Status.quarantined, Verdict.Status.passed),
            ("2027-01-31", .quarantined, .passed), ("2027-02-01", .failed, .failed),
        ])
    func protects(today: String, status: TestResult.Status, verdict: Verdict.Status) throws {
        let record = try judged(.failed, list(("tests/reserve.yml", until: "2027-01-31")), on: today)
        #expect(record.tests.map(\.status) == [status, .passed])
        #expect(judgeTests(record, interrupted: false, deaths: []).status == verdict)
        if status == .failed {
            #expect(record.tests[0].quarantine == nil)
            #expect(record.tests[0].reason == "its quarantine ended on 2027-01-31 (sandbox is down)")
        } else {
            #expect(
                record.tests[0].quarantine?.text == "sandbox is down · https://issues/12 · until 2027-01-31")
        }
    }

    @Test("a run of nothing but failures in quarantine has a verdict")
    func alone() throws {
        var record = try judged(.failed, list(("tests/reserve.yml", until: nil)), on: "2026-11-21")
        record.tests.removeLast()
        #expect(judgeTests(record, interrupted: false, deaths: []) == Verdict(.passed))
    }

    @Test("a test that passes in quarantine is marked and stays passed; others are left alone")
    func passes() throws {
        let record = try judged(.passed, list(("tests/reserve.yml", until: nil)), on: "2026-11-21")
        #expect(record.tests.map(\.status) == [.passed, .passed])
        #expect(record.tests[0].quarantine != nil && record.tests[1].quarantine == nil)
    }

    @Test("of two entries for one test the one that still protects counts")
    func twoEntries() throws {
        let both = list(
            ("tests/reserve.yml", until: "2026-01-01"), ("integration › reserve more", until: "2027-01-01"))
        #expect(try judged(.failed, both, on: "2026-11-21").tests[0].status == .quarantined)
    }

    @Test("an entry whose day is over is told, with how to mend it")
    func expired() throws {
        let entries = list(
            ("a.yml", until: "2026-01-31"), ("b.yml", until: nil), ("c.yml", until: "2026-11-21"))
        let found = entries.expired(on: try day("2026-11-21"))
        #expect(
            found.map { $0.rendered() } == [
                """
                warning[AS262]: the quarantine of 'a.yml' ended on 2026-01-31, its failures count again
                  tests/quarantine.yml:3:12
                  fix: mend the test and remove the entry, or give it a later `until`
                """
            ])
    }

    @Test(
        "an entry that names no test is told, with the nearest name of its own form",
        arguments: [
            ("integration › reserve mor [large]", "did you mean 'integration › reserve more [large]'?"),
            ("tests/reserv.yml", "did you mean 'tests/reserve.yml'?"),
            ("tests/reserve.yml::larg", "did you mean 'tests/reserve.yml::large'?"),
            ("daily balance", "did you mean 'e2e › daily balances'?"),
            ("daily balances", "did you mean 'e2e › daily balances'?"),
            ("quite another thing", "remove the entry"),
        ])
    func unknown(name: String, fix: String) {
        let found = list((name, until: nil), ("tests/reserve.yml", until: nil)).unknown(among: [one, other])
        #expect(
            found.map { $0.rendered() } == [
                """
                warning[AS261]: the quarantine names '\(name)', and the project has no such test
                  tests/quarantine.yml:3:12
                  fix: \(fix)
                """
            ])
    }

    @Test(
        "a test that passed often enough in a row can leave", arguments: [(9, false), (10, true), (12, true)])
    func release(streak: Int, leaves: Bool) throws {
        let entries = list(("tests/reserve.yml", until: nil))
        let today = try day("2026-11-21")
        let found = entries.release(one, afterPassing: streak, on: today)
        #expect((found != nil) == leaves)
        if let found {
            #expect(
                found.rendered() == """
                    warning[AS263]: 'integration › reserve more [large]' is in quarantine and passed its last 10 runs
                      tests/quarantine.yml:3:12
                      fix: remove its entry
                    """)
        }
        #expect(entries.release(other, afterPassing: 100, on: today) == nil)
    }
}

@Suite("Days of the calendar")
struct CalendarDayTests {
    @Test(
        "a day is read as it is written", arguments: ["2027-01-31", "2024-02-29", "2000-02-29", "0001-12-30"])
    func reads(text: String) throws { #expect(try day(text).description == text) }

    @Test(
        "what no calendar has is refused",
        arguments: [
            "2027-02-29", "1900-02-29", "2027-04-31", "2027-13-01", "2027-00-10", "2027-01-00", "2027-1-31",
            "27-01-31", "2027/01/31", "2027-01-31T00:00", "+027-01-31", "", "today", "２０２７-01-31",
        ])
    func refuses(text: String) { #expect(CalendarDay(parsing: text) == nil) }

    @Test("days are in order, and a moment is in its UTC day")
    func order() throws {
        let days = try ["2026-12-31", "2027-01-01", "2027-01-31", "2027-02-01"].map { try day($0) }
        #expect(days == days.sorted() && Set(days).count == 4)
        #expect(CalendarDay(milliseconds: 1_795_255_800_000).description == "2026-11-21")
    }
}
