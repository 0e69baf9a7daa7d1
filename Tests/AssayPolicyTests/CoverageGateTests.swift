import AssayCore
import AssayFormats
import AssayPolicy
import Testing

@Suite("Coverage gates")
struct CoverageGateTests {
    private static let place = SourceLocation(file: "assay.yml", line: 9, column: 5)

    private func file(_ path: String, _ covered: Int, of total: Int) -> FileCoverage {
        var file = FileCoverage(path: path)
        for line in 1...total { file.add(line: line, isCovered: line <= covered) }
        return file
    }

    private func gate(
        _ component: String, _ minimum: Double, _ scope: CoverageGate.Scope? = nil, ignored: [String] = []
    ) throws -> CoverageGate {
        CoverageGate(
            component: component, minimum: minimum, scope: scope ?? .folder(component),
            ignored: ignored.isEmpty ? nil : try PathPatterns(ignored), location: Self.place)
    }

    @Test("a share that is reached holds, one below is broken, and what is shown is never rounded up")
    func shares() throws {
        let report = CoverageReport(files: [file("api/a.go", 899, of: 1000), file("db/b.go", 9, of: 10)])
        let results = judgeCoverage(
            report, CoveragePolicy(gates: [try gate("api", 0.9), try gate("db", 0.9)]))
        #expect(results.map(\.component) == ["total", "api", "db"])
        #expect(results.map(\.status) == [.measured, .broken, .held])
        #expect(results.map(\.shareText) == ["89.90 %", "89.90 %", "90.00 %"])
        #expect(results[1].minimumText == "90 %")
    }

    @Test("the gate names the files that leave the most uncovered, worst first, with their lines")
    func worst() throws {
        let files = (1...12).map { file("api/f\($0).go", 10 - min(9, $0 % 10), of: 10) }
        let result = judgeCoverage(
            CoverageReport(files: files + [file("api/whole.go", 3, of: 3), file("api/huge.go", 0, of: 40)]),
            CoveragePolicy(gates: [try gate("api", 0.9)]))[1]
        #expect(result.files.count == 10)
        #expect(result.files[0] == .init(path: "api/huge.go", covered: 0, total: 40, uncovered: [1...40]))
        #expect(result.files[1].path == "api/f9.go")
        let test = try #require(result.asTest(at: 5))
        #expect(test.status == .failed && test.level == "coverage" && test.location == Self.place)
        let mismatch = try #require(test.steps.first?.mismatches.first)
        #expect(mismatch.expected == "at least 90 % covered")
        #expect(mismatch.actual == "46.01 % of 163 lines; 72 more would do")
        #expect(
            mismatch.diff?.hasPrefix(
                "api/huge.go   0.00 % of 40   not run: 1–40\napi/f9.go     10.00 % of 10") == true)
    }

    @Test("a component without data has not held, and the reason says where to look")
    func noData() throws {
        let report = CoverageReport(files: [file("api/a.go", 1, of: 1), file("b.go", 1, of: 1)])
        let policy = CoveragePolicy(gates: [
            try gate("db", 0.5), try gate("cache", 0, .paths(try PathPatterns(["internal/cache/**"]))),
            try gate("total", 0.1, .everything),
        ])
        let results = judgeCoverage(report, policy)
        #expect(results.map(\.status) == [.noData, .noData, .held])
        #expect(
            results[0].asTest(at: 0)?.reason
                == "no data, so it cannot be 50 %: none of the 2 files in the reports is below a folder 'db'\n"
                + "say where it lies: `components: {db: [path/**]}`")
        #expect(
            results[1].asTest(at: 0)?.reason
                == "no data, so it cannot be 0 %: none of the 2 files in the reports matches `internal/cache/**`"
        )
        let nothing = judgeCoverage(CoverageReport(), policy)
        #expect(nothing.map(\.status) == [.noData, .noData, .noData])
        #expect(nothing[2].reason == "no level of this run gave a coverage report that names a file")
    }

    @Test(
        "a component without paths is any folder of that name",
        arguments: [
            ("api-gateway", "services/api_gateway/main.py", true),
            ("api-gateway", "src/ApiGateway/x.cs", true),
            ("db", "internal/db/pool.go", true), ("db", "internal/dbx/pool.go", false),
            ("db", "cmd/db", false),
        ])
    func folders(name: String, path: String, belongs: Bool) throws {
        let results = judgeCoverage(
            CoverageReport(files: [file(path, 1, of: 1)]), CoveragePolicy(gates: [try gate(name, 1)]))
        #expect((results.last?.status == .held) == belongs)
    }

    @Test("ignored files count for nothing")
    func ignoring() throws {
        let report = CoverageReport(files: [
            file("db/a.go", 1, of: 1), file("db/a_gen.go", 0, of: 50), file("mocks/m.go", 0, of: 9),
        ])
        var policy = CoveragePolicy(gates: [
            try gate("db", 1, ignored: ["**/*_gen.go"]), try gate("total", 0.5, .everything),
        ])
        policy.ignored = try PathPatterns(["mocks/**"])
        let results = judgeCoverage(report, policy)
        #expect(results.map(\.total) == [1, 51])
        #expect(results.map(\.status) == [.held, .broken])
    }

    @Test("what was measured in part is shown and not judged")
    func partial() throws {
        let report = CoverageReport(files: [file("api/a.go", 1, of: 4)])
        let results = judgeCoverage(
            report, CoveragePolicy(gates: [try gate("api", 0.9)]),
            missing: "measured in part: level 'db' is not in this run")
        #expect(results[1].status == .notJudged)
        let test = try #require(results[1].asTest(at: 0))
        #expect(test.status == .skipped)
        #expect(
            test.reason
                == "measured in part: level 'db' is not in this run; measured so far: 25.00 % of 4 lines")
    }

    @Test("a broken gate is a reason of the verdict")
    func verdict() throws {
        var record = RunRecord(
            header: RunHeader(
                kind: .test, project: "p", name: "all", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        record.coverage = judgeCoverage(
            CoverageReport(files: [file("api/a.go", 1, of: 4)]), CoveragePolicy(gates: [try gate("api", 0.9)])
        )
        record.tests = record.coverage.compactMap { $0.asTest(at: 0) }
        #expect(
            judgeTests(record, interrupted: false, deaths: [])
                == Verdict(
                    .failed, reasons: ["1 test failed", "coverage of api: 25.00 %, at least 90 % wanted"]))
    }

    // MARK: The gates of the project's own documents

    /// D4.cover: what its document plans for each component.
    private static let d4: [(component: String, folder: String, minimum: Double)] = [
        ("api-gateway", "services/api_gateway", 0.90), ("auth-service", "services/auth_service", 0.95),
        ("analytics-service", "services/analytics_service", 0.85),
        ("ai-service", "services/ai_service", 0.80),
        ("database", "services/database", 0.90), ("external-apis", "services/external_apis", 0.75),
    ]

    @Test(
        "D4.cover: gateway 90, auth 95, analytics 85, AI 80, database 90, external APIs 75 percent, each at its edge"
    )
    func d4() throws {
        let gates = try Self.d4.map { try gate($0.component, $0.minimum) }
        for short in [0, 1] {
            let files = Self.d4.map {
                file($0.folder + "/a.py", Int($0.minimum * 1000 + 0.5) - short, of: 1000)
            }
            let results = judgeCoverage(CoverageReport(files: files), CoveragePolicy(gates: gates))
                .dropFirst()
            #expect(
                results.allSatisfy { $0.status == (short == 0 ? .held : .broken) },
                "\(results.map(\.shareText))")
        }
    }

    @Test("D3.ready: coverage of the inventory service over 80 %")
    func d3() throws {
        let gates = [try gate("total", 0.80, .everything)]
        let held = judgeCoverage(
            CoverageReport(files: [file("internal/service.go", 81, of: 100)]), CoveragePolicy(gates: gates))
        let broken = judgeCoverage(
            CoverageReport(files: [file("internal/service.go", 79, of: 100)]), CoveragePolicy(gates: gates))
        #expect(held.map(\.status) == [.held] && broken.map(\.status) == [.broken])
    }
}
