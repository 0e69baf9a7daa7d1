/// Replaced by the full reader.
public struct JSONPath: Sendable {}
