import AssayFormats

/// What a schema asks for once its references, `allOf` and the spellings of one meaning are put together.
struct SchemaShape {
    /// A keyword's value and where it is written.
    struct Placed<Value> {
        var value: Value
        var place: SchemaLibrary.Place
    }

    /// A least or greatest value.
    struct Bound {
        var value: JSON
        var isExclusive = false
        var place: SchemaLibrary.Place

        var text: String { value.rendered() + (isExclusive ? " (exclusive)" : "") }
        func isSame(as other: Bound) -> Bool { value == other.value && isExclusive == other.isExclusive }
    }

    /// An `anyOf` or `oneOf` with at least two members that are not null.
    struct Union {
        var keyword: String
        var members: [SchemaSpot]
        var place: SchemaLibrary.Place
        var discriminator: Placed<JSON>?
    }

    var pieces: [SchemaPiece]
    /// Where `false` stands, when nothing is accepted.
    var never: SchemaSpot?
    /// Without `null`; `nil` for any. `number` includes `integer`.
    var types: Placed<Set<String>>?
    var acceptsNull = true
    /// Values of `enum` and `const` without null.
    var allowed: Placed<[JSON]>?
    var isConstant = false
    /// By the keyword of the inclusive form: `minimum`, `maxLength`.
    var bounds: [String: Bound] = [:]
    var multiples: [Placed<JSON>] = []
    var patterns: [Placed<String>] = []
    /// With `contentEncoding` and `contentMediaType`.
    var formats: [Placed<String>] = []
    var uniqueItems: SchemaLibrary.Place?
    var required: [String: SchemaLibrary.Place] = [:]
    var unions: [Union] = []
    /// Keywords that are compared as they are, with the places of their values.
    var constraints: [String: [SchemaSpot]] = [:]

    init(pieces: [SchemaPiece], never: SchemaSpot?, side: SchemaSide) throws(SchemaError) {
        self.pieces = pieces
        self.never = never
        for piece in pieces {
            let acceptsNullItself = addTypes(of: piece)
            let unionsAcceptNull = try addUnions(of: piece, side)
            if !piece.isWithNull, !(acceptsNullItself && unionsAcceptNull) { acceptsNull = false }
            addBounds(of: piece)
            addTexts(of: piece)
            addConstraints(of: piece)
            for name in piece.members["required"]?.arrayValue ?? [] {
                if let name = name.stringValue, required[name] == nil {
                    required[name] = piece.place("required")
                }
            }
            if piece.members["uniqueItems"] == .bool(true), uniqueItems == nil {
                uniqueItems = piece.place("uniqueItems")
            }
        }
        if never != nil { acceptsNull = false }
        settle()
    }

    /// Whether values of a JSON type can hold.
    func admits(_ type: String) -> Bool {
        guard let types else { return true }
        return types.value.contains(type) || (type == "integer" && types.value.contains("number"))
            || (type == "number" && types.value.contains("integer"))
    }

    /// A place of the schema as a whole.
    var place: SchemaLibrary.Place? { pieces.first?.spot.place ?? never?.place }

    // MARK: Reading

    /// - Returns: whether null holds by these keywords.
    private mutating func addTypes(of piece: SchemaPiece) -> Bool {
        let members = piece.members
        var names: [String] = []
        if let name = members["type"]?.stringValue { names = [name] }
        if let list = members["type"]?.arrayValue { names = list.compactMap(\.stringValue) }
        var acceptsNull = names.isEmpty || names.contains("null")
        if !names.isEmpty {
            var own = Set(names.filter { $0 != "null" })
            if own.contains("number") { own.remove("integer") }
            types = Placed(
                value: types.map { Self.common($0.value, own) } ?? own,
                place: types?.place ?? piece.place("type"))
        }
        let constant = members["const"].map { [$0] }
        for (keyword, values) in [("enum", members["enum"]?.arrayValue), ("const", constant)] {
            guard let values else { continue }
            if !values.contains(.null) { acceptsNull = false }
            let own = values.filter { $0 != .null }
            isConstant = isConstant || keyword == "const"
            allowed = Placed(
                value: allowed.map { $0.value.filter(own.contains) } ?? own,
                place: allowed?.place ?? piece.place(keyword))
        }
        return acceptsNull || piece.isNullable
    }

    private static func common(_ left: Set<String>, _ right: Set<String>) -> Set<String> {
        var both = left.intersection(right)
        if left.contains("number"), right.contains("integer") { both.insert("integer") }
        if left.contains("integer"), right.contains("number") { both.insert("integer") }
        return both
    }

    /// - Returns: whether null holds by the unions of the piece.
    private mutating func addUnions(of piece: SchemaPiece, _ side: SchemaSide) throws(SchemaError) -> Bool {
        guard !piece.spot.isAlone else { return true }
        var acceptsNull = true
        for keyword in ["anyOf", "oneOf"] {
            guard let all = piece.members[keyword]?.arrayValue else { continue }
            let others = all.indices.filter { !SchemaSide.isNullAlone(all[$0]) }
            guard others.count > 1 else {
                // The one member was put in the schema's place with what it says of null.
                continue
            }
            var members: [SchemaSpot] = []
            var hasNull = others.count < all.count
            for index in others {
                let member = try side.canonical(side.spot(below: piece.spot, "\(keyword)/\(index)"))
                members.append(member)
                if !hasNull { hasNull = try side.acceptsNull(member) }
            }
            if !hasNull, !piece.isNullable { acceptsNull = false }
            let discriminator = piece.members["discriminator"].map {
                Placed(value: $0, place: piece.place("discriminator"))
            }
            unions.append(
                Union(
                    keyword: keyword, members: members, place: piece.place(keyword),
                    discriminator: discriminator))
        }
        return acceptsNull
    }

    private mutating func addBounds(of piece: SchemaPiece) {
        for keyword in ["minimum", "minLength", "minItems", "minProperties"] {
            guard let value = piece.members[keyword], value.isNumber else { continue }
            let isExclusive = piece.members["exclusiveMinimum"] == .bool(true) && keyword == "minimum"
            raise(keyword, Bound(value: value, isExclusive: isExclusive, place: piece.place(keyword)))
        }
        for keyword in ["maximum", "maxLength", "maxItems", "maxProperties"] {
            guard let value = piece.members[keyword], value.isNumber else { continue }
            let isExclusive = piece.members["exclusiveMaximum"] == .bool(true) && keyword == "maximum"
            lower(keyword, Bound(value: value, isExclusive: isExclusive, place: piece.place(keyword)))
        }
        if let value = piece.members["exclusiveMinimum"], value.isNumber {
            raise("minimum", Bound(value: value, isExclusive: true, place: piece.place("exclusiveMinimum")))
        }
        if let value = piece.members["exclusiveMaximum"], value.isNumber {
            lower("maximum", Bound(value: value, isExclusive: true, place: piece.place("exclusiveMaximum")))
        }
        if let value = piece.members["multipleOf"], value.isNumber {
            multiples.append(Placed(value: value, place: piece.place("multipleOf")))
        }
    }

    private mutating func raise(_ name: String, _ bound: Bound) {
        // No length is below nothing.
        if name != "minimum", bound.value == .int(0) { return }
        if let known = bounds[name], !Self.isTighter(lower: bound, than: known) { return }
        bounds[name] = bound
    }

    private mutating func lower(_ name: String, _ bound: Bound) {
        if let known = bounds[name], !Self.isTighter(upper: bound, than: known) { return }
        bounds[name] = bound
    }

    static func isTighter(lower bound: Bound, than other: Bound) -> Bool {
        if bound.value == other.value { return bound.isExclusive && !other.isExclusive }
        return other.value.isLess(than: bound.value) ?? false
    }

    static func isTighter(upper bound: Bound, than other: Bound) -> Bool {
        if bound.value == other.value { return bound.isExclusive && !other.isExclusive }
        return bound.value.isLess(than: other.value) ?? false
    }

    private mutating func addTexts(of piece: SchemaPiece) {
        if let pattern = piece.members["pattern"]?.stringValue,
            !patterns.contains(where: { $0.value == pattern })
        {
            patterns.append(Placed(value: pattern, place: piece.place("pattern")))
        }
        for keyword in ["format", "contentEncoding", "contentMediaType"] {
            guard let format = piece.members[keyword]?.stringValue,
                !formats.contains(where: { $0.value == format })
            else { continue }
            formats.append(Placed(value: format, place: piece.place(keyword)))
        }
    }

    private mutating func addConstraints(of piece: SchemaPiece) {
        for keyword in SchemaShape.constraintKeywords where piece.members[keyword] != nil {
            let place = piece.place(keyword)
            constraints[keyword, default: []].append(
                SchemaSpot(resource: piece.spot.resource, place: place))
        }
    }

    /// Keywords that are compared as they are: both sides must say the same.
    static let constraintKeywords = [
        "not", "if", "then", "else", "contains", "minContains", "maxContains", "dependentSchemas",
        "dependentRequired", "dependencies", "unevaluatedItems", "$recursiveRef",
    ]

    /// Once all pieces are in.
    private mutating func settle() {
        if let types, var allowed {
            // Values that the type refuses do not count.
            allowed.value.removeAll { value in
                let name = value.typeName
                return !types.value.contains(name) && !(name == "integer" && types.value.contains("number"))
            }
            self.allowed = allowed
        }
        guard types?.value == ["integer"] else { return }
        for (name, step) in [("minimum", 1), ("maximum", -1)] {
            guard var bound = bounds[name], bound.isExclusive, let whole = bound.value.intValue,
                whole.magnitude < 1 << 53
            else { continue }
            bound.value = .int(whole + Int64(step))
            bound.isExclusive = false
            bounds[name] = bound
        }
    }
}

extension SchemaPiece {
    /// OpenAPI 3.0's `nullable`; it is taken to hold for what the schema refers to as well, as everyone means it.
    var isNullable: Bool { dialect.isOpenAPI30 && members["nullable"] == .bool(true) }

    /// Whether a keyword has a schema that does not accept everything.
    func restricts(_ keyword: String) -> Bool {
        guard let schema = members[keyword] else { return false }
        return schema != .bool(true) && schema.objectValue?.isEmpty != true
    }

    func place(_ keyword: String) -> SchemaLibrary.Place {
        .init(
            document: spot.place.document,
            pointer: spot.place.pointer + "/" + JSONPointer.escaped(keyword))
    }
}
