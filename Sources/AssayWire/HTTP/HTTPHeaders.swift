internal import Synchronization

/// Header fields in their order; names compare without regard to case (RFC 9110 §5.1).
public struct HTTPHeaders: Sendable, Equatable {
    public struct Field: Sendable, Equatable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Those given, or those of a head that is read when somebody asks for them.
    private enum Storage: Sendable {
        case fields([Field])
        case head(UnreadHead)
    }

    private var storage: Storage

    public private(set) var fields: [Field] {
        get {
            switch storage {
            case .fields(let fields): fields
            case .head(let head): head.fields
            }
        }
        set { storage = .fields(newValue) }
    }

    public init() { storage = .fields([]) }
    public init(_ fields: [(String, String)]) {
        storage = .fields(fields.map { Field(name: $0.0, value: $0.1) })
    }

    /// The headers of a head that a parser has accepted, from its first line to the empty one, not read before they
    /// are asked for: most requests are answered after a look at one header or none.
    public init(unread head: [UInt8]) { storage = .head(UnreadHead(head)) }

    public static func == (left: HTTPHeaders, right: HTTPHeaders) -> Bool { left.fields == right.fields }

    /// All values of a name, joined as a list (RFC 9110 §5.3); setting replaces them, `nil` removes.
    ///
    /// Set-Cookie is no list: ask for its ``values(of:)``.
    public subscript(name: String) -> String? {
        get {
            let values = values(of: name)
            return values.isEmpty ? nil : values.joined(separator: ", ")
        }
        set {
            // The first keeps its place.
            let place = fields.firstIndex { sameName($0.name, name) }
            fields.removeAll { sameName($0.name, name) }
            guard let newValue else { return }
            fields.insert(Field(name: name, value: newValue), at: place ?? fields.count)
        }
    }

    /// The values of every field of a name, in their order.
    public func values(of name: String) -> [String] {
        if case .head(let head) = storage, let name = HTTPFieldName(name) { return head.values(of: name) }
        return fields.lazy.filter { sameName($0.name, name) }.map(\.value)
    }

    public func contains(_ name: String) -> Bool {
        if case .head(let head) = storage, let name = HTTPFieldName(name) { return head.contains(name) }
        return fields.contains { sameName($0.name, name) }
    }

    /// About what the fields take in memory, bytes; the same before and after they are read.
    public var costBytes: Int {
        switch storage {
        case .fields(let fields): fields.reduce(0) { $0 + 32 + $1.name.utf8.count + $1.value.utf8.count }
        // Read, they are there twice.
        case .head(let head): 64 + 2 * head.count
        }
    }

    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Reads the header lines of a head that a parser has accepted; the first line is not looked at.
    ///
    /// Bytes beyond ASCII are read as UTF-8, and what is none shows as U+FFFD.
    public init(head: some Collection<UInt8>) {
        var fields: [Field] = []
        var lines = head.split(separator: 0x0A, omittingEmptySubsequences: true)[...]
        while let first = lines.first, first.elementsEqual([0x0D]) { lines = lines.dropFirst() }
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: 0x3A) else { continue }
            let value = line[line.index(after: colon)...].drop { isBlank($0) }
            let end = value.reversed().drop { isBlank($0) || $0 == 0x0D }
            fields.append(
                Field(
                    name: String(decoding: line[..<colon], as: UTF8.self),
                    value: String(decoding: end.reversed(), as: UTF8.self)))
        }
        storage = .fields(fields)
    }
}

/// A head's bytes, and its fields once somebody wanted them all.
private final class UnreadHead: Sendable {
    private let bytes: [UInt8]
    private let read = Mutex<[HTTPHeaders.Field]?>(nil)

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var count: Int { bytes.count }

    var fields: [HTTPHeaders.Field] {
        read.withLock { known in
            if let known { return known }
            let fields = HTTPHeaders(head: bytes).fields
            known = fields
            return fields
        }
    }

    func values(of name: HTTPFieldName) -> [String] {
        var values: [String] = []
        var place = 0
        while let value = name.value(in: bytes, from: place) {
            values.append(String(decoding: bytes[value], as: UTF8.self))
            place = value.upperBound
        }
        return values
    }

    func contains(_ name: HTTPFieldName) -> Bool { name.value(in: bytes) != nil }
}

private func sameName(_ left: String, _ right: String) -> Bool {
    let (left, right) = (left.utf8, right.utf8)
    return left.count == right.count && zip(left, right).allSatisfy { lowerASCII($0) == lowerASCII($1) }
}

func lowerASCII(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

/// Whether text can stand in a header value: no CR, LF, NUL or other control (RFC 9110 §5.5).
public func isHeaderValue(_ text: some Sequence<UInt8>) -> Bool { !text.contains(where: isForbiddenInValue) }

/// Whether text is a header name.
public func isHeaderName(_ text: String) -> Bool { !text.isEmpty && text.utf8.allSatisfy(isTokenByte) }
