import AssayFormats

/// The members of a schema that carry a mark, looked for in its `properties`, those of its `allOf` and where `$ref`s
/// lead.
struct MarkedMembers {
    /// `readOnly` or `writeOnly`.
    let mark: String
    /// Where the schema is written, for errors.
    let place: String
    private(set) var names: [String] = []
    /// Schemas that references led to already; those lead in circles, and to one schema in many ways.
    private var seen: Set<Int> = []
    /// A longer chain of references than anyone writes.
    private static let maxDepth = 32

    init(_ mark: String, at place: String) {
        self.mark = mark
        self.place = place
    }

    /// - Parameter depth: 0 for the schema that is compiled, whose own `$ref` is judged by itself.
    mutating func look(
        at schema: JSON, in resource: Int, with compiler: inout SchemaCompiler, depth: Int = 0
    ) {
        guard depth < Self.maxDepth, let members = schema.objectValue else { return }
        for (name, property) in members["properties"]?.objectValue ?? JSONObject() {
            var ways: Set<Int> = []
            if isMarked(property, in: resource, &ways, with: &compiler) { names.append(name) }
        }
        if depth > 0, let found = compiler.target(of: members, in: resource, by: place),
            seen.insert(found.node).inserted
        {
            look(at: found.schema, in: found.resource, with: &compiler, depth: depth + 1)
        }
        for part in members["allOf"]?.arrayValue ?? [] {
            look(at: part, in: resource, with: &compiler, depth: depth + 1)
        }
    }

    private func isMarked(
        _ schema: JSON, in resource: Int, _ ways: inout Set<Int>, with compiler: inout SchemaCompiler
    ) -> Bool {
        guard ways.count < Self.maxDepth, let members = schema.objectValue else { return false }
        if members[mark] == .bool(true) { return true }
        if let found = compiler.target(of: members, in: resource, by: place),
            ways.insert(found.node).inserted,
            isMarked(found.schema, in: found.resource, &ways, with: &compiler)
        {
            return true
        }
        for part in members["allOf"]?.arrayValue ?? []
        where isMarked(part, in: resource, &ways, with: &compiler) {
            return true
        }
        return false
    }
}
