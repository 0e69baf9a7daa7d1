public import AssayCore
public import AssayFormats

/// Something done with a plain TCP connection that lasts over steps.
public struct TCPAction: Sendable {
    /// Name of the connection within the pass: what `as` gave it and `on` says again.
    public var connection: String
    public var connectionLocation: SourceLocation
    public var wish: Wish

    public enum Wish: Sendable {
        case connect(TCPConnecting)
        case send(TCPPayload, within: Duration)
        case receive(TCPReception, within: Duration)
        /// Nothing more is sent (FIN); receiving goes on.
        case endSending
        /// The peer must end the connection; `nil` accepts every way.
        case ended(within: Duration, how: TCPEnding?)
        case close(TCPEnding)
    }

    public static let usualName = "tcp"

    public init(connection: String = usualName, connectionLocation: SourceLocation, wish: Wish) {
        self.connection = connection
        self.connectionLocation = connectionLocation
        self.wish = wish
    }
}

/// Where a connection goes.
public struct TCPConnecting: Sendable {
    /// `HOST:PORT`, `tcp://HOST:PORT` or `tls://HOST:PORT`.
    public var address: Template
    /// TLS from the start, whatever the address says.
    public var isSecure: Bool
    /// Name look-up, connect and TLS together.
    public var within: Duration
    /// What the step says of how it connects.
    public var settings = ConnectionSettings()

    public init(_ address: Template, isSecure: Bool = false, within: Duration = .seconds(10)) {
        self.address = address
        self.isSecure = isSecure
        self.within = within
    }
}

/// What is sent.
public struct TCPPayload: Sendable {
    public enum Content: Sendable {
        case text(Template)
        case json(ValueTemplate)
        /// Hexadecimal digits, two a byte, with spaces or colons between as one likes.
        case hex(Template)
        case base64(Template)
        /// Bytes of a file, path relative to the project folder.
        case file(Template)
    }
    public var content: Content
    /// Behind the content: the end of a line.
    public var ending: Template?
    /// Before both: how many bytes they are.
    public var prefix: TCPPrefix?
    public init(_ content: Content, ending: Template? = nil, prefix: TCPPrefix? = nil) {
        self.content = content
        self.ending = ending
        self.prefix = prefix
    }
}

/// The length that stands before a message of a framed protocol.
public struct TCPPrefix: Sendable, Equatable {
    public enum Order: String, Sendable, CaseIterable { case big, little }
    /// 1…8.
    public var bytes: Int
    public var order: Order
    public var includesItself: Bool
    public init(bytes: Int, order: Order = .big, includesItself: Bool = false) {
        self.bytes = bytes
        self.order = order
        self.includesItself = includesItself
    }
}

/// What is waited for.
public struct TCPReception: Sendable {
    public enum End: Sendable {
        /// These bytes, which are no part of the message.
        case delimiter(Template)
        /// The same in hexadecimal digits.
        case hexDelimiter(Template)
        /// A line feed, with a carriage return before it or without.
        case line
        /// The end of the first match, which is part of the message.
        case pattern(Pattern)
        case length(ValueTemplate)
        case prefix(TCPPrefix)
        /// When nothing has come for so long.
        case idle(Duration)
        /// When the peer ends the connection.
        case close
    }
    public var end: End
    /// Of the message.
    public var limitBytes: Int
    public init(_ end: End, limitBytes: Int = 1 << 20) {
        self.end = end
        self.limitBytes = limitBytes
    }
}

/// How a connection ends.
public enum TCPEnding: String, Sendable, CaseIterable {
    case fin
    case reset = "rst"
}

extension TCPAction {
    /// What it computes when it runs.
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

    /// The same with every template changed, like when a run is planned.
    public func mapped(
        _ change: (Template) -> Template, _ value: (ValueTemplate) -> ValueTemplate
    ) -> TCPAction {
        var result = self
        switch wish {
        case .connect(var connecting):
            connecting.address = change(connecting.address)
            result.wish = .connect(connecting)
        case .send(var payload, let within):
            payload.content =
                switch payload.content {
                case .text(let text): .text(change(text))
                case .json(let json): .json(value(json))
                case .hex(let digits): .hex(change(digits))
                case .base64(let text): .base64(change(text))
                case .file(let path): .file(change(path))
                }
            payload.ending = payload.ending.map(change)
            result.wish = .send(payload, within: within)
        case .receive(var reception, let within):
            switch reception.end {
            case .delimiter(let text): reception.end = .delimiter(change(text))
            case .hexDelimiter(let digits): reception.end = .hexDelimiter(change(digits))
            case .length(let count): reception.end = .length(value(count))
            case .line, .pattern, .prefix, .idle, .close: break
            }
            result.wish = .receive(reception, within: within)
        case .endSending, .ended, .close: break
        }
        return result
    }
}
