public import AssayFormats

/// A JSON Schema, compiled once and able to judge any number of values, from any thread.
///
/// Draft 2020-12 is the default; `$schema` may name draft 7 (draft 6 is read as draft 7) or a metaschema of its
/// own whose vocabularies are known. Schemas inside an OpenAPI document have that document's dialect: 3.0's
/// (`nullable`, boolean `exclusiveMinimum`, `$ref` alone) or draft 2020-12 from 3.1 on.
///
/// Values are judged by JSON's rules: `1.0` is an integer, lengths count Unicode scalars, names differ byte by byte.
/// Source: JSON Schema core and validation, 2020-12.
public struct JSONSchema: Sendable {
    let nodes: [SchemaNode]
    let dynamicAnchors: [[String: Int]]
    let root: Int

    /// - Parameters:
    ///   - document: the schema, or the document that has it.
    ///   - baseURI: where the document is from: a URI or a path. References are resolved against it. With a fragment,
    ///     the schema there is meant (`openapi.yaml#/components/schemas/Item`).
    ///   - documents: where references to other documents are read.
    ///   - assertsFormats: whether `format` is judged; by default it only describes, unless the metaschema says more.
    /// - Throws: what is wrong with the schema and where: a keyword of the wrong kind, a reference to nothing, a
    ///   pattern that is none, a `$schema` that is not known.
    public init(
        compiling document: JSON, at baseURI: String = "", documents: SchemaDocuments = .none,
        assertsFormats: Bool = false
    ) throws(SchemaError) {
        var compiler = SchemaCompiler(documents: documents, assertsFormats: assertsFormats)
        root = try compiler.compile(document, at: URIReference(baseURI))
        nodes = compiler.nodes
        dynamicAnchors = compiler.dynamicAnchors
    }

    /// What is wrong with a value; nothing when it holds.
    ///
    /// Values nested too deep, patterns and combinations that take too many steps and references that lead back to
    /// themselves are violations too: judging always ends.
    ///
    /// - Parameter limit: so many violations are told at most.
    /// - Complexity: at most ``stepLimit`` schemas are looked at.
    public func violations(of value: JSON, limit: Int = 20) -> [SchemaViolation] {
        var judge = SchemaJudge(schema: self, limit: max(limit, 1))
        judge.run(value)
        return judge.violations
    }

    /// Whether a value holds.
    public func accepts(_ value: JSON) -> Bool { violations(of: value, limit: 1).isEmpty }

    /// How many times a schema may meet a value in one judgement.
    public static let stepLimit = 2_000_000
    /// How deep schemas may be entered in one judgement; a value of this depth needs at least as many.
    public static let depthLimit = 512
}
