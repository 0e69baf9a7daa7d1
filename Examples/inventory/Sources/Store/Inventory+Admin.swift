internal import AssayFormats
internal import AssayNet

/// What an administrator changes by hand.
struct Adjustment {
    var admin: String
    var user: String
    var item: ItemQuantity
    /// The UTC day it counts for; today unless said.
    var day: String
    var reason: String
}

/// A line of the audit log.
struct AuditEntry {
    var id: Int64
    var adjustment: Adjustment
    var createdAt: String
}

/// Balances at the end of a day.
struct DailyBalance {
    var day: String
    var items: [Balance]
    /// Worked out by this request; later ones find them in the table.
    var isCreated: Bool
}

extension Inventory {
    /// Changes a balance by hand and says so in the audit log.
    ///
    /// - Returns: the audit entry's number and what the user has available now.
    func adjust(_ adjustment: Adjustment) throws(InventoryError) -> (audit: Int64, available: Int64) {
        try transaction { () throws(InventoryError) in
            let (user, item) = (adjustment.user, adjustment.item)
            let before = try asInventory { () throws(DatabaseError) in
                try database.query(
                    "select available from balances where user_id = ? and section = ? and item_id = ?",
                    .text(user), .text(item.section), .text(item.item)
                ) { $0.int(0) }.first ?? 0
            }
            let (after, overflow) = before.addingReportingOverflow(item.quantity)
            guard !overflow, after >= 0 else {
                throw .insufficient(item: item.item, requested: -item.quantity, available: before)
            }
            let audit = try log(adjustment)
            try change(
                item, of: user, "audit-\(audit)", "adjust", available: item.quantity, reserved: 0,
                day: adjustment.day)
            // Days already worked out are wrong from that day on.
            try asInventory { () throws(DatabaseError) in
                for table in ["daily_balances", "daily_snapshots"] {
                    try database.run(
                        "delete from \(table) where user_id = ? and day >= ?", .text(user),
                        .text(adjustment.day))
                }
            }
            return (audit, after)
        }
    }

    private func log(_ adjustment: Adjustment) throws(InventoryError) -> Int64 {
        try asInventory { () throws(DatabaseError) in
            try database.run(
                """
                insert into audit_log (admin_id, user_id, action, section, item_id, delta, reason, day, created_at)
                values (?, ?, 'adjust', ?, ?, ?, ?, ?, ?)
                """,
                .text(adjustment.admin), .text(adjustment.user), .text(adjustment.item.section),
                .text(adjustment.item.item), .int(adjustment.item.quantity), .text(adjustment.reason),
                .text(adjustment.day), .text(CivilTime(milliseconds: WallClock.milliseconds).text))
            return database.lastInsertedRow
        }
    }

    /// The newest entries first, of one user or of all (an empty name).
    func audit(of user: String, limit: Int) throws(DatabaseError) -> [AuditEntry] {
        try database.query(
            """
            select id, admin_id, user_id, section, item_id, delta, reason, day, created_at from audit_log
            where ?1 = '' or user_id = ?1 order by id desc limit ?2
            """, .text(user), .int(Int64(limit))
        ) { row in
            AuditEntry(
                id: row.int(0),
                adjustment: Adjustment(
                    admin: row.text(1), user: row.text(2),
                    item: ItemQuantity(section: row.text(3), item: row.text(4), quantity: row.int(5)),
                    day: row.text(7), reason: row.text(6)),
                createdAt: row.text(8))
        }
    }

    // MARK: Daily balances

    /// Balances at the end of a day. A day that is over is worked out once, from the last day that was, and kept;
    /// today's change until it is over and are added up each time.
    func dailyBalance(of user: String, day: String, today: String) throws(InventoryError) -> DailyBalance {
        try transaction { () throws(InventoryError) in
            try asInventory { () throws(DatabaseError) in
                if try isKept(day, of: user) {
                    return DailyBalance(day: day, items: try kept(day, of: user), isCreated: false)
                }
                let items = try workedOut(day, of: user)
                guard day < today else { return DailyBalance(day: day, items: items, isCreated: false) }
                try database.run(
                    "insert into daily_snapshots (user_id, day, created_at) values (?, ?, ?)",
                    .text(user), .text(day), .text(CivilTime(milliseconds: WallClock.milliseconds).text))
                for item in items {
                    try database.run(
                        """
                        insert into daily_balances (user_id, day, section, item_id, quantity, reserved)
                        values (?, ?, ?, ?, ?, ?)
                        """,
                        .text(user), .text(day), .text(item.section), .text(item.item), .int(item.available),
                        .int(item.reserved))
                }
                return DailyBalance(day: day, items: items, isCreated: true)
            }
        }
    }

    private func isKept(_ day: String, of user: String) throws(DatabaseError) -> Bool {
        try !database.query(
            "select 1 from daily_snapshots where user_id = ? and day = ?", .text(user), .text(day)
        ) { _ in true }.isEmpty
    }

    private func kept(_ day: String, of user: String) throws(DatabaseError) -> [Balance] {
        try database.query(
            """
            select section, item_id, quantity, reserved from daily_balances
            where user_id = ? and day = ? order by section, item_id
            """, .text(user), .text(day), row: Self.balance)
    }

    /// The last kept day before, and the operations since.
    private func workedOut(_ day: String, of user: String) throws(DatabaseError) -> [Balance] {
        try database.query(
            """
            with base as (
                select coalesce(max(day), '') as day from daily_snapshots where user_id = ?1 and day < ?2
            )
            select section, item_id, sum(available), sum(reserved) from (
                select section, item_id, quantity as available, reserved from daily_balances
                where user_id = ?1 and day = (select day from base)
                union all
                select section, item_id, available_delta, reserved_delta from operations
                where user_id = ?1 and day > (select day from base) and day <= ?2
            )
            group by section, item_id having sum(available) <> 0 or sum(reserved) <> 0
            order by section, item_id
            """, .text(user), .text(day), row: Self.balance)
    }

    private static func balance(_ row: SQLRow) -> Balance {
        Balance(section: row.text(0), item: row.text(1), available: row.int(2), reserved: row.int(3))
    }
}
