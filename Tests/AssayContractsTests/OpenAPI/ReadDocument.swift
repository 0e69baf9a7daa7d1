import AssayContracts
import AssayCore
import AssayFormats
import Testing

/// A document read from a text, with what was found wrong with it.
struct ReadDocument {
    let document: APIDocument?
    let problems: [Diagnostic]

    /// - Parameter others: documents that it may refer to, by their paths.
    init(_ text: String, file: String = "api/jobs.yaml", others: [String: String] = [:]) {
        let bag = DiagnosticBag()
        let documents = SchemaDocuments(reading: { path in
            let bag = DiagnosticBag()
            return others[path].flatMap { YAMLReading(parsing: Array($0.utf8), file: path, bag: bag) }.flatMap
            {
                SchemaDocument($0)
            }
        })
        let yaml = YAMLReading(parsing: Array(text.utf8), file: file, bag: bag)
        document = yaml.flatMap { APIDocument.read($0, documents: documents) }
        problems = bag.all
    }

    var rendered: [String] { problems.map { $0.rendered() } }

    /// The document, of which nothing may be wrong.
    static func good(_ text: String, others: [String: String] = [:]) throws -> APIDocument {
        let read = ReadDocument(text, others: others)
        #expect(read.problems.isEmpty, "\(read.rendered)")
        return try #require(read.document)
    }
}
