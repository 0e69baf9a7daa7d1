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
            let made = try work()
            if !made.warnings.isEmpty { console.complain(Diagnostics(made.warnings)) }
            for line in made.added { console.complain("+ \(line)") }
            try write(made, console)
        }
    }

    /// What is written, and what a person should know of it.
    struct Made {
        var text: String
        /// `12 operations of 340 exchanges`
        var what: String
        var warnings: [Diagnostic] = []
        /// What was added to a document that was there.
        var added: [String] = []
    }

    /// Reads the sources and makes the document; nothing is written.
    func work() throws(Diagnostics) -> Made {
        try checkTarget()
        switch kind {
        case .schema: return try schema()
        case .openapi: return try document()
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

    private func schema() throws(Diagnostics) -> Made {
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
        if bag.hasErrors { throw Diagnostics(bag.all) }
        var options = SchemaInference.Options()
        (options.enums, options.isStrict, options.counts) = (enums, isStrict, counts)
        let title = name ?? ExampleFiles.stem(sources[0])
        let document = SchemaInference(options).document(of: shape, name: title)
        return Made(
            text: document.rendered(pretty: true) + "\n",
            what: "the schema of \(counted(shape.count, "example"))", warnings: bag.all)
    }

    // MARK: documents

    private func document() throws(Diagnostics) -> Made {
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
        if bag.hasErrors { throw Diagnostics(bag.all) }

        var options = APIInference.Options()
        options.title = title ?? (workspace.projectFile == nil ? "API" : workspace.project.name)
        options.version = apiVersion ?? options.version
        options.servers = servers + (existing?.servers ?? [])
        options.schemas.enums = enums
        options.examples = examples
        let outcome = APIInference(options).document(of: exchanges, known: existing?.paths ?? [])
        var made = Made(text: "", what: "", warnings: bag.all)
        made.warnings += outcome.notes.map {
            Diagnostic("AS498", "\($0.operation): \($0.text)", severity: .warning)
        }
        var document = outcome.document
        let subject = counted(exchanges.count, "exchange")
        if let existing {
            let merged = APIMerge(existing.json, adding: document)
            (document, made.added) = (merged.document, merged.added)
            made.what =
                made.added.isEmpty
                ? "nothing new in \(subject)" : "\(counted(made.added.count, "addition")) of \(subject)"
        } else {
            let operations = (document["paths"]?.objectValue ?? [:]).reduce(0) {
                $0 + ($1.value.objectValue?.count ?? 0)
            }
            made.what = "\(counted(operations, "operation")) of \(subject)"
        }
        let isJSON = (out ?? merge ?? "").hasSuffix(".json")
        made.text = isJSON ? document.rendered(pretty: true) + "\n" : YAMLTree(document).rendered()
        if existing != nil { made.warnings += contradictions(made.text, exchanges) }
        return made
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
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

    private func write(_ made: Made, _ console: Console) throws(Diagnostics) {
        guard let out else {
            console.print(made.text)
            return
        }
        do throws(SystemError) {
            try Files.write(Array(made.text.utf8), to: out)
        } catch {
            throw Diagnostics([Diagnostic("AS500", "\(out) cannot be written: \(error)")])
        }
        if !console.isQuiet { console.complain("wrote \(out): \(made.what)") }
    }
}
