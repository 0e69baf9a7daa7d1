import AssayFormats

/// A schema and the document that it stands in, against which its references are resolved.
struct SchemaPart: Sendable {
    var schema: JSON
    /// URI or path, without fragment.
    var base: String
}

/// Where values are generated from: one document, and those that it refers to.
struct SchemaSource: Sendable {
    let root: JSON
    let base: String
    let documents: SchemaDocuments
    let dialect: SchemaDialect
    /// Values are sent: members that are `readOnly` are left out.
    let isForRequests: Bool

    init(
        _ root: JSON, at base: String = "", documents: SchemaDocuments = .none, isForRequests: Bool = false
    ) {
        self.root = root
        self.base = URIReference(base).withoutFragment.text
        self.documents = documents
        self.isForRequests = isForRequests
        let named = root["$schema"]?.stringValue.flatMap {
            try? SchemaDialect.named($0, documents: documents, place: base)
        }
        dialect = (try? OpenAPISchemas.dialect(of: root)) ?? named ?? .draft2020
    }

    /// The schema at a place.
    ///
    /// - Parameter place: a JSON Pointer of the document, or `FILE#POINTER`.
    func part(at place: String) -> SchemaPart? {
        if place.hasPrefix("/") || place.isEmpty {
            return JSONPointer.find(place, in: root).map { SchemaPart(schema: $0, base: base) }
        }
        return resolved(place, from: base)
    }

    /// What a reference leads to; `nil` when there is nothing.
    func resolved(_ reference: String, from base: String) -> SchemaPart? {
        let target = URIReference(reference).resolved(against: URIReference(base))
        let name = target.withoutFragment.text
        guard let found = document(name) else { return nil }
        let fragment = URIReference.percentDecoded(target.fragment ?? "")
        if fragment.isEmpty { return SchemaPart(schema: found, base: name) }
        if fragment.hasPrefix("/") {
            return JSONPointer.find(fragment, in: found).map { SchemaPart(schema: $0, base: name) }
        }
        return Self.search(found) {
            $0["$anchor"]?.stringValue == fragment || $0["$dynamicAnchor"]?.stringValue == fragment
                || $0["$id"]?.stringValue == "#" + fragment
        }.map { SchemaPart(schema: $0, base: name) }
    }

    private func document(_ name: String) -> JSON? {
        if name == base || name.isEmpty { return root }
        if let found = documents.read(name)?.json { return found }
        // A schema inside that has this name.
        return Self.search(root) { schema in
            guard let id = schema["$id"]?.stringValue else { return false }
            return URIReference(id).resolved(against: URIReference(base)).withoutFragment.text == name
        }
    }

    /// The first object, depth first, that is the one looked for.
    private static func search(_ value: JSON, _ isWanted: (JSON) -> Bool) -> JSON? {
        switch value {
        case .object(let members):
            if isWanted(value) { return value }
            for inner in members.values {
                if let found = search(inner, isWanted) { return found }
            }
        case .array(let elements):
            for inner in elements {
                if let found = search(inner, isWanted) { return found }
            }
        default: break
        }
        return nil
    }

    /// Whether a member is never sent, its reference followed.
    func isReadOnly(_ part: SchemaPart) -> Bool {
        var part = part
        // References that go in a circle end too.
        for _ in 0..<16 {
            if part.schema["readOnly"] == .bool(true) { return true }
            guard let reference = part.schema["$ref"]?.stringValue,
                let next = resolved(reference, from: part.base)
            else { return false }
            part = next
        }
        return false
    }
}
