import AssayCore
import AssayWire
import Glibc
import Testing

@testable import AssayNet

/// Plays the echo client of Autobahn's test suite, and its echo server; `scripts/end-to-end autobahn` starts the other side and judges.
@Suite("Autobahn test suite", .serialized)
struct AutobahnTests {
    private static func variable(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    private static func later(_ seconds: Int64) -> Int64 { Reactor.monotonicNow() + seconds * 1_000_000_000 }

    private static func open(
        _ target: String, port: UInt16, deflates: Bool, on reactor: Reactor
    ) async -> WebSocketConnection? {
        let request = WebSocketRequest(
            origin: HTTPOrigin(host: "127.0.0.1", port: port), target: target,
            deflate: deflates ? WebSocketDeflate() : nil)
        return await WebSocketConnection.open(
            request, random: SeededRandom(seed: 6455), until: later(20), on: reactor
        ).connection
    }

    private static func echo(_ connection: WebSocketConnection) async {
        while case .success(let message) = await connection.receive(until: later(60)) {
            guard message.kind != .pong else { continue }
            let kind: WebSocketKind = message.kind == .text ? .text : .binary
            guard await connection.send(kind, message.bytes, until: later(60)) == nil else { return }
        }
    }

    @Test(
        "the client goes through every case of the fuzzing server",
        .enabled(if: variable("ASSAY_AUTOBAHN_PORT") != nil, "set ASSAY_AUTOBAHN_PORT to its port"))
    func client() throws {
        let port = try #require(Self.variable("ASSAY_AUTOBAHN_PORT").flatMap { UInt16($0) })
        let reactor = try Reactor()
        let count = reactor.run {
            var count = 0
            if let asking = await Self.open("/getCaseCount", port: port, deflates: false, on: reactor),
                case .success(let message) = await asking.receive(until: Self.later(20))
            {
                count = Int(message.text) ?? 0
                await asking.close(until: Self.later(1))
            }
            for number in 1...max(1, count) {
                let target = "/runCase?case=\(number)&agent=assay"
                guard let connection = await Self.open(target, port: port, deflates: true, on: reactor) else {
                    continue
                }
                await Self.echo(connection)
                await connection.close(until: Self.later(2))
            }
            let reporting = await Self.open(
                "/updateReports?agent=assay", port: port, deflates: false, on: reactor)
            await reporting?.close(until: Self.later(10))
            return count
        }
        #expect(count > 0)
    }

    @Test(
        "the server takes every case of the fuzzing client",
        .enabled(if: variable("ASSAY_AUTOBAHN_LISTEN") != nil, "set ASSAY_AUTOBAHN_LISTEN to a port"))
    func server() throws {
        let port = try #require(Self.variable("ASSAY_AUTOBAHN_LISTEN").flatMap { UInt16($0) })
        let reactor = try Reactor()
        reactor.run {
            let done = reactor.makeSignal()
            let stop = done.bound(done)
            let server = try? HTTPServer(at: .loopback(port: port), on: reactor) { request in
                // Whoever started this says so when the other side has ended.
                guard request.path != "/stop" else {
                    stop.value.notifyAll()
                    return HTTPResponse(text: "stopping\n")
                }
                return .webSocket(request) { await Self.echo($0) }
            }
            await done.wait(until: Self.later(900))
            await reactor.sleep(for: .milliseconds(50))
            server?.stop()
        }
    }
}
