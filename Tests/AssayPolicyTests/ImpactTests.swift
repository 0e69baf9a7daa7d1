import AssayFormats
import AssayPolicy
import Testing

@Suite("Impact of a change")
struct ImpactTests {
    private func member(
        _ name: String, _ paths: [String]? = nil, files: [String] = [], _ kind: ImpactMember.Kind = .scenario
    ) throws -> ImpactMember {
        ImpactMember(kind: kind, name: name, paths: try paths.map { try PathPatterns($0) }, files: files)
    }

    private func changes(_ paths: String...) -> ChangedFiles {
        ChangedFiles(revision: "main", paths: Set(paths))
    }

    @Test("a member runs for its paths, for its own files, and when it declares none")
    func choices() throws {
        let members = [
            try member("reserve", ["services/api/**"], files: ["tests/reserve.yml"]),
            try member("login", ["services/auth/**"], files: ["tests/login.yml", "tests/parts/token.yml"]),
            try member("browse", ["web/**"], files: ["tests/browse.yml"]),
            try member("odd", files: ["tests/odd.yml"]),
            try member("unit", ["services/**", "!**/*.md"], .level),
        ]
        let impact = judgeImpact(
            members, changes("services/api/main.go", "tests/parts/token.yml", "services/README.md"),
            foundations: ["assay.yml"])
        #expect(
            impact.choices == [
                .pathChanged("services/api/main.go"), .fileChanged("tests/parts/token.yml"), .leftOut,
                .declaresNothing, .pathChanged("services/api/main.go"),
            ])
        #expect(
            impact.lines(members, namesAtMost: 5) == [
                "since main: 3 of 4 scenarios, 1 of 1 level; left out: browse",
                "1 without `paths:` always runs: odd",
            ])
        #expect(impact.reasonLeftOut == "nothing that its paths name changed since main")
    }

    @Test("when the project file or what the stand is made of changes, everything runs")
    func foundations() throws {
        let members = [try member("a", ["x/**"]), try member("b", ["y/**"])]
        let impact = judgeImpact(
            members, changes("db/migrations/2.sql"), foundations: ["assay.yml", "db/migrations"])
        #expect(impact.choices == [.everything("db/migrations/2.sql"), .everything("db/migrations/2.sql")])
        #expect(
            impact.lines(members, namesAtMost: 5)
                == ["since main: 2 of 2 scenarios; 'db/migrations/2.sql' changed, so everything runs"])
        let near = judgeImpact(members, changes("db/migrations_old/2.sql"), foundations: ["db/migrations"])
        #expect(near.choices == [.leftOut, .leftOut])
    }

    @Test("many names are counted, and all are named on demand")
    func names() throws {
        let members = try (1...8).map { try member("s\($0)", ["x"]) }
        let impact = judgeImpact(members, changes("y"), foundations: [])
        #expect(
            impact.lines(members, namesAtMost: 3)
                == ["since main: 0 of 8 scenarios; left out: s1, s2, s3, … (5 more, -v names all)"])
        #expect(
            impact.lines(members, namesAtMost: nil)
                == ["since main: 0 of 8 scenarios; left out: s1, s2, s3, s4, s5, s6, s7, s8"])
    }
}
