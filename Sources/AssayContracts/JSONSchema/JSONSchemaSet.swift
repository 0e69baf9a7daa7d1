public import AssayFormats
import Synchronization

/// All schemas of one document, compiled together: what they share is compiled once.
///
/// ```swift
/// let requests = try JSONSchemaSet(compiling: document, at: "contracts/ui.yml", use: .request)
/// let task = try requests.schema(at: "/components/schemas/Task")
/// ```
///
/// A schema is compiled when it is first asked for, so one that is wrong does not spoil the others. May be asked
/// from any thread.
public final class JSONSchemaSet: Sendable {
    private struct State {
        var compiler: SchemaCompiler
        var resource: Int
        var known: [String: Result<JSONSchema, SchemaError>] = [:]
    }

    private let state: Mutex<State>

    /// - Parameters:
    ///   - document: has the schemas: an OpenAPI document or a schema.
    ///   - baseURI: where the document is from: a URI or a path, without fragment.
    ///   - documents: where references to other documents are read.
    ///   - assertsFormats: whether `format` is judged.
    ///   - use: whether values are sent or received; see ``SchemaUse``.
    /// - Throws: what is wrong with the document as a whole, like an `$id` that is none.
    public init(
        compiling document: SchemaDocument, at baseURI: String = "", documents: SchemaDocuments = .none,
        assertsFormats: Bool = false, use: SchemaUse = .plain
    ) throws(SchemaError) {
        var compiler = SchemaCompiler(documents: documents, assertsFormats: assertsFormats, use: use)
        let resource = try compiler.add(document, at: URIReference(baseURI).withoutFragment)
        state = Mutex(State(compiler: compiler, resource: resource))
    }

    /// As ``init(compiling:at:documents:assertsFormats:use:)``, of a document whose places are not known.
    public convenience init(
        compiling document: JSON, at baseURI: String = "", documents: SchemaDocuments = .none,
        assertsFormats: Bool = false, use: SchemaUse = .plain
    ) throws(SchemaError) {
        try self.init(
            compiling: SchemaDocument(document), at: baseURI, documents: documents,
            assertsFormats: assertsFormats, use: use)
    }

    /// The schema at a place of the document.
    ///
    /// - Parameter pointer: a JSON Pointer, `/components/schemas/Task`; empty for the whole document.
    /// - Throws: what is wrong with this schema or one that it refers to, and where.
    public func schema(at pointer: String) throws(SchemaError) -> JSONSchema {
        try state.withLock { state -> Result<JSONSchema, SchemaError> in
            if let known = state.known[pointer] { return known }
            let result = Self.compile(pointer, &state)
            state.known[pointer] = result
            return result
        }.get()
    }

    private static func compile(_ pointer: String, _ state: inout State) -> Result<JSONSchema, SchemaError> {
        // What a schema that is wrong left half done is dropped with the copy.
        var compiler = state.compiler
        do throws(SchemaError) {
            let root = try compiler.compile(pointer, in: state.resource, said: "#" + pointer)
            state.compiler = compiler
            return .success(JSONSchema(compiler.program, root: root))
        } catch {
            return .failure(error)
        }
    }
}
