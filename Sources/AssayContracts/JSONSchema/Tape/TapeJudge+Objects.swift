import AssayFormats

extension TapeJudge {
    mutating func judgeMembers(_ place: Int, _ value: Int, _ entry: JSONTape.Entry) -> Bool {
        var missing = program.members[place].required
        var hint = 0
        var child = value + 1
        while child < Int(entry.next) {
            let name = tape.entries[child]
            let found: Int
            if name.isEscaped {
                let bytes = tape.decodedBytes(name)
                found = program.members[place].names.find(bytes, 0, bytes.count, hint: hint)
            } else {
                found = program.members[place].names.find(
                    tape.text, Int(name.start), Int(name.end), hint: hint)
            }
            var isKnown = false
            if found >= 0 {
                hint = found + 1
                missing &= ~program.members[place].bits[found]
                let schema = Int(program.members[place].schemas[found])
                if schema >= 0 {
                    isKnown = true
                    guard judge(schema, child + 1) else { return departs(value, entry) }
                }
            }
            if !program.members[place].patterns.isEmpty {
                for (pattern, schema) in program.members[place].patterns where matches(pattern, name) {
                    isKnown = true
                    guard judge(schema, child + 1) else { return departs(value, entry) }
                }
            }
            if !isKnown, program.members[place].additional >= 0 {
                guard judge(program.members[place].additional, child + 1) else {
                    return departs(value, entry)
                }
            }
            child = Int(tape.entries[child + 1].next)
        }
        return missing == 0 && !gaveUp
    }

    /// Of repeated names only the last counts, and a value that did not hold may be an earlier one; always false.
    private mutating func departs(_ value: Int, _ entry: JSONTape.Entry) -> Bool {
        if !gaveUp, hasRepeatedNames(value, entry) { gaveUp = true }
        return false
    }

    private mutating func hasRepeatedNames(_ value: Int, _ entry: JSONTape.Entry) -> Bool {
        var names: [ArraySlice<UInt8>] = []
        var child = value + 1
        while child < Int(entry.next) {
            names.append(text(of: tape.entries[child]))
            child = Int(tape.entries[child + 1].next)
        }
        steps += names.count
        if names.count > 16 { return Set(names).count < names.count }
        for place in names.indices where names[..<place].contains(names[place]) { return true }
        return false
    }

    private func has(_ name: [UInt8], _ value: Int, _ entry: JSONTape.Entry) -> Bool {
        var child = value + 1
        while child < Int(entry.next) {
            if text(of: tape.entries[child]).elementsEqual(name) { return true }
            child = Int(tape.entries[child + 1].next)
        }
        return false
    }

    private static let lookupLimit = 200_000

    mutating func judgeObject(
        _ check: TapeProgram.Check, _ value: Int, _ entry: JSONTape.Entry
    ) -> Bool {
        switch check {
        case .memberCount(let bound, let limit):
            if hasRepeatedNames(value, entry) { return giveUp() }
            return bound.allows(elements(value, entry) / 2, limit)
        case .memberNames(let part):
            var child = value + 1
            while child < Int(entry.next) {
                guard judge(part, child) else { return false }
                child = Int(tape.entries[child + 1].next)
            }
            return true
        case .dependent(let place):
            for rule in program.dependents[place] {
                // Looked for one by one here, and by hash on built values.
                guard rule.others.count * Int(entry.next - UInt32(value)) < Self.lookupLimit else {
                    return giveUp()
                }
                guard rule.isAlways || has(rule.name, value, entry) else { continue }
                for other in rule.others where !has(other, value, entry) { return false }
                if rule.schema >= 0, !judge(rule.schema, value) { return false }
            }
            return true
        case .hidden(let place):
            for name in program.hidden[place] where has(name, value, entry) { return false }
            return true
        default: return false
        }
    }
}
