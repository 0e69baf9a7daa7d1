/// One way in which a message is not as a pact expects it.
public struct PactMismatch: Sendable, Hashable {
    public enum Part: String, Sendable { case method, path, query, header, status, body, metadata }

    public var part: Part
    /// `$.items[0].id` of a body, the name of a header or parameter; empty for what there is only one of.
    public var place: String
    /// In words: `equal to 5`, `a string, like "a"`.
    public var expected: String
    public var actual: String

    public init(_ part: Part, _ place: String = "", expected: String, actual: String) {
        self.part = part
        self.place = place
        self.expected = expected
        self.actual = actual
    }

    /// `body $.items[0].id`, `header Accept`, `status`.
    public var subject: String { place.isEmpty ? part.rawValue : "\(part.rawValue) \(place)" }

    public var sentence: String { "\(subject): expected \(expected), found \(actual)" }
}
