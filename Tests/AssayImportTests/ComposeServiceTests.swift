import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

@Suite("Compose: services")
struct ComposeServiceTests {
    private static let parts = """
          db: {image: postgres:17, environment: [POSTGRES_DB=shop, POSTGRES_USER=me, POSTGRES_PASSWORD=pw]}
          cache: {image: redis}
          bus: {image: nats}
          prom: {image: prom/prometheus}
          auth-service: {build: ./auth, ports: ['8081:8080', '9091:9090'], networks: {n: {aliases: [auth]}}}
          gone: {image: other/thing}

        """

    private func environment(_ line: String) throws -> String {
        let text =
            "services:\n\(Self.parts)  api:\n    build: .\n    ports: ['80:8000', '9090:9100']\n    environment:\n      \(line)\n"
        let project = try imported(text)
        let name = line.prefix { $0 != ":" && $0 != "=" }.drop { $0 == "-" || $0 == " " }
        return try value("stand/services/api/env/\(name)", of: project)
    }

    @Test(
        "addresses become references",
        arguments: [
            ("DB_HOST: db", "${db.host}"),
            ("- PGHOST=db", "${db.host}"),
            ("URL: postgres://me:pw@db:5432/shop", "${db.url}"),
            ("URL: postgresql://me:pw@db/shop?sslmode=disable", "${db.url}?sslmode=disable"),
            (
                "URL: postgres://me:pw@db:5432/other",
                "postgres://${db.user}:${db.password}@${db.address}/other"
            ),
            (
                "URL: postgresql+asyncpg://me:pw@db:5432/shop",
                "postgresql+asyncpg://${db.user}:${db.password}@${db.address}/${db.database}"
            ),
            ("URL: jdbc:postgresql://db:5432/shop", "jdbc:postgresql://${db.address}/${db.database}"),
            (
                "DSN: host=db port=5432 user=me password=pw dbname=shop sslmode=disable",
                "host=${db.host} port=${db.port} user=${db.user} password=${db.password} dbname=${db.database} sslmode=disable"
            ),
            ("REDIS_URL: redis://cache:6379", "${cache.url}"),
            ("REDIS_URL: redis://cache:6379/0", "${cache.url}"),
            ("REDIS_URL: redis://cache:6379/2", "redis://${cache.address}/2"),
            ("REDIS_ADDR: cache:6379", "${cache.address}"),
            ("NATS: nats://bus:4222", "${bus.url}"),
            ("SERVERS: 'nats://bus:4222,nats://bus:4222'", "${bus.url},${bus.url}"),
            ("AUTH: http://auth-service:8080/login?a=1", "${auth-service.url}/login?a=1"),
            ("AUTH: http://auth:8080", "${auth-service.url}"),
            ("AUTH: ws://auth:8080/x", "ws://${auth-service.address}/x"),
            (
                "METRICS: http://auth-service:9090/metrics",
                "http://${auth-service.host}:${auth-service.ports.port9090}/metrics"
            ),
            ("PROM: http://prom:9090", "${prom.url}"),
            ("OWN: 'http://localhost:8000'", "http://localhost:8000"),
            ("GONE: http://gone:80", "http://gone:80"),
            ("PLAIN: 'my db: it is'", "my db: it is"),
            ("PRICE: '$${x}'", "$${x}"),
        ])
    func addresses(line: String, expected: String) throws {
        #expect(try environment(line) == JSON.string(expected).rendered())
    }

    @Test("what stands beside a host goes with it, and the same words elsewhere do not")
    func beside() throws {
        let project = try imported(
            """
            services:
            \(Self.parts)  api:
                build: .
                environment:
                  READ_DB_HOST: db
                  READ_DB_PORT: 5432
                  READ_DB_NAME: shop
                  READ_DB_USER: me
                  READ_DB_PASSWORD: pw
                  CACHE_HOST: cache
                  CACHE_PORT: "6379"
                  OTHER_PORT: "6379"
                  NAME: shop
                  POSTGRES_USER: me
            """)
        let expected =
            #"{"READ_DB_HOST":"${db.host}","READ_DB_PORT":"${db.port}","READ_DB_NAME":"${db.database}","#
            + #""READ_DB_USER":"${db.user}","READ_DB_PASSWORD":"${db.password}","CACHE_HOST":"${cache.host}","#
            + #""CACHE_PORT":"${cache.port}","OTHER_PORT":"6379","NAME":"shop","POSTGRES_USER":"${db.user}"}"#
        #expect(try value("stand/services/api/env", of: project) == expected)
    }

    @Test(
        "a service that is told its port gets a free one",
        arguments: [
            ("PORT: 8000", "${port}"), ("- SERVER_PORT=8000", "${port}"),
            ("LISTEN: ':8000'", "127.0.0.1:${port}"),
            ("BIND_ADDR: 0.0.0.0:8000", "127.0.0.1:${port}"),
            ("ASPNETCORE_URLS: 'http://+:8000'", "http://127.0.0.1:${port}"),
            ("METRICS_PORT: 9100", "${ports.port9100}"),
        ])
    func told(line: String, expected: String) throws {
        #expect(try environment(line) == JSON.string(expected).rendered())
    }

    @Test("one that is not told keeps its own ports, named by the comments beside them")
    func fixed() throws {
        let text = """
            services:
              api:
                build: .
                ports:
                  - "8080:8080"
                  - "9090:9090"  # metrics
                  - {target: 7000, published: 7001, name: debug}
                environment: {DEBUG_PORT: 7000}
            """
        let project = try imported(text)
        #expect(try value("stand/services/api/port", of: project) == "8080")
        #expect(try value("stand/services/api/ports", of: project) == #"{"metrics":9090,"debug":"any"}"#)
        #expect(
            project.notes.map(\.text).contains(
                "compose.yml:6   api: nothing tells it another port than 9090, so it keeps that one; hand it ${ports.metrics} for a free one"
            ))
        #expect(
            project.notes.map(\.message).contains(
                "port 7001 is not published: it is reached at ${api.ports.debug}"))
    }

    @Test("two that keep the same port are told of")
    func collision() throws {
        let project = try imported(
            "services:\n  a: {build: a, ports: [8080]}\n  b: {build: b, ports: [8080]}")
        #expect(try value("stand/services/a/port", of: project) == "8080")
        #expect(try value("stand/services/b/port", of: project) == "absent")
        #expect(project.notes.map(\.message).contains("'a' listens on 8080 too: hand ${port} to one of them"))
    }

    @Test(
        "the command comes from the compose file, else from the Dockerfile, else a person is asked",
        arguments: [
            ("build: .", "CMD [\"./api\", \"--port\", \"8080\"]", #"["./api","--port","${port}"]"#),
            ("build: .", "ENTRYPOINT [\"./api\"]\nCMD [\"serve\"]", #"["./api","serve"]"#),
            (
                "build: .", "CMD uvicorn app:app --port ${PORT:-8080}",
                #""uvicorn app:app --port $${PORT:-8080}""#
            ),
            (
                "build: .\n    command: go run . --db db:5432", "CMD x",
                #"["go","run",".","--db","${db.address}"]"#
            ),
            (
                "build: .\n    command: serve --x", "ENTRYPOINT [\"./api\"]\nCMD [\"y\"]",
                #"["./api","serve","--x"]"#
            ),
            ("build: .\n    entrypoint: ./other", "ENTRYPOINT [\"./api\"]\nCMD [\"y\"]", #"["./other"]"#),
            (
                "build: {context: ., target: dev}",
                "CMD [\"x\"]\nFROM b AS dev\nCMD [\"air\"]\nFROM c\nCMD [\"z\"]", #"["air"]"#
            ),
            ("build: {context: ., dockerfile_inline: 'FROM x\n\n      CMD [\"in\"]'}", "CMD x", #"["in"]"#),
            (
                "build: .", "RUN make",
                #""echo 'assay.yml does not say yet how api is started' >&2; exit 64""#
            ),
        ])
    func command(build: String, dockerfile: String, expected: String) throws {
        let project = try imported(
            "services:\n  db: {image: postgres}\n  api:\n    \(build)\n    ports: ['8080:8080']\n",
            files: ["Dockerfile": "FROM scratch AS base\n\(dockerfile)\n"])
        #expect(try value("stand/services/api/run", of: project) == expected)
    }

    @Test(
        "health checks become readiness",
        arguments: [
            ("test: [CMD, curl, -f, 'http://localhost:8080/health']", #"{"http":"/health","within":"90s"}"#),
            ("test: curl -fsS http://127.0.0.1:8080/h?x=1 || exit 1", #"{"http":"/h?x=1","within":"90s"}"#),
            (
                "test: ['CMD-SHELL', 'wget -qO- http://api:8080/ > /dev/null || exit 1'], interval: 2s, retries: 10, start_period: 1m30s",
                #"{"http":"/","within":"110s"}"#
            ),
            ("test: nc -z localhost 8080, interval: 500ms, retries: 3", #"{"tcp":true,"within":"1500ms"}"#),
            (
                "test: 'curl -f -H x:y http://localhost:8080/h'",
                #"{"run":"curl -f -H x:y http://127.0.0.1:${port}/h","within":"90s"}"#
            ),
            (
                "test: [CMD, ./probe, 'it''s', 'localhost:9090'], interval: 10s, retries: 6",
                #"{"run":"./probe 'it'\\''s' 127.0.0.1:${ports.port9090}","within":"1m"}"#
            ),
            ("test: [NONE]", "absent"), ("disable: true", "absent"),
        ])
    func health(check: String, expected: String) throws {
        let project = try imported(
            "services:\n  api:\n    build: .\n    ports: ['8080:8080', '9090:9090']\n    healthcheck: {\(check)}\n"
        )
        #expect(try value("stand/services/api/ready", of: project) == expected)
    }

    @Test("one that listens nowhere is ready when it runs")
    func worker() throws {
        let project = try imported("services: {worker: {build: ., command: ./work}}")
        #expect(try value("stand/services/worker/ready", of: project) == #"{"run":"true"}"#)
    }

    @Test("order holds, in the list and in the map form; what is not there is told")
    func order() throws {
        let project = try imported(
            """
            services:
            \(Self.parts)  api: {build: ., depends_on: [db, gone], links: ['cache:c']}
              web: {build: ., depends_on: {api: {condition: service_healthy}, db: {condition: service_started}}}
            """)
        #expect(try value("stand/services/api/depends-on", of: project) == #"["db","cache"]"#)
        #expect(try value("stand/services/web/depends-on", of: project) == #"["api","db"]"#)
        #expect(
            project.notes.map(\.message).contains("it does not wait for 'gone', which is not in the stand"))
    }

    @Test("unknown images are named with what to do, or kept as images when asked for")
    func images() throws {
        let text = """
            services:
              mail: {image: 'shop/mail:1', ports: ['8025:25'], environment: {KEY: v}, command: [serve, --x],
                volumes: ['./m:/m:ro', 'data:/d']}
              board: {image: grafana/grafana}
            """
        let without = try imported(text)
        #expect(
            without.notes.map(\.text) == [
                "compose.yml:2   mail: image 'shop/mail:1' is not run here: put a double of that name under `doubles:`, "
                    + "give its program a `run:`, or import with --images where a container engine is",
                "compose.yml:4   board: image 'grafana/grafana' is not run here: dashboards are for people: tests read "
                    + "metrics from the service or from Prometheus",
            ])
        #expect(without.text.contains("#   mail (line 2): image 'shop/mail:1' is not run here"))
        let with = try imported(text) { $0.includesImages = true }
        #expect(
            try value("stand/services/mail", of: with)
                == #"{"image":"shop/mail:1","command":["serve","--x"],"volumes":["./m:/m:ro"],"port":25,"env":{"KEY":"v"}}"#
        )
    }

    @Test("profiles are taken when asked for")
    func profiles() throws {
        let text = "services: {a: {build: ., profiles: [debug]}}"
        #expect(try value("stand/services/a", of: try imported(text)) == "absent")
        #expect(
            try value("stand/services/a/folder", of: try imported(text) { $0.profiles = ["debug"] })
                == "absent")
        #expect(
            try value("stand/services/a/run", of: try imported(text) { $0.profiles = ["debug"] }) != "absent")
    }

    @Test("the same file gives the same bytes")
    func deterministic() throws {
        let text = "services:\n\(Self.parts)"
        #expect(try imported(text).text == imported(text).text)
    }
}
