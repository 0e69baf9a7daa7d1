/// Whose SQL a database speaks.
public enum DatabaseKind: String, Sendable { case sqlite, postgres }
