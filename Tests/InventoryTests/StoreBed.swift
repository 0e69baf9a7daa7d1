import AssayNet
import Testing

@testable import inventory_service

/// Which database a test runs on.
enum StoreKind: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgres = "PostgreSQL"

    var testDescription: String { rawValue }

    /// Those that are installed here; the peers that look at them included.
    static let installed = allCases.filter { kind in
        switch kind {
        case .sqlite: Files.kind(of: "/usr/bin/sqlite3") == .file
        case .postgres: PostgresServer.programs != nil
        }
    }
}

/// An inventory on a new database, and a look at its tables by somebody else's program.
///
/// Used on its reactor's thread only.
final class StoreBed {
    let inventory: Inventory
    private let kind: StoreKind
    private let name: String
    let reactor: Reactor

    private static let project =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Examples/inventory"
    private static var file: String { "/tmp/assay-inventory-\(Host.processID)" }

    private init(_ kind: StoreKind, _ name: String, losesUpdates: Bool, on reactor: Reactor) async throws {
        self.kind = kind
        self.name = name
        self.reactor = reactor
        let pool: ConnectionPool
        switch kind {
        case .sqlite:
            let path = "\(Self.file)-\(name).sqlite"
            let schema = String(decoding: try Files.read(Self.project + "/db/schema.sql"), as: UTF8.self)
            // Twice: the stand may apply it to a file that has the tables.
            _ = try await run(["sqlite3", path], input: schema + schema, on: reactor)
            pool = ConnectionPool(size: 1, on: reactor) { () throws(DatabaseError) in
                try SQLiteConnection(path: path)
            }
        case .postgres:
            let server = try #require(PostgresServer.current)
            let url = try await server.make(name, migrations: Self.project + "/db/migrations", on: reactor)
            let address = PostgresAddress(parameters: [("dbname", url)])
            pool = ConnectionPool(size: 6, on: reactor) { () throws(DatabaseError) in
                try PostgresConnection(address)
            }
        }
        inventory = Inventory(
            pool, cache: BalanceCache(nil) { 0 }, on: reactor, losesUpdates: losesUpdates)
    }

    /// Rows in lines, columns between `|`.
    func peer(_ text: String) async throws -> String {
        switch kind {
        case .sqlite: try await run(["sqlite3", "\(Self.file)-\(name).sqlite"], input: text, on: reactor)
        case .postgres:
            try await #require(PostgresServer.current).psql(text, in: name, on: reactor)
        }
    }

    /// What PostgreSQL's own database says of others.
    func server(_ text: String) async throws {
        _ = try await #require(PostgresServer.current).psql(text, in: "postgres", on: reactor)
    }

    /// For tasks of the same reactor.
    var shared: ReactorBound<Inventory> { ReactorBound(inventory, on: reactor) }

    /// How `count` operations at once ended, in no order.
    func atOnce<Value: Sendable>(
        _ count: Int,
        _ operation: @escaping @Sendable (Inventory, Int) async throws(InventoryError) -> Value
    ) async -> [Result<Value, InventoryError>] {
        let shared = shared
        let tasks = (0..<count).map { number in
            Task(executorPreference: reactor) { () -> Result<Value, InventoryError> in
                do throws(InventoryError) {
                    return .success(try await operation(shared.value, number))
                } catch {
                    return .failure(error)
                }
            }
        }
        var results: [Result<Value, InventoryError>] = []
        for task in tasks { results.append(await task.value) }
        return results
    }

    /// Runs a test on a new database in a reactor of its own.
    static func with(
        _ kind: StoreKind, _ name: String, losesUpdates: Bool = false,
        _ body: @escaping @Sendable (StoreBed) async throws -> Void
    ) throws {
        let reactor = try Reactor()
        let server = PostgresServer.current
        let result: Result<Void, any Error> = reactor.run {
            await PostgresServer.$current.withValue(server) {
                do {
                    let bed = try await StoreBed(kind, name, losesUpdates: losesUpdates, on: reactor)
                    return .success(try await body(bed))
                } catch {
                    return .failure(error)
                }
            }
        }
        if kind == .sqlite {
            for end in ["", "-wal", "-shm"] { try? Files.remove("\(file)-\(name).sqlite\(end)") }
        }
        try result.get()
    }
}
