extension RawSpan {
    /// A copy.
    var copied: [UInt8] {
        // SAFETY: the pointer is used within the closure only.
        unsafe withUnsafeBytes { unsafe [UInt8]($0) }
    }
}
