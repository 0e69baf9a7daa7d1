import AssayCore
import AssayFormats

extension FactoryBuilder {
    /// What a field needs before it can have a value.
    enum Need {
        case records(FactoryRecords)
        case fixture(String, at: SourceLocation)
    }

    // MARK: drafts

    /// A record with its traits and overrides in place, and a number of its own.
    mutating func draft(_ records: FactoryRecords, _ overrides: [Override]) throws(FactoryError)
        -> RecordDraft
    {
        guard let factory = set.factories[records.factory] else {
            throw FactoryError("there is no factory '\(records.factory)'", at: records.location)
        }
        var draft = RecordDraft(factory, number: state.draw(factory.counter))
        if let unknown = draft.add(traits: records.traits) {
            throw FactoryError("\(factory.title) has no trait '\(unknown.name)'", at: unknown.location)
        }
        for override in overrides { try apply(override, to: &draft) }
        return draft
    }

    private func apply(_ override: Override, to draft: inout RecordDraft) throws(FactoryError) {
        let name = override.name
        guard var slot = draft.slots[name] else {
            guard draft.factory.isOpen || draft.factory.returning.contains(name) else {
                let names = draft.factory.settableNames
                let near = nearestName(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
                throw FactoryError(
                    "\(draft.factory.title) has no field '\(name)'\(near)", at: override.location)
            }
            let rule = try rule(of: override)
            let field = Factory.Field(name: name, rule: rule, location: override.location)
            return draft.add([field], areOutputs: true)
        }
        if case .members(let members) = override.value {
            if case .related(var call, let take) = slot.rule {
                call.overrides = call.overrides.under(members)
                slot.rule = .related(call, take: take)
                draft.slots[name] = slot
                return
            }
            if let source = slot.source, case .related(var call, let take)? = draft.slots[source]?.rule {
                call.overrides = call.overrides.under(members)
                draft.slots[source]?.rule = .related(call, take: take)
                return
            }
        }
        slot.rule = try rule(of: override)
        slot.location = override.location
        draft.slots[name] = slot
    }

    private func rule(of override: Override) throws(FactoryError) -> FieldRule {
        switch override.value {
        case .value(let value): return .value(value)
        case .rule(let rule): return rule
        case .members(let members): return .value(.literal(try plain(members)))
        }
    }

    /// A mapping that is a value after all.
    private func plain(_ members: [Override]) throws(FactoryError) -> JSON {
        var object = JSONObject()
        for member in members {
            switch member.value {
            case .value(let value): object[member.name] = value.constantValue ?? .null
            case .members(let inner): object[member.name] = try plain(inner)
            case .rule:
                throw FactoryError(
                    "'\(member.name)' stands inside an object, where only plain values can be overridden",
                    at: member.location)
            }
        }
        return .object(object)
    }

    // MARK: fields

    /// Works fields out until one needs another record or a fixture.
    ///
    /// - Returns: `nil` when the record has all its values.
    mutating func fill(_ draft: inout RecordDraft) throws(FactoryError) -> Need? {
        while true {
            guard let name = draft.open.last else {
                guard draft.nextOutput < draft.outputs.count else { return nil }
                draft.open.append(draft.outputs[draft.nextOutput])
                draft.nextOutput += 1
                continue
            }
            guard draft.lacks(name), let slot = draft.slots[name] else {
                draft.open.removeLast()
                continue
            }
            if let missing = slot.rule.firstNames.first(where: draft.lacks) {
                if let start = draft.open.firstIndex(of: missing) {
                    let round = (draft.open[start...] + [missing]).joined(separator: " → ")
                    throw FactoryError(
                        "\(draft.factory.title): fields need each other: \(round)", at: slot.location)
                }
                draft.open.append(missing)
                continue
            }
            if let need = try value(of: name, slot, &draft) {
                draft.current = name
                return need
            }
        }
    }

    /// Gives a field its value, or makes the choice of its rule, all that it reads being known.
    private mutating func value(
        of name: String, _ slot: RecordDraft.Slot, _ draft: inout RecordDraft
    ) throws(FactoryError) -> Need? {
        switch slot.rule {
        case .value(let value): draft.values[name] = try evaluate(value, draft, name)
        case .sequence(let start, let step):
            let (distance, far) = Int64(draft.number).multipliedReportingOverflow(by: step)
            let (number, over) = start.addingReportingOverflow(distance)
            guard !far, !over else {
                throw FactoryError(
                    "\(draft.factory.title), field '\(name)': the sequence is past the largest number",
                    at: slot.location)
            }
            draft.values[name] = .int(number)
        case .cycle(let elements):
            let place = state.draw("\(draft.factory.counter) \(name)") % elements.count
            draft.slots[name]?.rule = .value(elements[place])
        case .oneOf(let elements):
            draft.slots[name]?.rule = .value(elements[random.integer(in: 0...(elements.count - 1))])
        case .condition(let condition, let then, let otherwise):
            let whole = Template(source: "", location: slot.location, segments: [.expression(condition)])
            let holds = try evaluate(.template(whole), draft, name).isTrue
            draft.slots[name]?.rule = .value(holds ? then : otherwise)
        case .related(let call, let take):
            draft.awaited = (name, take)
            return .records(try records(call, of: draft, field: name))
        case .taken(let source, let path):
            draft.values[name] = try taken(path, of: draft.values[source] ?? .null, draft, name)
        case .reference(let fixture, let path):
            guard let value = state.fixtures[fixture] else { return .fixture(fixture, at: slot.location) }
            draft.values[name] = try evaluate(
                .template(Template(source: "", location: slot.location, segments: [.expression(path)])),
                draft, name, with: [fixture: value])
        }
        return nil
    }

    private func taken(
        _ path: [String], of record: JSON, _ draft: RecordDraft, _ field: String
    ) throws(FactoryError) -> JSON {
        if record == .null { return .null }
        if let value = RecordDraft.member(path, of: record) { return value }
        let found = record.objectValue.map { "has: " + $0.keys.joined(separator: ", ") } ?? "is no record"
        throw FactoryError(
            "\(draft.factory.title), field '\(field)': there is no '\(path.joined(separator: "."))' "
                + "in what it is given, which \(found)",
            at: draft.slots[field]?.location ?? draft.factory.location)
    }

    /// The records of a call inside a factory, seen with the record's names.
    mutating func records(
        _ call: FactoryCall, of draft: RecordDraft, field: String?
    ) throws(FactoryError) -> FactoryRecords {
        var extra: [String: JSON] = [:]
        if field == nil { extra["self"] = .object(draft.result) }
        do throws(TemplateError) {
            return try call.records { value, index throws(TemplateError) in
                extra["index"] = .int(Int64(index))
                var scope = RecordScope(
                    draft: draft, extra: extra, surroundings: surroundings, random: random)
                defer { random = scope.random }
                return try value.evaluate(in: &scope)
            }
        } catch {
            throw wrapped(error, draft, field ?? "after", call.location)
        }
    }

    private mutating func evaluate(
        _ value: ValueTemplate, _ draft: RecordDraft, _ field: String, with extra: [String: JSON] = [:]
    ) throws(FactoryError) -> JSON {
        if let constant = value.constantValue { return constant }
        var scope = RecordScope(draft: draft, extra: extra, surroundings: surroundings, random: random)
        defer { random = scope.random }
        do throws(TemplateError) {
            return try value.evaluate(in: &scope)
        } catch {
            throw wrapped(error, draft, field, draft.slots[field]?.location)
        }
    }

    private func wrapped(
        _ error: TemplateError, _ draft: RecordDraft, _ field: String, _ location: SourceLocation?
    ) -> FactoryError {
        FactoryError(
            "\(draft.factory.title), field '\(field.written)': \(error.message)",
            at: error.location ?? location)
    }
}

/// Names as the templates of a record see them: its fields, its number, then what is around it.
struct RecordScope: TemplateContext {
    let draft: RecordDraft?
    let extra: [String: JSON]
    let surroundings: FactoryBuilder.Surroundings
    var random: SeededRandom

    func value(of name: String) -> JSON? {
        if let value = extra[name] ?? draft?.values[name] { return value }
        if name == "n", let draft { return .int(Int64(draft.number)) }
        return surroundings.constants[name]
    }

    mutating func call(_ function: String, _ arguments: [JSON]) throws(TemplateError) -> JSON {
        try surroundings.environment.call(function, arguments, random: &random)
    }

    var knownNames: [String] {
        (draft?.slots.keys.filter { !$0.contains(".") } ?? []) + surroundings.constants.keys
    }
}

extension String {
    /// The field that a person wrote, of the name of a rule inside it.
    var written: Substring { prefix { $0 != "." } }
}

extension FieldRule {
    /// Names that must have a value before the rule can be followed, or its choice made.
    var firstNames: [String] {
        switch self {
        case .value(let value): value.freeNames.map(\.name)
        case .sequence, .cycle, .oneOf, .reference: []
        case .condition(let condition, _, _): condition.freeNames.map(\.name)
        case .related(let call, _): call.values.flatMap { $0.freeNames.map(\.name) }
        case .taken(let source, _): [source]
        }
    }
}
