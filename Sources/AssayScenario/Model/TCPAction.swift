public import AssayCore
public import AssayFormats

/// Something done with a plain TCP connection that lasts over steps.
public struct TCPAction: Sendable {
    /// Name of the connection within the scenario.
    public var connection: String
    public var connectionLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case connect(address: Template)
    }

    public static let usualName = "tcp"

    public init(connection: String = usualName, connectionLocation: SourceLocation, wish: Wish) {
        self.connection = connection
        self.connectionLocation = connectionLocation
        self.wish = wish
    }
}
