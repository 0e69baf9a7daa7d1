extension [UInt8] {
    /// A copy of what a span holds.
    init(copying bytes: RawSpan) {
        // SAFETY: the pointer is used within the closure only.
        self = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
