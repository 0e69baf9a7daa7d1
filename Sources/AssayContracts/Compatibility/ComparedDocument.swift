internal import AssayCore
internal import AssayFormats

/// One version of a document in a comparison, with what is needed to follow and to show its places.
public struct ComparedDocument: Sendable {
    public var document: SchemaDocument
    /// Its path; references to other documents start from here. Messages name the file as its positions do.
    public var file: String
    /// JSON Pointer of the schema that is meant; empty for the whole document.
    public var pointer: String
    public var documents: SchemaDocuments
    /// Knows places of documents that came without positions.
    var locate: (@Sendable (_ file: String, _ pointer: String) -> SourceLocation?)?

    /// - Parameters:
    ///   - pointer: of the schema to compare; empty for the document's root.
    ///   - documents: where references to other documents are read, in the same version.
    public init(
        _ document: SchemaDocument, file: String, pointer: String = "", documents: SchemaDocuments = .none
    ) {
        self.document = document
        self.file = file
        self.pointer = pointer
        self.documents = documents
    }
}

/// Compares two versions of a JSON Schema.
///
/// References are followed on both sides, `allOf` is merged, and what means the same is the same: the forms of "or null"
/// (`nullable`, a list of types, `anyOf` with `null`), exclusive bounds as numbers and as switches, `const` and an `enum`
/// of one value. A schema that several places refer to is told once, at the shortest path.
///
/// - Parameters:
///   - old: the version that is in use.
///   - direction: who writes and who reads; decides rule ids and levels.
/// - Returns: every change but those of documentation alone, the worst first, then by path; empty when nothing changed.
///   ``CompatibilityRules/unfinished`` is among them when the schemas are too large to be compared whole.
/// - Throws: what is wrong with a schema: a reference to nothing, a `$schema` that is not known, nesting without end.
public func compareSchemas(
    old: ComparedDocument, new: ComparedDocument, as direction: SchemaDirection
) throws(SchemaError) -> [CompatibilityFinding] {
    let comparer = try SchemaComparer(old: old, new: new)
    let view = ChangeView(direction)
    let changes = try comparer.compare(
        [comparer.old.canonical(comparer.old.spot(at: old.pointer))],
        [comparer.new.canonical(comparer.new.spot(at: new.pointer))], use: view.use)
    var findings = changes.map { comparer.finding(of: $0, in: view, operation: nil, prefix: "") }
    if !comparer.isFinished { findings.append(CompatibilityRules.unfinishedFinding) }
    return findings.inReadingOrder
}

extension [CompatibilityFinding] {
    /// The worst first, then by operation and path.
    var inReadingOrder: [CompatibilityFinding] {
        sorted { left, right in
            if left.level != right.level { return left.level > right.level }
            return (left.operation ?? "", left.path, left.rule, left.message)
                < (right.operation ?? "", right.path, right.rule, right.message)
        }
    }
}
