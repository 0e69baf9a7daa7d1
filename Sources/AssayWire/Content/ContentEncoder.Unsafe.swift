internal import CZlib

/// Packs a whole body; `deflate` is a zlib stream.
///
/// - Parameters:
///   - level: 1 is fast, 9 is small; beyond these the nearest counts.
/// - Throws: ``ContentError/noMemory``.
public func encodeContent(
    _ bytes: [UInt8], as coding: ContentCoding, level: Int = 6
) throws(ContentError) -> [UInt8] {
    if coding == .identity { return bytes }
    var stream = unsafe z_stream()
    let size = unsafe Int32(MemoryLayout<z_stream>.size)
    let windowBits: Int32 = coding == .gzip ? 15 + 16 : 15
    let level = Int32(min(9, max(1, level)))
    // SAFETY: zlib points into `stream`, which stays where it is within the closure; its state is freed there too.
    let packed: [UInt8]? = unsafe withUnsafeMutablePointer(to: &stream) { stream in
        let status = unsafe deflateInit2_(
            stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size)
        guard status == Z_OK else { return nil }
        defer { unsafe deflateEnd(stream) }
        // `deflateBound` is of use only for what a 32-bit length can say, so longer input goes in pieces.
        var output: [UInt8] = []
        var place = 0
        repeat {
            let count = min(bytes.count - place, inputBytes)
            let isLast = place + count == bytes.count
            unsafe bytes.withUnsafeBytes { bytes in
                // SAFETY: zlib reads its input only, though its type says otherwise.
                unsafe stream.pointee.next_in = bytes.baseAddress.map {
                    unsafe UnsafeMutablePointer(mutating: ($0 + place).assumingMemoryBound(to: UInt8.self))
                }
                unsafe stream.pointee.avail_in = UInt32(count)
                unsafe drain(stream, flush: isLast ? Z_FINISH : Z_NO_FLUSH, into: &output)
            }
            place += count
        } while place < bytes.count
        return output
    }
    guard let packed else { throw .noMemory }
    return packed
}

private let inputBytes = 1 << 30

private func drain(_ stream: UnsafeMutablePointer<z_stream>, flush: Int32, into output: inout [UInt8]) {
    var isFull = true
    while isFull {
        unsafe withUnsafeTemporaryAllocation(byteCount: 32 * 1024, alignment: 8) { room in
            // SAFETY: zlib writes at most `avail_out` bytes, and only those written are read.
            unsafe stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(room.count)
            unsafe deflate(stream, flush)
            unsafe output.append(contentsOf: room.prefix(room.count - Int(stream.pointee.avail_out)))
            isFull = unsafe stream.pointee.avail_out == 0
        }
    }
}
