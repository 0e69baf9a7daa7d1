public import AssayCore
public import AssayFormats

/// Something done with a stream of server-sent events that lasts over steps.
public struct SSEAction: Sendable {
    /// Name of the stream within the scenario.
    public var stream: String
    public var streamLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case open(url: Template)
    }

    public static let usualName = "sse"

    public init(stream: String = usualName, streamLocation: SourceLocation, wish: Wish) {
        self.stream = stream
        self.streamLocation = streamLocation
        self.wish = wish
    }
}
