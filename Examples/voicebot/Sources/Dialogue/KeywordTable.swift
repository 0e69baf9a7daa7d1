internal import AssayFormats

/// Decides without a language model, by words: enough to run, and to test everything around the model.
enum KeywordTable {
    /// Stems of words, one of which must occur, and what follows. The first that fits decides.
    private static let rules: [(stems: [String], decide: @Sendable (String) -> Decision)] = [
        (
            ["оператор", "людин"],
            { _ in use(.transferToOperator, ["reason": "the caller asked for a person"]) }
        ),
        (
            ["завтра"],
            { text in use(.bookFitting, ["day": "tomorrow", "time": .string(TimeOfDay.found(in: text))]) }
        ),
        (["шиномонтаж", "записа"], { _ in .say("На який день і час вас записати?") }),
        (["підтверджую"], { _ in use(.createOrder, ["item": "1", "quantity": 4]) }),
        (["замовля"], { _ in .say("Чотири шини за 12800 гривень. Підтверджуєте замовлення?") }),
        (["тиск", "коли", "чому", "як "], { text in use(.searchKnowledge, ["question": .string(text)]) }),
        (
            ["шин"],
            { text in
                guard let size = TireSize.found(in: text) else {
                    return .say("Який розмір шин вам потрібен?")
                }
                return use(.searchTires, ["size": .string(size)])
            }
        ),
        (["стоп", "зачекай"], { _ in .say("Так, слухаю вас.") }),
    ]

    static func decide(_ conversation: Conversation) -> Decision {
        if let fresh = conversation.freshResults.last { return .say(telling(fresh.value, of: fresh.call)) }
        let text = conversation.lastWords.lowercased()
        let rule = rules.first { $0.stems.contains { text.contains($0) } }
        return rule?.decide(conversation.lastWords) ?? .say(Phrase.repeatPlease)
    }

    private static func use(_ tool: Tool, _ arguments: JSON) -> Decision {
        .use([ToolCall(id: tool.rawValue, tool: tool, arguments: arguments)])
    }

    private static func telling(_ result: JSON, of call: ToolCall) -> String {
        switch call.tool {
        case .searchTires:
            telling(prices: (result["items"]?.arrayValue ?? []).compactMap { $0["price"]?.intValue })
        case .bookFitting: "Вас записано. Чекаємо на вас у сервісі!"
        case .createOrder: "Замовлення прийнято. Менеджер вам зателефонує."
        case .searchKnowledge: result["answer"]?.stringValue ?? Phrase.repeatPlease
        case .transferToOperator: Phrase.transfer
        }
    }

    private static func telling(prices: [Int64]) -> String {
        let ordinals = ["Перший", "другий", "третій"]
        let counts = ["один варіант", "два варіанти", "три варіанти"]
        guard let first = prices.first else {
            return "На жаль, таких шин немає. Назвіть, будь ласка, інший розмір."
        }
        let told = prices.prefix(ordinals.count)
        let others = zip(ordinals, told).dropFirst().map { ", \($0) \($1)" }.joined()
        return
            "Знайдено \(counts[told.count - 1]). \(ordinals[0]) коштує \(first) гривень за шину\(others). Який обираєте?"
    }
}

/// A tire's size as people and transcribers write it: `205/55 R16`.
enum TireSize {
    static func found(in text: String) -> String? {
        let bytes = Array(text.utf8)
        func digits(_ start: Int, _ count: Int) -> Bool {
            start + count <= bytes.count
                && bytes[start..<(start + count)].allSatisfy { (0x30...0x39).contains($0) }
        }
        for start in bytes.indices where digits(start, 3) {
            var place = start + 3
            guard place < bytes.count, bytes[place] == UInt8(ascii: "/"), digits(place + 1, 2) else {
                continue
            }
            let profile = bytes[(place + 1)..<(place + 3)]
            place += 3
            while place < bytes.count, bytes[place] == 0x20 { place += 1 }
            guard place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "r"), digits(place + 1, 2) else {
                continue
            }
            let rim = bytes[(place + 1)..<(place + 3)]
            let parts = [bytes[start..<(start + 3)], profile, rim].map { String(decoding: $0, as: UTF8.self) }
            return "\(parts[0])/\(parts[1]) R\(parts[2])"
        }
        return nil
    }
}

/// An hour as people say it.
enum TimeOfDay {
    private static let hours = [
        ("девʼят", 9), ("дев'ят", 9), ("десят", 10), ("одинадцят", 11), ("дванадцят", 12), ("тринадцят", 13),
    ]

    /// - Returns: `10:00`, when no hour is named.
    static func found(in text: String) -> String {
        let text = text.lowercased()
        let hour = hours.first { text.contains($0.0) }?.1 ?? 10
        return "\(hour < 10 ? "0" : "")\(hour):00"
    }
}
