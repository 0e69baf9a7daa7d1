internal import AssayCore
internal import AssayNet

extension RunHeader {
    /// The header of a run that begins here and now.
    static func here(
        _ kind: Kind, _ workspace: Workspace, name: String, seed: UInt64, stand: [StandMember],
        command: [String],
        at milliseconds: Int64, commit: String?
    ) -> RunHeader {
        RunHeader(
            kind: kind, project: workspace.project.name, name: name, startedAtMilliseconds: milliseconds,
            seed: seed,
            assayVersion: AssayVersion.text, commit: commit,
            host: Host(
                name: AssayNet.Host.name, system: AssayNet.Host.system, cores: AssayNet.Host.cores,
                memoryBytes: AssayNet.Host.memoryBytes),
            stand: stand, command: command)
    }
}

/// The commit that the project folder has checked out, read from git's own files; `nil` outside a checkout.
func checkedOutCommit(_ folder: String) -> String? { GitCheckout(around: folder)?.commit }

/// What git's own files say of a checkout.
struct GitCheckout {
    private let git: String
    private let head: String

    /// - Returns: `nil` when no folder from this one upwards is a checkout.
    init?(around folder: String) {
        var top = Files.resolved(folder) ?? folder
        while Files.kind(of: top + "/.git") == nil {
            guard let slash = top.lastIndex(of: "/"), slash != top.startIndex else { return nil }
            top = String(top[..<slash])
        }
        var git = top + "/.git"
        if Files.kind(of: git) == .file, let pointer = Self.text(git), pointer.hasPrefix("gitdir: ") {
            let path = String(pointer.dropFirst(8))
            git = path.hasPrefix("/") ? path : top + "/" + path
        }
        guard let head = Self.text(git + "/HEAD") else { return nil }
        self.git = git
        self.head = head
    }

    private static func text(_ path: String) -> String? {
        guard let bytes = try? Files.read(path, limitBytes: 1 << 20) else { return nil }
        return String(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
    }

    /// The branch, without `refs/heads/`; `nil` when a commit is checked out without one.
    var branch: String? { head.hasPrefix("ref: refs/heads/") ? String(head.dropFirst(16)) : nil }

    /// The first twelve digits of the commit.
    var commit: String? {
        guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
        let reference = String(head.dropFirst(5))
        let common = Self.text(git + "/commondir").map { $0.hasPrefix("/") ? $0 : git + "/" + $0 } ?? git
        if let commit = Self.text(git + "/" + reference) ?? Self.text(common + "/" + reference) {
            return String(commit.prefix(12))
        }
        guard let packed = try? Files.read(common + "/packed-refs") else { return nil }
        let line = String(decoding: packed, as: UTF8.self).split(separator: "\n").first {
            $0.hasSuffix(" " + reference)
        }
        return line.map { String($0.prefix(12)) }
    }
}
