import AssayCore
import AssayFormats
import AssayNet
import AssayPolicy
import AssayStand
import Testing

@testable import Assay

/// A PostgreSQL of its own while `body` runs; on a thread that may block.
private func withServer(
    _ name: String, _ body: @escaping @Sendable (HistoryAddress) async throws -> Void
) throws {
    let bag = DiagnosticBag()
    let text = "dependencies: {db: {postgres: {password: hush-hush, database: runs}}}"
    let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag))
    let spec = try #require(StandReader(yaml).read(yaml.root))
    let folder = try TemporaryFolder()
    let surroundings = StandSurroundings(
        projectFolder: folder.path, scratchFolder: folder.path + "/scratch", logFolder: folder.path + "/logs",
        environment: TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { path throws(TemplateError) in throw TemplateError("AS059", path) }))
    let reactor = try Reactor()
    let failure = reactor.run { () -> (any Error)? in
        do {
            let stand = try await Stand.start(spec, on: reactor, in: surroundings)
            let address = HistoryAddress(stand.bindings["db"]?["url"]?.stringValue ?? "")
            var failure: (any Error)?
            do {
                try await body(try #require(address))
            } catch {
                failure = error
            }
            await stand.stop()
            return failure
        } catch {
            return error
        }
    }
    if let failure { throw failure }
}

private func run(_ number: Int, project: String = "shop") -> PastRun {
    PastRun(
        kind: .load, project: project, name: "peak", startedAtMilliseconds: 1_795_255_800_000 + Int64(number),
        durationNanoseconds: 60_000_000_000, verdict: .passed, reasons: ["it's \"odd\" \0; drop table runs"],
        commit: "4c80f8a1", branch: "main", seed: .max, folder: ".assay/runs/\(number)",
        load: PastLoad(latencyMetric: "http.response", p50: 5))
}

private func test(_ scenario: String, case caseName: String? = nil) -> PastTest {
    PastTest(
        level: "e2e", scenario: scenario, caseName: caseName, file: "a.yml",
        results: [PastResult(run: 0, startedAtMilliseconds: 0, status: .passed, isFlaky: true)])
}

@Suite(
    "The history in PostgreSQL", .timeLimit(.minutes(3)),
    .enabled(if: Installed().path(of: "postgres") != nil || Files.kind(of: "/usr/lib/postgresql") != nil))
struct ServerHistoryTests {
    @Test("several jobs make its tables at once and write it; each project sees its own runs, newest first")
    func concurrent() throws {
        try withServer("history") { address in
            let problems = await withTaskGroup(of: Diagnostic?.self) { group in
                for number in 1...12 {
                    let project = number % 3 == 0 ? "other" : "shop"
                    group.addTask {
                        await RunHistory(address, project: project).add(
                            run(number, project: project), [test("pay"), test("buy", case: "large")],
                            record: "r\(number)")
                    }
                }
                return await group.reduce(into: [Diagnostic]()) { all, problem in
                    all += [problem].compactMap(\.self)
                }
            }
            #expect(problems.isEmpty, "\(problems.map { $0.rendered() })")
            let shop = RunHistory(address, project: "shop")
            let runs = try #require(try await shop.runs(limit: 100).get())
            #expect(runs.count == 8 && runs.allSatisfy { $0.project == "shop" })
            #expect(runs.map(\.id) == runs.map(\.id).sorted(by: >))
            #expect(runs[0].reasons == ["it's \"odd\" ; drop table runs"] && runs[0].seed == .max)
            #expect(runs[0].load == PastLoad(latencyMetric: "http.response", p50: 5))
            #expect(try await RunHistory(address, project: nil).runs(limit: 100).get()?.count == 12)
            #expect(try await shop.loadNames().get() == ["peak"])
            let tests = try #require(try await shop.tests(limit: 50).get())
            #expect(tests.map(\.title) == ["e2e › buy [large]", "e2e › pay"])
            #expect(tests.map(\.results.count) == [8, 8] && tests[0].results[0].isFlaky)
            var filter = RunFilter()
            (filter.branch, filter.commit, filter.before) = ("main", "4c80", runs[0].id)
            #expect(try await shop.runs(filter, limit: 1).get()?.map(\.id) == [runs[1].id])
        }
    }

    @Test("old runs are forgotten by project, records sooner; the matrix works on it too")
    func retention() throws {
        try withServer("retention") { address in
            var history = RunHistory(address, project: "shop")
            (history.retainedRuns, history.retainedRecords) = (3, 1)
            let other = RunHistory(address, project: "other")
            #expect(await other.add(run(0, project: "other"), [test("pay")], record: "o") == nil)
            for number in 1...5 {
                #expect(await history.add(run(number), [test("pay")], record: "r") == nil)
            }
            #expect(try await history.runs(limit: 10).get()?.count == 3)
            #expect(try await history.tests(limit: 10).get()?.first?.results.count == 3)
            #expect(try await other.runs(limit: 10).get()?.count == 1)
            let counts = try await history.reading { database throws(HistoryFailure) in
                try database.run("select count(*) from records").first?.first?.int ?? 0
            }.get()
            #expect(counts == 2, "one of either project")
            let matrix = MatrixStore(history)
            #expect(await matrix.deploy("api", "v1", to: "prod", at: 5, isBeside: false) == nil)
            #expect(await matrix.deploy("api", "v2", to: "prod", at: 6, isBeside: false) == nil)
            let known = try await matrix.matrix().get()
            #expect(known?.services == ["api"])
        }
    }

    @Test("a history of a newer Assay is left alone, and its address is shown without the password")
    func newer() throws {
        try withServer("newer") { address in
            let history = RunHistory(address, project: "shop")
            #expect(await history.add(run(1), []) == nil)
            let server = try HistoryServer(address, patience: .seconds(5))
            try server.keep(version: 9)
            let warning = try #require(await history.add(run(2), []))
            #expect(warning.code == "AS266" && !warning.message.contains("hush-hush"))
            #expect(warning.message.contains(":***@"))
            #expect(throws: HistoryFailure.self) { try server.run("select nothing from nowhere") }
        }
    }
}
