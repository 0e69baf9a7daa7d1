import AssayCore
import AssayFormats

/// A value made from a schema, and what there is to it.
struct GeneratedValue: Sendable, Hashable {
    var value: JSON
    /// `$.limit at its maximum`.
    var what: String
}

/// Everything that can be made from one schema, each value judged before it is given out.
///
/// The same schema and seed give the same values in the same order.
struct GeneratedValues {
    let source: SchemaSource
    let parts: [SchemaPart]
    /// The compiled schema; `nil` only in documents that could not be compiled there.
    let judge: JSONSchema
    var alphabet = TextAlphabet.any
    /// The value is written as text, of which null and lists of nothing leave nothing.
    var isArgument = false

    static let coverageLimit = 400
    private static let attempts = 24

    /// One value that holds.
    ///
    /// - Returns: why there is none, when there is none.
    func value(
        _ fullness: ValueMaker.Fullness, random: SeededRandom? = nil, prefersExamples: Bool = false
    ) -> Result<JSON, GenerationFailure> {
        var reason: String?
        for attempt in 0..<Self.attempts {
            var maker = ValueMaker(
                source, fullness,
                random: attempt == 0 ? random : (random ?? .init(seed: 11)).split(UInt64(attempt)),
                prefersExamples: prefersExamples && attempt == 0, alphabet: alphabet)
            guard let made = maker.value(of: parts) else {
                reason = reason ?? maker.reason
                continue
            }
            let violations = judge.violations(of: made, limit: 1)
            if violations.isEmpty, allows(made) { return .success(made) }
            reason = reason ?? violations.first.map { "the values made do not hold: \($0.expected)" }
        }
        return .failure(GenerationFailure(reason: reason ?? "no value that holds could be made"))
    }

    /// Whether a value can be sent where it is to stand.
    func allows(_ value: JSON) -> Bool {
        switch value {
        case .string(let text): alphabet.allows(text)
        case .null: !isArgument
        case .array(let items): (!isArgument || !items.isEmpty) && items.allSatisfy(allows)
        case .object(let members): (!isArgument || !members.isEmpty) && members.values.allSatisfy(allows)
        default: true
        }
    }

    /// Values at every bound, of every enumeration, with each optional member there and not there.
    func coverage() -> [GeneratedValue] {
        var coverage = ValueCoverage(source: source, alphabet: alphabet)
        var seen: Set<JSON> = []
        return coverage.values(ValueShape(parts, in: source), at: "$", depth: 0).filter { made in
            allows(made.value) && judge.accepts(made.value) && seen.insert(made.value).inserted
        }
    }

    /// Values that do not hold, each with why.
    func broken(isStrict: Bool) -> [BrokenValue] {
        var mutations = ValueMutations(source: source, isStrict: isStrict)
        var seen: Set<JSON> = []
        return mutations.values(ValueShape(parts, in: source), at: "$", depth: 0).filter { made in
            !judge.accepts(made.value) && seen.insert(made.value).inserted
        }
    }
}

/// Why nothing could be made for a schema.
struct GenerationFailure: Error, Hashable {
    /// One sentence without a full stop.
    var reason: String
}

/// A value that a schema does not accept.
struct BrokenValue: Sendable, Hashable {
    var value: JSON
    var rule: NegativeRule
    /// Where in the value, as a JSONPath.
    var path: String
    /// One sentence without a full stop.
    var words: String
}
