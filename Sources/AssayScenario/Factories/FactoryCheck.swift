import AssayCore
import AssayFormats

/// Checks that every name in factories, fixtures and the steps that use them is there.
struct FactoryCheck {
    private let set: FactorySet
    private let stand: StandNames?
    private var found: [Diagnostic] = []

    init(_ set: FactorySet, _ stand: StandNames?) {
        self.set = set
        self.stand = stand
    }

    /// Everything that is wrong in the set itself.
    consuming func problems() -> [Diagnostic] {
        for factory in set.factories.values where !factory.isOpen { check(factory) }
        for fixture in set.fixtures.values { check(fixture) }
        if found.isEmpty { found += FactoryCycles(set).problems() }
        return found
    }

    /// What is wrong with a call from outside; what it computes is not looked at.
    consuming func problems(of call: FactoryCall, creates: Bool) -> [Diagnostic] {
        check(call)
        if creates, let factory = set.factories[call.factory], factory.table == nil {
            tell(
                "AS276", "factory '\(factory.name)' has no table to create rows in", call.location,
                "use `build`, or give the factory `table: …`")
        }
        return found
    }

    /// What is wrong with the name of a fixture.
    consuming func problems(ofFixture name: String, at location: SourceLocation) -> [Diagnostic] {
        if set.fixtures[name] == nil { tellFixture(name, location) }
        return found
    }

    private mutating func tell(
        _ code: DiagnosticCode, _ message: String, _ location: SourceLocation, _ fix: String?
    ) {
        found.append(Diagnostic(code, message, at: location, fix: fix))
    }

    private mutating func tellFixture(_ name: String, _ location: SourceLocation) {
        let fix =
            nearestName(to: name, among: set.fixtureNames).map { "did you mean '\($0)'?" }
            ?? (set.fixtures.isEmpty
                ? "define it under `fixtures:` in a file of `factories:`"
                : "there are: " + set.fixtureNames.joined(separator: ", "))
        tell("AS275", "there is no fixture '\(name)'", location, fix)
    }

    private static func fix(_ name: String, _ names: [String], none: String) -> String {
        nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
            ?? (names.isEmpty ? none : "there are: " + names.joined(separator: ", "))
    }

    // MARK: factories

    private mutating func check(_ factory: Factory) {
        for column in factory.key where !factory.memberNames.contains(column) {
            tell(
                "AS273", "the key of factory '\(factory.name)' names '\(column)', which is no field of it",
                factory.location, Self.fix(column, factory.memberNames, none: "remove `key`"))
        }
        let base = RecordDraft(factory, number: 0)
        for field in factory.fields + factory.parameters { check(field, of: factory, base) }
        for call in factory.after { check(following: call, of: factory, base) }
        for trait in factory.traits {
            var draft = base
            let own = TraitName(name: trait.name, location: trait.location)
            if let unknown = draft.add(traits: [own]) { tellTrait(unknown, of: factory) }
            for field in trait.fields + trait.parameters { check(field, of: factory, draft) }
            for call in trait.after { check(following: call, of: factory, draft) }
        }
    }

    private mutating func tellTrait(_ name: TraitName, of factory: Factory) {
        tell(
            "AS272", "factory '\(factory.name)' has no trait '\(name.name)'", name.location,
            Self.fix(name.name, factory.traits.map(\.name), none: "it has no traits"))
    }

    private mutating func check(_ field: Factory.Field, of factory: Factory, _ draft: RecordDraft) {
        let reader = "field '\(field.name.written)' of factory '\(factory.name)'"
        read(field.rule.computed, draft, ["index"], reader)
        check(field.rule, at: field.location)
        guard case .taken(let source, let path) = field.rule,
            case .related(let call, _)? = draft.slots[source]?.rule
        else { return }
        checkTaken(path, from: call, at: field.location)
    }

    private mutating func check(following call: FactoryCall, of factory: Factory, _ draft: RecordDraft) {
        var computed = Computed()
        for value in call.values { computed.add(value) }
        var whole = draft
        for name in factory.returning { whole.add([.placeholder(name, factory.location)], areOutputs: true) }
        read(computed, whole, ["self", "index"], "`after` of factory '\(factory.name)'")
        check(call)
        if let other = set.factories[call.factory], other.table == nil {
            tell(
                "AS276", "factory '\(other.name)' has no table to create rows in", call.location,
                "give it `table: …`, or make it a field")
        }
    }

    // MARK: names

    private mutating func read(
        _ computed: Computed, _ draft: RecordDraft?, _ extra: [String], _ reader: String
    ) {
        for read in computed.reads {
            if let slot = draft?.slots[read.name] {
                guard let member = read.member, case .related(let call, let take) = slot.rule, take.isEmpty,
                    !call.isList, !read.hasDefault
                else { continue }
                checkTaken([member], from: call, at: read.location)
                continue
            }
            if (draft != nil && read.name == "n") || extra.contains(read.name) { continue }
            if read.name == "env" || read.name == "secret" { continue }
            if let stand {
                if stand.part(read.name) != nil { continue }
            } else if read.member != nil {
                continue
            }
            let names =
                (draft?.slots.keys.filter { !$0.contains(".") } ?? []) + (stand?.parts.map(\.name) ?? [])
            tell(
                "AS273", "\(reader) reads ${\(read.name)}, but nothing sets it", read.location,
                nearestName(to: read.name, among: names).map { "did you mean '\($0)'?" }
                    ?? "add it to `fields`, or to `params` when it is no part of the record")
        }
    }

    private mutating func checkTaken(_ path: [String], from call: FactoryCall, at location: SourceLocation) {
        guard let first = path.first, let other = set.factories[call.factory], !other.isOpen else { return }
        var draft = RecordDraft(other, number: 0)
        _ = draft.add(traits: call.traits)
        let names = draft.outputs + other.returning
        guard !names.contains(first) else { return }
        tell(
            "AS273", "factory '\(other.name)' gives no '\(first)'", location,
            nearestName(to: first, among: names).map { "did you mean '\($0)'?" }
                ?? "add it to its `fields`, or to `returning` when the database fills it in")
    }

    // MARK: calls and rules

    private mutating func check(_ call: FactoryCall) {
        guard let factory = set.factories[call.factory] else {
            let names = set.factoryNames
            return tell(
                "AS270", "there is no factory '\(call.factory)'", call.location,
                Self.fix(
                    call.factory, names, none: "add a file of factories: `factories: factories/` in assay.yml"
                ))
        }
        for trait in call.traits where factory.trait(trait.name) == nil { tellTrait(trait, of: factory) }
        var draft = RecordDraft(factory, number: 0)
        _ = draft.add(traits: call.traits)
        var overrides = call.overrides
        if case .rows(let rows) = call.count { overrides += rows.flatMap(\.self) }
        for override in overrides { check(override, in: draft) }
    }

    private mutating func check(_ override: Override, in draft: RecordDraft) {
        let factory = draft.factory
        let slot = draft.slots[override.name]
        if slot == nil, !factory.isOpen, !factory.returning.contains(override.name) {
            let names = factory.settableNames
            tell(
                "AS273", "factory '\(factory.name)' has no field '\(override.name)'", override.location,
                Self.fix(override.name, names, none: "it has no fields"))
        }
        switch override.value {
        case .value: break
        case .rule(let rule): check(rule, at: override.location)
        case .members(let members):
            let source = slot?.source.flatMap { draft.slots[$0] } ?? slot
            guard case .related(let call, _)? = source?.rule, let other = set.factories[call.factory] else {
                return
            }
            var inner = RecordDraft(other, number: 0)
            _ = inner.add(traits: call.traits)
            for member in members { check(member, in: inner) }
        }
    }

    private mutating func check(_ rule: FieldRule, at location: SourceLocation) {
        switch rule {
        case .related(let call, let take):
            check(call)
            checkTaken(take, from: call, at: location)
        case .reference(let name, let path): checkReference(name, path, at: location)
        default: break
        }
    }

    private mutating func checkReference(_ name: String, _ path: Expression, at location: SourceLocation) {
        guard let fixture = set.fixtures[name] else {
            return tellFixture(name, path.firstLocation ?? location)
        }
        guard let member = path.firstMember else { return }
        let names: [String]
        switch fixture.content {
        case .record(let call):
            guard !call.isList, let factory = set.factories[call.factory], !factory.isOpen else { return }
            names = factory.memberNames + factory.traits.flatMap { $0.fields.map(\.name) }
        case .named(let calls): names = calls.map(\.name)
        case .group(let members): names = members.map(\.name)
        }
        guard !names.contains(member) else { return }
        tell(
            "AS275", "fixture '\(name)' has no '\(member)'", path.firstLocation ?? location,
            Self.fix(member, names, none: "it is empty"))
    }

    // MARK: fixtures

    private mutating func check(_ fixture: Fixture) {
        switch fixture.content {
        case .record(let call): check(call, of: fixture)
        case .named(let calls): for (_, call) in calls { check(call, of: fixture) }
        case .group(let names):
            for (name, location) in names where set.fixtures[name] == nil { tellFixture(name, location) }
        }
    }

    private mutating func check(_ call: FactoryCall, of fixture: Fixture) {
        var computed = Computed()
        for value in call.values { computed.add(value) }
        read(computed, nil, ["index"], "fixture '\(fixture.name)'")
        check(call)
    }
}
