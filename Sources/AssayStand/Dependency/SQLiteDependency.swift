internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A throw-away SQLite file.
final class SQLiteDependency: Dependency {
    let name: String
    let detail: String
    private let location: SourceLocation
    private let file: SQLiteDatabase
    private let reactor: Reactor
    /// The file as migrations and seeds left it, kept apart; `nil` for a scenario's own.
    private var pristine: String?

    var database: (any Database)? { file }
    /// An absolute path gives `sqlite:////…`: scheme, no host, the path.
    var binding: JSONObject { ["url": .string("sqlite:///\(file.path)"), "path": .string(file.path)] }

    private init(
        _ name: String, _ location: SourceLocation, _ file: SQLiteDatabase, detail: String,
        on reactor: Reactor
    ) {
        self.name = name
        self.location = location
        self.file = file
        self.detail = detail
        self.reactor = reactor
    }

    static func open(
        _ name: String, _ location: SourceLocation, _ spec: SQLiteSpec, detail: String, in stand: Stand,
        _ scope: CancelScope
    ) async throws(StandFailure) -> SQLiteDependency {
        var path = "\(stand.folder)/\(name).sqlite"
        if let file = spec.file { path = stand.inProject(try stand.render(file, for: name, [:])) }
        let opened = SQLiteDependency(
            name, location, try Self.file(path, name, location), detail: detail, on: stand.reactor)
        let schema = try SchemaScripts(spec.sources, of: name, in: stand.surroundings.projectFolder)
        try await schema.apply(to: opened.file, of: name, on: stand.reactor, in: scope)
        if let program = spec.sources.program {
            let url = opened.binding["url"]?.stringValue ?? ""
            try await stand.migrate(
                name, with: program, environment: [("DATABASE_URL", url), ("DATABASE_PATH", path)],
                at: location, scope)
        }
        try await schema.applySeeds(to: opened.file, of: name, on: stand.reactor, in: scope)
        let pristine = "\(stand.folder)/\(name).pristine.sqlite"
        try await opened.copy(to: pristine)
        opened.pristine = pristine
        return opened
    }

    private static func file(_ path: String, _ name: String, _ location: SourceLocation) throws(StandFailure)
        -> SQLiteDatabase
    {
        do throws(DatabaseError) {
            return try SQLiteDatabase(path: path)
        } catch {
            throw StandFailure(member: name, message: error.message, location: location)
        }
    }

    private func copy(to path: String) async throws(StandFailure) {
        try? Files.remove(path)
        let result = await file.execute("vacuum into $1", arguments: [.string(path)], on: reactor)
        if case .failure(let error) = result {
            throw StandFailure(
                member: name, message: "cannot be copied: \(error.message)", location: location)
        }
    }

    func own(in stand: Stand, _ scope: CancelScope) async throws(StandFailure) -> (any Dependency)? {
        guard let pristine else { return nil }
        let path = "\(stand.folder)/\(name).sqlite"
        do throws(SystemError) {
            try Files.write(try Files.read(pristine), to: path)
        } catch {
            throw StandFailure(member: name, message: "cannot be copied: \(error)", location: location)
        }
        return SQLiteDependency(
            name, location, try Self.file(path, name, location), detail: detail, on: reactor)
    }

    func transaction() throws(StandFailure) -> (any Database)? {
        do throws(DatabaseError) {
            return try SQLiteDatabase(path: file.path, isTransaction: true)
        } catch {
            throw StandFailure(member: name, message: error.message, location: location)
        }
    }

    func reset() async -> String? {
        guard let pristine else { return nil }
        return await file.restore(from: pristine)?.message
    }

    func stop() async {}
}
