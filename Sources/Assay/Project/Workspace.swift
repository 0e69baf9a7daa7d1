internal import AssayAudio
internal import AssayContracts
public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import AssayStand
internal import Synchronization

/// A project with its files, as found on disk.
public struct Workspace: Sendable {
    public let project: Project
    /// Path of the project file as diagnostics show it; `nil` when there is none.
    public let projectFile: String?
    /// What the files of the project's `factories:` define.
    private(set) var factories = FactorySet()
    /// The contracts of the project's `contracts:`; `nil` when it names none.
    private(set) var contracts: ContractBook?
    let secretNames: SecretNames

    /// Finds `assay.yml` in a folder or those above it, and reads it.
    ///
    /// - Parameter path: a project file or folder; `nil` looks from the current folder upwards.
    /// - Returns: a workspace without a stand when there is no project file and none was named.
    public static func open(_ path: String?) -> Result<Workspace, Diagnostics> {
        let secrets = SecretNames()
        guard let file = locate(path) else {
            if let path {
                return .failure(
                    Diagnostics([
                        Diagnostic(
                            "AS073", "there is no project at '\(path)'",
                            fix: "name a folder with an assay.yml, or the file itself")
                    ]))
            }
            return .success(
                Workspace(project: .bare(folder: "."), projectFile: nil, secretNames: secrets))
        }
        do {
            let bytes = try Files.read(file)
            secrets.collect(bytes)
            let parts = file.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
            return ProjectReader.read(bytes, file: file, folder: folder.isEmpty ? "/" : folder).flatMap {
                Workspace(project: $0, projectFile: file, secretNames: secrets).withFactories()
            }.flatMap { $0.withContracts() }
        } catch {
            return .failure(Diagnostics([Diagnostic("AS073", "the project cannot be read: \(error)")]))
        }
    }

    private static func locate(_ path: String?) -> String? {
        if let path {
            switch Files.kind(of: path) {
            case .folder: return Files.kind(of: path + "/assay.yml") == .file ? path + "/assay.yml" : nil
            case .file: return path
            default: return nil
            }
        }
        var folder = Files.current
        var shown = ""
        while true {
            if Files.kind(of: folder + "/assay.yml") == .file { return shown + "assay.yml" }
            guard folder != "/", let slash = folder.lastIndex(of: "/") else { return nil }
            folder = slash == folder.startIndex ? "/" : String(folder[..<slash])
            shown += "../"
        }
    }

    /// The same project with nothing to bring up.
    var withoutStand: Workspace {
        var bare = project
        (bare.stand, bare.doubles) = (StandSpec(), [])
        return Workspace(
            project: bare, projectFile: projectFile, contracts: contracts, secretNames: secretNames)
    }

    /// Results in the order in which the project file names their levels; others follow.
    func inLevelOrder(_ results: [TestResult]) -> [TestResult] {
        let names = project.levels.map(\.name)
        let places = results.enumerated().map { (names.firstIndex(of: $1.level) ?? names.count, $0) }
        return places.sorted { $0 < $1 }.map { results[$0.1] }
    }

    private func withFactories() -> Result<Workspace, Diagnostics> {
        var paths: [String] = []
        for place in project.factories {
            switch yamlFiles(below: path(place), what: "file of factories") {
            case .success(let found): paths += found
            case .failure(let problem): return .failure(Diagnostics([problem]))
            }
        }
        return FactoryReader(files: files, stand: project.standNames).read(paths).map {
            var workspace = self
            workspace.factories = $0
            return workspace
        }
    }

    private func withContracts() -> Result<Workspace, Diagnostics> {
        guard !project.contracts.isEmpty else { return .success(self) }
        let bag = DiagnosticBag()
        let folders = ContractFolderFiles.folders(
            project.contracts.map { (path($0.path), $0.location) }, bag)
        let book = ContractBook(folders, uses: project.contractUses, bag)
        let errors = bag.all.filter { $0.severity == .error }
        guard errors.isEmpty else { return .failure(Diagnostics(bag.all)) }
        var workspace = self
        workspace.contracts = book
        return .success(workspace)
    }

    /// What is wrong with a contract that a step names; `nil` when nothing is.
    private func contractProblem(_ name: String) -> Diagnostic? {
        guard let reference = ContractReference(parsing: name) else {
            return ContractBindingReader.unreadable(name, at: nil)
        }
        guard let contracts else {
            return Diagnostic(
                "AS426", "the step is judged by contract '\(name)', and the project has no `contracts:`",
                fix: "add `contracts: contracts/` to the project")
        }
        let nowhere = SourceLocation(file: "", line: 1, column: 1)
        return contracts.problem(with: ContractBook.Use(reference, user: "the step", location: nowhere))
    }

    /// A path of the project file, as a person in the current folder would write it.
    func path(_ relative: String) -> String {
        if relative.hasPrefix("/") || project.folder == "." { return relative }
        return project.folder + "/" + relative
    }

    /// Reads files for scenarios and profiles, and notes which secrets they name.
    var files: FileReader {
        let secrets = secretNames
        return FileReader { path in
            do throws(SystemError) {
                let bytes = try Files.read(path)
                secrets.collect(bytes)
                return .success(bytes)
            } catch {
                return .failure(
                    SystemError.name(of: error.errno) == "ENOENT" ? .missing : .unreadable("\(error)"))
            }
        } names: { folder in
            (try? Files.names(in: folder.isEmpty ? "." : folder)) ?? []
        }
    }

    /// - Parameter forRun: the environment of this process is that of the run, so what it lacks is told.
    func reader(forRun: Bool) -> ScenarioReader {
        var names = project.standNames
        let workspace = self
        names.contractProblem = { workspace.contractProblem($0) }
        if forRun { names.isInEnvironment = { Host.environment($0) != nil } }
        var reader = ScenarioReader(files: files, stand: names, factories: factories) { text, metrics in
            do throws(Diagnostic) {
                _ = try Threshold.parse(text.text, metrics: metrics, at: text.location)
                return []
            } catch {
                return [error]
            }
        }
        reader.checkSound = { bytes in
            do throws(SoundError) {
                _ = try Sound(wav: bytes)
                return nil
            } catch {
                return error.description
            }
        }
        return reader
    }

    /// The file of a load profile: a path, or the bare name of one where profiles are kept.
    ///
    /// - Returns: what was given when it looks like a path, for the reader to say what is wrong with it.
    func profilePath(_ given: String) -> Result<String, Diagnostics> {
        guard given != "-", Files.kind(of: given) != .file, !given.contains("/"), !given.contains(".") else {
            return .success(given)
        }
        var folders = project.levels.compactMap { level -> String? in
            guard case .load(let profile) = level.work else { return nil }
            return profile.lastIndex(of: "/").map { String(profile[..<$0]) } ?? ""
        }
        folders += ["load", "profiles", "load/profiles", "tests/load", "tests/load/profiles"]
        var known: [String] = []
        for folder in folders {
            let files = (try? Files.names(in: path(folder))) ?? []
            for ending in [".yml", ".yaml", ".json", ".js", ".mjs", ".cjs", ".ts"] {
                if files.contains(given + ending) { return .success(path(folder) + "/" + given + ending) }
                known += files.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
            }
        }
        let near = nearestName(to: given, among: known)
        return .failure(
            Diagnostics([
                Diagnostic(
                    "AS034", "there is no file '\(given)', and no load profile of that name",
                    fix: near.map { "did you mean '\($0)'?" }
                        ?? "profiles are looked for in load/, profiles/ and tests/load/")
            ]))
    }

    /// Scenario files below a path, in order of their names: every `.yml` and `.yaml`.
    func scenarioFiles(below path: String) -> Result<[String], Diagnostic> {
        yamlFiles(below: path, what: "scenario file")
    }

    private func yamlFiles(below path: String, what: String) -> Result<[String], Diagnostic> {
        switch Files.kind(of: path) {
        case .file: return .success([path])
        case .folder:
            var found: [String] = []
            collect(path, into: &found)
            found.removeAll(where: isQuarantineFile)
            if found.isEmpty {
                return .failure(
                    Diagnostic(
                        "AS074", "there is no \(what) below '\(path)'", fix: "add a .yml file to it"))
            }
            return .success(found)
        default: return .failure(Diagnostic("AS074", "there is no file or folder '\(path)'"))
        }
    }

    private func collect(_ folder: String, into found: inout [String]) {
        for name in (try? Files.names(in: folder)) ?? [] where !name.hasPrefix(".") {
            let path = folder + "/" + name
            if Files.kind(of: path) == .folder {
                collect(path, into: &found)
            } else if name.hasSuffix(".yml") || name.hasSuffix(".yaml") {
                found.append(path)
            }
        }
    }
}

/// Names that files read as `${secret.NAME}`: the values of these environment variables are masked everywhere.
final class SecretNames: Sendable {
    private let names = Mutex<Set<String>>([])

    func collect(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        var rest = text[...]
        while let found = rest.firstRange(of: "secret.") {
            rest = rest[found.upperBound...]
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
            if !name.isEmpty { names.withLock { _ = $0.insert(String(name)) } }
        }
    }

    /// Values of the secrets that are set.
    var values: [(name: String, value: String)] {
        names.withLock { $0.sorted() }.compactMap { name in Host.environment(name).map { (name, $0) } }
    }
}
