import AssayFormats

extension ValueShape {
    /// References and `allOf` may be entered so deep before they are taken for a circle.
    private static let depthLimit = 48

    /// Narrows the shape by one more schema.
    mutating func add(_ part: SchemaPart, _ source: SchemaSource, depth: Int) {
        guard depth < Self.depthLimit else {
            problem = "the schema leads back to itself"
            isImpossible = true
            return
        }
        if case .bool(let accepts) = part.schema {
            if !accepts { isImpossible = true }
            return
        }
        guard case .object(let schema) = part.schema else { return }
        for keyword in ["$ref", "$dynamicRef"] {
            guard let reference = schema[keyword]?.stringValue else { continue }
            if let target = source.resolved(reference, from: part.base) {
                add(target, source, depth: depth + 1)
            } else {
                problem = "the reference \(reference) leads to nothing"
                isImpossible = true
            }
            if source.dialect.refStandsAlone { return }
        }
        addValues(schema, source.dialect)
        addNumbers(schema, source.dialect)
        addTexts(schema)
        addItems(schema, part.base)
        addMembers(schema, part.base, source)
        addCombinations(schema, part.base, source, depth: depth)
    }

    private mutating func addValues(_ schema: JSONObject, _ dialect: SchemaDialect) {
        var names =
            schema["type"]?.stringValue.map { [$0] } ?? schema["type"]?.arrayValue?.compactMap(\.stringValue)
        if dialect.isOpenAPI30, schema["nullable"] == .bool(true), names != nil {
            names?.append("null")
        }
        if let names { restrict(types: names) }
        if let values = schema["enum"]?.arrayValue { restrict(choices: values) }
        if let value = schema["const"], !dialect.isOpenAPI30 { restrict(choices: [value]) }
        if let value = schema["example"] { examples.append(value) }
        if let values = schema["examples"]?.arrayValue { examples += values }
        if let value = schema["default"] { examples.append(value) }
    }

    private mutating func addNumbers(_ schema: JSONObject, _ dialect: SchemaDialect) {
        if let value = schema["minimum"], value.isNumber {
            raise(minimum: Limit(value: value, isExcluded: schema["exclusiveMinimum"] == .bool(true)))
        }
        if let value = schema["maximum"], value.isNumber {
            lower(maximum: Limit(value: value, isExcluded: schema["exclusiveMaximum"] == .bool(true)))
        }
        if let value = schema["exclusiveMinimum"], value.isNumber {
            raise(minimum: Limit(value: value, isExcluded: true))
        }
        if let value = schema["exclusiveMaximum"], value.isNumber {
            lower(maximum: Limit(value: value, isExcluded: true))
        }
        if let value = schema["multipleOf"], value.isNumber { multiples.append(value) }
        if schema["format"]?.stringValue == "int32" {
            raise(minimum: Limit(value: .int(Int64(Int32.min))))
            lower(maximum: Limit(value: .int(Int64(Int32.max))))
        }
    }

    private mutating func addTexts(_ schema: JSONObject) {
        if let count = Self.count(schema["minLength"]) { lengths.raise(count) }
        if let count = Self.count(schema["maxLength"]) { lengths.lower(count) }
        if let pattern = schema["pattern"]?.stringValue { patterns.append(pattern) }
        if let format = schema["format"]?.stringValue { formats.append(format) }
    }

    /// `nil` for a count below nought, which says nothing.
    private static func count(_ value: JSON?) -> Int? {
        value?.intValue.flatMap { $0 < 0 ? nil : Int(clamping: $0) }
    }

    private mutating func addItems(_ schema: JSONObject, _ base: String) {
        let listed = schema["prefixItems"]?.arrayValue ?? schema["items"]?.arrayValue ?? []
        for (place, item) in listed.enumerated() {
            if place == prefix.count { prefix.append([]) }
            prefix[place].append(SchemaPart(schema: item, base: base))
        }
        let rest = schema["items"]?.arrayValue == nil ? schema["items"] : schema["additionalItems"]
        if let rest {
            if rest == .bool(false) {
                forbidsMoreItems = true
            } else {
                items.append(SchemaPart(schema: rest, base: base))
            }
        }
        if let count = Self.count(schema["minItems"]) { itemCounts.raise(count) }
        if let count = Self.count(schema["maxItems"]) { itemCounts.lower(count) }
        if forbidsMoreItems { itemCounts.lower(prefix.count) }
        if schema["uniqueItems"] == .bool(true) { isUnique = true }
        if let inner = schema["contains"] {
            let least = Self.count(schema["minContains"]) ?? 1
            contained.append((SchemaPart(schema: inner, base: base), least))
            itemCounts.raise(least)
        }
    }

    private mutating func addMembers(_ schema: JSONObject, _ base: String, _ source: SchemaSource) {
        var unsent: Set<String> = []
        for (name, value) in schema["properties"]?.objectValue ?? JSONObject() {
            let part = SchemaPart(schema: value, base: base)
            if source.isForRequests, source.isReadOnly(part) {
                unsent.insert(name)
            } else {
                add(member: name, part)
            }
        }
        for name in schema["required"]?.arrayValue?.compactMap(\.stringValue) ?? []
        where !required.contains(name) && !unsent.contains(name) {
            required.append(name)
        }
        for (pattern, value) in schema["patternProperties"]?.objectValue ?? JSONObject() {
            memberPatterns.append((pattern, SchemaPart(schema: value, base: base)))
        }
        switch schema["additionalProperties"] ?? schema["unevaluatedProperties"] {
        case .bool(false)?: additional = .forbidden
        case .object(let inner)?:
            let part = SchemaPart(schema: .object(inner), base: base)
            switch additional {
            case .forbidden: break
            case .free: additional = .schemas([part])
            case .schemas(let known): additional = .schemas(known + [part])
            }
        default: break
        }
        if let count = Self.count(schema["minProperties"]) { memberCounts.raise(count) }
        if let count = Self.count(schema["maxProperties"]) { memberCounts.lower(count) }
        if let names = schema["propertyNames"] { memberNames.append(SchemaPart(schema: names, base: base)) }
        for keyword in ["dependentRequired", "dependencies"] {
            for (name, value) in schema[keyword]?.objectValue ?? JSONObject() {
                guard let others = value.arrayValue?.compactMap(\.stringValue) else { continue }
                dependents.append((name, others))
            }
        }
    }

    private mutating func addCombinations(
        _ schema: JSONObject, _ base: String, _ source: SchemaSource, depth: Int
    ) {
        for inner in schema["allOf"]?.arrayValue ?? [] {
            add(SchemaPart(schema: inner, base: base), source, depth: depth + 1)
        }
        for keyword in ["anyOf", "oneOf"] {
            guard let branches = schema[keyword]?.arrayValue, !branches.isEmpty else { continue }
            alternatives.append(branches.map { [SchemaPart(schema: $0, base: base)] })
        }
        if let condition = schema["if"] {
            let part = SchemaPart(schema: condition, base: base)
            let then = schema["then"].map { [SchemaPart(schema: $0, base: base)] } ?? []
            let otherwise = schema["else"].map { [SchemaPart(schema: $0, base: base)] } ?? []
            alternatives.append([[part] + then, otherwise])
        }
        for (name, value) in schema["dependentSchemas"]?.objectValue ?? JSONObject() {
            // Either with all that it brings along, or without it.
            let part = SchemaPart(schema: value, base: base)
            let has: JSON = .object(["required": .array([.string(name)])])
            alternatives.append([[], [SchemaPart(schema: has, base: base), part]])
        }
    }
}
