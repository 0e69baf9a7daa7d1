public import AssayFormats

/// `before`, `after` and `equalToDateTime`.
public struct MatchesDate: ValueMatcher {
    public enum Relation: String, Sendable, CaseIterable {
        case before
        case after
        case equal = "equalToDateTime"
    }

    /// What the value is compared to.
    enum Expected: Sendable {
        case fixed(ParsedDate)
        /// From now, by the double's clock.
        case now(DateOffset)
    }

    private let relation: Relation
    private let expected: Expected
    private let clock: DoubleClock
    var actualFormat: JavaDateFormat?
    /// Milliseconds of one unit, for values that count seconds (`unix`) or milliseconds (`epoch`).
    var actualUnit: Int64?
    var truncatesExpected: DateTruncation?
    var truncatesActual: DateTruncation?
    /// The shift comes first, then the truncation.
    var truncatesLast = false
    private let written: JSONObject

    init(_ relation: Relation, _ expected: Expected, clock: DoubleClock, written: JSONObject) {
        self.relation = relation
        self.expected = expected
        self.clock = clock
        self.written = written
    }

    private var target: ParsedDate {
        switch expected {
        case .fixed(let date): return date
        case .now(let offset):
            var time = CivilTime(milliseconds: clock.nowMilliseconds)
            if truncatesLast {
                time = offset.shift(time)
                time = truncatesExpected?.truncate(time) ?? time
            } else {
                time = truncatesExpected?.truncate(time) ?? time
                time = offset.shift(time)
            }
            return ParsedDate(time: time, offset: 0)
        }
    }

    private func parsed(_ value: MatchValue) -> ParsedDate? {
        guard let text = value.text?.trimmed else { return nil }
        var date: ParsedDate?
        if let actualUnit {
            date = ParsedDate(epoch: text, unitMilliseconds: actualUnit)
        } else if let actualFormat {
            date = ParsedDate(parsing: text, as: actualFormat)
        } else {
            date = ParsedDate(parsing: text)
        }
        if let truncatesActual, let found = date { date?.time = truncatesActual.truncate(found.time) }
        return date
    }

    /// How much later the value is, milliseconds. Where one of the two has no zone, it is taken in the other's.
    private func lead(_ date: ParsedDate) -> Int64 {
        let target = target
        guard target.offset != nil, date.offset != nil else {
            return date.time.milliseconds - target.time.milliseconds
        }
        return date.milliseconds - target.milliseconds
    }

    public func matches(_ value: MatchValue) -> Bool {
        guard let date = parsed(value) else { return false }
        let lead = lead(date)
        return switch relation {
        case .before: lead < 0
        case .after: lead > 0
        case .equal: lead == 0
        }
    }

    public func distance(to value: MatchValue) -> Double {
        guard let date = parsed(value) else { return 1 }
        if matches(value) { return 0 }
        // A day off is half way to nothing in common.
        let days = Double(abs(lead(date))) / 86_400_000
        return min(0.99, 0.05 + days / (days + 1))
    }

    public var expectation: String {
        let words =
            switch relation {
            case .before: "a time before"
            case .after: "a time after"
            case .equal: "the time"
            }
        return "\(words) \(targetText)"
    }

    private var targetText: String {
        switch expected {
        case .fixed(let date): shown(date)
        case .now(let offset):
            offset.amount == 0
                ? "now" : "now \(offset.amount < 0 ? "" : "+")\(offset.amount) \(offset.unit.rawValue)"
        }
    }

    private func shown(_ date: ParsedDate) -> String {
        let text = date.time.text.dropLast()
        guard let offset = date.offset else { return String(text) }
        return text + (offset == 0 ? "Z" : JavaDateFormat.offsetText(offset, ":"))
    }

    public func reason(for value: MatchValue) -> String? {
        guard value.text != nil else { return nil }
        guard let date = parsed(value) else { return "is no date and time in the expected form" }
        return matches(value) ? nil : "compared \(shown(date)) with \(shown(target))"
    }

    public var json: JSON { .object(written) }
}

/// `equalToNumber` and its like.
public struct MatchesNumber: ValueMatcher {
    public enum Relation: String, Sendable, CaseIterable {
        case equal = "equalToNumber"
        case greater = "greaterThanNumber"
        case greaterOrEqual = "greaterThanEqualNumber"
        case less = "lessThanNumber"
        case lessOrEqual = "lessThanEqualNumber"

        var words: String {
            switch self {
            case .equal: "the number"
            case .greater: "a number above"
            case .greaterOrEqual: "a number of at least"
            case .less: "a number below"
            case .lessOrEqual: "a number of at most"
            }
        }
    }

    private let relation: Relation
    private let expected: JSON
    private let number: Double

    init?(_ relation: Relation, _ expected: JSON) {
        guard let number = expected.doubleValue ?? expected.stringValue.flatMap({ Double($0) }) else {
            return nil
        }
        self.relation = relation
        self.expected = expected
        self.number = number
    }

    private func actual(_ value: MatchValue) -> Double? { value.text.flatMap { Double($0.trimmed) } }

    public func matches(_ value: MatchValue) -> Bool {
        guard let actual = actual(value) else { return false }
        return switch relation {
        case .equal: actual == number
        case .greater: actual > number
        case .greaterOrEqual: actual >= number
        case .less: actual < number
        case .lessOrEqual: actual <= number
        }
    }

    public func distance(to value: MatchValue) -> Double {
        guard let actual = actual(value) else { return 1 }
        if matches(value) { return 0 }
        let size = max(abs(actual), abs(number))
        return size == 0 ? 0.05 : min(0.99, 0.05 + abs(actual - number) / size)
    }

    public var expectation: String { "\(relation.words) \(expected.stringValue ?? expected.rendered())" }

    public func reason(for value: MatchValue) -> String? {
        value.text != nil && actual(value) == nil ? "is no number" : nil
    }

    public var json: JSON { .object([relation.rawValue: expected]) }
}
