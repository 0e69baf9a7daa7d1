import Assay
import AssayNet
import Glibc
import Synchronization
import Testing

@testable import AssayTesting

@Suite("The life of a suite's stand", .timeLimit(.minutes(5)))
struct StandLifeTests {
    /// Runs two tests' worth of scopes in a suite's, all in the test that is running.
    private static func suite(
        _ trait: StandTrait, _ body: @escaping @Sendable (Int) async throws -> Void
    ) async throws {
        let test = try #require(Test.current)
        let testCase = try #require(Test.Case.current)
        try await trait.provideScope(for: test, testCase: nil) {
            for number in 1...2 {
                try await trait.provideScope(for: test, testCase: testCase) { try await body(number) }
            }
        }
    }

    private static let copies = Atomic<Int>(0)

    /// A copy of the project, so that no other test keeps its stand up.
    private static func ownProject() throws -> String {
        let folder = "/tmp/assay-testing-\(Host.processID)-\(copies.add(1, ordering: .relaxed).newValue)"
        try Files.makeFolder(folder)
        for name in ["assay.yml", "schema.sql"] {
            let source = try LiveStand.projectFile("Project/\(name)", from: #filePath)
            try Files.write(try Files.read(source), to: "\(folder)/\(name)")
        }
        return folder
    }

    static func isThere(_ process: String) -> Bool { Files.kind(of: "/proc/\(process)") != nil }

    private static func pid(_ name: String) async throws -> String {
        String(try await stand.http(name).get("/pid").text.dropLast())
    }

    @Test("services of a test end with it, those of all with the suite")
    func ends() async throws {
        let shared = Mutex<[String]>([])
        let own = Mutex<[String]>([])
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        try await Self.suite(.stand(project)) { _ in
            let (files, notes) = (try await Self.pid("files"), try await Self.pid("notes"))
            #expect(Self.isThere(files) && Self.isThere(notes))
            #expect(!own.withLock { $0 }.contains(where: Self.isThere))
            shared.withLock { $0.append(files) }
            own.withLock { $0.append(notes) }
        }
        let (files, notes) = (shared.withLock { $0 }, own.withLock { $0 })
        #expect(files.count == 2 && Set(files).count == 1)
        #expect(Set(notes).count == 2)
        #expect(!(files + notes).contains(where: Self.isThere))
    }

    @Test("a test that throws ends its services too, and the error goes on")
    func throwing() async throws {
        struct Thrown: Error {}
        let own = Mutex("")
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        await #expect(throws: Thrown.self) {
            let project = try Self.ownProject()
            defer { try? Files.remove(project) }
            try await Self.suite(.stand(project)) { _ in
                let notes = try await Self.pid("notes")
                own.withLock { $0 = notes }
                throw Thrown()
            }
        }
        #expect(!own.withLock { $0 }.isEmpty && !Self.isThere(own.withLock { $0 }))
    }

    @Test("a test sees what was logged and asked since it began, also of what all share")
    func since() async throws {
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        try await Self.suite(.stand(project)) { number in
            for name in ["files", "auth"] {
                #expect(try await stand.http(name).get("/\(number)").status == 404)
            }
            try await stand.log("files").waitFor("GET /\(number)")
            #expect(try !stand.log("files").lines.contains { $0.contains("GET /\(number - 1)") })
            #expect(try stand.double("auth").requests.map(\.target) == ["/\(number)"])
        }
    }

    @Test("a stand that is marked production is refused before anything is started")
    func production() async throws {
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        let text = "assay: 1\nproject: shop\nstand:\n  production: true\n"
        try Files.write(Array(text.utf8), to: project + "/assay.yml")
        let error = await #expect(throws: StandError.self) {
            try await LiveStand.start(project: project + "/assay.yml")
        }
        let lines = (error?.description ?? "").split(separator: "\n").map(String.init)
        #expect(
            lines.first == "error[AS285]: no Swift tests run on this stand, which is marked production",
            "\(lines)")
        #expect(lines.last?.hasSuffix("fix: name a project whose stand has no `production: true`") == true)
    }

    @Test("a denied external call of a service is an issue of the test that was running")
    func externalCall() async throws {
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        // The address is one for documentation; the guard refuses before anything is sent.
        let text = """
            assay: 1
            project: shop
            policy: {external-calls: deny}
            stand:
              dependencies:
                db: {sqlite: {schema: schema.sql}}
              services:
                api:
                  run: |
                    python3 -c 'import socket; print(socket.socket().connect_ex(("192.0.2.1", 443)))'
                    cd ${folder} && exec python3 -u -m http.server --bind 127.0.0.1 ${port}
                  env: {DB: "${db.path}"}
                  ready: {http: /}
            """
        try Files.write(Array(text.utf8), to: project + "/assay.yml")
        let live = try await LiveStand.start(project: project + "/assay.yml")
        for title in ["first", "second"] {
            let told = try await live.layer(for: title).stop()
            #expect(told.count == 1, "\(told)")
            #expect(told.first?.hasPrefix("external-calls: api (pid ") == true, "\(told)")
            #expect(told.first?.contains("tried to reach 192.0.2.1:443") == true, "\(told)")
        }
        await live.stop()
    }

    @Test("a stand that does not come up is one issue for each test, all with the same text")
    func broken() async throws {
        let texts = Mutex<[String]>([])
        let ran = Mutex(0)
        try await withKnownIssue {
            try await Self.suite(.stand("Project/broken.yml")) { _ in ran.withLock { $0 += 1 } }
        } matching: { issue in
            texts.withLock { $0.append(issue.comments.map(\.rawValue).joined()) }
            return true
        }
        let all = texts.withLock { $0 }
        #expect(ran.withLock { $0 } == 0)
        // The same attempt, by its process: it was started once.
        #expect(all.count == 2 && Set(all).count == 1)
        let lines = (all.first ?? "").split(separator: "\n").map(String.init)
        try #require(lines.count >= 5, "\(all)")
        #expect(
            lines[0].hasPrefix(
                "error[AS065]: the stand is not ready: till: service 'till' exited with status 3 after "))
        #expect(lines[1].contains("/Project/broken.yml:6"))
        let log = Array(lines.suffix(3))
        #expect(log[0] == "  log of till, last lines")
        #expect(log[1].hasPrefix("    attempt "))
        #expect(log[2] == "    the till is locked")
    }

    @Test("a project file that is not there is one issue for each test")
    func missing() async throws {
        let texts = Mutex<[String]>([])
        try await withKnownIssue {
            try await Self.suite(.stand("no-such.yml")) { _ in Issue.record("it ran") }
        } matching: { issue in
            texts.withLock { $0.append(issue.comments.map(\.rawValue).joined()) }
            return true
        }
        let all = texts.withLock { $0 }
        #expect(
            all.count == 2
                && all.allSatisfy {
                    $0.hasPrefix("error[AS281]: there is no project file 'no-such.yml' in '")
                })
    }

    @Test("`stand` outside a test that has one says how to get one")
    func none() throws {
        let error = #expect(throws: StandError.self) { try stand }
        #expect(
            error?.description == """
                error[AS280]: there is no stand here: `stand` is the stand of the test that is running
                  fix: give the suite or the test one: @Suite(.stand("assay.yml")); in a detached task, use a stand \
                that was read outside of it
                """)
    }

    @Test("what is kept of a stand beyond its test says that the stand is gone")
    func kept() async throws {
        let kept = Mutex<(ServiceClient, StandDatabase)?>(nil)
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        try await Self.suite(.stand(project)) { _ in
            let parts = (try stand.http("files"), try stand.database("db"))
            kept.withLock { $0 = parts }
        }
        let (files, db) = try #require(kept.withLock { $0 })
        let text = "there is no stand any more: the test that had it has ended"
        let error = await #expect(throws: StandError.self) { try await files.get("/pid") }
        #expect(error?.description == "error[AS280]: \(text)")
        let refused = await #expect(throws: SQLError.self) { try await db.query("select 1") }
        #expect(refused?.message == text)
    }

    @Test("a service that ends by itself is told, and no later test begins on that stand")
    func death() async throws {
        let project = try LiveStand.projectFile("Project/assay.yml", from: #filePath)
        let live = try await LiveStand.start(project: project)
        let layer = try await live.layer(for: "first")
        let files = try #require(layer.bindings["files"]?["url"]?.stringValue)
        let process = try await layer.send(StandRequest(method: "GET", url: files + "/pid")).text.dropLast()
        kill(try #require(Int32(process)), SIGKILL)
        var refusal: StandError?
        while refusal == nil, !Task.isCancelled {
            do throws(StandError) {
                let next = try await live.layer(for: "next")
                await next.stop()
            } catch {
                refusal = error
            }
        }
        let unanswered = await #expect(throws: StandError.self) {
            try await layer.send(StandRequest(method: "GET", url: files + "/pid"))
        }
        #expect(
            unanswered?.description.hasPrefix(
                "error[AS284]: GET \(files)/pid was not answered: connect-refused") == true)
        let text = "service 'files' ended by itself: was ended by SIGKILL"
        #expect(refusal?.description.hasPrefix("error[AS065]: the stand is not ready: \(text)") == true)
        #expect(await layer.stop().first?.hasPrefix(text) == true)
        await live.stop()
    }

    @Test("a service that ends by itself is an issue of the test that runs, and of those after it")
    func deathInTest() async throws {
        let project = try Self.ownProject()
        defer { try? Files.remove(project) }
        let key = SharedStands.Key(project: project + "/assay.yml", isolation: .databasePerTest)
        let texts = Mutex<[String]>([])
        try await withKnownIssue {
            try await Self.suite(.stand(project)) { number in
                #expect(number == 1)
                kill(try #require(Int32(try await Self.pid("files"))), SIGKILL)
                // Until the stand has noticed.
                let live = try await SharedStands.ofProcess.stand(key).get()
                while let next = try? await live.layer(for: "next"), !Task.isCancelled { await next.stop() }
            }
        } matching: { issue in
            texts.withLock { $0.append(issue.comments.map(\.rawValue).joined()) }
            return true
        }
        let all = texts.withLock { $0 }
        let text = "service 'files' ended by itself: was ended by SIGKILL"
        try #require(all.count == 2, "\(all)")
        #expect(all[0].hasPrefix(text))
        #expect(all[1].hasPrefix("error[AS065]: the stand is not ready: \(text)"))
    }

    @Test("a test bundle that ends without a word leaves nothing")
    func exit() async throws {
        let file = "/tmp/assay-testing-\(Host.processID).txt"
        defer { try? Files.remove(file) }
        await #expect(processExitsWith: .exitCode(7)) { [file = file as String] in
            let project = try LiveStand.projectFile("Project/assay.yml", from: #filePath)
            let layer = try await LiveStand.start(project: project).layer(for: "last")
            var processes = ""
            for name in ["files", "notes"] {
                let url = try #require(layer.bindings[name]?["url"]?.stringValue)
                processes += try await layer.send(StandRequest(method: "GET", url: url + "/pid")).text
            }
            try Files.write(Array(processes.utf8), to: file)
            Glibc.exit(7)
        }
        let processes = String(decoding: try Files.read(file), as: UTF8.self).split(separator: "\n").map(
            String.init)
        #expect(processes.count == 2)
        // The keepers end them once they have noticed; the time limit bounds the wait.
        while processes.contains(where: Self.isThere) { try await Task.sleep(for: .milliseconds(20)) }
    }
}
