import AssayFormats

/// What all the schemas that a value must hold ask of it together, flat.
///
/// It is as good as it must be for making values: what it cannot say (`not`, how branches exclude each other) is judged
/// on the value made.
struct ValueShape {
    struct Limit {
        var value: JSON
        var isExcluded = false
    }

    enum Additional {
        case free
        case forbidden
        case schemas([SchemaPart])
    }

    struct Counts {
        var least = 0
        var most: Int?
        mutating func raise(_ count: Int) { least = max(least, count) }
        mutating func lower(_ count: Int) { most = min(most ?? count, count) }
        var isImpossible: Bool { most.map { $0 < least } ?? false }
    }

    struct Member {
        var name: String
        var schemas: [SchemaPart]
    }

    /// `nil`: any.
    var types: [String]?
    /// `enum` and `const`.
    var choices: [JSON]?
    var minimum: Limit?
    var maximum: Limit?
    var multiples: [JSON] = []
    var lengths = Counts()
    var patterns: [String] = []
    var formats: [String] = []
    var prefix: [[SchemaPart]] = []
    var items: [SchemaPart] = []
    var forbidsMoreItems = false
    var itemCounts = Counts()
    var isUnique = false
    var contained: [(schema: SchemaPart, least: Int)] = []
    var members: [Member] = []
    var required: [String] = []
    var memberPatterns: [(pattern: String, schema: SchemaPart)] = []
    var additional = Additional.free
    var memberCounts = Counts()
    var memberNames: [SchemaPart] = []
    var dependents: [(name: String, others: [String])] = []
    /// Of each group one branch must hold, all of whose schemas count.
    var alternatives: [[[SchemaPart]]] = []
    /// `default`, `example` and `examples`.
    var examples: [JSON] = []
    /// No value holds.
    var isImpossible = false
    /// Something was asked for that cannot be followed: a reference to nothing.
    var problem: String?

    init() {}

    /// The shape of a value that must hold all of these.
    init(_ parts: [SchemaPart], in source: SchemaSource) {
        for part in parts { add(part, source, depth: 0) }
    }

    /// One shape for each branch of the first group of alternatives, narrowed by it.
    ///
    /// - Parameter limit: so many branches are taken.
    func withoutFirstChoice(from source: SchemaSource, limit: Int) -> [ValueShape] {
        var rest = self
        return rest.alternatives.removeFirst().prefix(limit).map { parts in
            var settled = rest
            for part in parts { settled.add(part, source, depth: 0) }
            return settled
        }
    }

    func member(_ name: String) -> Member? { members.first { $0.name == name } }

    /// The types a value may have, in a fixed order; what the keywords are about when no type is named.
    var likelyTypes: [String] {
        if let types { return types }
        if !members.isEmpty || !required.isEmpty || !memberPatterns.isEmpty || memberCounts.least > 0 {
            return ["object"]
        }
        if case .free = additional {} else { return ["object"] }
        if !items.isEmpty || !prefix.isEmpty || itemCounts.least > 0 || !contained.isEmpty {
            return ["array"]
        }
        if minimum != nil || maximum != nil || !multiples.isEmpty { return ["number"] }
        return ["string"]
    }

    func allows(_ type: String) -> Bool {
        guard let types else { return true }
        return types.contains(type) || (type == "integer" && types.contains("number"))
    }

    mutating func restrict(types names: [String]) {
        guard let known = types else {
            types = names
            return
        }
        types = known.compactMap { type in
            if names.contains(type) { return type }
            if type == "number", names.contains("integer") { return "integer" }
            if type == "integer", names.contains("number") { return "integer" }
            return nil
        }
        if types?.isEmpty == true { isImpossible = true }
    }

    mutating func restrict(choices values: [JSON]) {
        choices = choices.map { known in known.filter(values.contains) } ?? values
        if choices?.isEmpty == true { isImpossible = true }
    }

    mutating func raise(minimum limit: Limit) {
        guard let known = minimum else {
            minimum = limit
            return
        }
        if known.value.isLess(than: limit.value) == true || (known.value == limit.value && limit.isExcluded) {
            minimum = limit
        }
    }

    mutating func lower(maximum limit: Limit) {
        guard let known = maximum else {
            maximum = limit
            return
        }
        if limit.value.isLess(than: known.value) == true || (known.value == limit.value && limit.isExcluded) {
            maximum = limit
        }
    }

    mutating func add(member name: String, _ schema: SchemaPart) {
        if let place = members.firstIndex(where: { $0.name == name }) {
            members[place].schemas.append(schema)
        } else {
            members.append(Member(name: name, schemas: [schema]))
        }
    }
}
