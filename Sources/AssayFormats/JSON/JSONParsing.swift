extension JSON {
    /// Reads one JSON text (RFC 8259, UTF-8, no byte order mark). Of repeated names the last value is kept.
    ///
    /// - Parameter maxDepth: how deep arrays and objects may be nested.
    /// - Throws: where the text stops being JSON, what was expected and what stands there.
    public init(parsing bytes: RawSpan, maxDepth: Int = JSONTape.defaultMaxDepth) throws(JSONError) {
        var tape = JSONTape()
        try tape.parse(bytes, maxDepth: maxDepth)
        self = tape.build(0)
    }

    public init(parsing bytes: [UInt8], maxDepth: Int = JSONTape.defaultMaxDepth) throws(JSONError) {
        var tape = JSONTape()
        try tape.parse(bytes, maxDepth: maxDepth)
        self = tape.build(0)
    }

    public init(
        parsing bytes: some Collection<UInt8>, maxDepth: Int = JSONTape.defaultMaxDepth
    ) throws(JSONError) {
        try self.init(parsing: Array(bytes), maxDepth: maxDepth)
    }

    public init(parsing text: String, maxDepth: Int = JSONTape.defaultMaxDepth) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), maxDepth: maxDepth)
    }
}
