import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Glibc
import Synchronization
import Testing

@testable import AssayDoubles

@Suite("Recording: a real service, its mappings, and the same answers without it")
struct RecordingRoundTripTests {
    /// What a client sees of an answer.
    struct Seen: Sendable, Equatable {
        var status: Int
        var type: String?
        var cookies: [String]
        var body: [UInt8]

        init(_ response: HTTPResponse) {
            status = response.status
            type = response.headers["Content-Type"]
            cookies = response.headers.values(of: "Set-Cookie")
            body = response.body
        }
    }

    private static let requests: [HTTPRequest] = [
        HTTPRequest(method: "GET", target: "/items/7?full=1&tag=a&tag=b"),
        HTTPRequest(method: "GET", target: "/items/7"),
        HTTPRequest(
            method: "POST", target: "/items", headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: Array(#"{"name":"pen","tags":[1,2]}"#.utf8)),
        HTTPRequest(
            method: "POST", target: "/items", headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: Array(#"{"name":"pen"}"#.utf8)),
        HTTPRequest(method: "GET", target: "/big"), HTTPRequest(method: "GET", target: "/picture"),
        HTTPRequest(method: "GET", target: "/count"), HTTPRequest(method: "GET", target: "/count"),
        HTTPRequest(method: "GET", target: "/count"), HTTPRequest(method: "DELETE", target: "/items/7"),
        HTTPRequest(method: "GET", target: "/odd"),
    ]

    /// The service that is recorded: its answers depend on path, body and how often it was asked.
    private static func answer(_ request: HTTPRequest, _ count: borrowing Mutex<Int>) -> HTTPResponse {
        switch (request.method, String(request.path)) {
        case ("POST", _):
            var response = HTTPResponse(
                status: 201, text: #"{"got":\#(request.body.count)}"#, type: "application/json")
            response.headers.add("Set-Cookie", "a=1")
            response.headers.add("Set-Cookie", "b=2; Path=/")
            return response
        case ("DELETE", _): return HTTPResponse(status: 204)
        case (_, "/big"):
            return HTTPResponse(text: String(repeating: "line {{not.a.template}}\n", count: 2000))
        case (_, "/picture"):
            return HTTPResponse(
                headers: HTTPHeaders([("Content-Type", "image/png")]),
                body: (0..<4096).map { UInt8($0 & 255) })
        case (_, "/count"):
            return HTTPResponse(text: "asked \(count.withLock { $0 += 1; return $0 }) times")
        case (_, "/odd"): return HTTPResponse(status: 418, text: "")
        default: return HTTPResponse(text: "you asked \(request.target) of \(request.headers["Host"] ?? "")")
        }
    }

    private struct Outcome: Sendable {
        var recorded: [Seen] = []
        var replayed: [Seen] = []
        var loaded: [Seen] = []
        var loadProblems: [String] = []
        var files: [String] = []
        var statuses: [String] = []
        var mappings = 0
        var afterStop: Int = 0
    }

    private static func start(on reactor: Reactor) -> DoubleStart {
        DoubleStart(
            name: "shop", location: AssayCore.SourceLocation(file: "assay.yml", line: 1, column: 1),
            scope: TemplateScope(
                names: JSONObject(),
                environment: TemplateEnvironment(
                    nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
                    readFile: { _ throws(TemplateError) in [] }),
                random: SeededRandom(seed: 1)), clock: DoubleClock { 0 }, reactor: reactor)
    }

    private static func double(
        in folder: String?, on reactor: Reactor, stubs: @escaping HTTPStubOptions.StubSource
    ) throws -> DoubleFront {
        var start = start(on: reactor)
        let service = try HTTPStubOptions(folder: folder, stubs: stubs).service(&start)
        return DoubleFront(
            service, clock: start.clock,
            faults: DoubleFaults([], random: SeededRandom(seed: 1), clock: start.clock))
    }

    private static func ask(_ front: DoubleFront) async -> [Seen] {
        var seen: [Seen] = []
        for request in requests { seen.append(Seen(await front.answer(request))) }
        return seen
    }

    private static func admin(_ front: DoubleFront, _ method: String, _ path: String, _ body: JSON? = nil)
        async -> JSON
    {
        let request = HTTPRequest(
            method: method, target: "/__admin/\(path)", body: body.map { Array($0.rendered().utf8) } ?? [])
        let response = await front.answer(request)
        return (try? JSON(parsing: response.body)) ?? .string("\(response.status)")
    }

    private static func run(in folder: String, on reactor: Reactor) async throws -> Outcome {
        let count = CountBox()
        let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { answer($0, count.count) }
        var outcome = Outcome()
        let front = try double(in: folder, on: reactor) { _, _ in [] }
        outcome.statuses.append(await admin(front, "GET", "recordings/status")["status"]?.stringValue ?? "")
        _ = await admin(front, "POST", "recordings/start", ["targetBaseUrl": .string(server.url)])
        outcome.statuses.append(await admin(front, "GET", "recordings/status")["status"]?.stringValue ?? "")
        outcome.recorded = await ask(front)
        let stopped = await admin(front, "POST", "recordings/stop")
        outcome.mappings = stopped["mappings"]?.arrayValue?.count ?? -1
        outcome.statuses.append(await admin(front, "GET", "recordings/status")["status"]?.stringValue ?? "")
        server.stop()
        outcome.replayed = await ask(front)
        outcome.afterStop = await front.answer(HTTPRequest(method: "GET", target: "/never")).status
        outcome.files = try Files.names(in: folder + "/mappings") + Files.names(in: folder + "/__files")
        let problems = ProblemBox()
        let loaded = try double(in: folder, on: reactor) { _, reading throws(Diagnostic) in
            var stubs: [Stub] = []
            for name in (try? Files.names(in: folder + "/mappings")) ?? [] {
                guard let bytes = try? Files.read("\(folder)/mappings/\(name)"),
                    let json = try? JSON(parsing: bytes)
                else { continue }
                stubs += reading.stubs(MappingNode(json)) { "" }
            }
            problems.texts.withLock { $0 = reading.problems.map(\.message) }
            return stubs
        }
        outcome.loaded = await ask(loaded)
        outcome.loadProblems = problems.texts.withLock { $0 }
        return outcome
    }

    private final class CountBox: Sendable { let count = Mutex(0) }
    private final class ProblemBox: Sendable { let texts = Mutex<[String]>([]) }

    @Test("Record, stop, ask again; then load the written files: the same answers each time")
    func roundTrip() throws {
        let folder = "/tmp/assay-recording-\(getpid())"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let reactor = try Reactor()
        let result = reactor.run { () -> Result<Outcome, Failed> in
            do { return .success(try await Self.run(in: folder, on: reactor)) } catch {
                return .failure(Failed("\(error)"))
            }
        }
        let outcome = try result.get()
        #expect(outcome.statuses == ["NeverStarted", "Recording", "Stopped"])
        #expect(outcome.recorded.map(\.status) == [200, 200, 201, 201, 200, 200, 200, 200, 200, 204, 418])
        #expect(outcome.recorded[6].body == Array("asked 1 times".utf8))
        #expect(outcome.recorded[2].cookies == ["a=1", "b=2; Path=/"])
        #expect(outcome.mappings == 11)
        #expect(outcome.replayed == outcome.recorded)
        #expect(outcome.afterStop == 404)
        #expect(
            outcome.files == [
                "delete-items-7.json", "get-big.json", "get-count-2.json", "get-count-3.json",
                "get-count.json",
                "get-items-7-2.json", "get-items-7.json", "get-odd.json", "get-picture.json",
                "post-items-2.json",
                "post-items.json", "get-big-body.txt", "get-picture-body.png",
            ])
        #expect(outcome.loadProblems == [])
        #expect(outcome.loaded == outcome.recorded)
    }

    private struct Failed: Error {
        var text: String
        init(_ text: String) { self.text = text }
    }

    @Test("A service that is not there, and https, are a 502 with the reason; they are not recorded")
    func unreachable() throws {
        let reactor = try Reactor()
        let result = reactor.run { () -> Result<[String], Failed> in
            do {
                // A port that was free a moment ago.
                let server = try HTTPServer(at: .loopback(port: 0), on: reactor) { _ in HTTPResponse() }
                let url = server.url
                server.stop()
                let front = try Self.double(in: nil, on: reactor) { _, reading in
                    let mappings: JSON = [
                        "mappings": [
                            [
                                "id": "76ada7b0-49ae-4229-91c4-396a36f18e01", "request": ["url": "/gone"],
                                "response": ["proxyBaseUrl": .string(url)],
                            ],
                            [
                                "id": "76ada7b0-49ae-4229-91c4-396a36f18e02", "request": ["url": "/tls"],
                                "response": ["proxyBaseUrl": "https://127.0.0.1"],
                            ],
                        ]
                    ]
                    return reading.stubs(MappingNode(mappings)) { "" }
                }
                var texts: [String] = []
                for path in ["/gone", "/tls"] {
                    let response = await front.answer(HTTPRequest(method: "GET", target: path))
                    texts.append("\(response.status) \(String(decoding: response.body, as: UTF8.self))")
                }
                let snapshot = await Self.admin(front, "POST", "recordings/snapshot", [:])
                texts.append(snapshot.rendered())
                return .success(texts.map { HandlebarsHelpers.replacing($0, url, by: "URL") })
            } catch {
                return .failure(Failed("\(error)"))
            }
        }
        let texts = try result.get()
        #expect(texts[0].hasPrefix("502 Assay's double could not forward the request: URL: connect-refused"))
        #expect(
            texts[1].hasPrefix(
                "502 Assay's double could not forward the request: https://127.0.0.1: connect-refused"))
        #expect(texts[2] == #"{"mappings":[]}"#)
    }
}
