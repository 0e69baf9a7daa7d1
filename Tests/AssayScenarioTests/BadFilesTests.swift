import AssayCore
import AssayScenario
import Testing

@Suite("Bad files")
struct BadFilesTests {
    static let stand = StandNames(parts: [
        .init(name: "api", kind: .service, members: ["url", "host", "port"]),
        .init(name: "db", kind: .dependency, members: ["url", "path"], isDatabase: true),
        .init(name: "cache", kind: .dependency, members: ["url", "port"], isRedis: true),
        .init(name: "auth", kind: .double, members: ["url", "port"]),
    ])

    static let others = [
        "reserve.yml":
            "assay: 1\nscenario: reserve\nparams: [quantity]\nsteps:\n  - http: {get: \"${api.url}/x\"}\n    capture: {left: $.left}\n",
        "cased.yml": "assay: 1\nscenario: cased\ncases: [{name: a}]\nsteps: [{think: 1s}]\n",
        "browse.yml": "assay: 1\nscenario: browse\nsteps: [{http: {get: \"${api.url}/b\"}}]\n",
        "fed.yml": "assay: 1\nscenario: fed\nsteps: [{http: {get: \"${api.url}/${feed.nmae}\"}}]\n",
        "around.yml": "assay: 1\nscenario: around\nsteps: [{use: use-cycle.yml}]\n",
        "broken.json": "[{\"a\": 1]",
        "rows.json": "[{\"name\": \"a\"}]",
        "empty.json": "[]",
        "short.csv": "name,age\na,1\nb\nc,3,4\nd,5\n", "twice.csv": "name,name\na,1\n",
        "types.csv": "name;age\na;1\nb;old\n", "lines.jsonl": "{\"a\": 1}\n\n[2]\n{\"a\": }\n",
        "object.json": "{}",
        "hello.wav": "RIFF", "broken.wav": "ID3",
    ]

    /// What a reader says of a file, as a person reads it.
    static func rendered(_ name: String, _ text: String) -> String {
        var texts = others
        texts["\(name).yml"] = text
        var reader = ScenarioReader(files: FileReader(texts: texts), stand: stand)
        reader.checkSound = { $0.starts(with: Array("RIFF".utf8)) ? nil : "byte 0: it is no WAV file" }
        let problems: Diagnostics?
        if text.contains("\nload:") {
            if case .failure(let found) = reader.profile("\(name).yml") {
                problems = found
            } else {
                problems = nil
            }
        } else {
            if case .failure(let found) = reader.scenario("\(name).yml") {
                problems = found
            } else {
                problems = nil
            }
        }
        return (problems?.all ?? []).map { $0.rendered() + "\n" }.joined()
    }

    @Test(
        "Each bad file is refused with exactly the diagnostics kept beside it", arguments: GoldenFiles.names)
    func isRefused(name: String) throws {
        let text = try #require(GoldenFiles.read(GoldenFiles.path("\(name).yml")))
        let found = Self.rendered(name, text)
        #expect(!found.isEmpty)
        if GoldenFiles.isUpdating { GoldenFiles.write(found, to: GoldenFiles.path("\(name).txt")) }
        #expect(found == GoldenFiles.read(GoldenFiles.path("\(name).txt")))
    }

    @Test("The table of bad files is not smaller than it was") func hasManyFiles() {
        #expect(GoldenFiles.names.count >= 60)
    }

    @Test("Several errors in one file come out at once, in the order of its lines") func severalAtOnce()
        throws
    {
        let text =
            "assay: 1\nscenario: x\ntimeout: 5\nsteps:\n  - http: {get: /a}\n    expect: {rows: []}\n  - sql: {on: dbb, query: q}\n  - thnk: 1s\n"
        let reader = ScenarioReader(files: FileReader(texts: ["x.yml": text]), stand: Self.stand)
        guard case .failure(let problems) = reader.scenario("x.yml") else {
            Issue.record("the file was read")
            return
        }
        #expect(problems.all.map(\.location?.line) == [3, 6, 7, 8])
        #expect(problems.all.map(\.code.description) == ["AS015", "AS030", "AS039", "AS010"])
    }
}
