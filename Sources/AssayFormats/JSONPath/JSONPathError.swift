/// Why a text is not a JSONPath query: where, what would have been right there, and how to mend it.
public struct JSONPathError: Error, Sendable, Equatable {
    /// Unicode scalars before the place.
    public var offset: Int
    /// What would have been right, like `']' after the selectors`.
    public var expected: String
    /// What stands there, like `'='` or `the end of the query`.
    public var actual: String
    /// How to mend it, as an instruction, where there is one obvious way.
    public var fix: String?

    public init(offset: Int, expected: String, actual: String, fix: String? = nil) {
        self.offset = offset
        self.expected = expected
        self.actual = actual
        self.fix = fix
    }
}

extension JSONPathError: CustomStringConvertible {
    /// One sentence without a full stop: `column 5: expected a selector, found ']'`.
    public var description: String { "column \(offset + 1): expected \(expected), found \(actual)" }
}

/// A query visited more nodes than it was allowed to.
public struct JSONPathOverrun: Error, Sendable, Equatable, CustomStringConvertible {
    public var source: String
    public var maxVisits: Int
    public var description: String {
        "the query \(source) looks at more than \(maxVisits) nodes; make it more precise"
    }
}
