import AssayFormats

/// One judgement of one value.
struct SchemaJudge {
    /// What the keywords of a schema looked at, for `unevaluatedItems` and `unevaluatedProperties`.
    struct Evaluated {
        var allItems = false
        var firstItems = 0
        var items: Set<Int> = []
        var allMembers = false
        var members: Set<MemberName> = []

        mutating func add(_ other: Evaluated) {
            allItems = allItems || other.allItems
            firstItems = max(firstItems, other.firstItems)
            if !other.items.isEmpty { items.formUnion(other.items) }
            allMembers = allMembers || other.allMembers
            if !other.members.isEmpty { members.formUnion(other.members) }
        }
    }

    /// A schema at a place of the value; the scope only grows on the way down, so its size tells it.
    private struct Visit: Hashable {
        var node: Int
        var depth: Int
        var scope: Int
    }

    private enum Step {
        case member(String)
        case index(Int)
    }

    let schema: SchemaProgram
    let root: Int
    let limit: Int
    private(set) var violations: [SchemaViolation] = []
    /// Where in the value.
    private var path: [Step] = []
    /// Resources entered, outermost first, each once.
    private var scope: [Int] = []
    private var active: Set<Visit> = []
    private var depth = 0
    private(set) var steps = 0
    /// Above 0, only whether something holds is asked.
    private var quiet = 0
    /// Judging had to end early; the last violation says why.
    private var gaveUp = false
    private var tellsAlternatives = true
    private static let alternativesTold = 4

    init(schema: SchemaProgram, root: Int, limit: Int) {
        self.schema = schema
        self.root = root
        self.limit = limit
    }

    mutating func run(_ value: JSON) {
        var evaluated = Evaluated()
        _ = judge(root, value, &evaluated, wanted: false)
    }

    /// Whether judging can stop: nobody would see a further violation.
    private var isFull: Bool { gaveUp || (quiet == 0 && violations.count >= limit) }

    // MARK: Schemas

    /// - Parameter wanted: whether a schema around asks what was evaluated.
    mutating func judge(_ index: Int, _ value: JSON, _ evaluated: inout Evaluated, wanted: Bool) -> Bool {
        if gaveUp { return false }
        let node = schema.nodes[index]
        steps += 1
        guard steps <= JSONSchema.stepLimit else {
            return giveUp(
                node, expected: "a judgement of at most \(JSONSchema.stepLimit) steps", actual: "more")
        }
        guard depth < JSONSchema.depthLimit else {
            return giveUp(
                node, expected: "schemas entered at most \(JSONSchema.depthLimit) deep",
                actual: "a deeper value")
        }
        if node.acceptsNull, case .null = value { return true }
        let outerScope = scope.count
        if !scope.contains(node.resource) { scope.append(node.resource) }
        let visit = Visit(node: index, depth: path.count, scope: scope.count)
        guard active.insert(visit).inserted else {
            scope.removeLast(scope.count - outerScope)
            return giveUp(
                node, keyword: "$ref", expected: "references that end",
                actual: "a reference that leads back to itself")
        }
        depth += 1
        let wanted = wanted || node.needsEvaluated
        var own = Evaluated()
        var holds = true
        for keyword in node.keywords {
            if !judge(keyword, of: node, value, &own, wanted: wanted) { holds = false }
            if !holds && quiet > 0 || isFull { break }
        }
        depth -= 1
        active.remove(visit)
        scope.removeLast(scope.count - outerScope)
        if holds, wanted { evaluated.add(own) }
        return holds
    }

    /// Whether a value holds, telling nothing of why.
    private mutating func holds(
        _ index: Int, _ value: JSON, _ evaluated: inout Evaluated, wanted: Bool
    ) -> Bool {
        quiet += 1
        defer { quiet -= 1 }
        return judge(index, value, &evaluated, wanted: wanted)
    }

    mutating func giveUp(
        _ node: SchemaNode, keyword: String = "", expected: String, actual: String
    ) -> Bool {
        gaveUp = true
        let violation = violation(node, keyword: keyword, expected, actual)
        if violations.count >= limit { violations.removeLast() }
        violations.append(violation)
        return false
    }

    /// Tells a violation; always false.
    mutating func fail(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ expected: @autoclosure () -> String,
        _ actual: @autoclosure () -> String
    ) -> Bool {
        guard quiet == 0, violations.count < limit, !gaveUp else { return false }
        violations.append(violation(node, keyword: keyword.name, expected(), actual()))
        return false
    }

    private func violation(
        _ node: SchemaNode, keyword: String, _ expected: String, _ actual: String
    ) -> SchemaViolation {
        let step = keyword.isEmpty ? "" : "/" + keyword
        return SchemaViolation(
            instancePath: renderedPath, instancePointer: renderedPointer, schemaPath: node.place + step,
            keyword: keyword, expected: expected, actual: actual,
            schemaLocation: schema.positions[node.document]?.nearestLocation(of: node.pointer + step))
    }

    private var renderedPointer: String {
        path.map { step in
            switch step {
            case .index(let index): "/\(index)"
            case .member(let name): "/" + JSONPointer.escaped(name)
            }
        }.joined()
    }

    private var renderedPath: String {
        var text = "$"
        for step in path {
            switch step {
            case .index(let index): text += "[\(index)]"
            case .member(let name):
                let isPlain = name.utf8.allSatisfy { $0.isASCIILetter || $0 == 95 || (48...57).contains($0) }
                if isPlain, let first = name.utf8.first, !(48...57).contains(first) {
                    text += "." + name
                } else {
                    text += "[" + JSON.string(name).rendered() + "]"
                }
            }
        }
        return text
    }

    // MARK: Keywords

    private mutating func judge(
        _ keyword: SchemaKeyword, of node: SchemaNode, _ value: JSON, _ own: inout Evaluated, wanted: Bool
    ) -> Bool {
        switch keyword.rule {
        case .reference(let target): return judge(target, value, &own, wanted: wanted)
        case .dynamicReference(let anchor, let target):
            let outermost = scope.lazy.compactMap { [schema] in schema.dynamicAnchors[$0][anchor] }
                .first
            return judge(outermost ?? target, value, &own, wanted: wanted)
        case .all(let parts):
            var holds = true
            for part in parts where !isFull {
                if !judge(part, value, &own, wanted: wanted) { holds = false }
                if !holds, quiet > 0 { break }
            }
            return holds
        case .any, .one, .not, .conditional:
            return judgeChoice(keyword, node, value, &own, wanted: wanted)
        case .members, .propertyNames, .dependentSchemas, .unevaluatedProperties:
            guard case .object(let object) = value else { return true }
            return judgeObject(keyword, node, object, value, &own, wanted: wanted)
        case .items, .contains, .unevaluatedItems:
            guard case .array(let elements) = value else { return true }
            return judgeArray(keyword, node, elements, &own, wanted: wanted)
        default: return judgeAssertion(keyword, node, value)
        }
    }

    private mutating func judgeChoice(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ value: JSON, _ own: inout Evaluated, wanted: Bool
    ) -> Bool {
        switch keyword.rule {
        case .any(let parts, let discriminator):
            var isAny = false
            for part in parts where !gaveUp {
                if holds(part, value, &own, wanted: wanted) { isAny = true }
                // With annotations wanted, every part that holds counts.
                if isAny, !wanted { break }
            }
            if isAny || gaveUp { return isAny }
            if let discriminator { return failDiscriminated(keyword, node, parts, discriminator, value) }
            let expected = alternatives(parts, value)
            return fail(keyword, node, expected, Shortened.value(value))
        case .one(let parts, let discriminator):
            var holding: [Int] = []
            for (place, part) in parts.enumerated() where holding.count < 2 && !gaveUp {
                if holds(part, value, &own, wanted: wanted) { holding.append(place) }
            }
            if holding.count == 1 || gaveUp { return holding.count == 1 && !gaveUp }
            if holding.isEmpty {
                if let discriminator { return failDiscriminated(keyword, node, parts, discriminator, value) }
                let expected = alternatives(parts, value)
                return fail(keyword, node, expected, Shortened.value(value))
            }
            return fail(
                keyword, node, "exactly one of \(parts.count) schemas to hold",
                "\(Shortened.value(value)), for which \(holding[0]) and \(holding[1]) do")
        case .not(let part):
            var ignored = Evaluated()
            if !holds(part, value, &ignored, wanted: false) { return !gaveUp }
            return fail(
                keyword, node, "a value that the schema below does not accept", Shortened.value(value))
        case .conditional(let condition, let then, let otherwise):
            let isMet = holds(condition, value, &own, wanted: wanted)
            guard !gaveUp, let branch = isMet ? then : otherwise else { return !gaveUp }
            return judge(branch, value, &own, wanted: wanted)
        default: return true
        }
    }

    /// Tells what the schema that the value names has against it; always false.
    private mutating func failDiscriminated(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ parts: [Int], _ discriminator: Discriminator,
        _ value: JSON
    ) -> Bool {
        guard quiet == 0, value.objectValue != nil else {
            return fail(keyword, node, "one of \(parts.count) schemas to hold", Shortened.value(value))
        }
        if let name = value[discriminator.property]?.stringValue, let place = discriminator.parts[name] {
            var ignored = Evaluated()
            return judge(parts[place], value, &ignored, wanted: false)
        }
        let names = discriminator.parts.keys.sorted().joined(separator: ", ")
        let actual = value[discriminator.property].map(Shortened.value) ?? "none"
        return fail(
            keyword, node, "a member '\(discriminator.property)' that is one of \(Shortened.bounded(names))",
            actual)
    }

    /// What each alternative would have asked for; alternatives inside alternatives are not told apart.
    private mutating func alternatives(_ parts: [Int], _ value: JSON) -> String {
        let summary = "one of \(parts.count) schemas to hold"
        guard tellsAlternatives, quiet == 0, !isFull else { return summary }
        var reasons: [String] = []
        for part in parts.prefix(Self.alternativesTold) {
            var inner = SchemaJudge(schema: schema, root: part, limit: 1)
            (inner.scope, inner.path, inner.depth, inner.steps) = (scope, path, depth, steps)
            inner.tellsAlternatives = false
            var ignored = Evaluated()
            _ = inner.judge(part, value, &ignored, wanted: false)
            steps = inner.steps
            if let first = inner.violations.first {
                reasons.append("\(first.expected) at \(first.instancePath)")
            }
        }
        let others = parts.count > Self.alternativesTold ? "; or others" : ""
        return summary + ": " + reasons.joined(separator: "; or ") + others
    }

    private mutating func judgeObject(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ object: JSONObject, _ value: JSON,
        _ own: inout Evaluated,
        wanted: Bool
    ) -> Bool {
        var holds = true
        switch keyword.rule {
        case .members(let rules):
            for (name, member) in zip(object.keys, object.values) where !isFull && (holds || quiet == 0) {
                if !judgeMember(keyword, node, rules, name, member, &own, wanted: wanted) { holds = false }
            }
        case .propertyNames(let names):
            for name in object.keys where !isFull && (holds || quiet == 0) {
                if !below(.member(name), names, .string(name)) { holds = false }
            }
        case .dependentSchemas(let dependents):
            for (name, part) in dependents where object[name] != nil && !isFull {
                if !judge(part, value, &own, wanted: wanted) { holds = false }
            }
        case .unevaluatedProperties(let part):
            if own.allMembers { return true }
            for (name, member) in zip(object.keys, object.values)
            where !own.members.contains(MemberName(text: name)) && !isFull {
                if !below(.member(name), part, member) { holds = false }
            }
            own.allMembers = true
        default: break
        }
        return holds
    }

    private mutating func judgeMember(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ rules: SchemaKeyword.Members, _ name: String,
        _ member: JSON, _ own: inout Evaluated, wanted: Bool
    ) -> Bool {
        var holds = true
        var isKnown = false
        let key = MemberName(text: name)
        if let part = rules.named[key] {
            isKnown = true
            holds = below(.member(name), part, member)
        }
        for (pattern, part) in rules.patterns where !gaveUp {
            steps += 1
            do {
                guard try pattern.matches(in: name) else { continue }
            } catch {
                return giveUp(
                    node, keyword: keyword.name, expected: "a name to match against \(pattern)",
                    actual: "\(Shortened.value(.string(name))) (\(error))")
            }
            isKnown = true
            if !below(.member(name), part, member) { holds = false }
        }
        if !isKnown, let part = rules.additional {
            isKnown = true
            if !below(.member(name), part, member) { holds = false }
        }
        if isKnown, wanted { own.members.insert(key) }
        return holds
    }

    private mutating func judgeArray(
        _ keyword: SchemaKeyword, _ node: SchemaNode, _ elements: [JSON], _ own: inout Evaluated, wanted: Bool
    ) -> Bool {
        var holds = true
        switch keyword.rule {
        case .items(let prefix, let rest):
            for (index, element) in elements.enumerated() where !isFull && (holds || quiet == 0) {
                guard let part = index < prefix.count ? prefix[index] : rest else { break }
                if !below(.index(index), part, element) { holds = false }
            }
            own.firstItems = max(own.firstItems, prefix.count)
            if rest != nil { own.allItems = true }
        case .contains(let part, let least, let most, let counts):
            var found = 0
            for (index, element) in elements.enumerated() where !gaveUp {
                quiet += 1
                let isFound = below(.index(index), part, element)
                quiet -= 1
                guard isFound else { continue }
                found += 1
                if counts, wanted { own.items.insert(index) }
                if !wanted, most == nil, found >= least { break }
            }
            if gaveUp { return false }
            if found < least {
                return fail(keyword, node, "at least \(least) elements like the schema below", "\(found)")
            }
            if let most, found > most {
                return fail(keyword, node, "at most \(most) elements like the schema below", "\(found)")
            }
        case .unevaluatedItems(let part):
            if own.allItems { return true }
            for (index, element) in elements.enumerated()
            where index >= own.firstItems && !own.items.contains(index) && !isFull {
                if !below(.index(index), part, element) { holds = false }
            }
            own.allItems = true
        default: break
        }
        return holds
    }

    /// Judges a part of the value.
    private mutating func below(_ step: Step, _ index: Int, _ value: JSON) -> Bool {
        path.append(step)
        defer { path.removeLast() }
        var own = Evaluated()
        return judge(index, value, &own, wanted: false)
    }
}
