public import AssayFormats

/// Adds what exchanges showed to a document that people wrote.
///
/// Nothing that is written is changed or taken away: descriptions, names, what is required. New paths, operations,
/// parameters, statuses, media types and members are added, members and parameters as optional ones. A document of OpenAPI
/// 3.0 gets schemas in its own dialect.
public struct APIMerge: Sendable {
    public private(set) var document: JSON
    /// What was added, in the document's order: `GET /jobs`, `GET /jobs: query limit`, `schema Job: member note`.
    public private(set) var added: [String] = []

    private let new: JSON
    private let isOld: Bool
    /// Names of the new document's schemas and security schemes in this one.
    private var schemaNames: [String: String] = [:]
    private var schemeNames: [String: String] = [:]

    /// - Parameters:
    ///   - existing: the document to keep.
    ///   - new: made by ``APIInference``, with the paths of `existing` known to it.
    public init(_ existing: JSON, adding new: JSON) {
        document = existing
        self.new = new
        isOld = existing["openapi"]?.stringValue?.hasPrefix("3.0") ?? false
        for (path, item) in new["paths"]?.objectValue ?? [:] { merge(path, item) }
    }

    // MARK: operations

    private mutating func merge(_ path: String, _ item: JSON) {
        for (method, operation) in item.objectValue ?? [:] {
            let name = "\(method.uppercased()) \(path)"
            let place = ["paths", path, method]
            if document.value(at: place) == nil {
                document.set(imported(operation), at: place)
                added.append(name)
            } else {
                mergeParameters(operation, path, method, name)
                mergeBody(operation, place, name)
                mergeResponses(operation, place, name)
            }
        }
    }

    private mutating func mergeParameters(_ new: JSON, _ path: String, _ method: String, _ name: String) {
        let place = ["paths", path, method, "parameters"]
        let known = [place, ["paths", path, "parameters"]].flatMap { place in
            (document.value(at: place)?.arrayValue ?? []).map { resolved($0) }
        }
        for parameter in new["parameters"]?.arrayValue ?? [] {
            let (kind, called) = (
                parameter["in"]?.stringValue ?? "", parameter["name"]?.stringValue ?? ""
            )
            guard kind != "path", !Self.isNamed(called, kind, among: known) else { continue }
            var optional = parameter.objectValue ?? JSONObject()
            optional["required"] = Optional<JSON>.none
            document.append(imported(.object(optional)), at: place)
            added.append("\(name): \(kind) \(called)")
        }
    }

    private static func isNamed(_ name: String, _ kind: String, among known: [JSON]) -> Bool {
        known.contains { one in
            guard one["in"]?.stringValue == kind, let other = one["name"]?.stringValue else { return false }
            return kind == "header" ? other.lowercased() == name.lowercased() : other == name
        }
    }

    private mutating func mergeBody(_ new: JSON, _ place: [String], _ name: String) {
        guard let body = new["requestBody"] else { return }
        let place = place + ["requestBody"]
        guard document.value(at: place) != nil else {
            var optional = body.objectValue ?? JSONObject()
            optional["required"] = Optional<JSON>.none
            document.set(imported(.object(optional)), at: place)
            added.append("\(name): request body")
            return
        }
        mergeContent(body, followed(place), "\(name): request body")
    }

    private mutating func mergeResponses(_ new: JSON, _ place: [String], _ name: String) {
        for (status, response) in new["responses"]?.objectValue ?? [:] where status != "default" {
            let responses = place + ["responses"]
            // What a class of statuses or `default` describes is described.
            let classes = [status, "\(status.prefix(1))XX", "default"]
            if let known = classes.first(where: { document.value(at: responses + [$0]) != nil }) {
                let place = followed(responses + [known])
                for (header, value) in response["headers"]?.objectValue ?? [:] {
                    let names = document.value(at: place + ["headers"])?.objectValue?.keys ?? []
                    guard !names.contains(where: { $0.lowercased() == header.lowercased() }) else { continue }
                    var optional = value.objectValue ?? JSONObject()
                    optional["required"] = Optional<JSON>.none
                    document.set(imported(.object(optional)), at: place + ["headers", header])
                    added.append("\(name): status \(status), header \(header)")
                }
                mergeContent(response, place, "\(name): status \(status)")
            } else {
                document.set(imported(response), at: responses + [status])
                added.append("\(name): status \(status)")
            }
        }
    }

    private mutating func mergeContent(_ new: JSON, _ place: [String], _ name: String) {
        for (type, media) in new["content"]?.objectValue ?? [:] {
            let known = document.value(at: place + ["content"])?.objectValue ?? JSONObject()
            if let written = known.keys.first(where: { Self.covers($0, type) }) {
                guard let schema = media["schema"] else { continue }
                mergeSchema(schema, place + ["content", written, "schema"], name, depth: 0)
            } else {
                document.set(imported(media), at: place + ["content", type])
                added.append("\(name), \(type)")
            }
        }
    }

    private static func covers(_ written: String, _ type: String) -> Bool {
        let written = written.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return written == type || written == "*/*"
            || written.hasSuffix("/*") && type.hasPrefix(written.dropLast(1))
    }

    // MARK: schemas

    /// Adds members that the schema at a place does not have.
    private mutating func mergeSchema(_ new: JSON, _ place: [String], _ name: String, depth: Int) {
        guard depth < ExampleShape.depthLimit, document.value(at: place) != nil else { return }
        let place = followed(place)
        let name = place.count == 3 && place[1] == "schemas" ? "schema \(place[2])" : name
        let new = ownSchema(new)
        guard let old = document.value(at: place), let known = old.objectValue,
            !["allOf", "anyOf", "oneOf", "not", "if"].contains(where: { known[$0] != nil })
        else { return }
        if let items = new["items"], items.objectValue != nil {
            mergeSchema(items, place + ["items"], name, depth: depth + 1)
        }
        // Of a map the members are data.
        if let rest = old["additionalProperties"], rest.objectValue != nil {
            if let values = new["additionalProperties"] {
                mergeSchema(values, place + ["additionalProperties"], name, depth: depth + 1)
            }
            return
        }
        guard Self.takes("object", known) else { return }
        for (member, schema) in new["properties"]?.objectValue ?? [:] {
            let own = place + ["properties", member]
            if document.value(at: own) == nil {
                document.set(imported(schema), at: own)
                added.append("\(name): member \(member)")
            } else {
                mergeSchema(schema, own, name, depth: depth + 1)
            }
        }
    }

    private static func takes(_ type: String, _ schema: JSONObject) -> Bool {
        switch schema["type"] {
        case .string(let one)?: one == type
        case .array(let several)?: several.contains(.string(type))
        default: schema["properties"] != nil
        }
    }

    /// A schema of the new document without references at its top; of `anyOf` with null, what is not null.
    private func ownSchema(_ schema: JSON) -> JSON {
        var schema = schema
        if let first = schema["anyOf"]?[0], schema["anyOf"]?[1] == ["type": "null"] { schema = first }
        guard let name = Self.definition(schema) else { return schema }
        return new["components"]?["schemas"]?[name] ?? schema
    }

    private static func definition(_ schema: JSON) -> String? {
        guard let reference = schema["$ref"]?.stringValue, reference.hasPrefix(Self.prefix) else {
            return nil
        }
        return String(reference.dropFirst(Self.prefix.count))
    }

    private static let prefix = "#/components/schemas/"

    // MARK: taking over

    /// A part of the new document with the definitions and security schemes that it needs.
    private mutating func imported(_ part: JSON) -> JSON {
        var part = part
        if let security = part["security"]?.arrayValue, var object = part.objectValue {
            object["security"] = .array(
                security.map { one in
                    .object(JSONObject((one.objectValue ?? [:]).map { (scheme($0.key), $0.value) }))
                })
            part = .object(object)
        }
        if let id = part["operationId"]?.stringValue, var object = part.objectValue {
            object["operationId"] = .string(freeID(id))
            part = .object(object)
        }
        let renamed = renamed(part)
        return isOld ? OpenAPI30.converted(renamed) : renamed
    }

    private mutating func renamed(_ part: JSON) -> JSON {
        switch part {
        case .array(let elements): return .array(elements.map { renamed($0) })
        case .object(let object):
            if let name = Self.definition(part) {
                return ["$ref": .string(Self.prefix + definition(named: name))]
            }
            return .object(JSONObject(object.map { ($0.key, renamed($0.value)) }))
        default: return part
        }
    }

    /// The name that a definition of the new document has here; it is taken over when it is new.
    private mutating func definition(named name: String) -> String {
        if let known = schemaNames[name] { return known }
        guard let schema = new["components"]?["schemas"]?[name] else { return name }
        let schemas = document["components"]?["schemas"]?.objectValue ?? JSONObject()
        if let known = schemas[name], Self.areAlike(known, schema) {
            schemaNames[name] = name
            mergeSchema(schema, ["components", "schemas", name], name, depth: 0)
            return name
        }
        var free = name
        var number = 2
        while schemas[free] != nil {
            free = "\(name)\(number)"
            number += 1
        }
        schemaNames[name] = free
        let own = renamed(schema)
        document.set(isOld ? OpenAPI30.converted(own) : own, at: ["components", "schemas", free])
        return free
    }

    /// Objects that have most members in common are meant to be one.
    private static func areAlike(_ known: JSON, _ schema: JSON) -> Bool {
        let mine = Set(known["properties"]?.objectValue?.keys ?? [])
        let theirs = Set(schema["properties"]?.objectValue?.keys ?? [])
        return !theirs.isEmpty && mine.intersection(theirs).count * 2 >= theirs.count
    }

    private mutating func scheme(_ name: String) -> String {
        if let known = schemeNames[name] { return known }
        guard let scheme = new["components"]?["securitySchemes"]?[name] else { return name }
        let schemes = document["components"]?["securitySchemes"]?.objectValue ?? JSONObject()
        let same = schemes.first { _, one in
            ["type", "scheme", "in", "name"].allSatisfy { key in
                one[key]?.stringValue?.lowercased() == scheme[key]?.stringValue?.lowercased()
            }
        }
        if let same {
            schemeNames[name] = same.key
            return same.key
        }
        var free = name
        var number = 2
        while schemes[free] != nil {
            free = "\(name)\(number)"
            number += 1
        }
        schemeNames[name] = free
        document.set(scheme, at: ["components", "securitySchemes", free])
        added.append("security scheme \(free)")
        return free
    }

    private func freeID(_ id: String) -> String {
        let taken = Set(
            (document["paths"]?.objectValue ?? [:]).flatMap { item in
                (item.value.objectValue ?? [:]).compactMap { $0.value["operationId"]?.stringValue }
            })
        var free = id
        var number = 2
        while taken.contains(free) {
            free = "\(id)\(number)"
            number += 1
        }
        return free
    }

    // MARK: references

    private static let chainLimit = 32

    /// The place of a value, behind its references within the document.
    private func followed(_ place: [String]) -> [String] {
        var place = place
        for _ in 0..<Self.chainLimit {
            guard let reference = document.value(at: place)?["$ref"]?.stringValue, reference.hasPrefix("#/")
            else {
                return place
            }
            let target = JSONPointer.tokens(String(reference.dropFirst()))
            guard document.value(at: target) != nil else { return place }
            place = target
        }
        return place
    }

    private func resolved(_ value: JSON) -> JSON {
        guard let reference = value["$ref"]?.stringValue, reference.hasPrefix("#/") else { return value }
        let target = followed(JSONPointer.tokens(String(reference.dropFirst())))
        return document.value(at: target) ?? value
    }
}

extension JSON {
    /// The value at names and indices from here.
    fileprivate func value(at place: [String]) -> JSON? {
        var value = self
        for name in place {
            let child = value[name] ?? (Int(name).flatMap { value[$0] })
            guard let child else { return nil }
            value = child
        }
        return value
    }

    /// Sets a value; objects on the way are made where there are none.
    fileprivate mutating func set(_ value: JSON, at place: [String]) {
        guard let name = place.first else {
            self = value
            return
        }
        if case .array(var elements) = self, let index = Int(name), elements.indices.contains(index) {
            elements[index].set(value, at: Array(place.dropFirst()))
            self = .array(elements)
            return
        }
        var object = objectValue ?? JSONObject()
        var child = object[name] ?? .object(JSONObject())
        child.set(value, at: Array(place.dropFirst()))
        object[name] = .some(child)
        self = .object(object)
    }

    /// Adds an element to the list at a place.
    fileprivate mutating func append(_ element: JSON, at place: [String]) {
        set(.array((value(at: place)?.arrayValue ?? []) + [element]), at: place)
    }
}
