import AssayCore
import AssayFormats

/// Values that break one thing of a schema each.
struct ValueMutations {
    let source: SchemaSource
    /// Also wrong types that lenient readers take for right ones: `"1"` for a number, `1` for `true`.
    let isStrict: Bool
    private static let depthLimit = 3
    private static let limit = 300
    /// What is sent where no such text is listed.
    private static let stranger = "assay-none-of-these"

    mutating func values(_ shape: ValueShape, at path: String, depth: Int) -> [BrokenValue] {
        guard !shape.isImpossible, depth <= Self.depthLimit else { return [] }
        if !shape.alternatives.isEmpty { return branches(shape, at: path, depth: depth) }
        var found = wrongTypes(shape, at: path)
        if let choices = shape.choices {
            found += strangers(shape, choices, at: path)
            return found
        }
        for type in shape.likelyTypes {
            switch type {
            case "integer", "number": found += numbers(shape, at: path, isInteger: type == "integer")
            case "string": found += texts(shape, at: path)
            case "array": found += arrays(shape, at: path, depth: depth)
            case "object": found += objects(shape, at: path, depth: depth)
            default: break
            }
        }
        return Array(found.prefix(Self.limit))
    }

    /// `3 items are sent`.
    private static func sent(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? " is" : "s are") sent"
    }

    private static func are(_ count: Int) -> String { "\(count) \(count == 1 ? "is" : "are")" }

    private mutating func branches(_ shape: ValueShape, at path: String, depth: Int) -> [BrokenValue] {
        var lists: [[BrokenValue]] = []
        for settled in shape.withoutFirstChoice(from: source, limit: 8) {
            lists.append(values(settled, at: path, depth: depth))
        }
        return ValueCoverage.interleaved(lists)
    }

    // MARK: Types

    private func wrongTypes(_ shape: ValueShape, at path: String) -> [BrokenValue] {
        guard let types = shape.types else { return [] }
        let wanted = types.joined(separator: " or ")
        // Dates and times are read from numbers by many.
        let readsNumbers = shape.formats.contains { ["date", "date-time", "time", "duration"].contains($0) }
        var candidates: [(JSON, String)] = []
        if !shape.allows("string") { candidates.append((.string("abc"), "a text")) }
        if !shape.allows("array") { candidates.append((.array([]), "an array")) }
        if !shape.allows("object") { candidates.append((.object([:]), "an object")) }
        if !shape.allows("null") { candidates.append((.null, "null")) }
        let takesNumbers = shape.allows("integer")
        if !takesNumbers, !readsNumbers || isStrict { candidates.append((.int(17), "a number")) }
        if shape.allows("integer"), !shape.allows("number") {
            candidates.append((.double(1.5), "a number with a fraction"))
        }
        if isStrict {
            if takesNumbers, !shape.allows("string") { candidates.append((.string("1"), "a text of digits")) }
            if !shape.allows("boolean") { candidates.append((.bool(true), "a boolean")) }
            if types == ["boolean"] { candidates.append((.int(1), "a number")) }
        }
        return candidates.map {
            BrokenValue(
                value: $0.0, rule: .wrongType, path: path,
                words: "\($0.1) is sent where \(wanted) is asked for")
        }
    }

    private func strangers(_ shape: ValueShape, _ choices: [JSON], at path: String) -> [BrokenValue] {
        var candidates: [JSON] = []
        if choices.contains(where: { $0.stringValue != nil }) { candidates.append(.string(Self.stranger)) }
        let numbers = choices.compactMap(\.doubleValue)
        if let most = numbers.max() {
            candidates.append(Int64(exactly: most + 1).map { .int($0) } ?? .double(most + 1))
        }
        return candidates.map {
            BrokenValue(
                value: $0, rule: .notInEnum, path: path,
                words: "\(Shortened.value($0)) is sent, which is none of \(Shortened.value(.array(choices)))")
        }
    }

    private func numbers(_ shape: ValueShape, at path: String, isInteger: Bool) -> [BrokenValue] {
        let span = NumberSpan(shape, isInteger: isInteger)
        var found = span.outside.map {
            BrokenValue(
                value: $0.value, rule: $0.rule, path: path,
                words: "\($0.value.rendered()) is sent where \($0.bound) is allowed")
        }
        if let multiple = shape.multiples.first, let base = span.simplest {
            let moved: JSON? =
                if let whole = base.intValue, let step = multiple.intValue, step > 1 {
                    .int(whole + 1)
                } else if !isInteger, let number = base.doubleValue, let step = multiple.doubleValue {
                    .double(number + step / 2)
                } else {
                    Optional<JSON>.none
                }
            if let moved {
                found.append(
                    BrokenValue(
                        value: moved, rule: .notMultiple, path: path,
                        words: "\(moved.rendered()) is sent, which is no multiple of \(multiple.rendered())"))
            }
        }
        return found
    }

    private func texts(_ shape: ValueShape, at path: String) -> [BrokenValue] {
        var found: [BrokenValue] = []
        func add(_ text: String, _ rule: NegativeRule, _ words: String) {
            found.append(BrokenValue(value: .string(text), rule: rule, path: path, words: words))
        }
        var random: SeededRandom?
        var reason: String?
        let base = GeneratedText(shape: shape, alphabet: .any).text(&random, reason: &reason) ?? "a"
        let (least, most) = (shape.lengths.least, shape.lengths.most)
        if least > 0 {
            let text = String(String.UnicodeScalarView(base.unicodeScalars.prefix(least - 1)))
            add(
                text, .tooShort,
                "\(Self.sent(least - 1, "character")) where at least \(Self.are(least)) asked for")
        }
        if let most, most < GeneratedText.lengthLimit {
            let text = base + String(repeating: "a", count: most + 1 - min(base.unicodeScalars.count, most))
            add(text, .tooLong, "\(Self.sent(most + 1, "character")) where at most \(Self.are(most)) allowed")
        }
        for pattern in shape.patterns {
            guard let judge = try? Pattern(ECMAPattern.translated(pattern)) else { continue }
            // Of the right length, where there is one, so that the pattern alone is broken.
            let length = min(
                max(least, min(base.unicodeScalars.count, most ?? .max), 1), GeneratedText.lengthLimit)
            for letter in ["~", "!", "A", "a", "0", " ", "-"] {
                let text = String(repeating: letter, count: length)
                guard (try? judge.matches(in: text)) == false else { continue }
                add(
                    text, .patternBroken,
                    "\(Shortened.value(.string(text))) is sent, which does not match \(pattern)")
                break
            }
        }
        for format in shape.formats {
            guard let text = FormatText.broken(format) else { continue }
            add(text, .formatBroken, "'\(text)' is sent where the format \(format) is asked for")
        }
        return found
    }

    // MARK: Arrays and objects

    private mutating func arrays(_ shape: ValueShape, at path: String, depth: Int) -> [BrokenValue] {
        var maker = ValueMaker(source, .full)
        var found: [BrokenValue] = []
        func add(_ items: [JSON], _ rule: NegativeRule, _ words: String) {
            found.append(BrokenValue(value: .array(items), rule: rule, path: path, words: words))
        }
        var filled = shape
        filled.itemCounts.least = max(1, shape.itemCounts.least)
        guard case .array(let base)? = maker.value(filled, depth: depth), let first = base.first else {
            return []
        }
        let (least, most) = (shape.itemCounts.least, shape.itemCounts.most)
        if least > 0 {
            add(
                Array(base.prefix(least - 1)), .tooFewItems,
                "\(Self.sent(least - 1, "item")) where at least \(Self.are(least)) asked for")
        }
        if let most, most <= 200 {
            var longer = shape
            longer.itemCounts = .init(least: most + 1, most: most + 1)
            if case .array(let items)? = maker.value(longer, depth: depth) {
                add(
                    items, .tooManyItems,
                    "\(Self.sent(most + 1, "item")) where at most \(Self.are(most)) allowed")
            }
        }
        if shape.isUnique, most ?? .max > base.count {
            add(
                base + [first], .notUnique,
                "\(Shortened.value(first)) is sent twice among items that must differ")
        }
        let parts = shape.prefix.first ?? shape.items
        for inner in values(ValueShape(parts, in: source), at: path + "[0]", depth: depth + 1) {
            var items = base
            items[0] = inner.value
            found.append(
                BrokenValue(value: .array(items), rule: inner.rule, path: inner.path, words: inner.words))
        }
        return found
    }

    private mutating func objects(_ shape: ValueShape, at path: String, depth: Int) -> [BrokenValue] {
        var maker = ValueMaker(source, .full)
        guard let base = maker.value(shape, depth: depth)?.objectValue else { return [] }
        var found: [BrokenValue] = []
        for name in shape.required {
            var without = base
            without[name] = nil
            found.append(
                BrokenValue(
                    value: .object(without), rule: .missingMember, path: path + "." + name,
                    words: "the member '\(name)' is left out, which is required"))
        }
        if case .forbidden = shape.additional {
            var more = base
            more[Self.stranger] = .string("a")
            found.append(
                BrokenValue(
                    value: .object(more), rule: .additionalMember, path: path + "." + Self.stranger,
                    words:
                        "the member '\(Self.stranger)' is sent where no others than those described are allowed"
                ))
        }
        if shape.required.isEmpty, shape.memberCounts.least > 0 {
            found.append(
                BrokenValue(
                    value: .object([:]), rule: .tooFewMembers, path: path,
                    words: "no member is sent where at least \(Self.are(shape.memberCounts.least)) asked for")
            )
        }
        var lists: [[BrokenValue]] = []
        for member in shape.members {
            let parts = maker.schemas(of: member.name, shape)
            lists.append(
                values(ValueShape(parts, in: source), at: path + "." + member.name, depth: depth + 1).map {
                    inner in
                    var changed = base
                    changed[member.name] = inner.value
                    return BrokenValue(
                        value: .object(changed), rule: inner.rule, path: inner.path, words: inner.words)
                })
        }
        return found + ValueCoverage.interleaved(lists)
    }
}
