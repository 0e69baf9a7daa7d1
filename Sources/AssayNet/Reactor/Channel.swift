internal import CLinux

/// Deals with readiness in the loop, between tasks: without resuming one, so it must not block.
protocol ChannelHandler: AnyObject {
    /// ``Channel/isReadable`` or another of the channel's flags may have changed.
    func channelBecameReady()
}

/// A descriptor that a reactor watches, edge-triggered: registered once, asked for never again.
///
/// Owns the descriptor. `@unchecked Sendable`: touched on its reactor's thread only.
public final class Channel: @unchecked Sendable {
    public let descriptor: Int32
    let reactor: Reactor
    private let slot: Int
    /// There may be something to read; cleared by whoever reads the descriptor empty.
    public var isReadable = false
    /// There may be room to write; cleared by whoever fills it.
    public var isWritable = false
    /// The peer has closed its direction, or the connection is gone.
    public private(set) var peerClosed = false
    /// Both directions are closed or the connection was reset: nothing can be sent any more.
    public private(set) var isBroken = false
    /// A ``receive(limitBytes:)`` or a send found that the peer had reset the connection (RST), not ended it.
    public internal(set) var wasReset = false
    public private(set) var isClosed = false
    /// TLS, when the connection speaks it: what is sent and received goes through it.
    public internal(set) var tls: TLSSession?
    /// Who is at the other end, where somebody wants to know; kept when the channel is closed.
    var peer: HTTPPeer?
    private var readWait: Int32 = -1
    private var writeWait: Int32 = -1
    private var endWait: Int32 = -1
    private var resetsOnClose = false
    /// Called in the loop itself when something became ready; whoever sets it needs no waits.
    var handler: (any ChannelHandler)?

    /// Takes over `descriptor`, which must be non-blocking.
    ///
    /// - Throws: ``SystemError``; the descriptor is closed then.
    public init(_ descriptor: Int32, on reactor: Reactor) throws(SystemError) {
        self.descriptor = descriptor
        self.reactor = reactor
        if let free = reactor.freeChannels.popLast() {
            slot = free
        } else {
            slot = reactor.channels.count
            reactor.channels.append(nil)
            reactor.channelGenerations.append(0)
        }
        let token = UInt64(slot) | UInt64(reactor.channelGenerations[slot]) << 32
        let interest =
            UInt32(CLINUX_IN | CLINUX_OUT | CLINUX_RDHUP) | UInt32(CLINUX_EDGE)
        let result = clinux_epoll_add(reactor.epoll, descriptor, interest, token)
        guard result >= 0 else {
            reactor.freeChannels.append(slot)
            isClosed = true
            closeDescriptor(descriptor)
            throw SystemError(call: "epoll_ctl", errno: -result)
        }
        reactor.channels[slot] = self
    }

    /// Closes the descriptor and ends all waits on it.
    public func close() {
        guard !isClosed else { return }
        if let tls, !isBroken, !resetsOnClose { tls.sayClosed() }
        isClosed = true
        reactor.channels[slot] = nil
        reactor.channelGenerations[slot] &+= 1
        reactor.freeChannels.append(slot)
        closeDescriptor(descriptor)
        handler = nil
        endWaits()
    }

    deinit {
        if !isClosed { closeDescriptor(descriptor) }
    }

    func becameReady(_ events: UInt32) {
        let ending = UInt32(CLINUX_RDHUP | CLINUX_HUP | CLINUX_ERR)
        let reads = events & (ending | UInt32(CLINUX_IN)) != 0
        let writes = events & UInt32(CLINUX_OUT | CLINUX_HUP | CLINUX_ERR) != 0
        if let tls {
            let (moreReads, moreWrites) = tls.becameReady(
                readable: reads, writable: writes, peerClosed: events & ending != 0)
            becameReady(events, ending: ending, reads: moreReads, writes: moreWrites)
        } else {
            becameReady(events, ending: ending, reads: reads, writes: writes)
        }
    }

    @inline(__always)
    private func becameReady(_ events: UInt32, ending: UInt32, reads: Bool, writes: Bool) {
        if events & ending != 0 {
            peerClosed = true
            if events & UInt32(CLINUX_HUP | CLINUX_ERR) != 0 { isBroken = true }
            if endWait >= 0 { reactor.waits.end(endWait, .ready) }
        }
        if reads {
            isReadable = true
            if readWait >= 0 { reactor.waits.end(readWait, .ready) }
        }
        if writes {
            isWritable = true
            if writeWait >= 0 { reactor.waits.end(writeWait, .ready) }
        }
        if let handler { handler.channelBecameReady() }
    }

    /// Lets whoever waits on this channel look again at what it waits for.
    public func wakeWaits() { endWaits() }

    private func endWaits() {
        if readWait >= 0 { reactor.waits.end(readWait, .ready) }
        if writeWait >= 0 { reactor.waits.end(writeWait, .ready) }
        if endWait >= 0 { reactor.waits.end(endWait, .ready) }
    }

    /// Lets ``close()`` reset the connection (RST) in place of ending it (FIN); what was not sent yet is lost.
    public func resetOnClose() {
        resetsOnClose = true
        setLingerZero(descriptor)
    }

    /// Whether bytes that were sent have not reached the peer's kernel.
    public var hasUnsent: Bool { !isClosed && clinux_unsent(descriptor) > 0 }

    /// Tells the peer that nothing more will come (FIN); reading goes on.
    public func shutdownWriting() {
        guard !isClosed else { return }
        if let tls { tls.sayClosed() }
        AssayNet.shutdownWriting(descriptor)
    }

    /// Suspends until there may be something to read, the deadline or a cancellation.
    public func readable(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> Wake {
        if isReadable || isClosed { return .ready }
        let wake = await reactor.wait(until: deadline, in: scope) { readWait = $0 }
        readWait = -1
        return wake
    }

    /// Suspends until there may be room to write, the deadline or a cancellation.
    public func writable(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> Wake {
        if isWritable || isClosed { return .ready }
        let wake = await reactor.wait(until: deadline, in: scope) { writeWait = $0 }
        writeWait = -1
        return wake
    }

    /// Suspends until the peer closes its direction, resets the connection, or this end is closed.
    ///
    /// - Returns: ``Wake/ready`` as well when a closing that was known is followed by a reset: look at ``isBroken``.
    public func ended(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> Wake {
        if isBroken || isClosed { return .ready }
        let wake = await reactor.wait(until: deadline, in: scope) { endWait = $0 }
        endWait = -1
        return wake
    }

    /// Suspends until there may be something to read or room to write, whichever comes first.
    ///
    /// For exchanges in which a peer may stop reading until its own bytes are read.
    public func readableOrWritable(until deadline: Int64 = .max, in scope: CancelScope? = nil) async -> Wake {
        if isReadable || isWritable || isClosed { return .ready }
        let wake = await reactor.wait(until: deadline, in: scope) {
            readWait = $0
            writeWait = $0
        }
        readWait = -1
        writeWait = -1
        return wake
    }
}
