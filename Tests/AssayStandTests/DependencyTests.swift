import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite("Dependencies", .timeLimit(.minutes(5)))
struct DependencyTests {
    @Test(
        "each server comes up on loopback, answers, and is gone afterwards",
        arguments: [
            ("redis", "redis-server", "redis://"), ("prometheus", "prometheus", "http://"),
            ("pushgateway", "prometheus-pushgateway", "http://"), ("nats", "nats-server", "nats://"),
        ])
    func servers(kind: String, program: String, scheme: String) throws {
        guard Installed().path(of: program) != nil else { return }
        let port = try StandSupport.with("dependencies: {it: {\(kind): {}}}", name: kind) { stand, reactor in
            let url = stand.bindings["it"]?["url"]?.stringValue ?? ""
            guard url.hasPrefix("\(scheme)127.0.0.1:"), case .int(let port)? = stand.bindings["it"]?["port"]
            else {
                return UInt16(0)
            }
            return await Self.accepts(UInt16(port), reactor) ? UInt16(port) : 0
        }.get()
        #expect(port != 0)
        let reactor = try Reactor()
        #expect(!reactor.run { await Self.accepts(port, reactor) })
    }

    private static func accepts(_ port: UInt16, _ reactor: Reactor) async -> Bool {
        let deadline = Reactor.monotonicNow() + 2_000_000_000
        guard case .success(let channel) = await reactor.connect(to: [.loopback(port: port)], until: deadline)
        else {
            return false
        }
        channel.close()
        return true
    }

    @Test("any program can be a dependency, and its needs come first")
    func program() throws {
        let text = """
            dependencies:
              mail: {run: 'python3 -u -m http.server ${port} --bind 127.0.0.1', ports: [web], ready: {http: /}}
            services:
              api: {run: 'echo "mail at ${mail.url} and ${mail.ports.web}"; sleep 60', ready: {log: mail at}}
            """
        let line = try StandSupport.with(text, name: "program") { stand, _ in
            stand.logs["api"]?.lines(from: 0).lines.first
        }.get()
        #expect(line?.hasPrefix("mail at http://127.0.0.1:") == true)
    }

    @Test(
        "a program that is not installed is replaced, left out, done without, or said",
        arguments: [
            (
                "{redis: {fallback: skip}}",
                "absent: 'api' needs 'it': Redis is not installed (`apt install redis-server`)"
            ),
            ("{redis: {fallback: without}}", "api got ''"),
            (
                "{redis: {}}",
                "failed: Redis is not installed (`apt install redis-server`), and 'it' has no `fallback`"
            ),
        ])
    func absent(dependency: String, outcome: String) throws {
        let text = """
            dependencies: {it: \(dependency)}
            services: {api: {run: "echo \\"got '${it.url}'\\"; sleep 60", ready: {log: got}}}
            """
        // A folder for each, for they run at a time.
        let name = "absent-\(outcome.prefix { $0.isLetter })"
        let result = try StandSupport.with(text, name: name, path: "/nowhere") { stand, _ in
            if let reason = stand.absent["api"] { return "absent: \(reason)" }
            return "api \(stand.logs["api"]?.lines(from: 0).lines.first ?? "")"
        }
        switch result {
        case .success(let seen): #expect(seen == outcome)
        case .failure(let failure): #expect("failed: \(failure.message)" == outcome)
        }
    }

    @Test("a dependency that dies in the middle is told by name", .enabled(if: StandSupport.hasRedis))
    func death() throws {
        let death = try StandSupport.with("dependencies: {cache: {redis: {}}}", name: "dies") {
            stand, reactor in
            guard case .int(let port)? = stand.bindings["cache"]?["port"] else { return nil as MemberDeath? }
            switch await reactor.connect(
                to: [.loopback(port: UInt16(port))], until: Reactor.monotonicNow() + 2_000_000_000)
            {
            case .success(let channel): _ = channel.send(Array("SHUTDOWN NOSAVE\r\n".utf8))
            case .failure: break
            }
            return await stand.nextDeath()
        }.get()
        #expect(death?.title == "redis 'cache'")
        #expect(death?.status == .exited(0))
    }

    @Test("a port that is taken is told with its number", .enabled(if: StandSupport.hasRedis))
    func takenPort() throws {
        let reactor = try Reactor()
        let held = reactor.run {
            (try? Listener(at: .loopback(port: 0), on: reactor)).map { ReactorBound($0, on: reactor) }
        }
        let listener = try #require(held)
        let port = reactor.run { listener.value.address.port ?? 0 }
        let result = try StandSupport.with("dependencies: {cache: {redis: {port: \(port)}}}", name: "taken") {
            _, _ in
        }
        guard case .failure(let failure) = result else {
            Issue.record("it came up")
            return
        }
        #expect(failure.message.hasSuffix("port \(port) is taken: leave `port` out and a free one is chosen"))
        reactor.run { listener.value.close() }
    }
}
