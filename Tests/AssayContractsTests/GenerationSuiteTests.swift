import AssayCore
import AssayFormats
import AssayTestSupport
import Testing

@testable import AssayContracts

/// Generation, judged on the schemas of the public test suite.
@Suite(
    "Values from the schemas of the JSON Schema suite",
    .enabled(if: SchemaSuite.isPresent, "shared/data/json-schema/tests is absent"))
struct GenerationSuiteTests {
    @Test(
        "of the schemas of the JSON Schema suite that have a valid value, one can be made for nearly all",
    )
    func suite() throws {
        var made = 0
        var missed: [String] = []
        for file in SchemaSuite.files where file.hasPrefix("draft2020-12/") && !file.contains("optional") {
            let path = SharedData.path("json-schema/tests/") + file
            for group in SchemaSuite.read(path)?.arrayValue ?? [] {
                guard let schema = group["schema"],
                    group["tests"]?.arrayValue?.contains(where: { $0["valid"] == true }) == true,
                    let judge = try? JSONSchema(compiling: schema)
                else { continue }
                let values = GeneratedValues(
                    source: SchemaSource(schema), parts: [SchemaPart(schema: schema, base: "")], judge: judge)
                switch values.value(.random, random: SeededRandom(seed: 3)) {
                case .success: made += 1
                case .failure(let failure):
                    missed.append("\(file): \(group["description"]?.stringValue ?? "") – \(failure.reason)")
                }
            }
        }
        #expect(made > 0)
        #expect(missed.count * 20 <= made, "\(made) made\n\(missed.joined(separator: "\n"))")
    }
}
