import AssayCore
import AssayFormats

/// Schemas and values made at random, for what must hold of every comparison.
struct SchemaPairs {
    var random: SeededRandom

    init(seed: UInt64) { random = SeededRandom(seed: seed) }

    mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(random.next() % UInt64(range.count))
    }

    mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...(values.count - 1))] }
    mutating func happens(_ percent: Int) -> Bool { number(1...100) <= percent }

    // MARK: Schemas

    mutating func schema(depth: Int = 3) -> JSON {
        var members: JSONObject = [:]
        switch number(0...(depth > 0 ? 9 : 5)) {
        case 0: integers(into: &members)
        case 1: members["type"] = "boolean"
        case 2: strings(into: &members)
        case 3:
            members["enum"] = .array(
                Array(["a", "b", "c", 1, true].shuffled(using: &random).prefix(number(1...4))))
        case 4: members["const"] = pick(["a", "b", 1, 2])
        case 5: members["type"] = .array([pick(["string", "integer"]), pick(["null", "boolean"])])
        case 6, 7: objects(into: &members, depth)
        case 8: arrays(into: &members, depth)
        default: return union(depth)
        }
        if happens(10) { return ["anyOf": [.object(members), ["type": "null"]]] }
        if happens(10) { return ["allOf": [.object(members), schema(depth: 0)]] }
        return .object(members)
    }

    private mutating func integers(into members: inout JSONObject) {
        members["type"] = pick(["integer", "number"])
        if happens(50) { members[pick(["minimum", "exclusiveMinimum"])] = .int(Int64(number(-3...3))) }
        if happens(50) { members[pick(["maximum", "exclusiveMaximum"])] = .int(Int64(number(2...8))) }
        if happens(20) { members["multipleOf"] = .int(Int64(number(1...4))) }
    }

    private mutating func strings(into members: inout JSONObject) {
        members["type"] = "string"
        if happens(40) { members["minLength"] = .int(Int64(number(0...2))) }
        if happens(40) { members["maxLength"] = .int(Int64(number(1...4))) }
        if happens(20) { members["pattern"] = pick(["^[a-z]*$", "a", "^b"]) }
    }

    private mutating func objects(into members: inout JSONObject, _ depth: Int) {
        members["type"] = "object"
        var properties: JSONObject = [:]
        for name in ["a", "b", "c", "d"] where happens(50) { properties[name] = schema(depth: depth - 1) }
        members["properties"] = .object(properties)
        if happens(50) {
            members["required"] = .array(["a", "b", "c"].filter { _ in happens(40) }.map(JSON.string))
        }
        if happens(40) { members["additionalProperties"] = pick([false, ["type": "string"], true]) }
        if happens(10) { members["patternProperties"] = ["^[cd]$": schema(depth: 0)] }
        if happens(10) { members["minProperties"] = .int(Int64(number(0...2))) }
    }

    private mutating func arrays(into members: inout JSONObject, _ depth: Int) {
        members["type"] = "array"
        if happens(70) { members["items"] = schema(depth: depth - 1) }
        if happens(20) { members["prefixItems"] = [schema(depth: 0)] }
        if happens(30) { members["minItems"] = .int(Int64(number(0...2))) }
        if happens(30) { members["maxItems"] = .int(Int64(number(1...3))) }
        if happens(20) { members["uniqueItems"] = true }
        if happens(10) { members["contains"] = schema(depth: 0) }
    }

    /// Members that exclude each other, as the comparison takes them to.
    private mutating func union(_ depth: Int) -> JSON {
        var members: [JSON] = []
        for kind in ["x", "y", "z"] where happens(60) || members.isEmpty {
            var object: JSONObject = [:]
            objects(into: &object, depth - 1)
            var properties = object["properties"]?.objectValue ?? [:]
            properties["kind"] = ["const": .string(kind)]
            object["properties"] = .object(properties)
            object["required"] = .array((object["required"]?.arrayValue ?? []) + ["kind"])
            members.append(.object(object))
        }
        if happens(40) { members.append(["type": "string"]) }
        return [pick(["oneOf", "anyOf"]): .array(members)]
    }

    /// The same with something changed somewhere.
    mutating func mutated(_ schema: JSON, depth: Int = 3) -> JSON {
        if happens(15) { return self.schema(depth: max(0, depth)) }
        guard case .object(var members) = schema, !members.isEmpty else { return schema }
        let key = pick(members.keys)
        switch key == "type" ? nil : members[key] {
        case .object(let object)? where ["properties", "patternProperties"].contains(key) && !object.isEmpty:
            var object = object
            let name = pick(object.keys)
            let changed = mutated(object[name] ?? true, depth: depth - 1)
            object[name] = changed
            if happens(20) { object.remove(name) }
            members[key] = .object(object)
        case .object(let object)? where !key.lowercased().hasSuffix("properties") || key.hasPrefix("add"):
            members[key] = mutated(.object(object), depth: depth - 1)
        case .array(var elements)? where !elements.isEmpty:
            let place = number(0...(elements.count - 1))
            if key == "enum" || key == "required" || happens(20) {
                if elements.count > 1 { elements.remove(at: place) }
            } else {
                elements[place] = mutated(elements[place], depth: depth - 1)
            }
            members[key] = .array(elements)
        case .int(let value)? where key != "const" && key != "multipleOf":
            members[key] = .int(
                max(key.hasPrefix("m") && key.count > 7 ? 0 : -9, value + Int64(number(-1...1))))
        default: if happens(50), key != "type" { members.remove(key) }
        }
        return .object(members)
    }

    // MARK: Values

    /// A value that is likely near to what a schema accepts.
    mutating func value(for schema: JSON, depth: Int = 4) -> JSON {
        if happens(8) || depth < 0 { return anyValue() }
        for keyword in ["anyOf", "oneOf", "allOf"] {
            if let members = schema[keyword]?.arrayValue, !members.isEmpty {
                return value(for: pick(members), depth: depth)
            }
        }
        if let constant = schema["const"] { return constant }
        if let values = schema["enum"]?.arrayValue, !values.isEmpty { return pick(values) }
        let types = schema["type"]?.arrayValue ?? schema["type"].map { [$0] } ?? []
        switch types.isEmpty ? nil : pick(types).stringValue {
        case "integer"?: return .int(Int64(number(-4...9)))
        case "number"?:
            return happens(70) ? .int(Int64(number(-4...9))) : .double(Double(number(-8...18)) / 2)
        case "string"?: return .string(pick(["", "a", "b", "ab", "abc", "B", "bcde"]))
        case "boolean"?: return .bool(happens(50))
        case "null"?: return .null
        case "array"?: return array(for: schema, depth)
        case "object"?: return object(for: schema, depth)
        default: return anyValue()
        }
    }

    private mutating func array(for schema: JSON, _ depth: Int) -> JSON {
        var elements: [JSON] = []
        let prefix = schema["prefixItems"]?.arrayValue ?? []
        for index in 0..<number(0...3) {
            let own = index < prefix.count ? prefix[index] : schema["items"] ?? true
            elements.append(value(for: own, depth: depth - 1))
        }
        return .array(elements)
    }

    private mutating func object(for schema: JSON, _ depth: Int) -> JSON {
        var members: JSONObject = [:]
        let required = (schema["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        for (name, own) in schema["properties"]?.objectValue ?? [:]
        where required.contains(name) || happens(60) {
            members[name] = value(for: own, depth: depth - 1)
        }
        for name in required where members[name] == nil { members[name] = anyValue() }
        if happens(15) { members[pick(["a", "b", "c", "d", "e"])] = anyValue() }
        return .object(members)
    }

    private mutating func anyValue() -> JSON {
        pick([
            .null, true, 0, 3, 2.5, "a", "bb", [], ["a"], [:], ["a": "a"], ["kind": "x"], ["b": 1, "e": "e"],
        ])
    }
}

extension JSONObject {
    /// In an expression of JSON values, `nil` would be null.
    fileprivate mutating func remove(_ name: String) {
        let nothing: JSON? = .none
        self[name] = nothing
    }
}
