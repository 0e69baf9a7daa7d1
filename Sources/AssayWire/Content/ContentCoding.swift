/// How a body is packed, as `Content-Encoding` names it (RFC 9110 §8.4.1).
public enum ContentCoding: String, Sendable, CaseIterable {
    case identity
    case gzip
    /// A zlib stream by the standard; bare DEFLATE data, which some servers send under this name, is read too.
    case deflate
    /// Brotli (RFC 7932).
    case br
    /// Zstandard (RFC 8878).
    case zstd

    /// - Parameter name: in any case; `x-gzip` is `gzip` (RFC 9110 §8.4.1.3).
    public init?(named name: some StringProtocol) {
        switch name.lowercased() {
        case "identity", "": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case "deflate": self = .deflate
        case "br": self = .br
        case "zstd": self = .zstd
        default: return nil
        }
    }
}

/// Why a packed body cannot be unpacked. Offsets count bytes of the packed body from its start.
public enum ContentError: Error, Sendable, Equatable, CustomStringConvertible {
    /// `Content-Encoding` names something that is not read here.
    case unknownEncoding(String)
    /// More codings on top of one another than anybody needs.
    case tooManyEncodings(limit: Int)
    /// Unpacked, the body is longer than its limit: nothing beyond was kept.
    case tooLarge(limit: Int)
    /// The body ends before its packed data do.
    case truncated(ContentCoding, at: Int)
    /// A gzip member begins with other bytes than `1F 8B`; at 0 the body is not gzip at all.
    case notGzip(at: Int, byte: UInt8)
    /// The library refuses the data, and why in its words.
    case corrupt(ContentCoding, at: Int, reason: String)
    /// Something follows the end of a deflate or brotli stream.
    case trailingBytes(ContentCoding, at: Int)
    /// The library got no memory.
    case noMemory

    /// Whether a limit was passed, as opposed to bytes that are no packed data.
    public var isLimit: Bool {
        switch self {
        case .tooLarge, .tooManyEncodings: true
        default: false
        }
    }

    public var description: String {
        switch self {
        case .unknownEncoding(let name):
            "expected gzip, deflate, br, zstd or identity as the content encoding, got '\(name)'"
        case .tooManyEncodings(let limit):
            "there are more than \(limit) content encodings on top of one another"
        case .tooLarge(let limit): "unpacked, the body is longer than \(limit) bytes"
        case .truncated(let coding, let offset):
            "the \(coding.rawValue) data are cut off after byte \(offset)"
        case .notGzip(0, let byte):
            "expected gzip data, which begin with 1F 8B, but the body begins otherwise, with \(shown(byte))"
        case .notGzip(let offset, let byte):
            "expected the end or another gzip member, got \(shown(byte)) at byte \(offset)"
        case .corrupt(let coding, let offset, let reason):
            "the \(coding.rawValue) data are damaged before byte \(offset): \(reason)"
        case .trailingBytes(let coding, let offset):
            "expected the end of the \(coding.rawValue) data at byte \(offset), got more"
        case .noMemory: "no memory to unpack the body"
        }
    }
}
