internal import CBrotli
internal import CZstd

/// Unpacks what zlib does not know.
protocol PieceDecoder: AnyObject {
    /// Whether the packed data ended with what was offered so far, or nothing was offered.
    var isWhole: Bool { get }

    /// - Parameters:
    ///   - offset: of the piece in its body, for errors.
    ///   - room: how many bytes may come out; one more is an error.
    ///   - limit: named in that error.
    func decode(
        _ bytes: UnsafeRawBufferPointer, offset: Int, into output: inout [UInt8], room: Int, limit: Int
    ) throws(ContentError)
}

private let pieceBytes = 32 * 1024

/// Lets `write` fill a piece of room and appends what it wrote, up to a bound.
private func fill(
    _ output: inout [UInt8], upTo bound: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int
) -> Int {
    unsafe withUnsafeTemporaryAllocation(byteCount: pieceBytes, alignment: 8) { room in
        // SAFETY: only what was written is read.
        let count = unsafe write(room)
        unsafe output.append(contentsOf: room.prefix(min(count, bound)))
        return count
    }
}

/// RFC 7932; its window is at most 16 MiB.
@safe final class BrotliPieceDecoder: PieceDecoder {
    // SAFETY: made in `init`, freed in `deinit`.
    private let state: OpaquePointer
    private var hasBegun = false

    init() throws(ContentError) {
        guard let made = unsafe BrotliDecoderCreateInstance(nil, nil, nil) else { throw .noMemory }
        unsafe state = made
    }

    deinit { unsafe BrotliDecoderDestroyInstance(state) }

    var isWhole: Bool { unsafe !hasBegun || BrotliDecoderIsFinished(state) != 0 }

    func decode(
        _ bytes: UnsafeRawBufferPointer, offset: Int, into output: inout [UInt8], room: Int, limit: Int
    ) throws(ContentError) {
        guard bytes.count > 0 else { return }
        if hasBegun, isWhole { throw .trailingBytes(.br, at: offset) }
        hasBegun = true
        var (room, rest) = (room, bytes.count)
        var next = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        while true {
            var result = BROTLI_DECODER_RESULT_ERROR
            let count = unsafe fill(&output, upTo: room) { piece in
                var free = piece.count
                var out = unsafe piece.baseAddress?.assumingMemoryBound(to: UInt8.self)
                // SAFETY: the library moves both pointers within what the counts say.
                result = unsafe BrotliDecoderDecompressStream(state, &rest, &next, &free, &out, nil)
                return piece.count - free
            }
            if count > room { throw .tooLarge(limit: limit) }
            room -= count
            switch result {
            case BROTLI_DECODER_RESULT_SUCCESS:
                if rest > 0 { throw .trailingBytes(.br, at: offset + bytes.count - rest) }
                return
            case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT: return
            case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT: break
            default:
                let reason = unsafe BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state))
                throw .corrupt(
                    .br, at: offset + bytes.count - rest,
                    reason: unsafe reason.map { unsafe String(cString: $0) } ?? "brotli's error")
            }
        }
    }
}

/// RFC 8878; a window beyond 8 MiB is refused, as RFC 9659 has it for HTTP.
@safe final class ZstdPieceDecoder: PieceDecoder {
    // SAFETY: made in `init`, freed in `deinit`.
    private let context: OpaquePointer
    /// What the library said last: 0 at the end of a frame.
    private var pending = 0

    init() throws(ContentError) {
        guard let made = unsafe ZSTD_createDCtx() else { throw .noMemory }
        unsafe context = made
        unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, 23)
    }

    deinit { unsafe ZSTD_freeDCtx(context) }

    var isWhole: Bool { pending == 0 }

    func decode(
        _ bytes: UnsafeRawBufferPointer, offset: Int, into output: inout [UInt8], room: Int, limit: Int
    ) throws(ContentError) {
        var room = room
        var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var isFull = false
        while unsafe input.pos < input.size || isFull {
            let count = unsafe fill(&output, upTo: room) { piece in
                var out = unsafe ZSTD_outBuffer(dst: piece.baseAddress, size: piece.count, pos: 0)
                // SAFETY: both buffers are alive for the call.
                pending = unsafe ZSTD_decompressStream(context, &out, &input)
                isFull = unsafe out.pos == out.size
                return unsafe out.pos
            }
            if ZSTD_isError(pending) != 0 {
                throw unsafe .corrupt(
                    .zstd, at: offset + input.pos, reason: String(cString: ZSTD_getErrorName(pending)))
            }
            if count > room { throw .tooLarge(limit: limit) }
            room -= count
            if pending == 0 { isFull = false }
        }
    }
}
