internal import AssayFormats

/// What was said and done in a call so far.
struct Conversation: Sendable {
    enum Entry: Sendable, Equatable {
        case caller(String)
        case bot(String)
        /// Tools that were asked for together.
        case wished([ToolCall])
        case result(of: ToolCall, JSON)
    }

    private(set) var entries: [Entry] = []
    /// More is forgotten, the oldest turn first.
    private static let longest = 40

    mutating func add(_ entry: Entry) {
        entries.append(entry)
        guard entries.count > Self.longest else { return }
        let second = entries.dropFirst().firstIndex { if case .caller = $0 { true } else { false } }
        if let second { entries.removeFirst(second) }
    }

    /// What the caller said last.
    var lastWords: String {
        for case .caller(let text) in entries.reversed() { return text }
        return ""
    }

    /// Results that nothing was said about yet.
    var freshResults: [(call: ToolCall, value: JSON)] {
        var found: [(ToolCall, JSON)] = []
        for case .result(let call, let value) in entries.reversed().prefix(while: \.isResult) {
            found.append((call, value))
        }
        return found.reversed()
    }
}

extension Conversation.Entry {
    fileprivate var isResult: Bool { if case .result = self { true } else { false } }
}

/// What the bot does next.
enum Decision: Sendable, Equatable {
    case say(String)
    case use([ToolCall])
}
