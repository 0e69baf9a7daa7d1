internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// JSON Schemas named by `schema:`, read and compiled once each.
final class SchemaFiles: Sendable {
    private let folder: String

    init(folder: String) { self.folder = folder }

    func judge(_ reference: String, _ value: JSON, subject: String, location: SourceLocation?) -> [Mismatch] {
        [
            Mismatch(
                subject: subject, expected: "the schema \(reference)", actual: "schemas are not judged yet",
                location: location)
        ]
    }
}
