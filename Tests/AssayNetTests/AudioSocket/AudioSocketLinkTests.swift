import AssayNet
import AssayWire
import Testing

@Suite("AudioSocket links")
struct AudioSocketLinkTests {
    /// Runs `body` with a caller and a server that talk to each other on one reactor.
    private func withPair<Value: Sendable>(_ body: @escaping @Sendable (Pair) async -> Value) throws -> Value
    {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<Value, any Error> in
            do { return .success(await body(try await Pair.make(on: reactor))) } catch {
                return .failure(error)
            }
        }.get()
    }

    @Test("a caller says who it is, and frames go both ways in order")
    func bothWays() throws {
        let (types, first, echoed) = try withPair { pair in
            let (near, far) = (pair.callerMedia, pair.serverMedia)
            far.echo = pair.server
            near.frames = 5
            pair.caller.startPacing()
            _ = await near.wait { near.messages.count == 5 }
            pair.caller.hangUp(.fin)
            _ = await near.wait { near.end != nil }
            return (far.messages.map(\.type), far.messages.first?.payload, near.messages.map(\.payload.count))
        }
        #expect(types == [0x01] + Array(repeating: 0x10, count: 5))
        #expect(first == Pair.uuid)
        #expect(echoed == Array(repeating: 320, count: 5))
    }

    struct Ending: CustomTestStringConvertible {
        var how: AudioSocketLink.Hangup
        var seen: AudioSocketEnd.Kind
        var reply: AudioSocketEnd.Kind?
        var testDescription: String { how.rawValue }
    }
    static let endings = [
        Ending(how: .fin, seen: .fin, reply: .fin), Ending(how: .frame, seen: .hangup, reply: .fin),
        Ending(how: .reset, seen: .reset, reply: nil), Ending(how: .midFrame, seen: .midFrame, reply: .fin),
    ]

    @Test("each way to hang up is told apart by the other side", arguments: endings, [true, false])
    func hangups(_ ending: Ending, byCaller: Bool) throws {
        let (own, others, count) = try withPair { pair in
            let (link, media) = byCaller ? (pair.caller, pair.callerMedia) : (pair.server, pair.serverMedia)
            let other = byCaller ? pair.serverMedia : pair.callerMedia
            link.startPacing()
            link.hangUp(ending.how)
            _ = await other.wait { other.end != nil }
            _ = await media.wait { media.end != nil }
            return (media.end, other.end, media.ends.count + other.ends.count)
        }
        #expect(own?.kind == .local)
        #expect(own?.reply == ending.reply)
        #expect(own?.hungUpAt != nil)
        #expect(others?.kind == ending.seen)
        #expect(others?.hungUpAt == nil && others?.reply == nil)
        #expect(count == 2, "the end is told once")
    }

    @Test("hanging up when the other side has is not to have been first")
    func hangUpTooLate() throws {
        let end = try withPair { pair in
            let caller = pair.caller
            pair.callerMedia.onMessage = { message in
                if message.type == AudioSocketType.hangup { caller.hangUp(.fin) }
            }
            pair.server.hangUp(.frame)
            _ = await pair.callerMedia.wait { pair.callerMedia.end != nil }
            return pair.callerMedia.end
        }
        #expect(end?.kind == .hangup && end?.hungUpAt != nil)
    }

    @Test("both hanging up with 00 at once is an answer to it")
    func bothHangUp() throws {
        let replies = try withPair { pair in
            pair.caller.hangUp(.frame)
            pair.server.hangUp(.frame)
            _ = await pair.callerMedia.wait { pair.callerMedia.end != nil }
            _ = await pair.serverMedia.wait { pair.serverMedia.end != nil }
            return [pair.callerMedia.end?.reply, pair.serverMedia.end?.reply]
        }
        #expect(replies[0] == .hangup)
        #expect(replies[1] == .hangup || replies[1] == .fin)
    }

    @Test("a server that forgets to close is waited for only so long")
    func noClose() throws {
        let (own, other, after) = try withPair { pair in
            pair.server.staysOpen = true
            pair.caller.hangUp(.fin, replyWithin: .milliseconds(30))
            _ = await pair.callerMedia.wait { pair.callerMedia.end != nil }
            let other = pair.serverMedia.end
            pair.server.close()
            return (pair.callerMedia.end, other, pair.serverMedia.ends.count)
        }
        #expect(own?.kind == .local && own?.reply == nil)
        #expect(own?.detail == "hung up (fin); the other side did not close within 30.0 ms")
        #expect(other?.kind == .fin)
        #expect(after == 1)
    }

    @Test("a cancelled call ends at once, by its own name")
    func cancelled() throws {
        let (own, other) = try withPair { pair in
            pair.caller.cancel()
            let own = pair.callerMedia.end
            _ = await pair.serverMedia.wait { pair.serverMedia.end != nil }
            return (own, pair.serverMedia.end)
        }
        #expect(own?.name == "cancelled")
        #expect(other?.kind == .fin)
    }

    @Test(
        "hanging up from within the media's own calls ends the call once",
        arguments: ["next", "arrived", "written"])
    func hangUpWithin(_ place: String) throws {
        let ends = try withPair { pair in
            let (near, far) = (pair.callerMedia, pair.serverMedia)
            near.frames = nil
            far.echo = pair.server
            let caller = pair.caller
            switch place {
            case "next": near.onNext = { caller.hangUp(.reset) }
            case "arrived": near.onMessage = { _ in caller.hangUp(.reset) }
            default: near.onWritten = { caller.hangUp(.reset) }
            }
            caller.startPacing()
            _ = await near.wait { near.end != nil }
            _ = await far.wait { far.end != nil }
            return [near.ends.map(\.kind), far.ends.map(\.kind)]
        }
        #expect(ends == [[.local], [.reset]])
    }

    @Test("frames lie on a grid of 20 ms, also when the media gives none for a while")
    func grid() throws {
        let (dues, paced) = try withPair { pair in
            let near = pair.callerMedia
            near.frames = 3
            pair.caller.startPacing()
            _ = await near.wait { near.written.count == 3 }
            await near.reactor.sleep(for: .milliseconds(30))
            near.frames = 3
            _ = await near.wait { near.written.count == 6 }
            let paced = near.reactor.pacer.count
            pair.caller.stopPacing()
            return (near.written, paced - near.reactor.pacer.count)
        }
        #expect(paced == 1)
        #expect(
            zip(dues, dues.dropFirst()).allSatisfy { $1.due > $0.due && ($1.due - $0.due) % 20_000_000 == 0 })
        #expect(dues.allSatisfy { $0.at >= $0.due && !$0.isShort })
    }

    @Test("calls that are too many for the machine leave time for everything else")
    func overload() throws {
        let (turns, written) = try withPair { pair in
            let near = pair.callerMedia
            near.frames = nil
            // Every frame costs 2 ms, and twenty calls want a thousand of them a second.
            near.onNext = {
                let end = Reactor.monotonicNow() + 2_000_000
                while Reactor.monotonicNow() < end {}
            }
            let others = Room(on: near.reactor)
            guard let server = try? AudioSocketServer(on: near.reactor) else { return (0, 0) }
            server.serve { others.accept($0) }
            for _ in 0..<20 {
                try? await others.call(
                    server.address, media: near, until: Reactor.monotonicNow() + 5_000_000_000)
            }
            var turns = 0
            while near.written.count < 100, turns < 10_000 {
                await near.reactor.sleep(until: 0)
                turns += 1
            }
            for link in others.links { link.hangUp(.reset) }
            server.stop()
            pair.caller.cancel()
            return (turns, near.written.count)
        }
        // A loop that does nothing but write would come to none; how many it is, the machine's other work decides.
        #expect(turns >= 2 && written >= 100)
    }

    @Test("what arrives is timed by the kernel, or else by the loop, and never before it was sent")
    func arrivalTimes() throws {
        let times = try withPair { pair in
            pair.callerMedia.frames = 10
            pair.caller.startPacing()
            _ = await pair.serverMedia.wait { pair.serverMedia.messages.count == 11 }
            return zip(pair.callerMedia.written, pair.serverMedia.arrivals.dropFirst()).map {
                (sent: $0.at, came: $1)
            }
        }
        let now = Reactor.monotonicNow()
        #expect(times.count == 10)
        // Two clocks are compared to within a fraction of a millisecond.
        #expect(times.allSatisfy { $0.came > $0.sent - 200_000 && $0.came <= now })
    }

    @Test("many frames in one write arrive one by one")
    func burst() throws {
        let (wasWhole, payloads) = try withPair { pair in
            let far = pair.serverMedia
            let wasWhole = pair.caller.burst((0..<200).map { [UInt8](repeating: UInt8($0), count: 320) })
            _ = await far.wait { far.messages.count == 201 }
            return (wasWhole, far.messages.dropFirst().map(\.payload))
        }
        #expect(wasWhole)
        #expect(payloads == (0..<200).map { [UInt8](repeating: UInt8($0), count: 320) })
    }

    @Test("a split message comes in two pieces", arguments: [1, 2, 3, 4, 322])
    func splitHeld(_ byte: Int) throws {
        let (unsent, unfinished, wasWhole, later) = try withPair { pair in
            pair.caller.splitNextFrame(at: byte, pause: .seconds(600))
            let wasWhole = pair.caller.send(0x10, [UInt8](repeating: 1, count: 320))
            let later = pair.caller.send(0x03, [0x31])
            await pair.serverMedia.reactor.sleep(for: .milliseconds(20))
            pair.caller.hangUp(.reset)
            _ = await pair.serverMedia.wait { pair.serverMedia.end != nil }
            return (pair.caller.unsentBytes, pair.serverMedia.messages.count, wasWhole, later)
        }
        #expect(unsent == 0 && unfinished == 1 && !wasWhole && !later)
    }

    @Test(
        "a split message is whole after its pause, and what follows is in order",
        arguments: [1, 2, 3, 4, 322])
    func split(_ byte: Int) throws {
        let messages = try withPair { pair in
            pair.caller.splitNextFrame(at: byte, pause: .milliseconds(10))
            pair.caller.send(0x10, [UInt8](repeating: 1, count: 320))
            pair.caller.send(0x03, [0x31])
            pair.caller.hangUp(.fin)
            _ = await pair.serverMedia.wait { pair.serverMedia.end != nil }
            return pair.serverMedia.messages.dropFirst().map { [Int($0.type), $0.payload.count] }
        }
        #expect(messages == [[0x10, 320], [0x03, 1]])
    }

    /// Writes until the kernel takes no more.
    private static func fill(_ link: AudioSocketLink) -> Int {
        var messages = 0
        while link.unsentBytes == 0, messages < 1_000_000 {
            link.send(0x10, [UInt8](repeating: 5, count: 8000))
            messages += 1
        }
        return messages
    }

    @Test("a side that does not read stops the other, and loses nothing when it reads again")
    func stall() throws {
        let (sent, before, came, end) = try withPair { pair in
            let far = pair.serverMedia
            pair.server.stallReading(until: .max)
            let sent = Self.fill(pair.caller)
            await far.reactor.sleep(for: .milliseconds(10))
            let before = far.messages.count
            pair.server.resumeReading()
            _ = await far.wait { far.messages.count == sent + 1 }
            return (sent, before, far.messages.count, pair.callerMedia.end)
        }
        #expect(before == 1)
        #expect(came == sent + 1 && end == nil)
    }

    @Test("a stall has its end")
    func stallEnds() throws {
        let came = try withPair { pair in
            pair.server.stallReading(until: Reactor.monotonicNow() + 10_000_000)
            pair.caller.send(0x10, [1, 2])
            return await pair.serverMedia.wait { pair.serverMedia.messages.count == 2 }
        }
        #expect(came)
    }

    @Test("hanging up ends a stall, so that the other side's answer is seen")
    func hangUpStalled() throws {
        let end = try withPair { pair in
            pair.server.send(0x10, [1, 2])
            pair.caller.stallReading(until: .max)
            pair.caller.hangUp(.frame)
            _ = await pair.callerMedia.wait { pair.callerMedia.end != nil }
            return pair.callerMedia.end
        }
        #expect(end?.kind == .local && end?.reply == .fin)
    }

    @Test("a call that is not read any more ends by a name, before its memory grows")
    func stalled() throws {
        let (own, most, frames) = try withPair { pair in
            pair.server.stallReading(until: .max)
            _ = Self.fill(pair.caller)
            var most = 0
            for _ in 0..<100 {
                pair.caller.send(0x10, [UInt8](repeating: 5, count: 8000))
                most = max(most, pair.caller.unsentBytes)
            }
            let end = pair.callerMedia.end
            pair.server.cancel()
            return (end, most, pair.callerMedia.ends.count)
        }
        #expect(own?.kind == .stalled && frames == 1)
        #expect(most <= AudioSocketLink.unsentLimitBytes)
        #expect(own?.detail.hasPrefix("the other side did not read: ") == true)
    }

    @Test("a paced frame that the kernel does not take is told as such")
    func shortFrames() throws {
        let written = try withPair { pair in
            let near = pair.callerMedia
            pair.server.stallReading(until: .max)
            _ = Self.fill(pair.caller)
            near.frames = 2
            pair.caller.startPacing()
            _ = await near.wait { near.written.count == 2 }
            pair.caller.cancel()
            pair.server.cancel()
            return near.written.map(\.isShort)
        }
        #expect(written == [true, true])
    }

    @Test("a call that has ended is let go, whatever was to happen later")
    func letGo() throws {
        let reactor = try Reactor()
        let isGone = reactor.run {
            weak var link: AudioSocketLink?
            func callOnce() async {
                guard let pair = try? await Pair.make(on: reactor) else { return }
                link = pair.caller
                pair.caller.expectAnswer(within: .seconds(600))
                pair.caller.stallReading(until: Reactor.monotonicNow() + 600_000_000_000)
                pair.caller.splitNextFrame(at: 2, pause: .seconds(600))
                pair.caller.send(0x10, [1, 2])
                pair.caller.startPacing()
                pair.caller.hangUp(.reset)
                _ = await pair.serverMedia.wait { pair.serverMedia.end != nil }
            }
            await callOnce()
            await reactor.sleep(for: .milliseconds(2))
            return link == nil
        }
        #expect(isGone)
    }

    @Test("two hundred calls at once all get what is theirs, and leave no socket behind")
    func manyCalls() throws {
        let reactor = try Reactor()
        let (echoed, ended, port) = try reactor.run { () -> Result<(Int, Int, UInt16), any Error> in
            do {
                let server = try AudioSocketServer(on: reactor)
                let talkers = Room(on: reactor)
                server.serve { talkers.accept($0) }
                let deadline = Reactor.monotonicNow() + 20_000_000_000
                for index in 0..<200 {
                    try await talkers.call(server.address, UInt8(index), until: deadline)
                }
                _ = await talkers.wait { talkers.callers.allSatisfy { $0.messages.count >= 4 } }
                let echoed = talkers.callers.enumerated().filter { index, caller in
                    caller.messages.allSatisfy { $0.payload == [UInt8](repeating: UInt8(index), count: 320) }
                }.count
                for (index, link) in talkers.links.enumerated() {
                    link.hangUp(AudioSocketLink.Hangup.allCases[index % 4])
                }
                _ = await talkers.wait { talkers.everybody.allSatisfy { $0.end != nil } }
                server.stop()
                let ended = talkers.everybody.filter { $0.ends.count == 1 }.count
                return .success((echoed, ended, server.address.port ?? 0))
            } catch { return .failure(error) }
        }.get()
        #expect(echoed == 200)
        #expect(ended == 400)
        #expect(openSockets(at: port) == 0)
        #expect(reactor.pacer.count == 0)
    }
}
