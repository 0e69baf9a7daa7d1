internal import AssayFormats
internal import AssayNet

/// Corrections by hand, and what was held at the end of days.
extension Ledger {
    /// Changes a balance by hand and says so in the audit log.
    ///
    /// - Returns: the audit entry's number and what the user has available now.
    func adjust(_ adjustment: Adjustment) throws(InventoryError) -> (audit: Int64, available: Int64) {
        let (user, item) = (adjustment.user, adjustment.item)
        try lockHistory(of: user)
        let before = try available(item, of: user, locking: true)
        let (after, overflow) = before.addingReportingOverflow(item.quantity)
        guard !overflow, after >= 0 else {
            throw .insufficient(item: item.item, requested: -item.quantity, available: before)
        }
        let audit = try log(adjustment)
        try change(
            item, of: user, "audit-\(audit)", "adjust", available: item.quantity, reserved: 0,
            day: adjustment.day)
        // Days already worked out are wrong from that day on.
        for table in ["daily_balances", "daily_snapshots"] {
            try run(
                "delete from \(table) where user_id = $1 and day >= $2", .text(user), .text(adjustment.day))
        }
        return (audit, try available(item, of: user, locking: false))
    }

    private func log(_ adjustment: Adjustment) throws(InventoryError) -> Int64 {
        try query(
            """
            insert into audit_log
                (admin_id, user_id, action, section_id, item_id, delta, reason, day, created_at)
            values ($1, $2, 'adjust', $3, $4, $5, $6, $7, $8) returning id
            """,
            .text(adjustment.admin), .text(adjustment.user), .text(adjustment.item.section),
            .text(adjustment.item.item), .int(adjustment.item.quantity), .text(adjustment.reason),
            .text(adjustment.day), .text(CivilTime(milliseconds: WallClock.milliseconds).text)
        ) { $0.int(0) }.first ?? 0
    }

    /// The newest entries first, of one user or of all (an empty name).
    func audit(of user: String, limit: Int) throws(InventoryError) -> [AuditEntry] {
        try query(
            """
            select id, admin_id, user_id, section_id, item_id, delta, reason, day,
                \(connection.dialect.instant("created_at"))
            from audit_log where $1 = '' or user_id = $1 order by id desc limit $2
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
        if day < today { try lockHistory(of: user) }
        if try isKept(day, of: user) {
            return DailyBalance(day: day, items: try kept(day, of: user), isCreated: false)
        }
        let items = try workedOut(day, of: user)
        guard day < today else { return DailyBalance(day: day, items: items, isCreated: false) }
        try run(
            "insert into daily_snapshots (user_id, day, created_at) values ($1, $2, $3)",
            .text(user), .text(day), .text(CivilTime(milliseconds: WallClock.milliseconds).text))
        for item in items {
            try run(
                """
                insert into daily_balances (user_id, day, section_id, item_id, quantity, reserved)
                values ($1, $2, $3, $4, $5, $6)
                """,
                .text(user), .text(day), .text(item.section), .text(item.item), .int(item.available),
                .int(item.reserved))
        }
        return DailyBalance(day: day, items: items, isCreated: true)
    }

    private func lockHistory(of user: String) throws(InventoryError) {
        guard let lock = connection.dialect.lockingHistory else { return }
        _ = try query(lock, .text(user)) { _ in true }
    }

    private func isKept(_ day: String, of user: String) throws(InventoryError) -> Bool {
        try !query(
            "select 1 from daily_snapshots where user_id = $1 and day = $2", .text(user), .text(day)
        ) { _ in true }.isEmpty
    }

    private func kept(_ day: String, of user: String) throws(InventoryError) -> [Balance] {
        try query(
            """
            select section_id, item_id, quantity, reserved from daily_balances
            where user_id = $1 and day = $2 order by section_id, item_id
            """, .text(user), .text(day), row: Self.balance)
    }

    /// The last kept day before, and the operations since.
    private func workedOut(_ day: String, of user: String) throws(InventoryError) -> [Balance] {
        try query(
            """
            with base as (
                select coalesce(max(day), '0001-01-01') as day from daily_snapshots
                where user_id = $1 and day < $2
            )
            select section_id, item_id, sum(available), sum(reserved) from (
                select section_id, item_id, quantity as available, reserved from daily_balances
                where user_id = $1 and day = (select day from base)
                union all
                select section_id, item_id, quantity_change, reserved_change from operations
                where user_id = $1 and day > (select day from base) and day <= $2
            ) as changes
            group by section_id, item_id having sum(available) <> 0 or sum(reserved) <> 0
            order by section_id, item_id
            """, .text(user), .text(day), row: Self.balance)
    }
}
