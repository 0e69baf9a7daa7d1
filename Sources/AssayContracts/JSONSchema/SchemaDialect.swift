import AssayFormats

/// Which keywords a document's schemas are written with.
struct SchemaDialect: Hashable {
    /// In the order in which they came.
    enum Version: Int, Comparable {
        case draft4, draft6, draft7, draft2019, draft2020

        static func < (left: Version, right: Version) -> Bool { left.rawValue < right.rawValue }
    }

    var version: Version
    /// The variant of draft 4 that OpenAPI 3.0 made its own.
    var isOpenAPI30 = false
    /// Off when a metaschema leaves the validation vocabulary out.
    var validates = true
    var appliesSubschemas = true
    var judgesUnevaluated = true
    var assertsFormats = false

    static let draft2020 = SchemaDialect(version: .draft2020)
    static let openAPI30 = SchemaDialect(version: .draft4, isOpenAPI30: true)

    /// Before 2019-09, what stands beside `$ref` does not count.
    var refStandsAlone: Bool { version < .draft2019 }
    var idKeyword: String? { isOpenAPI30 ? nil : version == .draft4 ? "id" : "$id" }
    var hasExclusiveFlags: Bool { version == .draft4 }
    var hasAnchors: Bool { version >= .draft2019 }
    /// Whether a list of schemas by place is `prefixItems`, not `items`.
    var hasPrefixItems: Bool { version >= .draft2020 }

    private static let versions: [String: Version] = [
        "https://json-schema.org/draft/2020-12/schema": .draft2020,
        "https://spec.openapis.org/oas/3.1/dialect/base": .draft2020,
        "https://json-schema.org/draft/2019-09/schema": .draft2019,
        "http://json-schema.org/draft-07/schema": .draft7,
        "https://json-schema.org/draft-07/schema": .draft7,
        "http://json-schema.org/draft-06/schema": .draft6,
        "http://json-schema.org/draft-04/schema": .draft4,
    ]

    /// The dialect that `$schema` names.
    ///
    /// - Parameter place: for the error when there is no such dialect.
    static func named(
        _ uri: String, documents: SchemaDocuments, place: String
    ) throws(SchemaError) -> SchemaDialect {
        let name = uri.hasSuffix("#") ? String(uri.dropLast()) : uri
        if let version = versions[name] { return SchemaDialect(version: version) }
        guard let metaschema = documents.read(name)?.json else {
            throw SchemaError(
                place: place + "/$schema",
                expected: "a draft from 4 to 2020-12, or a metaschema that can be read", actual: "'\(uri)'")
        }
        return try custom(metaschema, place: name)
    }

    private static func custom(_ metaschema: JSON, place: String) throws(SchemaError) -> SchemaDialect {
        let parent = metaschema["$schema"]?.stringValue
        let version = parent.map { $0.hasSuffix("#") ? String($0.dropLast()) : $0 }.flatMap { versions[$0] }
        guard let vocabularies = metaschema["$vocabulary"]?.objectValue else {
            if let version { return SchemaDialect(version: version) }
            guard let parent, parent != place else { return .draft2020 }
            throw SchemaError(
                place: place + "#/$schema", expected: "a metaschema of a draft from 4 to 2020-12",
                actual: "'\(parent)'")
        }
        var dialect = SchemaDialect(version: version ?? .draft2020)
        let is2019 = dialect.version == .draft2019
        let prefix = "https://json-schema.org/draft/\(is2019 ? "2019-09" : "2020-12")/vocab/"
        let known = [
            "core", "applicator", "unevaluated", "validation", "meta-data", "format", "format-annotation",
            "format-assertion", "content",
        ]
        for (name, isRequired) in vocabularies where isRequired == .bool(true) {
            guard name.hasPrefix(prefix), known.contains(String(name.dropFirst(prefix.count))) else {
                throw SchemaError(
                    place: place + "#/$vocabulary",
                    expected: "only vocabularies of draft \(is2019 ? "2019-09" : "2020-12") to be required",
                    actual: name)
            }
        }
        dialect.validates = vocabularies[prefix + "validation"] != nil
        dialect.appliesSubschemas = vocabularies[prefix + "applicator"] != nil
        dialect.judgesUnevaluated = vocabularies[prefix + (is2019 ? "applicator" : "unevaluated")] != nil
        dialect.assertsFormats =
            vocabularies[prefix + "format-assertion"] != nil
            || is2019 && vocabularies[prefix + "format"] == .bool(true)
        return dialect
    }
}
