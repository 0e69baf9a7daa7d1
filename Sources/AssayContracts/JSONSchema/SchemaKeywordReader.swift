import AssayFormats

/// Reads one schema's keywords and checks that they are written as they should be.
struct SchemaKeywordReader {
    let members: JSONObject
    let place: String
    let dialect: SchemaDialect
    let assertsFormats: Bool
    let use: SchemaUse
    /// Members that need not be there, for the way the values go.
    private var eased: [String] = []
    private var keywords: [SchemaKeyword] = []

    init(
        members: JSONObject, place: String, dialect: SchemaDialect, assertsFormats: Bool, use: SchemaUse
    ) {
        self.members = members
        self.place = place
        self.dialect = dialect
        self.assertsFormats = assertsFormats
        self.use = use
    }

    mutating func read(
        with compiler: inout SchemaCompiler, at spot: SchemaLibrary.Place, resource: Int
    ) throws(SchemaError) -> [SchemaKeyword] {
        let below = { (compiler: inout SchemaCompiler, step: String, schema: JSON) in
            compiler.node(below: spot, "/" + step, schema, in: resource)
        }
        if let value = members["$ref"] {
            let text = try text(value, "$ref")
            let rule = try compiler.reference(text, isDynamic: false, from: resource, by: place + "/$ref")
            add("$ref", rule)
            if dialect.refStandsAlone { return keywords }
        }
        if dialect.version == .draft2019, let value = members["$recursiveRef"] {
            let text = try text(value, "$recursiveRef")
            add(
                "$recursiveRef",
                try compiler.recursiveReference(text, from: resource, by: place + "/$recursiveRef"))
        }
        if dialect.version == .draft2020, let value = members["$dynamicRef"] {
            let text = try text(value, "$dynamicRef")
            add(
                "$dynamicRef",
                try compiler.reference(text, isDynamic: true, from: resource, by: place + "/$dynamicRef"))
        }
        readUse(&compiler, resource)
        if dialect.validates { try readAssertions() }
        try readFormat()
        if dialect.appliesSubschemas {
            try readCombinations(&compiler, below)
            try readObject(&compiler, below)
            try readArray(&compiler, below)
        }
        if dialect.version >= .draft2019, dialect.judgesUnevaluated {
            if let value = members["unevaluatedItems"] {
                add("unevaluatedItems", .unevaluatedItems(below(&compiler, "unevaluatedItems", value)))
            }
            if let value = members["unevaluatedProperties"] {
                add(
                    "unevaluatedProperties",
                    .unevaluatedProperties(below(&compiler, "unevaluatedProperties", value)))
            }
        }
        return keywords
    }

    private typealias Below = (inout SchemaCompiler, String, JSON) -> Int

    private mutating func add(_ name: String, _ rule: SchemaKeyword.Rule) {
        keywords.append(SchemaKeyword(name: name, rule: rule))
    }

    /// What the way of the values changes; see ``SchemaUse``.
    private mutating func readUse(_ compiler: inout SchemaCompiler, _ resource: Int) {
        guard use != .plain, members["properties"] != nil || members["allOf"] != nil else { return }
        let mark = use == .request ? "readOnly" : "writeOnly"
        var marked = MarkedMembers(mark, at: place)
        marked.look(at: .object(members), in: resource, with: &compiler)
        eased = marked.names
        if use == .response, members["properties"] != nil {
            let own = members["properties"]?.objectValue ?? JSONObject()
            let hidden = eased.filter { own[$0] != nil }
            if !hidden.isEmpty { add("properties", .hidden(hidden)) }
        }
    }

    private mutating func readAssertions() throws(SchemaError) {
        if let value = members["type"] {
            add(
                "type", .type(try types(value), isWritten: dialect.version == .draft4 && !dialect.isOpenAPI30)
            )
        }
        if let value = members["enum"] {
            guard let values = value.arrayValue else { throw wrong("enum", "an array of values", value) }
            add("enum", .oneOfValues(EnumeratedValues(values)))
        }
        if dialect.version >= .draft6, let value = members["const"] { add("const", .constant(value)) }
        if let value = members["multipleOf"] {
            guard let number = DecimalNumber(value), number.digits > 0, value.isLess(than: .int(0)) == false
            else {
                throw wrong("multipleOf", "a number above 0", value)
            }
            add("multipleOf", .multipleOf(value, number))
        }
        try readBounds()
        for (name, bound) in [("minLength", SchemaKeyword.Bound.atLeast), ("maxLength", .atMost)] {
            if let count = try count(name) { add(name, .length(bound, count)) }
        }
        for (name, bound) in [("minItems", SchemaKeyword.Bound.atLeast), ("maxItems", .atMost)] {
            if let count = try count(name) { add(name, .itemCount(bound, count)) }
        }
        for (name, bound) in [("minProperties", SchemaKeyword.Bound.atLeast), ("maxProperties", .atMost)] {
            if let count = try count(name) { add(name, .memberCount(bound, count)) }
        }
        if let value = members["pattern"] {
            add("pattern", .pattern(try pattern(try text(value, "pattern"), "pattern")))
        }
        if let value = members["uniqueItems"] {
            guard let isOn = value.boolValue else { throw wrong("uniqueItems", "true or false", value) }
            if isOn { add("uniqueItems", .unique) }
        }
        if let value = members["required"] {
            let names = try names(value, "required").filter { !eased.contains($0) }
            add("required", .required(names))
        }
        if dialect.version >= .draft2019, let value = members["dependentRequired"] {
            guard let object = value.objectValue else {
                throw wrong("dependentRequired", "an object of lists of names", value)
            }
            var rules: [(name: String, others: [String])] = []
            for (name, others) in object { rules.append((name, try names(others, "dependentRequired"))) }
            add("dependentRequired", .dependentRequired(rules))
        }
    }

    /// OpenAPI 3.0.3 §4.7.24.1: `nullable` adds null to the `type` beside it; an `enum` still has to name null.
    private var isNullable: Bool { dialect.isOpenAPI30 && members["nullable"] == .bool(true) }

    /// Without a `type`, `nullable` has nothing to add to; beside combinations it is written all the same, and meant.
    var acceptsNull: Bool {
        isNullable && members["type"] == nil && members["enum"] == nil
            && (members["allOf"] != nil || members["anyOf"] != nil || members["oneOf"] != nil)
    }

    private func types(_ value: JSON) throws(SchemaError) -> [String] {
        var found = if let name = value.stringValue { [name] } else { try names(value, "type") }
        let known = ["null", "boolean", "object", "array", "number", "integer", "string"]
        for name in found where !known.contains(name) {
            throw wrong("type", "one of \(known.joined(separator: ", "))", .string(name))
        }
        if isNullable { found.append("null") }
        return found
    }

    private mutating func readBounds() throws(SchemaError) {
        let sides: [(String, String, SchemaKeyword.Bound, SchemaKeyword.Bound)] = [
            ("minimum", "exclusiveMinimum", .atLeast, .greater),
            ("maximum", "exclusiveMaximum", .atMost, .less),
        ]
        for (name, exclusive, inclusiveBound, exclusiveBound) in sides {
            var isExclusive = false
            if let value = members[exclusive] {
                if dialect.hasExclusiveFlags, let isOn = value.boolValue {
                    isExclusive = isOn
                } else if dialect.hasExclusiveFlags, !(dialect.isOpenAPI30 && value.isNumber) {
                    // Numbers are what older releases of FastAPI write into documents of 3.0.
                    throw wrong(exclusive, "true or false, as in OpenAPI 3.0 and draft 4", value)
                } else if value.isNumber {
                    add(exclusive, .bound(exclusiveBound, value))
                } else {
                    throw wrong(exclusive, "a number", value)
                }
            }
            if let value = members[name] {
                guard value.isNumber else { throw wrong(name, "a number", value) }
                add(name, .bound(isExclusive ? exclusiveBound : inclusiveBound, value))
            }
        }
    }

    private mutating func readFormat() throws(SchemaError) {
        guard assertsFormats || dialect.assertsFormats else { return }
        // From 2019-09 on, content only describes.
        if dialect.version == .draft7,
            let check = ContentCheck(
                encoding: members["contentEncoding"]?.stringValue,
                mediaType: members["contentMediaType"]?.stringValue)
        {
            add(members["contentMediaType"] == nil ? "contentEncoding" : "contentMediaType", .content(check))
        }
        guard let value = members["format"] else { return }
        let name = try text(value, "format")
        if let check = FormatCheck(name) { add("format", .format(name, check)) }
    }

    private mutating func readCombinations(
        _ compiler: inout SchemaCompiler, _ below: Below
    ) throws(SchemaError) {
        for name in ["allOf", "anyOf", "oneOf"] {
            guard let value = members[name] else { continue }
            let parts = try schemas(value, name, &compiler, below)
            if name == "allOf" {
                add(name, .all(parts))
                continue
            }
            let discriminator = Discriminator(members["discriminator"], parts: value.arrayValue ?? [])
            add(name, name == "anyOf" ? .any(parts, discriminator) : .one(parts, discriminator))
        }
        if let value = members["not"] { add("not", .not(below(&compiler, "not", value))) }
        guard dialect.version >= .draft7, let condition = members["if"] else { return }
        let node = below(&compiler, "if", condition)
        add(
            "if",
            .conditional(
                node, then: members["then"].map { below(&compiler, "then", $0) },
                otherwise: members["else"].map { below(&compiler, "else", $0) }))
    }

    private mutating func readObject(_ compiler: inout SchemaCompiler, _ below: Below) throws(SchemaError) {
        var rules = SchemaKeyword.Members()
        for (name, schema) in try object("properties") {
            rules.named[MemberName(text: name)] =
                below(&compiler, "properties/" + JSONPointer.escaped(name), schema)
        }
        if !dialect.isOpenAPI30 {
            for (source, schema) in try object("patternProperties") {
                let node = below(&compiler, "patternProperties/" + JSONPointer.escaped(source), schema)
                rules.patterns.append((try pattern(source, "patternProperties"), node))
            }
            if dialect.version >= .draft6, let value = members["propertyNames"] {
                add("propertyNames", .propertyNames(below(&compiler, "propertyNames", value)))
            }
        }
        rules.additional = members["additionalProperties"].map {
            below(&compiler, "additionalProperties", $0)
        }
        if !rules.named.isEmpty || !rules.patterns.isEmpty || rules.additional != nil {
            add("properties", .members(rules))
        }
        guard !dialect.isOpenAPI30 else { return }
        var dependents: [(name: String, schema: Int)] = []
        if dialect.version >= .draft2019 {
            for (name, schema) in try object("dependentSchemas") {
                dependents.append(
                    (name, below(&compiler, "dependentSchemas/" + JSONPointer.escaped(name), schema)))
            }
            if !dependents.isEmpty { add("dependentSchemas", .dependentSchemas(dependents)) }
            dependents = []
        }
        // Draft 2020-12 split it in two, but recommends that it is still read.
        var required: [(name: String, others: [String])] = []
        for (name, value) in try object("dependencies") {
            if value.arrayValue != nil {
                required.append((name, try names(value, "dependencies")))
            } else {
                dependents.append(
                    (name, below(&compiler, "dependencies/" + JSONPointer.escaped(name), value)))
            }
        }
        if !required.isEmpty { add("dependencies", .dependentRequired(required)) }
        if !dependents.isEmpty { add("dependencies", .dependentSchemas(dependents)) }
    }

    private mutating func readArray(_ compiler: inout SchemaCompiler, _ below: Below) throws(SchemaError) {
        var prefix: [Int] = []
        var rest: Int?
        let prefixKeyword = dialect.hasPrefixItems ? "prefixItems" : "items"
        if let value = members[prefixKeyword], value.arrayValue != nil || prefixKeyword == "prefixItems" {
            prefix = try schemas(value, prefixKeyword, &compiler, below)
            if prefixKeyword == "items" {
                rest = members["additionalItems"].map { below(&compiler, "additionalItems", $0) }
            }
        }
        if let value = members["items"], value.arrayValue == nil || prefixKeyword == "prefixItems" {
            rest = below(&compiler, "items", value)
        }
        if !prefix.isEmpty || rest != nil { add("items", .items(prefix: prefix, rest: rest)) }
        guard dialect.version >= .draft6, let value = members["contains"] else { return }
        let counts = dialect.version >= .draft2019
        let least = counts && dialect.validates ? try count("minContains") : nil
        let most = counts && dialect.validates ? try count("maxContains") : nil
        add(
            "contains",
            .contains(
                schema: below(&compiler, "contains", value), least: least ?? 1, most: most,
                countsAsEvaluated: dialect.version >= .draft2020))
    }

    private func schemas(
        _ value: JSON, _ name: String, _ compiler: inout SchemaCompiler, _ below: Below
    ) throws(SchemaError) -> [Int] {
        guard let parts = value.arrayValue else { throw wrong(name, "an array of schemas", value) }
        return parts.enumerated().map { below(&compiler, "\(name)/\($0.offset)", $0.element) }
    }

    private func object(_ name: String) throws(SchemaError) -> JSONObject {
        guard let value = members[name] else { return JSONObject() }
        guard let object = value.objectValue else { throw wrong(name, "an object of schemas", value) }
        return object
    }

    private func text(_ value: JSON, _ name: String) throws(SchemaError) -> String {
        guard let text = value.stringValue else { throw wrong(name, "a string", value) }
        return text
    }

    private func names(_ value: JSON, _ name: String) throws(SchemaError) -> [String] {
        guard let values = value.arrayValue else { throw wrong(name, "an array of names", value) }
        var found: [String] = []
        for value in values { found.append(try text(value, name)) }
        return found
    }

    private func count(_ name: String) throws(SchemaError) -> Int? {
        guard let value = members[name] else { return nil }
        guard let count = value.intValue, count >= 0 else {
            throw wrong(name, "a whole number from 0", value)
        }
        return Int(count)
    }

    private func pattern(_ source: String, _ name: String) throws(SchemaError) -> Pattern {
        do {
            return try Pattern(ECMAPattern.translated(source))
        } catch {
            throw SchemaError(
                place: place + "/" + name, expected: "a regular expression", actual: "'\(source)' (\(error))")
        }
    }

    private func wrong(_ name: String, _ expected: String, _ actual: JSON) -> SchemaError {
        SchemaError(place: place + "/" + name, expected: expected, actual: Shortened.value(actual))
    }
}

/// Values in messages.
enum Shortened {
    static let limit = 120

    static func value(_ value: JSON) -> String {
        switch value {
        case .array(let elements) where elements.count > 8: "an array of \(elements.count)"
        case .object(let object) where object.count > 8: "an object of \(object.count) members"
        case .string(let text) where text.utf8.count > 4 * limit:
            bounded(JSON.string(String(text.unicodeScalars.prefix(limit))).rendered())
        default: bounded(value.rendered())
        }
    }

    static func bounded(_ text: String) -> String {
        text.unicodeScalars.count > limit
            ? String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit))) + "…" : text
    }
}
