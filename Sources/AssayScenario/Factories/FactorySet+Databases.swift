extension FactorySet {
    /// Databases that a step's records may go to, those of the records that they bring along included.
    func databases(of action: FactoryAction) -> Set<String> {
        guard action.strategy == .create else { return [] }
        var search = DatabaseSearch(set: self)
        search.follow(action.call)
        return search.found
    }

    /// Databases that the rows of fixtures may go to.
    func databases(of action: FixtureAction) -> Set<String> {
        var search = DatabaseSearch(set: self)
        for name in action.names { search.follow(fixture: name.name) }
        return search.found
    }
}

/// Follows records to all that they may bring along, whichever way their values take.
private struct DatabaseSearch {
    let set: FactorySet
    var found: Set<String> = []
    private var seen: Set<String> = []
    private var seenFixtures: Set<String> = []

    init(set: FactorySet) { self.set = set }

    mutating func follow(_ call: FactoryCall) {
        follow(call.overrides)
        if case .rows(let rows) = call.count { for row in rows { follow(row) } }
        guard let factory = set.factories[call.factory] else { return }
        if let database = factory.database { found.insert(database) }
        guard seen.insert(call.factory).inserted else { return }
        follow(factory.fields + factory.parameters)
        for trait in factory.traits { follow(trait.fields + trait.parameters) }
        for call in factory.after + factory.traits.flatMap(\.after) { follow(call) }
    }

    mutating func follow(fixture name: String) {
        guard seenFixtures.insert(name).inserted else { return }
        switch set.fixtures[name]?.content {
        case .record(let call)?: follow(call)
        case .named(let calls)?: for (_, call) in calls { follow(call) }
        case .group(let names)?: for (name, _) in names { follow(fixture: name) }
        case nil: break
        }
    }

    private mutating func follow(_ fields: [Factory.Field]) { for field in fields { follow(field.rule) } }

    private mutating func follow(_ overrides: [Override]) {
        for override in overrides {
            switch override.value {
            case .value: break
            case .members(let members): follow(members)
            case .rule(let rule): follow(rule)
            }
        }
    }

    private mutating func follow(_ rule: FieldRule) {
        switch rule {
        case .related(let call, _): follow(call)
        case .reference(let fixture, _): follow(fixture: fixture)
        default: break
        }
    }
}
