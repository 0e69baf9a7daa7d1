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
        /// Before any schema was compiled.
        let fresh: SchemaCompiler
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
        state = Mutex(State(fresh: compiler, compiler: compiler, resource: resource))
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

    /// The schemas at several places, compiled together: the cheapest way to have many.
    ///
    /// - Returns: for each place its schema, or what is wrong with it.
    public func schemas(at pointers: [String]) -> [String: Result<JSONSchema, SchemaError>] {
        state.withLock { state in
            var roots: [String: Int] = [:]
            var failures: [String: Result<JSONSchema, SchemaError>] = [:]
            var waiting = pointers[...]
            while let pointer = waiting.popFirst() {
                guard roots[pointer] == nil, failures[pointer] == nil else { continue }
                switch Self.root(of: pointer, &state) {
                case .success(let root): roots[pointer] = root
                case .failure(let error):
                    failures[pointer] = .failure(error)
                    // What had been compiled before went with what was half done.
                    waiting = pointers[...]
                    roots = [:]
                }
            }
            let program = state.compiler.program
            let found = roots.mapValues { root -> Result<JSONSchema, SchemaError> in
                .success(JSONSchema(program, root: root))
            }
            return found.merging(failures) { first, _ in first }
        }
    }

    private static func compile(_ pointer: String, _ state: inout State) -> Result<JSONSchema, SchemaError> {
        root(of: pointer, &state).map { JSONSchema(state.compiler.program, root: $0) }
    }

    /// The compiler is not copied for each schema, which would cost as much as all that is known; after one that is wrong
    /// it begins anew.
    private static func root(of pointer: String, _ state: inout State) -> Result<Int, SchemaError> {
        do throws(SchemaError) {
            return .success(try state.compiler.compile(pointer, in: state.resource, said: "#" + pointer))
        } catch {
            state.compiler = state.fresh
            return .failure(error)
        }
    }
}
