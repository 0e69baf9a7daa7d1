public import AssayFormats

/// Schemas by the names that people use for them in an OpenAPI document (3.0 and 3.1).
public enum OpenAPISchemas {
    /// Finds a schema.
    ///
    /// - Parameters:
    ///   - name: of `components.schemas`; else an `operationId`, which means the schema of that operation's JSON
    ///     response; else a JSON Pointer that starts with `/`.
    ///   - document: the OpenAPI document.
    ///   - status: which response of an operation is meant: its own status, else its class (`2XX`), else `default`;
    ///     without it the first success.
    /// - Returns: the JSON Pointer of the schema, to be the fragment of ``JSONSchema``'s base URI.
    /// - Throws: what the document has instead.
    public static func schema(
        named name: String, in document: JSON, status: Int? = nil
    ) throws(SchemaError) -> String {
        if name.hasPrefix("/") {
            guard JSONPointer.find(name, in: document) != nil else {
                throw SchemaError(place: "#" + name, expected: "a schema", actual: "nothing")
            }
            return name
        }
        let schemas = document["components"]?["schemas"]?.objectValue ?? JSONObject()
        if schemas[name] != nil { return "/components/schemas/" + JSONPointer.escaped(name) }
        var operations: [String] = []
        for (path, item) in document["paths"]?.objectValue ?? JSONObject() {
            for (method, operation) in item.objectValue ?? JSONObject() {
                guard let id = operation["operationId"]?.stringValue else { continue }
                operations.append(id)
                guard id == name else { continue }
                let pointer = "/paths/\(JSONPointer.escaped(path))/\(JSONPointer.escaped(method))"
                return try response(of: operation, at: pointer, status: status, in: document)
            }
        }
        throw SchemaError(
            place: "#" + name, expected: "a name of components.schemas or an operationId",
            actual: "'\(name)'; there are "
                + Shortened.bounded((schemas.keys + operations).sorted().joined(separator: ", ")))
    }

    private static func response(
        of operation: JSON, at pointer: String, status: Int?, in document: JSON
    ) throws(SchemaError) -> String {
        let responses = operation["responses"]?.objectValue ?? JSONObject()
        let wanted: [String] =
            if let status {
                ["\(status)", "\(status / 100)XX", "\(status / 100)xx", "default"]
            } else {
                responses.keys.filter { $0.hasPrefix("2") }.sorted() + ["default"]
            }
        guard let key = wanted.first(where: { responses[$0] != nil }), var found = responses[key] else {
            throw SchemaError(
                place: "#" + pointer + "/responses",
                expected: status.map { "a response of status \($0)" } ?? "a response of a success",
                actual: responses.isEmpty ? "no responses" : responses.keys.joined(separator: ", "))
        }
        var place = "\(pointer)/responses/\(key)"
        // Documents may share responses; a handful of hops is more than anyone writes.
        for _ in 0..<8 {
            guard let reference = found["$ref"]?.stringValue, reference.hasPrefix("#/") else { break }
            place = URIReference.percentDecoded(String(reference.dropFirst()))
            guard let next = JSONPointer.find(place, in: document) else {
                throw SchemaError(
                    place: "#" + pointer, expected: "a response that exists", actual: "'\(reference)'")
            }
            found = next
        }
        let content = found["content"]?.objectValue ?? JSONObject()
        let types = content.keys.filter { isJSON($0) }
        guard let type = types.first(where: { $0 == "application/json" }) ?? types.first,
            content[type]?["schema"] != nil
        else {
            throw SchemaError(
                place: "#" + place + "/content", expected: "a schema of application/json",
                actual: content.isEmpty ? "no content" : content.keys.joined(separator: ", "))
        }
        return "\(place)/content/\(JSONPointer.escaped(type))/schema"
    }

    private static func isJSON(_ type: String) -> Bool {
        let name = type.lowercased().prefix { $0 != ";" }
        return name == "application/json" || name.hasSuffix("+json") || name == "*/*"
            || name == "application/*"
    }

    static func isDocument(_ root: JSON) -> Bool { root["openapi"]?.stringValue != nil }

    /// The dialect of an OpenAPI document's schemas; `nil` for other documents.
    static func dialect(of root: JSON) throws(SchemaError) -> SchemaDialect? {
        guard let version = root["openapi"]?.stringValue else { return nil }
        if version.hasPrefix("3.0") { return .openAPI30 }
        guard version.hasPrefix("3.") else {
            throw SchemaError(
                place: "#/openapi", expected: "a version from 3.0 to 3.9", actual: "'\(version)'")
        }
        return .draft2020
    }
}
