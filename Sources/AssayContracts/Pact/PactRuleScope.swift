/// The rules that concern one place of a document and what is below it.
///
/// Going down a document narrows it step by step, so that no path is compared twice. The heaviest path wins: each part
/// that is named counts double, and what is longer counts more.
struct PactRuleScope {
    private struct Candidate {
        var entry: PactRuleSet.Entry
        /// Product of the weights of its parts so far.
        var weight: Int
        /// Parts that are compared already.
        var passed: Int
        var isWhole: Bool { passed == entry.path.tokens.count }
    }

    /// The rules that are for this place.
    struct Choice {
        var list: PactRuleList
        /// They stand at a place above, and reach down to this one.
        var isCascaded: Bool
    }

    private var candidates: [Candidate]
    private var depth: Int

    /// At the root of a document.
    init(_ rules: PactRuleSet) {
        depth = 1
        candidates = rules.entries.compactMap { entry in
            guard let first = entry.path.tokens.first else {
                return Candidate(entry: entry, weight: 1, passed: 0)
            }
            return first == .root ? Candidate(entry: entry, weight: 2, passed: 1) : nil
        }
    }

    /// At a place whose elements or members all have these rules, and nothing else has any.
    init(eachBelow rules: [PactRule]) {
        depth = 1
        let path = PactPath(tokens: [.root, .star])
        candidates = [
            Candidate(entry: PactRuleSet.Entry(path, PactRuleList(rules)), weight: 2, passed: 1)
        ]
    }

    /// At a member or element.
    func below(_ part: String) -> PactRuleScope {
        var scope = self
        scope.depth = depth + 1
        scope.candidates = candidates.compactMap { candidate in
            guard !candidate.isWhole else { return candidate }
            let weight = candidate.entry.path.tokens[candidate.passed].weight(of: part)
            guard weight > 0 else { return nil }
            var candidate = candidate
            candidate.weight = min(candidate.weight, 1 << 40) * weight
            candidate.passed += 1
            return candidate
        }
        return scope
    }

    /// `nil` when values here are compared for equality.
    var choice: Choice? {
        var best: Candidate?
        for candidate in candidates where candidate.isWhole {
            let weight = candidate.weight * candidate.entry.path.tokens.count
            // Of two that weigh the same the later counts.
            if let best, best.weight * best.entry.path.tokens.count > weight { continue }
            best = candidate
        }
        return best.map { Choice(list: $0.entry.list, isCascaded: $0.entry.path.tokens.count != depth) }
    }

    var hasRules: Bool { candidates.contains { $0.isWhole } }

    /// Whether a rule here or above asks for types.
    var asksForTypes: Bool {
        candidates.contains { $0.isWhole && $0.entry.list.rules.contains { $0.isType } }
    }

    /// Whether a rule of exactly this place is one of those that let names differ.
    var letsNamesDiffer: Bool {
        candidates.contains { candidate in
            candidate.isWhole && candidate.entry.path.tokens.count == depth
                && candidate.entry.list.rules.contains {
                    switch $0 {
                    case .values, .eachKey, .eachValue: true
                    default: false
                    }
                }
        }
    }

    /// The rules for the names of members here.
    var keyRules: [PactRule] {
        guard let choice, !choice.isCascaded else { return [] }
        return choice.list.rules.flatMap { rule -> [PactRule] in
            if case .eachKey(let rules) = rule { rules } else { [] }
        }
    }
}
