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
func checkedOutCommit(_ folder: String) -> String? {
    func text(_ path: String) -> String? {
        guard let bytes = try? Files.read(path, limitBytes: 1 << 20) else { return nil }
        return String(String(decoding: bytes, as: UTF8.self).prefix { $0 != "\n" })
    }
    var top = Files.resolved(folder) ?? folder
    while Files.kind(of: top + "/.git") == nil {
        guard let slash = top.lastIndex(of: "/"), slash != top.startIndex else { return nil }
        top = String(top[..<slash])
    }
    var git = top + "/.git"
    if Files.kind(of: git) == .file, let pointer = text(git), pointer.hasPrefix("gitdir: ") {
        let path = String(pointer.dropFirst(8))
        git = path.hasPrefix("/") ? path : top + "/" + path
    }
    guard let head = text(git + "/HEAD") else { return nil }
    guard head.hasPrefix("ref: ") else { return String(head.prefix(12)) }
    let reference = String(head.dropFirst(5))
    let common = text(git + "/commondir").map { $0.hasPrefix("/") ? $0 : git + "/" + $0 } ?? git
    if let commit = text(git + "/" + reference) ?? text(common + "/" + reference) {
        return String(commit.prefix(12))
    }
    guard let packed = try? Files.read(common + "/packed-refs") else { return nil }
    let line = String(decoding: packed, as: UTF8.self).split(separator: "\n").first {
        $0.hasSuffix(" " + reference)
    }
    return line.map { String($0.prefix(12)) }
}
