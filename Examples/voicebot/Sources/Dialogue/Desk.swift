internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Where tools do their work: the shop, the operators, the bot's own database.
final class Desk {
    private let shop: BackEnd
    private let operators: BackEnd
    private let store: Store
    private let defect: Defect?

    init(shop: BackEnd, operators: BackEnd, store: Store, defect: Defect?) {
        self.shop = shop
        self.operators = operators
        self.store = store
        self.defect = defect
    }

    /// - Returns: what the model, or the keyword table, is told of it.
    func run(_ wish: ToolCall, in call: String) async throws(Trouble) -> JSON {
        switch wish.tool {
        case .searchTires:
            return try await get("/tires", ["size": wish["size"], "season": wish["season"]], in: call)
        case .searchKnowledge:
            return try await get("/knowledge", ["question": wish["question"]], in: call)
        case .bookFitting:
            let booking = Booking(day: Self.day(wish["day"]), time: wish["time"] ?? "10:00")
            if defect != .lostBooking { try await store.add(booking, in: call) }
            return ["booked": true, "day": .string(booking.day), "time": .string(booking.time)]
        case .createOrder:
            let order = Order(item: wish["item"] ?? "", quantity: wish.arguments["quantity"]?.intValue ?? 4)
            try await store.add(order, in: call)
            return ["ordered": true, "item": .string(order.item), "quantity": .int(order.quantity)]
        case .transferToOperator:
            guard defect != .noTransfer else { return ["accepted": true] }
            let body: JSON = [
                "call": .string(call), "to": "operator", "reason": .string(wish["reason"] ?? ""),
            ]
            return try await operators.askJSON(
                .init(target: "/transfer", call: call, body: Array(body.rendered().utf8)))
        }
    }

    private func get(
        _ path: String, _ query: KeyValuePairs<String, String?>, in call: String
    ) async throws(Trouble) -> JSON {
        let pairs = query.compactMap { name, value in
            value.map { "\(name)=\(percentEncoded($0, for: .query))" }
        }
        let target = pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
        return try await shop.askJSON(.init(method: "GET", target: target, call: call))
    }

    /// A day as it is kept: `tomorrow` becomes a date, UTC.
    static func day(_ word: String?, now: Int64 = WallClock.milliseconds) -> String {
        guard let word, word != "tomorrow" else {
            return CivilTime(milliseconds: now + 86_400_000).dateText
        }
        return word
    }
}
