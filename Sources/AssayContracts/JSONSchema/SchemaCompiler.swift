import AssayFormats

/// Turns schemas into nodes, each place once, so that references that run in a circle end.
struct SchemaCompiler {
    /// Stands for `$recursiveAnchor: true` among the dynamic anchors; no anchor can have this name.
    static let recursiveAnchor = "$recursiveAnchor"

    var library: SchemaLibrary
    private var nodes: [SchemaNode] = []
    private var nodesByPlace: [SchemaLibrary.Place: Int] = [:]
    private var waiting: [(node: Int, schema: JSON, place: SchemaLibrary.Place)] = []
    /// Of each resource, the nodes of its dynamic anchors.
    private var dynamicAnchors: [[String: Int]] = []
    let assertsFormats: Bool
    let use: SchemaUse

    init(documents: SchemaDocuments, assertsFormats: Bool, use: SchemaUse) {
        library = SchemaLibrary(documents: documents)
        self.assertsFormats = assertsFormats
        self.use = use
    }

    /// What was compiled so far.
    var program: SchemaProgram {
        SchemaProgram(nodes: nodes, dynamicAnchors: dynamicAnchors, positions: library.positions)
    }

    /// Takes the document in that is compiled.
    ///
    /// - Returns: its root resource.
    mutating func add(_ document: SchemaDocument, at uri: URIReference) throws(SchemaError) -> Int {
        do throws(SchemaError) {
            return try library.add(document, at: uri, fallback: .draft2020)
        } catch {
            throw library.located(error)
        }
    }

    /// - Parameter uri: where the document is from; a fragment says which schema of it is meant.
    mutating func compile(_ document: SchemaDocument, at uri: URIReference) throws(SchemaError) -> Int {
        let resource = try add(document, at: uri.withoutFragment)
        return try compile(URIReference.percentDecoded(uri.fragment ?? ""), in: resource, said: uri.text)
    }

    /// - Parameters:
    ///   - place: a JSON Pointer or the name of an anchor.
    ///   - resource: where it is looked for.
    ///   - reference: the same as people wrote it.
    mutating func compile(
        _ place: String, in resource: Int, said reference: String
    ) throws(SchemaError) -> Int {
        do throws(SchemaError) {
            let root = try node(
                forFragment: place, in: resource, said: reference,
                by: reference.contains("#") ? reference : reference + "#")
            try finish()
            return root
        } catch {
            throw library.located(error)
        }
    }

    private mutating func finish() throws(SchemaError) {
        while true {
            while let next = waiting.popLast() { try fill(next.node, next.schema, at: next.place) }
            while dynamicAnchors.count < library.resources.count { dynamicAnchors.append([:]) }
            for index in dynamicAnchors.indices {
                for (name, pointer) in library.resources[index].dynamicAnchors
                where dynamicAnchors[index][name] == nil {
                    let place = SchemaLibrary.Place(
                        document: library.resources[index].document, pointer: pointer)
                    guard let schema = JSONPointer.find(pointer, in: library.roots[place.document]) else {
                        continue
                    }
                    dynamicAnchors[index][name] = node(for: schema, at: place, in: index)
                }
            }
            if waiting.isEmpty { return }
        }
    }

    /// The node of a schema; its keywords are read later.
    private mutating func node(for schema: JSON, at place: SchemaLibrary.Place, in resource: Int) -> Int {
        if let known = nodesByPlace[place] { return known }
        let owner = library.resource(startingAt: place) ?? resource
        nodes.append(
            SchemaNode(
                document: place.document, pointer: place.pointer, place: library.name(of: place),
                resource: owner))
        nodesByPlace[place] = nodes.count - 1
        waiting.append((nodes.count - 1, schema, place))
        return nodes.count - 1
    }

    private mutating func node(
        forFragment fragment: String, in resource: Int, said reference: String, by place: String
    ) throws(SchemaError) -> Int {
        let owner = library.resources[resource]
        if fragment.isEmpty || fragment.hasPrefix("/") {
            if let found = try library.find(fragment, in: resource) {
                return node(for: found.schema, at: found.place, in: found.resource)
            }
        } else if let pointer = owner.anchors[fragment],
            let schema = JSONPointer.find(pointer, in: library.roots[owner.document])
        {
            return node(
                for: schema, at: .init(document: owner.document, pointer: pointer), in: resource)
        }
        throw SchemaError(
            place: place, expected: "a reference to a schema that exists",
            actual:
                "'\(reference)', and \(owner.uri.text.isEmpty ? "the schema" : owner.uri.text) has no '#\(fragment)'"
        )
    }

    private mutating func resolve(
        _ reference: String, from resource: Int, by place: String
    ) throws(SchemaError) -> (node: Int, resource: Int) {
        let uri = URIReference(reference).resolved(against: library.resources[resource].uri)
        let isLocal = reference.hasPrefix("#")
        let found = isLocal ? resource : try library.resource(at: uri.withoutFragment, from: resource)
        guard let found else {
            throw SchemaError(
                place: place, expected: "a reference to a document that can be read",
                actual: "'\(uri.withoutFragment.text)', which cannot")
        }
        let node = try node(
            forFragment: URIReference.percentDecoded(uri.fragment ?? ""), in: found, said: reference,
            by: place)
        return (node, found)
    }

    private mutating func fill(
        _ index: Int, _ schema: JSON, at place: SchemaLibrary.Place
    ) throws(SchemaError) {
        if case .bool(let isAlways) = schema {
            if !isAlways { nodes[index].keywords = [SchemaKeyword(name: "", rule: .never)] }
            return
        }
        guard let members = schema.objectValue else {
            throw SchemaError(
                place: nodes[index].place, expected: "a schema (an object, true or false)",
                actual: Shortened.value(schema))
        }
        var reader = SchemaKeywordReader(
            members: members, place: nodes[index].place,
            dialect: library.resources[nodes[index].resource].dialect, assertsFormats: assertsFormats,
            use: use)
        let keywords = try reader.read(
            with: &self, at: place, resource: nodes[index].resource)
        nodes[index].keywords = keywords
        nodes[index].acceptsNull = reader.acceptsNull
        nodes[index].needsEvaluated = keywords.contains {
            switch $0.rule {
            case .unevaluatedItems, .unevaluatedProperties: true
            default: false
            }
        }
    }

    /// The node of a schema below `place`.
    mutating func node(
        below place: SchemaLibrary.Place, _ step: String, _ schema: JSON, in resource: Int
    ) -> Int {
        node(for: schema, at: .init(document: place.document, pointer: place.pointer + step), in: resource)
    }

    mutating func reference(
        _ reference: String, isDynamic: Bool, from resource: Int, by place: String
    ) throws(SchemaError) -> SchemaKeyword.Rule {
        let target = try resolve(reference, from: resource, by: place)
        guard isDynamic, let anchor = URIReference(reference).fragment,
            library.resources[target.resource].dynamicAnchors[anchor] != nil
        else { return .reference(target.node) }
        return .dynamicReference(anchor: anchor, target.node)
    }

    /// `$recursiveRef` of draft 2019-09 (core §8.2.4.2): the outermost resource that says `$recursiveAnchor`.
    mutating func recursiveReference(
        _ reference: String, from resource: Int, by place: String
    ) throws(SchemaError) -> SchemaKeyword.Rule {
        let target = try resolve(reference, from: resource, by: place)
        guard library.resources[target.resource].dynamicAnchors[Self.recursiveAnchor] != nil else {
            return .reference(target.node)
        }
        return .dynamicReference(anchor: Self.recursiveAnchor, target.node)
    }

    /// The schema that `$ref` leads to, and its node. One that leads nowhere is told where it is read, with its place.
    mutating func target(
        of members: JSONObject, in resource: Int, by place: String
    ) -> (schema: JSON, resource: Int, node: Int)? {
        guard let reference = members["$ref"]?.stringValue,
            let found = try? resolve(reference, from: resource, by: place + "/$ref")
        else { return nil }
        let node = nodes[found.node]
        return JSONPointer.find(node.pointer, in: library.roots[node.document]).map {
            ($0, node.resource, found.node)
        }
    }
}
