/// A value of Redis's protocol, in either of its versions. Source: RESP2 and RESP3 as redis.io specifies them.
///
/// Texts are bytes, because Redis promises nothing about their encoding.
public indirect enum RESPValue: Sendable, Equatable {
    /// `+OK`: bytes without CR and LF.
    case simple([UInt8])
    /// `-WRONGTYPE Operation against…`: bytes without CR and LF, the first word by custom its kind.
    case error([UInt8])
    case integer(Int64)
    /// `$5`: any bytes.
    case bulk([UInt8])
    case array([RESPValue])
    /// `_`, and in RESP2 `$-1`.
    case null
    /// `*-1` of RESP2; in RESP3 it is `_` like ``null``.
    case nullArray
    case boolean(Bool)
    case double(Double)
    /// `(349…`: an integer of any size, decimal digits with perhaps a sign.
    case bigNumber(String)
    /// `!21`: an error of any bytes.
    case bulkError([UInt8])
    /// `=15`: a text with its format, three characters like `txt` and `mkd`.
    case verbatim(format: String, [UInt8])
    /// `%2`: pairs in the order they came; names may be any value and are not compared.
    case map([RESPPair])
    case set([RESPValue])
    /// `>3`: out of band, between replies.
    case push([RESPValue])
    /// `|1`: a value with something said about it, which clients may ignore.
    case attributed([RESPPair], RESPValue)
}

/// A name and a value of a map.
public struct RESPPair: Sendable, Equatable {
    public var key: RESPValue
    public var value: RESPValue

    public init(_ key: RESPValue, _ value: RESPValue) {
        self.key = key
        self.value = value
    }
}

extension RESPValue {
    /// `+OK`
    public static let ok = RESPValue.simple(Array("OK".utf8))

    /// A text as a bulk string.
    public static func text(_ text: String) -> RESPValue { .bulk(Array(text.utf8)) }

    /// An error of one line: `ERR unknown command`.
    public static func failure(_ text: String) -> RESPValue { .error(Array(text.utf8)) }

    /// The value without its attributes.
    public var bare: RESPValue {
        var value = self
        while case .attributed(_, let inner) = value { value = inner }
        return value
    }

    /// Either form of nothing.
    public var isNull: Bool {
        switch bare {
        case .null, .nullArray: true
        default: false
        }
    }

    /// The words of an error reply; `nil` when it is none.
    public var errorText: String? {
        switch bare {
        case .error(let text), .bulkError(let text): String(decoding: text, as: UTF8.self)
        default: nil
        }
    }

    /// The bytes of a text of any form, errors not among them.
    public var bytes: [UInt8]? {
        switch bare {
        case .simple(let bytes), .bulk(let bytes), .verbatim(_, let bytes): bytes
        default: nil
        }
    }

    /// The elements of an array, a set or a push.
    public var elements: [RESPValue]? {
        switch bare {
        case .array(let elements), .set(let elements), .push(let elements): elements
        default: nil
        }
    }
}

/// Which of its two versions the protocol is spoken in.
public enum RESPVersion: Int, Sendable { case two = 2, three = 3 }
