public import AssayFormats

/// Makes JSON Schemas (draft 2020-12) of examples.
///
/// A member is required when every object had it, and optional otherwise; a null beside other values makes the place
/// nullable. Object shapes that stand at several places become one definition, named after its places. The same
/// examples give the same schema in whatever order they come, and every example holds against it.
public struct SchemaInference: Sendable {
    public struct Options: Sendable {
        /// Few different texts in many examples become an `enum`.
        public var enums = false
        /// Objects take no other members than those that were seen.
        public var isStrict = false
        /// Says in `$comment` how many objects had an optional member.
        public var counts = false
        public init() {}
    }

    public var options: Options

    public init(_ options: Options = Options()) { self.options = options }

    /// The schema of one shape as a document of its own.
    ///
    /// - Parameter name: what an example is, like `order`; becomes its `title`.
    public func document(of shape: ExampleShape, name: String) -> JSON {
        let folding = SchemaFolding([(SchemaName.hint(name), shape)], rootsCount: false)
        let writer = SchemaWriter(options: options, folding: folding, prefix: "#/$defs/")
        var document: JSONObject = [
            "$schema": "https://json-schema.org/draft/2020-12/schema", "title": .string(name),
        ]
        if let schema = writer.schema(of: shape, isRoot: true).objectValue {
            for (key, value) in schema { document[key] = value }
        }
        let definitions = writer.definitions
        if !definitions.isEmpty { document["$defs"] = .object(definitions) }
        return .object(document)
    }
}

/// Renders shapes, with references to what was folded.
struct SchemaWriter {
    let options: SchemaInference.Options
    let folding: SchemaFolding
    /// What stands before a definition's name in a reference.
    let prefix: String

    /// Folded shapes by their names.
    var definitions: JSONObject {
        JSONObject(folding.definitions.map { ($0.name, schema(of: $0.shape, isRoot: true)) })
    }

    /// - Parameter isRoot: it is what a definition says, so no reference to itself.
    func schema(of shape: ExampleShape, isRoot: Bool = false) -> JSON {
        if !isRoot, let name = folding.name(of: shape) {
            let reference: JSON = ["$ref": .string(prefix + name)]
            return shape.nulls > 0 ? ["anyOf": [reference, ["type": "null"]]] : reference
        }
        // What nobody looked at may be anything.
        guard shape.unseen == 0, shape.count > 0 else { return [:] }
        var schema = JSONObject()
        let types = shape.types
        schema["type"] = types.count == 1 ? .string(types[0]) : .array(types.map(JSON.string))
        if let strings = shape.strings { write(strings, of: shape, into: &schema) }
        if let arrays = shape.arrays { write(arrays, into: &schema) }
        if let objects = shape.objects { write(objects, into: &schema) }
        return .object(schema)
    }

    private func write(_ strings: StringShape, of shape: ExampleShape, into schema: inout JSONObject) {
        if let format = RecognisedFormat.ordered.first(where: strings.formats.contains) {
            schema["format"] = .string(format)
        } else if options.enums, let words = enumeration(strings), strings.count + shape.nulls == shape.count
        {
            schema["enum"] = .array(words + (shape.nulls > 0 ? [JSON.null] : []))
        }
    }

    /// From two words on, each seen about four times.
    private func enumeration(_ strings: StringShape) -> [JSON]? {
        guard let values = strings.values, values.count > 1, strings.count >= max(8, values.count * 4)
        else { return nil }
        return values.sorted().map { .string($0.text) }
    }

    private func write(_ arrays: ArrayShape, into schema: inout JSONObject) {
        if let tuple = arrays.tuple {
            schema["prefixItems"] = .array(tuple.map { self.schema(of: $0) })
            schema["items"] = false
            schema["minItems"] = .int(Int64(tuple.count))
        } else if let items = arrays.items {
            schema["items"] = .some(self.schema(of: items))
        }
    }

    private func write(_ objects: ObjectShape, into schema: inout JSONObject) {
        if let values = objects.map {
            schema["additionalProperties"] = .some(self.schema(of: values))
            return
        }
        let members = objects.ordered
        guard !members.isEmpty else { return }
        let required = members.filter { $0.member.count == objects.count }
        if !required.isEmpty { schema["required"] = .array(required.map { .string($0.name) }) }
        var properties = JSONObject()
        for (name, member) in members {
            var value = self.schema(of: member.shape)
            if options.counts, member.count < objects.count, var object = value.objectValue {
                object["$comment"] = .string("in \(member.count) of \(objects.count)")
                value = .object(object)
            }
            properties[name] = .some(value)
        }
        schema["properties"] = .object(properties)
        if options.isStrict { schema["additionalProperties"] = false }
    }
}
