/// What TYPE answers.
enum RedisType: UInt8 {
    case string, list, set, sortedSet, hash, stream

    var name: StaticString {
        switch self {
        case .string: "string"
        case .list: "list"
        case .set: "set"
        case .sortedSet: "zset"
        case .hash: "hash"
        case .stream: "stream"
        }
    }
}

/// What a key holds.
enum RedisValue {
    /// A string that is a whole number written in the one way that there is.
    case integer(Int64)
    case string([UInt8])
    /// A string that was changed in place: as such it stays in the encoding `raw`.
    case raw([UInt8])
    case collection(RedisCollection)

    var type: RedisType {
        switch self {
        case .collection(let collection): collection.type
        default: .string
        }
    }

    /// A string in the form that suits it.
    @inline(__always)
    init(_ bytes: ByteSlice) {
        if let number = bytes.canonicalInteger {
            self = .integer(number)
        } else {
            self = .string([UInt8](bytes))
        }
    }

    init(bytes: [UInt8]) {
        if let number = bytes.withSlice({ $0.canonicalInteger }) {
            self = .integer(number)
        } else {
            self = .string(bytes)
        }
    }

    /// The bytes of a string; `nil` for another type.
    var bytes: [UInt8]? {
        switch self {
        case .integer(let number): Array(String(number).utf8)
        case .string(let bytes), .raw(let bytes): bytes
        case .collection: nil
        }
    }

    /// Another value of the same content that shares nothing with this one.
    func copied() -> RedisValue {
        if case .collection(let collection) = self { return .collection(collection.copied()) }
        return self
    }
}

/// A value that is changed in place: a list, a set, a sorted set, a hash or a stream.
///
/// A final class for each type overrides what is here. A key never holds an empty one, a stream excepted: a command
/// that empties a collection calls ``RedisDatabase/removeIfEmpty(_:_:)``.
class RedisCollection {
    /// The type that all values of the class have.
    class var type: RedisType { preconditionFailure("every collection says its type") }
    final let type: RedisType

    init() { type = Self.type }

    /// Elements, members, fields or entries.
    var count: Int { preconditionFailure("every collection has a count") }
    var isEmpty: Bool { count == 0 }

    /// What OBJECT ENCODING answers: `listpack`, `quicklist`, …
    func encoding(_ limits: EncodingLimits) -> String {
        preconditionFailure("every collection has an encoding")
    }

    /// Another one with the same content.
    func copied() -> RedisCollection { preconditionFailure("every collection can be copied") }

    /// About how many bytes it takes; MEMORY USAGE.
    var memoryBytes: Int { 64 + count * 48 }

    /// All of it in a canonical order, as arguments of commands that would make it again; DEBUG DIGEST-VALUE.
    var digestParts: [[UInt8]] { preconditionFailure("every collection has parts") }
}

/// When a real server changes the form in which it keeps a value; settable by CONFIG.
struct EncodingLimits {
    var listMaxListpackSize = -2
    var hashMaxListpackEntries = 512
    var hashMaxListpackValue = 64
    var setMaxIntsetEntries = 512
    var sortedSetMaxListpackEntries = 128
    var sortedSetMaxListpackValue = 64
    var streamNodeMaxBytes = 4096
    var streamNodeMaxEntries = 100
    var hyperLogLogSparseMaxBytes = 3000
}
