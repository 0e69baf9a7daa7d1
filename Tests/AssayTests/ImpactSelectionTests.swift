import AssayCore
import AssayNet
import AssayPolicy
import AssayRunner
import AssayScenario
import Testing

@testable import Assay

/// A whole project in a folder of its own, chosen from as `assay test` does.
@Suite("Choosing tests by a change")
struct ImpactSelectionTests {
    private func project(_ name: String = #function) throws -> TestFolder {
        let folder = try TestFolder(name)
        try folder.write(
            """
            assay: 1
            project: shop
            stand: {dependencies: {db: {sqlite: {schema: db/schema.sql}}}}
            levels:
              unit: {run: "true", coverage: cover.out, needs-stand: false, paths: ["services/**"]}
              lint: {run: "true", needs-stand: false}
              api: {scenarios: tests/api, paths: ["services/api/**"]}
              e2e: {scenarios: tests/e2e}
            pipelines: {quick: [lint, e2e]}
            policy: {coverage: {total: 80%}}
            """, "assay.yml")
        try folder.write("create table t (a int);", "db/schema.sql")
        let steps = "steps: [{think: 1ms}]\n"
        try folder.write("assay: 1\nscenario: reserve\n" + steps, "tests/api/reserve.yml")
        try folder.write(
            "assay: 1\nscenario: browse\npaths: [\"web/**\", \"!**/*.md\"]\n" + steps, "tests/api/browse.yml")
        try folder.write(
            "assay: 1\nscenario: buy\npaths: [shop]\nsteps: [{if: '${true}', then: [{use: parts/login.yml, with: {name: a}}]}]\n",
            "tests/e2e/buy.yml")
        try folder.write("assay: 1\nscenario: login\nparams: [name]\n" + steps, "tests/e2e/parts/login.yml")
        return folder
    }

    private func selection(
        _ folder: TestFolder, changed: [String]? = nil, _ change: (inout TestJob) -> Void = { _ in }
    ) throws -> (TestSelection, lines: [String]) {
        let workspace = try Workspace.open(folder.path).get()
        var job = TestJob()
        change(&job)
        var selection = try TestSelection.read(job, workspace).get()
        guard let changed else { return (selection, []) }
        let lines = selection.narrow(
            to: ChangedFiles(revision: "main", paths: Set(changed)), workspace, namesAtMost: 5)
        return (selection, lines)
    }

    private func names(_ selection: TestSelection) -> [String] {
        selection.chosen.map(\.scenario.name) + selection.runners.map(\.name)
    }

    @Test(
        "what runs after a change",
        arguments: [
            (["services/api/a.go"], ["reserve", "unit", "lint"]), (["services/x.go"], ["unit", "lint"]),
            (["web/a.ts"], ["browse", "lint"]), (["web/a.md"], ["lint"]),
            (["tests/api/reserve.yml"], ["reserve", "lint"]), (["shop/a/b"], ["buy", "lint"]),
            (["db/schema.sql"], ["browse", "reserve", "buy", "unit", "lint"]),
            (["assay.yml"], ["browse", "reserve", "buy", "unit", "lint"]), ([], ["lint"]),
        ])
    func choices(changed: [String], expected: [String]) throws {
        let folder = try project("choices\(changed.joined().utf8.reduce(0) { $0 &* 31 &+ UInt32($1) })")
        #expect(names(try selection(folder, changed: changed).0) == expected)
    }

    @Test("a scenario that another uses brings that one along")
    func used() throws {
        let folder = try project()
        try folder.write(
            "assay: 1\nscenario: buy\npaths: [shop]\nsteps:\n  - parallel: {times: 2, steps: [{use: parts/login.yml, with: {name: a}}]}\n",
            "tests/e2e/buy.yml")
        let (found, _) = try selection(folder, changed: ["tests/e2e/parts/login.yml"])
        #expect(names(found) == ["buy", "lint"])
    }

    @Test("what is left out is in the record as skipped, and a person is told")
    func leftOut() throws {
        let folder = try project()
        let (found, lines) = try selection(folder, changed: ["services/x.go"])
        #expect(
            lines == [
                "since main: 0 of 3 scenarios, 2 of 2 levels; left out: browse, reserve, buy",
                "1 without `paths:` always runs: lint",
            ])
        #expect(found.skipped.map(\.title) == ["browse", "reserve", "buy"])
        #expect(found.skipped.allSatisfy { $0.reason == "nothing that its paths name changed since main" })
        #expect(found.skipped.map(\.level) == ["api", "api", "e2e"])
        #expect(!found.needsStand)
    }

    @Test("when nothing is left to run, that is a pass that says why, and coverage is not judged")
    func nothing() throws {
        let folder = try project()
        let (found, _) = try selection(folder, changed: ["README.md"]) { $0.levels = ["unit", "api"] }
        #expect(names(found).isEmpty)
        #expect(
            found.verdict(Verdict(.inconclusive, reasons: ["no test ran"]))
                == Verdict(.passed, reasons: ["nothing that changed since main concerns this run"]))
        #expect(found.verdict(Verdict(.failed)) == Verdict(.failed))
        #expect(found.coverage.measured.isEmpty && found.coverage.leftOut == ["unit"])
    }

    @Test("gates count the levels of the pipeline or else of the project")
    func coverage() throws {
        let folder = try project()
        #expect(try selection(folder).0.coverage.measured == ["unit"])
        let quick = try selection(folder) { $0.pipeline = "quick" }.0.coverage
        #expect(quick.measured.isEmpty && quick.leftOut.isEmpty)
        let e2e = try selection(folder) { $0.levels = ["e2e"] }.0
        #expect(e2e.coverage.leftOut == ["unit"] && e2e.runners.isEmpty && e2e.needsStand)
        var record = RunRecord(
            header: RunHeader(
                kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        let policy = try Workspace.open(folder.path).get().project.coverage
        e2e.coverage.judge(CoverageReport(), policy, into: &record, at: 0)
        #expect(record.tests.map(\.status) == [.skipped])
        #expect(record.tests[0].reason == "not judged: level 'unit' is not in this run")
    }

    @Test("a tag chooses scenarios only, unless a level is asked for by name")
    func tags() throws {
        let folder = try project()
        try folder.write("assay: 1\nscenario: t\ntags: [x]\nsteps: [{think: 1ms}]\n", "tests/e2e/t.yml")
        #expect(names(try selection(folder) { $0.tags = ["x"] }.0) == ["t"])
        #expect(
            names(
                try selection(folder) {
                    $0.tags = ["x"]
                    $0.levels = ["lint", "e2e"]
                }.0) == ["t", "lint"])
    }

    @Test("results come in the order in which the project names its levels")
    func order() throws {
        let folder = try project()
        let workspace = try Workspace.open(folder.path).get()
        let results = ["coverage", "e2e", "unit", "api", "unit"].enumerated().map { index, level in
            TestResult(
                level: level, scenario: "\(index)", location: SourceLocation(file: "a", line: 1, column: 1),
                status: .passed, startedAtNanoseconds: 0, durationNanoseconds: 0)
        }
        #expect(workspace.inLevelOrder(results).map(\.scenario) == ["2", "4", "3", "1", "0"])
    }
}
