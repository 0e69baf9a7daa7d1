internal import AssayCore

extension K6Threshold {
    /// What is wrong with a threshold, in one sentence.
    struct Problem: Error {
        var text: String
        var fix: String?
    }

    /// In the order in which k6 looks for them.
    private static let comparisons: [(String, Threshold.Comparison)] = [
        ("<=", .atMost), ("<", .below), (">=", .atLeast), (">", .above), ("===", .equal), ("==", .equal),
        ("!=", .unequal),
    ]
    private static let words: [(String, Method)] = [
        ("value", .value), ("count", .count), ("rate", .rate), ("avg", .average), ("min", .minimum),
        ("med", .median), ("max", .maximum),
    ]

    /// Reads `method op number` of a metric's key, by k6's grammar.
    init(_ draft: K6ThresholdDraft) throws(Problem) {
        let (metric, tags) = try Self.selection(draft.key)
        let (left, comparison, right) = try Self.parts(draft)
        guard let limit = Double(right), limit.isFinite else {
            throw Problem(text: "expected a number after the comparison, found '\(right)'")
        }
        self.init(
            key: draft.key, metric: metric, tags: tags, source: draft.source, method: try Self.method(left),
            comparison: comparison, limit: limit)
        abortOnFail = draft.abortOnFail
        delayAbortEval = draft.delayAbortEval
    }

    private static func parts(
        _ draft: K6ThresholdDraft
    ) throws(Problem) -> (String, Threshold.Comparison, String) {
        for (sign, comparison) in comparisons {
            guard let place = draft.source.firstRange(of: sign) else { continue }
            let right = String(draft.source[place.upperBound...])
            if right.isEmpty { continue }
            let left = String(draft.source[..<place.lowerBound])
            return (left.withoutSpaces, comparison, right.withoutSpaces)
        }
        throw Problem(
            text: "an expression is an aggregation method, a comparison and a number",
            fix: "write it like 'p(95)<500' or 'rate>0.99'")
    }

    private static func method(_ text: String) throws(Problem) -> Method {
        if let known = words.first(where: { $0.0 == text }) { return known.1 }
        guard text.hasPrefix("p("), text.hasSuffix(")") else {
            let rank = text.first == "p" ? Double(text.dropFirst()) : nil
            let near =
                rank == nil ? nearestName(to: text, among: words.map(\.0)) : "p(\(text.dropFirst()))"
            throw Problem(
                text: "there is no aggregation method '\(text)'",
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "methods are avg, min, med, max, p(N), count, rate and value")
        }
        let number = text.dropFirst(2).dropLast()
        guard let rank = Double(number), rank >= 0, rank <= 100 else {
            throw Problem(text: "a percentile is a number from 0 to 100, found '\(number)'")
        }
        return .percentile(rank)
    }

    /// `http_req_duration{status:200,name:"a"}` in its parts.
    static func selection(_ key: String) throws(Problem) -> (metric: String, tags: [Series.Tag]) {
        let (open, close) = (key.firstIndex(of: "{"), key.lastIndex(of: "}"))
        guard open != nil || close != nil else { return (key, []) }
        guard let open, let close, open < close, key.index(after: close) == key.endIndex else {
            throw Problem(
                text: "the braces of '\(key)' do not match", fix: "write it like 'metric{tag:value}'")
        }
        var tags: [Series.Tag] = []
        for pair in key[key.index(after: open)..<close].split(
            separator: ",", omittingEmptySubsequences: false)
        {
            let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[1].isEmpty else {
                throw Problem(
                    text: "expected a tag as name:value, found '\(pair)'",
                    fix: "write it like 'metric{tag:value}'")
            }
            let tag = Series.Tag(String(parts[0]).withoutQuotes, String(parts[1]).withoutQuotes)
            // A tag that is written twice counts once, with its last value.
            tags.removeAll { $0.key == tag.key }
            tags.append(tag)
        }
        return (String(key[..<open]), tags)
    }
}

extension String {
    /// Without white space at both ends.
    var withoutSpaces: String { trimming { $0.isWhitespace } }

    /// Without white space and the quotes inside of it, at both ends.
    var withoutQuotes: String { withoutSpaces.trimming { $0 == "\"" || $0 == "'" } }

    private func trimming(_ isCut: (Character) -> Bool) -> String {
        var rest = self[...]
        while let last = rest.last, isCut(last) { rest.removeLast() }
        while let first = rest.first, isCut(first) { rest.removeFirst() }
        return String(rest)
    }

    /// Where a text first stands in this one.
    func firstRange(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
