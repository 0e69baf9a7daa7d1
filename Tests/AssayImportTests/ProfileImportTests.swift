import AssayCore
import AssayFormats
import AssayImport
import AssayScenario
import Testing

@Suite("Import of plain profiles")
struct ProfileImportTests {
    private static func imported(_ json: String, prefix: String = "") throws -> String {
        var options = ProfileImport()
        options.pathPrefix = prefix
        return try options.profile(from: Array(json.utf8), file: "profiles/normal.json").text
    }

    @Test("A profile becomes Assay's own form, which reads as the same profile", arguments: ["", "profiles"])
    func normal(prefix: String) throws {
        let json = """
            {"name": "normal day", "description": "as in May", "concurrent_calls": 20, "duration": "30m",
             "ramp_up_minutes": 5, "scenarios": ["../calls/tire.yml", {"use": "order.yml", "weight": 2.5}],
             "thresholds": {"p95_ms": 1500, "error_rate": 0.05}}
            """
        let text = try Self.imported(json, prefix: prefix)
        #expect(
            text == """
                # Made of normal.json by `assay import profile`.
                # as in May
                assay: 1
                load: "normal day"
                scenarios:
                  - \(prefix.isEmpty ? "../calls/tire.yml" : "calls/tire.yml")
                  - {use: \(prefix.isEmpty ? "" : "profiles/")order.yml, weight: 2.5}
                users:
                  stages:
                    - {for: 5m, to: 20}
                    - {for: 25m, to: 20}
                thresholds:
                  - p95(call.response) < 1500ms
                  - "rate(call.failed) < 5%"

                """)
    }

    @Test(
        "Steps, rates and odd times come back as they were",
        arguments: [
            "\"users\": 100, \"max_users\": 170, \"step\": 20, \"step_duration\": \"90s\", \"nfr\": {\"p95_ms\": 3}, \"at_least\": 120",
            "\"calls_per_minute\": 90, \"duration_ms\": 1500, \"max_calls\": 30, \"lag_bound_ms\": 50, \"graceful_stop\": \"5s\"",
            "\"stages\": [{\"duration\": \"1h30m\", \"target\": 3}, {\"duration\": \"0s\", \"target\": 9}], \"start\": 2",
        ])
    func roundTrip(members: String) throws {
        let json = "{\"name\": \"x\", \"scenarios\": [\"a.yml\"], \(members)}"
        let scenario = "assay: 1\nscenario: a\nsteps: [{think: 1s}]\n"
        let reader = ScenarioReader(
            files: FileReader(texts: ["a.yml": scenario, "x.json": json, "x.yml": try Self.imported(json)]))
        let (plain, own) = (try reader.profile("x.json").get(), try reader.profile("x.yml").get())
        #expect(String(describing: plain.model) == String(describing: own.model))
        #expect(plain.lagBound == own.lagBound && plain.pacing.gracefulStop == own.pacing.gracefulStop)
        #expect(plain.search?.steps == own.search?.steps && plain.search?.atLeast == own.search?.atLeast)
        #expect(plain.search?.conditions.map(\.text) == own.search?.conditions.map(\.text))
    }

    @Test("What is wrong is told with its place, and what is Assay's own already too")
    func refused() {
        func said(_ json: String) -> [String] {
            do throws(Diagnostics) {
                _ = try ProfileImport().profile(from: Array(json.utf8), file: "p.json")
                return []
            } catch {
                return error.all.map {
                    "\($0.code) \($0.location.map { "\($0.line):\($0.column)" } ?? "") \($0.message)"
                }
            }
        }
        #expect(
            said("{\"users\": 2,\n \"duration\": 5, \"scenarios\": [\"a.yml\"]}") == [
                "AS015 2:14 'duration' needs a unit, found the number 5"
            ])
        #expect(said("{\"assay\": 1}") == ["AS248 1:1 'p.json' is a profile of Assay's own already"])
        #expect(said("{\"users\": ").count == 1)
    }
}
