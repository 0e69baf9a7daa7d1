extension DependencySpec {
    /// Members that templates may name, whatever the machine has: those of the kind and of its fallback.
    public var members: [String] {
        switch kind {
        case .sqlite: ["url", "path"]
        case .postgres:
            ["url", "host", "port", "address", "user", "password", "database", "socket", "jdbc", "path"]
        case .server(let server): server.recipe.members
        case .program: ["url", "host", "port", "address", "ports"]
        }
    }

    /// Whether it answers `sql` steps.
    public var isDatabase: Bool {
        switch kind {
        case .sqlite, .postgres: true
        case .server, .program: false
        }
    }

    /// Whether it answers `redis` steps.
    public var isRedis: Bool { keyword == ServerRecipe.redis.keyword }

    /// The kind as users write it.
    public var keyword: String {
        switch kind {
        case .sqlite: "sqlite"
        case .postgres: "postgres"
        case .server(let server): server.recipe.keyword
        case .program: "run"
        }
    }
}
