/// Masks or unmasks bytes in place (RFC 6455 §5.3), a word at a time.
///
/// - Parameters:
///   - begin: of what is masked; all bytes from there on are.
///   - key: its first byte on the wire is the highest.
///   - offset: of the first byte within the frame's payload.
public func webSocketMask(_ bytes: inout [UInt8], from begin: Int = 0, key: UInt32, offset: Int = 0) {
    guard key != 0, begin < bytes.count else { return }
    // SAFETY: the pointer is used within the closure only, below its count.
    unsafe bytes.withUnsafeMutableBytes { all in
        let bytes = unsafe UnsafeMutableRawBufferPointer(rebasing: all[begin...])
        guard let start = bytes.baseAddress else { return }
        let shift = UInt32(offset & 3) * 8
        // In memory order, beginning with the byte that belongs to `offset`.
        let turned = shift == 0 ? key : key << shift | key >> (32 - shift)
        let small = turned.bigEndian
        let wide = UInt64(small) | UInt64(small) << 32
        var place = 0
        while place &+ 8 <= bytes.count {
            // SAFETY: eight bytes from `place` are inside; loads and stores need no alignment.
            let word = unsafe start.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            unsafe start.storeBytes(of: word ^ wide.littleEndian, toByteOffset: place, as: UInt64.self)
            place &+= 8
        }
        while place < bytes.count {
            unsafe bytes[place] ^= UInt8(truncatingIfNeeded: wide >> UInt64((place & 3) * 8))
            place &+= 1
        }
    }
}
