import AssayContracts
import AssayCore
import AssayFormats
import Glibc
import Testing

/// Golden cases: two versions of a small document, one that nearly changes the same, and what is said.
struct ChangeCase: CustomTestStringConvertible {
    var name: String
    var isDocument: Bool
    /// Ids that the change raises and the near miss does not.
    var rules: [String]
    var old: String
    var new: String
    var near: String
    var expected: String

    var testDescription: String { name }

    private static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/GoldenChanges"

    static let all: [ChangeCase] = names.map(read)

    private static let names: [String] = {
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            // SAFETY: the entry is read before the next call; its name ends with a zero byte.
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasSuffix(".txt") { names.append(String(name.dropLast(4))) }
        }
        return names.sorted()
    }()

    private static func read(_ name: String) -> ChangeCase {
        let text = TextFile.contents(of: "\(folder)/\(name).txt")
        var sections: [String: String] = [:]
        var section = ""
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("--- ") {
                section = String(line.dropFirst(4))
            } else {
                sections[section, default: ""] += line + "\n"
            }
        }
        let head = sections[""] ?? ""
        let rules = head.split(separator: "\n").first { $0.hasPrefix("rules: ") }?.dropFirst(7) ?? ""
        var expected = sections["expected"] ?? ""
        if expected.hasSuffix("\n") { expected.removeLast() }
        return ChangeCase(
            name: name, isDocument: head.hasPrefix("kind: document"),
            rules: rules.split(separator: ",").map { String($0.filter { $0 != " " }) },
            old: sections["old.yml"] ?? "", new: sections["new.yml"] ?? "",
            near: sections["near.yml"] ?? "", expected: expected)
    }

    static let isUpdating = unsafe getenv("ASSAY_UPDATE_GOLDEN") != nil

    /// Writes what is said now into the case's file.
    func update(to said: String) {
        let text = TextFile.contents(of: "\(Self.folder)/\(name).txt")
        let kept = text.range(upTo: "--- expected\n") ?? text
        TextFile.write(kept + said, to: "\(Self.folder)/\(name).txt")
    }
}

extension String {
    /// The text up to and with a mark.
    fileprivate func range(upTo mark: String) -> String? {
        guard let found = firstRange(of: mark) else { return nil }
        return String(self[..<found.upperBound])
    }
}

/// Documents written in tests.
enum Compared {
    static func schema(_ text: String, file: String = "schema.yml") throws -> ComparedDocument {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: file, bag: bag), "\(bag.all)")
        let document = try #require(SchemaDocument(yaml))
        return ComparedDocument(document, file: file)
    }

    static func document(_ text: String, file: String) throws -> APIDocument {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: file, bag: bag), "\(bag.all)")
        return try #require(APIDocument.read(yaml), "\(bag.all.map { $0.rendered() })")
    }

    static func findings(
        _ old: String, _ new: String, as direction: SchemaDirection
    ) throws -> [CompatibilityFinding] {
        try compareSchemas(
            old: schema(old, file: "old.yml"), new: schema(new, file: "new.yml"), as: direction)
    }

    static func documentFindings(_ old: String, _ new: String) throws -> [CompatibilityFinding] {
        try compareDocuments(
            document(old, file: "old.yml"), document(new, file: "new.yml"), today: "2026-11-21")
    }
}

/// Files beside the tests.
enum TextFile {
    static func contents(of path: String) -> String {
        guard let file = unsafe fopen(path, "r") else { return "" }
        defer { unsafe fclose(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while case let count = unsafe fread(&chunk, 1, chunk.count, file), count > 0 {
            bytes.append(contentsOf: chunk.prefix(count))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func write(_ text: some StringProtocol, to path: String) {
        guard let file = unsafe fopen(path, "w") else { return }
        defer { unsafe fclose(file) }
        unsafe fputs(String(text), file)
    }
}
