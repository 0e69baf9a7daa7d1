import AssayCore
import AssayFormats

/// One record while its fields get their values.
struct RecordDraft: Sendable {
    enum Phase: Sendable {
        case filling
        /// The record is there; calls of `after` from this one on are still to be done.
        case following(Int)
    }

    struct Slot: Sendable {
        var rule: FieldRule
        var location: SourceLocation
        var source: String?
    }

    let factory: Factory
    /// The number of the record, `${n}`.
    let number: Int
    var phase = Phase.filling
    var slots: [String: Slot] = [:]
    /// Columns or members in order; parameters are slots but not among them.
    var outputs: [String] = []
    var values: [String: JSON] = [:]
    /// Fields being worked out, each needed by the one before it.
    var open: [String] = []
    var nextOutput = 0
    /// The field that waits for another record, with what it takes of it.
    var awaited: (field: String, take: [String])?
    /// The field that is being worked out, for messages.
    var current: String?
    var after: [FactoryCall]
    var result = JSONObject()

    init(_ factory: Factory, number: Int) {
        self.factory = factory
        self.number = number
        after = factory.after
        add(factory.parameters, areOutputs: false)
        add(factory.fields, areOutputs: true)
    }

    mutating func add(_ fields: [Factory.Field], areOutputs: Bool) {
        for field in fields {
            slots[field.name] = Slot(rule: field.rule, location: field.location, source: field.source)
            if areOutputs, !outputs.contains(field.name) { outputs.append(field.name) }
        }
    }

    /// Puts traits in place, those that they take along first.
    ///
    /// - Returns: one that the factory does not have.
    mutating func add(traits: [TraitName]) -> TraitName? {
        var used: Set<String> = []
        var unknown: TraitName?
        func expanded(_ names: [TraitName]) -> [Factory.Trait] {
            names.flatMap { name -> [Factory.Trait] in
                guard let trait = factory.trait(name.name) else {
                    unknown = unknown ?? name
                    return []
                }
                return used.insert(name.name).inserted ? expanded(trait.traits) + [trait] : []
            }
        }
        for trait in expanded(traits) {
            add(trait.parameters, areOutputs: false)
            add(trait.fields, areOutputs: true)
            after += trait.after
        }
        return unknown
    }

    /// The record as a row; `nil` when its factory has no table.
    var insert: Insert? {
        factory.table.map { table in
            Insert(
                source: factory.title, location: factory.location, database: factory.database, table: table,
                columns: outputs, values: outputs.map { values[$0] ?? .null },
                returning: factory.returning, key: factory.key)
        }
    }

    /// The record is done: its own values, and what the row has besides.
    ///
    /// - Parameter row: `nil` when nothing is inserted; then what the database would fill in is null.
    mutating func finish(with row: JSONObject?) {
        for name in outputs { result[name] = values[name] }
        if let row {
            for (name, value) in row where result[name] == nil { result[name] = value }
        } else {
            for name in factory.returning where result[name] == nil { result[name] = .some(.null) }
        }
        for name in factory.returning where values[name] == nil { values[name] = result[name] }
        phase = .following(0)
    }

    /// Takes the record that a field waited for.
    mutating func take(_ value: JSON) {
        guard let (field, path) = awaited else { return }
        awaited = nil
        values[field] = Self.member(path, of: value) ?? .null
    }

    /// - Returns: `nil` when there is no such member.
    static func member(_ path: [String], of value: JSON) -> JSON? {
        var found = value
        for name in path {
            guard let next = found[name] else { return nil }
            found = next
        }
        return found
    }

    /// Whether a name is a field or parameter that has no value yet.
    func lacks(_ name: String) -> Bool { slots[name] != nil && values[name] == nil }
}

extension Factory {
    /// For messages; the rows of a fixture are a factory of its own.
    var title: String { isOpen ? "fixture '\(name)'" : "factory '\(name)'" }
}
