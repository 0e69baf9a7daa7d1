internal import CBrotli
internal import CZlib
internal import CZstd

/// Packs a body piece by piece; `deflate` is a zlib stream.
///
/// One encoder packs one body: offer its pieces with ``encode(_:into:)`` and say ``finish(into:)`` at its end.
public final class ContentEncoder {
    private let backend: (any PieceEncoder)?

    /// - Parameter level: 1 is fast, 9 is small; beyond these the nearest counts.
    /// - Throws: ``ContentError/noMemory``.
    public init(_ coding: ContentCoding, level: Int = 6) throws(ContentError) {
        let level = Int32(min(9, max(1, level)))
        switch coding {
        case .identity: backend = nil
        case .gzip: backend = try ZlibEncoder(windowBits: 15 + 16, level: level)
        case .deflate: backend = try ZlibEncoder(windowBits: 15, level: level)
        case .br: backend = try BrotliEncoder(quality: level)
        case .zstd: backend = try ZstdEncoder(level: level)
        }
    }

    /// Packs one piece; what is ready comes out.
    public func encode(_ bytes: [UInt8], into output: inout [UInt8]) throws(ContentError) {
        guard let backend else { return output += bytes }
        try run(backend, bytes, isEnd: false, &output)
    }

    /// Says that the body has ended, and gives the rest.
    public func finish(into output: inout [UInt8]) throws(ContentError) {
        if let backend { try run(backend, [], isEnd: true, &output) }
    }

    private func run(
        _ backend: any PieceEncoder, _ bytes: [UInt8], isEnd: Bool, _ output: inout [UInt8]
    ) throws(ContentError) {
        // SAFETY: the array is alive for the call, and no encoder keeps a pointer to it.
        let isDone = unsafe bytes.withUnsafeBytes { unsafe backend.run($0, isEnd: isEnd, into: &output) }
        if !isDone { throw .noMemory }
    }
}

/// Packs a whole body.
///
/// - Throws: ``ContentError/noMemory``.
public func encodeContent(
    _ bytes: [UInt8], as coding: ContentCoding, level: Int = 6
) throws(ContentError) -> [UInt8] {
    if coding == .identity { return bytes }
    let encoder = try ContentEncoder(coding, level: level)
    var output: [UInt8] = []
    try encoder.encode(bytes, into: &output)
    try encoder.finish(into: &output)
    return output
}

private protocol PieceEncoder: AnyObject {
    /// - Returns: `false` when the library gave up, which it does for want of memory only.
    func run(_ bytes: UnsafeRawBufferPointer, isEnd: Bool, into output: inout [UInt8]) -> Bool
}

private let roomBytes = 32 * 1024

/// Lets `write` fill room with packed bytes and appends what it wrote.
private func fill(_ output: inout [UInt8], _ write: (UnsafeMutableRawBufferPointer) -> Int) {
    unsafe withUnsafeTemporaryAllocation(byteCount: roomBytes, alignment: 8) { room in
        // SAFETY: only what was written is read.
        let count = unsafe write(room)
        unsafe output.append(contentsOf: room.prefix(count))
    }
}

@safe private final class ZlibEncoder: PieceEncoder {
    // SAFETY: allocated and initialised in `init`, freed in `deinit`; it must not move, zlib's state points back to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)

    init(windowBits: Int32, level: Int32) throws(ContentError) {
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let status = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard status == Z_OK else { throw .noMemory }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    func run(_ bytes: UnsafeRawBufferPointer, isEnd: Bool, into output: inout [UInt8]) -> Bool {
        var place = 0
        repeat {
            let count = min(bytes.count - place, 1 << 30)
            // SAFETY: zlib reads its input only, though its type says otherwise.
            unsafe stream.pointee.next_in = bytes.baseAddress.map {
                unsafe UnsafeMutablePointer(mutating: ($0 + place).assumingMemoryBound(to: UInt8.self))
            }
            unsafe stream.pointee.avail_in = UInt32(count)
            place += count
            let flush = isEnd && place == bytes.count ? Z_FINISH : Z_NO_FLUSH
            var isFull = true
            while isFull {
                unsafe fill(&output) { room in
                    unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    unsafe stream.pointee.avail_out = UInt32(room.count)
                    unsafe deflate(stream, flush)
                    isFull = unsafe stream.pointee.avail_out == 0
                    return unsafe room.count - Int(stream.pointee.avail_out)
                }
            }
        } while place < bytes.count
        return true
    }
}

@safe private final class BrotliEncoder: PieceEncoder {
    // SAFETY: made in `init`, freed in `deinit`.
    private let state: OpaquePointer

    init(quality: Int32) throws(ContentError) {
        guard let made = unsafe BrotliEncoderCreateInstance(nil, nil, nil) else { throw .noMemory }
        unsafe state = made
        unsafe BrotliEncoderSetParameter(state, BROTLI_PARAM_QUALITY, UInt32(quality))
    }

    deinit { unsafe BrotliEncoderDestroyInstance(state) }

    func run(_ bytes: UnsafeRawBufferPointer, isEnd: Bool, into output: inout [UInt8]) -> Bool {
        var rest = bytes.count
        var next = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var isDone = true
        repeat {
            unsafe fill(&output) { room in
                var free = room.count
                var out = unsafe room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                // SAFETY: the library moves both pointers within what the counts say.
                isDone =
                    unsafe BrotliEncoderCompressStream(
                        state, isEnd ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS, &rest, &next,
                        &free, &out,
                        nil) != 0
                return room.count - free
            }
        } while unsafe isDone && (rest > 0 || BrotliEncoderHasMoreOutput(state) != 0)
        return isDone
    }
}

@safe private final class ZstdEncoder: PieceEncoder {
    // SAFETY: made in `init`, freed in `deinit`.
    private let context: OpaquePointer

    init(level: Int32) throws(ContentError) {
        guard let made = unsafe ZSTD_createCCtx() else { throw .noMemory }
        unsafe context = made
        unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    }

    deinit { unsafe ZSTD_freeCCtx(context) }

    func run(_ bytes: UnsafeRawBufferPointer, isEnd: Bool, into output: inout [UInt8]) -> Bool {
        var input = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        var left = 0
        repeat {
            unsafe fill(&output) { room in
                var out = unsafe ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
                // SAFETY: both buffers are alive for the call.
                left = unsafe ZSTD_compressStream2(
                    context, &out, &input, isEnd ? ZSTD_e_end : ZSTD_e_continue)
                return unsafe out.pos
            }
            if ZSTD_isError(left) != 0 { return false }
        } while unsafe isEnd ? left > 0 : input.pos < input.size
        return true
    }
}
