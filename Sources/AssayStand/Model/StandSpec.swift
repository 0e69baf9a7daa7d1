public import AssayCore
public import AssayFormats

/// What a stand is made of, as read from the project file.
public struct StandSpec: Sendable {
    public var dependencies: [DependencySpec] = []
    public var services: [ServiceSpec] = []
    /// Services that run elsewhere.
    public var reached: [ReachedService] = []
    /// Where `production: true` stands; `nil`: everything may be written to.
    public var production: SourceLocation?
    public init() {}
}

/// What a scenario finds, and what becomes of what it writes.
public enum Isolation: String, Sendable, CaseIterable {
    /// All scenarios share the stand's databases.
    case none
    /// One scenario at a time; afterwards every table is emptied and what migrations and seeds had put there is back.
    case truncate
    /// A scenario's own statements run in one transaction that is rolled back.
    case transaction
    /// Each scenario has databases, caches and the services that use them for itself.
    case databasePerScenario = "database-per-scenario"
}

/// Something that services need and Assay brings: a throw-away database, cache or other server.
public struct DependencySpec: Sendable {
    public enum Kind: Sendable {
        case sqlite(SQLiteSpec)
        case postgres(PostgresSpec)
        /// A known server: redis, prometheus, …
        case server(ServerSpec)
        /// Any program, started like a service.
        case program(ServiceSpec)
    }

    /// What to do where the program is not installed.
    public enum Fallback: Sendable {
        /// The stand does not come up.
        case none
        case sqlite(SQLiteSpec)
        /// Whatever needs it is skipped, with the reason in the report.
        case skip
        /// A double in Assay's own process: Redis only, and what it has unless something else is said.
        case double
        /// Services start with an empty address; scenarios that name it are skipped.
        case without
    }

    public var name: String
    public var location: SourceLocation
    public var kind: Kind
    public var fallback: Fallback = .none
}

/// A throw-away SQLite file.
public struct SQLiteSpec: Sendable {
    /// Where tables and first rows come from.
    public var sources: SchemaSources
    /// Where the database lies; `nil`: in the stand's private folder.
    public var file: Template?
}

/// What fills a new database, in this order.
public struct SchemaSources: Sendable {
    /// An SQL file, or a folder of them in the order of their names; as written.
    public var migrations: [Path] = []
    /// A program that makes the tables, told where by its environment.
    public var program: Template?
    /// What the program reads: while these files stay the same, its work is kept; without them it runs each time.
    public var inputs: [Path] = []
    /// SQL files with the first rows.
    public var seeds: [Path] = []

    public struct Path: Sendable {
        public var text: String
        public var location: SourceLocation
    }
}

/// A throw-away PostgreSQL.
public struct PostgresSpec: Sendable {
    public var sources = SchemaSources()
    public var database = "app"
    public var user = "postgres"
    public var password: String?
    /// Major version that must be there; `nil` takes the newest.
    public var version: Int?
    public var port: UInt16?
    /// Server settings besides Assay's own.
    public var settings: [(name: String, value: String)] = []
    /// A server that is there already; databases are made in it and dropped again.
    public var url: Template?
}

/// A known server that is started as it is.
public struct ServerSpec: Sendable {
    public var recipe: ServerRecipe
    public var port: UInt16?
    /// A configuration file of the user's.
    public var configuration: String?
    /// Settings in the server's own words.
    public var settings: [(name: String, value: String)] = []
}

/// A program under test.
public struct ServiceSpec: Sendable {
    public enum Command: Sendable {
        /// Run by `sh -c`.
        case shell(Template)
        /// Run as they are, without a shell.
        case words([Template])

        var templates: [Template] {
            switch self {
            case .shell(let line): [line]
            case .words(let words): words
            }
        }
    }

    public enum Readiness: Sendable {
        case http(path: Template, status: Int?)
        case tcp
        case log(Template)
        case run(Template)
    }

    public var name: String
    public var location: SourceLocation
    public var run: Command
    public var environment: [(name: String, value: Template)]
    public var folder: Template?
    /// Names of ports besides the first, for `${ports.name}`.
    public var ports: [String]
    /// Where the program listens by itself, the first port first; `nil` where it is told a free one.
    public var fixedPorts: [UInt16?] = []
    /// What runs in place of a program of this machine.
    public var container: ContainerSpec?
    public var ready: Readiness
    public var readyWithin: Duration
    public var stopSignal: Int32
    public var stopWithin: Duration
    /// Members that must be ready first: named by `depends-on` or read in a template.
    public var needs: [String]
    /// How many copies run side by side; `nil` for one that has no number.
    public var replicas: ReplicaCount?
    /// Which copy it is, from 0.
    var replica = 0
    /// Levels whose tests need it; empty: it is always there.
    public var levels: [(name: String, location: SourceLocation)] = []
}
