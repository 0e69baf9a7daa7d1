internal import AssayFormats
internal import AssayNet

/// What a call was, for the journal.
struct CallFacts {
    var connectedAt: Int64 = 0
    var greetingAt: Int64?
    var answers = 0
    var turns = 0
    var hungUp: String?
    var violations: [String] = []

    mutating func began(isGreeting: Bool, at: Int64) {
        if isGreeting { greetingAt = at } else { answers += 1 }
    }

    func json(ended end: AudioSocketEnd) -> JSON {
        var json: JSONObject = [
            "seconds": .double(Double((end.at - connectedAt) / 1_000_000) / 1000),
            "turns": .int(Int64(turns)),
            "answers": .int(Int64(answers)), "ended": .string(end.name),
            "violations": .array(violations.map { .string($0) }),
        ]
        if let greetingAt { json["greeting-ms"] = .double(Double((greetingAt - connectedAt) / 1000) / 1000) }
        if let hungUp { json["hangup"] = .string(hungUp) }
        return .object(json)
    }
}
