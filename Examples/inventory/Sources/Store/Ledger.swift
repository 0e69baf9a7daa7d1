internal import AssayFormats
internal import AssayNet

/// The inventory's rules on its tables, on one connection.
///
/// What changes something runs in a transaction that the caller holds. Balances are not written here: a trigger of
/// the tables keeps them in step with each row of `operations`, whoever adds it.
struct Ledger {
    let connection: any SQLConnection

    // MARK: Operations

    func add(
        _ items: [ItemQuantity], to user: String, operation: String, type: String
    ) throws(InventoryError) -> OperationResult {
        if let before = try begin(operation, of: user, type: type, state: "done", items) { return before }
        // In one order for everybody: two operations never wait for each other's rows.
        for item in items.sorted(by: { $0.item < $1.item }) {
            try change(item, of: user, operation, type, available: item.quantity, reserved: 0)
        }
        return OperationResult(operation: operation, state: "done")
    }

    /// Sets items aside: all of them, or none when one is short.
    func reserve(
        _ items: [ItemQuantity], of user: String, operation: String
    ) throws(InventoryError) -> OperationResult {
        if let before = try begin(operation, of: user, type: "reserve", state: "reserved", items) {
            return before
        }
        var available: [String: Int64] = [:]
        for item in items.sorted(by: { $0.item < $1.item }) {
            available[item.item] = try self.available(item, of: user, locking: true)
        }
        for item in items {
            let held = available[item.item] ?? 0
            guard held >= item.quantity else {
                throw .insufficient(item: item.item, requested: item.quantity, available: held)
            }
            try change(
                item, of: user, operation, "reserve", available: -item.quantity, reserved: item.quantity)
        }
        return OperationResult(operation: operation, state: "reserved")
    }

    /// The second half of the planted mistake: reserves after balances that were read a while ago.
    func reserve(
        _ items: [ItemQuantity], of user: String, operation: String, havingRead read: [Int64]
    ) throws(InventoryError) -> OperationResult {
        if let before = try begin(operation, of: user, type: "reserve", state: "reserved", items) {
            return before
        }
        for (item, available) in zip(items, read) {
            // Back to what was read: this is where the others' updates are lost.
            try run(
                "update balances set available = $1 where user_id = $2 and section_id = $3 and item_id = $4",
                .int(available), .text(user), .text(item.section), .text(item.item))
            try change(
                item, of: user, operation, "reserve", available: -item.quantity, reserved: item.quantity)
        }
        return OperationResult(operation: operation, state: "reserved")
    }

    /// Ends a reservation: its items become available again, or are gone.
    func end(
        reservation operation: String, of user: String, consuming: Bool
    ) throws(InventoryError) -> OperationResult {
        let state = consuming ? "consumed" : "returned"
        guard let found = try request(operation, of: user, locking: true), found.type == "reserve" else {
            throw .unknownReservation(operation)
        }
        if found.state == state {
            return OperationResult(operation: operation, state: state, isRepeated: true)
        }
        guard found.state == "reserved" else { throw .closed(operation: operation, state: found.state) }
        try run(
            "update requests set state = $1 where user_id = $2 and operation_id = $3",
            .text(state), .text(user), .text(operation))
        for item in found.items.sorted(by: { $0.item < $1.item }) {
            try change(
                item, of: user, operation, consuming ? "consume" : "return",
                available: consuming ? 0 : item.quantity, reserved: -item.quantity)
        }
        return OperationResult(operation: operation, state: state)
    }

    // MARK: What a user holds

    func balances(of user: String) throws(InventoryError) -> [Balance] {
        try query(
            """
            select section_id, item_id, available, reserved from balances
            where user_id = $1 and (available > 0 or reserved > 0) order by section_id, item_id
            """, .text(user), row: Self.balance)
    }

    /// - Parameter locking: nobody else may change it until the transaction ends.
    func available(_ item: ItemQuantity, of user: String, locking: Bool) throws(InventoryError) -> Int64 {
        try query(
            """
            select available from balances where user_id = $1 and section_id = $2 and item_id = $3\
            \(locking ? connection.dialect.lockingRows : "")
            """,
            .text(user), .text(item.section), .text(item.item)
        ) { $0.int(0) }.first ?? 0
    }

    static func balance(_ row: any SQLRow) -> Balance {
        Balance(section: row.text(0), item: row.text(1), available: row.int(2), reserved: row.int(3))
    }

    // MARK: Parts of operations

    /// An operation that was done before.
    private struct Request {
        var type: String
        var state: String
        var items: [ItemQuantity]
    }

    /// Writes down that an operation is done, or finds that it was.
    ///
    /// - Returns: what it did the first time; `nil` when it is to be done now.
    private func begin(
        _ operation: String, of user: String, type: String, state: String, _ items: [ItemQuantity]
    ) throws(InventoryError) -> OperationResult? {
        let kept = JSON.array(items.map { .array([.string($0.item), .int($0.quantity)]) }).rendered()
        // Of two at once the second waits here until the first is kept or undone.
        let isNew = try run(
            """
            insert into requests (user_id, operation_id, operation_type_id, state, section_id, items)
            values ($1, $2, $3, $4, $5, $6) on conflict (user_id, operation_id) do nothing
            """,
            .text(user), .text(operation), .text(type), .text(state), .text(items.first?.section ?? ""),
            .text(kept))
        if isNew == 1 { return nil }
        guard let before = try request(operation, of: user, locking: false), before.type == type else {
            throw .otherOperation(operation)
        }
        return OperationResult(operation: operation, state: before.state, isRepeated: true)
    }

    private func request(
        _ operation: String, of user: String, locking: Bool
    ) throws(InventoryError) -> Request? {
        try query(
            """
            select operation_type_id, state, section_id, items from requests
            where user_id = $1 and operation_id = $2\(locking ? connection.dialect.lockingRows : "")
            """,
            .text(user), .text(operation)
        ) {
            Request(
                type: $0.text(0), state: $0.text(1),
                items: Self.items(readFrom: $0.text(3), section: $0.text(2)))
        }.first
    }

    private static func items(readFrom text: String, section: String) -> [ItemQuantity] {
        let rows = (try? JSON(parsing: text))?.arrayValue ?? []
        return rows.compactMap { row in
            guard let item = row[0]?.stringValue, let quantity = row[1]?.intValue else { return nil }
            return ItemQuantity(section: section, item: item, quantity: quantity)
        }
    }

    /// Writes one change to the list of operations, and with it to the balance.
    func change(
        _ item: ItemQuantity, of user: String, _ operation: String, _ type: String, available: Int64,
        reserved: Int64, day: String? = nil
    ) throws(InventoryError) {
        let now = CivilTime(milliseconds: WallClock.milliseconds)
        try run(
            """
            insert into operations (user_id, operation_id, operation_type_id, section_id, item_id,
                quantity_change, reserved_change, day, created_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """,
            .text(user), .text(operation), .text(type), .text(item.section), .text(item.item),
            .int(available), .int(reserved), .text(day ?? now.dateText), .text(now.text))
    }

    // MARK: Statements

    @discardableResult
    func run(_ text: String, _ arguments: SQLValue...) throws(InventoryError) -> Int {
        do { return try connection.execute(text, arguments) { _ in } } catch { throw .database(error) }
    }

    func query<Value>(
        _ text: String, _ arguments: SQLValue..., row: (any SQLRow) -> Value
    ) throws(InventoryError) -> [Value] {
        var values: [Value] = []
        do { _ = try connection.execute(text, arguments) { values.append(row($0)) } } catch {
            throw .database(error)
        }
        return values
    }
}
