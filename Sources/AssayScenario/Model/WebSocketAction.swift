public import AssayCore
public import AssayFormats

/// Something done with a WebSocket (RFC 6455) that lasts over steps.
public struct WebSocketAction: Sendable {
    /// Name of the connection within the scenario.
    public var socket: String
    public var socketLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case open(url: Template)
    }

    public static let usualName = "ws"

    public init(socket: String = usualName, socketLocation: SourceLocation, wish: Wish) {
        self.socket = socket
        self.socketLocation = socketLocation
        self.wish = wish
    }
}
