public import AssayCore
internal import AssayFormats
internal import AssayNet

/// `assay ci`: writes the workflow of a CI system for a project.
public struct CIJob {
    /// `github` or `gitlab`.
    public var system = ""
    public var project: String?
    /// Where the file goes; `nil` is standard output.
    public var out: String?
    public var force = false
    public var pipeline: String?
    public var mainBranch = "main"
    public var stagingBranch = "develop"
    /// Patterns from the top of the repository; empty takes those of the levels.
    public var paths: [String] = []
    /// No image, and no deployment of it.
    public var withoutImage = false
    public var registry: String?
    public var image: String?
    public var dockerfile: String?
    public var deploy: String?
    public var assayURL: String?

    public init() {}

    static let systems = ["github", "gitlab"]

    public func run(_ console: Console) -> ExitCode {
        console.doing { () throws(Diagnostics) in try work(console) }
    }

    /// - Throws: AS251–AS253 for what the options say, AS073 and AS162 for the project, and all that reading it finds.
    func work(_ console: Console) throws(Diagnostics) {
        guard Self.systems.contains(system) else {
            let near = nearestName(to: system, among: Self.systems)
            throw Diagnostics([
                Diagnostic(
                    "AS251", "there is no CI system '\(system)' here",
                    fix: near.map { "did you mean `assay ci \($0)`?" }
                        ?? "write `assay ci github` or `assay ci gitlab`")
            ])
        }
        try checkNames()
        let (plan, notes) = try plan()
        try write(rendered(plan), console)
        for note in notes { console.complain("note: " + note) }
    }

    /// The text of the file.
    func rendered(_ plan: CIPlan) -> String {
        let file = out.map { Self.inRepository($0) ?? $0 }
        if system == "gitlab" { return GitLabPipeline(plan: plan, file: file ?? ".gitlab-ci.yml").rendered() }
        let name = CIScripts.imageName(plan.project)
        return GitHubWorkflow(plan: plan, file: file ?? ".github/workflows/\(name).yml").rendered()
    }

    private func write(_ text: String, _ console: Console) throws(Diagnostics) {
        guard let out, out != "-" else { return console.print(text) }
        if Files.kind(of: out) != nil, !force {
            throw Diagnostics([
                Diagnostic(
                    "AS252", "'\(out)' is there already", fix: "--force writes over it, --out - prints")
            ])
        }
        do throws(SystemError) {
            if let slash = out.lastIndex(of: "/") { try Files.makeFolder(String(out[..<slash])) }
            try Files.write(Array(text.utf8), to: out)
        } catch {
            throw Diagnostics([Diagnostic("AS252", "the workflow cannot be written: \(error)")])
        }
        if !console.isQuiet { console.complain("wrote \(out)") }
    }

    /// Names go into scripts and expressions: only what branches and images are called is let through.
    private func checkNames() throws(Diagnostics) {
        let names = [
            ("--main", mainBranch), ("--staging", stagingBranch), ("--registry", registry),
            ("--image", image),
        ]
        for (option, name) in names {
            guard let name else { continue }
            let isPlain = name.allSatisfy {
                $0.isASCII && ($0.isLetter || $0.isNumber || "._/:-".contains($0))
            }
            if name.isEmpty || !isPlain {
                throw Diagnostics([
                    Diagnostic(
                        "AS253",
                        "\(option) needs a name of letters, digits, `.`, `_`, `-`, `/` and `:`, found '\(name)'"
                    )
                ])
            }
        }
    }

    // MARK: the plan

    /// What the project asks for, with the options, and what a person should know about it.
    func plan() throws(Diagnostics) -> (CIPlan, [String]) {
        let workspace = try Workspace.open(project).get()
        guard let file = workspace.projectFile else {
            throw Diagnostics([
                Diagnostic("AS073", "there is no assay.yml here or above", fix: "--project PATH names one")
            ])
        }
        if let pipeline, !workspace.project.pipelines.contains(where: { $0.name == pipeline }) {
            let near = nearestName(to: pipeline, among: workspace.project.pipelines.map(\.name))
            throw Diagnostics([
                Diagnostic(
                    "AS162", "the project has no pipeline '\(pipeline)'",
                    fix: near.map { "did you mean '\($0)'?" })
            ])
        }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(file)
        } catch {
            throw Diagnostics([Diagnostic("AS073", "the project cannot be read: \(error)")])
        }
        let root = try YAMLDocument(parsing: bytes, file: file).root
        var plan = CIPlan(workspace.project, root: root, pipeline: pipeline)
        plan.mainBranch = mainBranch
        plan.stagingBranch = stagingBranch
        plan.deploy = deploy
        plan.assayURL = assayURL
        let folder = Files.resolved(workspace.project.folder) ?? workspace.project.folder
        plan.folder = Self.inRepository(folder) ?? "."
        choosePaths(&plan)
        plan.toolchains = Self.toolchains(in: folder)
        var notes: [String] = []
        if !withoutImage { chooseImage(&plan, folder, &notes) }
        if plan.needsEngine, system == "gitlab" {
            notes.append(
                "services with `image:` need a container engine: give the job `test` the service docker:dind and its client"
            )
        }
        if assayURL == nil {
            notes.append(
                "the CI variable ASSAY_URL must hold the address of an assay binary (or say --assay URL)")
        }
        return (plan, notes)
    }

    private func choosePaths(_ plan: inout CIPlan) {
        if !paths.isEmpty {
            plan.paths = paths
        } else if plan.paths.isEmpty {
            plan.paths = plan.folder == "." ? [] : ["\(plan.folder)/**"]
        } else {
            var seen: Set<String> = []
            plan.paths = (plan.paths + ["assay.yml"]).map { Self.plain(plan.inRepository($0)) }.filter {
                seen.insert($0).inserted
            }
        }
    }

    private func chooseImage(_ plan: inout CIPlan, _ folder: String, _ notes: inout [String]) {
        let usual = system == "gitlab" ? "$CI_REGISTRY" : "ghcr.io"
        plan.image = CIPlan.Image(
            registry: registry ?? usual, name: image, context: plan.folder,
            dockerfile: dockerfile.map(plan.inRepository))
        if Files.kind(of: "\(folder)/\(dockerfile ?? "Dockerfile")") == nil {
            notes.append(
                "there is no \(plan.inRepository(dockerfile ?? "Dockerfile")): the job `build` needs it; --no-image leaves it out"
            )
        }
        if deploy == nil {
            notes.append("nothing is deployed until --deploy COMMAND says how, with $IMAGE and $DEPLOY_TO")
        }
    }

    private static func toolchains(in folder: String) -> [Toolchain] {
        var found: [Toolchain] = []
        for toolchain in Toolchain.all where Files.kind(of: "\(folder)/\(toolchain.mark)") == .file {
            if !found.contains(toolchain) { found.append(toolchain) }
        }
        return found
    }

    /// A path from the top of the repository that it is in; `nil` outside of one.
    static func inRepository(_ path: String) -> String? {
        let whole = Files.resolved(path) ?? (path.hasPrefix("/") ? path : "\(Files.current)/\(path)")
        var folder = whole
        while folder != "/" {
            if Files.kind(of: folder + "/.git") != nil {
                return folder == whole ? "." : String(whole.dropFirst(folder.count + 1))
            }
            guard let slash = folder.lastIndex(of: "/"), slash != folder.startIndex else { return nil }
            folder = String(folder[..<slash])
        }
        return nil
    }

    /// `a/../b` as `b`.
    private static func plain(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", !parts.isEmpty { parts.removeLast() } else { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }
}
