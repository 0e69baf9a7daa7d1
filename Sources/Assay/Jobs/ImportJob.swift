public import AssayCore
internal import AssayImport
internal import AssayNet

/// `assay import`: makes Assay's files of those of other tools.
public struct ImportJob {
    /// Of what the file is: `compose`, a load `profile` in plain JSON, or one of those that make a folder of files: `har`,
    /// `openapi`, `postman`, `artillery` and `k6`.
    public var kind = ""
    public var file = ""
    /// Where the new file or folder goes, `-` for standard output; `nil` is `assay.yml` here, unless there is one.
    public var out: String?
    /// Writes over a file that is there.
    public var force = false
    public var includesImages = false
    public var profiles: [String] = []
    public var fixesPorts = false
    /// Of a recorded session: hosts besides the site of its first page.
    public var hosts: [String] = []
    public var includesAssets = false
    public var dropsThinkTimes = false
    public var dropsParallel = false
    /// Of an OpenAPI document: a scenario for each `tag` or each `operation`.
    public var grouping: String?
    /// A Postman environment's file, or the name of one of Artillery's.
    public var environment: String?
    /// `NAME=VALUE` for a script of k6.
    public var scriptEnvironment: [String] = []

    public init() {}

    private static let kinds = ["compose", "profile"] + folderKinds
    /// What is used as it is, or imported by later versions.
    private static let laterKinds = ["wiremock", "pact"]

    public func run(_ console: Console) -> ExitCode {
        console.doing { () throws(Diagnostics) in try work(console) }
    }

    /// - Throws: AS248 and AS249 for the options, and all that reading the file finds.
    func work(_ console: Console) throws(Diagnostics) {
        try checkKind()
        if Self.folderKinds.contains(kind) { return try workOnFiles(console) }
        let isProfile = kind == "profile"
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try Files.read(file, limitBytes: 8 << 20)
        } catch {
            throw Diagnostics([
                Diagnostic("AS248", "the \(isProfile ? "profile" : "compose file") cannot be read: \(error)")
            ])
        }
        let target = try target()
        let project: ImportedProject
        if isProfile {
            project = try profileImport(target).profile(from: bytes, file: file)
        } else {
            project = try importer(target).project(from: bytes, file: file) { path in
                try? Files.read(Self.joined(Self.folder(of: file), path), limitBytes: 8 << 20)
            }
        }
        guard let target else {
            console.print(project.text)
            for note in project.notes { console.complain(note.text) }
            return
        }
        do throws(SystemError) {
            try Files.write(Array(project.text.utf8), to: target)
        } catch {
            throw Diagnostics([Diagnostic("AS248", "\(target) cannot be written: \(error)")])
        }
        for note in project.notes { console.complain(note.text) }
        if !console.isQuiet {
            let count = project.notes.count
            let said = count == 0 ? "" : "; \(count) note\(count == 1 ? "" : "s") above"
            let next =
                isProfile ? "`assay load \(target)` runs it" : "`assay check` reads it, `assay up` starts it"
            console.complain("wrote \(target)\(said); \(next)")
        }
    }

    private func checkKind() throws(Diagnostics) {
        guard !Self.kinds.contains(kind) else { return }
        if Self.laterKinds.contains(kind) {
            throw Diagnostics([
                Diagnostic(
                    "AS249", "files of \(kind) are not imported by this version of Assay",
                    fix: "what is imported: \(Self.kinds.joined(separator: ", "))")
            ])
        }
        let near = nearestName(to: kind, among: Self.kinds + Self.laterKinds)
        throw Diagnostics([
            Diagnostic(
                "AS249", "there is nothing to import called '\(kind)'",
                fix: near.map { "did you mean `assay import \($0)`?" } ?? "write `assay import compose FILE`")
        ])
    }

    /// - Returns: `nil` for standard output.
    private func target() throws(Diagnostics) -> String? {
        let path = out ?? (kind == "profile" ? besideTheFile : "assay.yml")
        if path == "-" { return nil }
        if Files.kind(of: path) == .folder {
            throw Diagnostics([
                Diagnostic(
                    "AS248", "'\(path)' is a folder",
                    fix: "write --out \(path)/\(kind == "profile" ? "profile" : "assay").yml")
            ])
        }
        if Files.kind(of: path) != nil, !force {
            throw Diagnostics([
                Diagnostic(
                    "AS248", "'\(path)' is there already",
                    fix: "--out FILE writes another, --out - prints, --force writes over it")
            ])
        }
        return path
    }

    /// `profiles/normal.yml` for `profiles/normal.json`.
    private var besideTheFile: String {
        (file.hasSuffix(".json") ? String(file.dropLast(5)) : file) + ".yml"
    }

    private func profileImport(_ target: String?) -> ProfileImport {
        var options = ProfileImport()
        let here = Self.absolute(Self.folder(of: file))
        options.pathPrefix = Self.relative(
            here, from: Self.absolute(Self.folder(of: target ?? besideTheFile)))
        return options
    }

    private func importer(_ target: String?) -> ComposeImport {
        var options = ComposeImport()
        options.includesImages = includesImages
        options.profiles = Set(profiles)
        options.fixesPorts = fixesPorts
        let here = Self.absolute(Self.folder(of: file))
        options.pathPrefix = Self.relative(here, from: Self.absolute(Self.folder(of: target ?? "assay.yml")))
        options.project = here.split(separator: "/").last.map(String.init) ?? "project"
        return options
    }

    // MARK: paths

    private static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    private static func joined(_ folder: String, _ path: String) -> String {
        path.hasPrefix("/") || folder == "." ? path : folder + "/" + path
    }

    private static func absolute(_ path: String) -> String { Files.resolved(path) ?? path }

    /// The way from one folder to another: `deploy/dev`, `../x`; empty when they are the same.
    static func relative(_ path: String, from folder: String) -> String {
        let (to, from) = (path.split(separator: "/"), folder.split(separator: "/"))
        let shared = zip(to, from).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: from.count - shared) + to.dropFirst(shared)).joined(
            separator: "/")
    }
}
