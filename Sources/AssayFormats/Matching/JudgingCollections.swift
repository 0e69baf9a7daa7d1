internal import AssayCore

extension Judge {
    /// Exact equality, told where it first fails to hold rather than as two large values.
    func judgeEqual(_ expected: JSON, _ actual: JSON, _ subject: String) -> [Mismatch] {
        if expected == actual { return [] }
        switch (expected, actual) {
        case (.object(let wanted), .object(let found)):
            let members = wanted.map { Matcher<JSON>.Member(key: $0.key, matcher: .equals($0.value)) }
            return told(judgeMembers(members, found, subject), expected, actual, subject)
        case (.array(let wanted), .array(let found)):
            return told(judgeElements(wanted.map { .equals($0) }, found, subject), expected, actual, subject)
        case (.string(let wanted), .string(let found)) where Shown.isLong(wanted) || Shown.isLong(found):
            let diff = LineDiff(from: wanted, to: found).rendered()
            return [mismatch(.equals(expected), actual, subject, diff: diff)]
        default:
            let note = Self.typeNote(expected, actual)
            return [mismatch(.equals(expected), actual, subject, note: note)]
        }
    }

    /// `"5"` and `5` look alike; says what each is.
    private static func typeNote(_ expected: JSON, _ actual: JSON) -> String? {
        guard
            expected.stringValue.map({ $0 == Shown.value(actual) }) == true
                || actual.stringValue.map({ $0 == Shown.value(expected) }) == true
        else { return nil }
        return "\(actual.typeName), not \(expected.typeName)"
    }

    /// Few differences one by one; many as one with a diff.
    private func told(
        _ nested: [Mismatch], _ expected: JSON, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        if nested.count <= Self.nestedLimit { return nested }
        let diff = LineDiff(from: Shown.pretty(expected), to: Shown.pretty(actual.ordered(like: expected)))
            .rendered()
        return [mismatch(.equals(expected), actual, subject, diff: diff)]
    }

    func judgeArray(
        _ elements: [Matcher<JSON>], _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard case .array(let found) = actual else { return [mismatch(matcher, actual, subject)] }
        return judgeElements(elements, found, subject)
    }

    func judgeObject(
        _ members: [Matcher<JSON>.Member], _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard case .object(let found) = actual else { return [mismatch(matcher, actual, subject)] }
        return judgeMembers(members, found, subject)
    }

    private func judgeElements(
        _ elements: [Matcher<JSON>], _ found: [JSON], _ subject: String
    ) -> [Mismatch] {
        var nested = nestedJudge(within: .array(found))
        // An array of the wrong length is told with its length; its elements would only repeat that.
        if elements.count != found.count, elements.isEmpty || found.isEmpty || found.count > 20 {
            return [
                Mismatch(
                    subject: subject, expected: Self.elements(elements.count),
                    actual: "\(Self.elements(found.count)): \(show(.array(found)))", location: location)
            ]
        }
        nested.absentNote = "the array has \(Self.elements(found.count))"
        return (0..<max(elements.count, found.count)).flatMap { place in
            nested.judge(
                place < elements.count ? elements[place] : .absent(true),
                place < found.count ? found[place] : nil, "\(subject)[\(place)]")
        }
    }

    private static func elements(_ count: Int) -> String { count == 1 ? "1 element" : "\(count) elements" }

    private func judgeMembers(
        _ members: [Matcher<JSON>.Member], _ found: JSONObject, _ subject: String
    ) -> [Mismatch] {
        let nested = nestedJudge(within: .object(found))
        var mismatches = members.flatMap { member in
            nested.judge(member.matcher, found[member.key], Shown.path(subject, member.key))
        }
        let known = Set(members.map(\.key))
        for (key, value) in found where !known.contains(key) {
            mismatches += nested.judge(.absent(true), value, Shown.path(subject, key))
        }
        return mismatches
    }

    private func nestedJudge(within value: JSON) -> Judge {
        var nested = self
        nested.absentNote = "the \(value.typeName) was \(show(value))"
        return nested
    }

    func judgeLength(
        _ inner: Matcher<JSON>, _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        let length: Int
        switch actual {
        case .array(let elements): length = elements.count
        case .object(let members): length = members.count
        case .string(let text): length = text.count
        case .null, .bool, .int, .double:
            return [mismatch(matcher, actual, subject, note: "\(actual.typeName) has no length")]
        }
        guard !judge(inner, .int(Int64(length)), subject).isEmpty else { return [] }
        return [
            Mismatch(
                subject: subject, expected: matcher.described(show),
                actual: "length \(length): \(show(actual))",
                location: location)
        ]
    }

    /// Gives every matcher an element of its own if that can be done at all (augmenting paths).
    func judgeUnordered(
        _ wanted: [Matcher<JSON>], _ matcher: Matcher<JSON>, _ actual: JSON, _ subject: String
    ) -> [Mismatch] {
        guard case .array(let found) = actual else { return [mismatch(matcher, actual, subject)] }
        var takenBy = Array(repeating: Int?.none, count: found.count)
        let holds = wanted.map { part in
            found.map { element in
                if case .equals(let value) = part { return value == element }
                return judge(part, element, subject).isEmpty
            }
        }
        func place(_ part: Int, _ visited: inout [Bool]) -> Bool {
            for element in found.indices where holds[part][element] && !visited[element] {
                visited[element] = true
                if let other = takenBy[element], !place(other, &visited) { continue }
                takenBy[element] = part
                return true
            }
            return false
        }
        let missing = wanted.indices.filter { part in
            var visited = Array(repeating: false, count: found.count)
            return !place(part, &visited)
        }
        let extra = found.indices.filter { takenBy[$0] == nil }
        if missing.isEmpty, extra.isEmpty { return [] }
        var notes: [String] = []
        if !missing.isEmpty {
            notes.append("missing " + Shown.list(missing.map { wanted[$0].described(show) }))
        }
        if !extra.isEmpty { notes.append("not expected " + Shown.list(extra.map { show(found[$0]) })) }
        return [mismatch(matcher, actual, subject, note: notes.joined(separator: ", "))]
    }
}

extension JSON {
    /// What a regular expression is searched in: a text, or a number or boolean as it is written.
    var searchedText: String? {
        switch self {
        case .string(let text): text
        case .bool, .int, .double: Shown.value(self)
        case .null, .array, .object: nil
        }
    }

    /// Negative, zero or positive as `left` is before, equal to or after `right`; `nil` when they cannot be
    /// compared. Numbers are compared as numbers, texts by their scalars, so ISO 8601 dates order by time.
    static func order(_ left: JSON, _ right: JSON) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.string(let a), .string(let b)):
            if a.unicodeScalars.elementsEqual(b.unicodeScalars) { return 0 }
            return a.unicodeScalars.lexicographicallyPrecedes(b.unicodeScalars) ? -1 : 1
        default:
            guard let a = left.doubleValue, let b = right.doubleValue, !a.isNaN, !b.isNaN else { return nil }
            return a < b ? -1 : a == b ? 0 : 1
        }
    }

    /// Text in text, an element in an array, members in an object; nested objects need not be whole either.
    func contains(_ part: JSON) -> Bool {
        switch (self, part) {
        case (.string(let text), _):
            return part.searchedText.map { isText($0, in: text) } ?? false
        case (.array(let elements), .array(let parts)) where !elements.contains(part):
            return parts.allSatisfy { part in elements.contains { $0.covers(part) } }
        case (.array(let elements), _): return elements.contains { $0.covers(part) }
        case (.object(let members), .object(let parts)):
            return parts.allSatisfy { name, value in members[name]?.covers(value) ?? false }
        default: return false
        }
    }

    /// Equal, or an object that has at least the members of the other.
    private func covers(_ part: JSON) -> Bool {
        if case (.object, .object) = (self, part) { return contains(part) }
        return self == part
    }
}
