public import AssayFormats
import Synchronization

/// Which way a schema's values go.
///
/// OpenAPI and JSON Schema mark members as `readOnly` (the owner sets them) and `writeOnly` (the owner never shows
/// them). In a request read-only members need not be there, though one may send back what one was given; in a
/// response write-only members need not be there, and one that is there is a violation.
public enum SchemaUse: String, Sendable, Hashable {
    /// Both marks only describe.
    case plain
    case request
    case response
}

/// A JSON Schema, compiled once and able to judge any number of values, from any thread.
///
/// Draft 2020-12 is the default; `$schema` may name 2019-09, 7, 6 or 4, or a metaschema of its own whose
/// vocabularies are known. Schemas inside an OpenAPI document have that document's dialect: 3.0's (`nullable`,
/// boolean `exclusiveMinimum`, `$ref` alone) or draft 2020-12 from 3.1 on.
///
/// Values are judged by JSON's rules: `1.0` is an integer, lengths count Unicode scalars, names differ byte by byte.
/// Source: JSON Schema core and validation, 2020-12.
public struct JSONSchema: Sendable {
    let program: SchemaProgram
    let root: Int
    /// The same for values on a tape; `nil` when what the schema means depends on the way to it.
    private let tapeProgram: TapeProgramBox

    init(_ program: SchemaProgram, root: Int) {
        self.program = program
        self.root = root
        tapeProgram = TapeProgramBox()
    }

    /// - Parameters:
    ///   - document: the schema, or the document that has it.
    ///   - baseURI: where the document is from: a URI or a path. References are resolved against it. With a fragment,
    ///     the schema there is meant (`openapi.yaml#/components/schemas/Item`).
    ///   - documents: where references to other documents are read.
    ///   - assertsFormats: whether `format` is judged; by default it only describes, unless the metaschema says more.
    ///   - use: whether values are sent or received; see ``SchemaUse``.
    ///   - positions: where the document's parts stand in its file; violations and errors then say it.
    /// - Throws: what is wrong with the schema and where: a keyword of the wrong kind, a reference to nothing, a
    ///   pattern that is none, a `$schema` that is not known.
    public init(
        compiling document: JSON, at baseURI: String = "", documents: SchemaDocuments = .none,
        assertsFormats: Bool = false, use: SchemaUse = .plain, positions: DocumentPositions? = nil
    ) throws(SchemaError) {
        try self.init(
            compiling: SchemaDocument(document, positions: positions), at: baseURI, documents: documents,
            assertsFormats: assertsFormats, use: use)
    }

    /// As ``init(compiling:at:documents:assertsFormats:use:positions:)``, of a document with its places.
    public init(
        compiling document: SchemaDocument, at baseURI: String = "", documents: SchemaDocuments = .none,
        assertsFormats: Bool = false, use: SchemaUse = .plain
    ) throws(SchemaError) {
        var compiler = SchemaCompiler(documents: documents, assertsFormats: assertsFormats, use: use)
        let root = try compiler.compile(document, at: URIReference(baseURI))
        self.init(compiler.program, root: root)
    }

    /// What is wrong with a value; nothing when it holds.
    ///
    /// Values nested too deep, patterns and combinations that take too many steps and references that lead back to
    /// themselves are violations too: judging always ends.
    ///
    /// - Parameters:
    ///   - limit: so many violations are told at most.
    ///   - positions: where the value's parts stand in their file; violations then say it.
    /// - Complexity: at most ``stepLimit`` schemas are looked at.
    public func violations(
        of value: JSON, limit: Int = 20, positions: DocumentPositions? = nil
    ) -> [SchemaViolation] {
        var judge = SchemaJudge(schema: program, root: root, limit: max(limit, 1))
        judge.run(value)
        guard let positions else { return judge.violations }
        return judge.violations.map { violation in
            var violation = violation
            violation.instanceLocation = positions.nearestLocation(of: violation.instancePointer)
            return violation
        }
    }

    /// Whether a value holds.
    public func accepts(_ value: JSON) -> Bool { violations(of: value, limit: 1).isEmpty }

    /// How many times a schema may meet a value in one judgement.
    public static let stepLimit = 2_000_000
    /// How deep schemas may be entered in one judgement; a value of this depth needs at least as many.
    public static let depthLimit = 512
}

extension JSONSchema {
    /// Whether the value of a parsed text holds.
    ///
    /// Most schemas are judged on the tape itself, without building values; those that ask for
    /// `unevaluatedProperties` and the like build what they need.
    public func accepts(_ tape: JSONTape) -> Bool {
        guard let root = tape.root else { return false }
        if let tapeProgram = tapeProgram.value(program, root: self.root) {
            var judge = TapeJudge(tapeProgram, tape)
            let holds = judge.judge()
            if !judge.gaveUp { return holds }
        }
        return accepts(tape.json(root))
    }

    /// What is wrong with the value of a parsed text; nothing when it holds.
    ///
    /// - Parameter limit: so many violations are told at most.
    public func violations(of tape: JSONTape, limit: Int = 20) -> [SchemaViolation] {
        guard let root = tape.root, !accepts(tape) else { return [] }
        return violations(of: tape.json(root), limit: limit)
    }

    /// What is wrong with a JSON text; nothing when it holds.
    ///
    /// - Parameters:
    ///   - bytes: one JSON text, UTF-8.
    ///   - limit: so many violations are told at most.
    /// - Throws: where the text stops being JSON.
    public func violations(
        ofJSON bytes: some Collection<UInt8>, limit: Int = 20
    ) throws(JSONError) -> [SchemaViolation] {
        var tape = JSONTape()
        try tape.parse(Array(bytes))
        return violations(of: tape, limit: limit)
    }
}

/// The tape's form of a schema, made when a tape is judged for the first time: of a large document few schemas are ever
/// used, and each has the form of all that it reaches.
private final class TapeProgramBox: Sendable {
    private let made = Mutex<TapeProgram??>(nil)

    func value(_ program: SchemaProgram, root: Int) -> TapeProgram? {
        made.withLock { made in
            if let made { return made }
            let value = TapeCompiler.compile(program, root: root)
            made = .some(value)
            return value
        }
    }
}
