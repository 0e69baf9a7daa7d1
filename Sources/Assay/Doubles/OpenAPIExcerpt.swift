internal import AssayFormats
internal import AssayWire

/// As much of an OpenAPI document as one schema needs: large documents would take long to look through each time.
enum OpenAPIExcerpt {
    /// - Parameters:
    ///   - names: lead to the schema; it has the same place in the excerpt.
    ///   - mark: `readOnly` or `writeOnly`: properties with it need not be there.
    /// - Returns: the whole document when a reference leads elsewhere than to `components/schemas`.
    static func of(_ document: JSON, at names: [String], _ mark: String) -> JSON {
        var root = document
        for name in names { root = root[name] ?? Int(name).flatMap { root[$0] } ?? .null }
        let all = document["components"]?["schemas"]?.objectValue ?? JSONObject()
        var taken = JSONObject()
        var waiting = references(of: root)
        if names.starts(with: ["components", "schemas"]), names.count > 2 {
            waiting.append("#/components/schemas/" + names[2])
        }
        while let reference = waiting.popLast() {
            let words = percentDecoded(reference).split(separator: "/").map(String.init)
            guard words.count >= 4, words[0] == "#", words[1] == "components", words[2] == "schemas",
                let schema = all[words[3]]
            else { return eased(document, mark) }
            guard taken[words[3]] == nil else { continue }
            taken[words[3]] = eased(schema, mark)
            waiting += references(of: schema)
        }
        var excerpt: JSONObject = ["openapi": document["openapi"] ?? "3.1.0"]
        excerpt["components"] = ["schemas": .object(taken)]
        if names.starts(with: ["components", "schemas"]) { return .object(excerpt) }
        return .object(put(eased(root, mark), at: names[...], into: excerpt))
    }

    /// Objects stand in for lists on the way: pointers lead through both.
    private static func put(_ value: JSON, at names: ArraySlice<String>, into object: JSONObject)
        -> JSONObject
    {
        guard let name = names.first else { return object }
        var object = object
        let rest = names.dropFirst()
        object[name] =
            rest.isEmpty
            ? value : .object(put(value, at: rest, into: object[name]?.objectValue ?? JSONObject()))
        return object
    }

    /// What `$ref` and its like say anywhere below; anchors count as leading elsewhere.
    private static func references(of value: JSON) -> [String] {
        switch value {
        case .array(let elements): elements.flatMap(references)
        case .object(let members):
            members.flatMap { name, member in
                let isReference = ["$ref", "$dynamicRef", "$id"].contains(name)
                return isReference
                    ? member.stringValue.map { [$0] } ?? references(of: member) : references(of: member)
            }
        default: []
        }
    }

    /// The value with marked properties no longer required.
    private static func eased(_ value: JSON, _ mark: String) -> JSON {
        switch value {
        case .array(let elements): return .array(elements.map { eased($0, mark) })
        case .object(let members):
            var changed = JSONObject(members.map { ($0.key, eased($0.value, mark)) })
            if let properties = members["properties"]?.objectValue,
                let required = members["required"]?.arrayValue
            {
                let left = required.filter { name in
                    name.stringValue.flatMap { properties[$0]?[mark] } != true
                }
                changed["required"] = .array(left)
            }
            return .object(changed)
        default: return value
        }
    }
}
