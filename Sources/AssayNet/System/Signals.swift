internal import CLinux
internal import Glibc

/// Signals as readable events, so that teardown is ordinary code and not a handler.
///
/// `@unchecked Sendable`: touched on its reactor's thread only.
public final class SignalWatch: @unchecked Sendable {
    public enum Kind: Sendable { case interrupt, terminate, hangUp, windowSize }

    private let channel: Channel

    /// Blocks the signals in the calling thread and watches them; call it before other threads start.
    public init(_ kinds: [Kind], on reactor: Reactor) throws(SystemError) {
        var mask: UInt64 = 0
        for kind in kinds { mask |= 1 << UInt64(Self.number(kind) - 1) }
        channel = try Channel(try SystemError.check(clinux_signalfd(mask), "signalfd"), on: reactor)
    }

    /// Suspends until one of the signals arrives; `nil` when the watch was closed.
    public func next(in scope: CancelScope? = nil) async -> Kind? {
        while await channel.readable(in: scope) == .ready, !channel.isClosed {
            switch clinux_signalfd_read(channel.descriptor) {
            case SIGINT: return .interrupt
            case SIGTERM: return .terminate
            case SIGHUP: return .hangUp
            case SIGWINCH: return .windowSize
            default: channel.isReadable = false
            }
        }
        return nil
    }

    public func close() { channel.close() }

    private static func number(_ kind: Kind) -> Int32 {
        switch kind {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .windowSize: SIGWINCH
        }
    }
}
