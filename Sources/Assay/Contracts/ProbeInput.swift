internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayStand
internal import AssayVerifier

/// What a person asked of a probe, read from words and files.
struct ProbeInput {
    let document: APIDocument
    let address: LiveAddress
    let options: ProbeOptions

    static func read(_ job: ContractProbeJob, _ workspace: Workspace, seed: UInt64) -> Result<
        ProbeInput, Diagnostics
    > {
        let document: APIDocument
        switch OpenAPIFile.read(job.document) {
        case .success(let read): document = read
        case .failure(let problems): return .failure(problems)
        }
        do throws(Diagnostic) {
            let address = try address(job.provider)
            let options = try options(job, document, seed)
            try guardProduction(job, workspace, address, options)
            return .success(ProbeInput(document: document, address: address, options: options))
        } catch {
            return .failure(Diagnostics([error]))
        }
    }

    private static func address(_ url: String) throws(Diagnostic) -> LiveAddress {
        do throws(LiveAddressError) {
            return try LiveAddress(url)
        } catch {
            throw Diagnostic(
                "AS435", "the provider's address cannot be used: \(error)",
                fix: "write --provider http://127.0.0.1:8000")
        }
    }

    private static func options(
        _ job: ContractProbeJob, _ document: APIDocument, _ seed: UInt64
    ) throws(Diagnostic) -> ProbeOptions {
        var options = ProbeOptions(seed: seed)
        options.cases.limit = job.cases
        options.cases.isStrict = job.isStrict
        for text in job.values {
            let (name, value) = try pair(text, "=", of: "--set", "NAME=VALUE")
            options.cases.values[name] = value
        }
        for text in job.headers {
            let (name, value) = try pair(text, ":", of: "--header", "'NAME: VALUE'")
            options.credentials.headers.append(.init(name, String(value.drop { $0 == " " })))
        }
        options.credentials.bearer = try job.bearer.map { (text) throws(Diagnostic) in try secret(text) }
        options.credentials.basic = try job.basic.map { (text) throws(Diagnostic) in try secret(text) }
        for text in job.keys {
            let (name, value) = try pair(text, "=", of: "--auth", "SCHEME=VALUE")
            let known = document.securitySchemes.map(\.name)
            guard known.contains(name) else {
                throw unknown("AS437", "\(document.file) has no security scheme '\(name)'", name, known)
            }
            options.credentials.keys[name] = try secret(value)
        }
        options.methods = try methods(job.methods)
        options.only = job.only
        options.skipped = job.skipped
        let known = document.operations.flatMap { [$0.name, $0.path] + [$0.id].compactMap(\.self) }
        for name in job.only + job.skipped where !known.contains(name) {
            throw unknown("AS438", "\(document.file) has no operation '\(name)'", name, known)
        }
        let rules = (ContractRule.ofProbing + ContractRule.ofResponses).map(\.rawValue)
        for name in job.ignored where !rules.contains(name) {
            throw unknown("AS439", "there is no rule '\(name)'", name, rules)
        }
        options.ignoredRules = Set(job.ignored)
        options.cases.phases = try phases(job.phases)
        options.concurrency = job.jobs
        options.timeout = job.timeout
        guard document.operations.contains(where: { options.exclusion(of: $0) == nil }) else {
            throw Diagnostic(
                "AS440", "\(document.file) has no operation left to probe",
                fix: "look at --methods, --only and --skip")
        }
        return options
    }

    private static func pair(
        _ text: String, _ mark: Character, of option: String, _ form: String
    ) throws(Diagnostic) -> (String, String) {
        guard let place = text.firstIndex(of: mark), place > text.startIndex else {
            throw Diagnostic("AS436", "\(option) takes \(form), found '\(text)'")
        }
        return (String(text[..<place]), String(text[text.index(after: place)...]))
    }

    /// A secret as it is, or of the environment: other people see a command line.
    private static func secret(_ text: String) throws(Diagnostic) -> String {
        guard text.hasPrefix("env:") else { return text }
        let name = String(text.dropFirst(4))
        guard let value = Host.environment(name) else {
            throw Diagnostic(
                "AS436", "the environment has no \(name), which credentials are to be taken from")
        }
        return value
    }

    private static func methods(_ names: [String]) throws(Diagnostic) -> Set<String>? {
        guard !names.isEmpty else { return nil }
        let known = ["GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE"]
        for name in names where !known.contains(name.uppercased()) {
            throw unknown("AS441", "there is no method '\(name)'", name.uppercased(), known)
        }
        return Set(names.map { $0.uppercased() })
    }

    private static func phases(_ names: [String]) throws(Diagnostic) -> Set<ProbeCase.Phase> {
        guard !names.isEmpty else { return Set(ProbeCase.Phase.allCases) }
        var phases: Set<ProbeCase.Phase> = []
        for name in names {
            guard let phase = ProbeCase.Phase(rawValue: name) else {
                throw unknown(
                    "AS442", "there is no phase '\(name)'", name, ProbeCase.Phase.allCases.map(\.rawValue))
            }
            phases.insert(phase)
        }
        return phases
    }

    private static func unknown(
        _ code: DiagnosticCode, _ message: String, _ name: String, _ known: [String]
    ) -> Diagnostic {
        let near = nearestName(to: name, among: known)
        return Diagnostic(
            code, message,
            fix: near.map { "did you mean '\($0)'?" }
                ?? "there are: \(known.prefix(12).joined(separator: ", "))")
    }

    /// A stand marked production is only read.
    private static func guardProduction(
        _ job: ContractProbeJob, _ workspace: Workspace, _ address: LiveAddress, _ options: ProbeOptions
    ) throws(Diagnostic) {
        guard let place = workspace.project.stand.production else { return }
        let isReadOnly = options.methods?.isSubset(of: ["GET", "HEAD", "OPTIONS"]) ?? false
        guard !isReadOnly else { return }
        let isHere = ["127.0.0.1", "localhost", "::1"].contains(address.origin.host)
        let reached = workspace.project.stand.reached.first { service in
            // An address that only a run knows may be this one, if this one is not of this machine.
            guard let url = service.url.constantText else { return !isHere }
            return (try? LiveAddress(url))?.origin == address.origin
        }
        guard let reached else { return }
        throw Diagnostic(
            "AS443",
            "\(address) is '\(reached.name)' of a stand marked production, which is only read", at: place,
            fix: "probe with --methods GET,HEAD")
    }
}

/// OpenAPI documents from files, and those that they refer to.
enum OpenAPIFile {
    static func read(_ path: String) -> Result<APIDocument, Diagnostics> {
        let bag = DiagnosticBag()
        guard let yaml = DocumentFiles.reading(path, bag),
            let document = APIDocument.read(yaml, documents: DocumentFiles.documents)
        else { return .failure(Diagnostics(bag.all)) }
        return .success(document)
    }
}
