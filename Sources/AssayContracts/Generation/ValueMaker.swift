import AssayCore
import AssayFormats

/// Makes values of schemas.
struct ValueMaker {
    enum Fullness {
        /// Required members only, as few items as may be.
        case least
        /// Every member that is described, arrays with an item.
        case full
        /// Some of it.
        case random
    }

    let source: SchemaSource
    var fullness: Fullness
    /// `nil` makes the plainest values.
    var random: SeededRandom?
    /// Examples of the document are taken where there are some.
    var prefersExamples = false
    /// Of every text.
    var alphabet = TextAlphabet.any
    /// Why nothing could be made.
    private(set) var reason: String?
    private var budget = 20_000

    /// From here on only what must be is made.
    private static let leanDepth = 4
    private static let depthLimit = 24

    init(
        _ source: SchemaSource, _ fullness: Fullness, random: SeededRandom? = nil,
        prefersExamples: Bool = false,
        alphabet: TextAlphabet = .any
    ) {
        self.source = source
        self.fullness = fullness
        self.random = random
        self.prefersExamples = prefersExamples
        self.alphabet = alphabet
    }

    /// A value of a schema; `nil` when none can be made, and then ``reason`` says why.
    mutating func value(of parts: [SchemaPart], depth: Int = 0) -> JSON? {
        value(ValueShape(parts, in: source), depth: depth)
    }

    mutating func value(_ shape: ValueShape, depth: Int) -> JSON? {
        budget -= 1
        guard budget > 0, depth < Self.depthLimit else {
            reason = "the schema asks for itself inside itself without end"
            return nil
        }
        if shape.isImpossible {
            reason = reason ?? shape.problem ?? "no value holds the schema"
            return nil
        }
        if prefersExamples, shape.choices == nil, let example = shape.examples.first { return example }
        if !shape.alternatives.isEmpty { return alternative(shape, depth) }
        if let choices = shape.choices {
            let fitting = choices.filter {
                shape.types == nil || shape.allows($0.isWhole ? "integer" : $0.typeName)
            }
            return random?.pick(fitting) ?? fitting.first
        }
        return plain(shape, depth)
    }

    /// Settles the first group of branches, trying each; deep inside, those that hold nothing further come first.
    private mutating func alternative(_ shape: ValueShape, _ depth: Int) -> JSON? {
        var rest = shape
        let group = rest.alternatives.removeFirst()
        var order = Array(group.indices)
        random?.reorder(&order)
        if depth >= Self.leanDepth {
            order.sort { isLeaf(group[$0]) && !isLeaf(group[$1]) }
        }
        for place in order {
            var settled = rest
            for part in group[place] { settled.add(part, source, depth: 0) }
            if settled.isImpossible { continue }
            if let made = value(settled, depth: depth + (isLeaf(group[place]) ? 0 : 1)) { return made }
        }
        return nil
    }

    private func isLeaf(_ parts: [SchemaPart]) -> Bool {
        let shape = ValueShape(parts, in: source)
        return shape.alternatives.isEmpty && !shape.likelyTypes.contains { $0 == "object" || $0 == "array" }
    }

    private mutating func plain(_ shape: ValueShape, _ depth: Int) -> JSON? {
        var types = shape.likelyTypes
        // Nothing is the rarest of what may stand somewhere.
        if types.count > 1, random?.chance(0.85) ?? true, let place = types.firstIndex(of: "null") {
            types.remove(at: place)
        }
        if depth >= Self.leanDepth, let leaf = types.first(where: { $0 != "object" && $0 != "array" }) {
            types = [leaf]
        }
        random?.reorder(&types)
        for type in types {
            if let made = value(ofType: type, shape, depth) { return made }
        }
        return nil
    }

    private mutating func value(ofType type: String, _ shape: ValueShape, _ depth: Int) -> JSON? {
        switch type {
        case "null": return .some(.null)
        case "boolean": return .bool(random?.chance(0.5) ?? true)
        case "integer", "number":
            let span = NumberSpan(shape, isInteger: type == "integer")
            if var drawn = random {
                defer { random = drawn }
                if let made = span.random(&drawn) { return made }
            } else if let made = span.simplest {
                return made
            }
            reason = "no number lies within the bounds"
            return nil
        case "string":
            let maker = GeneratedText(shape: shape, alphabet: alphabet)
            return maker.text(&random, reason: &reason).map { .string($0) }
        case "array": return array(shape, depth)
        case "object": return object(shape, depth)
        default:
            reason = "there is no type '\(type)'"
            return nil
        }
    }

    // MARK: Arrays

    private mutating func array(_ shape: ValueShape, _ depth: Int) -> JSON? {
        if shape.itemCounts.isImpossible {
            reason = "more items are asked for than allowed"
            return nil
        }
        let least = shape.itemCounts.least
        let most = shape.itemCounts.most ?? .max
        var count = least
        switch fullness {
        case .least: break
        case .full: count = min(max(least, max(1, shape.prefix.count)), most)
        case .random: count = random?.integer(in: least...min(most, max(least, 4))) ?? least
        }
        if depth >= Self.leanDepth { count = least }
        guard count <= 1000 else {
            reason = "at least \(count) items are asked for"
            return nil
        }
        var items: [JSON] = []
        var pending = shape.contained.flatMap { Array(repeating: $0.schema, count: $0.least) }
        for place in 0..<count {
            var parts = place < shape.prefix.count ? shape.prefix[place] : shape.items
            if let inner = pending.popLast() { parts.append(inner) }
            guard let made = item(parts, besides: shape.isUnique ? items : [], depth) else {
                // One that need not be there is left away.
                if place >= least { break }
                return nil
            }
            items.append(made)
        }
        return .array(items)
    }

    private mutating func item(_ parts: [SchemaPart], besides others: [JSON], _ depth: Int) -> JSON? {
        let shape = ValueShape(parts, in: source)
        if let made = value(shape, depth: depth + 1), !others.contains(made) { return made }
        guard !others.isEmpty else { return nil }
        for choice in shape.choices ?? [] where !others.contains(choice) { return choice }
        for attempt in 0..<30 {
            var other = self
            other.random =
                random?.split(UInt64(attempt)) ?? SeededRandom(seed: UInt64(others.count * 64 + attempt))
            other.prefersExamples = false
            if let made = other.value(shape, depth: depth + 1), !others.contains(made) { return made }
        }
        reason = "there are not enough different items"
        return nil
    }

    // MARK: Objects

    private mutating func object(_ shape: ValueShape, _ depth: Int) -> JSON? {
        var object = JSONObject()
        let wanted = names(shape, depth)
        for name in wanted {
            let isRequired = shape.required.contains(name)
            guard let made = value(of: schemas(of: name, shape), depth: depth + 1) else {
                if isRequired { return nil }
                continue
            }
            object[name] = made
        }
        for (name, others) in shape.dependents where object[name] != nil {
            for other in others where object[other] == nil {
                object[other] = value(of: schemas(of: other, shape), depth: depth + 1)
            }
        }
        var extra = 1
        while object.count < shape.memberCounts.least, extra < 100 {
            let name = newName(shape, extra)
            extra += 1
            guard object[name] == nil, let made = value(of: schemas(of: name, shape), depth: depth + 1) else {
                continue
            }
            object[name] = made
        }
        return .object(object)
    }

    /// Which members are made, in the order of their descriptions.
    private mutating func names(_ shape: ValueShape, _ depth: Int) -> [String] {
        var names = shape.members.map(\.name).filter { shape.required.contains($0) || isWanted(depth) }
        names += shape.required.filter { name in !names.contains(name) }
        var isMap = !shape.memberPatterns.isEmpty
        if case .schemas = shape.additional { isMap = true }
        if isMap, shape.members.isEmpty, isWanted(depth) { names.append(newName(shape, 1)) }
        if let most = shape.memberCounts.most, names.count > most {
            names = names.filter(shape.required.contains)
        }
        return names
    }

    private mutating func isWanted(_ depth: Int) -> Bool {
        if depth >= Self.leanDepth { return false }
        switch fullness {
        case .least: return false
        case .full: return true
        case .random: return random?.chance(0.6) ?? false
        }
    }

    /// A name that `patternProperties`, `propertyNames` or nothing speaks about.
    private mutating func newName(_ shape: ValueShape, _ number: Int) -> String {
        if !shape.memberNames.isEmpty {
            var names = ValueShape(shape.memberNames, in: source)
            names.restrict(types: ["string"])
            if number == 1, let plain = value(names, depth: Self.leanDepth)?.stringValue { return plain }
            var other = self
            other.random = SeededRandom(seed: UInt64(number))
            if let made = other.value(names, depth: Self.leanDepth)?.stringValue { return made }
        }
        if let pattern = shape.memberPatterns.first?.pattern, let maker = try? PatternText(pattern) {
            var drawn: SeededRandom? = number == 1 ? nil : SeededRandom(seed: UInt64(number))
            return maker.text(fullness: number == 1 ? 0 : 0.5, reach: 4, random: &drawn)
        }
        return "key\(number)"
    }

    /// What a member must hold: its own schemas, those of patterns, else those of additional members.
    func schemas(of name: String, _ shape: ValueShape) -> [SchemaPart] {
        var parts = shape.member(name)?.schemas ?? []
        for (pattern, part) in shape.memberPatterns {
            if let judge = try? Pattern(ECMAPattern.translated(pattern)),
                (try? judge.matches(in: name)) == true
            {
                parts.append(part)
            }
        }
        if parts.isEmpty, case .schemas(let additional) = shape.additional { parts = additional }
        return parts
    }
}

extension SeededRandom {
    /// Puts elements into a random order.
    mutating func reorder<Element>(_ elements: inout [Element]) { elements = shuffled(elements) }
}
