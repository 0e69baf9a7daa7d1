import AssayCore
import AssayNet
import AssayPolicy
import Testing

@testable import Assay

private let hasGit = ["/usr/bin/git", "/usr/local/bin/git", "/bin/git"].contains {
    Files.kind(of: $0) == .file
}

/// Real git repositories in folders of their own.
@Suite("Changes since a revision", .timeLimit(.minutes(5)), .enabled(if: hasGit, "git is not installed"))
struct GitChangesTests {
    private func shell(_ script: String, in folder: TestFolder) throws {
        let reactor = try Reactor()
        let own = [
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_AUTHOR_NAME", "n"),
            ("GIT_AUTHOR_EMAIL", "n@example.org"),
            ("GIT_COMMITTER_NAME", "n"), ("GIT_COMMITTER_EMAIL", "n@example.org"),
        ]
        let environment = Host.environment.filter { !$0.name.hasPrefix("GIT_") } + own
        let spec = ProcessSpec(command: ["sh", "-ec", script], environment: environment, folder: folder.path)
        let result: Result<ProcessResult, SystemError> = reactor.run {
            do throws(SystemError) {
                return .success(try await ChildProcess.runToEnd(spec, on: reactor))
            } catch {
                return .failure(error)
            }
        }
        let ended = try result.get()
        #expect(ended.status.isSuccess, "\(String(decoding: ended.errors, as: UTF8.self))")
    }

    private func changes(_ revision: String, in folder: String) throws -> Result<ChangedFiles, Diagnostic> {
        let reactor = try Reactor()
        return reactor.run {
            do throws(Diagnostic) {
                let git = GitChanges(folder: folder, reactor: reactor, scope: CancelScope(on: reactor))
                return .success(try await git.since(revision))
            } catch {
                return .failure(error)
            }
        }
    }

    /// A repository with a branch `work` that is ahead of `main`, which went on by itself.
    private func repository(_ name: String = #function) throws -> TestFolder {
        let folder = try TestFolder(name)
        try shell(
            """
            git init -q -b main .
            mkdir -p shop/api lib; echo 1 > shop/api/a.go; echo 1 > shop/old.go; echo 1 > lib/l.go; echo 1 > "shop/ü b.go"
            echo build/ > .gitignore
            git add -A; git commit -qm one
            git checkout -qb work
            echo 2 > shop/api/a.go; git mv shop/old.go shop/new.go; git commit -qam two
            git checkout -q main; echo 2 > lib/main-only.go; git add -A; git commit -qm three
            git checkout -q work
            """, in: folder)
        return folder
    }

    @Test("commits since the common one, staged, changed and new files count; a renamed file by both names")
    func everything() throws {
        let folder = try repository()
        try shell(
            "echo 3 > 'shop/ü b.go'; echo 3 > lib/l.go; git add lib/l.go; mkdir -p build shop/.assay/runs; echo > build/x; echo > shop/.assay/runs/r; echo > 'shop/new file'",
            in: folder)
        let found = try changes("main", in: folder.path).get()
        #expect(
            found.paths == [
                "shop/api/a.go", "shop/old.go", "shop/new.go", "shop/ü b.go", "lib/l.go", "shop/new file",
            ])
        #expect(found.revision == "main")
    }

    @Test("paths start from the project's folder, also those outside it")
    func below() throws {
        let folder = try repository()
        try shell("echo 3 > lib/l.go", in: folder)
        let found = try changes("main", in: folder.path + "/shop").get()
        #expect(found.paths == ["api/a.go", "old.go", "new.go", "../lib/l.go"])
    }

    @Test("nothing changed is nothing")
    func nothing() throws {
        let folder = try repository()
        #expect(try changes("HEAD", in: folder.path).get().paths.isEmpty)
    }

    @Test("what git cannot answer is told")
    func faults() throws {
        let folder = try repository()
        func message(_ revision: String, _ path: String) throws -> String {
            guard case .failure(let diagnostic) = try changes(revision, in: path) else { return "no failure" }
            return diagnostic.rendered()
        }
        #expect(
            try message("mian", folder.path)
                == "error[AS235]: git knows no revision 'mian'\n"
                + "  fix: name a branch, tag or commit; a CI checkout may have to fetch it first")
        #expect(try message("--output=/tmp/x", folder.path).hasPrefix("error[AS235]"))
        try shell("git checkout -q --orphan alone; git commit -qm alone", in: folder)
        #expect(
            try message("main", folder.path)
                == "error[AS236]: 'main' and the checked-out commit have no common commit here\n"
                + "  fix: fetch the whole history; a shallow clone lacks it")
        let outside = try TestFolder("outside")
        #expect(
            try message("main", outside.path)
                == "error[AS234]: --changed needs a git repository around '\(outside.path)', and git says: "
                + "fatal: not a git repository (or any of the parent directories): .git")
    }
}

@Suite("Paths as texts")
struct PathsTests {
    @Test(
        "a path is told as another folder reaches it",
        arguments: [
            ("/a/b/c", "/a/b", "c"), ("/a/x", "/a/b/c", "../../x"), ("/a", "/a", ""), ("/a/b", "/", "a/b"),
        ])
    func relative(path: String, base: String, expected: String) {
        #expect(Paths.relative(path, from: base) == expected)
    }
}
