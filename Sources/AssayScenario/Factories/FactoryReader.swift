public import AssayCore
import AssayFormats

/// Reads a project's files of factories and fixtures, with everything that is wrong in them at once.
///
/// Documentation/factories.md is the guide to the files.
public struct FactoryReader {
    private let files: FileReader
    private let stand: StandNames?

    /// - Parameter stand: names of the project's stand; `nil` leaves databases and `${api.url}` unchecked.
    public init(files: FileReader, stand: StandNames? = nil) {
        self.files = files
        self.stand = stand
    }

    /// - Parameter paths: as messages show them; they may name each other's factories.
    public func read(_ paths: [String]) -> Result<FactorySet, Diagnostics> {
        let drafts = FactoryFiles(files: files, stand: stand)
        for path in paths { drafts.read(path) }
        let set = drafts.finished()
        if drafts.bag.hasErrors { return .failure(Diagnostics(drafts.bag.all)) }
        return .success(set)
    }
}

/// The files of one reading.
final class FactoryFiles {
    let stand: StandNames?
    private let session: ReadingSession
    var bag: DiagnosticBag { session.bag }
    private var readings: [String: YAMLReading] = [:]
    /// As written, in the order of the files; what they extend is not in them yet.
    private var factories: [Written] = []
    private var fixtures: [Fixture] = []
    private var names: [String: SourceLocation] = [:]

    private struct Written {
        var factory: Factory
        var parent: (name: String, location: SourceLocation)?
        var saysKey: Bool
        var saysReturning: Bool
    }

    init(files: FileReader, stand: StandNames?) {
        self.stand = stand
        session = ReadingSession(files: files, stand: stand)
    }

    func read(_ path: String) {
        guard let yaml = session.reading(path, namedAt: nil) else { return }
        readings[path] = yaml
        _ = yaml.mapping(yaml.root, "factory file") { fields -> Bool? in
            ScenarioFile(yaml: yaml, session: session).readVersion(&fields)
            if let node = fields.value("factories") {
                for pair in yaml.entries(node, "factories") { readFactory(pair, yaml) }
            }
            if let node = fields.value("fixtures") {
                for pair in yaml.entries(node, "fixtures") { readFixture(pair, yaml) }
            }
            return true
        }
    }

    private func tell(
        _ code: DiagnosticCode, _ message: String, at location: SourceLocation, fix: String? = nil
    ) {
        tell(Diagnostic(code, message, at: location, fix: fix))
    }

    /// Records something at its place, in whichever file that is.
    private func tell(_ problem: Diagnostic) {
        if let file = problem.location?.file, let reading = readings[file] {
            reading.add(problem)
        } else {
            bag.add(problem)
        }
    }

    private func take(_ name: String, at node: YAMLNode, _ what: String, _ yaml: YAMLReading) {
        let own = "\(what) '\(name)'"
        if let first = names[own] {
            yaml.error(
                "AS271", "\(own) is already defined in \(first.file) on line \(first.line)", at: node,
                fix: "give it another name, or `extends: \(name)`")
        }
        names[own] = names[own] ?? node.location
    }

    // MARK: factories

    private func readFactory(_ pair: YAMLNode.Pair, _ yaml: YAMLReading) {
        take(pair.name, at: pair.key, "factory", yaml)
        var factory = Factory(name: pair.name, location: pair.key.location)
        let reading = FactoryReading(yaml: yaml)
        _ = yaml.mapping(pair.value, "factory") { fields -> Bool? in
            let parent = fields.pair("extends").flatMap { pair in
                yaml.text(pair.value).map { (name: $0, location: pair.value.location) }
            }
            readTable(&fields, &factory, yaml)
            let key = fields.optional("key") { yaml.oneOrMore($0, of: yaml.text) }
            let returning = fields.optional("returning") { yaml.oneOrMore($0, of: yaml.text) }
            let parts = reading.parts(&fields)
            (factory.fields, factory.parameters, factory.after) = (
                parts.fields, parts.parameters, parts.after
            )
            if let node = fields.value("traits") {
                factory.traits = yaml.entries(node, "traits").map { reading.trait($0) }
            }
            factory.key = key ?? []
            factory.returning = returning ?? []
            factories.append(
                Written(
                    factory: factory, parent: parent, saysKey: key != nil, saysReturning: returning != nil))
            return true
        }
    }

    private func readTable(_ fields: inout MappingReader, _ factory: inout Factory, _ yaml: YAMLReading) {
        factory.table = fields.optional("table") { node in
            guard let text = yaml.text(node) else { return nil }
            if let table = TableName(parsing: text) { return table }
            yaml.error(
                "AS277", "'\(Shown.text(text, limit: 40))' is no table", at: node,
                fix: "write `users`, or `auth.users` for a table in a schema")
            return nil
        }
        factory.database = fields.optional("on") { node in
            guard let name = yaml.text(node) else { return nil }
            let databases = stand?.parts.filter(\.isDatabase).map(\.name)
            if let databases, !databases.contains(name) {
                yaml.error(
                    "AS276", "the stand has no database '\(name)'", at: node,
                    fix: nearestName(to: name, among: databases).map { "did you mean '\($0)'?" })
            }
            return name
        }
    }

    // MARK: fixtures

    private func readFixture(_ pair: YAMLNode.Pair, _ yaml: YAMLReading) {
        take(pair.name, at: pair.key, "fixture", yaml)
        let reading = FactoryReading(yaml: yaml)
        let content = yaml.mapping(pair.value, "fixture") { fields -> Fixture.Content? in
            guard let kind = fields.choice(of: ["factory", "table", "load"], code: "AS278") else {
                return nil
            }
            switch kind.name {
            case "factory": return reading.call(&fields).map { .record($0) }
            case "load":
                return yaml.list(kind.value) { node in
                    yaml.text(node).map { (name: $0, location: node.location) }
                }.map { .group($0) }
            default: return rows(pair, &fields, yaml)
            }
        }
        guard let content else { return }
        fixtures.append(Fixture(name: pair.name, location: pair.key.location, content: content))
    }

    /// Plain rows: a factory of their own that takes any column.
    private func rows(
        _ pair: YAMLNode.Pair, _ fields: inout MappingReader, _ yaml: YAMLReading
    ) -> Fixture.Content? {
        var factory = Factory(name: pair.name, location: pair.key.location)
        readTable(&fields, &factory, yaml)
        factory.key = fields.optional("key") { yaml.oneOrMore($0, of: yaml.text) } ?? []
        factory.returning = fields.optional("returning") { yaml.oneOrMore($0, of: yaml.text) } ?? []
        factory.isOpen = true
        factory.counter = Self.hidden(pair.name)
        let reading = FactoryReading(yaml: yaml)
        func call(_ rows: [[Override]], isList: Bool) -> FactoryCall {
            var call = FactoryCall(factory: Self.hidden(pair.name), location: pair.key.location)
            if isList { call.count = .rows(rows) } else { call.overrides = rows.first ?? [] }
            return call
        }
        let content = fields.required("rows") { node -> Fixture.Content? in
            if let elements = node.elements {
                return .record(call(elements.compactMap(reading.overrides), isList: true))
            }
            return .named(
                yaml.entries(node, "rows").compactMap { row in
                    reading.overrides(row.value).map { (row.name, call([$0], isList: false)) }
                })
        }
        factories.append(Written(factory: factory, parent: nil, saysKey: true, saysReturning: true))
        return content
    }

    /// The name of the factory that makes a fixture's rows; no one can write it.
    private static func hidden(_ fixture: String) -> String { "\u{0}" + fixture }

    // MARK: the whole

    /// Joins factories with those they extend, and checks all of it.
    func finished() -> FactorySet {
        var set = FactorySet()
        for written in factories {
            let key = written.factory.isOpen ? Self.hidden(written.factory.name) : written.factory.name
            guard set.factories[key] == nil, var factory = whole(written, open: []) else { continue }
            if factory.table != nil, factory.database == nil { factory.database = onlyDatabase(for: factory) }
            set.factories[key] = factory
        }
        for fixture in fixtures where set.fixtures[fixture.name] == nil {
            set.fixtures[fixture.name] = fixture
        }
        if !bag.hasErrors { for problem in FactoryCheck(set, stand).problems() { tell(problem) } }
        return set
    }

    /// The factory with what it extends; `nil` when that is wrong.
    private func whole(_ written: Written, open: [String]) -> Factory? {
        var factory = written.factory
        if let parent = written.parent {
            let path = open + [factory.name]
            if path.contains(parent.name) {
                let round = path[(path.firstIndex(of: parent.name) ?? 0)...]
                // Told once, and not once for each factory of the circle.
                if round.first == round.min() {
                    tell(
                        "AS274",
                        "the factory extends itself: " + (round + [parent.name]).joined(separator: " → "),
                        at: parent.location, fix: "take one `extends` out")
                }
                return nil
            }
            let known = factories.filter { !$0.factory.isOpen }
            guard let other = known.first(where: { $0.factory.name == parent.name }) else {
                tell(
                    "AS270", "there is no factory '\(parent.name)'", at: parent.location,
                    fix: nearestName(to: parent.name, among: known.map(\.factory.name)).map {
                        "did you mean '\($0)'?"
                    })
                return nil
            }
            guard let base = whole(other, open: path) else { return nil }
            factory.inherit(base, keepsKey: written.saysKey, keepsReturning: written.saysReturning)
        }
        return factory
    }

    /// The database of a factory that names none.
    private func onlyDatabase(for factory: Factory) -> String? {
        guard let databases = stand?.parts.filter(\.isDatabase).map(\.name) else { return nil }
        if databases.count == 1 { return databases[0] }
        let message =
            databases.isEmpty
            ? "\(factory.title) has a table, but the stand has no database"
            : "\(factory.title) does not say which database has its table"
        tell(
            "AS276", message, at: factory.location,
            fix: databases.isEmpty
                ? "add one to `dependencies` in assay.yml, or remove `table`"
                : "add `on:` with one of: " + databases.joined(separator: ", "))
        return nil
    }
}
