import AssayFormats
import AssayTestSupport
import Glibc
import Testing

/// The JSONPath working group's compliance suite, read with the product's own JSON reader.
@Suite(
    "JSONPath compliance", .enabled(if: JSONPathSuite.isPresent, "shared/data/jsonpath/cts.json is absent"))
struct JSONPathComplianceTests {
    @Test("every case of the suite comes out as the suite says")
    func wholeSuite() throws {
        let cases = try #require(try JSON(parsing: JSONPathSuite.bytes())["tests"]?.arrayValue)
        #expect(cases.count == 703)
        var refused = 0
        for test in cases {
            let name = test["name"]?.stringValue ?? "?"
            let selector = try #require(test["selector"]?.stringValue)
            if test["invalid_selector"] == true {
                refused += 1
                #expect(throws: JSONPathError.self, "\(name): \(selector)") {
                    try JSONPath(parsing: selector)
                }
                continue
            }
            do {
                let path = try JSONPath(parsing: selector)
                let document = test["document"] ?? .null
                let nodes = path.nodes(in: document)
                let results = test["results"]?.arrayValue ?? [test["result"] ?? .null]
                let paths = test["results_paths"]?.arrayValue ?? [test["result_paths"] ?? .null]
                #expect(results.contains(.array(nodes.map(\.value))), "\(name): \(selector)")
                #expect(paths.contains(.array(nodes.map { .string($0.path) })), "\(name): \(selector)")
                #expect(path.values(in: document) == nodes.map(\.value), "\(name): \(selector)")
                try expectTapeAgrees(path, document, nodes)
            } catch {
                Issue.record("\(name): \(selector): \(error)")
            }
        }
        #expect(refused == 247)
    }

    private func expectTapeAgrees(_ path: JSONPath, _ document: JSON, _ nodes: [JSONNode]) throws {
        guard let compiled = path.compiled else { return }
        var tape = JSONTape()
        try tape.parse(Array(document.rendered().utf8))
        #expect(tape.value(at: compiled) == nodes.first?.value, "\(path)")
    }
}

enum JSONPathSuite {
    static let path = SharedData.path("jsonpath/cts.json")
    static var isPresent: Bool { unsafe access(path, R_OK) == 0 }

    /// - Returns: the file's bytes; empty when it cannot be read.
    static func bytes() -> [UInt8] {
        guard let file = unsafe fopen(path, "r") else { return [] }
        defer { unsafe fclose(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe fread(&chunk, 1, chunk.count, file)
            guard count > 0 else { return all }
            all.append(contentsOf: chunk.prefix(count))
        }
    }
}
