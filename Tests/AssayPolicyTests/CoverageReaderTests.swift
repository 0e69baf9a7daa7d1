import AssayCore
import AssayPolicy
import Testing

@Suite("Coverage reports")
struct CoverageReaderTests {
    private func read(_ text: String) throws -> CoverageReport {
        try CoverageReader.read(Array(text.utf8), file: "cover")
    }

    /// `path covered/total unit missing`
    private func summary(_ report: CoverageReport) -> [String] {
        report.files.map { file in
            let missing = CoverageResult.rangesText(file.uncoveredLines)
            return "\(file.path) \(file.covered)/\(file.total) \(file.unit.rawValue) [\(missing)]"
        }
    }

    @Test("Cobertura: lines of classes, those of methods once, classes of one file together")
    func cobertura() throws {
        let report = try read(
            """
            <?xml version="1.0" ?>
            <!DOCTYPE coverage SYSTEM "http://cobertura.example.org/xml/coverage-04.dtd">
            <coverage line-rate="0.5" version="7.6"><sources><source>/app/src</source><source>
            lib </source></sources><packages><package name="shop"><classes>
              <class name="cart" filename="shop/cart.py"><methods><method name="add" signature="()V"><lines>
                <line number="3" hits="0"/></lines></method></methods>
                <lines><line number="1" hits="4"/><line number="3" hits="0"/><line number="4" hits="0" branch="true"/>
                <line number="9" hits="1"/><line number="12" hits="0"/></lines></class>
              <class name="cart.inner" filename="shop/cart.py"><lines><line number="20" hits="1.5e20"/></lines></class>
            </classes></package></packages></coverage>
            """)
        #expect(summary(report) == ["shop/cart.py 3/6 lines [3–4, 12]"])
        #expect(report.sources == ["/app/src", "lib "])
    }

    @Test("lcov: several records of one file, and what is not needed is passed over")
    func lcov() throws {
        let report = try read(
            """
            TN:
            SF:src/a.c
            FN:1,main
            FNDA:1,main
            DA:1,5
            DA:2,0,x6d
            DA:3,0
            BRDA:1,0,0,1
            LF:3
            LH:1
            end_of_record
            SF:src/b.c
            DA:7,0
            end_of_record
            SF:src/a.c
            DA:2,1
            end_of_record
            """)
        #expect(summary(report) == ["src/a.c 2/3 lines [3]", "src/b.c 0/1 lines [7]"])
    }

    @Test(
        "Go: statements of blocks, joined profiles count a block once", arguments: ["set", "count", "atomic"])
    func go(mode: String) throws {
        let report = try read(
            """
            mode: \(mode)
            example.org/shop/cart.go:3.20,5.2 2 0
            example.org/shop/cart.go:7.20,9.9 3 12
            mode: \(mode)
            example.org/shop/cart.go:3.20,5.2 2 1
            example.org/shop/cart.go:7.20,9.9 3 0
            example.org/shop/cart.go:12.1,14.2 1 0
            C:/odd path/x.go:1.1,2.2 1 0
            C:/odd path/x.go:5.1,9.2 0 0
            """)
        #expect(
            summary(report) == [
                "example.org/shop/cart.go 5/6 statements [12–14]", "C:/odd path/x.go 0/1 statements [1–2]",
            ])
    }

    @Test("llvm-cov: lines are counted from segments, gaps and skipped regions apart")
    func llvm() throws {
        // func f(x) {          1  entered once
        //     if x {           2  true region 2:10–4:6 never
        //         g()          3
        //     }                4
        //     #if OFF          6–8 skipped
        // }                    9
        let report = try read(
            """
            {"type": "llvm.coverage.json.export", "version": "2.0.1", "data": [{"files": [{"filename": "/app/f.swift",
             "segments": [[1, 11, 1, true, true, false], [2, 8, 1, true, true, false], [2, 9, 1, true, false, false],
              [2, 9, 0, true, true, true], [2, 10, 0, true, true, false], [4, 6, 1, true, false, false],
              [6, 1, 0, false, true, false], [8, 1, 1, true, false, false], [9, 2, 0, false, false, false]],
             "summary": {}}], "totals": {}}]}
            """)
        #expect(summary(report) == ["/app/f.swift 4/6 lines [3–4]"])
    }

    @Test("lines between missed lines that hold no code do not part them")
    func ranges() throws {
        let report = try read("SF:a\nDA:1,0\nDA:4,0\nDA:6,1\nDA:7,0\nDA:20,0\n")
        #expect(summary(report) == ["a 1/5 lines [1–4, 7, 20]"])
    }

    @Test("reports of two kinds of one file are joined by lines")
    func merging() throws {
        var report = try read("mode: set\na.go:1.1,3.2 2 0\n")
        report.merge(try read("SF:a.go\nDA:2,1\nDA:9,0\n"))
        #expect(summary(report) == ["a.go 1/4 lines [1, 3, 9]"])
        var other = try read("SF:a.go\nDA:2,1\nDA:9,0\n")
        other.merge(try read("mode: set\na.go:1.1,3.2 2 0\n"))
        #expect(summary(other) == summary(report))
    }

    @Test(
        "what cannot be read is told with its place",
        arguments: [
            ("", "error[AS224]: the coverage report is empty\n  cover:1:1"),
            (
                "hello\nworld",
                "error[AS224]: this is no coverage report that Assay knows: it begins with 'hello'\n  cover:1:1\n"
                    + "  fix: read are Cobertura XML, lcov, Go coverprofile, llvm-cov JSON"
            ),
            (
                "<report/>",
                "error[AS224]: this is JaCoCo XML, which is not read\n  cover:1:1\n"
                    + "  fix: let the tool write Cobertura XML or lcov"
            ),
            (
                "<coverage>\n <project/></coverage>",
                "error[AS224]: this is Clover XML, which is not read\n  cover:2:2\n"
                    + "  fix: let the tool write Cobertura XML or lcov"
            ),
            (
                "{\"a.js\": {}}",
                "error[AS224]: this JSON is no coverage report that Assay knows\n  cover:1:1\n"
                    + "  fix: write llvm-cov's export, Cobertura XML or lcov"
            ),
            (
                "SF:a\nDA:x,1",
                "error[AS225]: this lcov report is damaged: expected DA:line,hits, found 'DA:x,1'\n  cover:2:1"
            ),
            (
                "mode: set\na.go:1.1 1 1",
                "error[AS225]: this Go coverprofile report is damaged: expected file.go:line.column,line.column "
                    + "statements count, found 'a.go:1.1 1 1'\n  cover:2:1"
            ),
            (
                "{\"type\": \"llvm.coverage.json.export\", \"data\": [{\"files\": [{\"filename\": \"a\"}]}]}",
                "error[AS225]: this llvm-cov JSON report holds sums only: 'a' has no segments\n  cover:1:1\n"
                    + "  fix: leave `-summary-only` out of `llvm-cov export`"
            ),
            (
                "<coverage><class filename='a'><line number='1' hits='x'/></class></coverage>",
                "error[AS225]: this Cobertura XML report is damaged: expected a number as `hits`, found 'x'\n  cover:1:31"
            ),
        ])
    func faults(text: String, message: String) {
        #expect { _ = try read(text) } throws: { ($0 as? Diagnostic)?.rendered() == message }
    }
}
