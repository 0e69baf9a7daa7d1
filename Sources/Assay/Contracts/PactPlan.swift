internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayVerifier

/// What a command line means to verify: read, checked, not begun.
struct PactPlan {
    let workspace: Workspace
    /// The same, without its stand when nothing is wanted of that.
    let standWorkspace: Workspace
    let check: PactCheck
    let pacts: [Pact]
    let states: [PactScenarioStates.Known]
    let options: PactVerifier.Options

    static func read(_ job: ContractVerifyJob, _ workspace: Workspace) -> Result<PactPlan, Diagnostics> {
        var check = PactCheck()
        if let file = job.states {
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try Files.read(file)
            } catch {
                return .failure(
                    Diagnostics([Diagnostic("AS482", "the file of states cannot be read: \(error)")]))
            }
            switch PactCheck.read(bytes, file: file) {
            case .success(let read): check = read
            case .failure(let diagnostics): return .failure(diagnostics)
            }
        }
        do throws(Diagnostics) {
            try check.take(job)
            let pacts = try PactFiles.read(job.pacts).get()
            let states = try PactScenarioStates.read(check.states, workspace).get()
            let options = try job.options()
            return .success(
                PactPlan(
                    workspace: workspace,
                    standWorkspace: check.needsStand ? workspace : workspace.withoutStand,
                    check: check, pacts: pacts, states: states, options: options))
        } catch {
            return .failure(error)
        }
    }

    /// The addresses, once the stand is up.
    func target(_ running: RunningStand, timeout: Duration) throws(Diagnostic) -> PactRun.Target {
        try check.target(running, timeout: timeout)
    }

    /// A run that asked nothing is no success.
    func verdict(_ judged: Verdict, _ outcome: PactRun.Outcome) -> Verdict {
        guard judged.status == .inconclusive, outcome.tests.isEmpty else { return judged }
        let left = outcome.verifications.reduce(0) { $0 + $1.leftOut }
        return Verdict(
            .inconclusive,
            reasons: [left > 0 ? "no interaction is chosen of \(left)" : "the pacts have no interactions"])
    }

    /// Tells the matrix which versions were verified with each other: of each pact that the provider was asked for whole.
    func recordMatrix(
        _ outcome: PactRun.Outcome, _ versions: (consumer: String?, provider: String?),
        in history: RunHistory,
        _ folder: RunFolder, at milliseconds: Int64,
        _ console: Console
    ) async {
        let rows = outcome.verifications.filter { $0.isWhole && !$0.results.isEmpty }.map { verification in
            Verification(
                consumer: verification.pact.consumer, consumerVersion: versions.consumer ?? "",
                contract: verification.pact.file.split(separator: "/").last.map(String.init) ?? "pact",
                content: MatrixStore.hash(verification.pact.contract), provider: verification.pact.provider,
                providerVersion: versions.provider ?? "", isSuccessful: verification.hasSucceeded,
                detail: "\(verification.passed) of \(verification.results.count) interactions held",
                atMilliseconds: milliseconds, runFolder: folder.path)
        }
        // Without versions nobody could ask for it.
        guard versions.consumer != nil, versions.provider != nil else { return }
        if let problem = await MatrixStore(history).record(rows) { console.complain(Diagnostics([problem])) }
    }
}

extension PactCheck {
    /// Options of the command line come before what the file says.
    fileprivate mutating func take(_ job: ContractVerifyJob) throws(Diagnostics) {
        func template(_ text: String?, _ old: Template?) throws(Diagnostics) -> Template? {
            guard let text else { return old }
            do {
                return try Template(
                    parsing: text, at: SourceLocation(file: "command line", line: 1, column: 1))
            } catch {
                throw Diagnostics([error])
            }
        }
        provider = try template(job.provider, provider)
        stateURL = try template(job.stateURL, stateURL)
        messages = try template(job.messages, messages)
        providerVersion = try template(job.providerVersion, providerVersion)
        consumerVersion = try template(job.consumerVersion, consumerVersion)
        tearsDown = tearsDown || job.tearsDown
        for line in job.headers {
            guard let colon = line.firstIndex(of: ":") else {
                throw Diagnostics([
                    Diagnostic(
                        "AS166", "--header takes NAME: VALUE, found '\(line)'",
                        fix: "write --header 'X-Key: abc'")
                ])
            }
            let value = String(line[line.index(after: colon)...].drop { $0 == " " })
            if let value = try template(value, nil) { headers.append((String(line[..<colon]), value)) }
        }
        guard provider != nil else {
            throw Diagnostics([
                Diagnostic(
                    "AS484", "nothing says where the provider is",
                    fix:
                        "write --provider http://127.0.0.1:8080, or --provider NAME for a part of the project's stand"
                )
            ])
        }
    }

    /// Whether a part of the stand is asked, or makes states.
    var needsStand: Bool {
        let isURL = provider?.constantText.map { $0.contains("://") } ?? false
        return !isURL || !states.isEmpty || (stateURL.map { $0.constantText == nil } ?? false)
    }

    /// The addresses, once the stand is up.
    ///
    /// - Throws: AS484 for one that is no address of a provider.
    func target(_ running: RunningStand, timeout: Duration) throws(Diagnostic) -> PactRun.Target {
        guard let provider else {
            throw Diagnostic(
                "AS484", "nothing says where the provider is", at: place, fix: "write `provider: NAME`")
        }
        var target = PactRun.Target(
            provider: try address(provider, running).address, tearsDown: tearsDown, timeout: timeout)
        target.messages = try messages.map { (template) throws(Diagnostic) in
            try address(template, running).address
        }
        if let stateURL {
            let found = try address(stateURL, running)
            (target.state, target.stateQuery) = (found.address, found.query)
        }
        for (name, value) in headers {
            target.headers.append(ContractExchange.Header(name, try text(value, running)))
        }
        return target
    }

    /// The versions of both sides, for the matrix; `nil` where nothing says them.
    func versions(_ running: RunningStand) throws(Diagnostic) -> (consumer: String?, provider: String?) {
        (
            try consumerVersion.map { (template) throws(Diagnostic) in try text(template, running) },
            try providerVersion.map { (template) throws(Diagnostic) in try text(template, running) }
        )
    }

    /// A text that names members of the stand and the environment.
    func text(_ template: Template, _ running: RunningStand) throws(Diagnostic) -> String {
        do {
            return try running.text(of: template)
        } catch {
            throw error.diagnostic
        }
    }

    /// A URL, or a member of the stand that has one.
    private func address(
        _ template: Template, _ running: RunningStand
    ) throws(Diagnostic) -> (address: LiveAddress, query: String?) {
        var url = try text(template, running)
        if !url.contains("://") {
            // A member, or one with a path behind it: `api/_pact/state`.
            let name = String(url.prefix { $0 != "/" })
            guard let base = running.constants[name]?["url"]?.stringValue else {
                let names = running.constants.keys.filter { running.constants[$0]?["url"] != nil }.sorted()
                throw Diagnostic(
                    "AS484", "'\(url)' is no URL, and no part of the stand with one", at: place,
                    fix: nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
                        ?? "write http://HOST:PORT"
                        + (names.isEmpty ? "" : ", or one of: \(names.joined(separator: ", "))"))
            }
            url = base + url.dropFirst(name.count)
        }
        let parts = url.split(separator: "?", maxSplits: 1)
        do throws(LiveAddressError) {
            return (try LiveAddress(String(parts.first ?? "")), parts.count > 1 ? String(parts[1]) : nil)
        } catch {
            throw Diagnostic("AS484", "the address of a provider cannot be used: \(error)", at: place)
        }
    }
}

extension ContractVerifyJob {
    fileprivate func options() throws(Diagnostics) -> PactVerifier.Options {
        func pattern(_ text: String?, _ name: String) throws(Diagnostics) -> Pattern? {
            guard let text else { return nil }
            do {
                return try Pattern(text)
            } catch {
                throw Diagnostics([Diagnostic("AS166", "\(name) takes a regular expression: \(error)")])
            }
        }
        var options = PactVerifier.Options()
        options.description = try pattern(description, "--description")
        options.state = try pattern(state, "--state")
        options.withoutState = withoutState
        return options
    }
}
