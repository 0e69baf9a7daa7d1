import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

@Suite("Replicas", .timeLimit(.minutes(5)))
struct ReplicaTests {
    private static let server = "exec python3 -u -m http.server ${port} --bind 127.0.0.1"

    @Test("each has a port, a number and a log; all are ready before who reads them starts")
    func start() throws {
        let text = """
            services:
              worker: {run: 'echo "I am ${replica}"; \(Self.server)', replicas: 5, ready: {http: /}}
              front: {run: 'echo "all are $ALL"; \(Self.server)', env: {ALL: '${worker.urls}'}, ready: {http: /}}
            """
        let seen = try StandSupport.with(text, name: "replicas") { stand, _ in
            let worker = stand.bindings["worker"] ?? .null
            return (
                worker, stand.members.map { "\($0.name): \($0.detail.prefix(8))" },
                (0..<5).map { stand.logs["worker-\($0)"]?.lines(from: 0).lines.first ?? "none" },
                stand.logs["worker"]?.lines(from: 0).lines.filter { $0.hasPrefix("I am") }.sorted() ?? [],
                stand.logs["front"]?.lines(from: 0).lines.first ?? ""
            )
        }.get()
        let urls = seen.0["urls"]?.arrayValue ?? []
        #expect(Set(urls).count == 5)
        #expect(seen.0["count"] == 5)
        #expect(seen.0["url"] == urls.first)
        #expect(seen.0["3"]?["url"] == urls.dropFirst(3).first)
        #expect(seen.1.sorted() == ["front: echo \"al", "worker: 5 × echo"])
        let lines = (0..<5).map { "I am \($0)" }
        #expect(seen.2 == lines)
        #expect(seen.3 == lines)
        #expect(seen.4 == "all are " + JSON.array(urls).rendered())
    }

    @Test("one that does not come up is named, and the others are taken down")
    func failure() throws {
        let text = """
            services:
              worker:
                run: 'test ${replica} != 2 || { echo broken; exit 3; }; \(Self.server)'
                replicas: 4
                ready: {http: /}
            """
        guard case .failure(let failure) = try StandSupport.with(text, name: "replicas-fail", { _, _ in })
        else {
            Issue.record("it came up")
            return
        }
        #expect(failure.member == "worker-2")
        #expect(failure.message.hasPrefix("service 'worker-2' exited with status 3 after"))
        #expect(failure.lastLines == ["broken"])
    }

    @Test("one that ends later is named")
    func death() throws {
        let text =
            "services: {w: {run: 'echo up; test ${replica} = 1 && sleep 0.3 && exit 4; sleep 60', ready: {log: up}, replicas: 3}}"
        let death = try StandSupport.with(text, name: "replicas-death") { stand, _ in await stand.nextDeath()
        }.get()
        #expect(death?.name == "w-1")
    }

    @Test(
        "how many there are may come from the environment",
        arguments: [("3", 3), ("x", nil), ("0", nil), ("201", nil)])
    func told(text: String, count: Int?) throws {
        let stand =
            "services: {w: {run: 'echo up; sleep 60', ready: {log: up}, replicas: \"${env.ASSAY_NO_SUCH || '\(text)'}\"}}"
        let result = try StandSupport.with(stand, name: "replicas-told-\(text)") { stand, _ in
            stand.bindings["w"]?["count"]?.intValue
        }
        switch result {
        case .success(let seen): #expect(seen == count.map { Int64($0) })
        case .failure(let failure):
            #expect(count == nil)
            #expect(
                failure.message == "service 'w' has from 1 to 200 replicas, and `replicas` gives '\(text)'")
        }
    }

    @Test(
        "what is wrong is a diagnostic with a place",
        arguments: [
            (
                "services: {w: {run: x, replicas: 0}}", "AS510", 34,
                "expected from 1 to 200 replicas, found '0'"
            ),
            (
                "services: {w: {run: x, replicas: many}}", "AS510", 34,
                "expected from 1 to 200 replicas, found 'many'"
            ),
            (
                "services: {w: {run: x, replicas: '${db.url}'}}", "AS510", 37,
                "`replicas` reads ${db}, but is known before anything is started"
            ),
            (
                "services: {w: {run: x, replicas: 2, port: 8080}}", "AS511", 12,
                "service 'w' has replicas, and all of them would listen on port 8080"
            ),
            (
                "services: {w: {run: x, replicas: 2}, w-1: {run: x}}", "AS067", 38,
                "the stand has two members 'w-1', the other is a replica of 'w' in line 1"
            ),
        ])
    func diagnostics(text: String, code: String, column: Int, message: String) throws {
        let error = #expect(throws: Diagnostics.self) { try StandSupport.spec(text) }
        let found = error?.all.first { $0.code.description == code }
        #expect(found?.location?.column == column)
        #expect(found?.message == message)
    }
}

@Suite("Services of some levels only", .timeLimit(.minutes(5)))
struct ServiceLevelTests {
    private static let text = """
        services:
          api: {run: 'echo up; sleep 60', ready: {log: up}}
          worker: {run: 'echo up; sleep 60', ready: {log: up}, levels: [e2e, load], replicas: 2}
          watcher: {run: 'echo ${worker.url}; echo up; sleep 60', ready: {log: up}}
        """

    @Test("they are left out where no test of their levels runs, with what needs them")
    func leftOut() throws {
        let spec = try StandSupport.spec(Self.text)
        let absent = spec.services(notOf: ["integration"])
        #expect(absent == ["worker": "service 'worker' is there for level 'e2e', 'load' only"])
        #expect(spec.services(notOf: ["integration", "load"]).isEmpty)
        let surroundings = try StandSupport.surroundings("levels")
        defer { try? Files.remove(surroundings.projectFolder) }
        let reactor = try Reactor()
        let (members, reasons) = try reactor.run { () -> Result<([String], [String: String]), StandFailure> in
            do throws(StandFailure) {
                let stand = try await Stand.start(spec, on: reactor, in: surroundings, absent: absent)
                await stand.stop()
                return .success((stand.members.map(\.name), stand.absent))
            } catch {
                return .failure(error)
            }
        }.get()
        #expect(members == ["api"])
        #expect(
            reasons["watcher"]
                == "'watcher' needs 'worker': service 'worker' is there for level 'e2e', 'load' only")
    }
}
