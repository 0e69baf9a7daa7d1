internal import AssayContracts
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayWire

/// Reads the operations of an OpenAPI document. It belongs to one reading.
final class OpenAPIDoubleReader {
    /// A value of the document and the names that lead to it.
    struct Part {
        var names: [String]
        var value: JSON

        subscript(name: String) -> Part? { value[name].map { Part(names: names + [name], value: $0) } }

        var members: [(name: String, part: Part)] {
            (value.objectValue ?? JSONObject()).map {
                ($0.key, Part(names: names + [$0.key], value: $0.value))
            }
        }

        var elements: [Part] {
            (value.arrayValue ?? []).enumerated().map { Part(names: names + ["\($0)"], value: $1) }
        }
    }

    /// Which way a schema's values go: requests lack what is read-only, responses what is write-only.
    enum Direction: String { case request = "readOnly", response = "writeOnly" }

    let document: JSON
    private let yaml: YAMLReading
    private var compiled: [String: JSONSchema?] = [:]
    private(set) var hasErrors = false
    private var told: Set<String> = []

    init(_ yaml: YAMLReading, _ document: JSON) {
        self.yaml = yaml
        self.document = document
    }

    /// In the order in which they are asked: constant paths before those with parameters.
    func operations() -> [OpenAPIOperation] {
        guard let paths = Part(names: [], value: document)["paths"] else {
            if document["webhooks"] == nil { error("the document has no 'paths'", at: []) }
            return []
        }
        let methods = ["get", "post", "put", "patch", "delete", "head", "options", "trace"]
        var found: [OpenAPIOperation] = []
        for (path, item) in paths.members where path.hasPrefix("/") {
            guard let item = resolved(item) else { continue }
            do {
                _ = try RoutePath(path)
            } catch let fault {
                error("'\(path)' is no path of a route: \(fault.message)", at: item.names)
                continue
            }
            for (method, operation) in item.members where methods.contains(method) {
                found.append(self.operation(operation, method, path, of: item))
            }
        }
        return found.enumerated().sorted { left, right in
            let order = (Self.order(left.element.path), Self.order(right.element.path))
            return order.0 == order.1 ? left.offset < right.offset : order.0 < order.1
        }.map(\.element)
    }

    private static func order(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: false).map { $0.hasPrefix("{") ? "1" : "0" }
            .joined()
    }

    private func operation(_ part: Part, _ method: String, _ path: String, of item: Part) -> OpenAPIOperation
    {
        var parameters: [OpenAPIParameter] = []
        for place in (item["parameters"]?.elements ?? []) + (part["parameters"]?.elements ?? []) {
            guard let parameter = parameter(place) else { continue }
            // An operation's own replaces that of its path.
            parameters.removeAll { $0.name == parameter.name && $0.place == parameter.place }
            parameters.append(parameter)
        }
        let responses = (part["responses"]?.members ?? []).compactMap { name, place in
            name.hasPrefix("x-") ? nil : resolved(place).map { response($0, name.uppercased()) }
        }
        if part["responses"]?.members.isEmpty ?? true {
            error("\(method.uppercased()) \(path) has no 'responses'", at: part.names)
        }
        return OpenAPIOperation(
            method: method.uppercased(), path: path, location: location(of: part.names),
            parameters: parameters, body: part["requestBody"].flatMap(resolved).map(body),
            responses: responses)
    }

    // MARK: Requests

    private func parameter(_ place: Part) -> OpenAPIParameter? {
        guard let part = resolved(place) else { return nil }
        guard let name = part.value["name"]?.stringValue,
            let kind = part.value["in"]?.stringValue.flatMap(OpenAPIParameter.Place.init(rawValue:))
        else {
            error("a parameter has 'name', and 'in' with query, header, path or cookie", at: part.names)
            return nil
        }
        // Three headers are described elsewhere (OpenAPI 3.1 §4.8.12.1).
        if kind == .header, ["accept", "content-type", "authorization"].contains(name.lowercased()) {
            return nil
        }
        let content = part["content"]?.members.first
        let schema = part["schema"] ?? content?.part["schema"]
        var parameter = OpenAPIParameter(
            name: name, place: kind, isRequired: part.value["required"] == true || kind == .path,
            value: schema.map(value) ?? OpenAPIValue())
        parameter.isJSON = content.map { OpenAPIBody.isJSON($0.name) } ?? false
        let style =
            part.value["style"]?.stringValue ?? (kind == .query || kind == .cookie ? "form" : "simple")
        let isExploded = part.value["explode"]?.boolValue ?? (style == "form")
        switch style {
        case "spaceDelimited" where !isExploded: parameter.separator = " "
        case "pipeDelimited" where !isExploded: parameter.separator = "|"
        case "form" where isExploded: parameter.separator = nil
        // Matrix and label have marks of their own in front.
        case "matrix", "label": parameter.value = OpenAPIValue()
        default: parameter.separator = ","
        }
        return parameter
    }

    private func body(_ part: Part) -> OpenAPIBody {
        OpenAPIBody(
            isRequired: part.value["required"] == true,
            media: (part["content"]?.members ?? []).map { type, media in
                var body = OpenAPIBody.Media(
                    type: OpenAPIBody.essence(type), value: media["schema"].map(value) ?? OpenAPIValue())
                if body.type == "application/x-www-form-urlencoded",
                    let properties = media["schema"].flatMap(resolved)?["properties"]
                {
                    for (name, schema) in properties.members {
                        body.fields[name] = OpenAPIValue(
                            types: types(schema), elementTypes: elementTypes(schema))
                    }
                }
                return body
            })
    }

    private func value(_ schema: Part) -> OpenAPIValue {
        OpenAPIValue(
            schema: compile(schema, .request), types: types(schema), elementTypes: elementTypes(schema))
    }

    private func elementTypes(_ schema: Part) -> Set<String> {
        resolved(schema)?["items"].map { types($0) } ?? []
    }

    private func types(_ schema: Part, depth: Int = 0) -> Set<String> {
        guard depth < 8, let schema = resolved(schema) else { return [] }
        var types = Set(schema.value["type"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        if let type = schema.value["type"]?.stringValue { types.insert(type) }
        if schema.value["nullable"] == true { types.insert("null") }
        for key in ["allOf", "anyOf", "oneOf"] {
            for choice in schema[key]?.elements ?? [] {
                types.formUnion(self.types(choice, depth: depth + 1))
            }
        }
        return types
    }

    // MARK: Responses

    private func response(_ part: Part, _ name: String) -> OpenAPIResponse {
        let headers = (part["headers"]?.members ?? []).compactMap { name, place -> (String, String)? in
            guard name.lowercased() != "content-type", let header = resolved(place), isHeaderName(name) else {
                return nil
            }
            let value = header.value["example"] ?? made(of: header.value["schema"] ?? [:])
            let text = value.stringValue ?? value.rendered()
            return isHeaderValue(text.utf8) ? (name, text) : nil
        }
        let media = (part["content"]?.members ?? []).map { type, media in
            OpenAPIResponse.Media(
                type: Self.concrete(type), examples: examples(of: media, Self.concrete(type)))
        }
        return OpenAPIResponse(name: name, headers: headers, media: media)
    }

    /// The type to send for one that may be a range.
    private static func concrete(_ type: String) -> String {
        !type.contains("*") ? type : type.hasPrefix("text/") ? "text/plain" : "application/json"
    }

    private func examples(of media: Part, _ type: String) -> [(name: String?, body: [UInt8])] {
        let schema = media["schema"]
        let judge = schema.flatMap { compile($0, .response) }
        var found: [(name: String?, part: Part)] = media["example"].map { [(nil, $0)] } ?? []
        for (name, place) in media["examples"]?.members ?? [] {
            if let value = resolved(place)?["value"] { found.append((name, value)) }
        }
        for (name, example) in found where OpenAPIBody.isJSON(type) {
            warn(
                "AS352", "the example\(name.map { " '\($0)'" } ?? "") is not as its schema says", judge,
                example.value, at: example.names, fix: "mend the example or the schema")
        }
        if found.isEmpty, let schema {
            let value = made(of: schema.value)
            let isText = value.objectValue == nil && value.arrayValue == nil
            guard OpenAPIBody.isJSON(type) || isText else {
                yaml.add(
                    Diagnostic(
                        "AS353", "only JSON is made of a schema, and this is \(type): the answer is empty",
                        at: location(of: schema.names), fix: "add an `example`", severity: .warning))
                return []
            }
            warn(
                "AS353", "what is made of the schema is not as it says", judge, value, at: schema.names,
                fix: "add an `example`")
            found = [(nil, Part(names: [], value: value))]
        }
        return found.map { name, example in
            let text = OpenAPIBody.isJSON(type) ? nil : example.value.stringValue
            return (name, Array((text ?? example.value.rendered()).utf8))
        }
    }

    private func made(of schema: JSON) -> JSON { SchemaExample.value(of: schema, inOpenAPI: document) }

    private func warn(
        _ code: DiagnosticCode, _ message: String, _ schema: JSONSchema?, _ value: JSON, at names: [String],
        fix: String
    ) {
        guard let problem = schema?.violations(of: value, limit: 1).first else { return }
        let said =
            "\(message): \(problem.instancePath): expected \(problem.expected), found \(problem.actual)"
        yaml.add(Diagnostic(code, said, at: location(of: names), fix: fix, severity: .warning))
    }

    // MARK: Places

    /// The part that a chain of `$ref` leads to; `nil` and recorded when there is none.
    private func resolved(_ part: Part) -> Part? {
        var found = part
        for _ in 0..<16 {
            guard let reference = found.value["$ref"]?.stringValue else { return found }
            guard reference.hasPrefix("#/") else {
                error("a reference leads into the document itself, found '\(reference)'", at: found.names)
                return nil
            }
            var next = Part(names: [], value: document)
            for name in Self.names(of: reference) {
                guard let step = next[name] ?? Int(name).flatMap({ next.elements.dropFirst($0).first }) else {
                    error("there is no '\(reference)'", at: found.names)
                    return nil
                }
                next = step
            }
            found = next
        }
        error("references lead in a circle", at: part.names)
        return nil
    }

    /// The names of a JSON Pointer in a URI's fragment (RFC 6901 §6).
    private static func names(of reference: String) -> [String] {
        reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false).map { word in
            let parts = percentDecoded(word).split(separator: "~1", omittingEmptySubsequences: false)
            return parts.map {
                $0.split(separator: "~0", omittingEmptySubsequences: false).joined(separator: "~")
            }
            .joined(separator: "/")
        }
    }

    private func location(of names: [String]) -> SourceLocation {
        var node = yaml.root
        for name in names {
            let next = node[name] ?? Int(name).flatMap { node.elements?.dropFirst($0).first }
            guard let next else { break }
            node = next
        }
        return node.location
    }

    private func error(_ message: String, at names: [String]) {
        hasErrors = true
        // A shared part is met from several places.
        guard told.insert(names.joined(separator: "/") + " " + message).inserted else { return }
        yaml.add(Diagnostic("AS351", message, at: location(of: names)))
    }

    // MARK: Schemas

    private func compile(_ place: Part, _ direction: Direction) -> JSONSchema? {
        guard let schema = resolved(place) else { return nil }
        let words = schema.names.map { name in
            name.split(separator: "~", omittingEmptySubsequences: false).joined(separator: "~0")
                .split(separator: "/", omittingEmptySubsequences: false).joined(separator: "~1")
        }
        let pointer = "/" + words.joined(separator: "/")
        if let known = compiled[direction.rawValue + pointer] { return known }
        var result: JSONSchema?
        do {
            result = try JSONSchema(
                compiling: OpenAPIExcerpt.of(document, at: schema.names, direction.rawValue),
                at: "#"
                    + pointer.split(separator: "%", omittingEmptySubsequences: false).joined(separator: "%25"),
                assertsFormats: true)
        } catch let problem {
            let names = problem.place.split(separator: "#", maxSplits: 1).last.map {
                Self.names(of: "#" + $0)
            }
            error(
                "a schema cannot be used: expected \(problem.expected), found \(problem.actual)",
                at: names ?? schema.names)
        }
        compiled[direction.rawValue + pointer] = .some(result)
        return result
    }
}
