public import AssayCore
public import AssayFormats
public import AssayNet
internal import Synchronization

/// A PostgreSQL database: a small pool of connections for each reactor that asks.
public final class PostgresDatabase: Database {
    public var kind: DatabaseKind { .postgres }
    private let information: String
    private let limit: Int
    private let isTransaction: Bool
    private let pools = Mutex<[ObjectIdentifier: ReactorBound<PostgresPool>]>([:])

    /// - Parameters:
    ///   - information: a connection string or URL, as libpq takes it.
    ///   - limit: connections of one reactor at a time.
    ///   - isTransaction: everything is done in one transaction, which ``close(on:)`` rolls back.
    public init(_ information: String, limit: Int = 8, isTransaction: Bool = false) {
        self.information = information
        self.limit = isTransaction ? 1 : limit
        self.isTransaction = isTransaction
    }

    public func execute(
        _ statement: String, arguments: [JSON] = [], on reactor: Reactor, in scope: CancelScope? = nil
    ) async -> Result<DatabaseAnswer, DatabaseError> {
        await pool(of: reactor).use(statement, in: scope) { connection throws(DatabaseError) in
            try await connection.execute(statement, arguments, in: scope)
        }
    }

    public func apply(script: String, on reactor: Reactor, in scope: CancelScope?) async -> DatabaseError? {
        let result = await pool(of: reactor).use(script, in: scope) { connection throws(DatabaseError) in
            try await connection.run(script: script, in: scope)
        }
        if case .failure(let error) = result { return error }
        return nil
    }

    /// Closes a reactor's connections; an open transaction is rolled back by the server.
    public func close(on reactor: Reactor) {
        let pool = pools.withLock { $0.removeValue(forKey: ObjectIdentifier(reactor)) }
        pool?.value.close()
    }

    private func pool(of reactor: Reactor) -> PostgresPool {
        let key = ObjectIdentifier(reactor)
        if let known = pools.withLock({ $0[key] }) { return known.value }
        let fresh = ReactorBound(
            PostgresPool(information, limit: limit, isTransaction: isTransaction, on: reactor), on: reactor)
        pools.withLock { $0[key] = fresh }
        return fresh.value
    }
}

/// Connections of one reactor, lent one at a time.
private final class PostgresPool {
    private let information: String
    private let limit: Int
    private let isTransaction: Bool
    private let reactor: Reactor
    private let freed: Signal
    private var idle: [PostgresConnection] = []
    private var count = 0
    private var isClosed = false
    private static let connectBound: Int64 = 5_000_000_000

    init(_ information: String, limit: Int, isTransaction: Bool, on reactor: Reactor) {
        self.information = information
        self.limit = limit
        self.isTransaction = isTransaction
        self.reactor = reactor
        freed = reactor.makeSignal()
    }

    func use<Value>(
        _ statement: String, in scope: CancelScope?,
        _ work: (PostgresConnection) async throws(DatabaseError) -> Value
    ) async -> Result<Value, DatabaseError> {
        do throws(DatabaseError) {
            let connection = try await take(statement, in: scope)
            let endsWell: Bool
            let value: Value
            do throws(DatabaseError) {
                value = try await work(connection)
                endsWell = give(connection)
            } catch {
                give(connection)
                throw error
            }
            guard endsWell else {
                throw DatabaseError(
                    message: isTransaction
                        ? "it ends the transaction that its scenario is kept in; what it wrote stays"
                        : "it leaves a transaction open, which is rolled back: each statement is its own here",
                    statement: statement)
            }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private func take(_ statement: String, in scope: CancelScope?) async throws(DatabaseError)
        -> PostgresConnection
    {
        while !isClosed, idle.isEmpty, count >= limit {
            if await freed.wait(in: scope) != .ready {
                throw DatabaseError(message: "cancelled while waiting for a connection", statement: statement)
            }
        }
        guard !isClosed else {
            throw DatabaseError(message: "the database has been closed", statement: statement)
        }
        if let known = idle.popLast() { return known }
        count += 1
        do throws(DatabaseError) {
            let connection = try await PostgresConnection.open(
                information, on: reactor, until: Reactor.monotonicNow() &+ Self.connectBound, in: scope)
            if isTransaction { try await connection.run(script: "begin", in: scope) }
            return connection
        } catch {
            count -= 1
            freed.notifyAll()
            throw error
        }
    }

    /// Takes a connection back.
    ///
    /// - Returns: whether its transaction is as the next borrower must find it; else the connection is closed.
    @discardableResult
    private func give(_ connection: PostgresConnection) -> Bool {
        let isFit = connection.isBroken || connection.isInTransaction == isTransaction
        if connection.isBroken || isClosed || !isFit {
            connection.close()
            count -= 1
        } else {
            idle.append(connection)
        }
        freed.notifyAll()
        return isFit
    }

    /// Closes what is idle; what is lent is closed when it comes back, and whoever waits is told.
    func close() {
        isClosed = true
        freed.notifyAll()
        for connection in idle { connection.close() }
        count -= idle.count
        idle.removeAll()
    }
}
