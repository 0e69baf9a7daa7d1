import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("The guide")
struct GuideTests {
    /// Files of the guide: its `yaml` blocks, each named by a comment in its first line.
    static let files: [String: String] = {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(
            separator: "/")
        guard let guide = GoldenFiles.read(root + "/Documentation/scenarios.md") else { return [:] }
        var files = ["users.csv": "name,password\nada,x\n"]
        var block: [Substring]?
        for line in guide.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "```yaml" {
                block = []
            } else if line == "```", let lines = block {
                files[String(lines[0].dropFirst(2))] = lines.joined(separator: "\n") + "\n"
                block = nil
            } else {
                block?.append(line)
            }
        }
        return files
    }()

    @Test("Every example of the guide reads", arguments: files.keys.filter { $0.hasSuffix(".yml") }.sorted())
    func reads(path: String) {
        let reader = ScenarioReader(files: FileReader(texts: Self.files), stand: BadFilesTests.stand)
        let problems: Diagnostics?
        if path.hasPrefix("load/") {
            if case .failure(let found) = reader.profile(path) { problems = found } else { problems = nil }
        } else {
            if case .failure(let found) = reader.scenario(path) { problems = found } else { problems = nil }
        }
        #expect((problems?.all ?? []).map { $0.rendered() } == [])
    }

    @Test("The guide has examples") func isThere() { #expect(Self.files.count >= 8) }

    @Test("Problems of a threshold are told with the rest, at its column") func thresholds() {
        let text =
            "assay: 1\nload: p\nscenarios: [tests/health.yml]\niterations: {users: 1, each: 0}\nthresholds: [p95]\n"
        let reader = ScenarioReader(
            files: FileReader(texts: Self.files.merging(["p.yml": text]) { $1 }), stand: BadFilesTests.stand
        ) { threshold, _ in [Diagnostic("AS095", "no operator", at: threshold.location)] }
        guard case .failure(let problems) = reader.profile("p.yml") else {
            Issue.record("the profile was read")
            return
        }
        #expect(problems.all.map(\.location?.line) == [4, 5])
        #expect(problems.all.last?.line == "thresholds: [p95]")
    }

    @Test("Rows of a CSV feed come with their columns") func csv() throws {
        let reader = ScenarioReader(files: FileReader(texts: Self.files), stand: BadFilesTests.stand)
        let feed = try reader.profile("load/peak.yml").get().feed
        #expect(feed?.rows.map(\.keys) == [["name", "password"]])
    }
}
