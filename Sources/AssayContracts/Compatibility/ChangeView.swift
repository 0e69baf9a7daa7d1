/// Turns changes of a schema into findings, as one side sees them.
struct ChangeView: Sendable {
    let direction: SchemaDirection

    init(_ direction: SchemaDirection) { self.direction = direction }

    /// Which properties count: read-only ones are not wanted in requests, write-only ones not in responses.
    var use: SchemaUse {
        switch direction {
        case .request: .request
        case .response: .response
        case .stored: .plain
        }
    }

    var side: CompatibilityFinding.Side {
        switch direction {
        case .request: .request
        case .response: .response
        case .stored: .none
        }
    }

    /// The rule's id and level, and why it breaks whom.
    func judged(_ kind: ChangeKind) -> (id: String, level: CompatibilityLevel, why: String) {
        let rule = SchemaRule.of(kind)
        switch direction {
        case .request:
            return ("request-" + (rule.request.id ?? kind.rawValue), rule.request.level, rule.request.why)
        case .response:
            return ("response-" + (rule.response.id ?? kind.rawValue), rule.response.level, rule.response.why)
        case .stored(let mode):
            let breaksNew = rule.effect.contains(.narrows) && mode.readsOld
            let breaksOld = rule.effect.contains(.widens) && mode.readsNew
            let counts = breaksNew || breaksOld || (rule.effect == [] && mode != .none)
            var whom: [String] = []
            if breaksNew { whom.append("new readers refuse data that was written before") }
            if breaksOld { whom.append("old readers refuse data that is written now") }
            return (kind.rawValue, counts ? rule.stored : .info, whom.joined(separator: ", and "))
        }
    }

    func message(of change: SchemaChange) -> String {
        let (_, level, why) = judged(change.kind)
        let says = SchemaRule.of(change.kind).says.filled([
            "{name}": change.name, "{old}": change.before, "{new}": change.after,
        ])
        return level == .info || why.isEmpty ? says : says + ": " + why
    }
}

extension String {
    /// With each mark replaced by its text; what the texts hold is not looked at again.
    func filled(_ marks: [String: String]) -> String {
        var text = ""
        var rest = self[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            text += rest[..<open]
            let mark = String(rest[open...close])
            text += marks[mark] ?? mark
            rest = rest[rest.index(after: close)...]
        }
        return text + rest
    }
}
