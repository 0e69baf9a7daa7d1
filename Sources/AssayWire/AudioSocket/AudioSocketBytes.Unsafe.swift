// What a span of raw bytes does not offer by safe means.

extension RawSpan {
    /// - Precondition: `place` is below the count.
    @inline(__always)
    func byte(at place: Int) -> UInt8 {
        // SAFETY: a byte has no layout, and the span checks that the place is its own.
        unsafe unsafeLoad(fromByteOffset: place, as: UInt8.self)
    }
}

extension Array<UInt8> {
    @inline(__always)
    mutating func append(copying bytes: RawSpan) {
        // SAFETY: the pointer is used within the closure only.
        unsafe bytes.withUnsafeBytes { unsafe append(contentsOf: $0) }
    }
}
