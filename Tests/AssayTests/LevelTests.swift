import AssayCore
import AssayFormats
import AssayNet
import AssayPolicy
import AssayReport
import AssayRunner
import Testing

@testable import Assay

/// A folder of its own for one test, removed at the end.
final class TestFolder {
    let path: String

    init(_ name: String = #function) throws {
        let safe = String(name.filter { $0.isLetter || $0.isNumber })
        path = "/tmp/assay-level-tests-\(Host.processID)-\(safe)"
        try Files.remove(path)
        try Files.makeFolder(path)
    }

    deinit { try? Files.remove(path) }

    func write(_ text: String, _ name: String) throws {
        let file = path + "/" + name
        if let slash = file.lastIndex(of: "/") { try Files.makeFolder(String(file[..<slash])) }
        try Files.write(Array(text.utf8), to: file)
    }
}

/// Real programs, on Linux's own shell.
@Suite("Levels by other runners", .timeLimit(.minutes(5)))
struct LevelTests {
    private static let location = SourceLocation(file: "assay.yml", line: 3, column: 3)

    /// Runs one level whose program is a line for the shell.
    private func run(
        _ line: String, in folder: TestFolder, masker: Masker = Masker(secrets: []),
        interruptAtFile: String? = nil,
        _ change: (inout RunnerLevel) throws -> Void = { _ in }
    ) throws -> LevelOutcome {
        var runner = RunnerLevel(
            command: .shell(try Template(parsing: line, at: Self.location)))
        try change(&runner)
        let level = Project.Level(name: "unit", work: .runner(runner), location: Self.location)
        let logs = folder.path + "/logs"
        try Files.makeFolder(logs)
        let reactor = try Reactor()
        let path = folder.path
        let outcome = LevelOutcomeBox()
        reactor.run { [runner] in
            let scope = CancelScope(on: reactor)
            if let interruptAtFile {
                Task(executorPreference: reactor) {
                    // An empty file is one that the shell has only opened.
                    while (FileStamp(of: "\(path)/\(interruptAtFile)")?.sizeBytes ?? 0) == 0 {
                        await reactor.sleep(for: .milliseconds(5))
                    }
                    scope.cancel()
                }
            }
            let around = LevelSurroundings(
                projectFolder: path, constants: ["db": ["url": "postgres://x"]],
                environment: RunningStand.templateEnvironment(folder: path), masker: masker, logFolder: logs,
                reactor: reactor, scope: scope, startedAt: Reactor.monotonicNow())
            outcome.value = await LevelRun(level: level, runner: runner, around: around).run { _ in }
        }
        return try #require(outcome.value)
    }

    private final class LevelOutcomeBox: @unchecked Sendable { var value: LevelOutcome? }

    private static let passing =
        "<testsuite name='s'><testcase classname='cart' name='adds' time='0.25'/><testcase classname='cart' name='sums'/></testsuite>"
    private static let failing =
        "<testsuite><testcase classname='cart' name='sums'><failure message='3 is not 4'/></testcase></testsuite>"

    @Test("JUnit's tests become tests of the level, one after another in time")
    func junit() throws {
        let folder = try TestFolder()
        let outcome = try run("echo \"\(Self.passing)\" > junit.xml", in: folder) {
            $0.junit = [try GlobPattern("junit.xml")]
        }
        #expect(outcome.tests.map(\.title) == ["cart › adds", "cart › sums"])
        #expect(outcome.tests.allSatisfy { $0.status == .passed && $0.level == "unit" })
        let starts = outcome.tests.map(\.startedAtNanoseconds)
        #expect(starts == starts.sorted())
    }

    @Test("without JUnit the exit status is one test, which no slow-test policy touches")
    func withoutJUnit() throws {
        let folder = try TestFolder()
        let good = try run("echo fine", in: folder).tests
        #expect(good.map(\.title) == ["unit"])
        #expect(good.first?.status == .passed && good.first?.tags == [TestResult.wholeLevelTag])
        let bad = try run("echo one; echo two >&2; exit 3", in: folder).tests
        #expect(bad.map(\.status) == [.failed])
        #expect(bad.first?.reason == "the runner exited with status 3")
        #expect(Set(bad.first?.logs.first?.lines ?? []) == ["one", "two"])
        let log = String(decoding: try Files.read(folder.path + "/logs/unit.log"), as: UTF8.self)
        #expect(log == "fine\n")
    }

    @Test("an exit status that no failed test explains fails the level by name")
    func unexplained() throws {
        let folder = try TestFolder()
        let set: (inout RunnerLevel) throws -> Void = { $0.junit = [try GlobPattern("junit.xml")] }
        let silent = try run("echo \"\(Self.passing)\" > junit.xml; exit 2", in: folder, set).tests
        #expect(silent.map(\.status) == [.passed, .passed, .failed])
        #expect(silent.last?.reason == "the runner exited with status 2, and its JUnit names no failed test")
        let told = try run("echo \"\(Self.failing)\" > junit.xml; exit 1", in: folder, set).tests
        #expect(told.map(\.title) == ["cart › sums"])
        let empty = try run("echo '<testsuite/>' > junit.xml", in: folder, set).tests
        #expect(empty.map(\.reason) == ["the JUnit of the runner names no test"])
        let killed = try run("echo '<testsuite/>' > junit.xml; kill -9 $$", in: folder, set).tests
        #expect(
            killed.map(\.reason) == ["the runner was ended by SIGKILL, and its JUnit names no failed test"])
    }

    @Test("a report that is absent, or of an earlier run, is an error that says so")
    func absentAndStale() throws {
        let folder = try TestFolder()
        let absent = try run("true", in: folder) { $0.junit = [try GlobPattern("build/junit.xml")] }.tests
        #expect(
            absent.map(\.reason) == [
                "error[AS231]: junit: there is no file 'build/junit.xml' after the run\n"
                    + "  fix: let the runner write it, or change `junit`; it starts from '\(folder.path)'"
            ])
        try folder.write(Self.passing, "build/junit.xml")
        let stale = try run("exit 4", in: folder) { $0.junit = [try GlobPattern("build/junit.xml")] }.tests
        let reason = try #require(stale.first?.reason)
        #expect(stale.map(\.status) == [.failed])
        #expect(
            reason.hasPrefix(
                "the runner exited with status 4\nerror[AS232]: junit: 'build/junit.xml' is of an earlier run, written "
            ))
        #expect(
            reason.hasSuffix(
                " before this one began\n  fix: let the runner write it anew, or remove it before the run"))
        let old = try run("true", in: folder) { $0.coverage = [try GlobPattern("build/*.xml")] }.tests
        #expect(old.first?.reason?.contains("AS232]: coverage: all 1") == false)
        #expect(old.first?.reason?.contains("coverage: 'build/*.xml' is of an earlier run") == true)
    }

    @Test("of a pattern, files of earlier runs are passed over; several files are one level")
    func patterns() throws {
        let folder = try TestFolder()
        try folder.write(Self.failing, "reports/old.xml")
        try folder.write("not xml", "reports/.git/x.xml")
        let line =
            "echo \"\(Self.passing)\" > reports/a.xml; mkdir -p reports/in; echo \"\(Self.failing)\" > reports/in/b.xml; exit 1"
        let tests = try run(line, in: folder) { $0.junit = [try GlobPattern("reports/**/*.xml")] }.tests
        #expect(tests.map(\.title) == ["cart › adds", "cart › sums", "cart › sums"])
        #expect(tests.map(\.status) == [.passed, .passed, .failed])
    }

    @Test("a damaged report is told with its place, and what could be read still counts")
    func damaged() throws {
        let folder = try TestFolder()
        let line = "echo \"\(Self.passing)\" > a.xml; echo '<testsuite>' > b.xml; echo nothing > c.out"
        let outcome = try run(line, in: folder) {
            $0.junit = [try GlobPattern("a.xml"), try GlobPattern("b.xml")]
            $0.coverage = [try GlobPattern("c.out")]
        }
        #expect(outcome.tests.map(\.status) == [.passed, .passed, .failed])
        let reason = try #require(outcome.tests.last?.reason)
        #expect(reason.contains("error[AS220]: this is not XML: no element found"))
        #expect(
            reason.contains(
                "error[AS224]: this is no coverage report that Assay knows: it begins with 'nothing'"))
    }

    @Test("environment, folder and the stand's parts reach the runner; secrets stay out of log and results")
    func surroundings() throws {
        let folder = try TestFolder()
        try Files.makeFolder(folder.path + "/services/x")
        let line =
            "pwd; echo $TOKEN ${db.url} $MODE; echo \"<testsuite><testcase name='a'><failure message='$TOKEN'/></testcase></testsuite>\" > j.xml; exit 1"
        let tests = try run(line, in: folder, masker: Masker(secrets: ["hunter22"])) {
            $0.folder = "services/x"
            $0.junit = [try GlobPattern("j.xml")]
            $0.environment = [
                ("TOKEN", try Template(parsing: "hunter22", at: Self.location)),
                ("MODE", try Template(parsing: "${db.url}", at: Self.location)),
            ]
        }.tests
        let log = String(decoding: try Files.read(folder.path + "/logs/unit.log"), as: UTF8.self)
        #expect(
            log == "\(try #require(Files.resolved(folder.path)))/services/x\n••• postgres://x postgres://x\n")
        #expect(tests.first?.steps.first?.mismatches.first?.actual == "•••")
        #expect(tests.first?.location.file == folder.path + "/services/x/j.xml")
    }

    @Test("a runner that does not end is ended with its whole tree")
    func timeout() throws {
        let folder = try TestFolder()
        let tests = try run("sleep 300 & echo $! > child; sleep 300", in: folder) {
            $0.within = .seconds(1)
        }.tests
        #expect(
            tests.map(\.reason) == [
                "the runner did not end within 1.00 s and was ended; change it with `within`"
            ])
        #expect(try !isAlive(folder))
    }

    @Test("an interrupted run ends the runner's tree")
    func interruption() throws {
        let folder = try TestFolder()
        let tests = try run(
            "sleep 300 & echo $! > child; sleep 300", in: folder, interruptAtFile: "child"
        ).tests
        #expect(tests.map(\.status) == [.interrupted])
        #expect(try !isAlive(folder))
    }

    private func isAlive(_ folder: TestFolder) throws -> Bool {
        let process = String(decoding: try Files.read(folder.path + "/child").dropLast(), as: UTF8.self)
        return Files.kind(of: "/proc/" + process) != nil
    }

    @Test("a program or a folder that is not there fails the level by name")
    func notThere() throws {
        let folder = try TestFolder()
        let program = try run("", in: folder) {
            $0.command = .words([try Template(parsing: "no-such-runner", at: Self.location)])
            $0.junit = [try GlobPattern("j.xml")]
        }.tests
        #expect(
            program.map(\.reason) == [
                "the runner could not be started: execve no-such-runner: ENOENT (No such file or directory)"
            ])
        let place = try run("true", in: folder) { $0.folder = "nowhere" }.tests
        #expect(place.first?.reason?.hasPrefix("the runner could not be started: chdir") == true)
        let name = try run("echo ${db.port}", in: folder).tests
        #expect(name.first?.reason?.contains("AS056") == true)
    }

    @Test("coverage comes with paths from the project's folder, whatever the tool called them")
    func coverage() throws {
        let folder = try TestFolder()
        try folder.write("// shop\nmodule example.org/shop\n\ngo 1.24\n", "services/x/go.mod")
        for name in [
            "services/x/cart.go", "services/x/internal/db/pool.go", "services/x/api/a.py", "web/b.py", "z.py",
        ] {
            try folder.write("x", name)
        }
        let line = """
            printf 'mode: set\\nexample.org/shop/internal/db/pool.go:1.1,2.2 3 1\\nexample.org/shop/cart.go:1.1,2.2 3 1\\n' > cover.out
            printf 'SF:api/a.py\\nDA:1,1\\nend_of_record\\nSF:%s/web/b.py\\nDA:1,0\\nend_of_record\\nSF:/no/such/z.py\\nDA:1,0\\nend_of_record\\nSF:/agent/web/b.py\\nDA:2,0\\n' \
            "\(folder.path)" > lcov.info
            """
        let report = try run(line, in: folder) {
            $0.folder = "services/x"
            $0.coverage = [try GlobPattern("cover.out"), try GlobPattern("lcov.info")]
        }.coverage
        #expect(
            report.files.map(\.path) == [
                "services/x/internal/db/pool.go", "services/x/cart.go", "services/x/api/a.py", "web/b.py",
                "/no/such/z.py",
            ])
        #expect(report.files.first { $0.path == "web/b.py" }?.total == 2)
    }

    @Test("our own JUnit comes back through the reader")
    func roundTrip() throws {
        var record = RunRecord(
            header: RunHeader(
                kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        let gate = CoverageResult(
            component: "api-gateway", status: .broken, covered: 1, total: 4, minimum: 0.9,
            location: Self.location,
            files: [.init(path: "a<b>.go", covered: 1, total: 4, uncovered: [2...4])])
        record.coverage = [gate]
        record.tests = [try #require(gate.asTest(at: 0))]
        let xml = JUnitReport.render(record)
        let back = try JUnitReader.read(Array(xml.utf8), file: "junit.xml", level: "again")
        #expect(back.map(\.title) == ["coverage › api-gateway"])
        #expect(back.map(\.status) == [.failed])
        #expect(back.first?.location.file == "assay.yml")
        #expect(xml.contains("a&lt;b&gt;.go"))
    }
}
