import AssayContracts
import AssayFormats
import AssayTestSupport
import Glibc
import Testing

/// The public test suite of JSON Schema.
///
/// The shared data has draft 2020-12. `ASSAY_JSON_SCHEMA_SUITE` may name a checkout of the whole suite
/// (github.com/json-schema-org/JSON-Schema-Test-Suite): then its drafts 2020-12, 2019-09, 7, 6 and 4 are run, formats too.
@Suite(
    "JSON Schema suite", .enabled(if: SchemaSuite.isPresent, "shared/data/json-schema/tests is absent"))
struct SchemaSuiteTests {
    @Test(
        "every case comes out as the suite says, but for those that are named", arguments: SchemaSuite.files)
    func cases(file: String) throws {
        let (count, failures) = try SchemaSuite.run(file)
        #expect(count > 0)
        let known = SchemaSuite.differing.filter { $0.key.hasPrefix(file + ":") }
        let unexpected = failures.filter { known[$0] == nil }
        #expect(
            unexpected.isEmpty,
            "\(unexpected.count) of \(count) differ: \(unexpected.joined(separator: "\n"))")
        for name in known.keys { #expect(failures.contains(name), "no longer differs: \(name)") }
    }
}

enum SchemaSuite {
    /// Cases that come out differently, and why.
    static let differing: [String: String] = [:]

    private static let root: String = {
        guard let checkout = unsafe getenv("ASSAY_JSON_SCHEMA_SUITE") else {
            return SharedData.path("json-schema/")
        }
        return unsafe String(cString: checkout) + "/"
    }()

    static var isPresent: Bool { !files.isEmpty }

    static let files: [String] = ["draft2020-12", "draft2019-09", "draft7", "draft6", "draft4"].flatMap {
        draft in
        ["", "optional/", "optional/format/"].flatMap { names(in: "\(draft)/\($0)") }
    }

    private static func names(in folder: String) -> [String] {
        let above = root + "tests/"
        return FolderFiles.json(in: above + folder).map { String($0.dropFirst(above.count)) }
    }

    static func read(_ path: String) -> JSON? { FolderFiles.read(path) }

    static let remotes = SchemaDocuments { uri in
        let host = "http://localhost:1234/"
        guard uri.hasPrefix(host) else { return JSON?.none }
        return read(root + "remotes/" + uri.dropFirst(host.count))
    }

    /// Drafts other than the default are named by schemas that do not say theirs.
    private static let drafts = [
        "draft2019-09": "https://json-schema.org/draft/2019-09/schema",
        "draft7": "http://json-schema.org/draft-07/schema#",
        "draft6": "http://json-schema.org/draft-06/schema#",
        "draft4": "http://json-schema.org/draft-04/schema#",
    ]

    private static func schema(_ group: JSON, _ file: String) -> JSON {
        var schema = group["schema"] ?? .null
        let draft = file.prefix { $0 != "/" }
        if case .object(var members) = schema, members["$schema"] == nil, let uri = drafts[String(draft)] {
            members["$schema"] = .string(uri)
            schema = .object(members)
        }
        return schema
    }

    static func run(_ file: String) throws -> (count: Int, failures: [String]) {
        let groups = try #require(read(root + "tests/" + file)?.arrayValue, "\(file) is not readable")
        let asserts = file.contains("/optional/format/") || file.hasSuffix("optional/content.json")
        var count = 0
        var failures: [String] = []
        for group in groups {
            let name = "\(file): \(group["description"]?.stringValue ?? "?")"
            let tests = group["tests"]?.arrayValue ?? []
            count += tests.count
            do {
                let schema = try JSONSchema(
                    compiling: schema(group, file), documents: remotes, assertsFormats: asserts)
                for test in tests {
                    let name = "\(name): \(test["description"]?.stringValue ?? "?")"
                    let value = test["data"] ?? .null
                    let isValid = schema.violations(of: value).isEmpty
                    if isValid != test["valid"]?.boolValue { failures.append(name) }
                    // The two judges must be of one mind.
                    var tape = JSONTape()
                    try tape.parse(Array(value.rendered().utf8))
                    if schema.accepts(tape) != isValid { failures.append(name + " (on the tape)") }
                }
            } catch {
                failures.append("\(name): \(error)")
            }
        }
        return (count, failures)
    }
}
