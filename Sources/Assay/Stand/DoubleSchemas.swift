internal import AssayContracts
internal import AssayDoubles
internal import AssayFormats

/// Lets mappings of doubles judge bodies by JSON Schemas (`matchesJsonSchema`).
enum DoubleSchemas {
    /// For the mappings that are read from now on; once more does no harm.
    static func connect() {
        StubSchemas.connect(
            StubSchemas { schema, version throws(SchemaRefusal) in
                do {
                    let compiled = try JSONSchema(compiling: try versioned(schema, version))
                    return { compiled.violations(of: $0, limit: 5).map(\.description) }
                } catch let refusal as SchemaRefusal {
                    throw refusal
                } catch {
                    throw SchemaRefusal("\(error)")
                }
            })
    }

    /// The schema with the `$schema` that a mapping's `schemaVersion` stands for; its own counts without one.
    private static func versioned(_ schema: JSON, _ version: String?) throws(SchemaRefusal) -> JSON {
        guard case .object(var object) = schema, let version else { return schema }
        switch version {
        // Drafts 4 and 6 are read as draft 7, and 2019-09 as 2020-12.
        case "V4", "V6", "V7": object["$schema"] = "http://json-schema.org/draft-07/schema"
        case "V201909", "V202012": object["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        default:
            throw SchemaRefusal("schemaVersion is V4, V6, V7, V201909 or V202012, found '\(version)'")
        }
        return .object(object)
    }
}
