import AssayContracts
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayPolicy
import AssayScenario
import Testing

@testable import Assay

/// The examples of the guides are files that the readers accept; what a guide shows is what works.
@Suite("Documentation")
struct DocumentationTests {
    private struct Example: Sendable, CustomTestStringConvertible {
        var file: String
        var line: Int
        var text: String
        var testDescription: String { "\(file):\(line)" }
    }

    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    /// YAML blocks that begin with `assay: 1`: whole files, not fragments.
    private static let examples: [Example] = {
        let guides = (try? Files.names(in: root + "/Documentation")) ?? []
        return (["README.md"] + guides.filter { $0.hasSuffix(".md") }.map { "Documentation/" + $0 }).flatMap {
            file in
            let text = (try? Files.read(root + "/" + file)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            var found: [Example] = []
            var block: (line: Int, lines: [Substring])?
            for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
                if line == "```yaml" {
                    block = (number + 2, [])
                } else if line == "```", let ended = block {
                    block = nil
                    let body = ended.lines.joined(separator: "\n")
                    if body.hasPrefix("assay: 1") {
                        found.append(Example(file: file, line: ended.line, text: body))
                    }
                } else {
                    block?.lines.append(line)
                }
            }
            return found
        }
    }()

    /// What the guide to factories defines.
    private static func factories() -> Result<FactorySet, Diagnostics> {
        var texts: [String: String] = [:]
        for example in examples where isOfFactories(example) {
            texts["\(example.testDescription)"] = example.text
        }
        return FactoryReader(files: FileReader(texts: texts)).read(texts.keys.sorted())
    }

    private static func isOfFactories(_ example: Example) -> Bool {
        example.file.hasSuffix("factories.md") && !example.text.contains("\nscenario:")
    }

    @Test("there are examples to read")
    func some() { #expect(Self.examples.count >= 7) }

    @Test("an example reads without a complaint", arguments: examples)
    private func reads(_ example: Example) throws {
        let problems: [Diagnostic]
        if example.text.contains("\nproject:") {
            problems = Self.errors(
                ProjectReader.read(Array(example.text.utf8), file: "assay.yml", folder: "."))
        } else if example.text.contains("\ndouble:") {
            let file = "/tmp/assay-documentation-\(Host.processID).yml"
            defer { try? Files.remove(file) }
            try Files.write(Array(example.text.utf8), to: file)
            KnownDoubles.connect()
            let bag = DiagnosticBag()
            _ = DoubleReader.kind(ofFile: file, bag: bag) { Issue.record("\($0)") }
            problems = bag.all
        } else if example.text.contains("\nquarantine:") {
            problems = Self.errors(FlakinessReading.list(Array(example.text.utf8), file: "quarantine.yml"))
        } else if example.text.contains("\ncontracts:"), !example.text.contains("\nload:") {
            let files = ContractFiles(texts: ["contracts.yml": example.text])
            let bag = DiagnosticBag()
            _ = ContractFolder.read(files, bag)
            problems = bag.all.filter { !["AS416", "AS417", "AS430"].contains($0.code.description) }
        } else if Self.isOfFactories(example) {
            problems = Self.errors(Self.factories())
        } else {
            var texts = ["guide/example.yml": example.text]
            for name in ["tests/hello.yml", "tests/e2e/buy.yml", "tests/e2e/browse.yml", "guide/reserve.yml"]
            {
                texts[name] = "assay: 1\nscenario: \(name)\nparams: {quantity: 1}\nsteps: [{think: 1ms}]\n"
            }
            let reader = ScenarioReader(
                files: FileReader(texts: texts),
                factories: example.file.hasSuffix("factories.md") ? try Self.factories().get() : nil)
            problems =
                example.text.contains("\nload:")
                ? Self.errors(reader.profile("guide/example.yml"))
                : Self.errors(reader.scenario("guide/example.yml"))
        }
        // Files that a guide only mentions are not there.
        let real = problems.filter { !["AS034", "AS123", "AS480"].contains($0.code.description) }
        #expect(real.isEmpty, "\(real.map { $0.rendered() }.joined(separator: "\n"))")
    }

    private static func errors<Value>(_ result: Result<Value, Diagnostics>) -> [Diagnostic] {
        if case .failure(let found) = result { found.all.filter { $0.severity == .error } } else { [] }
    }

    @Test("every code that the sources use is in the table, and no other")
    func codes() throws {
        var used: Set<String> = []
        func collect(_ folder: String) {
            for name in (try? Files.names(in: folder)) ?? [] {
                let path = folder + "/" + name
                if Files.kind(of: path) == .folder {
                    collect(path)
                } else if name.hasSuffix(".swift"), let bytes = try? Files.read(path) {
                    for part in String(decoding: bytes, as: UTF8.self).split(separator: "\"")
                    where part.count == 5 {
                        if part.hasPrefix("AS"), part.dropFirst(2).allSatisfy(\.isNumber) {
                            used.insert(String(part))
                        }
                    }
                }
            }
        }
        collect(Self.root + "/Sources")
        let table = String(
            decoding: try Files.read(Self.root + "/Documentation/diagnostics.md"), as: UTF8.self)
        let listed = Set(
            table.split(separator: "\n").filter { $0.hasPrefix("| AS") }.map {
                String($0.dropFirst(2).prefix(5))
            })
        #expect(used == listed, "\(used.symmetricDifference(listed).sorted())")
    }
}
