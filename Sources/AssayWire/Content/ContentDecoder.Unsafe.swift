internal import CZlib

/// Unpacks a body piece by piece.
///
/// One decoder unpacks one body: offer its pieces with ``decode(_:into:)`` and say ``finish()`` at its end. A body of
/// no bytes at all is an empty body, whatever its encoding. After an error the decoder is of no more use.
/// Memory: the coding's window (about 40 KiB of zlib, at most 16 MiB of brotli, 8 MiB of zstd), freed with the decoder.
// SAFETY: the one pointer inside is private, owned by this value alone and freed with it.
@safe public struct ContentDecoder: ~Copyable {
    private enum Phase {
        /// Nothing has come, or in gzip the last member has ended.
        case beforeStream
        case inStream
        /// The end of a deflate stream: nothing may follow.
        case ended
    }

    public let coding: ContentCoding
    private let limitBytes: Int
    private var phase = Phase.beforeStream
    private var consumed = 0
    private var produced = 0
    /// Bytes seen of the two that a stream begins with; they tell gzip from others, and zlib from bare DEFLATE.
    private var opening: (count: Int, first: UInt8) = (0, 0)
    // SAFETY: allocated and initialised once, in `start`; freed in `deinit` only. It must not move, because zlib's
    // state points back to it.
    private var stream: UnsafeMutablePointer<z_stream>?
    /// Of what zlib does not know; made when something comes.
    private var other: (any PieceDecoder)?

    /// - Parameter limitBytes: of what comes out; one byte more is ``ContentError/tooLarge(limit:)``.
    public init(_ coding: ContentCoding, limitBytes: Int) {
        self.coding = coding
        self.limitBytes = limitBytes
        unsafe self.stream = nil
    }

    deinit {
        guard let stream = unsafe stream else { return }
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Unpacks one piece.
    ///
    /// - Parameters:
    ///   - bytes: what follows the piece before; of any length.
    ///   - output: gets what comes out appended, up to the limit.
    public mutating func decode(_ bytes: RawSpan, into output: inout [UInt8]) throws(ContentError) {
        // SAFETY: the pointer is used within the closure only; zlib keeps none of it, `inflate` sets it anew.
        let failure: ContentError? = unsafe bytes.withUnsafeBytes { bytes in
            do throws(ContentError) {
                switch coding {
                case .identity: try unsafe copy(bytes, into: &output)
                case .gzip, .deflate: try unsafe inflateAll(bytes, into: &output)
                case .br, .zstd: try unsafe decodeOther(bytes, into: &output)
                }
                return nil
            } catch { return error }
        }
        if let failure { throw failure }
    }

    /// Says that the body has ended.
    ///
    /// - Throws: ``ContentError/truncated(_:at:)`` when its packed data have not.
    public mutating func finish() throws(ContentError) {
        if coding == .br || coding == .zstd {
            if other?.isWhole == false { throw .truncated(coding, at: consumed) }
            return
        }
        let isWhole = phase == .ended || (phase == .beforeStream && opening.count == 0)
        if coding != .identity, !isWhole { throw .truncated(coding, at: consumed) }
    }

    private mutating func decodeOther(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(ContentError) {
        let decoder: any PieceDecoder
        if let other {
            decoder = other
        } else {
            decoder = coding == .br ? try BrotliPieceDecoder() : try ZstdPieceDecoder()
        }
        other = decoder
        let before = output.count
        try unsafe decoder.decode(
            bytes, offset: consumed, into: &output, room: limitBytes - produced, limit: limitBytes)
        consumed += bytes.count
        produced += output.count - before
    }

    private mutating func copy(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(ContentError) {
        unsafe output.append(contentsOf: bytes.prefix(limitBytes - produced))
        produced = min(limitBytes, produced + bytes.count)
        consumed += bytes.count
        if consumed > limitBytes { throw .tooLarge(limit: limitBytes) }
    }

    private mutating func inflateAll(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(ContentError) {
        var place = 0
        while place < bytes.count {
            let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[place...])
            switch phase {
            case .ended: throw .trailingBytes(coding, at: consumed)
            case .beforeStream:
                let byte = unsafe rest[0]
                if coding == .gzip, byte != (opening.count == 0 ? 0x1F : 0x8B) {
                    throw .notGzip(at: consumed, byte: byte)
                }
                place += 1
                consumed += 1
                if opening.count == 0 {
                    opening = (1, byte)
                } else {
                    try open(second: byte, into: &output)
                }
            case .inStream:
                let taken = try unsafe inflateSome(rest, into: &output)
                place += taken
            }
        }
    }

    /// Both opening bytes are known: chooses the format and offers them.
    private mutating func open(second: UInt8, into output: inout [UInt8]) throws(ContentError) {
        let first = opening.first
        // RFC 1950 §2.2: method 8, a window of at most 2^15, and both bytes a multiple of 31.
        let isZlib = first & 0x0F == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(second)) % 31 == 0
        try start(windowBits: coding == .gzip ? 15 + 16 : isZlib ? 15 : -15)
        phase = .inStream
        opening = (0, 0)
        consumed -= 2
        var both = (first, second)
        // No stream is shorter than ten bits, so both are always taken.
        _ = try unsafe withUnsafeBytes(of: &both) { both throws(ContentError) in
            try unsafe inflateSome(both, into: &output)
        }
    }

    private mutating func start(windowBits: Int32) throws(ContentError) {
        if let stream = unsafe stream {
            guard unsafe inflateReset2(stream, windowBits) == Z_OK else { throw .noMemory }
            return
        }
        let fresh = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe fresh.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(fresh, windowBits, ZLIB_VERSION, size) == Z_OK else {
            unsafe fresh.deinitialize(count: 1)
            unsafe fresh.deallocate()
            throw .noMemory
        }
        unsafe stream = fresh
    }

    /// - Returns: how many bytes were taken: all of them, unless the stream ended.
    private mutating func inflateSome(
        _ bytes: UnsafeRawBufferPointer, into output: inout [UInt8]
    ) throws(ContentError) -> Int {
        guard let stream = unsafe stream, let base = bytes.baseAddress else { return 0 }
        let offered = min(bytes.count, Int(UInt32.max))
        // SAFETY: zlib reads its input only, though its type says otherwise.
        unsafe stream.pointee.next_in = UnsafeMutablePointer(
            mutating: base.assumingMemoryBound(to: UInt8.self))
        unsafe stream.pointee.avail_in = UInt32(offered)
        let before = consumed
        while true {
            let (status, count) = unsafe withUnsafeTemporaryAllocation(byteCount: scratchBytes, alignment: 8)
            { room in
                // SAFETY: zlib writes at most `avail_out` bytes, and those written are initialised and read.
                unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                unsafe stream.pointee.avail_out = UInt32(room.count)
                let status = unsafe inflate(stream, Z_NO_FLUSH)
                let count = unsafe room.count - Int(stream.pointee.avail_out)
                unsafe output.append(contentsOf: room.prefix(min(count, limitBytes - produced)))
                return (status, count)
            }
            consumed = unsafe before + offered - Int(stream.pointee.avail_in)
            if count > limitBytes - produced { throw .tooLarge(limit: limitBytes) }
            produced += count
            switch status {
            case Z_STREAM_END:
                phase = coding == .gzip ? .beforeStream : .ended
                return consumed - before
            case Z_OK, Z_BUF_ERROR:
                // Room left over: zlib wants more input.
                if count < scratchBytes { return consumed - before }
            case Z_NEED_DICT: throw .corrupt(coding, at: consumed, reason: "it needs a dictionary")
            case Z_MEM_ERROR: throw .noMemory
            default:
                let reason = unsafe stream.pointee.msg.map { unsafe String(cString: $0) }
                throw .corrupt(coding, at: consumed, reason: reason ?? "zlib's error \(status)")
            }
        }
    }
}

private let scratchBytes = 32 * 1024

/// Unpacks a whole body.
///
/// - Parameters:
///   - encoding: `Content-Encoding`'s value; of several names, the last was applied last.
///   - limitBytes: of the unpacked body and of every stage before it.
public func decodeContent(_ bytes: [UInt8], encoding: String, limitBytes: Int) throws(ContentError) -> [UInt8]
{
    let names = encoding.split(separator: ",").map { $0.drop { $0 == " " || $0 == "\t" } }
    guard names.count <= encodingsLimit else { throw .tooManyEncodings(limit: encodingsLimit) }
    var codings: [ContentCoding] = []
    for name in names {
        let name = name.prefix { $0 != " " && $0 != "\t" }
        guard let coding = ContentCoding(named: name) else { throw .unknownEncoding(String(name)) }
        codings.append(coding)
    }
    var bytes = bytes
    for coding in codings.reversed() where coding != .identity {
        var decoder = ContentDecoder(coding, limitBytes: limitBytes)
        var output: [UInt8] = []
        unsafe try decoder.decode(bytes.span.bytes, into: &output)
        try decoder.finish()
        bytes = output
    }
    return bytes
}

private let encodingsLimit = 4
