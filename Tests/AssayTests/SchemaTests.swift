import AssayContracts
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayPolicy
import AssayScenario
import AssayStand
import Synchronization
import Testing

@testable import Assay

/// The published schemas against the readers that they speak of, and against every file of the repository.
@Suite("JSON Schemas of the files")
struct SchemaTests {
    /// A file, or a block of a guide, that begins with `assay: 1`.
    private struct Sample: Sendable, CustomTestStringConvertible {
        var path: String
        var text: String
        var kind: String
        var testDescription: String { path }

        init?(path: String, text: String) {
            self.path = path
            self.text = text
            let keys = text.split(separator: "\n").compactMap { line in
                line.first?.isLetter == true ? line.split(separator: ":").first.map(String.init) : nil
            }
            guard keys.contains("assay") else { return nil }
            let kinds = [
                ("project", "project"), ("double", "double"), ("quarantine", "quarantine"), ("load", "load"),
                ("contracts", "contracts"), ("golden", "contracts"), ("scenario", "scenario"),
                ("factories", "factories"), ("fixtures", "factories"),
            ]
            guard let kind = kinds.first(where: { keys.contains($0.0) })?.1 else { return nil }
            self.kind = kind
        }
    }

    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")

    private static func files(_ folder: String, _ ending: String) -> [String] {
        ((try? Files.names(in: root + "/" + folder)) ?? []).sorted().flatMap { name -> [String] in
            let path = folder + "/" + name
            if Files.kind(of: root + "/" + path) == .folder { return files(path, ending) }
            return name.hasSuffix(ending) ? [path] : []
        }
    }

    private static func text(_ path: String) -> String {
        (try? Files.read(root + "/" + path)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Blocks of a guide that are whole files.
    private static func blocks(_ guide: String) -> [String] {
        text(guide).split(separator: "```yaml\n").dropFirst().compactMap { part in
            part.split(separator: "\n```", omittingEmptySubsequences: false).first.map(String.init)
        }.filter { $0.hasPrefix("assay: 1") }
    }

    private static let samples: [Sample] =
        files("Examples", ".yml").compactMap { Sample(path: $0, text: text($0)) }
        + (["README.md"] + files("Documentation", ".md")).flatMap { guide in
            blocks(guide).enumerated().compactMap { Sample(path: "\(guide)#\($0 + 1)", text: $1) }
        }

    private static let schemas: [String: JSONSchema] = {
        var schemas: [String: JSONSchema] = [:]
        for schema in FileSchemas.all { schemas[schema.name] = try? JSONSchema(compiling: schema.json) }
        return schemas
    }()

    private static func json(_ text: String) throws -> JSON {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "file.yml", bag: bag))
        return try #require(yaml.json(yaml.root))
    }

    private static func problems(_ text: String, _ kind: String) throws -> [String] {
        let schema = try #require(schemas[kind], "the schema '\(kind)' is none")
        return schema.violations(of: try json(text)).map { "\($0)" }
    }

    @Test("every file of the examples and every file in a guide keeps its schema", arguments: samples)
    private func valid(_ sample: Sample) throws {
        let problems = try Self.problems(sample.text, sample.kind)
        #expect(problems.isEmpty, "\(problems.prefix(3).joined(separator: "\n"))")
    }

    @Test("there are samples of every kind that is written by hand")
    func some() {
        let kinds = Set(Self.samples.map(\.kind))
        #expect(Self.samples.count > 100)
        #expect(kinds.isSuperset(of: ["project", "scenario", "load", "double", "contracts", "factories"]))
    }

    @Test(
        "files that are wrong in their keys or forms do not keep it",
        arguments: [
            "top-key-unknown", "step-key-unknown", "kind-missing", "kind-twice", "kind-unknown",
            "steps-missing", "steps-not-a-list", "scenario-unnamed", "expect-key-unknown", "method-missing",
            "method-twice", "think-bare", "within-bare", "http-timeout-bare", "version-missing",
            "version-newer", "sql-without-statement", "sql-both-statements", "repeat-without-count",
            "redis-without-command", "eventually-key", "profile-two-models", "profile-stage-bare",
            "profile-iterations-both", "profile-without-model",
        ])
    func invalid(name: String) throws {
        let text = Self.text("Tests/AssayScenarioTests/Golden/\(name).yml")
        #expect(!(try Self.problems(text, name.hasPrefix("profile-") ? "load" : "scenario").isEmpty))
    }

    // MARK: keys

    /// What readers asked for while they read everything: keys by what the mapping is.
    private static let asked: [String: Set<String>] = {
        let found = Mutex<[String: Set<String>]>([:])
        AskedKeys.$observer.withValue({ what, keys in
            found.withLock { $0[normal(what), default: []].formUnion(keys) }
        }) {
            for sample in samples { read(sample) }
            for file in files("Tests/AssayScenarioTests/Golden", ".yml") {
                guard let sample = Sample(path: file, text: text(file)) else { continue }
                read(sample)
            }
            for (kind, more) in corpus { read(kind, more, path: "corpus.yml") }
        }
        return found.withLock { $0 }
    }()

    /// Names that a person chose do not matter.
    private static func normal(_ what: String) -> String {
        for word in ["contract", "family", "coverage of", "mode"] where what.hasPrefix(word + " '") {
            return word + " '…'"
        }
        return what
    }

    private static func read(_ sample: Sample) { read(sample.kind, sample.text, path: sample.path) }

    private static func read(_ kind: String, _ text: String, path: String) {
        KnownDoubles.connect()
        let bytes = Array(text.utf8)
        let bag = DiagnosticBag()
        switch kind {
        case "project": _ = ProjectReader.read(bytes, file: "assay.yml", folder: root)
        case "double":
            guard let yaml = YAMLReading(parsing: bytes, file: path, bag: bag) else { return }
            let file = "/tmp/assay-schema-\(Host.processID)-\(UInt64.random(in: 0 ... .max)).yml"
            defer { try? Files.remove(file) }
            _ = yaml
            try? Files.write(bytes, to: file)
            _ = DoubleReader.kind(ofFile: file, bag: bag) { _ in }
        case "quarantine": _ = FlakinessReading.list(bytes, file: path)
        case "contracts": _ = ContractFolder.read(ContractFiles(texts: ["contracts.yml": text]), bag)
        case "factories": _ = FactoryReader(files: FileReader(texts: ["f.yml": text])).read(["f.yml"])
        case "waivers":
            if let yaml = YAMLReading(parsing: bytes, file: path, bag: bag) { _ = CompatibilityWaivers.read(yaml) }
        default:
            let reader = ScenarioReader(files: FileReader(texts: ["a/b.yml": text]), factories: nil)
            if kind == "load" { _ = reader.profile("a/b.yml") } else { _ = reader.scenario("a/b.yml") }
        }
    }

    /// What no example has: each a file that asks for more keys; whether it makes sense does not matter.
    private static let corpus: [(kind: String, text: String)] = [
        ("waivers", "[{rule: x, reason: y, until: 2026-12-31}]"),
        ("double", "assay: 1\ndouble: x\nredis: {password: a}\n"),
        ("double", "assay: 1\ndouble: x\nsink: {status: 200}\n"),
        ("double", "assay: 1\ndouble: x\ntoxiproxy: {}\n"),
        ("double", "assay: 1\ndouble: x\nopenapi: x.yml\n"),
        ("double", "assay: 1\ndouble: x\npact: {file: x.json}\n"),
        ("double", "assay: 1\ndouble: x\nproxy: {to: \"a:1\", faults: [{slicer: {size: 1}}]}\n"),
        ("double", "assay: 1\ndouble: x\nroutes: []\nfaults: [{slicer: {pieces: 2, over: 1s}}]\n"),
        ("double", "assay: 1\ndouble: x\npreset: telegram\nusers: [{id: 1, first_name: a}]\n"),
        ("double", "assay: 1\ndouble: x\npreset: oidc\nusers: [{username: a}]\nttl: {access: 1h}\n"),
        ("double", "assay: 1\ndouble: x\npreset: upwork\n"),
        ("double", "assay: 1\ndouble: x\npreset: speech\n"),
        (
            "double",
            "assay: 1\ndouble: x\npreset: openai\nlimits: {requests: 1}\nanswers: [{error: {status: 500}}, {tool: {name: a}}]\n"
        ),
        ("double", "assay: 1\ndouble: x\nbot: {turns: [{heard: any, say: [{text: a}]}]}\n"),
        (
            "factories",
            "assay: 1\nfixtures:\n  a: {factory: b, with: {c: 1}}\n  d: {table: e, rows: [{f: 1}]}\n"
        ),
        ("scenario", "assay: 1\nscenario: x\nsteps:\n  - build: {factory: a, count: 2}\n"),
        ("scenario", "assay: 1\nscenario: x\nsteps:\n  - fixture: {load: a}\n  - truncate: {tables: a}\n"),
        (
            "project",
            "assay: 1\nproject: x\nlevels:\n  contract: {openapi: a.yml, provider: api}\n  c: {pacts: {states: {s: {use: a}}}}\n"
        ),
    ]

    /// Mappings of parts that a schema leaves open, and of files of others.
    private static let open: Set<String> = [
        "format", "greeting", "circuit breaker", "mode", "mode '…'", "'heard'", "something to say", "call",
        "stt", "tts", "llm", "what a failure says", "bot's file", "coverage of '…'", "uniform delay",
        "lognormal delay", "delay", "data", "an entry of the plan", "file for pacts", "bot state",
    ]

    @Test("every key that a reader knows is in the schema of its mapping")
    func complete() {
        var known: [String: Set<String>] = [:]
        for definition in FileSchemas.table.definitions {
            for reader in definition.readers {
                known[reader, default: []].formUnion(definition.keys.map(\.name))
            }
        }
        for (what, keys) in Self.asked.sorted(by: { $0.key < $1.key }) where !Self.open.contains(what) {
            guard let listed = known[what] else {
                Issue.record("no schema speaks of '\(what)', which has \(keys.sorted())")
                continue
            }
            let missing = keys.subtracting(listed)
            #expect(missing.isEmpty, "'\(what)' lacks \(missing.sorted()) in Sources/Assay/Schemas")
        }
    }

    @Test("no schema has a key that no reader asks for")
    func current() {
        for definition in FileSchemas.table.definitions where !definition.readers.isEmpty {
            let asked = definition.readers.reduce(into: Set<String>()) { $0.formUnion(Self.asked[$1] ?? []) }
            let own = Set(definition.keys.filter { !$0.isReadElsewhere }.map(\.name))
            let gone = own.subtracting(asked)
            #expect(gone.isEmpty, "'\(definition.name)' has \(gone.sorted()), and no reader asks for that")
        }
    }

    @Test("every schema is one, and says something of every key")
    func described() throws {
        for schema in FileSchemas.all {
            #expect(Self.schemas[schema.name] != nil, "\(schema.name)")
            #expect(schema.text.hasPrefix("{\n"))
        }
        for definition in FileSchemas.table.definitions {
            #expect(definition.description.count > 10 && definition.keys.allSatisfy { $0.description.count > 5 })
        }
    }

    @Test("the published files are what the program prints", arguments: FileSchemas.all.map(\.name))
    func published(name: String) throws {
        let schema = try #require(FileSchemas.all.first { $0.name == name })
        let path = Self.root + "/Schemas/\(name).schema.json"
        if Host.environment("ASSAY_UPDATE_GOLDEN") == "1", Host.environment("CI") == nil {
            try Files.makeFolder(Self.root + "/Schemas")
            try Files.write(Array(schema.text.utf8), to: path)
        }
        let kept = (try? Files.read(path)).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            kept == schema.text, "run the tests with ASSAY_UPDATE_GOLDEN=1, or `assay schema \(name)`")
    }
}
