import AssayCore
import AssayFormats
import AssayNet
import Synchronization
import Testing

@testable import Assay

/// The pipeline of D3.7.5, fact by fact, read back from what `assay ci` writes.
@Suite("CI: workflows")
struct CITests {
    private static let file = """
        assay: 1
        project: inventory-service
        stand:
          dependencies:
            db: {postgres: {migrations: migrations}}
            cache: {redis: {}}
        levels:
          unit: {run: go test ./..., junit: build/unit.xml, coverage: cover.out}
          integration: {scenarios: tests/integration}
          e2e: {scenarios: tests/e2e}
          load: {profile: load/smoke.yml}
        pipelines:
          pr: [unit, integration]
          nightly: [unit, integration, e2e, load]
        """

    private static let counter = Atomic<Int>(0)

    /// A repository with one project in a folder of it, and what the job writes for it.
    private func workflow(
        _ system: String = "github", _ text: String = file, files: [String] = ["go.mod", "Dockerfile"],
        folder: String = "services/inventory-service", _ change: (inout CIJob) -> Void = { _ in }
    ) throws -> (text: String, root: YAMLNode, notes: [String]) {
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let repository = "/tmp/assay-ci-\(Host.processID)-\(number)"
        let place = folder == "." ? repository : "\(repository)/\(folder)"
        defer { try? Files.remove(repository) }
        try Files.makeFolder(repository + "/.git")
        try Files.makeFolder(place)
        try Files.write(Array(text.utf8), to: place + "/assay.yml")
        for name in files { try Files.write([], to: "\(place)/\(name)") }
        var job = CIJob()
        job.system = system
        job.project = place
        change(&job)
        let (plan, notes) = try job.plan()
        let written = job.rendered(plan)
        return (written, try YAMLDocument(parsing: written, file: "workflow.yml").root, notes)
    }

    private func texts(_ node: YAMLNode?) -> [String] { (node?.elements ?? []).map { $0.scalarText ?? "" } }

    private func at(_ path: String, _ root: YAMLNode) -> YAMLNode? {
        path.split(separator: "/").reduce(Optional(root)) { $0?[String($1)] }
    }

    private func steps(_ job: String, _ root: YAMLNode) -> [YAMLNode] {
        at("jobs/\(job)/steps", root)?.elements ?? []
    }

    // MARK: GitHub

    @Test("pushes to main and develop and pull requests to main run it, when the service's files change")
    func triggers() throws {
        let root = try workflow().root
        #expect(texts(at("on/push/branches", root)) == ["main", "develop"])
        #expect(texts(at("on/pull_request/branches", root)) == ["main"])
        let paths = ["services/inventory-service/**", ".github/workflows/inventory-service.yml"]
        #expect(texts(at("on/push/paths", root)) == paths)
        #expect(texts(at("on/pull_request/paths", root)) == paths)
    }

    @Test(
        "a project at the top of its repository has no path filter unless its levels or an option name paths")
    func paths() throws {
        #expect(at("on/push/paths", try workflow(folder: ".").root) == nil)
        let chosen = try workflow(folder: ".") { $0.paths = ["src/**"] }.root
        #expect(texts(at("on/push/paths", chosen)).first == "src/**")
    }

    @Test("the levels' own paths are the filter when all of them have some")
    func levelPaths() throws {
        let root = try YAMLDocument(
            parsing: """
                levels:
                  unit: {run: x, paths: [src/**, '!**/*.md'], coverage: [a.xml], folder: web}
                  e2e: {scenarios: tests/e2e, paths: web/**}
                """, file: "assay.yml"
        ).root
        var project = Project.bare(folder: ".")
        let place = SourceLocation(file: "assay.yml", line: 1, column: 1)
        for name in ["unit", "e2e"] {
            project.levels.append(.init(name: name, work: .skipped(""), location: place))
        }
        let plan = CIPlan(project, root: root, pipeline: nil)
        #expect(plan.paths == ["src/**", "web/**", "tests/e2e/**"])
        #expect(plan.coverage == ["web/a.xml"])
        let without = try YAMLDocument(
            parsing: "levels: {unit: {run: x, paths: [a]}, e2e: {scenarios: t}}", file: "a"
        ).root
        #expect(CIPlan(project, root: without, pipeline: nil).paths.isEmpty)
    }

    @Test("the language is set up and what it fetches is kept between runs")
    func caching() throws {
        let root = try workflow().root
        let uses = steps("test", root).compactMap { $0["uses"]?.stringValue }
        #expect(
            uses.prefix(4) == [
                "actions/checkout@v4", "actions/setup-go@v5", "actions/cache@v4", "actions/cache@v4",
            ])
        let keys = steps("test", root).compactMap { $0["with"]?["key"]?.stringValue }
        #expect(keys.first == "${{ runner.os }}-go-${{ hashFiles('services/inventory-service/**/go.sum') }}")
        #expect(keys.last?.contains("services/inventory-service/**/*.sql") == true)
    }

    @Test("PostgreSQL and Redis are installed because the stand has them, and migrations need no step")
    func dependencies() throws {
        let (text, root, _) = try workflow()
        let install = steps("test", root).first {
            $0["name"]?.stringValue == "Install the stand's dependencies"
        }
        let script = install?["run"]?.stringValue ?? ""
        #expect(script.contains(" postgresql redis-server") && !script.contains("prometheus"))
        #expect(!text.contains("services:"))
        #expect(text.contains("# No step for migrations: every database of the stand begins with them."))
    }

    @Test("a version that the stand insists on is the one that is installed")
    func version() throws {
        let text = Self.file.replacing("{postgres: {migrations", with: "{postgres: {version: 16, migrations")
        let install = steps("test", try workflow("github", text).root).compactMap { $0["run"]?.stringValue }
        #expect(install.contains { $0.contains(" postgresql-16 redis-server") })
    }

    @Test("services in containers are told of where the runner has no engine")
    func engine() throws {
        let text = Self.file.replacing("levels:", with: "  services: {mail: {image: 'mail:1'}}\nlevels:")
        let said = "services with `image:` need a container engine"
        #expect(try workflow("gitlab", text).notes.contains { $0.hasPrefix(said) })
        #expect(try !workflow("github", text).notes.contains { $0.hasPrefix(said) })
    }

    @Test("the units are tested first, then the integration level, each with its JUnit")
    func order() throws {
        let commands = steps("test", try workflow().root).compactMap { $0["run"]?.stringValue }.filter {
            $0.hasPrefix("assay test")
        }
        #expect(
            commands == [
                "assay test --level unit --junit build/assay/unit.xml --out build/assay/unit",
                "assay test --level integration --junit build/assay/integration.xml --out build/assay/integration",
            ])
        #expect(
            at("jobs/test/defaults/run/working-directory", try workflow().root)?.stringValue
                == "services/inventory-service")
    }

    @Test("with coverage gates the levels run together, for gates are judged on all of them")
    func gates() throws {
        let text = Self.file + "\npolicy: {coverage: {total: 80%}}\n"
        let named = try workflow("github", text).root
        let commands = steps("test", named).compactMap { $0["run"]?.stringValue }.filter {
            $0.hasPrefix("assay test")
        }
        #expect(
            commands == ["assay test --pipeline pr --junit build/assay/tests.xml --out build/assay/tests"])
    }

    @Test("JUnit, reports and coverage are uploaded whatever the verdict")
    func uploads() throws {
        let uploads = steps("test", try workflow().root).filter {
            $0["uses"]?.stringValue == "actions/upload-artifact@v4"
        }
        #expect(uploads.count == 2 && uploads.allSatisfy { $0["if"]?.stringValue == "always()" })
        let paths = uploads.map { $0["with"]?["path"]?.stringValue ?? "" }
        #expect(paths == ["services/inventory-service/build/assay", "services/inventory-service/cover.out"])
    }

    @Test("the image is built and pushed only after the tests, with the commit and `latest` as tags")
    func image() throws {
        let root = try workflow().root
        #expect(at("jobs/build/needs", root)?.stringValue == "test")
        #expect(at("jobs/build/if", root)?.stringValue == "github.event_name == 'push'")
        let name = steps("build", root).first { $0["id"]?.stringValue == "image" }?["run"]?.stringValue ?? ""
        #expect(name.contains(#"image="ghcr.io/${GITHUB_REPOSITORY,,}/inventory-service""#))
        #expect(name.contains(#"tags="$image:$GITHUB_SHA""#) && name.contains(#"tags="$tags,$image:latest""#))
        let push = steps("build", root).last?["with"]
        #expect(
            push?["push"]?.scalarText == "true"
                && push?["tags"]?.stringValue == "${{ steps.image.outputs.tags }}")
        #expect(push?["context"]?.stringValue == "services/inventory-service")
        #expect(push?["cache-from"]?.stringValue == "type=gha")
    }

    @Test("develop goes to staging and main to production, after the image")
    func deployment() throws {
        let (_, root, notes) = try workflow()
        for (job, branch) in [("deploy-staging", "develop"), ("deploy-production", "main")] {
            #expect(at("jobs/\(job)/needs", root)?.stringValue == "build")
            #expect(at("jobs/\(job)/if", root)?.stringValue == "github.ref == 'refs/heads/\(branch)'")
        }
        #expect(steps("deploy-staging", root).last?["env"]?["DEPLOY_TO"]?.stringValue == "staging")
        #expect(
            notes.contains("nothing is deployed until --deploy COMMAND says how, with $IMAGE and $DEPLOY_TO"))
        let told = try workflow { $0.deploy = "kubectl set image deployment/api api=\"$IMAGE\"" }
        #expect(
            steps("deploy-production", told.root).last?["run"]?.stringValue?.hasPrefix("kubectl set image")
                == true)
    }

    @Test("names, registry and branches can be chosen, and the image left out")
    func options() throws {
        let (text, root, _) = try workflow {
            $0.registry = "registry.example.org"
            $0.image = "team/api"
            $0.mainBranch = "trunk"
            $0.stagingBranch = "next"
            $0.assayURL = "https://example.org/assay"
            $0.dockerfile = "deploy/Dockerfile"
        }
        #expect(text.contains(#"image="registry.example.org/team/api""#))
        #expect(texts(at("on/push/branches", root)) == ["trunk", "next"])
        #expect(
            steps("build", root).last?["with"]?["file"]?.stringValue
                == "services/inventory-service/deploy/Dockerfile")
        #expect(text.contains("ASSAY_URL: \"https://example.org/assay\""))
        let bare = try workflow { $0.withoutImage = true }
        #expect(at("jobs/build", bare.root) == nil && at("jobs/deploy-staging", bare.root) == nil)
    }

    @Test("a pipeline called nightly runs every night, and only then")
    func nightly() throws {
        let root = try workflow().root
        #expect(at("on/schedule", root)?.elements?.count == 1)
        #expect(at("jobs/nightly/if", root)?.stringValue == "github.event_name == 'schedule'")
        #expect(
            steps("nightly", root).contains {
                $0["run"]?.stringValue?.hasPrefix("assay test --pipeline nightly") == true
            })
    }

    // MARK: GitLab

    @Test("GitLab's pipeline has the same stages, order, reports and rules")
    func gitlab() throws {
        let (_, root, _) = try workflow("gitlab")
        #expect(texts(root["stages"]) == ["test", "build", "deploy"])
        let script = texts(at("test/script", root))
        #expect(script.first == "cd services/inventory-service")
        #expect(
            script.filter { $0.hasPrefix("assay test") }.map { $0.split(separator: " ")[3] } == [
                "unit", "integration",
            ])
        #expect(
            at("test/artifacts/reports/junit", root)?.stringValue
                == "services/inventory-service/build/assay/*.xml")
        #expect(texts(at("test/before_script", root))[1].contains("postgresql redis-server"))
        #expect(
            texts(at("build/needs", root)) == ["test"]
                && texts(at("deploy-production/needs", root)) == ["build"])
        let build = texts(at("build/script", root)).joined(separator: "\n")
        #expect(build.contains("$IMAGE:$CI_COMMIT_SHA") && build.contains("$IMAGE:latest"))
        let rules = at("deploy-staging/rules", root)?.elements ?? []
        #expect(rules.last?["if"]?.stringValue == "$CI_COMMIT_BRANCH == \"develop\"")
        #expect(texts(rules.last?["changes"]) == ["services/inventory-service/**", ".gitlab-ci.yml"])
    }

    // MARK: both

    @Test("what is written is YAML for others too", arguments: ["github", "gitlab"])
    func python(system: String) throws {
        let (text, _, _) = try workflow(system)
        let folder = "/tmp/assay-ci-yaml-\(Host.processID)-\(system)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(Array(text.utf8), to: folder + "/workflow.yml")
        let program =
            "import importlib.util as u, sys\nif not u.find_spec('yaml'): sys.exit(0)\n"
            + "import yaml; d = yaml.safe_load(open('workflow.yml')); assert len(d) > 4, d"
        let reactor = try Reactor()
        let status = reactor.run {
            try? await ChildProcess.runToEnd(
                ProcessSpec(command: ["python3", "-c", program], folder: folder), on: reactor
            ).status
        }
        // Without python3 there is nobody to ask.
        if let status { #expect(status.isSuccess) }
    }

    @Test("names of levels are words for the shell and file names for the reports")
    func quoting() {
        #expect(
            CIPlan.command(["assay", "test", "--level", "it's; rm"], "it's; rm")
                == #"assay test --level 'it'\''s; rm' --junit build/assay/it-s--rm.xml --out build/assay/it-s--rm"#
        )
    }

    @Test("what cannot be written is told, and nothing is written")
    func bad() throws {
        let folder = "/tmp/assay-ci-bad-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(Array(Self.file.utf8), to: folder + "/assay.yml")
        func status(_ change: (inout CIJob) -> Void) -> ExitCode {
            var job = CIJob()
            (job.system, job.project, job.out) = ("github", folder, folder + "/new/ci.yml")
            change(&job)
            return job.run(Console(isQuiet: true))
        }
        #expect(status { $0.system = "githup" } == .badInput)
        #expect(status { $0.image = "a$(x)" } == .badInput)
        #expect(status { $0.mainBranch = "" } == .badInput)
        #expect(status { $0.project = "/nonexistent" } == .badInput)
        #expect(status { $0.pipeline = "prr" } == .badInput)
        #expect(Files.kind(of: folder + "/new") == nil)
        #expect(status { _ in } == .passed)
        #expect(status { _ in } == .badInput)
        #expect(status { $0.force = true } == .passed)
    }

    @Test(
        "every complaint about the options has its words",
        arguments: [
            (
                "githup", "main",
                "error[AS251]: there is no CI system 'githup' here\n  fix: did you mean `assay ci github`?"
            ),
            (
                "jenkins", "main",
                "error[AS251]: there is no CI system 'jenkins' here\n  fix: write `assay ci github` or `assay ci gitlab`"
            ),
            (
                "github", "a b",
                "error[AS253]: --main needs a name of letters, digits, `.`, `_`, `-`, `/` and `:`, found 'a b'"
            ),
        ])
    func complaints(system: String, branch: String, expected: String) throws {
        var job = CIJob()
        (job.system, job.mainBranch) = (system, branch)
        let error = try #require(throws: Diagnostics.self) { try job.work(Console(isQuiet: true)) }
        #expect(error.all.map { $0.rendered() } == [expected])
    }

    @Test("a file that is there is not written over")
    func there() throws {
        let folder = "/tmp/assay-ci-there-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        try Files.write(Array(Self.file.utf8), to: folder + "/assay.yml")
        var job = CIJob()
        (job.system, job.project, job.out) = ("gitlab", folder, folder + "/assay.yml")
        let error = try #require(throws: Diagnostics.self) { try job.work(Console(isQuiet: true)) }
        #expect(
            error.all.map { $0.rendered() } == [
                "error[AS252]: '\(folder)/assay.yml' is there already\n  fix: --force writes over it, --out - prints"
            ])
    }
}
