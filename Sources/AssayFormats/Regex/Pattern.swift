/// Replaced by the full wrapper.
public struct Pattern: Sendable {}
