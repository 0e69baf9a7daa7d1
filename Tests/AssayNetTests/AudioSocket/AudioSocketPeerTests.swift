import AssayNet
import AssayWire
import Testing

/// A server that says exactly what a test wants, byte by byte, and what the caller makes of it.
@Suite("AudioSocket peers that misbehave")
struct AudioSocketPeerTests {
    enum Ending { case close, reset, keepOpen }

    /// Calls a server that sends `bytes` and does then what `ending` says.
    private func call(
        _ bytes: [UInt8], _ ending: Ending, answerWithin: Duration? = nil
    ) throws -> (messages: [Talker.Message], end: AudioSocketEnd?, findings: [String]) {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<([Talker.Message], AudioSocketEnd?, [String]), any Error> in
            do {
                let server = try AudioSocketServer(on: reactor)
                var open: [Channel] = []
                server.serve { channel in
                    open.append(channel)
                    _ = channel.send(bytes)
                    if ending == .reset { channel.resetOnClose() }
                    if ending != .keepOpen {
                        Task(executorPreference: reactor) {
                            // What came is read, so that closing is a FIN.
                            _ = await channel.readable()
                            if ending == .close { _ = channel.receive() }
                            channel.close()
                        }
                    }
                }
                let talker = Talker(on: reactor)
                let link = try await AudioSocketLink.connect(
                    to: [server.address], uuid: Pair.uuid, media: talker,
                    until: Reactor.monotonicNow() + 2_000_000_000,
                    on: reactor
                ).get()
                talker.judge = AsteriskJudge(connectedAt: link.connectedAt)
                if let answerWithin { link.expectAnswer(within: answerWithin) }
                if ending == .keepOpen, answerWithin == nil {
                    _ = await talker.wait { talker.end != nil || !talker.messages.isEmpty }
                    link.cancel()
                }
                _ = await talker.wait { talker.end != nil }
                server.stop()
                for channel in open { channel.close() }
                let findings = talker.judge?.findings.map(\.kind.rawValue) ?? ["none"]
                return .success((talker.messages, talker.end, findings))
            } catch { return .failure(error) }
        }.get()
    }

    struct Case: CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var ending = Ending.close
        var types: [UInt8] = []
        var kind: AudioSocketEnd.Kind
        var detail: String
        var testDescription: String { name }
    }

    struct Verdict: CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var ending = Ending.close
        var findings: [String]
        var testDescription: String { name }
    }

    static let verdicts: [Verdict] = [
        Verdict(name: "audio and FIN", bytes: audio + audio, findings: []),
        Verdict(name: "audio and 00", bytes: audio + [0, 0, 0], ending: .keepOpen, findings: []),
        Verdict(name: "DTMF", bytes: audio + [3, 0, 1, 0x31], findings: ["wrong-type"]),
        Verdict(name: "an error", bytes: [0xFF, 0, 1, 2], ending: .keepOpen, findings: ["wrong-type"]),
        Verdict(name: "an empty frame", bytes: [0x10, 0, 0], findings: ["empty-frame"]),
        Verdict(name: "RST", bytes: [], ending: .reset, findings: ["reset"]),
        Verdict(name: "FIN within a message", bytes: audio + [0x10], findings: ["mid-frame"]),
        Verdict(
            name: "a burst", bytes: Array(repeatElement(audio, count: 97).joined()), findings: ["burst"]),
    ]

    @Test("a server is judged by what came over a link, as Asterisk would", arguments: verdicts)
    func judged(_ example: Verdict) throws {
        #expect(try call(example.bytes, example.ending).findings == example.findings)
    }

    private static let audio = AudioSocketWriter.frame(0x10, [UInt8](repeating: 1, count: 320))
    private static let fin = "the other side closed the connection (FIN)"

    static let cases: [Case] = [
        Case(name: "early close", bytes: [], kind: .fin, detail: fin),
        Case(name: "close after audio", bytes: audio + audio, types: [0x10, 0x10], kind: .fin, detail: fin),
        Case(
            name: "close within a header", bytes: audio + [0x10, 1], types: [0x10], kind: .midFrame,
            detail: "the other side closed within a message: 2 bytes of it came"),
        Case(
            name: "close within a payload", bytes: audio + audio.prefix(100), types: [0x10], kind: .midFrame,
            detail: "the other side closed within a message: 100 bytes of it came"),
        Case(
            name: "a length that lies", bytes: [0x10, 0xFF, 0xFF] + audio, kind: .midFrame,
            detail: "the other side closed within a message: 326 bytes of it came"),
        Case(
            name: "hangup", bytes: audio + [0, 0, 0] + audio, ending: .keepOpen, types: [0x10, 0],
            kind: .hangup,
            detail: "the other side hung up (00)"),
        Case(
            name: "an error with a code", bytes: [0xFF, 0, 1, 2], ending: .keepOpen, types: [0xFF],
            kind: .errorFrame,
            detail: "the other side sent an error (ff): forwarding"),
        Case(
            name: "an error without a code", bytes: [0xFF, 0, 0], ending: .keepOpen, types: [0xFF],
            kind: .errorFrame,
            detail: "the other side sent an error (ff): without a code"),
        Case(
            name: "messages that no server may send",
            bytes: [0x02, 0, 0, 0x03, 0, 1, 0x31, 0x7F, 0, 1, 9, 0x10, 0, 0],
            types: [0x02, 0x03, 0x7F, 0x10], kind: .fin, detail: fin),
        Case(
            name: "an odd length and the longest one",
            bytes: AudioSocketWriter.frame(0x10, [1, 2, 3])
                + AudioSocketWriter.frame(0x12, [UInt8](repeating: 1, count: 65_535)),
            types: [0x10, 0x12], kind: .fin, detail: fin),
        Case(
            name: "another protocol", bytes: Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8), kind: .midFrame,
            detail: "the other side closed within a message: 28 bytes of it came"),
    ]

    @Test("what a server says and how it ends has a name", arguments: cases)
    func named(_ example: Case) throws {
        let seen = try call(example.bytes, example.ending)
        #expect(seen.messages.map(\.type) == example.types)
        #expect(seen.end?.kind == example.kind)
        #expect(seen.end?.detail == example.detail)
    }

    @Test("a reset is told from a close")
    func reset() throws {
        let seen = try call([], .reset)
        #expect(seen.end?.kind == .reset)
        #expect(seen.end?.detail == "the other side reset the connection (RST)")
    }

    @Test(
        "what came before a reset is heard whole, by one who answers each message as well",
        arguments: [true, false])
    func resetWithin(_ answers: Bool) throws {
        let reactor = try Reactor()
        let payloads = (0..<100).map { [UInt8](repeating: UInt8($0), count: 320) }
        let (heard, kind) = try reactor.run { () -> Result<([[UInt8]], AudioSocketEnd.Kind?), any Error> in
            do {
                let server = try Listener(at: .loopback(port: 0), on: reactor)
                let caller = try await reactor.connect(
                    to: [server.address], until: Reactor.monotonicNow() + 2_000_000_000
                ).get()
                guard let channel = await server.accept() else { return .success(([], nil)) }
                _ = caller.send(payloads.flatMap { AudioSocketWriter.frame(0x10, $0) })
                caller.resetOnClose()
                caller.close()
                await reactor.sleep(for: .milliseconds(5))
                let talker = Talker(on: reactor)
                let link = AudioSocketLink(accepted: channel, media: talker, on: reactor)
                if answers { talker.echo = link }
                _ = await talker.wait { talker.end != nil }
                server.close()
                return .success((talker.messages.map(\.payload), talker.end?.kind))
            } catch { return .failure(error) }
        }.get()
        #expect(heard == payloads)
        #expect(kind == .reset)
    }

    @Test("a server that never answers is given up by name")
    func noAnswer() throws {
        let seen = try call([], .keepOpen, answerWithin: .milliseconds(30))
        #expect(seen.end?.kind == .noAnswer)
        #expect(seen.end?.detail == "the server accepted the call and sent nothing within 30.0 ms")
    }

    @Test("a link that is made late hears what came before it, the end included", arguments: [true, false])
    func madeLate(_ closes: Bool) throws {
        let reactor = try Reactor()
        let (types, kind) = try reactor.run { () -> Result<([UInt8], AudioSocketEnd.Kind?), any Error> in
            do {
                let server = try Listener(at: .loopback(port: 0), on: reactor)
                let caller = try await reactor.connect(
                    to: [server.address], until: Reactor.monotonicNow() + 2_000_000_000
                ).get()
                guard let channel = await server.accept() else { return .success(([], nil)) }
                _ = caller.send(Self.audio)
                if closes { caller.shutdownWriting() }
                _ = await channel.readable()
                await reactor.sleep(for: .milliseconds(5))
                let talker = Talker(on: reactor)
                let link = AudioSocketLink(accepted: channel, media: talker, on: reactor)
                _ = await talker.wait { closes ? talker.end != nil : !talker.messages.isEmpty }
                link.cancel()
                caller.close()
                server.close()
                return .success((talker.messages.map(\.type), talker.end?.kind))
            } catch { return .failure(error) }
        }.get()
        #expect(types == [0x10])
        #expect(kind == (closes ? .fin : .cancelled))
    }

    @Test("nobody listening, a full queue and a cancellation are told apart")
    func connecting() throws {
        let reactor = try Reactor()
        let kinds = try reactor.run { () -> Result<[AudioSocketEnd.Kind], any Error> in
            do {
                let gone = try AudioSocketServer(on: reactor)
                let address = gone.address
                gone.stop()
                // A listener that accepts nobody, with room for one or two.
                let full = try Listener(at: .loopback(port: 0), on: reactor, backlog: 0)
                func kind(_ address: SocketAddress, _ patience: Int64, in scope: CancelScope? = nil) async
                    -> AudioSocketEnd.Kind?
                {
                    let talker = Talker(on: reactor)
                    let made = await AudioSocketLink.connect(
                        to: [address], uuid: nil, media: talker,
                        until: Reactor.monotonicNow() + patience * 1_000_000, in: scope,
                        on: reactor)
                    guard case .failure(let failure) = made else { return nil }
                    return AudioSocketEnd(failure, at: 0).kind
                }
                var kinds = [await kind(address, 1000)].compactMap(\.self)
                for _ in 0..<10 where kinds.count < 2 {
                    if let kind = await kind(full.address, 100) { kinds.append(kind) }
                }
                let scope = CancelScope(on: reactor)
                Task(executorPreference: reactor) {
                    await reactor.sleep(for: .milliseconds(20))
                    scope.cancel()
                }
                if let kind = await kind(full.address, 5000, in: scope) { kinds.append(kind) }
                full.close()
                return .success(kinds)
            } catch { return .failure(error) }
        }.get()
        #expect(kinds == [.refused, .connectTimeout, .cancelled])
    }

    @Test("the names of all ends are what users read")
    func names() {
        #expect(
            AudioSocketEnd.Kind.allCases.map(\.rawValue) == [
                "fin", "hangup", "reset", "mid-frame", "error", "local", "cancelled", "no-answer", "stalled",
                "refused",
                "connect-timeout", "connect-failed",
            ])
    }
}
