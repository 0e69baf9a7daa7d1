import AssayCore
import AssayFormats

/// A fixture while its records are made.
struct FixtureProgress: Sendable {
    /// `nil` for the fixtures that were asked for together.
    var name: String?
    var location: SourceLocation
    var content: Fixture.Content
    var next = 0
    var made: [JSON] = []

    /// Its records, all being there.
    var value: JSON {
        switch content {
        case .record: made.first ?? .null
        case .named(let calls): .object(JSONObject(zip(calls.map(\.name), made).map { ($0, $1) }))
        case .group(let names): .object(JSONObject(zip(names.map(\.name), made).map { ($0, $1) }))
        }
    }
}

extension FactoryBuilder {
    /// Goes on with a fixture's next part.
    mutating func proceed(_ given: FixtureProgress) throws(FactoryError) {
        var progress = given
        let place = progress.next
        progress.next += 1
        switch progress.content {
        case .record(let call) where place == 0:
            levels.append(.fixture(progress))
            levels.append(.records(Series(records: try records(call, of: progress))))
        case .named(let calls) where place < calls.count:
            levels.append(.fixture(progress))
            levels.append(.records(Series(records: try records(calls[place].call, of: progress))))
        case .group(let names) where place < names.count:
            levels.append(.fixture(progress))
            let (name, location) = names[place]
            if let loaded = state.fixtures[name] { deliver(loaded) } else { try begin(name, at: location) }
        default:
            if let name = progress.name { state.remember(name, progress.value) }
            // What needs a fixture looks it up; what asked for several collects them.
            switch levels.last {
            case .fixture, nil: deliver(progress.value)
            case .record, .records: break
            }
        }
    }

    /// Begins to load a fixture that something needs.
    mutating func begin(_ name: String, at location: SourceLocation) throws(FactoryError) {
        guard let fixture = set.fixtures[name] else {
            throw FactoryError("there is no fixture '\(name)'", at: location)
        }
        let isOpen = levels.contains { level in
            if case .fixture(let progress) = level { progress.name == name } else { false }
        }
        guard !isOpen else { throw FactoryError("fixture '\(name)' needs itself", at: location) }
        let needsTable = set.needsTable(fixture)
        if needsTable, strategy == .build {
            throw FactoryError(
                "fixture '\(name)' is not loaded, and `build` inserts nothing; "
                    + "load it before: `fixture: {load: [\(name)]}`", at: location)
        }
        if needsTable, state.isShared {
            throw FactoryError(
                "fixture '\(name)' is needed by several at once; load it before the `parallel`, or in the "
                    + "`setup` of the load: `fixture: {load: [\(name)]}`", at: location)
        }
        levels.append(
            .fixture(FixtureProgress(name: name, location: fixture.location, content: fixture.content)))
    }

    private mutating func records(
        _ call: FactoryCall, of progress: FixtureProgress
    ) throws(FactoryError) -> FactoryRecords {
        do throws(TemplateError) {
            return try call.records { value, index throws(TemplateError) in
                var scope = RecordScope(
                    draft: nil, extra: ["index": .int(Int64(index))], surroundings: surroundings,
                    random: random)
                defer { random = scope.random }
                return try value.evaluate(in: &scope)
            }
        } catch {
            throw FactoryError(
                "fixture '\(progress.name ?? "")': \(error.message)", at: error.location ?? call.location)
        }
    }
}

extension FactorySet {
    /// Whether loading it inserts rows.
    func needsTable(_ fixture: Fixture) -> Bool {
        switch fixture.content {
        case .record(let call): factories[call.factory]?.table != nil
        case .named(let calls): calls.contains { factories[$0.call.factory]?.table != nil }
        case .group(let names): names.contains { fixtures[$0.name].map(needsTable) ?? false }
        }
    }
}
