public import AssayWire
internal import Glibc

/// A request's body that is read while it is sent, so that it is never in memory whole.
///
/// Belongs to one request of one user at a time; may be sent again after ``rewind()``.
public protocol HTTPUpload: AnyObject {
    /// How long it is; `nil` when only reading tells: it goes in chunks then.
    var byteCount: Int? { get }

    /// Makes ready to be read from the start.
    func rewind() throws(SystemError)

    /// Appends what comes next; nothing at the end.
    func read(into bytes: inout [UInt8], atMost count: Int) throws(SystemError)
}

/// How a request goes out that is more than bytes in one go.
///
/// An object, so that the frames of waiting users stay small.
public final class RequestDelivery {
    /// The body; the rendered bytes are the head alone then, and say how it is framed.
    public let upload: (any HTTPUpload)?
    /// The body waits so long for `100 Continue`, nanoseconds; 0 for not at all.
    public let continueNanoseconds: Int64
    /// From the last byte of the request to the first one of the answer.
    public let firstByteNanoseconds: Int64

    public init(
        upload: (any HTTPUpload)? = nil, continueNanoseconds: Int64 = 0, firstByteNanoseconds: Int64 = .max
    ) {
        self.upload = upload
        self.continueNanoseconds = continueNanoseconds
        self.firstByteNanoseconds = firstByteNanoseconds
    }
}

/// A body of several pieces, in memory and in files.
public final class PiecedUpload: HTTPUpload {
    public enum Piece: Sendable {
        case bytes([UInt8])
        /// Of so many bytes, as it was when the body was made.
        case file(path: String, byteCount: Int)
    }

    private let pieces: [Piece]
    private var index = 0
    /// Bytes of the current piece that have been read.
    private var place = 0
    private var file: ReadingFile?

    public init(_ pieces: [Piece]) { self.pieces = pieces }

    /// A file as it is.
    ///
    /// - Throws: ``SystemError`` when it is not there.
    public static func file(_ path: String) throws(SystemError) -> Piece {
        .file(path: path, byteCount: try ReadingFile(path).byteCount)
    }

    public var byteCount: Int? {
        pieces.reduce(0) { sum, piece in
            switch piece {
            case .bytes(let bytes): sum + bytes.count
            case .file(_, let count): sum + count
            }
        }
    }

    public func rewind() throws(SystemError) {
        (index, place, file) = (0, 0, nil)
    }

    public func read(into bytes: inout [UInt8], atMost count: Int) throws(SystemError) {
        var room = count
        while room > 0, index < pieces.count {
            let taken: Int
            let isWhole: Bool
            switch pieces[index] {
            case .bytes(let piece):
                taken = min(room, piece.count - place)
                bytes += piece[place..<(place + taken)]
                isWhole = place + taken == piece.count
            case .file(let path, let length):
                // Its length was promised: what is written to it meanwhile is left out.
                taken = try read(path, into: &bytes, atMost: min(room, length - place))
                isWhole = place + taken == length
            }
            room -= taken
            place += taken
            if isWhole { (index, place, file) = (index + 1, 0, nil) }
        }
    }

    private func read(
        _ path: String, into bytes: inout [UInt8], atMost count: Int
    ) throws(SystemError) -> Int {
        guard count > 0 else { return 0 }
        let open: ReadingFile
        if let file { open = file } else { open = try ReadingFile(path) }
        file = open
        return try open.read(into: &bytes, atMost: count)
    }
}

/// A body that is packed while it is sent.
public final class PackedUpload: HTTPUpload {
    private let source: any HTTPUpload
    private let coding: ContentCoding
    private var encoder: ContentEncoder?
    /// Packed, and not yet taken.
    private var ready: [UInt8] = []
    private var isFinished = false

    public init(_ source: any HTTPUpload, as coding: ContentCoding) {
        self.source = source
        self.coding = coding
    }

    public var byteCount: Int? { nil }

    public func rewind() throws(SystemError) {
        try source.rewind()
        encoder = nil
        ready = []
        isFinished = false
    }

    public func read(into bytes: inout [UInt8], atMost count: Int) throws(SystemError) {
        while ready.isEmpty, !isFinished {
            var piece: [UInt8] = []
            try source.read(into: &piece, atMost: count)
            try pack(piece)
        }
        let taken = min(count, ready.count)
        bytes += ready[..<taken]
        ready.removeFirst(taken)
    }

    /// No bytes end the body.
    private func pack(_ piece: [UInt8]) throws(SystemError) {
        do throws(ContentError) {
            if encoder == nil { encoder = try ContentEncoder(coding) }
            guard let encoder else { return }
            if piece.isEmpty {
                isFinished = true
                try encoder.finish(into: &ready)
            } else {
                try encoder.encode(piece, into: &ready)
            }
        } catch {
            throw SystemError(call: "pack", errno: ENOMEM, subject: coding.rawValue)
        }
    }
}
