internal import AssayFormats
internal import AssayNet

/// A kind of thing in a section of a user's inventory, and how many.
struct ItemQuantity {
    var section: String
    var item: String
    var quantity: Int64
}

/// How many of an item a user holds: free to use, and set aside by reservations.
struct Balance {
    var section: String
    var item: String
    var available: Int64
    var reserved: Int64
}

/// What an operation did, or that it had been done before.
struct OperationResult {
    var operation: String
    var state: String
    /// The same operation came again and changed nothing.
    var isRepeated = false
}

/// Why an operation was refused; nothing was changed then.
enum InventoryError: Error {
    case insufficient(item: String, requested: Int64, available: Int64)
    case unknownReservation(String)
    /// The reservation is already returned or consumed.
    case closed(operation: String, state: String)
    /// The operation's id was used for something else.
    case otherOperation(String)
    case database(DatabaseError)
}

/// The inventory's rules on its tables. Every change is one transaction, and keeps balances and operations in step.
final class Inventory {
    let database: Database
    /// Balances are read, and written only after a pause: the planted mistake (see the README).
    let losesUpdates: Bool
    private let reactor: Reactor

    init(database: Database, reactor: Reactor, losesUpdates: Bool) throws(DatabaseError) {
        self.database = database
        self.reactor = reactor
        self.losesUpdates = losesUpdates
        try database.run(script: Schema.text)
    }

    /// Whether the database answers.
    func check() throws(DatabaseError) { _ = try database.query("select 1") { $0.int(0) } }

    func balances(of user: String) throws(DatabaseError) -> [Balance] {
        try database.query(
            """
            select section, item_id, available, reserved from balances
            where user_id = ? and (available > 0 or reserved > 0) order by section, item_id
            """, .text(user)
        ) { Balance(section: $0.text(0), item: $0.text(1), available: $0.int(2), reserved: $0.int(3)) }
    }

    // MARK: Operations

    func add(
        _ items: [ItemQuantity], to user: String, operation: String, type: String
    ) throws(InventoryError) -> OperationResult {
        try transaction { () throws(InventoryError) in
            if let before = try request(operation, of: user) {
                guard before.type == type else { throw .otherOperation(operation) }
                return OperationResult(operation: operation, state: before.state, isRepeated: true)
            }
            try record(operation, of: user, type: type, state: "done", items)
            for item in items {
                try change(item, of: user, operation, type, available: item.quantity, reserved: 0)
            }
            return OperationResult(operation: operation, state: "done")
        }
    }

    /// Sets items aside: all of them, or none when one is short.
    func reserve(
        _ items: [ItemQuantity], of user: String, operation: String
    ) async throws(InventoryError) -> OperationResult {
        if losesUpdates {
            return try await reserveLosingUpdates(items, of: user, operation: operation)
        }
        return try transaction { () throws(InventoryError) in
            if let before = try reservation(operation, of: user) { return before }
            try record(operation, of: user, type: "reserve", state: "reserved", items)
            for item in items {
                let available = try available(item, of: user)
                guard available >= item.quantity else {
                    throw .insufficient(item: item.item, requested: item.quantity, available: available)
                }
                try change(
                    item, of: user, operation, "reserve", available: -item.quantity, reserved: item.quantity)
            }
            return OperationResult(operation: operation, state: "reserved")
        }
    }

    /// The planted mistake: between reading a balance and writing it others have read it too, and what they
    /// write is lost.
    private func reserveLosingUpdates(
        _ items: [ItemQuantity], of user: String, operation: String
    ) async throws(InventoryError) -> OperationResult {
        if let before = try reservation(operation, of: user) { return before }
        var read: [Int64] = []
        for item in items {
            let available = try available(item, of: user)
            guard available >= item.quantity else {
                throw .insufficient(item: item.item, requested: item.quantity, available: available)
            }
            read.append(available)
        }
        await reactor.sleep(for: .milliseconds(5))
        return try transaction { () throws(InventoryError) in
            if let before = try reservation(operation, of: user) { return before }
            try record(operation, of: user, type: "reserve", state: "reserved", items)
            for (item, available) in zip(items, read) {
                // Back to what was read: this is where the others' updates are lost.
                try asInventory { () throws(DatabaseError) in
                    _ = try database.run(
                        "update balances set available = ? where user_id = ? and section = ? and item_id = ?",
                        .int(available), .text(user), .text(item.section), .text(item.item))
                }
                try change(
                    item, of: user, operation, "reserve", available: -item.quantity, reserved: item.quantity)
            }
            return OperationResult(operation: operation, state: "reserved")
        }
    }

    /// Ends a reservation: its items become available again, or are gone.
    func end(
        reservation operation: String, of user: String, consuming: Bool
    ) throws(InventoryError) -> OperationResult {
        let state = consuming ? "consumed" : "returned"
        return try transaction { () throws(InventoryError) in
            guard let found = try request(operation, of: user), found.type == "reserve" else {
                throw .unknownReservation(operation)
            }
            if found.state == state {
                return OperationResult(operation: operation, state: state, isRepeated: true)
            }
            guard found.state == "reserved" else { throw .closed(operation: operation, state: found.state) }
            try asInventory { () throws(DatabaseError) in
                _ = try database.run(
                    "update requests set state = ? where user_id = ? and operation_id = ?",
                    .text(state), .text(user), .text(operation))
            }
            for item in found.items {
                try change(
                    item, of: user, operation, consuming ? "consume" : "return",
                    available: consuming ? 0 : item.quantity, reserved: -item.quantity)
            }
            return OperationResult(operation: operation, state: state)
        }
    }

    // MARK: Parts of operations

    /// An operation that was done before.
    private struct Request {
        var type: String
        var state: String
        var items: [ItemQuantity]
    }

    private func request(_ operation: String, of user: String) throws(InventoryError) -> Request? {
        try asInventory { () throws(DatabaseError) in
            try database.query(
                "select type, state, section, items from requests where user_id = ? and operation_id = ?",
                .text(user), .text(operation)
            ) {
                Request(
                    type: $0.text(0), state: $0.text(1),
                    items: Self.items(readFrom: $0.text(3), section: $0.text(2)))
            }.first
        }
    }

    private func reservation(_ operation: String, of user: String) throws(InventoryError) -> OperationResult?
    {
        guard let before = try request(operation, of: user) else { return nil }
        guard before.type == "reserve" else { throw .otherOperation(operation) }
        return OperationResult(operation: operation, state: before.state, isRepeated: true)
    }

    private func record(
        _ operation: String, of user: String, type: String, state: String, _ items: [ItemQuantity]
    ) throws(InventoryError) {
        let kept = JSON.array(items.map { .array([.string($0.item), .int($0.quantity)]) }).rendered()
        try asInventory { () throws(DatabaseError) in
            _ = try database.run(
                """
                insert into requests (user_id, operation_id, type, state, section, items)
                values (?, ?, ?, ?, ?, ?)
                """,
                .text(user), .text(operation), .text(type), .text(state), .text(items.first?.section ?? ""),
                .text(kept))
        }
    }

    private static func items(readFrom text: String, section: String) -> [ItemQuantity] {
        let rows = (try? JSON(parsing: text))?.arrayValue ?? []
        return rows.compactMap { row in
            guard let item = row[0]?.stringValue, let quantity = row[1]?.intValue else { return nil }
            return ItemQuantity(section: section, item: item, quantity: quantity)
        }
    }

    private func available(_ item: ItemQuantity, of user: String) throws(InventoryError) -> Int64 {
        try asInventory { () throws(DatabaseError) in
            try database.query(
                "select available from balances where user_id = ? and section = ? and item_id = ?",
                .text(user), .text(item.section), .text(item.item)
            ) { $0.int(0) }.first ?? 0
        }
    }

    /// Writes one change to the balance and to the list of operations.
    func change(
        _ item: ItemQuantity, of user: String, _ operation: String, _ type: String, available: Int64,
        reserved: Int64, day: String? = nil
    ) throws(InventoryError) {
        let now = CivilTime(milliseconds: WallClock.milliseconds)
        try asInventory { () throws(DatabaseError) in
            // No upsert: SQLite would judge its checks on the row to insert, which may hold a negative change.
            let changed = try database.run(
                """
                update balances set available = available + ?, reserved = reserved + ?
                where user_id = ? and section = ? and item_id = ?
                """,
                .int(available), .int(reserved), .text(user), .text(item.section), .text(item.item))
            if changed == 0 {
                try database.run(
                    "insert into balances (user_id, section, item_id, available, reserved) values (?, ?, ?, ?, ?)",
                    .text(user), .text(item.section), .text(item.item), .int(available), .int(reserved))
            }
            try database.run(
                """
                insert into operations (user_id, operation_id, type, section, item_id, available_delta,
                    reserved_delta, day, created_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .text(user), .text(operation), .text(type), .text(item.section), .text(item.item),
                .int(available), .int(reserved), .text(day ?? now.dateText), .text(now.text))
        }
    }

    func transaction<Value>(_ body: () throws(InventoryError) -> Value) throws(InventoryError) -> Value {
        try database.transaction(body) { .database($0) }
    }

    func asInventory<Value>(_ body: () throws(DatabaseError) -> Value) throws(InventoryError) -> Value {
        do { return try body() } catch { throw .database(error) }
    }
}
