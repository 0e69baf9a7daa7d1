import AssayCore
import AssayFormats
import AssayNet
import AssayStand
import Testing

/// Stands from YAML texts, in folders of their own.
enum StandSupport {
    static func spec(_ text: String) throws -> StandSpec {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "assay.yml", bag: bag))
        let spec = StandReader(yaml).read(yaml.root)
        try bag.throwIfErrors()
        return try #require(spec)
    }

    static func surroundings(_ name: String) throws -> StandSurroundings {
        let folder = "/tmp/assay-stand-tests-\(Host.processID)-\(name)"
        try Files.makeFolder(folder)
        return StandSurroundings(
            projectFolder: folder, scratchFolder: folder + "/scratch", logFolder: folder + "/logs",
            environment: TemplateEnvironment(
                nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
                readFile: { path throws(TemplateError) in throw TemplateError("AS059", path) }))
    }

    /// Starts a stand and hands it to `body`, then stops it; the failure's message if it did not start.
    static func with<Value: Sendable>(
        _ text: String, name: String, files: [String: String] = [:], path: String? = nil,
        _ body: @escaping @Sendable (Stand, Reactor) async -> Value
    ) throws -> Result<Value, StandFailure> {
        let spec = try spec(text)
        var surroundings = try surroundings(name)
        if let path { surroundings.installed = Installed(folders: path) }
        defer { try? Files.remove(surroundings.projectFolder) }
        for (path, text) in files {
            let place = surroundings.projectFolder + "/" + path
            if let slash = place.lastIndex(of: "/") { try Files.makeFolder(String(place[..<slash])) }
            try Files.write(Array(text.utf8), to: place)
        }
        let reactor = try Reactor()
        let here = surroundings
        return reactor.run {
            do throws(StandFailure) {
                let stand = try await Stand.start(spec, on: reactor, in: here)
                let value = await body(stand, reactor)
                await stand.stop()
                await stand.stop()
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
    }

    /// Rows of a query as JSON text, or the database's own words.
    static func ask(
        _ database: (any Database)?, _ query: String, _ arguments: [JSON] = [], on reactor: Reactor
    ) async
        -> String
    {
        guard let database else { return "no database" }
        switch await database.execute(query, arguments: arguments, on: reactor, in: nil) {
        case .success(let answer): return JSON.array(answer.rows.map { .object($0) }).rendered()
        case .failure(let error): return error.message
        }
    }

    static let hasPostgres = !Installed().postgres.isEmpty
    static let hasRedis = Installed().path(of: "redis-server") != nil
}
