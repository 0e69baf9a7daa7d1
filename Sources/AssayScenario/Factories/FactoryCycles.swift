import AssayCore
import AssayFormats

/// Finds what could never be made: fields, records and fixtures that need themselves.
struct FactoryCycles {
    private let set: FactorySet
    private var found: [Diagnostic] = []
    /// Records being followed, each needed by the one before it.
    private var path: [Node] = []
    private var done: Set<Node> = []
    private var referenced: Set<String> = []

    /// A factory, and what its callers give themselves.
    private struct Node: Hashable {
        var factory: String
        var given: Set<String>
    }

    init(_ set: FactorySet) { self.set = set }

    consuming func problems() -> [Diagnostic] {
        let names = set.factories.keys.sorted()
        for name in names {
            guard let factory = set.factories[name] else { continue }
            checkFields(RecordDraft(factory, number: 0))
            for trait in factory.traits {
                var draft = RecordDraft(factory, number: 0)
                _ = draft.add(traits: [TraitName(name: trait.name, location: trait.location)])
                checkFields(draft)
            }
        }
        guard found.isEmpty else { return found }
        for name in names { follow(Node(factory: name, given: []), from: nil) }
        if found.isEmpty { checkFixtures() }
        return found
    }

    private mutating func tell(_ message: String, _ location: SourceLocation, _ fix: String) {
        let problem = Diagnostic("AS274", message, at: location, fix: fix)
        if !found.contains(where: { $0.message == message }) { found.append(problem) }
    }

    // MARK: fields

    private mutating func checkFields(_ draft: RecordDraft) {
        var settled: Set<String> = []
        var open: [String] = []
        func visit(_ name: String) -> [String]? {
            if settled.contains(name) { return nil }
            if let start = open.firstIndex(of: name) { return open[start...] + [name] }
            guard let slot = draft.slots[name] else { return nil }
            open.append(name)
            for needed in slot.rule.allNames {
                if let round = visit(needed) { return round }
            }
            open.removeLast()
            settled.insert(name)
            return nil
        }
        for name in draft.slots.keys.sorted() {
            guard let round = visit(name) else { continue }
            let shown = round.map(\.written).joined(separator: " → ")
            return tell(
                "the fields of factory '\(draft.factory.name)' need each other: \(shown)",
                draft.slots[round[0]]?.location ?? draft.factory.location,
                "let one of them have a value of its own")
        }
    }

    // MARK: records

    /// Follows the records that a record always needs; what a choice or a list brings may end.
    private mutating func follow(_ node: Node, from location: SourceLocation?) {
        guard let factory = set.factories[node.factory], !done.contains(node) else { return }
        if let start = path.firstIndex(of: node) {
            let round = (path[start...].map(\.factory) + [node.factory]).joined(separator: " → ")
            return tell(
                "records of these factories need each other without end: \(round)",
                location ?? factory.location,
                "give one of them a record by `with`, or make it depend on an `if`")
        }
        path.append(node)
        let draft = RecordDraft(factory, number: 0)
        var visited = node.given
        var waiting = draft.outputs
        while let name = waiting.popLast() {
            guard visited.insert(name).inserted, let slot = draft.slots[name] else { continue }
            waiting += slot.rule.firstNames
            follow(slot.rule, at: slot.location)
        }
        for call in factory.after { follow(call) }
        path.removeLast()
        done.insert(node)
    }

    private mutating func follow(_ rule: FieldRule, at location: SourceLocation) {
        switch rule {
        case .related(let call, _): follow(call)
        case .reference(let fixture, _): referenced.insert(fixture)
        default: break
        }
    }

    private mutating func follow(_ call: FactoryCall) {
        for override in call.overrides {
            if case .rule(let rule) = override.value { follow(rule, at: override.location) }
        }
        switch call.count {
        case .one: break
        case .times(let value):
            guard let times = value.constantValue?.intValue, times > 0 else { return }
        case .rows(let rows):
            for override in rows.flatMap(\.self) {
                if case .rule(let rule) = override.value { follow(rule, at: override.location) }
            }
            if rows.isEmpty { return }
        case .list: return
        }
        let given = call.overrides.filter { if case .members = $0.value { false } else { true } }.map(\.name)
        follow(Node(factory: call.factory, given: Set(given)), from: call.location)
    }

    // MARK: fixtures

    private mutating func checkFixtures() {
        var needs: [String: Set<String>] = [:]
        for fixture in set.fixtures.values {
            (referenced, done) = ([], [])
            switch fixture.content {
            case .record(let call): follow(call)
            case .named(let calls): for (_, call) in calls { follow(call) }
            case .group(let names): referenced = Set(names.map(\.name))
            }
            needs[fixture.name] = referenced
        }
        for name in needs.keys.sorted() {
            guard let round = Self.round(from: name, [name], needs), let fixture = set.fixtures[name] else {
                continue
            }
            return tell(
                "fixtures need each other: " + round.joined(separator: " → "), fixture.location,
                "take one reference out")
        }
    }

    private static func round(
        from name: String, _ path: [String], _ needs: [String: Set<String>]
    ) -> [String]? {
        for next in (needs[name] ?? []).sorted() {
            if next == path[0] { return path + [next] }
            if path.contains(next) { continue }
            if let round = round(from: next, path + [next], needs) { return round }
        }
        return nil
    }
}

extension FieldRule {
    /// Names that it reads, whichever way it takes.
    fileprivate var allNames: [String] {
        var names = values.flatMap { $0.freeNames.map(\.name) }
        switch self {
        case .condition(let condition, _, _): names += condition.freeNames.map(\.name)
        case .taken(let source, _): names.append(source)
        default: break
        }
        return names
    }
}
