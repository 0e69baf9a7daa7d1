public import AssayCore
public import AssayFormats

/// Something done with a stream of server-sent events that lasts over steps.
public struct SSEAction: Sendable {
    /// Name of the stream within the pass: what `as` gave it and `on` says again.
    public var stream: String
    public var streamLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case open(SSEOpening)
        /// The first event that matches; those before it are passed over.
        case receive(EventFilter, within: Duration)
        /// Counts the events that match for so long, or until the server ends the stream.
        case listen(EventFilter, for: Duration)
        /// The server must end the stream.
        case ended(within: Duration)
        case close
    }

    public static let usualName = "sse"

    public init(stream: String = usualName, streamLocation: SourceLocation, wish: Wish) {
        self.stream = stream
        self.streamLocation = streamLocation
        self.wish = wish
    }
}

/// How a stream of events is asked for.
public struct SSEOpening: Sendable {
    public var request: HTTPAction
    /// Where the server is to go on.
    public var lastEventID: Template?
    /// From connecting to the head of the answer.
    public var within: Duration
    /// How often it is asked for again when it ends; 0 for never.
    public var reconnects = 0
    /// Before that, unless the server says something else by `retry`.
    public var pause = Duration.seconds(3)
    /// Of one event.
    public var eventBytes: Int?

    public init(_ request: HTTPAction, within: Duration = .seconds(10)) {
        self.request = request
        self.within = within
    }
}

/// Which events a step is about: all checks must hold; without any, every event matches.
public struct EventFilter: Sendable {
    public var checks: [Check]
    public init(checks: [Check] = []) { self.checks = checks }

    /// What is looked for, for people: `event is "order"`; `any event` without checks.
    public var text: String {
        checks.isEmpty ? "any event" : "an event with " + checks.map(\.name).joined(separator: ", ")
    }
}

extension SSEAction {
    /// What it computes when it runs, requests and filters apart.
    var templates: [Template] {
        if case .open(let opening) = wish { opening.lastEventID.map { [$0] } ?? [] } else { [] }
    }

    /// Which events it is about.
    var filter: EventFilter? {
        switch wish {
        case .receive(let filter, _), .listen(let filter, _): filter
        case .open, .ended, .close: nil
        }
    }
}
