internal import AssayCore
public import AssayFormats

/// One thing that a double can be told to do otherwise while it runs.
public struct Switch: Sendable {
    /// What values it takes.
    public enum Kind: Sendable, Equatable {
        /// `true` or `false`.
        case flag
        /// `true` for every request, or a number: for the next so many requests.
        case times
        /// A whole number of the range; off is 0 or what was said at the start.
        case number(ClosedRange<Int>)
        /// `200ms`, or 0.
        case duration
        /// One of some words.
        case word([String])
    }

    /// As users write it: `cut-stream`.
    public var name: String
    public var kind: Kind
    /// What it is unless somebody turns it.
    public var initial: JSON
    /// One line for the manual.
    public var summary: String

    public init(_ name: String, _ kind: Kind, initial: JSON? = nil, _ summary: String) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.initial =
            initial
            ?? {
                switch kind {
                case .flag, .times: .bool(false)
                case .number(let range): .int(Int64(range.lowerBound))
                case .duration: .int(0)
                case .word(let words): .string(words.first ?? "")
                }
            }()
    }

    /// What it takes, for messages.
    var wanted: String {
        switch kind {
        case .flag: "true or false"
        case .times: "true, false or how many requests"
        case .number(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
        case .duration: "a duration like 200ms, or 0"
        case .word(let words): "one of " + words.joined(separator: ", ")
        }
    }

    /// Most requests that a ``Kind/times`` switch counts down.
    static let timesLimit: Int64 = 1_000_000

    /// The value as it is kept: durations as nanoseconds.
    ///
    /// - Returns: `nil` when the switch does not take it; null is the initial value.
    func accepted(_ value: JSON) -> JSON? {
        var fits: Bool
        switch (kind, value) {
        case (_, .null): return accepted(initial)
        case (.flag, .bool), (.times, .bool): fits = true
        case (.times, _): fits = value.intValue.map { (0...Self.timesLimit).contains($0) } ?? false
        case (.number(let range), _):
            fits = value.intValue.flatMap { Int(exactly: $0) }.map(range.contains) ?? false
        case (.duration, .string(let text)):
            guard let duration = Duration(unitText: text) else { return nil }
            return .int(duration.nanoseconds)
        case (.duration, _): fits = value == 0
        case (.word(let words), .string(let text)): fits = words.contains(text)
        default: fits = false
        }
        // In a ternary, `nil` would be JSON's null.
        guard fits else { return nil }
        return value
    }

    /// The value as users write it.
    func shown(_ kept: JSON) -> JSON {
        guard kind == .duration, let nanoseconds = kept.intValue, nanoseconds != 0 else { return kept }
        let units: [(Int64, String)] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1000, "us"), (1, "ns")]
        let unit = units.first { nanoseconds % $0.0 == 0 } ?? (1, "ns")
        return .string("\(nanoseconds / unit.0)\(unit.1)")
    }
}
