import AssayFormats
import AssayNet
import AssayWire
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

/// Both services on ports of their own.
@Suite("UI and worker over HTTP", .timeLimit(.minutes(5)))
struct PortTests {
    /// Pulls one task from a UI on a port and does it.
    ///
    /// - Returns: the task's state afterwards, and what went wrong.
    private static func pulled(token: String) throws -> (state: String?, trouble: UITrouble?) {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<(state: String?, trouble: UITrouble?), any Error> in
            do {
                let bed = try UIBed()
                let shared = ReactorBound(bed.ui, on: reactor)
                let server = try HTTPServer(on: reactor) { await shared.value.answer($0) }
                defer { server.stop() }
                let task = try await bed.task("bulk", payload: ["media": ["media-001"]])
                let url = try URLParts(parsing: server.url + "/")
                let transport = HTTPTransport(
                    url, token: token, version: .v2, timeout: .seconds(5), on: reactor)
                let worker = Orchestrator(
                    UIClient(transport, worker: "w1", version: .v2), pace: bed.time.pace,
                    log: Log(least: .error) { _ in })
                var trouble: UITrouble?
                do throws(UITrouble) { _ = try await worker.pullOnce() } catch { trouble = error }
                _ = await worker.runNext()
                return .success((bed.ui.board.entries[task]?.task.state.rawValue, trouble))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    @Test("A task goes from the UI to the worker and comes back done")
    func pull() throws {
        let (state, trouble) = try Self.pulled(token: UIBed.token)
        #expect(trouble == nil)
        #expect(state == "succeeded")
    }

    @Test("With another token the worker gets nothing")
    func refused() throws {
        let (state, trouble) = try Self.pulled(token: "other")
        #expect(trouble == .refused(status: 401, error: "unauthorized"))
        #expect(state == "queued")
    }

    @Test("A UI that is not there is unreachable")
    func nobody() throws {
        let reactor = try Reactor()
        let trouble = try reactor.run { () -> Result<UITrouble?, any Error> in
            do {
                let server = try HTTPServer(on: reactor) { _ in HTTPResponse() }
                let url = try URLParts(parsing: server.url)
                server.stop()
                let transport = HTTPTransport(
                    url, token: "t", version: .v2, timeout: .seconds(5), on: reactor)
                do throws(UITrouble) {
                    _ = try await UIClient(transport, worker: "w1", version: .v2).media()
                    return .success(nil)
                } catch {
                    return .success(error)
                }
            } catch {
                return .failure(error)
            }
        }.get()
        guard case .unreachable(let reason)? = trouble else {
            Issue.record("it was \(trouble as Any)")
            return
        }
        #expect(reason.hasPrefix("refused") || reason.hasPrefix("connect"), "\(reason)")
    }
}
