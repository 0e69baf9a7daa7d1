internal import AssayCore
internal import AssayNet
internal import AssayPolicy

/// What git says has changed, by paths from a folder of the repository.
struct GitChanges {
    /// The project's folder.
    let folder: String
    let reactor: Reactor
    let scope: CancelScope

    /// Files that differ between the last commit common with `revision` and the files as they are now: committed,
    /// staged, changed or new. A file that was renamed counts with both names.
    ///
    /// - Throws: AS233 without git, AS234 outside a repository, AS235 for a revision that git does not know, AS236 when
    ///   there is no common commit, AS237 for anything else that git complains of.
    func since(_ revision: String) async throws(Diagnostic) -> ChangedFiles {
        let inside = try await git("rev-parse", "--show-toplevel")
        guard inside.isSuccess else {
            throw Diagnostic(
                "AS234",
                "--changed needs a git repository around '\(folder)', and git says: \(inside.complaint)")
        }
        let top = inside.text
        let known = try await git(
            "rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{commit}")
        guard known.isSuccess else {
            throw Diagnostic(
                "AS235", "git knows no revision '\(revision)'",
                fix: "name a branch, tag or commit; a CI checkout may have to fetch it first")
        }
        let common = try await git("merge-base", known.text, "HEAD")
        guard common.isSuccess else {
            throw Diagnostic(
                "AS236", "'\(revision)' and the checked-out commit have no common commit here",
                fix: "fetch the whole history; a shallow clone lacks it")
        }
        // From the top, so that changes outside the project's folder are seen too.
        let changed = try await checked("-C", top, "diff", "--name-only", "-z", "--no-renames", common.text)
        let new = try await checked("-C", top, "ls-files", "--others", "--exclude-standard", "-z")
        let start = Files.resolved(folder) ?? folder
        // What Assay's own runs left is no change of the project.
        let names = (changed.names + new.names).filter { !$0.split(separator: "/").contains(".assay") }
        return ChangedFiles(
            revision: revision, paths: Set(names.map { Paths.relative(top + "/" + $0, from: start) }))
    }

    private func checked(_ words: String...) async throws(Diagnostic) -> GitProcess.Answer {
        let answer = try await run(words)
        guard answer.isSuccess else {
            throw Diagnostic("AS237", "git \(words.dropFirst(2).first ?? "") failed: \(answer.complaint)")
        }
        return answer
    }

    private func git(_ words: String...) async throws(Diagnostic) -> GitProcess.Answer {
        try await run(["-C", folder] + words)
    }

    private func run(_ words: [String]) async throws(Diagnostic) -> GitProcess.Answer {
        do throws(GitProcess.Failure) {
            return try await GitProcess(reactor: reactor, scope: scope).run(words)
        } catch {
            switch error {
            case .absent:
                throw Diagnostic(
                    "AS233", "--changed asks git, and there is no git on PATH",
                    fix: "install it, or run without --changed")
            case .other(let text): throw Diagnostic("AS237", text)
            }
        }
    }
}
