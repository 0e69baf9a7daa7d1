import Assay
import AssayCore
import AssayFormats
import Testing

@Suite("A double with routes in Swift")
struct ProgrammedDoubleTests {
    private static let worker = Double("worker") {
        route(.post, "/jobs") { call in .json(202, ["id": call.json?["id"] ?? "none"]) }
        route(.get, "/jobs/{id}") { call in
            .text(
                200,
                "\(call.parameters["id"] ?? "") \(call.query["verbose"] ?? "") \(call.headers["x-a"] ?? "")")
        }
        route(.delete, "/jobs/**") { _ in .status(204) }
    }

    @Test("The same calls reach it in process and on a port", arguments: [true, false])
    func places(onPort: Bool) async throws {
        let open = try await Self.worker.open(onPort ? .port : .inProcess)
        #expect(open.url.hasPrefix("http://127.0.0.1:") == onPort)
        let posted = try await open.send(.post, "/jobs", json: ["id": "7"])
        #expect(posted.status == 202)
        #expect(posted.json == ["id": "7"])
        let got = try await open.send(.get, "/jobs/a%20b?verbose=1", headers: ["X-A": "b"])
        #expect(got.text == "a b 1 b")
        #expect(try await open.send(.delete, "/jobs/1/2").status == 204)
        let lost = try await open.send(.put, "/jobs")
        #expect(lost.status == 404)
        #expect(lost.text.contains("closest route 'POST /jobs' differs in method"))
        #expect(
            open.requests.map { "\($0.method) \($0.target)" } == [
                "POST /jobs", "GET /jobs/a%20b?verbose=1", "DELETE /jobs/1/2", "PUT /jobs",
            ])
        await open.stop()
        await #expect(throws: StandError.self) { try await open.send(.get, "/jobs/1") }
    }

    @Test("A path that no request can have is refused when it is opened")
    func wrongPath() async throws {
        let double = Double("odd") { route(.get, "jobs") { _ in .status(200) } }
        await #expect {
            _ = try await double.open(.inProcess)
        } throws: {
            ($0 as? StandError)?.diagnostics.first?.code == "AS127"
        }
    }

    @Test("Numbers are still numbers beside it")
    func numbers() { #expect(Double(3) + Double("0.5")! == 3.5) }
}
