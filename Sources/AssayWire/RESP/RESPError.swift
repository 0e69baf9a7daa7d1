/// Bounds on what a peer may send, so that no peer decides how much memory we use.
public struct RESPLimits: Sendable {
    /// Of a line without its CR LF: simple strings, errors, numbers.
    public var lineBytes: Int
    /// Of a whole value, everything inside it included.
    public var valueBytes: Int
    /// Elements of all arrays, sets and maps (two a pair) of a value together, as they announce them.
    public var elements: Int
    /// How many values may stand inside each other.
    public var depth: Int

    public init(
        lineBytes: Int = 64 * 1024, valueBytes: Int = 64 << 20, elements: Int = 1_000_000, depth: Int = 32
    ) {
        self.lineBytes = lineBytes
        self.valueBytes = valueBytes
        self.elements = elements
        self.depth = depth
    }
}

/// Why bytes are no value of the protocol, and where.
public struct RESPError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Kind: Sendable, Equatable {
        /// The first byte of a value names no type.
        case badType
        /// A control character where a line holds none, or a line that ends with LF alone.
        case badLine
        case badInteger
        case badLength
        case badBoolean
        case badNull
        case badDouble
        case badBigNumber
        /// A verbatim text without three characters and a colon at its start.
        case badVerbatim
        /// No CR LF behind the bytes of a bulk string.
        case badBulkEnd
        /// A length of `?`: streamed values are in RESP3's text, and no server sends them.
        case streamed
        /// The connection ended inside a value.
        case endedEarly
        case lineTooLong(limit: Int)
        case valueTooLong(limit: Int)
        case tooManyElements(limit: Int)
        case tooDeep(limit: Int)
    }

    public var kind: Kind
    /// Of the byte that is not what was expected, or where the value began that is over a limit; counted from the
    /// first byte of the outermost value.
    public var offset: Int
    /// The byte there; `nil` when there is none or it says nothing.
    public var byte: UInt8?

    public init(_ kind: Kind, at offset: Int, byte: UInt8? = nil) {
        self.kind = kind
        self.offset = offset
        self.byte = byte
    }

    /// Whether a limit was passed, as opposed to bytes that are no RESP.
    public var isLimit: Bool {
        switch kind {
        case .lineTooLong, .valueTooLong, .tooManyElements, .tooDeep: true
        default: false
        }
    }

    public var description: String {
        switch kind {
        case .badType: "expected the type of a value, like '+' or '$', \(got)"
        case .badLine: "expected a line that ends with CR LF, \(got)"
        case .badInteger: "expected a whole number of 64 bits, \(got)"
        case .badLength: "expected a length in digits, \(got)"
        case .badBoolean: "expected 't' or 'f', \(got)"
        case .badNull: "expected nothing behind '_', \(got)"
        case .badDouble: "expected a decimal number, 'inf' or 'nan', \(got)"
        case .badBigNumber: "expected digits, \(got)"
        case .badVerbatim: "expected three characters and ':' before a verbatim text, \(got)"
        case .badBulkEnd: "expected CR LF behind a text of the announced length, \(got)"
        case .streamed: "expected a length, got '?' at byte \(offset): streamed values are not accepted"
        case .endedEarly: "the connection ended inside the reply, at byte \(offset)"
        case .lineTooLong(let limit): "the line at byte \(offset) is longer than \(limit) bytes"
        case .valueTooLong(let limit): "with what begins at byte \(offset) the reply is over \(limit) bytes"
        case .tooManyElements(let limit):
            "with those announced at byte \(offset) the reply has more than \(limit) elements"
        case .tooDeep(let limit): "more than \(limit) values inside each other at byte \(offset)"
        }
    }

    private var got: String {
        switch byte {
        case nil: "got none at byte \(offset)"
        case 0x0D?, 0x0A?: "got the end of the line at byte \(offset)"
        case let byte?: "got \(shown(byte)) at byte \(offset)"
        }
    }
}
