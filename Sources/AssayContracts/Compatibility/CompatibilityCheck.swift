/// Judges a family of schemas that has versions: `orders/v1`, `orders/v2`, ….
public enum CompatibilityCheck {
    /// One version of a family: each of its schemas by name, in the same folder.
    public struct Version: Sendable {
        /// `v2`.
        public var name: String
        /// By file name, like `aggregate.schema.json`.
        public var schemas: [(name: String, document: ComparedDocument)]

        public init(name: String, schemas: [(name: String, document: ComparedDocument)]) {
            self.name = name
            self.schemas = schemas
        }
    }

    /// One departure of a version from one before it.
    public struct Judgement: Sendable, Hashable {
        public var schema: String
        /// Names of the two versions.
        public var old: String
        public var new: String
        public var finding: CompatibilityFinding
    }

    /// Compares the versions of a family.
    ///
    /// Each version is compared with the one before it; by a transitive mode with all before it. Schemas are paired by
    /// name; one that a version no longer has is no departure (nobody writes it any more).
    ///
    /// - Parameters:
    ///   - versions: the oldest first.
    ///   - mode: which data must stay readable.
    /// - Returns: changes of every level, ordered by version, schema and level.
    /// - Throws: what is wrong with a schema.
    public static func judge(
        versions: [Version], mode: CompatibilityMode
    ) throws(SchemaError) -> [Judgement] {
        var found: [Judgement] = []
        for (place, new) in versions.enumerated().dropFirst() {
            for old in mode.isTransitive ? versions[..<place] : versions[(place - 1)..<place] {
                for schema in new.schemas {
                    guard let before = old.schemas.first(where: { $0.name == schema.name }) else { continue }
                    let findings = try compareSchemas(
                        old: before.document, new: schema.document, as: .stored(mode))
                    found += findings.map {
                        Judgement(schema: schema.name, old: old.name, new: new.name, finding: $0)
                    }
                }
            }
        }
        return found
    }

    /// Compares the versions of one schema, given as documents alone.
    ///
    /// - Returns: as ``judge(versions:mode:)-(Array<Version>,_)``, without the names.
    public static func judge(
        versions: [ComparedDocument], mode: CompatibilityMode
    ) throws(SchemaError) -> [CompatibilityFinding] {
        let named = versions.enumerated().map { Version(name: "\($0)", schemas: [("", $1)]) }
        return try judge(versions: named, mode: mode).map(\.finding)
    }
}
