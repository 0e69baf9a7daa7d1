internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet

/// `assay contract export`: makes an OpenAPI document of traffic, or a JSON Schema of examples.
public struct ContractExportJob: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case openapi, schema }

    public var project: String?
    public var kind = Kind.openapi
    /// Run folders, HAR files, mappings and scenarios; for a schema, examples.
    public var sources: [String] = []
    /// Where it goes; `nil` is standard output. Of an OpenAPI document `.json` makes JSON, anything else YAML.
    public var out: String?
    /// Writes over a file that is there.
    public var force = false
    /// Few different texts become enumerations.
    public var enums = false

    /// `title` of a schema; `nil` takes the first example's name.
    public var name: String?
    public var isStrict = false
    /// Says how often an optional member was there.
    public var counts = false

    /// `info.title`; `nil` takes the project's name.
    public var title: String?
    /// `info.version`.
    public var apiVersion: String?
    public var servers: [String] = []
    /// Hosts or services whose exchanges are taken.
    public var origins: [String] = []
    public var examples = false
    /// A document that is kept and gets what is new.
    public var merge: String?

    public init() {}

    public func run(_ console: Console) -> ExitCode {
        console.doing { () throws(Diagnostics) in
            try checkTarget()
            switch kind {
            case .schema: try exportSchema(console)
            case .openapi: try exportDocument(console)
            }
        }
    }

    private func checkTarget() throws(Diagnostics) {
        guard let out, Files.kind(of: out) != nil, !force, out != merge else { return }
        throw Diagnostics([
            Diagnostic(
                "AS500", "'\(out)' is there already",
                fix: kind == .openapi
                    ? "--merge \(out) adds to it, --force writes over it" : "--force writes over it")
        ])
    }

    // MARK: schemas

    private func exportSchema(_ console: Console) throws(Diagnostics) {
        let bag = DiagnosticBag()
        var shape = ExampleShape()
        let files = ExampleFiles(bag: bag)
        for source in sources { for path in files.paths(below: source) { files.add(path, to: &shape) } }
        if shape.count == 0, !bag.hasErrors {
            bag.add(
                Diagnostic(
                    "AS496", "there is no example in \(sources.joined(separator: ", "))",
                    fix: "give JSON files, or folders of them"))
        }
        try throwing(bag, console)
        var options = SchemaInference.Options()
        (options.enums, options.isStrict, options.counts) = (enums, isStrict, counts)
        let title = name ?? ExampleFiles.stem(sources[0])
        let document = SchemaInference(options).document(of: shape, name: title)
        try write(
            document.rendered(pretty: true) + "\n",
            "the schema of \(shape.count) example\(shape.count == 1 ? "" : "s")", console)
    }

    // MARK: documents

    private func exportDocument(_ console: Console) throws(Diagnostics) {
        let workspace: Workspace
        switch Workspace.open(project) {
        case .success(let found): workspace = found
        case .failure(let problems): throw problems
        }
        let bag = DiagnosticBag()
        let existing = try merge.map { path throws(Diagnostics) in try ExistingDocument(path, bag: bag) }
        var reading = TrafficSources(workspace, bag: bag)
        reading.origins = origins
        for source in sources { reading.read(source) }
        let exchanges = bag.hasErrors ? [] : reading.exchanges(of: sources)
        try throwing(bag, console)

        var options = APIInference.Options()
        options.title = title ?? (workspace.projectFile == nil ? "API" : workspace.project.name)
        options.version = apiVersion ?? options.version
        options.servers = servers + (existing?.servers ?? [])
        options.schemas.enums = enums
        options.examples = examples
        let outcome = APIInference(options).document(of: exchanges, known: existing?.paths ?? [])
        var warnings = outcome.notes.map {
            Diagnostic("AS498", "\($0.operation): \($0.text)", severity: .warning)
        }
        var document = outcome.document
        var added: [String]?
        if let existing {
            let merged = APIMerge(existing.json, adding: document)
            (document, added) = (merged.document, merged.added)
        }
        let asJSON = (out ?? merge ?? "").hasSuffix(".json")
        let text = asJSON ? document.rendered(pretty: true) + "\n" : YAMLTree(document).rendered()
        if existing != nil { warnings += contradictions(text, exchanges) }
        if !warnings.isEmpty { console.complain(Diagnostics(warnings)) }
        for line in added ?? [] { console.complain("+ \(line)") }
        let subject = "\(exchanges.count) exchange\(exchanges.count == 1 ? "" : "s")"
        let what =
            added.map {
                $0.isEmpty
                    ? "nothing new in \(subject)"
                    : "\($0.count) addition\($0.count == 1 ? "" : "s") of \(subject)"
            }
            ?? "\(operationCount(document)) of \(subject)"
        try write(text, what, console)
    }

    private func operationCount(_ document: JSON) -> String {
        let count = (document["paths"]?.objectValue ?? [:]).reduce(0) {
            $0 + ($1.value.objectValue?.count ?? 0)
        }
        return "\(count) operation\(count == 1 ? "" : "s")"
    }

    private static let contradictionLimit = 20

    /// AS501: what people wrote, and traffic says otherwise. Nothing of it is changed.
    private func contradictions(_ text: String, _ exchanges: [ObservedExchange]) -> [Diagnostic] {
        let bag = DiagnosticBag()
        let file = merge ?? ""
        guard let yaml = YAMLReading(parsing: Array(text.utf8), file: file, bag: bag),
            let document = APIDocument.read(yaml)
        else { return bag.all }
        var told: Set<String> = []
        var found: [Diagnostic] = []
        for one in exchanges
        where !one.isRequestBodyCut && !one.isResponseBodyCut && one.requestShape == nil
            && one.pathParameters.isEmpty
        {
            for finding in document.judge(one.exchange, contract: file) {
                let words =
                    "\(finding.operation): \(finding.place): the document says \(finding.expected), traffic \(finding.actual)"
                guard told.insert("\(finding.operation) \(finding.place) \(finding.rule.rawValue)").inserted,
                    found.count < Self.contradictionLimit
                else { continue }
                found.append(
                    Diagnostic("AS501", words, fix: "it is left as it is written", severity: .warning))
            }
        }
        return found
    }

    // MARK: writing

    private func throwing(_ bag: DiagnosticBag, _ console: Console) throws(Diagnostics) {
        if bag.hasErrors { throw Diagnostics(bag.all) }
        if !bag.all.isEmpty { console.complain(Diagnostics(bag.all)) }
    }

    private func write(_ text: String, _ what: String, _ console: Console) throws(Diagnostics) {
        guard let out else {
            console.print(text)
            return
        }
        do throws(SystemError) {
            try Files.write(Array(text.utf8), to: out)
        } catch {
            throw Diagnostics([Diagnostic("AS500", "\(out) cannot be written: \(error)")])
        }
        if !console.isQuiet { console.complain("wrote \(out): \(what)") }
    }
}

/// A document that is merged into.
struct ExistingDocument {
    let json: JSON
    let paths: [String]
    let servers: [String]

    /// - Throws: AS495 when it cannot be read, and all that is wrong with it.
    init(_ path: String, bag: DiagnosticBag) throws(Diagnostics) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: 64 << 20)
        } catch {
            throw Diagnostics([Diagnostic("AS495", "'\(path)' cannot be read: \(error)")])
        }
        guard let yaml = YAMLReading(parsing: bytes, file: path, bag: bag),
            let document = APIDocument.read(yaml, documents: .none)
        else { throw Diagnostics(bag.all) }
        json = document.json
        paths = json["paths"]?.objectValue?.keys ?? []
        servers = document.servers.map(\.url)
    }
}

/// Examples for a schema: JSON files, folders of them, and files with one a line.
struct ExampleFiles {
    let bag: DiagnosticBag

    func paths(below source: String) -> [String] {
        switch Files.kind(of: source) {
        case .file: return [source]
        case .folder:
            let names = ((try? Files.names(in: source)) ?? []).filter {
                ($0.hasSuffix(".json") || $0.hasSuffix(".jsonl")) && !$0.hasSuffix(".schema.json")
            }
            return names.sorted().map { source + "/" + $0 }
        default:
            bag.add(Diagnostic("AS495", "there is no file or folder '\(source)'"))
            return []
        }
    }

    func add(_ path: String, to shape: inout ExampleShape) {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(path, limitBytes: 512 << 20)
        } catch {
            bag.add(Diagnostic("AS495", "'\(path)' cannot be read: \(error)"))
            return
        }
        guard path.hasSuffix(".jsonl") else { return add(bytes, path, firstLine: 1, to: &shape) }
        for (index, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        where !line.isEmpty {
            add(Array(line), path, firstLine: index + 1, to: &shape)
        }
    }

    private func add(_ bytes: [UInt8], _ path: String, firstLine: Int, to shape: inout ExampleShape) {
        do throws(JSONError) {
            shape.add(try JSON(parsing: bytes))
        } catch {
            bag.add(
                Diagnostic(
                    "AS493", "expected \(error.expected), found \(error.actual)",
                    at: SourceLocation(file: path, line: firstLine + error.line - 1, column: error.column)))
        }
    }

    /// `aggregate` of `golden/aggregate.json`.
    static func stem(_ path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return name.split(separator: ".", omittingEmptySubsequences: true).first.map(String.init) ?? name
    }
}

extension YAMLTree {
    /// A JSON value as a YAML document.
    init(_ json: JSON) {
        switch json {
        case .string(let text): self = .text(text)
        case .array(let elements): self = .list(elements.map(YAMLTree.init))
        case .object(let object): self = .map(object.map { Entry($0.key, YAMLTree($0.value)) })
        case .null, .bool, .int, .double: self = .plain(json.rendered())
        }
    }
}
