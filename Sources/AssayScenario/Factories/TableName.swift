public import AssayCore

extension DatabaseKind {
    /// A name as an identifier, whatever characters it has.
    public func quoted(_ identifier: String) -> String {
        "\"" + identifier.replacing("\"", with: "\"\"") + "\""
    }
}

/// A table as people write it: `users`, or `auth.users` in a schema.
public struct TableName: Sendable, Hashable, CustomStringConvertible {
    public var schema: String?
    public var name: String

    public init(schema: String? = nil, name: String) {
        self.schema = schema
        self.name = name
    }

    /// - Returns: `nil` when the text is no `table` or `schema.table`.
    public init?(parsing text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), !parts.contains(where: \.isEmpty),
            !text.unicodeScalars.contains("\0")
        else { return nil }
        self.init(schema: parts.count == 2 ? parts[0] : nil, name: parts[parts.count - 1])
    }

    public var description: String { (schema.map { $0 + "." } ?? "") + name }

    /// The quoted name. SQLite has no schemas, so there the table goes by its own name alone.
    public func quoted(for kind: DatabaseKind) -> String {
        switch (kind, schema) {
        case (.postgres, let schema?): kind.quoted(schema) + "." + kind.quoted(name)
        case (.postgres, nil), (.sqlite, _): kind.quoted(name)
        }
    }
}
