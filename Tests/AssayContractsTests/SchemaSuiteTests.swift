import AssayContracts
import AssayFormats
import AssayTestSupport
import Glibc
import Testing

/// The public test suite of JSON Schema, draft 2020-12.
@Suite(
    "JSON Schema suite", .enabled(if: SchemaSuite.isPresent, "shared/data/json-schema/tests is absent"))
struct SchemaSuiteTests {
    @Test("every required case comes out as the suite says", arguments: SchemaSuite.files(""))
    func required(file: String) throws {
        let (count, failures) = try SchemaSuite.run(file)
        #expect(count > 0)
        #expect(
            failures.isEmpty, "\(file): \(failures.count) of \(count): \(failures.joined(separator: "\n"))")
    }

    @Test(
        "every optional case comes out as the suite says, but for those that are named",
        arguments: SchemaSuite.files("optional/"))
    func optional(file: String) throws {
        let (count, failures) = try SchemaSuite.run(file)
        #expect(count > 0)
        let unexpected = failures.filter { !SchemaSuite.differing.contains($0) }
        #expect(unexpected.isEmpty, "\(file): \(unexpected.joined(separator: "\n"))")
        for known in SchemaSuite.differing where known.hasPrefix(file + ":") {
            #expect(failures.contains(known), "no longer differs: \(known)")
        }
    }
}

enum SchemaSuite {
    /// Optional cases that come out differently: draft 2019-09 is refused.
    static let differing: Set<String> = [
        "optional/cross-draft.json: refs to historic drafts are processed as historic drafts: "
            + "http://localhost:1234/draft2019-09/ignore-prefixItems.json: expected `$schema` to name draft 2020-12, "
            + "draft 7 or a readable metaschema, found https://json-schema.org/draft/2019-09/schema"
    ]

    private static let root = SharedData.path("json-schema/tests/draft2020-12/")
    static var isPresent: Bool { !files("").isEmpty }

    static func files(_ folder: String) -> [String] {
        guard let directory = unsafe opendir(root + folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // SAFETY: the entry is read before the next call; its name ends with a zero byte.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".json") { names.append(folder + name) }
        }
        return names.sorted()
    }

    static func read(_ path: String) -> JSON? {
        guard let file = unsafe fopen(path, "r") else { return nil }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { break }
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return try? JSON(parsing: bytes)
    }

    static let remotes = SchemaDocuments { uri in
        let host = "http://localhost:1234/"
        guard uri.hasPrefix(host) else { return nil }
        return read(SharedData.path("json-schema/remotes/") + uri.dropFirst(host.count))
    }

    static func run(_ file: String) throws -> (count: Int, failures: [String]) {
        let groups = try #require(read(root + file)?.arrayValue, "\(file) is not readable")
        var count = 0
        var failures: [String] = []
        for group in groups {
            let name = "\(file): \(group["description"]?.stringValue ?? "?")"
            let tests = group["tests"]?.arrayValue ?? []
            count += tests.count
            do {
                let schema = try JSONSchema(compiling: group["schema"] ?? .null, documents: remotes)
                for test in tests {
                    let violations = schema.violations(of: test["data"] ?? .null)
                    guard violations.isEmpty != test["valid"]?.boolValue else { continue }
                    failures.append("\(name): \(test["description"]?.stringValue ?? "?")")
                }
            } catch {
                failures.append("\(name): \(error)")
            }
        }
        return (count, failures)
    }
}
