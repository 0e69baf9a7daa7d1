internal import AssayFormats

/// Compares JSON as WireMock's `equalToJson` does, and says where two values differ.
struct JSONComparison: Sendable {
    var ignoresArrayOrder = false
    /// Members and elements that are not expected may be there.
    var ignoresExtraElements = false

    /// One place where the values are not alike.
    struct Difference: Sendable, Equatable {
        /// `$.items[0].id`
        var path: String
        var message: String
        /// How many values it is about.
        var weight: Int
    }

    /// At most this many elements are tried in every order.
    private static let pairingLimit = 2000

    func differences(_ expected: JSON, _ actual: JSON) -> [Difference] {
        var found: [Difference] = []
        compare(expected, actual, "$", &found)
        return found
    }

    func isEqual(_ expected: JSON, _ actual: JSON) -> Bool { differences(expected, actual).isEmpty }

    /// How many values a document is made of.
    static func size(_ value: JSON) -> Int {
        switch value {
        case .array(let values): values.reduce(1) { $0 + size($1) }
        case .object(let object): object.values.reduce(1) { $0 + size($1) }
        default: 1
        }
    }

    private func compare(_ expected: JSON, _ actual: JSON, _ path: String, _ found: inout [Difference]) {
        if case .string(let text) = expected, let placeholder = JSONPlaceholder(text) {
            if !placeholder.accepts(actual) {
                found.append(
                    Difference(
                        path: path, message: "expected \(placeholder.expectation), got \(shown(actual))",
                        weight: 1))
            }
            return
        }
        switch (expected, actual) {
        case (.object(let wanted), .object(let given)): compare(wanted, given, path, &found)
        case (.array(let wanted), .array(let given)):
            if ignoresArrayOrder {
                pair(wanted, given, path, &found)
            } else {
                compare(wanted, given, path, &found)
            }
        default:
            guard expected != actual else { return }
            found.append(
                Difference(
                    path: path, message: "expected \(shown(expected)), got \(shown(actual))",
                    weight: max(Self.size(expected), Self.size(actual))))
        }
    }

    private func compare(
        _ wanted: JSONObject, _ given: JSONObject, _ path: String, _ found: inout [Difference]
    ) {
        for (key, value) in wanted {
            let place = path + Self.step(key)
            if let member = given[key] {
                compare(value, member, place, &found)
            } else if case .string(let text) = value, let placeholder = JSONPlaceholder(text),
                placeholder.acceptsAbsence
            {
                continue
            } else {
                found.append(Difference(path: place, message: "is absent", weight: Self.size(value)))
            }
        }
        guard !ignoresExtraElements else { return }
        for (key, value) in given where wanted[key] == nil {
            found.append(
                Difference(path: path + Self.step(key), message: "is not expected", weight: Self.size(value)))
        }
    }

    /// Element by element.
    private func compare(_ wanted: [JSON], _ given: [JSON], _ path: String, _ found: inout [Difference]) {
        for (index, (value, element)) in zip(wanted, given).enumerated() {
            compare(value, element, "\(path)[\(index)]", &found)
        }
        addLengths(wanted, given, path, &found)
    }

    private func addLengths(_ wanted: [JSON], _ given: [JSON], _ path: String, _ found: inout [Difference]) {
        if given.count < wanted.count {
            let missing = wanted[given.count...].reduce(0) { $0 + Self.size($1) }
            found.append(
                Difference(
                    path: path, message: "expected \(wanted.count) elements, got \(given.count)",
                    weight: missing))
        } else if given.count > wanted.count, !ignoresExtraElements {
            let extra = given[wanted.count...].reduce(0) { $0 + Self.size($1) }
            found.append(
                Difference(
                    path: path, message: "expected \(wanted.count) elements, got \(given.count)",
                    weight: extra))
        }
    }

    /// Elements in any order: equal ones find each other first, the rest is compared in the order it stands.
    private func pair(_ wanted: [JSON], _ given: [JSON], _ path: String, _ found: inout [Difference]) {
        guard wanted.count <= Self.pairingLimit, given.count <= Self.pairingLimit else {
            return compare(wanted, given, path, &found)
        }
        // Augmenting paths, because a placeholder may suit several elements.
        let suits = wanted.map { value in given.map { isEqual(value, $0) } }
        var owner = [Int?](repeating: nil, count: given.count)
        func place(_ index: Int, _ seen: inout [Bool]) -> Bool {
            for candidate in given.indices where suits[index][candidate] && !seen[candidate] {
                seen[candidate] = true
                if owner[candidate] == nil || place(owner[candidate] ?? 0, &seen) {
                    owner[candidate] = index
                    return true
                }
            }
            return false
        }
        for index in wanted.indices {
            var seen = [Bool](repeating: false, count: given.count)
            _ = place(index, &seen)
        }
        let placed = Set(owner.compactMap { $0 })
        let lonely = wanted.indices.filter { !placed.contains($0) }
        let left = given.indices.filter { owner[$0] == nil }
        for (index, candidate) in zip(lonely, left) {
            compare(wanted[index], given[candidate], "\(path)[\(candidate)]", &found)
        }
        addLengths(wanted, given, path, &found)
    }

    private static func step(_ key: String) -> String {
        let isPlain = key.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
                || $0 == 0x5F
        }
        return isPlain && !key.isEmpty ? ".\(key)" : "['\(key)']"
    }

    private func shown(_ value: JSON) -> String {
        let text = value.rendered()
        return text.count > 60 ? text.prefix(60) + "…" : text
    }
}

/// `${json-unit.any-string}` and its like, in place of a value. Source: JsonUnit's documentation.
struct JSONPlaceholder: Sendable {
    private enum Kind {
        case ignore, ignoreElement, anyString, anyNumber, anyBoolean
        case regex(Pattern)
    }

    private let kind: Kind

    private static let names: [(name: String, kind: Kind)] = [
        ("ignore", .ignore), ("ignore-element", .ignoreElement), ("any-string", .anyString),
        ("any-number", .anyNumber), ("any-boolean", .anyBoolean),
    ]

    /// - Returns: `nil` for a text that is no placeholder.
    init?(_ text: String) {
        guard let (name, rest) = Self.parts(of: text) else { return nil }
        if name == "regex" {
            guard let pattern = try? Pattern(String(rest)) else { return nil }
            kind = .regex(pattern)
        } else {
            guard rest.isEmpty, let known = Self.names.first(where: { $0.name == name }) else { return nil }
            kind = known.kind
        }
    }

    /// `${json-unit.NAME}REST`
    private static func parts(of text: String) -> (name: Substring, rest: Substring)? {
        guard text.hasPrefix("${json-unit.") || text.hasPrefix("#{json-unit."),
            let end = text.firstIndex(of: "}")
        else { return nil }
        return (text[..<end].dropFirst(12), text[text.index(after: end)...])
    }

    /// Why a placeholder cannot be used; `nil` for any other text.
    static func problem(in text: String) -> String? {
        guard let (name, rest) = parts(of: text), JSONPlaceholder(text) == nil else { return nil }
        guard name == "regex" else {
            let known = (names.map(\.name) + ["regex"]).joined(separator: ", ")
            return "there is no placeholder '\(text)'; known: \(known)"
        }
        do {
            _ = try Pattern(String(rest))
            return nil
        } catch {
            return "the placeholder '\(text)' has no regular expression: \(error)"
        }
    }

    var acceptsAbsence: Bool { if case .ignoreElement = kind { true } else { false } }

    func accepts(_ value: JSON) -> Bool {
        switch (kind, value) {
        case (.ignore, _), (.ignoreElement, _), (.anyString, .string), (.anyBoolean, .bool),
            (.anyNumber, .int),
            (.anyNumber, .double):
            true
        case (.regex(let pattern), .string(let text)): (try? pattern.matches(whole: text)) ?? false
        default: false
        }
    }

    var expectation: String {
        switch kind {
        case .ignore, .ignoreElement: "anything"
        case .anyString: "any text"
        case .anyNumber: "any number"
        case .anyBoolean: "true or false"
        case .regex(let pattern): "a text matching /\(pattern.source)/"
        }
    }
}
