internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A PostgreSQL of a stand: one server for the run, a database for all or for each scenario.
final class PostgresDependency: Dependency {
    let name: String
    let detail: String
    private let server: PostgresServer
    private let address: PostgresAddress
    private let reactor: Reactor
    private let pool: PostgresDatabase
    /// `nil` for a scenario's own database, which goes with its scenario.
    private let origin: Origin?
    private let drop: (() -> Void)?

    /// What makes further databases.
    private final class Origin {
        let cluster: PostgresCluster
        let admin: PostgresDatabase
        /// `alter database … set` of the template: these are not copied with it.
        let settings: [String]
        let copiesFiles: Bool
        let folder: String
        var count = 0
        var resetScript: String?
        init(
            cluster: PostgresCluster, admin: PostgresDatabase, settings: [String], copiesFiles: Bool,
            folder: String
        ) {
            self.cluster = cluster
            self.admin = admin
            self.settings = settings
            self.copiesFiles = copiesFiles
            self.folder = folder
        }
    }

    var database: (any Database)? { pool }
    var program: Program? { origin == nil ? nil : server.program }

    private init(
        _ name: String, _ server: PostgresServer, _ address: PostgresAddress, detail: String, origin: Origin?,
        on reactor: Reactor, drop: (() -> Void)? = nil
    ) {
        self.name = name
        self.server = server
        self.address = address
        self.detail = detail
        self.origin = origin
        self.reactor = reactor
        self.drop = drop
        pool = server.database(address.database)
    }

    var binding: JSONObject {
        [
            "url": .string(address.url), "host": .string(address.host), "port": .int(Int64(address.port)),
            "address": .string("\(address.host):\(address.port)"), "user": .string(address.user),
            "password": .string(address.password ?? ""), "database": .string(address.database),
            "socket": .string(server.socket),
            "jdbc": .string(
                "jdbc:postgresql://\(address.host):\(address.port)/\(address.database)?user=\(address.user)"),
        ]
    }

    // MARK: starting

    static func start(
        _ name: String, _ location: SourceLocation, _ spec: PostgresSpec, in stand: Stand,
        _ scope: CancelScope
    ) async throws(StandFailure) -> PostgresDependency {
        let tools = try PostgresTools(spec, of: name, at: location, in: stand, scope)
        let scripts = try SchemaScripts(spec.sources, of: name, in: stand.surroundings.projectFolder)
        let cluster = PostgresCluster(tools: tools, spec: spec, scripts: scripts, member: name)
        let folder = stand.dataFolder(of: name)
        try tools.folder(folder)
        try await cluster.copy(to: "\(folder)/data", in: stand)
        let server = try await PostgresServer.start(
            spec, on: "\(folder)/data", with: tools, in: stand, named: name)
        do throws(StandFailure) {
            return try await open(name, spec, server, cluster, folder: folder, in: stand, scope)
        } catch {
            await server.program.stop()
            throw error
        }
    }

    private static func open(
        _ name: String, _ spec: PostgresSpec, _ server: PostgresServer, _ cluster: PostgresCluster,
        folder: String, in stand: Stand, _ scope: CancelScope
    ) async throws(StandFailure) -> PostgresDependency {
        let reactor = stand.reactor
        let address = PostgresAddress(
            user: spec.user, password: spec.password, host: "127.0.0.1", port: server.port,
            database: spec.database)
        if cluster.runsProgram {
            try await cluster.program(server, in: stand)
            let own = server.database(spec.database)
            defer { own.close(on: reactor) }
            try await cluster.scripts.applySeeds(to: own, of: name, on: reactor, in: scope)
        }
        let admin = server.database(PostgresCluster.administration(of: spec), limit: 1)
        if cluster.runsProgram { try await cluster.split(admin, on: reactor) }
        let settings = try await cluster.settings(of: PostgresCluster.template, admin, reactor)
        let version = try await cluster.rows("select current_setting('server_version') as v", admin, reactor)
        let shown = version.first?["v"]?.stringValue?.split(separator: " ").first ?? ""
        let major = shown.prefix(while: \.isNumber)
        let origin = Origin(
            cluster: cluster, admin: admin, settings: settings, copiesFiles: Int(major) ?? 0 >= 15,
            folder: folder)
        return PostgresDependency(
            name, server, address, detail: "PostgreSQL \(shown)", origin: origin, on: reactor)
    }

    // MARK: for scenarios

    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)? {
        guard let origin else { return nil }
        origin.count += 1
        var own = address
        own.database = "\(address.database)_\(origin.count)"
        try await origin.cluster.make(
            own.database, origin.settings, copiesFiles: origin.copiesFiles, origin.admin, reactor)
        let statement = "drop database if exists \(quotedIdentifier(own.database)) with (force)"
        let (admin, reactor) = (origin.admin, reactor)
        return PostgresDependency(name, server, own, detail: detail, origin: nil, on: reactor) {
            // Nobody waits for it: the next scenario has another, and the server goes with the stand.
            Task(executorPreference: reactor) { _ = await admin.execute(statement, on: reactor) }
        }
    }

    func transaction() throws(StandFailure) -> (any Database)? {
        server.database(address.database, isTransaction: true)
    }

    func reset() async -> String? {
        guard let origin else { return nil }
        if origin.resetScript == nil {
            let template = server.database(PostgresCluster.template)
            defer { template.close(on: reactor) }
            switch await PostgresReset.script(from: template, folder: origin.folder, on: reactor) {
            case .success(let script): origin.resetScript = script
            case .failure(let error): return error.description
            }
        }
        return await pool.apply(script: origin.resetScript ?? "", on: reactor, in: nil)?.message
    }

    func stop() async {
        pool.close(on: reactor)
        drop?()
        guard let origin else { return }
        origin.admin.close(on: reactor)
        await server.program.stop()
    }
}
