internal import AssayCore
internal import AssayNet

/// Contract files as they are on disk, or as a revision of git has them.
struct ContractTree: Sendable {
    /// Stands in front of paths in messages: `main:`; empty for files on disk.
    var prefix = ""
    /// The content of a file; `nil` when there is none.
    var read: @Sendable (String) -> Result<[UInt8]?, Diagnostic>
    /// Paths of all files below a folder, from there, in order; `nil` when there is no such folder.
    var names: @Sendable (String) -> Result<[String]?, Diagnostic>

    /// More files than this below one folder are not looked at.
    static let fileLimit = 20_000

    static let disk = ContractTree { path in
        guard Files.kind(of: path) == .file else { return .success(nil) }
        do throws(SystemError) {
            return .success(try Files.read(path, limitBytes: 64 << 20))
        } catch {
            return .failure(Diagnostic("AS452", "'\(path)' cannot be read: \(error)"))
        }
    } names: { folder in
        guard Files.kind(of: folder) == .folder else { return .success(nil) }
        var found: [String] = []
        var waiting = [""]
        while let inner = waiting.popLast(), found.count < fileLimit {
            let names = (try? Files.names(in: folder + "/" + inner)) ?? []
            for name in names where !name.hasPrefix(".") {
                let path = inner.isEmpty ? name : inner + "/" + name
                switch Files.kind(of: folder + "/" + path) {
                // A link to a folder could lead round in circles.
                case .folder: if path.utf8.count < 1024 { waiting.append(path) }
                case .file: found.append(path)
                default: break
                }
            }
        }
        return .success(found.sorted())
    }

    /// The files as a revision has them.
    ///
    /// - Parameters:
    ///   - revision: a branch, tag or commit.
    ///   - folder: in the repository.
    static func revision(_ revision: String, around folder: String) -> Result<ContractTree, Diagnostic> {
        GitTree.open(revision, around: folder).map { tree in
            ContractTree(prefix: revision + ":", read: tree.read, names: tree.names)
        }
    }
}

/// One commit of a repository.
private struct GitTree: Sendable {
    let reactor: Reactor
    /// The repository's folder, absolute and without links.
    let top: String
    let commit: String

    static func open(_ revision: String, around folder: String) -> Result<GitTree, Diagnostic> {
        guard let reactor = try? Reactor() else {
            return .failure(Diagnostic("AS454", "git could not be run: no event loop could be made"))
        }
        return git(["-C", folder, "rev-parse", "--show-toplevel"], on: reactor).flatMap { inside in
            guard inside.isSuccess else {
                return .failure(
                    Diagnostic(
                        "AS454",
                        "--since needs a git repository around '\(folder)', and git says: \(inside.complaint)"
                    ))
            }
            let top = inside.text
            let words = [
                "-C", top, "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}",
            ]
            return git(words, on: reactor).flatMap { known in
                guard known.isSuccess else {
                    return .failure(
                        Diagnostic(
                            "AS453", "git knows no revision '\(revision)'",
                            fix: "name a branch, tag or commit; a CI checkout may have to fetch it first"))
                }
                return .success(GitTree(reactor: reactor, top: top, commit: known.text))
            }
        }
    }

    func read(_ path: String) -> Result<[UInt8]?, Diagnostic> {
        guard let place = place(of: path) else { return .success(nil) }
        // Git says the same for a path that is not there and for other trouble; which it is, the listing tells.
        return kind(of: place).flatMap { kind in
            guard kind == "blob" else { return .success(nil) }
            return Self.git(["-C", top, "cat-file", "blob", "\(commit):\(place)"], on: reactor).flatMap {
                answer in
                answer.isSuccess ? .success(answer.output) : .failure(trouble(answer))
            }
        }
    }

    func names(_ folder: String) -> Result<[String]?, Diagnostic> {
        guard let place = place(of: folder) else { return .success(nil) }
        return kind(of: place).flatMap { kind in
            guard kind == "tree" else { return .success(nil) }
            let words = ["-C", top, "ls-tree", "-r", "-z", "--name-only", "\(commit):\(place)"]
            return Self.git(words, on: reactor).flatMap { answer in
                guard answer.isSuccess else { return .failure(trouble(answer)) }
                let shown = answer.names.filter { name in
                    !name.split(separator: "/").contains { $0.hasPrefix(".") }
                }
                return .success(Array(shown.prefix(ContractTree.fileLimit)).sorted())
            }
        }
    }

    /// `blob`, `tree`; `nil` when there is nothing.
    private func kind(of place: String) -> Result<String?, Diagnostic> {
        Self.git(["-C", top, "cat-file", "-t", "\(commit):\(place)"], on: reactor).map { answer in
            answer.isSuccess ? answer.text : nil
        }
    }

    /// A path from the repository's folder; `nil` outside of it.
    private func place(of path: String) -> String? {
        let absolute = path.hasPrefix("/") ? path : Files.current + "/" + path
        for candidate in [Self.plain(absolute), Files.resolved(path)].compactMap(\.self) {
            if candidate == top { return "" }
            let lead = top == "/" ? "/" : top + "/"
            if candidate.hasPrefix(lead) { return String(candidate.dropFirst(lead.count)) }
        }
        return nil
    }

    /// Without `.` and `..`.
    private static func plain(_ path: String) -> String {
        var kept: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = kept.popLast() } else { kept.append(part) }
        }
        return "/" + kept.joined(separator: "/")
    }

    private func trouble(_ answer: GitProcess.Answer) -> Diagnostic {
        Diagnostic("AS454", "git could not read \(commit.prefix(12)): \(answer.complaint)")
    }

    private static func git(
        _ words: [String], on reactor: Reactor
    ) -> Result<GitProcess.Answer, Diagnostic> {
        reactor.run {
            do throws(GitProcess.Failure) {
                return .success(
                    try await GitProcess(reactor: reactor, scope: CancelScope(on: reactor)).run(words))
            } catch {
                switch error {
                case .absent:
                    return .failure(
                        Diagnostic(
                            "AS454", "--since asks git, and there is no git on PATH",
                            fix: "install it, or compare two files"))
                case .other(let text): return .failure(Diagnostic("AS454", text))
                }
            }
        }
    }
}
