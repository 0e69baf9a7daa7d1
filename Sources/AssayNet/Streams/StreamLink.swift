internal import AssayCore

/// Takes what a ``StreamLink`` receives, in the loop and between tasks.
protocol StreamTaker: AnyObject {
    /// - Parameter at: when the loop saw them, CLOCK_MONOTONIC nanoseconds.
    func take(_ bytes: [UInt8], at: Int64)
    /// Nothing comes any more.
    func ended(_ end: StreamEnd)
    /// Enough is kept; what more comes stays with the kernel, so that the peer has to wait.
    var isFull: Bool { get }
}

/// A connection whose bytes are read as they come, whether or not a step waits for them: so each piece has its time.
///
/// Belongs to its reactor's thread. Whoever opened it closes it.
final class StreamLink: ChannelHandler {
    let channel: Channel
    /// Told after everything that came, and at the end.
    let changed: Signal
    /// How many bytes went each way.
    private(set) var bytesSent = 0
    private(set) var bytesReceived = 0
    private(set) var end: StreamEnd?
    private weak var taker: (any StreamTaker)?
    private var isSending = false

    /// Pieces that are read in one turn of the loop; others have theirs then.
    private static let piecesATurn = 8
    private static let pieceBytes = 64 * 1024

    init(_ channel: Channel) {
        self.channel = channel
        changed = channel.reactor.makeSignal()
    }

    /// Begins to read.
    func start(_ taker: any StreamTaker) {
        self.taker = taker
        channel.handler = self
        receiveAll()
    }

    func close(resetting: Bool = false) {
        if end == nil { end = .closedHere }
        if resetting { channel.resetOnClose() }
        channel.close()
        changed.notifyAll()
    }

    // MARK: receiving

    func channelBecameReady() { receiveAll() }

    /// Reads what is there, as far as it is wanted.
    func receiveAll() {
        for _ in 0..<Self.piecesATurn {
            guard end == nil, channel.isReadable, let taker, !taker.isFull else { return }
            guard let bytes = channel.receive(limitBytes: Self.pieceBytes) else {
                return finish(peerEnd)
            }
            guard !bytes.isEmpty else { return }
            bytesReceived += bytes.count
            taker.take(bytes, at: channel.reactor.now)
            changed.notifyAll()
        }
        receiveSoon()
    }

    /// Reads what is there when others have had their turn.
    func receiveSoon() {
        guard channel.isReadable else { return }
        Task(executorPreference: channel.reactor) { [bound = changed.bound(self)] in bound.value.receiveAll()
        }
    }

    /// Lets the loop turn: others run, timers fire, and more is read where it is wanted.
    func turn(in scope: CancelScope?) async -> Wake {
        Task(executorPreference: channel.reactor) { [bound = changed.bound(self)] in
            bound.value.receiveAll()
            bound.value.changed.notifyAll()
        }
        return await changed.wait(in: scope)
    }

    private var peerEnd: StreamEnd {
        if channel.wasReset { return StreamEnd(.reset, "the peer reset the connection") }
        if channel.wasTruncated { return StreamEnd(.tlsTruncated, "the peer ended TLS without saying so") }
        return StreamEnd(.closedEarly, "the peer closed the connection")
    }

    /// Notes the end once and lets whoever waits know; the socket stays for what may still be sent.
    func finish(_ end: StreamEnd) {
        guard self.end == nil else { return }
        self.end = end
        taker?.ended(end)
        changed.notifyAll()
    }

    // MARK: sending

    /// Sends all of it.
    ///
    /// A peer that has ended its own direction can still be sent to.
    /// - Parameter deadline: CLOCK_MONOTONIC nanoseconds.
    /// - Returns: why not all of it went; `nil` when it did.
    func send(_ bytes: [UInt8], until deadline: Int64, in scope: CancelScope?) async -> StreamEnd? {
        while isSending {
            switch await changed.wait(until: deadline, in: scope) {
            // What the peer sends wakes too, so the time is looked at besides.
            case .ready where Reactor.monotonicNow() < deadline || !isSending: continue
            case .ready, .timeout: return Self.notTaken(0, bytes.count)
            case .cancelled: return .cancelled
            }
        }
        isSending = true
        defer {
            isSending = false
            changed.notifyAll()
        }
        var place = 0
        while place < bytes.count {
            if channel.isClosed { return .closedHere }
            guard let count = channel.send(bytes, from: place) else {
                let what = channel.wasReset ? "reset the connection" : "has closed the connection"
                return StreamEnd(.reset, "the peer \(what): \(place) of \(bytes.count) bytes were sent")
            }
            place += count
            bytesSent += count
            guard place < bytes.count else { break }
            switch await channel.writable(until: deadline, in: scope) {
            case .ready: continue
            case .timeout: return Self.notTaken(place, bytes.count)
            case .cancelled: return .cancelled
            }
        }
        return nil
    }

    private static func notTaken(_ sent: Int, _ count: Int) -> StreamEnd {
        StreamEnd(.timeout, "the peer took \(sent) of \(count) bytes in time")
    }
}
