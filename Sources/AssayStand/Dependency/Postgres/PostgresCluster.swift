internal import AssayFormats
internal import AssayNet
internal import AssayWire
internal import Synchronization

/// Finished data directories, made once for each version and schema and copied for every run.
///
/// Two levels: what `initdb` makes, and on top of it what migrations and seeds make. A directory appears under its name
/// only when it is whole, so that a run that is cut off leaves nothing half-made and two at once do no harm.
struct PostgresCluster {
    let tools: PostgresTools
    let spec: PostgresSpec
    let scripts: SchemaScripts
    let member: String

    /// What a scenario's databases are copies of.
    static let template = "assay_template"
    private static let kept = 12
    /// Two stands of one process may make the same at once.
    private static let counter = Atomic<Int>(0)

    /// Whether the cached directory holds the program's work too.
    var keepsProgram: Bool { spec.sources.program != nil && !spec.sources.inputs.isEmpty }
    /// Whether the program must run each time.
    var runsProgram: Bool { spec.sources.program != nil && spec.sources.inputs.isEmpty }

    /// A copy of the finished data directory.
    ///
    /// - Parameter target: path of the copy; its parent belongs to the account.
    func copy(to target: String, in stand: Stand) async throws(StandFailure) {
        let finished = try await finished(in: stand)
        try await copy(finished, to: target)
    }

    private func copy(_ source: String, to target: String) async throws(StandFailure) {
        try await tools.run(
            ["cp", "-a", "--reflink=auto", source, target], in: parent(of: target),
            doing: "the data directory cannot be copied")
    }

    // MARK: the two levels

    private func finished(in stand: Stand) async throws(StandFailure) -> String {
        var made = Array("schema 1\0\(spec.database)\0".utf8) + baseFingerprint + scripts.fingerprint
        if keepsProgram {
            let inputs = try SchemaScripts.contents(
                of: spec.sources.inputs, member, in: stand.surroundings.projectFolder)
            made += inputs + Array("\(spec.sources.program.map { "\($0)" } ?? "")".utf8)
        }
        return try await cached(made) { (data) async throws(StandFailure) in
            try await copy(try await base(), to: data)
            var free = spec
            free.port = nil
            let server = try await PostgresServer.start(free, on: data, with: tools, in: stand, named: member)
            do throws(StandFailure) {
                try await fill(server, in: stand)
            } catch {
                await server.program.stop()
                throw error
            }
            // A clean end, so that no copy has anything to recover.
            await server.program.stop(signal: 2, grace: .seconds(30))
        }
    }

    private func base() async throws(StandFailure) -> String {
        try await cached(Array("base 1\0".utf8) + baseFingerprint) { (data) async throws(StandFailure) in
            try await tools.run(
                [
                    tools.program("initdb"), "-D", data, "--no-sync", "-A", "trust", "-U", spec.user,
                    "--wal-segsize=1", "--locale=C.UTF-8", "-E", "UTF8", "--no-instructions",
                ], in: parent(of: data), doing: "initdb")
        }
    }

    private var baseFingerprint: [UInt8] {
        let program = tools.program("postgres")
        let facts = Files.facts(of: program)
        return Array("\(program)\0\(facts?.bytes ?? 0)\0\(facts?.changed ?? 0)\0\(spec.user)\0".utf8)
    }

    private func cached(
        _ fingerprint: [UInt8], _ make: (_ data: String) async throws(StandFailure) -> Void
    ) async throws(StandFailure) -> String {
        let key = Crypto.sha256(fingerprint).prefix(12).map { byte in
            let hex = String(byte, radix: 16)
            return hex.count == 1 ? "0" + hex : hex
        }.joined()
        let place = "\(tools.cache)/\(key)"
        if Files.kind(of: place) == .folder {
            Files.touch(place)
            return "\(place)/data"
        }
        let number = Self.counter.add(1, ordering: .relaxed).newValue
        let building = "\(tools.cache)/building-\(Host.name)-\(Host.processID)-\(number)-\(key)"
        // Containers that share a cache have the same process numbers, but names of their own.
        try? Files.remove(building)
        try tools.folder(building)
        do throws(StandFailure) {
            try await make("\(building)/data")
        } catch {
            try? Files.remove(building)
            throw error
        }
        do throws(SystemError) {
            try Files.move(building, to: place)
        } catch {
            // Another run has made the same meanwhile.
            try? Files.remove(building)
            guard Files.kind(of: place) == .folder else { throw tools.failure("\(error)") }
        }
        prune(keeping: place)
        return "\(place)/data"
    }

    /// Old schemas go, the longest unused first, but none that another run may be copying just now; so does what a run
    /// that was killed had begun a day ago.
    private func prune(keeping place: String) {
        let names = (try? Files.names(in: tools.cache)) ?? []
        let now = Int(WallClock.milliseconds / 1000)
        let aged = names.map { name in
            (
                path: "\(tools.cache)/\(name)",
                changed: Files.facts(of: "\(tools.cache)/\(name)")?.changed ?? now,
                isBuilding: name.hasPrefix("building-")
            )
        }.sorted { $0.changed > $1.changed }
        for old in aged where old.isBuilding && now - old.changed > 86_400 { try? Files.remove(old.path) }
        let finished = aged.filter { !$0.isBuilding && $0.path != place }
        for old in finished.dropFirst(Self.kept) where now - old.changed > 3600 {
            try? Files.remove(old.path)
        }
    }

    // MARK: contents

    /// The database from which others are managed: one that is not managed itself.
    static func administration(of spec: PostgresSpec) -> String {
        spec.database == "postgres" ? "template1" : "postgres"
    }

    /// Makes the database and runs migrations and seeds in it.
    private func fill(_ server: PostgresServer, in stand: Stand) async throws(StandFailure) {
        let reactor = stand.reactor
        let admin = server.database(Self.administration(of: spec))
        defer { admin.close(on: reactor) }
        if spec.database != "postgres" {
            try await run("create database \(quotedIdentifier(spec.database))", admin, reactor)
        }
        let own = server.database(spec.database)
        do throws(StandFailure) {
            try await scripts.apply(to: own, of: member, on: reactor, in: tools.scope)
            if keepsProgram { try await program(server, in: stand) }
            if !runsProgram {
                try await scripts.applySeeds(to: own, of: member, on: reactor, in: tools.scope)
            }
        } catch {
            own.close(on: reactor)
            throw error
        }
        own.close(on: reactor)
        if !runsProgram { try await split(admin, on: reactor) }
    }

    /// Makes the filled database the template of all others; the one that is shared becomes its first copy.
    func split(_ admin: PostgresDatabase, on reactor: Reactor) async throws(StandFailure) {
        let settings = try await settings(of: spec.database, admin, reactor)
        // Whoever is still connected, like a migration tool that has just ended, would be in the way.
        try await run(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = \(quotedLiteral(spec.database))",
            admin,
            reactor)
        try await run(
            "alter database \(quotedIdentifier(spec.database)) rename to \(Self.template)", admin, reactor)
        try await make(spec.database, settings, admin, reactor)
    }

    /// Makes a database like the template.
    ///
    /// - Parameter copiesFiles: without fsync a copy of the files takes a tenth of what writing them to the log takes
    ///   (13 against 100 ms); PostgreSQL 15 and later can be told, those before know nothing else.
    func make(
        _ database: String, _ settings: [String], copiesFiles: Bool = false, _ admin: PostgresDatabase,
        _ reactor: Reactor
    ) async throws(StandFailure) {
        let quoted = quotedIdentifier(database)
        let strategy = copiesFiles ? " strategy file_copy" : ""
        try await run("create database \(quoted) template \(Self.template)\(strategy)", admin, reactor)
        for setting in settings {
            guard let equals = setting.firstIndex(of: "=") else { continue }
            // Lists like search_path are kept as they are written: names, not one text.
            let (key, value) = (setting[..<equals], setting[setting.index(after: equals)...])
            let isList = key == "search_path" && !value.isEmpty
            try await run(
                "alter database \(quoted) set \(key) = \(isList ? String(value) : quotedLiteral(String(value)))",
                admin,
                reactor)
        }
    }

    /// What `alter database … set` says of a database, like `search_path=inventory, public`: templates do not pass it on.
    func settings(of database: String, _ admin: PostgresDatabase, _ reactor: Reactor)
        async throws(StandFailure)
        -> [String]
    {
        let query = """
            select unnest(s.setconfig) as setting from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
            where s.setrole = 0 and d.datname = \(quotedLiteral(database))
            """
        return try await rows(query, admin, reactor).compactMap { $0["setting"]?.stringValue }
    }

    func rows(_ query: String, _ database: PostgresDatabase, _ reactor: Reactor) async throws(StandFailure)
        -> [JSONObject]
    {
        switch await database.execute(query, on: reactor) {
        case .success(let answer): return answer.rows
        case .failure(let error): throw tools.failure(error.description)
        }
    }

    private func run(_ statement: String, _ database: PostgresDatabase, _ reactor: Reactor)
        async throws(StandFailure)
    {
        _ = try await rows(statement, database, reactor)
    }

    /// Lets the project's own tool make the tables.
    func program(_ server: PostgresServer, in stand: Stand) async throws(StandFailure) {
        guard let program = spec.sources.program else { return }
        let place = PostgresAddress(
            user: spec.user, password: spec.password, host: "127.0.0.1", port: server.port,
            database: spec.database)
        try await stand.migrate(
            member, with: program, environment: place.environment, at: tools.location, tools.scope)
    }
}

/// Where a PostgreSQL database is reached.
struct PostgresAddress: Sendable {
    var user: String
    var password: String?
    var host: String
    var port: UInt16
    var database: String

    /// Every client library reads it; TLS is off, for a throw-away server has none.
    var url: String {
        let credentials = encoded(user) + (password.map { ":" + encoded($0) } ?? "")
        return "postgres://\(credentials)@\(host):\(port)/\(encoded(database))?sslmode=disable"
    }

    /// What migration tools look for: their own habit, and libpq's.
    var environment: [(String, String)] {
        [
            ("DATABASE_URL", url), ("PGHOST", host), ("PGPORT", "\(port)"), ("PGUSER", user),
            ("PGPASSWORD", password ?? ""), ("PGDATABASE", database), ("PGSSLMODE", "disable"),
        ]
    }

    private func encoded(_ text: String) -> String { percentEncoded(text, for: .pathSegment) }
}
