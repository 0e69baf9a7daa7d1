import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Glibc
import Testing

/// A program that understands what Assay asks of `docker`, writes its words down, and runs a local server in place of a
/// container.
struct FakeEngine {
    let folder: String

    /// - Parameters:
    ///   - running: names of containers that are there.
    ///   - images: those that need no fetching.
    init(_ name: String, running: [String] = [], images: [String] = ["web:1"], isBroken: Bool = false) throws
    {
        folder = "/tmp/assay-fake-engine-\(Host.processID)-\(name)"
        try? Files.remove(folder)
        try Files.makeFolder(folder)
        try Files.write(Array(running.joined(separator: "\n").utf8), to: folder + "/running")
        let answer =
            isBroken
            ? "sys.exit('Cannot connect to the Docker daemon at unix:///var/run/docker.sock.')" : "pass"
        let script = """
            #!/usr/bin/python3
            import json, os, signal, subprocess, sys
            words, folder = sys.argv[1:], "\(folder)"
            with open(folder + "/asked", "a") as log:
                log.write(json.dumps(words) + "\\n")
            \(answer)
            if words[0] == "ps":
                print(open(folder + "/running").read())
            elif words[:2] == ["image", "inspect"]:
                sys.exit(0 if words[-1] in \(images) else 1)
            elif words[0] == "pull":
                sys.exit("Error: pull access denied for " + words[-1])
            elif words[0] == "run":
                port, passed = os.environ.get("PORT"), []
                for flag, value in zip(words, words[1:]):
                    if flag == "--publish":
                        port = port or value.split(":")[1]
                    if flag == "--env":
                        passed.append(value if "=" in value else value + "=" + os.environ[value])
                with open(folder + "/environment", "w") as out:
                    out.write("\\n".join(passed))
                print("container of", words[words.index("--name") + 1], flush=True)
                server = subprocess.Popen([sys.executable, "-m", "http.server", port, "--bind", "127.0.0.1"])
                signal.signal(signal.SIGTERM, lambda *_: server.terminate())
                sys.exit(server.wait())
            """
        try Files.write(Array(script.utf8), to: folder + "/docker")
        try #require(unsafe chmod(folder + "/docker", 0o755) == 0)
    }

    /// What it was asked, the words of each call in one line.
    var asked: [String] { lines("asked").map { $0.filter { !"[]\",".contains($0) } } }
    var environment: [String] { lines("environment") }

    private func lines(_ name: String) -> [String] {
        let bytes = (try? Files.read(folder + "/" + name)) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

@Suite("Containers", .timeLimit(.minutes(5)))
struct ContainerTests {
    private func failure<Value>(_ result: Result<Value, StandFailure>) -> String {
        if case .failure(let failure) = result { failure.message } else { "it came up" }
    }

    @Test("a container is run, reached at a free port of the loopback, logged, and gone afterwards")
    func runs() throws {
        let engine = try FakeEngine("runs")
        defer { try? Files.remove(engine.folder) }
        let text = """
            services:
              web: {image: 'web:1', port: 8080, env: {GREETING: 'hello, ${port}'}, volumes: ['./x:/x'], ready: {http: /}}
            """
        let seen = try StandSupport.with(text, name: "container", path: engine.folder) { stand, _ in
            let port = stand.bindings["web"]?["port"]?.intValue ?? 0
            return (port, stand.members.map(\.detail), stand.logs["web"]?.last(20).first ?? "")
        }.get()
        #expect(seen.0 > 1024 && seen.1 == ["web:1 in a container"])
        #expect(engine.environment == ["GREETING=hello, 8080"])
        let name = seen.2.split(separator: " ").last.map(String.init) ?? ""
        #expect(name.hasPrefix("assay.\(Host.processID).") && name.hasSuffix(".web"))
        #expect(
            engine.asked == [
                "ps --all --filter label=assay.host=\(Host.name) --format {{.Names}}",
                "image inspect --format {{.Id}} web:1",
                "run --rm --name \(name) --label assay.host=\(Host.name) --label assay.host.service=web "
                    + "--publish 127.0.0.1:\(seen.0):8080 --add-host host.docker.internal:host-gateway "
                    + "--env GREETING --volume /tmp/assay-stand-tests-\(Host.processID)-container/x:/x web:1",
                "rm --force \(name)",
            ])
    }

    @Test("a container that is told the address of another member shares the machine's network")
    func shared() throws {
        let engine = try FakeEngine("shared")
        defer { try? Files.remove(engine.folder) }
        let text = """
            dependencies: {db: {sqlite: {}}}
            services: {web: {image: 'web:1', env: {PORT: '${port}', DB: '${db.url}'}, ready: {http: /}}}
            """
        let port = try StandSupport.with(text, name: "shared-container", path: engine.folder) { stand, _ in
            stand.bindings["web"]?["port"]?.intValue ?? 0
        }.get()
        #expect(engine.asked.contains { $0.contains("--network host --env PORT --env DB web:1") })
        #expect(engine.environment.first == "PORT=\(port)")
    }

    @Test("containers of runs that were killed are removed at the next start, those of the living are not")
    func sweep() throws {
        let stat = String(decoding: try Files.read("/proc/self/stat"), as: UTF8.self)
        let began = stat.split(separator: ")").last?.split(separator: " ").dropFirst(19).first ?? ""
        let alive = "assay.\(Host.processID).\(began).990.web"
        let engine = try FakeEngine("sweep", running: ["assay.\(Host.processID).5.1.old", alive, "postgres"])
        defer { try? Files.remove(engine.folder) }
        _ = try StandSupport.with(
            "services: {web: {image: 'web:1', ready: {http: /}}}", name: "sweep", path: engine.folder
        ) { _, _ in true }.get()
        #expect(engine.asked.dropFirst().first == "rm --force assay.\(Host.processID).5.1.old")
        #expect(!engine.asked.contains { $0.hasPrefix("rm") && $0.contains(alive) })
    }

    @Test("without an engine the stand does not come up, and says what to do")
    func none() throws {
        let text = "services: {web: {image: 'web:1'}}"
        let nowhere = try StandSupport.with(text, name: "no-engine", path: "/nonexistent") { _, _ in true }
        #expect(
            failure(nowhere)
                == "service 'web' is an `image:` and needs a container engine: neither docker nor podman is installed; "
                + "start or install one, or give the service a `run:`")
        let engine = try FakeEngine("broken", isBroken: true)
        defer { try? Files.remove(engine.folder) }
        let broken = try StandSupport.with(text, name: "broken-engine", path: engine.folder) { _, _ in true }
        #expect(
            failure(broken)
                == "service 'web' is an `image:` and needs a container engine: docker says: Cannot connect to the Docker "
                + "daemon at unix:///var/run/docker.sock.; start or install one, or give the service a `run:`"
        )
    }

    @Test("an image that cannot be fetched is named")
    func pull() throws {
        let engine = try FakeEngine("pull")
        defer { try? Files.remove(engine.folder) }
        let result = try StandSupport.with(
            "services: {web: {image: 'gone:2'}}", name: "pull", path: engine.folder
        ) { _, _ in true }
        #expect(
            failure(result)
                == "image 'gone:2' of service 'web' cannot be fetched: Error: pull access denied for gone:2")
    }

    @Test("a program may keep the ports it has, and they are those that others are told")
    func fixed() throws {
        let reactor = try Reactor()
        let free = try Listener(at: .loopback(port: 0), on: reactor)
        let port = try #require(free.address.port)
        free.close()
        let text = """
            services:
              web:
                run: exec python3 -u -m http.server \(port) --bind 127.0.0.1
                port: \(port)
                ports: {metrics: 9, other: any}
                ready: {http: /}
            """
        let seen = try StandSupport.with(text, name: "fixed-port", path: "/nonexistent") { stand, _ in
            stand.bindings["web"]
        }.get()
        #expect(seen?["port"]?.intValue == Int64(port) && seen?["ports"]?["metrics"]?.intValue == 9)
        #expect((seen?["ports"]?["other"]?.intValue ?? 0) > 1024)
    }
}
