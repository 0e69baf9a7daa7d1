import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("Deliveries of the HTTP server: delays, rates and faults")
struct HTTPDeliveryTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    private static func answer(
        _ fault: HTTPDelivery.Fault?, body: String = "0123456789",
        _ change: (inout HTTPDelivery) -> Void = { _ in }
    ) throws -> (text: String, end: RawClient.End) {
        var response = HTTPResponse(text: body)
        response.delivery.fault = fault
        change(&response.delivery)
        let answer = response
        return try HTTPStreamTests.exchange(get) { _ in answer }
    }

    @Test("a reset or an end before the head leaves not a byte")
    func nothing() throws {
        let reset = try Self.answer(.resetBeforeHead)
        #expect(reset.text.isEmpty)
        #expect(reset.end == .reset)
        let empty = try Self.answer(.empty)
        #expect(empty.text.isEmpty)
        #expect(empty.end == .closed)
    }

    @Test("a body ends after the bytes asked for, by FIN or by RST, under the length of the whole")
    func inBody() throws {
        let closed = try Self.answer(.closeInBody(afterBytes: 4))
        #expect(closed.text.contains("Content-Length: 10\r\n"))
        #expect(closed.text.hasSuffix("\r\n\r\n0123"))
        #expect(closed.end == .closed)
        let reset = try Self.answer(.resetInBody(afterBytes: 7))
        #expect(reset.text.hasSuffix("\r\n\r\n0123456"))
        #expect(reset.end == .reset)
        let beyond = try Self.answer(.closeInBody(afterBytes: 700))
        #expect(beyond.text.hasSuffix("\r\n\r\n0123456789"))
        #expect(beyond.end == .closed)
    }

    @Test("garbage is as long as asked for and no HTTP, a malformed chunk has a head before it")
    func garbage() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { _ in
            var response = HTTPResponse()
            response.delivery.fault = .garbage(bytes: 300)
            return response
        }
        let seen = reactor.run { () -> [UInt8] in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return [] }
            await client.send(Self.get)
            return await client.read().bytes
        }
        #expect(seen.count == 300)
        #expect(seen.first != UInt8(ascii: "H"))
        let chunk = try Self.answer(.malformedChunk)
        #expect(chunk.text.hasPrefix("HTTP/1.1 200 OK\r\n"))
        #expect(chunk.text.contains("Transfer-Encoding: chunked\r\n"))
        #expect(chunk.text.hasSuffix("\r\n\r\nthis is no chunk size\r\n"))
    }

    @Test("a wrong Content-Length is off by what was asked for", arguments: [(5, 15), (-3, 7), (-30, 0)])
    func wrongLength(difference: Int, announced: Int) throws {
        let seen = try Self.answer(.wrongContentLength(by: difference))
        #expect(seen.text.contains("Content-Length: \(announced)\r\n"))
        #expect(seen.text.hasSuffix("\r\n\r\n0123456789"))
        #expect(seen.end == .closed)
    }

    @Test("silence lasts until the server stops; a half close leaves the client's direction open")
    func silenceAndHalfClose() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { request in
            var response = HTTPResponse(text: "whole")
            response.delivery.fault = request.target == "/silent" ? .silence : .halfClose
            return response
        }
        let seen = reactor.run { () -> [String] in
            guard let silent = await RawClient(server.address, on: reactor),
                let half = await RawClient(server.address, on: reactor)
            else { return [] }
            await silent.send("GET /silent HTTP/1.1\r\nHost: x\r\n\r\n")
            await half.send(Self.get)
            let answer = await half.read()
            let text = String(decoding: answer.bytes, as: UTF8.self)
            let sendsOn = await half.send("still")
            await reactor.sleep(for: .milliseconds(20))
            let isBroken = half.channel.isBroken
            server.stop()
            let silence = await silent.read()
            return [
                "\(text.hasSuffix("whole")) \(sendsOn) \(isBroken)", "\(silence.bytes.count) \(silence.end)",
            ]
        }
        #expect(seen == ["true true false", "0 closed"])
    }

    @Test("pieces over time and a bounded rate bring the whole body and keep the connection")
    func dribbleAndRate() throws {
        let twice = Self.get + "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
        var response = HTTPResponse(text: "0123456789")
        response.delivery.dribble = HTTPDelivery.Dribble(pieces: 4, over: .milliseconds(8))
        response.delivery.bytesPerSecond = 100_000
        response.delivery.closesAfter = .milliseconds(5)
        let answer = response
        let seen = try HTTPStreamTests.exchange(twice) { _ in answer }
        #expect(seen.text.split(separator: "0123456789").count == 2)
        #expect(seen.end == .closed)
    }

    @Test("a thousand requests wait at the same time: none is answered before all have come")
    func waitsAreTimers() throws {
        let reactor = try Reactor()
        let come = Counter()
        let server = try HTTPServer(on: reactor) { _ in
            come.value += 1
            var response = HTTPResponse(text: "late")
            response.delivery.after = .seconds(3)
            return response
        }
        let seen = reactor.run { () -> [Int] in
            defer { server.stop() }
            let done = reactor.makeSignal()
            let results = Results()
            for _ in 0..<1000 {
                Task(executorPreference: reactor) {
                    if let client = await RawClient(server.address, on: reactor) {
                        await client.send(Self.get)
                        let text = await client.text { $0.hasSuffix("late") }
                        results.all.append(text.hasSuffix("late") ? come.value : -1)
                        client.channel.close()
                    } else {
                        results.all.append(-2)
                    }
                    if results.all.count == 1000 { done.notifyAll() }
                }
            }
            await done.wait()
            return results.all
        }
        #expect(seen == [Int](repeating: 1000, count: 1000))
    }

    private final class Results: @unchecked Sendable {
        var all: [Int] = []
    }

    @Test("a client that hangs up while it waits frees its connection")
    func hangsUp() throws {
        let reactor = try Reactor()
        let server = try HTTPServer(on: reactor) { _ in
            var response = HTTPResponse()
            response.delivery.fault = .silence
            return response
        }
        let left = reactor.run { () -> Int in
            defer { server.stop() }
            guard let client = await RawClient(server.address, on: reactor) else { return -1 }
            await client.send(Self.get)
            while server.connections == 0 { await reactor.sleep(for: .milliseconds(1)) }
            client.channel.close()
            for _ in 0..<5000 where server.connections > 0 { await reactor.sleep(for: .milliseconds(1)) }
            return server.connections
        }
        #expect(left == 0)
    }
}
