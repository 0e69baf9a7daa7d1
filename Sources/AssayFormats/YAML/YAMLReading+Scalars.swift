public import AssayCore

extension YAMLReading {
    /// A text; a number or `true` is refused with the advice to quote it.
    public func string(_ node: YAMLNode) -> String? {
        if let text = node.stringValue { return text }
        let fix = node.scalarText.flatMap { $0.isEmpty ? nil : "put it in quotes: \"\($0)\"" }
        return wrongType(node, expected: "text", fix: fix)
    }

    /// Any scalar as it was written: `8080`, `true` and `abc` are all texts here.
    public func text(_ node: YAMLNode) -> String? {
        guard let text = node.scalarText, !node.isNull else { return wrongType(node, expected: "text") }
        return text
    }

    public func bool(_ node: YAMLNode) -> Bool? {
        if case .bool(let value) = node.content { return value }
        let word = node.stringValue?.lowercased() ?? ""
        let meant = ["yes": "true", "on": "true", "no": "false", "off": "false"][word]
        return wrongType(
            node, expected: "true or false",
            fix: meant.map { "write \($0); '\(word)' is a text in YAML 1.2" }
                ?? (node.style == .plain ? nil : "leave the quotes out"))
    }

    /// A whole number of any size that fits.
    public func int(_ node: YAMLNode) -> Int? { int(node, in: Int.min...Int.max) }

    /// - Parameter range: refused outside, with the bounds in the message.
    public func int(_ node: YAMLNode, in range: some RangeExpression<Int>) -> Int? {
        guard case .int(let number) = node.content, let value = Int(exactly: number) else {
            return wrongType(node, expected: "a whole number", fix: quoteAdvice(node))
        }
        guard range.contains(value) else {
            return outOfRange(node, value: "\(value)", bounds: Self.text(of: range))
        }
        return value
    }

    public func double(_ node: YAMLNode) -> Double? {
        switch node.content {
        case .int(let value): Double(value)
        case .double(let value) where value.isFinite: value
        default: wrongType(node, expected: "a number", fix: quoteAdvice(node))
        }
    }

    public func double(_ node: YAMLNode, in range: ClosedRange<Double>) -> Double? {
        guard let value = double(node) else { return nil }
        guard range.contains(value) else {
            return outOfRange(
                node, value: node.scalarText ?? "", bounds: "\(range.lowerBound)…\(range.upperBound)")
        }
        return value
    }

    /// `200ms`, `30s`, `1h30m`; a bare number is refused, except `0`.
    public func duration(_ node: YAMLNode) -> Duration? {
        quantity(node, "a duration", examples: ["ms", "s"]) {
            Duration(unitText: $0)
        } zero: {
            .zero
        }
    }

    /// `64 KiB`, `10 MB`, `512 B`; a bare number is refused, except `0`.
    public func byteCount(_ node: YAMLNode) -> ByteCount? {
        quantity(node, "a size", examples: [" KiB", " MB"]) {
            ByteCount(unitText: $0)
        } zero: {
            ByteCount(0)
        }
    }

    /// `50/s`, `1200/min`; a bare number is refused, except `0`.
    public func rate(_ node: YAMLNode) -> Rate? {
        quantity(node, "a rate", examples: ["/s", "/min"]) {
            Rate(unitText: $0)
        } zero: {
            Rate(perSecond: 0)
        }
    }

    /// `10%` as 0.1; a bare number is refused, except `0`.
    public func percent(_ node: YAMLNode) -> Double? {
        quantity(node, "a percentage", examples: ["%"]) { text in
            guard text.hasSuffix("%") else { return nil }
            let digits = text.dropLast().filter { $0 != " " }
            return Double(digits).flatMap { $0.isFinite && $0 >= 0 ? $0 / 100 : nil }
        } zero: {
            0
        }
    }

    /// A number with a unit: a bare number is told apart from what is no quantity at all.
    private func quantity<Value>(
        _ node: YAMLNode, _ what: String, examples: [String], parse: (String) -> Value?, zero: () -> Value
    ) -> Value? {
        let text = node.scalarText ?? ""
        let wanted = examples.map { "200\($0)" }.joined(separator: "` or `")
        switch node.content {
        case .int(0): return zero()
        case .int, .double:
            let choices = examples.map { "\(text)\($0)" }.joined(separator: "` or `")
            error(
                "AS015", "\(what) needs a unit, found \(node.kindText)", at: node, fix: "write `\(choices)`")
            return nil
        case .string(let text):
            if text.utf8.contains(UInt8(ascii: "$")), text.contains("${") {
                error(
                    "AS015", "\(what) is read before anything runs and cannot hold `${…}`", at: node,
                    fix: "write it out, like `\(wanted)`")
                return nil
            }
            if !text.utf8.contains(UInt8(ascii: "-")), let value = parse(text) { return value }
            error(
                "AS015", "expected \(what), found \(node.kindText)", at: node,
                fix: "write it like `\(wanted)`")
            return nil
        default: return wrongType(node, expected: what, fix: "write it like `\(wanted)`")
        }
    }

    /// One of several words.
    public func enumeration(_ node: YAMLNode, of words: [String]) -> String? {
        guard let word = node.stringValue ?? node.scalarText, !node.isNull else {
            return wrongType(node, expected: Self.choice(words))
        }
        if words.contains(word) { return word }
        let nearest = nearestName(to: word, among: words)
        error(
            "AS013", "expected \(Self.choice(words)), found '\(shortened(word))'", at: node,
            fix: nearest.map { "did you mean `\($0)`?" })
        return nil
    }

    /// One of an enumeration's words.
    public func enumeration<Value>(_ node: YAMLNode, as type: Value.Type = Value.self) -> Value?
    where Value: RawRepresentable<String> & CaseIterable {
        enumeration(node, of: Value.allCases.map(\.rawValue)).flatMap(Value.init(rawValue:))
    }

    /// `a, b or c`.
    static func choice(_ words: [String]) -> String {
        let quoted = words.map { "`\($0)`" }
        guard quoted.count > 1, let last = quoted.last else { return quoted.first ?? "nothing" }
        return quoted.dropLast().joined(separator: ", ") + " or " + last
    }

    private func outOfRange<Value>(_ node: YAMLNode, value: String, bounds: String) -> Value? {
        error("AS014", "expected \(bounds), found \(value)", at: node)
        return nil
    }

    private func quoteAdvice(_ node: YAMLNode) -> String? {
        guard node.style == .singleQuoted || node.style == .doubleQuoted, let text = node.stringValue,
            Double(text) != nil
        else { return nil }
        return "leave the quotes out: \(text)"
    }

    private static func text(of range: some RangeExpression<Int>) -> String {
        let all = range.relative(to: Everything())
        let (low, high) = (all.lowerBound, all.upperBound)
        if high == Int.max { return low == Int.min ? "a whole number" : "\(low) or more" }
        return low == Int.min ? "\(high - 1) or less" : "a number from \(low) to \(high - 1)"
    }

    /// All integers but the last as a collection, to ask any range expression for its bounds.
    private struct Everything: Collection {
        var startIndex: Int { .min }
        var endIndex: Int { .max }
        func index(after index: Int) -> Int { index + 1 }
        subscript(position: Int) -> Int { position }
    }
}
