internal import AssayCore
internal import AssayNet
internal import AssayPolicy

/// What git says has changed, by paths from a folder of the repository.
struct GitChanges {
    /// The project's folder.
    let folder: String
    let reactor: Reactor
    let scope: CancelScope

    private static let bound = Duration.seconds(60)
    private static let outputLimitBytes = 64 << 20

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

    private struct Answer {
        var isSuccess: Bool
        var output: [UInt8]
        var complaint: String

        /// The output without the line break at its end.
        var text: String {
            String(decoding: output.last == 0x0A ? output.dropLast() : output[...], as: UTF8.self)
        }
        var names: [String] { output.split(separator: 0).map { String(decoding: $0, as: UTF8.self) } }
    }

    private func checked(_ words: String...) async throws(Diagnostic) -> Answer {
        let answer = try await run(words)
        guard answer.isSuccess else {
            throw Diagnostic("AS237", "git \(words.dropFirst(2).first ?? "") failed: \(answer.complaint)")
        }
        return answer
    }

    private func git(_ words: String...) async throws(Diagnostic) -> Answer {
        try await run(["-C", folder] + words)
    }

    private func run(_ words: [String]) async throws(Diagnostic) -> Answer {
        // No locks for looking, and messages that do not depend on the person's language.
        let own = [("GIT_OPTIONAL_LOCKS", "0"), ("LC_ALL", "C")]
        // A hook of git runs with paths from another folder than the one that git is asked in.
        let inherited = Host.environment.filter { known in
            !own.contains { $0.0 == known.name }
                && !(["GIT_DIR", "GIT_INDEX_FILE"].contains(known.name) && !known.value.hasPrefix("/"))
        }
        let spec = ProcessSpec(command: ["git"] + words, environment: inherited + own)
        let result: ProcessResult
        do {
            result = try await ChildProcess.runToEnd(
                spec, on: reactor, until: Reactor.monotonicNow() &+ Self.bound.nanoseconds, in: scope,
                outputLimitBytes: Self.outputLimitBytes)
        } catch {
            guard error.call == "execve" else { throw Diagnostic("AS237", "git could not be run: \(error)") }
            throw Diagnostic(
                "AS233", "--changed asks git, and there is no git on PATH",
                fix: "install it, or run without --changed")
        }
        if result.timedOut || result.cancelled || result.isTruncated {
            let why =
                result.timedOut
                ? "did not answer within \(Self.bound.shortText)"
                : result.cancelled ? "was interrupted" : "named too many files"
            throw Diagnostic("AS237", "git \(words.dropFirst(2).first ?? "") \(why)")
        }
        let said = String(decoding: result.errors, as: UTF8.self).split(separator: "\n").first.map(
            String.init)
        return Answer(
            isSuccess: result.status.isSuccess, output: result.output,
            complaint: said ?? "git \(result.status)")
    }
}
