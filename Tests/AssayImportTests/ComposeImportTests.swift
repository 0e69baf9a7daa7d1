import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

/// What an import gives for a compose file written in a test.
func imported(
    _ text: String, files: [String: String] = [:], _ change: (inout ComposeImport) -> Void = { _ in }
) throws -> ImportedProject {
    var options = ComposeImport()
    change(&options)
    return try options.project(from: Array(text.utf8), file: "compose.yml") { path in
        files[path].map { Array($0.utf8) }
    }
}

/// One value of the file that an import wrote, as JSON: `stand.dependencies.db`.
func value(_ path: String, of project: ImportedProject) throws -> String {
    let bag = DiagnosticBag()
    let yaml = try #require(YAMLReading(parsing: Array(project.text.utf8), file: "assay.yml", bag: bag))
    try bag.throwIfErrors()
    var node: YAMLNode? = yaml.root
    for part in path.split(separator: "/") { node = node?[String(part)] }
    return node.flatMap(yaml.json)?.rendered() ?? "absent"
}

@Suite("Compose: dependencies")
struct ComposeDependencyTests {
    @Test(
        "a known image is a dependency",
        arguments: [
            ("image: postgres", #"{"postgres":{"database":"postgres","user":"postgres"}}"#),
            (
                "image: 'docker.io/library/postgres:17@sha256:ab'",
                #"{"postgres":{"database":"postgres","user":"postgres"}}"#
            ),
            (
                "image: postgres:16\nenvironment: {POSTGRES_DB: app, POSTGRES_USER: me, POSTGRES_PASSWORD: 1234}",
                #"{"postgres":{"database":"app","user":"me","password":"1234"}}"#
            ),
            (
                "image: postgres\nenvironment: [POSTGRES_USER=me]",
                #"{"postgres":{"database":"me","user":"me"}}"#
            ),
            (
                "image: bitnami/postgresql:15\nenvironment: [POSTGRESQL_USERNAME=me, POSTGRESQL_DATABASE=d, POSTGRESQL_PASSWORD=p]",
                #"{"postgres":{"database":"d","user":"me","password":"p"}}"#
            ),
            (
                "image: postgres\nvolumes: ['./db/migrations/:/docker-entrypoint-initdb.d:ro']",
                #"{"postgres":{"database":"postgres","user":"postgres","migrations":"db/migrations"}}"#
            ),
            (
                "image: postgres\nvolumes:\n- {type: bind, source: a.sql, target: /docker-entrypoint-initdb.d/1.sql}\n- ./b.sql:/docker-entrypoint-initdb.d/2.sql",
                #"{"postgres":{"database":"postgres","user":"postgres","migrations":["a.sql","b.sql"]}}"#
            ),
            (
                "image: postgres\ncommand: postgres -c max_connections=200 -c fsync=off --work-mem=8MB",
                #"{"postgres":{"database":"postgres","user":"postgres","settings":{"max_connections":"200","work_mem":"8MB"}}}"#
            ),
            ("image: postgis/postgis:17-3.5", #"{"postgres":{"database":"postgres","user":"postgres"}}"#),
            ("image: redis:8.0.2-alpine", #"{"redis":{}}"#),
            ("image: valkey/valkey", #"{"redis":{}}"#),
            (
                "image: redis\ncommand: redis-server --requirepass secret --maxmemory-policy allkeys-lru --appendonly yes",
                #"{"redis":{"config":{"requirepass":"secret","maxmemory-policy":"allkeys-lru"}}}"#
            ),
            (
                "image: bitnami/redis\nenvironment: {REDIS_PASSWORD: s3}",
                #"{"redis":{"config":{"requirepass":"s3"}}}"#
            ),
            ("image: prom/prometheus", #"{"prometheus":{}}"#),
            (
                "image: prom/prometheus\nvolumes: [./p.yml:/etc/prometheus/prometheus.yml]",
                #"{"prometheus":{"config":"p.yml"}}"#
            ),
            (
                "image: quay.io/prometheus/prometheus\nvolumes: [./m/:/conf/]\ncommand: [--config.file=/conf/x/y.yml]",
                #"{"prometheus":{"config":"m/x/y.yml"}}"#
            ),
            ("image: prom/pushgateway:v1", #"{"pushgateway":{}}"#),
            ("image: nats:2", #"{"nats":{}}"#),
            ("image: nats:2\ncommand: -js", #"{"nats":{"jetstream":true}}"#),
        ])
    func known(service: String, expected: String) throws {
        let lines = service.split(separator: "\n").map { "    \($0)\n" }.joined()
        let project = try imported("services:\n  one:\n\(lines)")
        #expect(try value("stand/dependencies/one", of: project) == expected)
    }

    @Test("published ports are left alone with a note, or kept when asked for")
    func ports() throws {
        let text = "services: {cache: {image: redis, ports: ['6380:6379']}}"
        let free = try imported(text)
        #expect(try value("stand/dependencies/cache", of: free) == #"{"redis":{}}"#)
        #expect(
            free.notes.map(\.text) == [
                "compose.yml:1   cache: port 6380 is left alone: a free one is taken, ${cache.port}; `port: 6380` fixes it"
            ])
        let fixed = try imported(text) { $0.fixesPorts = true }
        #expect(try value("stand/dependencies/cache", of: fixed) == #"{"redis":{"port":6380}}"#)
        #expect(fixed.notes.isEmpty)
    }

    @Test("migrations come from the tool that applies them, or from the service that carries them")
    func migrations() throws {
        let tool = try imported(
            """
            services:
              db: {image: postgres}
              migrate: {image: migrate/migrate, volumes: ['./sql:/migrations'], depends_on: [db]}
              api: {build: ., depends_on: {migrate: {condition: service_completed_successfully}}}
            """)
        #expect(try value("stand/dependencies/db/postgres/migrations", of: tool) == #""sql""#)
        #expect(try value("stand/services/migrate", of: tool) == "absent")
        #expect(!tool.notes.contains { $0.message.contains("does not wait") })
        let service = try imported(
            """
            services:
              db: {image: postgres}
              api: {build: ., depends_on: [db], volumes: ['./migrations:/app/migrations']}
            """)
        #expect(try value("stand/dependencies/db/postgres/migrations", of: service) == #""migrations""#)
    }

    @Test("paths start from the folder of the new file")
    func prefix() throws {
        let project = try imported(
            "services: {db: {image: postgres, volumes: ['../sql:/docker-entrypoint-initdb.d']}, api: {build: ./api}}"
        ) { $0.pathPrefix = "deploy/dev" }
        #expect(try value("stand/dependencies/db/postgres/migrations", of: project) == #""deploy/sql""#)
        #expect(try value("stand/services/api/folder", of: project) == #""deploy/dev/api""#)
    }

    @Test("what an image has besides is told")
    func lacks() throws {
        let notes = try imported("services: {db: {image: 'postgis/postgis:17-3.5'}}").notes.map(\.message)
        #expect(notes.contains("PostGIS must be installed beside PostgreSQL: `apt install postgis`"))
    }

    @Test("a Prometheus that scrapes containers by name is told of")
    func scrapes() throws {
        let project = try imported(
            "services:\n  p: {image: prom/prometheus, volumes: ['./p.yml:/etc/prometheus/prometheus.yml']}\n  api: {build: .}",
            files: ["p.yml": "scrape_configs: [{static_configs: [{targets: ['api:9090']}]}]"])
        #expect(
            project.notes.contains {
                $0.message.contains("'p.yml' scrapes api by names that only containers know")
            })
    }
}
