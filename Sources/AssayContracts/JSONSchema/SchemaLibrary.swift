import AssayFormats

/// Every document that takes part in a compilation, cut into resources (`$id`) with their anchors.
struct SchemaLibrary {
    /// A schema with a URI of its own and everything below it that has none.
    struct Resource {
        var uri: URIReference
        var document: Int
        /// Of the resource's root in its document.
        var pointer: String
        var dialect: SchemaDialect
        /// Pointers from the document's root by name.
        var anchors: [String: String] = [:]
        var dynamicAnchors: [String: String] = [:]
    }

    /// A place of a schema.
    struct Place: Hashable {
        var document: Int
        var pointer: String
    }

    static let maxDepth = 256

    let documents: SchemaDocuments
    private(set) var roots: [JSON] = []
    /// What documents are called in violations.
    private(set) var names: [String] = []
    /// Where the documents' parts stand in their files, where that is known.
    private(set) var positions: [DocumentPositions?] = []
    private(set) var resources: [Resource] = []
    private var resourcesByURI: [URIReference: Int] = [:]
    private var resourcesByPlace: [Place: Int] = [:]
    private var scanned: Set<Place> = []

    init(documents: SchemaDocuments) { self.documents = documents }

    /// Takes a document in.
    ///
    /// - Returns: its root resource, under the URI it was asked for by.
    mutating func add(
        _ source: SchemaDocument, at uri: URIReference, fallback: SchemaDialect
    ) throws(SchemaError) -> Int {
        let document = roots.count
        let root = source.json
        roots.append(root)
        names.append(uri.text)
        positions.append(source.positions)
        var dialect = fallback
        if let own = try OpenAPISchemas.dialect(of: root) {
            dialect = own
            if !own.isOpenAPI30, let name = root["jsonSchemaDialect"]?.stringValue {
                dialect = try .named(name, documents: documents, place: uri.text + "#")
            }
        } else if let declared = try declaredDialect(of: root, place: uri.text + "#") {
            dialect = declared
        }
        let resource = Resource(uri: uri, document: document, pointer: "", dialect: dialect)
        resources.append(resource)
        let index = resources.count - 1
        resourcesByURI[uri] = index
        resourcesByPlace[Place(document: document, pointer: "")] = index
        if OpenAPISchemas.isDocument(root) {
            scanned.insert(Place(document: document, pointer: ""))
            for (name, schema) in root["components"]?["schemas"]?.objectValue ?? JSONObject() {
                let pointer = "/components/schemas/" + JSONPointer.escaped(name)
                try scan(schema, at: Place(document: document, pointer: pointer), in: index, depth: 0)
            }
        } else {
            try scan(root, at: Place(document: document, pointer: ""), in: index, depth: 0)
        }
        return index
    }

    private func declaredDialect(of schema: JSON, place: String) throws(SchemaError) -> SchemaDialect? {
        guard let name = schema["$schema"]?.stringValue else { return nil }
        return try .named(name, documents: documents, place: place)
    }

    /// Finds `$id` and anchors below a schema that was not looked through yet.
    mutating func scan(
        _ schema: JSON, at place: Place, in enclosing: Int, depth: Int
    ) throws(SchemaError) {
        guard let members = schema.objectValue, scanned.insert(place).inserted else { return }
        guard depth < Self.maxDepth else {
            throw SchemaError(
                place: name(of: place), expected: "schemas nested at most \(Self.maxDepth) deep",
                actual: "one nested deeper")
        }
        let resource = try enter(members, at: place, from: enclosing)
        let dialect = resources[resource].dialect
        if dialect.hasAnchors, let name = members["$anchor"]?.stringValue {
            resources[resource].anchors[name] = place.pointer
        }
        if dialect.version == .draft2019, members["$recursiveAnchor"] == .bool(true),
            resources[resource].pointer == place.pointer
        {
            resources[resource].dynamicAnchors[SchemaCompiler.recursiveAnchor] = place.pointer
        }
        if dialect.version == .draft2020 {
            if let name = members["$dynamicAnchor"]?.stringValue {
                resources[resource].anchors[name] = place.pointer
                resources[resource].dynamicAnchors[name] = place.pointer
            }
        }
        for (keyword, value) in members {
            let pointer = place.pointer + "/" + JSONPointer.escaped(keyword)
            for (step, child) in SchemaKeyword.subschemas(of: keyword, value, dialect) {
                try scan(
                    child, at: Place(document: place.document, pointer: pointer + step), in: resource,
                    depth: depth + 1)
            }
        }
    }

    /// The resource that a schema starts, or the one around it.
    private mutating func enter(
        _ members: JSONObject, at place: Place, from enclosing: Int
    ) throws(SchemaError) -> Int {
        var dialect = resources[enclosing].dialect
        guard let keyword = dialect.idKeyword, let id = members[keyword]?.stringValue else {
            return enclosing
        }
        if dialect.refStandsAlone, members["$ref"] != nil { return enclosing }
        let reference = URIReference(id)
        if let fragment = reference.fragment, !fragment.isEmpty {
            // Drafts 4 to 7 name places with `$id: "#name"`.
            guard dialect.version < .draft2019 else {
                throw SchemaError(
                    place: name(of: place) + "/$id", expected: "a URI without fragment", actual: "'\(id)'")
            }
            if reference.withoutFragment.text.isEmpty {
                resources[enclosing].anchors[fragment] = place.pointer
                return enclosing
            }
        }
        let uri = reference.withoutFragment.resolved(against: resources[enclosing].uri)
        if let declared = try declaredDialect(of: .object(members), place: name(of: place)) {
            dialect = declared
        }
        if let known = resourcesByPlace[place] {
            resources[known].uri = uri
            resources[known].dialect = dialect
            resourcesByURI[uri] = known
            return known
        }
        resources.append(
            Resource(uri: uri, document: place.document, pointer: place.pointer, dialect: dialect))
        resourcesByURI[uri] = resources.count - 1
        resourcesByPlace[place] = resources.count - 1
        return resources.count - 1
    }

    /// The resource that a URI without fragment names; its document is read when it is not known yet.
    mutating func resource(at uri: URIReference, from user: Int) throws(SchemaError) -> Int? {
        if let known = resourcesByURI[uri] { return known }
        guard
            let document = documents.read(uri.text)
                ?? Metaschemas.document(uri.text).map({ SchemaDocument($0) })
        else { return nil }
        var dialect = resources[user].dialect
        // What a metaschema leaves out holds for the schemas that name it.
        if dialect.version == .draft2020 { dialect = .draft2020 }
        return try add(document, at: uri, fallback: dialect)
    }

    /// The schema at a pointer from a resource's root, and the resource it belongs to.
    mutating func find(
        _ pointer: String, in resource: Int
    ) throws(SchemaError) -> (place: Place, resource: Int, schema: JSON)? {
        let start = resources[resource]
        guard var value = JSONPointer.find(start.pointer, in: roots[start.document]) else { return nil }
        var place = Place(document: start.document, pointer: start.pointer)
        var owner = resource
        for token in JSONPointer.tokens(pointer) {
            guard let next = JSONPointer.step(value, token) else { return nil }
            value = next
            place.pointer += "/" + JSONPointer.escaped(token)
            if let inner = resourcesByPlace[place] { owner = inner }
        }
        try scan(value, at: place, in: owner, depth: 0)
        return (place, resourcesByPlace[place] ?? owner, value)
    }

    func resource(startingAt place: Place) -> Int? { resourcesByPlace[place] }

    func name(of place: Place) -> String { names[place.document] + "#" + place.pointer }

    /// The error with its line and column, when its document came with positions.
    func located(_ error: SchemaError) -> SchemaError {
        guard error.location == nil, let mark = error.place.firstIndex(of: "#") else { return error }
        let name = String(error.place[..<mark])
        let pointer = String(error.place[error.place.index(after: mark)...])
        guard let document = names.firstIndex(of: name), let positions = positions[document] else {
            return error
        }
        var error = error
        error.location = positions.nearestLocation(of: pointer)
        return error
    }
}

extension SchemaKeyword {
    /// The schemas right below a keyword, with the rest of their pointers.
    static func subschemas(
        of keyword: String, _ value: JSON, _ dialect: SchemaDialect
    ) -> [(step: String, schema: JSON)] {
        switch keyword {
        case "additionalProperties", "propertyNames", "contains", "not", "if", "then", "else",
            "unevaluatedItems", "unevaluatedProperties", "additionalItems", "contentSchema":
            return [("", value)]
        case "items" where value.arrayValue == nil:
            return [("", value)]
        case "allOf", "anyOf", "oneOf", "prefixItems", "items":
            return (value.arrayValue ?? []).enumerated().map { ("/\($0.offset)", $0.element) }
        case "properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "dependencies":
            return (value.objectValue ?? JSONObject()).map { ("/" + JSONPointer.escaped($0.key), $0.value) }
        default: return []
        }
    }
}
