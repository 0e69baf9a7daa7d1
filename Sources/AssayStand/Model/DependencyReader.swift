internal import AssayCore
internal import AssayFormats

/// Reads one entry of a stand's `dependencies:`.
struct DependencyReader {
    let yaml: YAMLReading
    /// Reads what any program takes: the keys of a service.
    let service: (YAMLNode.Pair) -> ServiceSpec?

    private static let kinds = ["postgres", "sqlite"] + ServerRecipe.all.map(\.keyword)

    func read(_ pair: YAMLNode.Pair) -> DependencySpec? {
        if pair.value["run"] != nil {
            return service(pair).map {
                DependencySpec(name: pair.name, location: pair.key.location, kind: .program($0))
            }
        }
        guard let kind = pair.value.pairs?.first, pair.value.pairs?.count == 1, Self.kinds.contains(kind.name)
        else {
            let written = pair.value.pairs?.first?.name
            let near = written.flatMap { nearestName(to: $0, among: Self.kinds) }
            let found = written.map { "'\($0)'" } ?? pair.value.kindText
            yaml.error(
                "AS060",
                "dependency '\(pair.name)' needs one kind (\(Self.kinds.joined(separator: ", "))) or `run`, found \(found)",
                at: pair.value.pairs?.first?.key ?? pair.value,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "write `\(pair.name): {postgres: {migrations: db/migrations}}`")
            return nil
        }
        // `redis:` alone is as good as `redis: {}`.
        if case .null = kind.value.content { return empty(pair, kind) }
        return yaml.mapping(kind.value, "\(kind.name) dependency") { fields in
            var spec = DependencySpec(
                name: pair.name, location: pair.key.location,
                kind: .sqlite(SQLiteSpec(sources: SchemaSources())))
            switch kind.name {
            case "sqlite": spec.kind = .sqlite(sqlite(&fields))
            case "postgres":
                let postgres = postgres(&fields)
                spec.kind = .postgres(postgres)
                spec.fallback = fallback(&fields, sources: postgres.sources, withSQLite: true)
            default:
                guard let recipe = ServerRecipe.named(kind.name) else { return nil }
                spec.kind = .server(server(recipe, &fields))
                spec.fallback = fallback(
                    &fields, sources: nil, withSQLite: false, withDouble: recipe.hasDouble)
            }
            return spec
        }
    }

    private func empty(_ pair: YAMLNode.Pair, _ kind: YAMLNode.Pair) -> DependencySpec? {
        let made: DependencySpec.Kind
        var hasDouble = false
        switch kind.name {
        case "sqlite": made = .sqlite(SQLiteSpec(sources: SchemaSources()))
        case "postgres": made = .postgres(PostgresSpec())
        default:
            guard let recipe = ServerRecipe.named(kind.name) else { return nil }
            made = .server(ServerSpec(recipe: recipe))
            hasDouble = recipe.hasDouble
        }
        return DependencySpec(
            name: pair.name, location: pair.key.location, kind: made, fallback: hasDouble ? .double : .none)
    }

    // MARK: databases

    private func sqlite(_ fields: inout MappingReader) -> SQLiteSpec {
        SQLiteSpec(sources: sources(&fields), file: fields.optional("file", yaml.template))
    }

    private func sources(_ fields: inout MappingReader) -> SchemaSources {
        var sources = SchemaSources()
        let schema = fields.pair("schema")
        let migrations = fields.pair("migrations")
        if let schema { sources.migrations = paths(schema.value) }
        if let migrations {
            if schema != nil {
                yaml.error(
                    "AS061", "both `schema` and `migrations` make the tables", at: migrations.key,
                    fix: "keep one of them")
            }
            if migrations.value.pairs != nil {
                _ = yaml.mapping(migrations.value, "migrations") { inner in
                    sources.program = inner.required("run", yaml.template)
                    sources.inputs = inner.optional("inputs") { paths($0) } ?? []
                    return true
                }
            } else {
                sources.migrations = paths(migrations.value)
            }
        }
        if let seed = fields.value("seed") { sources.seeds = paths(seed) }
        return sources
    }

    private func paths(_ node: YAMLNode) -> [SchemaSources.Path] {
        yaml.oneOrMore(node) { element in
            yaml.string(element).map { SchemaSources.Path(text: $0, location: element.location) }
        } ?? []
    }

    private func postgres(_ fields: inout MappingReader) -> PostgresSpec {
        var spec = PostgresSpec(sources: sources(&fields))
        if let name = fields.optional("database", yaml.string) { spec.database = name }
        if let name = fields.optional("user", yaml.string) { spec.user = name }
        spec.password = fields.optional("password", yaml.text)
        spec.version = fields.optional("version") { yaml.int($0, in: 9...99) }
        spec.port = port(&fields)
        spec.settings = settings(&fields, key: "settings")
        spec.url = fields.optional("url", yaml.template)
        return spec
    }

    private func fallback(
        _ fields: inout MappingReader, sources: SchemaSources?, withSQLite: Bool, withDouble: Bool = false
    ) -> DependencySpec.Fallback {
        let words = (withSQLite ? ["sqlite"] : withDouble ? ["double", "none"] : []) + ["skip", "without"]
        guard let node = fields.value("fallback") else { return withDouble ? .double : .none }
        if withSQLite, node.pairs != nil {
            return yaml.mapping(node, "fallback") { inner in
                inner.required("sqlite") { node in
                    yaml.mapping(node, "sqlite fallback") { .sqlite(sqlite(&$0)) }
                }
            } ?? .none
        }
        switch yaml.enumeration(node, of: words) {
        case "sqlite"?: return .sqlite(SQLiteSpec(sources: sources ?? SchemaSources()))
        case "double"?: return .double
        case "skip"?: return .skip
        case "without"?: return .without
        default: return .none
        }
    }

    // MARK: servers

    private func server(_ recipe: ServerRecipe, _ fields: inout MappingReader) -> ServerSpec {
        var spec = ServerSpec(recipe: recipe)
        spec.port = port(&fields)
        if recipe.takesConfigurationFile {
            spec.configuration = fields.optional("config", yaml.string)
        } else {
            spec.settings = settings(&fields, key: "config")
        }
        for key in recipe.switches where fields.optional(key, yaml.bool) == true {
            spec.settings.append((key, "true"))
        }
        return spec
    }

    private func port(_ fields: inout MappingReader) -> UInt16? {
        fields.optional("port") { yaml.int($0, in: 1...65535) }.map { UInt16($0) }
    }

    private func settings(_ fields: inout MappingReader, key: String) -> [(name: String, value: String)] {
        guard let node = fields.value(key) else { return [] }
        return yaml.entries(node, key).compactMap { entry in
            entry.value.scalarText.map { (entry.name, $0) }
        }
    }
}
