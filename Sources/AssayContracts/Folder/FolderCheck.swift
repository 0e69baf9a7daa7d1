public import AssayCore
import AssayFormats

/// One thing of a folder of contracts that was judged without any service: a document, an example, a family's versions.
public struct FolderCheck: Sendable {
    /// `example status/v2/golden/update.json`
    public var name: String
    /// The family or contract that it is of.
    public var contract: String
    public var location: SourceLocation
    /// Empty when it holds.
    public var findings: [Finding]

    /// What does not hold.
    public struct Finding: Sendable, Hashable {
        /// `schema`, `document`, `example`, `example-backward`, `compatibility`; of versions, that of the change.
        public var rule: String
        /// `$.items[0].id`
        public var place: String
        public var expected: String
        public var actual: String
        public var schemaPath: String?
        public var location: SourceLocation?

        public init(
            _ rule: String, place: String, expected: String, actual: String, schemaPath: String? = nil,
            location: SourceLocation? = nil
        ) {
            self.rule = rule
            self.place = place
            self.expected = expected
            self.actual = actual
            self.schemaPath = schemaPath
            self.location = location
        }
    }

    public init(name: String, contract: String, location: SourceLocation, findings: [Finding] = []) {
        self.name = name
        self.contract = contract
        self.location = location
        self.findings = findings
    }
}

extension FolderCheck.Finding {
    /// - Parameter diagnostic: of a document that cannot be used.
    init(_ rule: String, _ diagnostic: Diagnostic) {
        self.init(
            rule, place: "\(diagnostic.code)", expected: "a document that can be used",
            actual: diagnostic.message + (diagnostic.fix.map { " (\($0))" } ?? ""),
            location: diagnostic.location)
    }

    init(_ rule: String, _ violation: SchemaViolation, in place: String = "") {
        self.init(
            rule, place: place + violation.instancePath, expected: violation.expected,
            actual: violation.actual, schemaPath: violation.schemaPath, location: violation.schemaLocation)
    }
}
