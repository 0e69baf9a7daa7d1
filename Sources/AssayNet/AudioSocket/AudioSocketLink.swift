internal import AssayCore
public import AssayWire

/// One call's connection, from either side: the one that calls, as Asterisk does, or the server.
///
/// Everything happens in the reactor's loop: a frame is one `send` there when it is due, a wake-up one `recv`, and its messages go
/// to the ``AudioSocketMedia`` from the reactor's own buffer. Memory is bounded by ``unsentLimitBytes`` and by one message that has
/// not come whole.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class AudioSocketLink: @unchecked Sendable {
    /// How this side hangs up.
    public enum Hangup: String, Sendable, CaseIterable {
        /// Closes its direction: what Asterisk does.
        case fin
        /// Sends a hangup message and leaves closing to the other side.
        case frame = "00"
        /// Resets the connection.
        case reset = "rst"
        /// Closes its direction within a message.
        case midFrame = "mid-frame"
    }

    /// How much may wait for the other side to read, on top of the kernel's buffers: 16 s of 8 kHz audio. More ends the call as
    /// ``AudioSocketEnd/Kind/stalled``.
    public static let unsentLimitBytes = 256 * 1024

    /// When the connection was there, CLOCK_MONOTONIC nanoseconds.
    public let connectedAt: Int64
    /// The type byte of the audio that the media gives, and the length of a whole frame.
    public var channelFormat = AudioSocketFormat.asteriskApp
    /// Leaves the socket open when the other side has ended the call, until ``close()``: what a faulty server does.
    public var staysOpen = false
    /// How the call ended, once it has.
    public internal(set) var end: AudioSocketEnd?
    /// Whether the kernel said when the last bytes came; else the loop's own time was taken, which is later by up to a turn.
    public internal(set) var hasKernelTimes = false
    /// Longest pause between two pieces of the message being delivered, after its header was there; nanoseconds.
    public internal(set) var payloadPause: Int64 = 0
    /// Frames of the grid that were left out because this side came too late for them; see ``FramePacer``.
    public internal(set) var skippedFrames = 0

    let channel: Channel
    let reactor: Reactor
    var media: (any AudioSocketMedia)?
    private var slot: Int?

    // Reading
    var parser = AudioSocketParser()
    /// When the latest piece of an unfinished message came.
    var pieceAt: Int64 = 0
    var isStalled = false
    /// What a later stall must not be ended by.
    var stallGeneration = 0
    var hasHeard = false

    // Writing
    var unsent: [UInt8] = []
    var unsentStart = 0
    /// A burst that is on its way: the other side has had no time to read it yet.
    private var burstBytes = 0
    /// Nothing of ``unsent`` goes out: a message is being split.
    private var isHeld = false
    private var split: (place: Int, pause: Duration)?

    // Ending
    var hungUpAt: Int64?
    /// Once nothing waits here any more, this side's direction is closed.
    var finFollows = false
    /// Of everything that is to happen later.
    lazy var timers = CancelScope(on: reactor)

    /// Where the other side is.
    public var peerAddress: SocketAddress? { channel.peerAddress }

    /// Takes over a connection that a server has accepted. The caller's UUID comes as a message 01.
    public convenience init(accepted channel: Channel, media: any AudioSocketMedia, on reactor: Reactor) {
        self.init(channel, media: media)
    }

    init(_ channel: Channel, media: any AudioSocketMedia) {
        self.channel = channel
        self.media = media
        reactor = channel.reactor
        connectedAt = Reactor.monotonicNow()
        _ = reactor.pacer
        stampReceives(channel.descriptor)
        channel.handler = self
        // What became ready before is not told again.
        guard channel.isReadable else { return }
        receiveSoon()
    }

    /// Calls a server: connects and says which call it is.
    ///
    /// - Parameters:
    ///   - addresses: tried in turn.
    ///   - uuid: 16 bytes; `nil` sends none.
    ///   - deadline: for connecting, CLOCK_MONOTONIC nanoseconds.
    /// - Returns: the link, of which the media has heard nothing yet, unless the server was gone at once: see ``end``; or why there
    ///   is none: ``AudioSocketEnd/init(_:at:)``.
    public static func connect(
        to addresses: [SocketAddress], uuid: [UInt8]?, media: any AudioSocketMedia, until deadline: Int64,
        in scope: CancelScope? = nil, on reactor: Reactor
    ) async -> Result<AudioSocketLink, ConnectFailure> {
        switch await reactor.connect(to: addresses, until: deadline, in: scope) {
        case .failure(let failure): return .failure(failure)
        case .success(let channel):
            let link = AudioSocketLink(channel, media: media)
            if let uuid { link.send(AudioSocketType.uuid, uuid) }
            return .success(link)
        }
    }

    /// Bytes that wait here because the kernel's buffer was full.
    public var unsentBytes: Int { unsent.count - unsentStart }

    // MARK: pacing

    /// Begins to send the media's frames, the first within 20 ms.
    public func startPacing() {
        guard end == nil, hungUpAt == nil, slot == nil else { return }
        slot = reactor.pacer.join(self, now: Reactor.monotonicNow())
    }

    /// Stops asking the media for frames; ``startPacing()`` begins a new grid.
    public func stopPacing() {
        guard let slot else { return }
        self.slot = nil
        reactor.pacer.leave(self, slot: slot)
    }

    /// Writes the frame that is due.
    ///
    /// - Returns: when it was written, if there was one.
    func writeFrame(due: Int64, by pacer: FramePacer) -> Int64? {
        guard let media else { return nil }
        // Lent for the call, so that it has one owner while the media appends.
        var payload: [UInt8] = []
        swap(&payload, &pacer.payload)
        defer { swap(&payload, &pacer.payload) }
        payload.removeAll(keepingCapacity: true)
        guard media.nextFrame(due: due, into: &payload), end == nil, hungUpAt == nil else { return nil }
        pacer.message.removeAll()
        pacer.message.appendMessage(channelFormat.type, payload)
        let at = Reactor.monotonicNow()
        let isWhole = unsafe write(pacer.message.bytes.bytes)
        // A failed write may have ended the call.
        self.media?.frameWritten(due: due, at: at, isShort: !isWhole)
        return at
    }

    // MARK: sending apart from the grid

    /// Sends a message at once: DTMF, an error, audio of any length.
    ///
    /// - Returns: whether all of it is with the kernel; when not, it waits for the other side to read, or the call is over.
    /// - Precondition: at most 65,535 bytes.
    @discardableResult
    public func send(_ type: UInt8, _ payload: [UInt8]) -> Bool {
        guard end == nil, hungUpAt == nil else { return false }
        return unsafe write(AudioSocketWriter.frame(type, payload).span.bytes)
    }

    /// Sends bytes as they are, for tests of the other side's parser.
    @discardableResult
    public func sendRaw(_ bytes: [UInt8]) -> Bool {
        guard end == nil, hungUpAt == nil else { return false }
        return unsafe write(bytes.span.bytes)
    }

    /// Sends many payloads as audio messages in one write.
    @discardableResult
    public func burst(_ payloads: [[UInt8]]) -> Bool {
        guard end == nil, hungUpAt == nil else { return false }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(payloads.reduce(0) { $0 + $1.count + AudioSocketType.headerBytes })
        for payload in payloads { AudioSocketWriter.append(channelFormat.type, payload, to: &bytes) }
        burstBytes = max(burstBytes, bytes.count)
        return unsafe write(bytes.span.bytes)
    }

    /// Cuts the next message in two: what is behind `byte` follows after the pause. A header is three bytes.
    public func splitNextFrame(at byte: Int, pause: Duration) { split = (byte, pause) }

    /// - Returns: whether all of it is with the kernel.
    private func write(_ message: RawSpan) -> Bool {
        guard unsentBytes == 0, !isHeld else { return queue(message) }
        var first = message
        if let cut = split, cut.place > 0, cut.place < message.byteCount {
            split = nil
            isHeld = true
            first = message.extracting(first: cut.place)
            after(cut.pause) { $0.release() }
        }
        guard let sent = channel.send(first) else {
            writingFailed()
            return false
        }
        return sent == message.byteCount || queue(message.extracting(sent...))
    }

    private func queue(_ bytes: RawSpan) -> Bool {
        append(bytes, to: &unsent)
        if unsentBytes > Self.unsentLimitBytes + burstBytes {
            let reason = isHeld ? "a split message was held back for too long" : "the other side did not read"
            finish(.stalled, "\(reason): \(unsentBytes) bytes wait")
        }
        return false
    }

    private func release() {
        isHeld = false
        flush()
    }

    func flush() {
        guard unsentBytes > 0, !isHeld, !channel.isClosed else { return }
        guard let sent = channel.send(unsent, from: unsentStart) else {
            writingFailed()
            return
        }
        unsentStart += sent
        if unsentBytes == 0 {
            unsent.removeAll(keepingCapacity: unsent.count <= 8192)
            unsentStart = 0
            burstBytes = 0
            if finFollows { channel.shutdownWriting() }
        } else if unsentStart > Self.unsentLimitBytes / 2 {
            unsent.removeFirst(unsentStart)
            unsentStart = 0
        }
    }

    /// What the other side said before it closed is worth reading, and tells how it ended.
    private func writingFailed() {
        if reactor.pacer.isReceiving { return receiveSoon() }
        receiveAll()
        if end == nil { finish(.reset, "the other side no longer takes anything") }
    }
}
