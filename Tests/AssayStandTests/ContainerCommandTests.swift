import AssayCore
import AssayFormats
import Testing

@testable import AssayStand

@Suite("Containers: command lines and names")
struct ContainerCommandTests {
    private let name = ContainerName(process: 47, began: 880_123, number: 2, service: "auth service")

    private func command(_ network: ContainerSpec.Network) -> ContainerCommand {
        ContainerCommand(
            engine: "/usr/bin/docker", name: name, host: "ci-1", service: "auth", image: "ghcr.io/x/auth:1",
            command: ["serve", "--rm"],
            environment: [("KEY", "a b"), ("PATH", "/app"), ("DOCKER_HOST", "x")],
            volumes: ["/p/x:/y:ro"], network: network, ports: [(40000, 8080), (40001, 9090)])
    }

    @Test("a network of its own publishes ports on the loopback and knows the machine by name")
    func bridge() {
        #expect(
            command(.bridge).words == [
                "/usr/bin/docker", "run", "--rm", "--name", "assay.47.880123.2.auth_service", "--label",
                "assay.host=ci-1", "--label", "assay.host.service=auth", "--publish", "127.0.0.1:40000:8080",
                "--publish", "127.0.0.1:40001:9090", "--add-host", "host.docker.internal:host-gateway",
                "--env", "KEY",
                "--env", "PATH=/app", "--env", "DOCKER_HOST=x", "--volume", "/p/x:/y:ro", "ghcr.io/x/auth:1",
                "serve",
                "--rm",
            ])
    }

    @Test("the machine's network publishes nothing")
    func host() {
        let words = command(.host).words
        #expect(words.contains("--network") && !words.contains("--publish") && !words.contains("--add-host"))
    }

    @Test("values stay off the command line, save those the engine's program would take for itself")
    func passed() {
        #expect(command(.bridge).passedEnvironment.map { "\($0.name)=\($0.value)" } == ["KEY=a b"])
    }

    @Test("a container's name says whose it is, and reads back")
    func names() {
        #expect(ContainerName(parsing: name.text)?.process == 47)
        #expect(ContainerName(parsing: name.text)?.began == 880_123)
        let listed = ContainerName.names(
            in: "assay.47.9.1.auth\r\nassay.48.9.1.a.b,other\npostgres\nassay.x.9.1.c\n")
        #expect(listed.map(\.text) == ["assay.47.9.1.auth", "assay.48.9.1.a_b"])
    }

    @Test(
        "keys of images and programs do not mix",
        arguments: [
            (
                "{api: {run: x, volumes: [a:b]}}",
                "error[AS250]: `volumes` belongs to a service with an `image`, and 'api' has none"
            ),
            ("{api: {image: x, run: y}}", "error[AS250]: service 'api' has both `image` and `run`"),
            (
                "{api: {image: x, network: none}}",
                "error[AS013]: expected `bridge` or `host`, found 'none'"
            ),
            ("{api: {run: x, port: 0}}", "error[AS014]: expected a number from 1 to 65535, found 0"),
            (
                "{api: {run: x, ports: {a: b}}}",
                "error[AS012]: expected a whole number, found the text 'b'"
            ),
        ])
    func mixed(services: String, expected: String) throws {
        let bag = DiagnosticBag()
        let yaml = try #require(
            YAMLReading(parsing: Array("services: \(services)".utf8), file: "a", bag: bag))
        _ = StandReader(yaml).read(yaml.root)
        #expect(bag.all.map { String($0.rendered().prefix { $0 != "\n" }) } == [expected])
    }

    @Test("an image service needs no `run`, waits 30 s by default, and reads its ports")
    func reads() throws {
        let spec = try StandSupport.spec(
            "services: {a: {image: 'x:1', port: 8080, ports: {metrics: 9090, debug: any}, command: serve}}")
        let service = try #require(spec.services.first)
        #expect(service.fixedPorts == [8080, 9090, nil] && service.ports == ["metrics", "debug"])
        #expect(service.container?.command.count == 1 && service.readyWithin == .seconds(30))
        #expect(service.inside([1, 2, 3]) == [8080, 9090, 3] && service.isPublished)
    }

    @Test("who is told another's address shares the machine's network, unless it says otherwise")
    func network() throws {
        func isPublished(_ more: String) throws -> Bool {
            let text = "dependencies: {db: {sqlite: {}}}\nservices: {a: {image: x, \(more)}}"
            return try #require(try StandSupport.spec(text).services.first).isPublished
        }
        #expect(try isPublished("env: {PORT: '${port}'}"))
        #expect(try !isPublished("env: {DB: '${db.url}'}"))
        #expect(try !isPublished("command: ['--db', '${db.url}']"))
        #expect(try isPublished("network: bridge, env: {DB: '${db.url}'}"))
        #expect(try !isPublished("network: host"))
    }
}
