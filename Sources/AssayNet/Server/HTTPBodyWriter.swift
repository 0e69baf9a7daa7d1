/// Writes the body of a streamed response; lives on its reactor's thread.
///
/// Every piece is sent as soon as it is written and waits for a slow client; nothing is queued.
public final class HTTPBodyWriter: Sendable {
    private let put: @Sendable ([UInt8]) async -> Bool
    private let rest: @Sendable (Duration) async -> Bool
    private let end: @Sendable (_ resets: Bool) -> Void

    /// A writer that is not a connection's, as for a double that is asked in its own process.
    ///
    /// - Parameters:
    ///   - put: takes a piece and says whether more is wanted.
    ///   - rest: waits.
    ///   - end: is told of a ``cut(resets:)``.
    public init(
        put: @escaping @Sendable ([UInt8]) async -> Bool, rest: @escaping @Sendable (Duration) async -> Bool,
        end: @escaping @Sendable (_ resets: Bool) -> Void
    ) {
        self.put = put
        self.rest = rest
        self.end = end
    }

    /// Sends a piece.
    ///
    /// - Returns: `false` when the client is gone or the server stops; write no more then.
    public func write(_ bytes: [UInt8]) async -> Bool { await put(bytes) }

    public func write(_ text: String) async -> Bool { await put(Array(text.utf8)) }

    /// Waits on a timer.
    ///
    /// - Returns: `false` when the server stops or the client is gone.
    public func pause(_ duration: Duration) async -> Bool { await rest(duration) }

    /// Ends the connection in the middle of the body, without the last chunk.
    public func cut(resets: Bool = false) { end(resets) }
}
