public import AssayScript

/// Where lines go that scripts say, and that are said about scripts.
public struct ScriptLog: Sendable {
    /// One line, which may hold line breaks.
    public struct Line: Sendable, Equatable {
        public var level: ScriptLogLevel
        public var text: String
        /// Names and values behind the text, in their order.
        public var fields: [ScriptTag]

        public init(_ level: ScriptLogLevel, _ text: String, fields: [ScriptTag] = []) {
            self.level = level
            self.text = text
            self.fields = fields
        }
    }

    private let take: @Sendable (Line) -> Void

    /// - Parameter take: called on the threads of all reactors.
    public init(_ take: @escaping @Sendable (Line) -> Void) { self.take = take }

    func write(_ line: Line) { take(line) }
}
