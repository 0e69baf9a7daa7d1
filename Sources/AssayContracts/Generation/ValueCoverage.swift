import AssayCore
import AssayFormats

/// Values that together touch every bound of a schema, without chance.
struct ValueCoverage {
    let source: SchemaSource
    var alphabet = TextAlphabet.any
    private static let depthLimit = 4
    private static let limit = GeneratedValues.coverageLimit

    init(source: SchemaSource, alphabet: TextAlphabet = .any) {
        self.source = source
        self.alphabet = alphabet
    }

    mutating func values(_ shape: ValueShape, at place: String, depth: Int) -> [GeneratedValue] {
        guard !shape.isImpossible, depth <= Self.depthLimit else { return [] }
        if !shape.alternatives.isEmpty { return branches(shape, at: place, depth: depth) }
        if let choices = shape.choices {
            return choices.prefix(Self.limit).map {
                GeneratedValue(value: $0, what: "\(place) is \(Shortened.value($0))")
            }
        }
        var found: [GeneratedValue] = []
        for type in shape.likelyTypes {
            switch type {
            case "null": found.append(GeneratedValue(value: .null, what: "\(place) is null"))
            case "boolean":
                found += [true, false].map { GeneratedValue(value: .bool($0), what: "\(place) is \($0)") }
            case "integer", "number":
                found += NumberSpan(shape, isInteger: type == "integer").boundaries.map {
                    GeneratedValue(value: $0.value, what: "\(place) \($0.what)")
                }
            case "string": found += texts(shape, at: place)
            case "array": found += arrays(shape, at: place, depth: depth)
            case "object": found += objects(shape, at: place, depth: depth)
            default: break
            }
        }
        return Array(found.prefix(Self.limit))
    }

    private mutating func branches(_ shape: ValueShape, at place: String, depth: Int) -> [GeneratedValue] {
        var lists: [[GeneratedValue]] = []
        for settled in shape.withoutFirstChoice(from: source, limit: 16) {
            lists.append(values(settled, at: place, depth: depth))
        }
        return Self.interleaved(lists)
    }

    // MARK: Texts

    private func texts(_ shape: ValueShape, at place: String) -> [GeneratedValue] {
        let maker = GeneratedText(shape: shape, alphabet: alphabet)
        var found: [GeneratedValue] = []
        func add(_ text: String?, _ what: String) {
            guard let text, !found.contains(where: { $0.value == .string(text) }) else { return }
            found.append(GeneratedValue(value: .string(text), what: "\(place) \(what)"))
        }
        let (least, most) = (shape.lengths.least, shape.lengths.most)
        if maker.text(ofLength: least) != nil {
            add(maker.text(ofLength: least), least == 0 ? "empty" : "at its least length")
            if least + 1 <= most ?? .max {
                add(maker.text(ofLength: least + 1), "just above its least length")
            }
            if let most {
                add(maker.text(ofLength: most), "at its greatest length")
                if most > 0 { add(maker.text(ofLength: most - 1), "just below its greatest length") }
            }
            for text in ["\u{E9}\u{DF}\u{4E2D}\u{1F600}", "0", " a b ", "a'\"<b>&"]
            where text.unicodeScalars.count >= least && text.unicodeScalars.count <= most ?? .max {
                add(text, "with the text \(Shortened.value(.string(text)))")
            }
        } else {
            var random: SeededRandom?
            var reason: String?
            add(maker.text(&random, reason: &reason), "as plain as it may be")
            for seed: UInt64 in 1...3 {
                random = .init(seed: seed)
                add(maker.text(&random, reason: &reason), "in another form")
            }
        }
        return found
    }

    // MARK: Arrays

    private mutating func arrays(_ shape: ValueShape, at place: String, depth: Int) -> [GeneratedValue] {
        var found: [GeneratedValue] = []
        var maker = ValueMaker(source, .full, alphabet: alphabet)
        let least = shape.itemCounts.least
        let most = shape.itemCounts.most
        var counts = [(least, least == 0 ? "empty" : "with as few items as may be")]
        if least < most ?? .max { counts.append((least + 1, "with one item more")) }
        if let most, most <= 100 {
            counts += [(most, "with as many items as may be"), (most - 1, "with one item less")]
        }
        for (count, what) in counts where count >= least && count <= most ?? .max && count <= 100 {
            var exact = shape
            exact.itemCounts = .init(least: count, most: count)
            if let made = maker.value(exact, depth: depth) {
                found.append(GeneratedValue(value: made, what: "\(place) \(what)"))
            }
        }
        // Each item's own bounds, in an array that is otherwise as short as may be.
        var short = shape
        short.itemCounts.least = max(1, least)
        guard case .array(let base)? = maker.value(short, depth: depth), !base.isEmpty else { return found }
        let parts = shape.prefix.first ?? shape.items
        for made in values(ValueShape(parts, in: source), at: place + "[0]", depth: depth + 1) {
            var items = base
            items[0] = made.value
            found.append(GeneratedValue(value: .array(items), what: made.what))
        }
        return found
    }

    // MARK: Objects

    private mutating func objects(_ shape: ValueShape, at place: String, depth: Int) -> [GeneratedValue] {
        var fullMaker = ValueMaker(source, .full, alphabet: alphabet)
        var leastMaker = ValueMaker(source, .least, alphabet: alphabet)
        var found: [GeneratedValue] = []
        let full = fullMaker.value(shape, depth: depth)?.objectValue
        let least = leastMaker.value(shape, depth: depth)?.objectValue
        if let full { found.append(GeneratedValue(value: .object(full), what: "\(place) with every member")) }
        if let least {
            found.append(GeneratedValue(value: .object(least), what: "\(place) with required members only"))
        }
        var lists: [[GeneratedValue]] = []
        for member in shape.members {
            var list: [GeneratedValue] = []
            let inner = place + "." + member.name
            if !shape.required.contains(member.name) {
                if var without = full, without[member.name] != nil {
                    without[member.name] = nil
                    list.append(GeneratedValue(value: .object(without), what: "\(inner) left out"))
                }
                if var alone = least, let value = full?[member.name] {
                    alone[member.name] = value
                    list.append(
                        GeneratedValue(value: .object(alone), what: "\(inner) alone beside required members"))
                }
            }
            if let base = full ?? least {
                let parts = leastMaker.schemas(of: member.name, shape)
                for made in values(ValueShape(parts, in: source), at: inner, depth: depth + 1) {
                    var changed = base
                    changed[member.name] = made.value
                    list.append(GeneratedValue(value: .object(changed), what: made.what))
                }
            }
            lists.append(list)
        }
        return found + Self.interleaved(lists)
    }

    /// The first of each list, then the second of each, so that a limit cuts all alike.
    static func interleaved<Element>(_ lists: [[Element]]) -> [Element] {
        let longest = lists.map(\.count).max() ?? 0
        return (0..<longest).flatMap { place in lists.compactMap { place < $0.count ? $0[place] : nil } }
    }
}
