internal import AssayFormats

/// What administrators may do.
extension Service {
    func adjust(_ call: Call) async throws(Refused) -> Reply {
        var input = Input(try call.body())
        let adjustment = Adjustment(
            admin: call.caller.user, user: input.name("user_id"),
            item: ItemQuantity(
                section: input.name("section", standard: "main"), item: input.name("item_id"),
                quantity: input.change("delta")),
            day: input.day("date", today: Self.today), reason: input.text("reason"))
        guard input.faults.isEmpty else { return .validation(input.faults) }
        let (audit, available) = try await answered { () async throws(InventoryError) in
            try await inventory.adjust(adjustment)
        }
        metrics.count(operation: "adjust")
        return Reply(
            body: [
                "audit_id": .int(audit), "user_id": .string(adjustment.user),
                "item_id": .string(adjustment.item.item), "quantity": .int(available),
            ], operation: "audit-\(audit)")
    }

    func audit(_ call: Call) async throws(Refused) -> Reply {
        let user = call.query("user_id") ?? ""
        guard let limit = Int(call.query("limit") ?? "100"), (1...1000).contains(limit) else {
            return .validation(JSONObject([("limit", "is a number from 1 to 1000")]))
        }
        let entries = try await answered { () async throws(InventoryError) in
            try await inventory.audit(of: user, limit: limit)
        }
        return Reply(body: [
            "entries": .array(
                entries.map { entry in
                    let adjustment = entry.adjustment
                    return [
                        "audit_id": .int(entry.id), "admin_id": .string(adjustment.admin),
                        "user_id": .string(adjustment.user), "action": "adjust",
                        "section": .string(adjustment.item.section), "item_id": .string(adjustment.item.item),
                        "delta": .int(adjustment.item.quantity), "reason": .string(adjustment.reason),
                        "date": .string(adjustment.day), "created_at": .string(entry.createdAt),
                    ]
                })
        ])
    }
}
