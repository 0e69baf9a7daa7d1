import AssayNet
import Testing

@testable import inventory_service

/// The same rules on both databases; what stands in the tables is read by sqlite3 and psql.
@Suite("The inventory on its databases", .postgres, .serialized, .timeLimit(.minutes(5)))
struct StoreTests {
    private static func items(_ names: String..., quantity: Int64 = 1) -> [ItemQuantity] {
        names.map { ItemQuantity(section: "main", item: $0, quantity: quantity) }
    }

    private static let balance =
        "select available, reserved from balances where user_id = 'u' order by item_id;"
    private static let sums = """
        select sum(quantity_change), sum(reserved_change) from operations where user_id = 'u'
        group by item_id order by item_id;
        """

    @Test("fifty reserve the last ten at once: ten can, and the tables agree", arguments: StoreKind.installed)
    func concurrent(kind: StoreKind) throws {
        try StoreBed.with(kind, "concurrent") { bed in
            _ = try await bed.inventory.add(
                Self.items("a", quantity: 10), to: "u", operation: "stock", type: "add")
            let results = await bed.atOnce(50) { inventory, number throws(InventoryError) in
                try await inventory.reserve(Self.items("a"), of: "u", operation: "r\(number)")
            }
            let refusals = results.compactMap { if case .failure(let error) = $0 { "\(error)" } else { nil } }
            #expect(results.count - refusals.count == 10)
            #expect(
                Set(refusals) == [#"insufficient(item: "a", requested: 1, available: 0)"#], "\(Set(refusals))"
            )
            #expect(try await bed.peer(Self.balance) == "0|10")
            #expect(try await bed.peer(Self.sums) == "0|10")
        }
    }

    @Test("the planted mistake lets more reserve than there is", arguments: StoreKind.installed)
    func lostUpdate(kind: StoreKind) throws {
        try StoreBed.with(kind, "lost_update", losesUpdates: true) { bed in
            _ = try await bed.inventory.add(
                Self.items("a", quantity: 10), to: "u", operation: "stock", type: "add")
            let results = await bed.atOnce(50) { inventory, number throws(InventoryError) in
                try await inventory.reserve(Self.items("a"), of: "u", operation: "r\(number)")
            }
            #expect(results.filter { if case .success = $0 { true } else { false } }.count > 10)
        }
    }

    @Test(
        "of twenty with one operation's id one is done, the others are told it was",
        arguments: StoreKind.installed)
    func repeated(kind: StoreKind) throws {
        try StoreBed.with(kind, "repeated") { bed in
            let results = await bed.atOnce(20) { inventory, _ throws(InventoryError) in
                try await inventory.add(Self.items("a", "b"), to: "u", operation: "once", type: "add")
            }
            let done = try results.map { try $0.get() }
            #expect(done.filter { !$0.isRepeated }.count == 1)
            #expect(try await bed.peer(Self.balance) == "1|0\n1|0")
            let ends = await bed.atOnce(10) { inventory, number throws(InventoryError) in
                try await inventory.end(reservation: "once", of: "u", consuming: number % 2 == 0)
            }
            #expect(
                ends.allSatisfy { if case .failure(.unknownReservation("once")) = $0 { true } else { false } }
            )
        }
    }

    @Test("a reservation ends once, one way or the other", arguments: StoreKind.installed)
    func ended(kind: StoreKind) throws {
        try StoreBed.with(kind, "ended") { bed in
            _ = try await bed.inventory.add(
                Self.items("a", quantity: 3), to: "u", operation: "stock", type: "add")
            _ = try await bed.inventory.reserve(Self.items("a", quantity: 2), of: "u", operation: "r")
            let ends = await bed.atOnce(20) { inventory, number throws(InventoryError) in
                try await inventory.end(reservation: "r", of: "u", consuming: number % 2 == 0)
            }
            let done = ends.compactMap { try? $0.get() }
            #expect(done.filter { !$0.isRepeated }.count == 1)
            #expect(done.count == 10, "the other way is closed")
            let left = done[0].state == "consumed" ? "1|0" : "3|0"
            #expect(try await bed.peer(Self.balance) == left)
        }
    }

    @Test("items in any order at once never keep each other waiting for good", arguments: StoreKind.installed)
    func orders(kind: StoreKind) throws {
        try StoreBed.with(kind, "orders") { bed in
            let results = await bed.atOnce(60) { inventory, number throws(InventoryError) in
                let items = number % 2 == 0 ? Self.items("a", "b", "c") : Self.items("c", "b", "a")
                return try await inventory.add(items, to: "u", operation: "o\(number)", type: "add")
            }
            for result in results { _ = try result.get() }
            let reserved = await bed.atOnce(60) { inventory, number throws(InventoryError) in
                let items = number % 2 == 0 ? Self.items("b", "a") : Self.items("a", "b")
                return try await inventory.reserve(items, of: "u", operation: "r\(number)")
            }
            for result in reserved { _ = try result.get() }
            #expect(try await bed.peer(Self.balance) == "0|60\n0|60\n60|0")
        }
    }

    @Test("a correction on a past day wins over that day being worked out", arguments: StoreKind.installed)
    func history(kind: StoreKind) throws {
        try StoreBed.with(kind, "history") { bed in
            let results = await bed.atOnce(40) { inventory, number throws(InventoryError) -> Int64 in
                guard number % 2 == 0 else {
                    _ = try await inventory.dailyBalance(of: "u", day: "2026-01-02", today: "2026-02-01")
                    return 0
                }
                return try await inventory.adjust(
                    Adjustment(
                        admin: "keeper", user: "u", item: Self.items("a")[0], day: "2026-01-01",
                        reason: "it's \"found\"")
                ).available
            }
            let told = try results.map { try $0.get() }.filter { $0 > 0 }
            #expect(told.sorted() == (1...20).map { Int64($0) }, "each correction is told its own outcome")
            let first = try await bed.inventory.dailyBalance(of: "u", day: "2026-01-02", today: "2026-02-01")
            #expect(first.items.map(\.available) == [20])
            let later = try await bed.inventory.dailyBalance(of: "u", day: "2026-01-02", today: "2026-02-01")
            #expect(!later.isCreated && later.items == first.items)
            #expect(
                try await bed.peer("select cast(day as text), quantity from daily_balances;")
                    == "2026-01-02|20")
            let entries = try await bed.inventory.audit(of: "u", limit: 3)
            #expect(entries.count == 3 && entries[0].id > entries[2].id)
            #expect(
                entries[0].adjustment.reason == "it's \"found\"" && entries[0].adjustment.day == "2026-01-01")
            #expect(entries[0].createdAt.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/) != nil)
        }
    }

    @Test(
        "what a person books with a console counts, and lists have one order", arguments: StoreKind.installed)
    func console(kind: StoreKind) throws {
        try StoreBed.with(kind, "console") { bed in
            let names = ["item-10", "item_1", "Item-2", "item-1", "9"]
            for name in names {
                _ = try await bed.peer(
                    """
                    insert into operations (user_id, item_id, quantity_change, operation_type_id, operation_id)
                    values ('u', '\(name)', 7, 'add', 'by hand');
                    """)
            }
            let balances = try await bed.inventory.balances(of: "u")
            #expect(balances.map(\.item) == ["9", "Item-2", "item-1", "item-10", "item_1"])
            #expect(balances.allSatisfy { $0.available == 7 && $0.section == "main" })
            let catalog = try await bed.inventory.catalog()
            #expect(catalog.items.map(\.name) == ["timber", "iron", "hammer"] && catalog.entries.count == 13)
        }
    }

    @Test("an operation that is taken out counts no longer", arguments: StoreKind.installed)
    func takenOut(kind: StoreKind) throws {
        try StoreBed.with(kind, "taken_out") { bed in
            for (name, change) in [("a", 10), ("b", -3), ("c", -7), ("d", 5)] {
                _ = try await bed.peer(
                    """
                    insert into operations (user_id, item_id, quantity_change, operation_type_id, operation_id)
                    values ('u', 'a', \(change), 'add', '\(name)'), ('u', 'b', 1, 'add', '\(name)');
                    """)
            }
            // Less than nothing in between.
            _ = try await bed.peer("delete from operations where operation_id <> 'd';")
            let rest = try await bed.peer(Self.balance)
            #expect(rest == "5|0\n1|0")
            _ = try await bed.peer("delete from operations;")
            let nothing = try await bed.peer("select count(*) from balances;")
            #expect(nothing == "0")
        }
    }

    @Test("what is less than nothing is refused by the tables, whoever asks", arguments: StoreKind.installed)
    func checks(kind: StoreKind) throws {
        try StoreBed.with(kind, "checks") { bed in
            await #expect(throws: Problem.self) {
                try await bed.peer(
                    """
                    insert into operations (user_id, item_id, quantity_change, operation_type_id, operation_id)
                    values ('u', 'a', -1, 'add', 'by hand');
                    """)
            }
            let kept = try await bed.peer("select count(*) from operations;")
            #expect(kept == "0")
        }
    }

    @Test("both databases have the same tables and columns")
    func tables() throws {
        guard StoreKind.installed.count == 2 else { return }
        let seen = Collected()
        try StoreBed.with(.sqlite, "tables") { bed in
            let list = """
                select m.name, c.name from sqlite_schema m, pragma_table_info(m.name) c where m.type = 'table'
                and m.name not like 'sqlite%' order by m.name, c.name;
                """
            seen.set("SQLite", try await bed.peer(list))
        }
        for (kind, schema) in [
            ("tables", "table_schema in ('inventory', 'auth')"), ("views", "table_schema = 'public'"),
        ] {
            try StoreBed.with(.postgres, kind) { bed in
                let list = """
                    select table_name, column_name from information_schema.columns where \(schema)
                    order by table_name collate "C", column_name collate "C";
                    """
                seen.set(kind, try await bed.peer(list))
            }
        }
        let all = seen.all
        #expect(all["SQLite"]?.isEmpty == false)
        #expect(all["tables"] == all["SQLite"])
        #expect(all["views"] == all["SQLite"], "the bare names of migration 0004")
    }
}
