internal import AssayFormats
internal import AssayNet

/// The inventory as the service asks for it: each operation is one transaction on a connection of the pool, and
/// what a user holds is kept in the cache until it changes.
///
/// Used on its reactor's thread only.
final class Inventory {
    private let connections: ConnectionPool
    let cache: BalanceCache
    /// Balances are read, and written only after a pause: the planted mistake (see the README).
    private let losesUpdates: Bool
    private let reactor: Reactor

    init(_ connections: ConnectionPool, cache: BalanceCache, on reactor: Reactor, losesUpdates: Bool) {
        self.connections = connections
        self.cache = cache
        self.reactor = reactor
        self.losesUpdates = losesUpdates
    }

    /// Whether the database answers and has the tables.
    func check() async throws(InventoryError) {
        try await read { ledger throws(InventoryError) in
            _ = try ledger.query("select count(*) from operations where user_id = ''") { $0.int(0) }
        }
    }

    func balances(of user: String) async throws(InventoryError) -> [Balance] {
        if let kept = await cache.balances(of: user) { return kept }
        let ticket = cache.beginReading(user)
        defer { cache.endReading(ticket) }
        let balances = try await read { ledger throws(InventoryError) in try ledger.balances(of: user) }
        await cache.keep(balances, of: user, readWith: ticket)
        return balances
    }

    // MARK: Operations

    func add(
        _ items: [ItemQuantity], to user: String, operation: String, type: String
    ) async throws(InventoryError) -> OperationResult {
        try await change(user) { ledger throws(InventoryError) in
            try ledger.add(items, to: user, operation: operation, type: type)
        }
    }

    /// Sets items aside: all of them, or none when one is short.
    func reserve(
        _ items: [ItemQuantity], of user: String, operation: String
    ) async throws(InventoryError) -> OperationResult {
        guard losesUpdates else {
            return try await change(user) { ledger throws(InventoryError) in
                try ledger.reserve(items, of: user, operation: operation)
            }
        }
        // The planted mistake: between reading a balance and writing it others have read it too, and what they
        // write is lost.
        let read = try await read { ledger throws(InventoryError) in
            var read: [Int64] = []
            for item in items {
                let available = try ledger.available(item, of: user, locking: false)
                guard available >= item.quantity else {
                    throw .insufficient(item: item.item, requested: item.quantity, available: available)
                }
                read.append(available)
            }
            return read
        }
        await reactor.sleep(for: .milliseconds(5))
        return try await change(user) { ledger throws(InventoryError) in
            try ledger.reserve(items, of: user, operation: operation, havingRead: read)
        }
    }

    /// Ends a reservation: its items become available again, or are gone.
    func end(
        reservation operation: String, of user: String, consuming: Bool
    ) async throws(InventoryError) -> OperationResult {
        try await change(user) { ledger throws(InventoryError) in
            try ledger.end(reservation: operation, of: user, consuming: consuming)
        }
    }

    // MARK: Corrections and days

    func adjust(_ adjustment: Adjustment) async throws(InventoryError) -> (audit: Int64, available: Int64) {
        try await change(adjustment.user) { ledger throws(InventoryError) in try ledger.adjust(adjustment) }
    }

    func audit(of user: String, limit: Int) async throws(InventoryError) -> [AuditEntry] {
        try await read { ledger throws(InventoryError) in try ledger.audit(of: user, limit: limit) }
    }

    func dailyBalance(
        of user: String, day: String, today: String
    ) async throws(InventoryError) -> DailyBalance {
        try await transaction { ledger throws(InventoryError) in
            try ledger.dailyBalance(of: user, day: day, today: today)
        }
    }

    func catalog() async throws(InventoryError) -> Catalog {
        try await read { ledger throws(InventoryError) in try ledger.catalog() }
    }

    // MARK: On a connection

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(InventoryError) -> Value
    ) async throws(InventoryError) -> Value {
        try await connections.use { connection throws(InventoryError) in
            try body(Ledger(connection: connection))
        }
    }

    /// A change of what a user holds, which the cache forgets; also where the database failed, for it may have kept
    /// the change.
    private func change<Value: Sendable>(
        _ user: String, _ body: @escaping @Sendable (Ledger) throws(InventoryError) -> Value
    ) async throws(InventoryError) -> Value {
        do throws(InventoryError) {
            let value = try await transaction(body)
            await cache.forget(user)
            return value
        } catch {
            if case .database = error { await cache.forget(user) }
            throw error
        }
    }

    private func transaction<Value: Sendable>(
        _ body: @escaping @Sendable (Ledger) throws(InventoryError) -> Value
    ) async throws(InventoryError) -> Value {
        try await connections.use { connection throws(InventoryError) in
            try connection.transaction { () throws(InventoryError) in
                try body(Ledger(connection: connection))
            } mapping: {
                .database($0)
            }
        }
    }
}
