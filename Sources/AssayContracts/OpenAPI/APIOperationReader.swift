import AssayCore
import AssayFormats

/// Makes the model of a document whose grammar was looked at; what is wrong there is left out without a word.
final class APIOperationReader {
    private let reading: APIReading
    private let document: APIPart
    /// Base paths of operations that have servers of their own, by their pointer.
    private var ownBasePaths: [String: [String]] = [:]
    private let sharedBasePaths: [String]
    /// Callbacks of callbacks and so on.
    private static let callbackDepthLimit = 4

    init(_ reading: APIReading, _ document: APIPart) {
        self.reading = reading
        self.document = document
        sharedBasePaths = Self.servers(document["servers"]).flatMap(\.basePaths)
    }

    func operations(in paths: APIPart?) -> [APIOperation] {
        (paths?.members ?? []).flatMap { path, item in
            path.hasPrefix("x-") ? [] : operations(of: item, path: path, depth: 0)
        }
    }

    func webhooks(_ part: APIPart?) -> [APIOperation] {
        (part?.members ?? []).flatMap { name, item in operations(of: item, path: name, depth: 0) }
    }

    private func operations(of item: APIPart, path: String, depth: Int) -> [APIOperation] {
        // Beside its `$ref`, a path may have operations of its own.
        var items = [item]
        if item.value["$ref"] != nil, let target = reading.resolve(item) { items.append(target) }
        var found: [APIOperation] = []
        for item in items {
            let shared = items.flatMap { $0["parameters"]?.elements ?? [] }
            for (name, part) in item.members where APIGrammar.methods.contains(name) {
                guard case .object = part.value, !found.contains(where: { $0.method == name.uppercased() })
                else { continue }
                found.append(
                    operation(part, name.uppercased(), path, shared: shared, of: item, depth: depth))
            }
        }
        return found
    }

    private func operation(
        _ part: APIPart, _ method: String, _ path: String, shared: [APIPart], of item: APIPart, depth: Int
    ) -> APIOperation {
        var operation = APIOperation(
            method: method, path: path, pointer: pointer(of: part), location: part.location)
        operation.id = part.value["operationId"]?.stringValue
        operation.summary = part.value["summary"]?.stringValue
        operation.tags = (part.value["tags"]?.arrayValue ?? []).compactMap(Self.scalar)
        operation.isDeprecated = part.value["deprecated"]?.boolValue ?? false
        for place in shared + (part["parameters"]?.elements ?? []) {
            guard let parameter = parameter(place) else { continue }
            operation.parameters.removeAll {
                $0.place == parameter.place && $0.name == parameter.name
            }
            operation.parameters.append(parameter)
        }
        operation.body = part["requestBody"].flatMap(reading.resolve).flatMap(body)
        for (name, place) in part["responses"]?.members ?? [] where !name.hasPrefix("x-") {
            guard let target = reading.resolve(place), case .object = target.value else { continue }
            operation.responses.append(response(target, named: name))
        }
        operation.security = Self.requirements(part.value["security"] ?? document.value["security"])
        for (name, value) in part.value.objectValue ?? JSONObject() where name.hasPrefix("x-") {
            operation.extensions[name] = value
        }
        if depth < Self.callbackDepthLimit {
            operation.callbacks = (part["callbacks"]?.members ?? []).flatMap { name, place in
                (reading.resolve(place)?.members ?? []).filter { !$0.name.hasPrefix("x-") }.flatMap {
                    operations(of: $0.part, path: name + " " + $0.name, depth: depth + 1)
                }
            }
        }
        if let own = part["servers"] ?? item["servers"] {
            ownBasePaths[operation.pointer] = Self.servers(own).flatMap(\.basePaths)
        }
        return operation
    }

    func basePaths(of operation: APIOperation) -> [String] {
        ownBasePaths[operation.pointer] ?? sharedBasePaths
    }

    /// A pointer of the document, or `FILE#POINTER` of another one.
    private func pointer(of part: APIPart) -> String {
        part.document === document.document ? part.pointer : part.place
    }

    // MARK: Parameters, bodies, responses

    private func parameter(_ place: APIPart) -> APIParameter? {
        guard let part = reading.resolve(place), let name = part.value["name"]?.stringValue,
            let kind = part.value["in"]?.stringValue.flatMap(APIParameter.Place.init(rawValue:))
        else { return nil }
        let content = part["content"]?.members.first
        let schema = schema(part["schema"] ?? content.flatMap { reading.resolve($0.part)?["schema"] })
        let isForm = kind == .query || kind == .cookie
        let style = part.value["style"]?.stringValue.flatMap(APIParameter.Style.init(rawValue:))
        let known = style ?? (isForm ? .form : .simple)
        var parameter = APIParameter(
            name: name, place: kind, isRequired: part.value["required"]?.boolValue == true || kind == .path,
            style: known,
            isExploded: part.value["explode"]?.boolValue ?? (known == .form || known == .deepObject),
            pointer: pointer(of: part), location: part.location)
        parameter.allowsEmpty = part.value["allowEmptyValue"]?.boolValue ?? false
        parameter.isDeprecated = part.value["deprecated"]?.boolValue ?? false
        (parameter.schema, parameter.schemaPointer) = schema
        parameter.contentType = part["schema"] == nil ? content?.name : nil
        parameter.examples = examples(part)
        return parameter
    }

    private func body(_ part: APIPart) -> APIBody? {
        guard case .object = part.value else { return nil }
        return APIBody(
            isRequired: part.value["required"]?.boolValue ?? false, media: media(part["content"]),
            pointer: pointer(of: part), location: part.location)
    }

    private func response(_ part: APIPart, named name: String) -> APIResponse {
        let isClass = name.count == 3 && name.lowercased().hasSuffix("xx")
        var response = APIResponse(
            name: isClass ? name.uppercased() : name.lowercased() == "default" ? "default" : name,
            description: part.value["description"]?.stringValue, pointer: pointer(of: part),
            location: part.location)
        for (name, place) in part["headers"]?.members ?? [] where name.lowercased() != "content-type" {
            guard let part = reading.resolve(place), case .object = part.value else { continue }
            let content = part["content"]?.members.first
            var header = APIHeader(
                name: name, isRequired: part.value["required"]?.boolValue ?? false,
                pointer: pointer(of: part), location: part.location)
            header.isExploded = part.value["explode"]?.boolValue ?? false
            header.isDeprecated = part.value["deprecated"]?.boolValue ?? false
            (header.schema, header.schemaPointer) = schema(
                part["schema"] ?? content.flatMap { reading.resolve($0.part)?["schema"] })
            header.contentType = part["schema"] == nil ? content?.name : nil
            header.examples = examples(part)
            response.headers.append(header)
        }
        response.media = media(part["content"])
        return response
    }

    private func media(_ content: APIPart?) -> [APIMedia] {
        (content?.members ?? []).compactMap { type, place in
            guard let part = reading.resolve(place), case .object = part.value else { return nil }
            var media = APIMedia(type: type, pointer: pointer(of: part), location: part.location)
            (media.schema, media.schemaPointer) = schema(part["schema"])
            media.examples = examples(part)
            for (name, part) in part["encoding"]?.members ?? [] {
                let style = part.value["style"]?.stringValue.flatMap(APIParameter.Style.init(rawValue:))
                media.encodings[name] = APIEncoding(
                    contentType: part.value["contentType"]?.stringValue, style: style ?? .form,
                    isExploded: part.value["explode"]?.boolValue
                        ?? [nil, .form, .deepObject].contains(style))
            }
            return media
        }
    }

    private func schema(_ part: APIPart?) -> (JSON?, String?) {
        guard let part else { return (nil, nil) }
        switch part.value {
        case .object, .bool: return (.some(part.value), pointer(of: part))
        default: return (nil, nil)
        }
    }

    private func examples(_ part: APIPart) -> [APIExample] {
        var found: [APIExample] = []
        if let value = part["example"] {
            found.append(
                APIExample(
                    name: nil, value: value.value, pointer: pointer(of: value), location: value.location))
        }
        for (name, place) in part["examples"]?.members ?? [] {
            guard let value = reading.resolve(place)?["value"] else { continue }
            found.append(
                APIExample(
                    name: name, value: value.value, pointer: pointer(of: value), location: value.location))
        }
        return found
    }

    // MARK: Security

    func securitySchemes(_ part: APIPart?) -> [APISecurityScheme] {
        (part?.members ?? []).compactMap { name, place in
            guard let part = reading.resolve(place), let kind = Self.kind(of: part.value) else { return nil }
            return APISecurityScheme(
                name: name, kind: kind, pointer: pointer(of: part), location: part.location)
        }
    }

    /// `nil` for what is not understood.
    static func kind(of scheme: JSON) -> APISecurityScheme.Kind? {
        switch scheme["type"]?.stringValue {
        case "apiKey":
            guard let name = scheme["name"]?.stringValue,
                let place = scheme["in"]?.stringValue.flatMap(APIParameter.Place.init(rawValue:)),
                place != .path
            else { return nil }
            return .apiKey(in: place, name: name)
        case "http":
            guard let word = scheme["scheme"]?.stringValue?.lowercased(), !word.isEmpty else { return nil }
            return word == "basic" ? .httpBasic : word == "bearer" ? .httpBearer : .http(word)
        case "oauth2": return .oauth2
        case "openIdConnect": return .openIdConnect
        case "mutualTLS": return .mutualTLS
        default: return nil
        }
    }

    static func requirements(_ value: JSON?) -> [[String: [String]]] {
        (value?.arrayValue ?? []).compactMap(\.objectValue).map { requirement in
            var schemes: [String: [String]] = [:]
            for (name, scopes) in requirement {
                schemes[name] = (scopes.arrayValue ?? []).compactMap(\.stringValue)
            }
            return schemes
        }
    }

    /// A text, also where someone has written a number.
    static func scalar(_ value: JSON) -> String? {
        switch value {
        case .string(let text): text
        case .int, .double, .bool: value.rendered()
        case .null, .array, .object: nil
        }
    }
}
