import AssayNet
import AssayWire
import Testing

@Suite("AudioSocket links")
struct AudioSocketLinkTests {
    @Test("a caller says who it is, and frames go both ways in order")
    func bothWays() throws {
        let reactor = try Reactor()
        let seen = reactor.run { () -> (Bool, [UInt8], Int, Int, Bool) in
            guard let pair = try? await Pair.make(on: reactor) else { return (false, [], 0, 0, false) }
            let (near, far) = (pair.callerMedia, pair.serverMedia)
            far.echo = pair.server
            near.frames = 5
            pair.caller.startPacing()
            let came = await near.wait { near.messages.count == 5 }
            let first = far.messages[0]
            pair.caller.hangUp(.fin)
            let ended = await near.wait { near.end != nil }
            return (
                came && ended && first.type == AudioSocketType.uuid, first.payload, far.messages.count,
                near.written.count, pair.caller.hasKernelTimes
            )
        }
        #expect(seen.0)
        #expect(seen.1 == Pair.uuid)
        #expect(seen.2 == 6)
        #expect(seen.3 == 5)
    }
}
