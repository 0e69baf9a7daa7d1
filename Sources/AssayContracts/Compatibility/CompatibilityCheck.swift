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
    /// Each schema is compared with the last version before it that has one of its name; by a transitive mode with all
    /// of them. A version without the schema goes on to use the one before, so it ends no promise; a schema that no later
    /// version has is no departure either.
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
            for schema in new.schemas {
                let earlier = versions[..<place].compactMap { version in
                    version.schemas.first { $0.name == schema.name }.map { (version.name, $0.document) }
                }
                for (old, document) in earlier.suffix(mode.isTransitive ? .max : 1) {
                    let findings = try compareSchemas(
                        old: document, new: schema.document, as: .stored(mode))
                    found += findings.map {
                        Judgement(schema: schema.name, old: old, new: new.name, finding: $0)
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
