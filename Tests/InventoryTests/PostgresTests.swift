import AssayNet
import Testing

@testable import inventory_service

@Suite(
    "The inventory on PostgreSQL alone",
    .enabled(if: PostgresServer.programs != nil, "PostgreSQL is not installed"),
    .postgres, .serialized, .timeLimit(.minutes(5)))
struct PostgresTests {
    private static let items = [ItemQuantity(section: "main", item: "a", quantity: 1)]

    private static func add(_ operation: String, _ bed: StoreBed) async throws(InventoryError) {
        _ = try await bed.inventory.add(items, to: "u", operation: operation, type: "add")
    }

    @Test("connections that the server dropped are opened again, and nobody is told")
    func dropped() throws {
        try StoreBed.with(.postgres, "dropped") { bed in
            let results = await bed.atOnce(12) { inventory, number throws(InventoryError) in
                try await inventory.add(Self.items, to: "u", operation: "before-\(number)", type: "add")
            }
            for result in results { _ = try result.get() }
            try await bed.server(
                """
                select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = 'dropped' and application_name = 'inventory-service';
                """)
            // Every connection of the pool is gone; each finds out by itself.
            let again = await bed.atOnce(12) { inventory, number throws(InventoryError) in
                try await inventory.add(Self.items, to: "u", operation: "after-\(number)", type: "add")
            }
            for result in again { _ = try result.get() }
            let available = try await bed.peer("select available from balances;")
            #expect(available == "24")
        }
    }

    @Test("a database that is away is told as passing, and used again when it is back")
    func away() throws {
        try StoreBed.with(.postgres, "away") { bed in
            try await Self.add("before", bed)
            try await bed.server(
                """
                alter database away with allow_connections false;
                select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = 'away';
                """)
            do throws(InventoryError) {
                try await Self.add("meanwhile", bed)
                Issue.record("it was added")
            } catch {
                guard case .database(let fault) = error else { throw error }
                #expect(fault.isPassing && fault.message.contains("not currently accepting connections"))
            }
            try await bed.server("alter database away with allow_connections true;")
            try await Self.add("after", bed)
            let available = try await bed.peer("select available from balances;")
            #expect(available == "2")
        }
    }

    @Test("what waits for a row longer than five seconds is told as passing, and undone")
    func waiting() throws {
        try StoreBed.with(.postgres, "waiting") { bed in
            try await Self.add("before", bed)
            let results = Collected()
            let shared = bed.shared
            let reactor = bed.reactor
            let waiter = Task(executorPreference: reactor) {
                await reactor.sleep(for: .milliseconds(300))
                do throws(InventoryError) {
                    _ = try await shared.value.add(Self.items, to: "u", operation: "late", type: "add")
                } catch {
                    if case .database(let fault) = error { results.set("kind", "\(fault.kind)") }
                }
            }
            _ = try await bed.peer("begin; select 1 from balances for update; select pg_sleep(6); commit;")
            await waiter.value
            #expect(results.all == ["kind": "busy"])
            let operations = try await bed.peer("select operation_id from requests;")
            #expect(operations == "before")
        }
    }

    @Test("the statements of the team's own test helpers run as they are")
    func helpers() throws {
        try StoreBed.with(.postgres, "helpers") { bed in
            let user = "0d6a4a44-6f6c-4b0c-b6a5-0e0bb2c0a001"
            _ = try await bed.peer(
                """
                INSERT INTO auth.users (id, telegram_id, first_name, username)
                VALUES ('\(user)', 123456789, 'Test User', 'testuser');
                INSERT INTO inventory.operations (
                    user_id, section_id, item_id, collection_id, quality_level_id,
                    quantity_change, operation_type_id, operation_id
                ) VALUES ('\(user)', 'main', '550e8400-e29b-41d4-a716-446655440002', 'base', 'fine', 10,
                    'system_reward', '550e8400-e29b-41d4-a716-446655440001');
                """)
            let balances = try await bed.inventory.balances(of: user)
            #expect(
                balances == [
                    Balance(
                        section: "main", item: "550e8400-e29b-41d4-a716-446655440002", available: 10,
                        reserved: 0)
                ])
            for table in [
                "inventory.operations", "inventory.daily_balances", "inventory.item_images",
                "inventory.items",
                "inventory.classifier_items", "inventory.classifiers",
            ] { _ = try await bed.peer("TRUNCATE TABLE \(table) CASCADE;") }
            #expect(try await bed.inventory.balances(of: user).isEmpty)
            // All at once, as a tool would: the trigger must not stand in the way.
            _ = try await bed.peer(
                "truncate inventory.operations, inventory.balances, inventory.requests, inventory.daily_balances;"
            )
            #expect(try await bed.inventory.catalog().items.isEmpty)
        }
    }

    @Test("a database without the tables is not ready, and says which one is missing")
    func noTables() throws {
        try StoreBed.with(.postgres, "no_tables") { bed in
            _ = try await bed.peer("drop schema inventory cascade;")
            do throws(InventoryError) {
                try await bed.inventory.check()
                Issue.record("it is ready")
            } catch {
                #expect(error.reason.hasPrefix(#"PostgreSQL 42P01: relation "operations" does not exist"#))
            }
        }
    }

    @Test("a text that PostgreSQL cannot keep is refused, not cut")
    func nul() throws {
        try StoreBed.with(.postgres, "nul") { bed in
            do throws(InventoryError) {
                _ = try await bed.inventory.balances(of: "admin\0x")
                Issue.record("it was asked")
            } catch {
                #expect(error.reason.hasPrefix("22021: PostgreSQL keeps no NUL in a text"))
            }
        }
    }
}
