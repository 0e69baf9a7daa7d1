import AssayFormats

/// Which keywords a document's schemas are written with.
struct SchemaDialect: Hashable {
    enum Version { case draft2020, draft7, openAPI30 }

    var version: Version
    /// Off when a metaschema leaves the validation vocabulary out.
    var validates = true
    var appliesSubschemas = true
    var judgesUnevaluated = true
    var assertsFormats = false

    static let draft2020 = SchemaDialect(version: .draft2020)
    static let draft7 = SchemaDialect(version: .draft7)
    static let openAPI30 = SchemaDialect(version: .openAPI30)

    /// Before 2019-09, what stands beside `$ref` does not count.
    var refStandsAlone: Bool { version != .draft2020 }
    var idKeyword: String? { version == .openAPI30 ? nil : "$id" }

    /// The dialect that `$schema` names.
    ///
    /// - Parameter place: for the error when there is no such dialect.
    static func named(
        _ uri: String, documents: SchemaDocuments, place: String
    ) throws(SchemaError) -> SchemaDialect {
        let name = uri.hasSuffix("#") ? String(uri.dropLast()) : uri
        switch name {
        case "https://json-schema.org/draft/2020-12/schema",
            "https://spec.openapis.org/oas/3.1/dialect/base":
            return .draft2020
        case "http://json-schema.org/draft-07/schema", "http://json-schema.org/draft-06/schema",
            "https://json-schema.org/draft-07/schema":
            return .draft7
        default: break
        }
        guard let metaschema = documents.read(name) else {
            throw SchemaError(
                place: place, expected: "`$schema` to name draft 2020-12, draft 7 or a readable metaschema",
                actual: uri)
        }
        return try custom(metaschema, place: name, documents: documents)
    }

    private static func custom(
        _ metaschema: JSON, place: String, documents: SchemaDocuments
    ) throws(SchemaError) -> SchemaDialect {
        guard let vocabularies = metaschema["$vocabulary"]?.objectValue else {
            guard let parent = metaschema["$schema"]?.stringValue, parent != place else { return .draft2020 }
            if parent.contains("draft-07") || parent.contains("draft-06") { return .draft7 }
            guard parent.contains("draft/2020-12/") else {
                throw SchemaError(
                    place: place, expected: "a metaschema of draft 2020-12 or draft 7", actual: parent)
            }
            return .draft2020
        }
        let prefix = "https://json-schema.org/draft/2020-12/vocab/"
        for (name, isRequired) in vocabularies where isRequired == .bool(true) {
            let known = [
                "core", "applicator", "unevaluated", "validation", "meta-data", "format-annotation",
                "format-assertion", "content",
            ]
            guard name.hasPrefix(prefix), known.contains(String(name.dropFirst(prefix.count))) else {
                throw SchemaError(
                    place: place + "#/$vocabulary",
                    expected: "only vocabularies of draft 2020-12 to be required",
                    actual: name)
            }
        }
        var dialect = SchemaDialect.draft2020
        dialect.validates = vocabularies[prefix + "validation"] != nil
        dialect.appliesSubschemas = vocabularies[prefix + "applicator"] != nil
        dialect.judgesUnevaluated = vocabularies[prefix + "unevaluated"] != nil
        dialect.assertsFormats = vocabularies[prefix + "format-assertion"] != nil
        return dialect
    }
}
