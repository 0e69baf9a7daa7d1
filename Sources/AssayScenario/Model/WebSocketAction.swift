public import AssayCore
public import AssayFormats

/// Something done with a WebSocket (RFC 6455) that lasts over steps.
public struct WebSocketAction: Sendable {
    /// Name of the connection within the pass: what `as` gave it and `on` says again.
    public var socket: String
    public var socketLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case open(WebSocketOpeningWish)
        case send(WebSocketPayload, within: Duration)
        /// The first message that matches; those before it are passed over.
        case receive(MessageFilter, within: Duration)
        /// A message and the first one after it that matches: a round trip.
        case ask(WebSocketPayload, MessageFilter, within: Duration)
        /// Counts the messages that match for so long, or until there are so many.
        case listen(MessageFilter, for: Duration, count: Int?)
        /// The peer must answer the close.
        case close(code: Int, reason: Template?, within: Duration)
        /// The peer must close.
        case ended(within: Duration)
    }

    public static let usualName = "ws"

    public init(socket: String = usualName, socketLocation: SourceLocation, wish: Wish) {
        self.socket = socket
        self.socketLocation = socketLocation
        self.wish = wish
    }
}

/// How a WebSocket is opened.
public struct WebSocketOpeningWish: Sendable {
    /// The handshake's request; its address is of `ws`, `wss`, `http` or `https`.
    public var request: HTTPAction
    /// Subprotocols, most wanted first.
    public var protocols: [Template]
    public var deflate: Deflate?
    /// Of a message that is received.
    public var messageBytes: Int?
    /// From connecting to the end of the handshake.
    public var within: Duration
    /// Changes all of it, of what a script's own code knows; files of Assay's own have none.
    public var hook: OpeningHook?

    /// What is offered of permessage-deflate (RFC 7692).
    public struct Deflate: Sendable, Equatable {
        public var serverNoContextTakeover = false
        public var clientNoContextTakeover = false
        public var serverMaxWindowBits = 15
        public var clientMaxWindowBits = 15
        public init() {}
    }

    public init(_ request: HTTPAction, protocols: [Template] = [], within: Duration = .seconds(10)) {
        self.request = request
        self.protocols = protocols
        self.within = within
    }
}

/// What is sent.
public struct WebSocketPayload: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case text, binary, ping }
    public var kind: Kind
    public var content: TCPPayload
    /// At most so many bytes go in a frame; `nil` for one frame.
    public var fragmentBytes: Int?
    public init(_ kind: Kind, _ content: TCPPayload.Content, fragmentBytes: Int? = nil) {
        self.kind = kind
        self.content = TCPPayload(content)
        self.fragmentBytes = fragmentBytes
    }
}

/// Which messages a step is about: all checks must hold; without any, every message matches.
public struct MessageFilter: Sendable {
    public var checks: [Check]
    /// The next message must match: none is passed over.
    public var isStrict = false
    public init(checks: [Check] = []) { self.checks = checks }

    /// What is looked for, for people.
    public var text: String {
        checks.isEmpty ? "any message" : "a message with " + checks.map(\.name).joined(separator: ", ")
    }
}

extension WebSocketAction {
    public var payload: WebSocketPayload? {
        switch wish {
        case .send(let payload, _), .ask(let payload, _, _): payload
        default: nil
        }
    }

    public var filter: MessageFilter? {
        switch wish {
        case .receive(let filter, _), .ask(_, let filter, _), .listen(let filter, _, _): filter
        default: nil
        }
    }

    /// What it computes when it runs, requests and filters apart.
    var values: [ValueTemplate] {
        var found: [ValueTemplate] = []
        _ = mapped(
            {
                found.append(.of($0))
                return $0
            },
            {
                found.append($0)
                return $0
            })
        return found
    }

    /// The same with every template changed but those of requests and filters, like when a run is planned.
    public func mapped(
        _ change: (Template) -> Template, _ value: (ValueTemplate) -> ValueTemplate
    ) -> WebSocketAction {
        func mapped(_ payload: WebSocketPayload) -> WebSocketPayload {
            var payload = payload
            payload.content.content =
                switch payload.content.content {
                case .text(let text): .text(change(text))
                case .json(let json): .json(value(json))
                case .hex(let digits): .hex(change(digits))
                case .base64(let text): .base64(change(text))
                case .file(let path): .file(change(path))
                }
            return payload
        }
        var result = self
        switch wish {
        case .open(var opening):
            opening.protocols = opening.protocols.map(change)
            result.wish = .open(opening)
        case .send(let payload, let within): result.wish = .send(mapped(payload), within: within)
        case .ask(let payload, let filter, let within):
            result.wish = .ask(mapped(payload), filter, within: within)
        case .close(let code, let reason, let within):
            result.wish = .close(code: code, reason: reason.map(change), within: within)
        case .receive, .listen, .ended: break
        }
        return result
    }
}
