public import AssayCore
internal import AssayNet
internal import AssayScript
internal import AssayStand

/// `assay doctor`: what this machine has of what stands can use, and what each missing piece costs.
public struct DoctorJob {
    public var project: String?
    public init() {}

    /// One line of the answer.
    struct Finding: Equatable {
        var name: String
        /// `nil`: it is not there.
        var version: String?
        var note: String
    }

    public func run(_ console: Console) -> ExitCode {
        let read = Workspace.open(project)
        guard let workspace = console.taking(read) else { return .badInput }
        let wanted = workspace.project.stand.dependencies
        let installed = Installed()
        do {
            let reactor = try Reactor()
            let findings = reactor.run { await Self.findings(installed, wanted, on: reactor) }
            console.print(Self.table(findings))
        } catch {
            console.complain("error: \(error)")
            return .internalFault
        }
        let stopping = wanted.filter { $0.isMissing(from: installed) && !$0.hasFallback }
        guard !stopping.isEmpty else { return .passed }
        let names = stopping.map { "'\($0.name)' (\($0.keyword))" }.joined(separator: ", ")
        console.complain(
            "the stand of this project cannot come up here: \(names) not installed, and no `fallback`")
        return .standNotReady
    }

    static func findings(_ installed: Installed, _ wanted: [DependencySpec], on reactor: Reactor) async
        -> [Finding]
    {
        var findings = [await postgres(installed, wanted, on: reactor)]
        for recipe in ServerRecipe.all {
            let users = wanted.filter { $0.keyword == recipe.keyword }
            guard let path = installed.path(of: recipe.program) else {
                findings.append(missing(recipe.keyword, package: recipe.package, users))
                continue
            }
            let version = await version(of: [path] + recipe.versionArguments, on: reactor)
            findings.append(Finding(name: recipe.keyword, version: version, note: path))
        }
        findings.append(await docker(installed, on: reactor))
        findings.append(await git(installed, on: reactor))
        findings.append(scriptEngine())
        findings.append(networkGuard(on: reactor))
        findings.append(pacing())
        let descriptors = Host.raiseDescriptorLimit()
        findings.append(
            Finding(
                name: "open files", version: "\(descriptors)",
                note: "enough for \(max(0, descriptors - 100)) users of a load"))
        findings.append(
            Finding(
                name: "cores", version: "\(Host.cores)",
                note: "a load of 1000 users and more takes one reactor each"))
        return findings
    }

    private static func postgres(_ installed: Installed, _ wanted: [DependencySpec], on reactor: Reactor)
        async
        -> Finding
    {
        guard let newest = installed.postgres.first else {
            return missing("postgres", package: "postgresql", wanted.filter { $0.keyword == "postgres" })
        }
        let version = await version(of: ["\(newest.folder)/postgres", "--version"], on: reactor)
        guard Installed.hasPostgresClient else {
            return Finding(
                name: "postgres", version: version, note: "apt install libpq5   its client library is missing"
            )
        }
        var note = newest.folder
        if Accounts.isRoot {
            note +=
                Installed.postgresAccount.map { "   runs as '\($0)', for it refuses root" }
                ?? "   refuses root, and no other user was found"
        }
        return Finding(name: "postgres", version: version, note: note)
    }

    private static func missing(_ name: String, package: String, _ users: [DependencySpec]) -> Finding {
        let cost = users.map { "'\($0.name)' \($0.costOfMissing)" }.joined(separator: "; ")
        return Finding(
            name: name, version: nil,
            note: "apt install \(package)" + (cost.isEmpty ? "   this project does not use it" : "   \(cost)")
        )
    }

    /// What scripts of k6, and JavaScript of Artillery's, run in.
    static func scriptEngine(_ loaded: Result<ScriptEngine, Diagnostic> = ScriptEngine.load()) -> Finding {
        switch loaded {
        case .success(let engine):
            Finding(name: "quickjs", version: engine.version, note: "scripts of k6 run in it")
        case .failure:
            Finding(name: "quickjs", version: nil, note: "scripts/setup --only k6   k6 scripts cannot run")
        }
    }

    /// What `external-calls: deny` would be held by.
    private static func networkGuard(on reactor: Reactor) -> Finding {
        guard let network = try? NetworkGuard(on: reactor) else {
            return Finding(name: "guard", version: nil, note: "`external-calls: deny` cannot be held here")
        }
        network.close()
        return Finding(name: "guard", version: network.mechanism.rawValue, note: network.summary)
    }

    /// What a load of calls would be paced by; the class is given back at once.
    private static func pacing() -> Finding {
        let granted = raisePacingPriority()
        lowerPacingPriority()
        let best = PacingPriority.fifo.rawValue
        return switch granted {
        case .fifo: Finding(name: best, version: "allowed", note: "voice pacing at its best")
        case .nice:
            Finding(
                name: best, version: nil, note: "setcap cap_sys_nice+ep ASSAY   calls are paced at nice -10")
        case .normal:
            Finding(
                name: best, version: nil,
                note: "setcap cap_sys_nice+ep ASSAY   calls are paced as well as a shared core lets them")
        }
    }

    private static func docker(_ installed: Installed, on reactor: Reactor) async -> Finding {
        guard let path = installed.path(of: "docker") ?? installed.path(of: "podman") else {
            return Finding(
                name: "docker", version: nil,
                note: "apt install docker.io   only services with `image:` need it")
        }
        let answer = await output(of: [path, "version", "--format", "{{.Server.Version}}"], on: reactor)
        guard answer.isSuccess else {
            return Finding(
                name: "docker", version: nil,
                note: "\(path) finds no engine   only services with `image:` need it")
        }
        return Finding(name: "docker", version: number(in: answer.text), note: path)
    }

    private static func git(_ installed: Installed, on reactor: Reactor) async -> Finding {
        guard let path = installed.path(of: "git") else {
            return Finding(
                name: "git", version: nil,
                note: "apt install git   `--changed` and the commit in reports need it")
        }
        return Finding(name: "git", version: await version(of: [path, "--version"], on: reactor), note: path)
    }

    // MARK: versions

    private static func output(of command: [String], on reactor: Reactor) async -> (
        text: String, isSuccess: Bool
    ) {
        let deadline = Reactor.monotonicNow() &+ 5_000_000_000
        guard
            let result = try? await ChildProcess.runToEnd(
                ProcessSpec(command: command), on: reactor, until: deadline, outputLimitBytes: 4096)
        else { return ("", false) }
        return (String(decoding: result.output + result.errors, as: UTF8.self), result.status.isSuccess)
    }

    private static func version(of command: [String], on reactor: Reactor) async -> String {
        number(in: await output(of: command, on: reactor).text)
    }

    /// The first thing in a text that looks like a version.
    static func number(in text: String) -> String {
        let words = text.split { !$0.isASCII || !($0.isNumber || $0 == ".") }
        let found = words.first {
            $0.contains(".") && $0.first?.isNumber == true && $0.last?.isNumber == true
        }
        return found.map(String.init) ?? "?"
    }

    static func table(_ findings: [Finding]) -> String {
        let names = findings.map(\.name.count).max() ?? 0
        let versions = findings.map { $0.version?.count ?? 1 }.max() ?? 0
        return findings.map { finding in
            let name = finding.name + String(repeating: " ", count: names - finding.name.count)
            let version = finding.version ?? "–"
            return
                "\(name)   \(version)\(String(repeating: " ", count: versions - version.count))   \(finding.note)"
        }.joined(separator: "\n")
    }
}

extension DependencySpec {
    fileprivate var hasFallback: Bool { if case .none = fallback { false } else { true } }

    fileprivate func isMissing(from installed: Installed) -> Bool {
        switch kind {
        case .postgres: installed.postgres.isEmpty
        case .server(let server): installed.path(of: server.recipe.program) == nil
        case .sqlite, .program: false
        }
    }

    fileprivate var costOfMissing: String {
        switch fallback {
        case .none: "cannot come up"
        case .sqlite: "is SQLite instead"
        case .double: "is a double in this process instead"
        case .skip: "is left out, with every scenario that needs it"
        case .without: "is done without; scenarios that name it are skipped"
        }
    }
}
