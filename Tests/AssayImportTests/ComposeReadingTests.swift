import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

@Suite("Compose: reading")
struct ComposeReadingTests {
    @Test("variables are read from the environment of the run, with the defaults that compose had")
    func variables() throws {
        let project = try imported(
            """
            services:
              api:
                build: .
                environment:
                  A: "${A:-x'y}"
                  B: pre-${B}-$C
                  D: ${D:?needed}
                  E: ${E:-${F:-deep}}
                  G:
                  H: ${A:+set}
                  I: a$$b
            """, files: [".env": "# x\nB=from file\nexport C='q' # y\n"])
        let expected =
            #"{"A":"${env.A || 'x\\'y'}","B":"pre-${env.B || 'from file'}-${env.C || 'q'}","D":"${env.D}","#
            + #""E":"${env.E || 'deep'}","G":"${env.G || ''}","H":"","I":"a$b"}"#
        #expect(try value("stand/services/api/env", of: project) == expected)
    }

    @Test("variables that decide something are filled in, and told when nothing sets them")
    func decided() throws {
        let project = try imported("services: {db: {image: 'postgres:${V:-16}', ports: ['${P}5432:5432']}}")
        #expect(
            project.notes.map(\.message).contains(
                "${P} is set neither in .env nor by a default and is taken as empty, as compose does"))
        #expect(project.text.contains("# postgres:16, line 1"))
    }

    @Test("env_file is read, and its secrets are not copied")
    func envFile() throws {
        let project = try imported(
            "services: {api: {build: ., environment: {A: mine}, env_file: [x.env, {path: no.env, required: false}, z.env]}}",
            files: ["x.env": "A=theirs\nB=2\nJWT_SECRET=abc\n"])
        #expect(
            try value("stand/services/api/env", of: project)
                == #"{"B":"2","JWT_SECRET":"${secret.JWT_SECRET}","A":"mine"}"#)
        let notes = project.notes.map(\.message)
        #expect(
            notes.contains(
                "the value of JWT_SECRET in x.env is not copied: set it in the environment of the run"))
        #expect(notes.contains("env_file 'z.env' cannot be read: what it sets is missing"))
        #expect(!notes.contains { $0.contains("no.env") })
    }

    @Test("anchors, merge keys and x- keys are understood; extends, include and secrets are named")
    func others() throws {
        let project = try imported(
            """
            x-common: &common {environment: {A: 1}, restart: always, x-note: hi}
            include: [other.yml]
            services:
              a: {<<: *common, build: ., secrets: [s]}
              b: {extends: {file: x.yml, service: y}, build: .}
            secrets: {s: {file: s.txt}}
            """)
        #expect(try value("stand/services/a/env/A", of: project) == #""1""#)
        let texts = project.notes.map(\.text)
        #expect(
            texts.contains(
                "compose.yml:2   `include` is not followed: import the files it names by themselves"))
        #expect(
            texts.contains(
                "compose.yml:5   b: `extends` is not followed: what the other service gives is missing here"))
        #expect(texts.contains { $0.hasPrefix("compose.yml:4   a: `secrets` are files in the container") })
    }

    @Test("names that templates cannot hold are changed, and told")
    func names() throws {
        let project = try imported(
            "services: {db-1: {image: postgres}, env: {build: ., environment: {X_HOST: db-1}}}")
        #expect(try value("stand/services/env_service/env/X_HOST", of: project) == #""${db_1.host}""#)
        #expect(
            project.notes.map(\.message).contains("it is called 'db_1' here: templates take no such name"))
    }

    @Test(
        "what is no compose file is told with its place",
        arguments: [
            ("version: '3'", "AS240", "the compose file has no `services`", 1),
            ("services: {a: {imgae: x}}", "AS241", "'imgae' is not known in a compose service", 1),
            ("servces: {}\nservices: {}", "AS241", "'servces' is not known in a compose file", 1),
            ("services:\n  a: {image: 'x:${V'}", "AS242", "`${` is never closed", 2),
            ("services:\n  a: {image: 'x:${1}'}", "AS242", "expected a name after `${`, found `1`", 2),
            (
                "services:\n  a: {build: .,\n    depends_on: [b]}", "AS243",
                "service 'a' depends on 'b', which the file does not have", 3
            ),
            ("services:\n  a: {ports: [1]}", "AS244", "service 'a' says neither `image` nor `build`", 2),
            (
                "services:\n  a: {build: ., healthcheck: {test: [curl, x]}}", "AS245",
                "a healthcheck's test begins with CMD, CMD-SHELL or NONE", 2
            ),
            (
                "services:\n  a: {build: ., healthcheck: {test: x, interval: soon}}", "AS245",
                "expected a time like 30s, found 'soon'", 2
            ),
            (
                "services:\n  a: {build: ., ports: ['80:eighty']}", "AS246",
                "expected a port like 8080:80, found '80:eighty'", 2
            ),
            (
                "services:\n  a: {build: ., ports: [{published: 80}]}", "AS246",
                "a port needs its `target`, a number from 1 to 65535", 2
            ),
            (
                "services:\n  a: {build: ., volumes: ['a:b:c:d']}", "AS247",
                "expected a volume like ./data:/data, found 'a:b:c:d'", 2
            ),
            ("services:\n  a: {build: ., volumes: [{source: x}]}", "AS247", "a volume needs its `target`", 2),
            (
                "services: {'a b': {image: x}}", "AS254",
                "a service is named by letters, digits, `.`, `_` and `-`, found 'a b'", 1
            ),
            (
                "services: {a: {build: ., environment: [=x]}}", "AS254",
                "a variable has a name before its value", 1
            ),
            ("[1]", "AS012", "expected a mapping for the compose file, found a list", 1),
            ("a: b: c", "AS002", "", 1),
        ])
    func bad(text: String, code: String, message: String, line: Int) throws {
        let diagnostics = try #require(throws: Diagnostics.self) { _ = try imported(text) }
        #expect(diagnostics.all.contains { $0.code.description == code && $0.location?.line == line })
        if !message.isEmpty { #expect(diagnostics.all.map(\.message).contains(message)) }
    }

    @Test(
        "ports in every short form",
        arguments: [
            ("8080", "8080/nil"), ("'80:8080'", "8080/80"), ("'127.0.0.1:80:8080'", "8080/80"),
            ("'127.0.0.1::8080'", "8080/nil"), ("'[::1]:80:8080'", "8080/80"),
            ("'80-81:90-91'", "90/80 91/81"),
            ("'90-91'", "90/nil 91/nil"), ("'80:8080/tcp'", "8080/80"), ("'8000-9000:80'", "80/8000"),
            ("{target: 80, published: '8080'}", "80/8080"),
        ])
    func shortPorts(written: String, expected: String) throws {
        let bag = DiagnosticBag()
        let text = "services: {a: {build: ., ports: [\(written)]}}"
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "c", bag: bag))
        var reader = ComposeReader(yaml, files: { _ in nil })
        let service = try #require(reader.read()?.services.first)
        try bag.throwIfErrors()
        let ports = service.ports.map { "\($0.target)/\($0.published.map(String.init) ?? "nil")" }
        #expect(ports.joined(separator: " ") == expected)
    }

    @Test(
        "a command line is taken apart as a shell would, and put together again",
        arguments: [
            ("a b  c", ["a", "b", "c"], "a b c"), ("'a b' \"c d\"", ["a b", "c d"], "'a b' 'c d'"),
            ("a\\ b", ["a b"], "'a b'"), ("\"a\\\"b\\n\"", ["a\"b\\n"], "'a\"b\\n'"), ("''", [""], "''"),
            ("", [], ""),
            ("it\\'s", ["it's"], "'it'\\''s'"), ("'open", ["open"], "open"),
        ])
    func shellWords(line: String, words: [String], again: String) {
        #expect(ShellWords.split(line) == words)
        #expect(ShellWords.line(words) == again)
        #expect(ShellWords.split(again) == words)
    }

    @Test("a Dockerfile's stages inherit, and an entry point drops the command of the base")
    func stages() {
        let file = Dockerfile(
            parsing: """
                # syntax=docker/dockerfile:1
                FROM --platform=linux/amd64 golang:1 AS base
                WORKDIR /app
                EXPOSE 8080/tcp 53/udp \\
                  9090
                CMD ["go", "run", "."]
                FROM base as dev
                FROM base AS prod
                ENTRYPOINT ["./api"]
                FROM prod
                CMD ./api --x \\
                  # a comment within
                  --y
                """)
        #expect(file.stage("dev")?.command == .words(["go", "run", "."]))
        #expect(file.stage("DEV")?.ports == [8080, 9090])
        #expect(file.stage("prod")?.entrypoint == .words(["./api"]) && file.stage("prod")?.command == nil)
        #expect(file.stage(nil)?.command == .shell("./api --x  --y") && file.stage(nil)?.line == 11)
        #expect(file.stage(nil)?.folder == "/app" && file.stage("none") == nil)
        #expect(Dockerfile(parsing: "RUN x\nCMD y").stage(nil) == nil)
    }

    @Test(
        "images are known by their repository",
        arguments: [
            ("postgres", "postgres", nil), ("docker.io/library/postgres:17.2-alpine", "postgres", 17),
            ("localhost:5000/a/b:v2@sha256:00", "a/b", 2), ("ghcr.io/X/Y", "x/y", nil),
            ("a:latest", "a", nil),
        ] as [(String, String, Int?)])
    func images(text: String, repository: String, version: Int?) {
        #expect(ImageReference(text).repository == repository && ImageReference(text).majorVersion == version)
    }

    @Test(
        "of a variable that is written twice the last value counts, and one that no template can name is told"
    )
    func variableNames() throws {
        let project = try imported("services: {a: {build: ., environment: [A=1, B=2, A=3, 1X, Y]}}")
        #expect(try value("stand/services/a/env", of: project) == #"{"B":"2","A":"3","Y":"${env.Y || ''}"}"#)
        #expect(project.notes.map(\.message).contains("variable '1X' is left out: no template can name it"))
    }

    @Test("text of the compose file stays within its comment, and dollar signs stay text")
    func escaping() throws {
        let project = try imported(#"services: {a: {image: "x\nassay: 2 $${y}", command: 'run $${z}'}}"#) {
            $0.includesImages = true
        }
        #expect(try value("assay", of: project) == "1")
        #expect(try value("stand/services/a/image", of: project) == #""x\nassay: 2 $${y}""#)
        #expect(try value("stand/services/a/command", of: project) == #"["run","$${z}"]"#)
    }

    @Test("wide ranges of ports are told and left out")
    func wideRange() throws {
        let project = try imported("services: {a: {build: ., ports: ['10000-20000:10000-20000/udp', 8080]}}")
        #expect(try value("stand/services/a/port", of: project) == "8080")
        #expect(
            project.notes.map(\.message).contains(
                "ports 10000-20000:10000-20000/udp are left out: a range of so many is no part of a stand"))
    }

    @Test("interpolation is bounded in depth")
    func depth() {
        let deep = String(repeating: "${A:-", count: 30) + String(repeating: "}", count: 30)
        #expect(throws: ComposeText.Malformed.self) { try ComposeText(deep) }
    }
}
