import AssayCore
import AssayFormats
import AssayImport
import AssayNet
import AssayStand
import AssayTestSupport
import Testing

@testable import Assay

/// The compose file of a backend team (D3.7.4) as a stand, each fact of it by name.
@Suite("Compose: the file of a backend team")
struct ComposeExampleTests {
    private static let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
        .joined(separator: "/")
    private static let example = root + "/Examples/inventory/docker-compose.dev.yml"

    /// The project that an import makes, read by the reader of projects.
    private func stand(
        _ change: (inout ComposeImport) -> Void = { _ in }
    ) throws -> (project: Project, notes: [String], root: YAMLNode) {
        var options = ComposeImport()
        change(&options)
        let made = try options.project(
            from: Files.read(Self.example), file: "docker-compose.dev.yml", files: { _ in nil })
        let bytes = Array(made.text.utf8)
        let document = try YAMLDocument(parsing: bytes, file: "assay.yml")
        return (
            try ProjectReader.read(bytes, file: "assay.yml", folder: ".").get(), made.notes.map(\.text),
            document.root
        )
    }

    @Test("PostgreSQL, Redis and Prometheus are dependencies under their names")
    func dependencies() throws {
        let stand = try stand().project.stand
        #expect(stand.dependencies.map(\.name) == ["postgres", "redis", "prometheus"])
        #expect(stand.dependencies.map(\.keyword) == ["postgres", "redis", "prometheus"])
    }

    @Test("the database keeps its name, user and password, and begins with the migrations")
    func database() throws {
        let stand = try stand().project.stand
        guard case .postgres(let database)? = stand.dependencies.first?.kind else {
            return #expect(Bool(false), "no PostgreSQL")
        }
        #expect(
            database.database == "inventory" && database.user == "postgres" && database.password == "password"
        )
        #expect(database.sources.migrations.map(\.text) == ["migrations"])
        #expect(database.version == nil)
    }

    @Test("Prometheus has its configuration from the volume and the command")
    func prometheus() throws {
        guard case .server(let server)? = try stand().project.stand.dependencies.last?.kind else {
            return #expect(Bool(false), "no server")
        }
        #expect(server.configuration == "monitoring/prometheus/prometheus.yml" && server.port == nil)
    }

    @Test("published ports are kept when asked for")
    func published() throws {
        let stand = try stand { $0.fixesPorts = true }.project.stand
        guard case .postgres(let database) = stand.dependencies[0].kind,
            case .server(let cache) = stand.dependencies[1].kind,
            case .server(let metrics) = stand.dependencies[2].kind
        else { return #expect(Bool(false), "other kinds") }
        #expect([database.port, cache.port, metrics.port] == [5432, 6379, 9091])
    }

    @Test("the service has its ports, its environment as references, its readiness and its order")
    func service() throws {
        let (project, _, root) = try stand()
        let service = try #require(project.stand.services.first)
        #expect(project.stand.services.map(\.name) == ["inventory-service"])
        #expect(service.fixedPorts == [8080, 9090] && service.ports == ["metrics"])
        #expect(service.readyWithin == .seconds(20))
        guard case .http(let path, nil) = service.ready else { return #expect(Bool(false), "no http") }
        #expect(path.constantText == "/health/ready")
        #expect(service.needs.prefix(2) == ["postgres", "redis"])
        let environment = root["stand"]?["services"]?["inventory-service"]?["env"]?.pairs ?? []
        #expect(
            environment.map { "\($0.name)=\($0.value.stringValue ?? "")" } == [
                "DB_HOST=${postgres.host}", "DB_PORT=${postgres.port}", "DB_NAME=${postgres.database}",
                "DB_USER=${postgres.user}", "DB_PASSWORD=${postgres.password}", "REDIS_HOST=${redis.host}",
                "REDIS_PORT=${redis.port}", "AUTH_URL=http://auth-service:8080",
                "LOG_LEVEL=${env.LOG_LEVEL || 'debug'}",
            ])
    }

    @Test("what cannot be run here is named with its line and with what to do")
    func named() throws {
        let notes = try stand().notes
        let expected = [
            "docker-compose.dev.yml:6   inventory-service: how it is started is not known (there is no Dockerfile.dev): "
                + "fill in its `run:`",
            "docker-compose.dev.yml:20   inventory-service: AUTH_URL names 'auth-service', which is not in the stand: it is "
                + "kept as written and answers nobody",
            "docker-compose.dev.yml:25   inventory-service: it does not wait for 'auth-service', which is not in the stand",
            "docker-compose.dev.yml:35   auth-service: image 'shop/auth-service:latest' is not run here: put a double of "
                + "that name under `doubles:` (`auth-service: {preset: jwt}` issues tokens), give its program a `run:`, "
                + "or import with --images where a container engine is",
            "docker-compose.dev.yml:50   postgres: version 17 is not insisted on: the newest PostgreSQL installed is "
                + "taken, `version: 17` insists",
            "docker-compose.dev.yml:66   redis: version 8.0.2 is not insisted on: the redis-server installed is taken",
            "docker-compose.dev.yml:85   grafana: image 'grafana/grafana:latest' is not run here: dashboards are for "
                + "people: tests read metrics from the service or from Prometheus",
        ]
        for text in expected { #expect(notes.contains(text), "\(text)\n\(notes.joined(separator: "\n"))") }
    }

    @Test("with an engine, the other images are services too")
    func images() throws {
        let stand = try stand { $0.includesImages = true }.project.stand
        #expect(stand.services.map(\.name) == ["inventory-service", "auth-service", "grafana"])
        let auth = stand.services[1]
        #expect(auth.container?.image.constantText == "shop/auth-service:latest")
        #expect(stand.services[0].needs.contains("auth-service"))
        #expect(
            stand.services[2].container?.volumes.map(\.constantText) == [
                "./monitoring/grafana:/etc/grafana/provisioning"
            ])
        #expect(stand.services[2].fixedPorts == [3000])
    }

    // MARK: the file of the task itself

    private static let seed = SharedData.path("../seeds/003_9cde7ccd2f7d06d4.txt")

    @Test(
        "the compose file of the task text becomes the stand that it describes",
        .enabled(if: Files.kind(of: seed) == .file, "the task texts are not beside this checkout"))
    func task() throws {
        let text = String(decoding: try Files.read(Self.seed), as: UTF8.self)
        let heading = try #require(text.firstRange(of: "`docker-compose.dev.yml`"))
        let begin = try #require(text[heading.upperBound...].firstRange(of: "```yaml\n"))
        let end = try #require(text[begin.upperBound...].firstRange(of: "\n```"))
        let compose = text[begin.upperBound..<end.lowerBound]
        let made = try ComposeImport().project(
            from: Array(compose.utf8), file: "docker-compose.dev.yml", files: { _ in nil })
        let project = try ProjectReader.read(Array(made.text.utf8), file: "assay.yml", folder: ".").get()
        #expect(project.name == "inventory-service")
        #expect(project.stand.dependencies.map(\.keyword) == ["postgres", "redis", "prometheus"])
        guard case .postgres(let database)? = project.stand.dependencies.first?.kind else {
            return #expect(Bool(false), "no PostgreSQL")
        }
        #expect(database.database == "shard_legends" && database.password == "password")
        #expect(database.sources.migrations.map(\.text) == ["migrations"])
        let service = try #require(project.stand.services.first)
        #expect(service.fixedPorts == [8080, 9090] && service.ports == ["metrics"])
        #expect(service.needs == ["postgres", "redis"])
        for name in ["auth-service", "grafana"] {
            #expect(made.notes.contains { $0.subject == name && $0.message.contains("is not run here") })
        }
    }

    // MARK: the command

    @Test("`assay import` writes a project that `assay check` reads, and never over another")
    func command() throws {
        let folder = "/tmp/assay-import-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        var job = ImportJob()
        job.kind = "compose"
        job.file = Self.example
        job.out = folder + "/assay.yml"
        let quiet = Console(isQuiet: true)
        #expect(job.run(quiet) == .passed)
        #expect(job.run(quiet) == .badInput)
        job.force = true
        #expect(job.run(quiet) == .passed)
        var check = CheckJob()
        check.project = folder
        #expect(check.run(quiet) == .passed)
        job.file = folder + "/absent.yml"
        #expect(job.run(quiet) == .badInput)
        job.kind = "k6"
        #expect(job.run(quiet) == .badInput)
    }

    @Test(
        "every complaint about the options has its words",
        arguments: [
            (
                "wiremock", "x", "y",
                "error[AS249]: files of wiremock are not imported by this version of Assay\n  fix: what is imported: compose, profile, har, openapi, postman, artillery, k6"
            ),
            (
                "compos", "x", "y",
                "error[AS249]: there is nothing to import called 'compos'\n  fix: did you mean `assay import compose`?"
            ),
            (
                "compose", "/nonexistent/c.yml", "y",
                "error[AS248]: the compose file cannot be read: open /nonexistent/c.yml: ENOENT (No such file or directory)"
            ),
            (
                "compose", example, "/tmp",
                "error[AS248]: '/tmp' is a folder\n  fix: write --out /tmp/assay.yml"
            ),
            (
                "compose", example, example,
                "error[AS248]: '\(example)' is there already\n  fix: --out FILE writes another, --out - prints, --force writes over it"
            ),
        ])
    func complaints(kind: String, file: String, out: String, expected: String) throws {
        var job = ImportJob()
        (job.kind, job.file, job.out) = (kind, file, out)
        let error = try #require(throws: Diagnostics.self) { try job.work(Console(isQuiet: true)) }
        #expect(error.all.map { $0.rendered() } == [expected])
    }

    @Test(
        "the way from one folder to another",
        arguments: [
            ("/a/b", "/a/b", ""), ("/a/b/c", "/a", "b/c"), ("/a", "/a/b/c", "../.."),
            ("/x/y", "/a", "../x/y"),
        ])
    func relative(path: String, folder: String, expected: String) {
        #expect(ImportJob.relative(path, from: folder) == expected)
    }
}
