/// What a client allows its peer on one connection of HTTP/2.
public struct HTTP2Options: Sendable {
    /// What a peer may send on a stream before it is told that the bytes were taken.
    public var streamWindowBytes: Int
    /// The same over all streams.
    public var connectionWindowBytes: Int
    /// Of one frame's payload; 16,384 to 16,777,215 (RFC 9113 §4.2).
    public var frameBytes: Int
    /// Of a response's head as it would be in HTTP/1, interim responses apart.
    public var headBytes: Int
    /// Of fields in a head, its trailers included.
    public var headers: Int

    public init(
        streamWindowBytes: Int = 1 << 20, connectionWindowBytes: Int = 16 << 20, frameBytes: Int = 16_384,
        headBytes: Int = 64 * 1024, headers: Int = 200
    ) {
        self.streamWindowBytes = min(max(1, streamWindowBytes), Int(Int32.max))
        self.connectionWindowBytes = min(max(65_535, connectionWindowBytes), Int(Int32.max))
        self.frameBytes = min(max(16_384, frameBytes), 16_777_215)
        self.headBytes = headBytes
        self.headers = headers
    }
}
