import AssayCore
import AssayFormats

extension StepKind {
    static let create = StepKind(
        keyword: "create", expectations: ["json", "schema"], captures: [.path]
    ) { pair, _, file in
        file.factoryAction(pair, .create)
    }

    static let build = StepKind(
        keyword: "build", expectations: ["json", "schema"], captures: [.path]
    ) { pair, _, file in
        file.factoryAction(pair, .build)
    }

    static let fixture = StepKind(
        keyword: "fixture", expectations: ["json"], captures: [.path]
    ) { pair, _, file in
        var removes: Bool?
        var names: [FixtureAction.Name]?
        if pair.value.pairs == nil {
            names = file.fixtureNames(pair.value)
        } else {
            _ = file.yaml.mapping(pair.value, "a fixture step") { fields -> Bool? in
                names = fields.required("load", file.fixtureNames)
                removes = fields.optional("cleanup", file.yaml.bool)
                return true
            }
        }
        guard let names else { return nil }
        let shown = names.map(\.name).joined(separator: ", ")
        return (.fixture(FixtureAction(names: names, removes: removes)), "fixture \(shown)")
    }

    static let truncate = StepKind(keyword: "truncate") { pair, _, file in
        file.yaml.mapping(pair.value, "a truncate step") { fields in
            let on = fields.optional("on") { file.part($0, "on", accepts: \.isDatabase, "a database") }
            let tables = fields.optional("tables", file.tables)
            let except = fields.optional("except", file.tables)
            let cascades = fields.optional("cascade", file.yaml.bool)
            let restarts = fields.optional("restart", file.yaml.bool)
            if tables != nil, let node = fields.value("except") {
                file.yaml.error(
                    "AS278", "`except` goes with all tables, and this step names some", at: node,
                    fix: "remove one of `tables` and `except`")
            }
            let emptying = Emptying(
                tables: tables, except: except ?? [], cascades: cascades ?? false, restarts: restarts ?? false
            )
            let database = on ?? file.onlyDatabase(for: pair)
            let name = "truncate" + (database.map { " \($0)" } ?? "")
            return (.truncate(TruncateAction(on: database, emptying: emptying)), name)
        }
    }
}

extension ScenarioFile {
    fileprivate func factoryAction(
        _ pair: YAMLNode.Pair, _ strategy: FactoryBuilder.Strategy
    ) -> StepKind.Reading? {
        var removes: Bool?
        let word = pair.name
        let call = FactoryReading(yaml: yaml).call(pair.value, "a \(word) step") { fields in
            if strategy == .create { removes = fields.optional("cleanup", yaml.bool) }
        }
        guard let call else { return nil }
        if let factories = session.factories {
            let check = FactoryCheck(factories, session.stand)
            for problem in check.problems(of: call, creates: strategy == .create) { yaml.add(problem) }
        }
        let action = FactoryAction(call: call, strategy: strategy, removes: removes)
        return (.factory(action), "\(word) \(call.factory)")
    }

    fileprivate func fixtureNames(_ node: YAMLNode) -> [FixtureAction.Name]? {
        yaml.oneOrMore(node) { node in
            guard let name = yaml.text(node) else { return nil }
            if let factories = session.factories {
                let check = FactoryCheck(factories, session.stand)
                for problem in check.problems(ofFixture: name, at: node.location) { yaml.add(problem) }
            }
            return FixtureAction.Name(name: name, location: node.location)
        }
    }

    fileprivate func tables(_ node: YAMLNode) -> [TableName]? {
        yaml.oneOrMore(node) { node in
            guard let text = yaml.text(node) else { return nil }
            if let table = TableName(parsing: text) { return table }
            yaml.error(
                "AS277", "'\(Shown.text(text, limit: 40))' is no table", at: node,
                fix: "write `users`, or `auth.users` for a table in a schema")
            return nil
        }
    }

    /// The database of a step that names none.
    fileprivate func onlyDatabase(for pair: YAMLNode.Pair) -> String? {
        guard let databases = session.stand?.parts.filter(\.isDatabase).map(\.name) else { return nil }
        if databases.count == 1 { return databases[0] }
        yaml.error(
            "AS276",
            databases.isEmpty
                ? "the stand has no database" : "the step does not say which database it means",
            at: pair.key,
            fix: databases.isEmpty
                ? "add one to `dependencies` in assay.yml"
                : "add `on:` with one of: " + databases.joined(separator: ", "))
        return nil
    }
}
