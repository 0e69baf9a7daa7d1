extension Threshold {
    /// Reads `stat(metric{tag:value,…}) op value [over WINDOW] [from TIME] [, abort [after TIME] [from TIME]]`.
    ///
    /// - Parameters:
    ///   - text: one threshold.
    ///   - metrics: the names that may be used.
    ///   - location: where the text begins in its file; errors point at the part of it that is wrong.
    /// - Throws: AS100 (not of this form), AS101 (metric), AS102 (statistic), AS103 (statistic and metric do not fit),
    ///   AS104 (value), AS105 (unit missing or wrong), AS106 (window), AS107 (abort), AS108 (tags), AS109 (rest),
    ///   AS588 (time from which it counts).
    public static func parse(
        _ text: String, metrics: MetricRegistry = .standard, at location: SourceLocation? = nil
    ) throws(Diagnostic) -> Threshold {
        var parser = ThresholdParser(text: text, metrics: metrics, location: location)
        return try parser.threshold()
    }
}

/// One reading of one threshold; a cursor over the text's scalars.
struct ThresholdParser {
    let text: String
    let metrics: MetricRegistry
    let location: SourceLocation?
    private let scalars: [Unicode.Scalar]
    private var at = 0

    init(text: String, metrics: MetricRegistry, location: SourceLocation?) {
        self.text = text
        self.metrics = metrics
        self.location = location
        scalars = Array(text.unicodeScalars)
    }

    mutating func threshold() throws(Diagnostic) -> Threshold {
        let (statistic, statisticStart) = try statistic()
        let (metric, tags) = try metric()
        guard statistic.isAnswered(by: metric.kind) else {
            throw fail(
                "AS103", "\(metric.name) is a \(metric.kind.rawValue), which cannot answer this statistic",
                from: statisticStart, to: statisticStart + statisticLength(statisticStart),
                fix: "ask a \(metric.kind.rawValue) for \(Threshold.Statistic.spellings(for: metric.kind))")
        }
        var result = Threshold(
            text: text, statistic: statistic, metric: metric, tags: tags, comparison: .below, limit: 0)
        result.comparison = try comparison()
        result.limit = try limit(of: result)
        skipSpace()
        if takeWord("over") { result.window = try duration("AS106", after: "over", fix: "write `over 30s`") }
        skipSpace()
        let mark = at
        // `over 30s, from 1m` is as good as without the comma.
        if take(",") { skipSpace() }
        if takeWord("from") { result.judgedFrom = try start(fix: "write `from 30s`") } else { at = mark }
        try abort(&result)
        skipSpace()
        guard at == scalars.count else {
            throw fail(
                "AS109", "expected the end of the threshold, found \(found)", from: at,
                fix: "after the value only `over 30s`, `from 1m` and `, abort after 10s` may follow")
        }
        return result
    }

    /// `, abort [after TIME] [from TIME]`, if it is there.
    private mutating func abort(_ result: inout Threshold) throws(Diagnostic) {
        skipSpace()
        guard take(",") else { return }
        skipSpace()
        let start = at
        guard takeWord("abort") else {
            throw fail(
                "AS107", "expected 'abort' after the comma, found \(found)", from: start,
                fix: "write `, abort` or `, abort after 10s`")
        }
        skipSpace()
        result.abortAfter =
            takeWord("after")
            ? try duration("AS107", after: "after", zero: true, fix: "write `abort after 10s`") : .zero
        skipSpace()
        if takeWord("from") { result.abortFrom = try self.start(fix: "write `abort from 30s`") }
    }

    private mutating func start(fix: String) throws(Diagnostic) -> Duration {
        try duration("AS588", after: "from", fix: fix)
    }

    private func statisticLength(_ start: Int) -> Int { scalars[start...].prefix { $0 != "(" }.count }

    private mutating func statistic() throws(Diagnostic) -> (Threshold.Statistic, Int) {
        skipSpace()
        let start = at
        let word = takeWhile { Self.isLetter($0) || Self.isDigit($0) || $0 == "." || $0 == "_" }
        let listed = "p0…p100, avg, min, med, max, count, rate, value"
        guard !word.isEmpty else {
            throw fail(
                "AS100", "expected a statistic, found \(found)", from: start,
                fix: "write it like `p95(http.duration) < 500ms`; statistics are \(listed)")
        }
        skipSpace()
        if word == "p", take("(") {
            let number = takeWhile { Self.isDigit($0) || $0 == "." }
            throw fail(
                "AS102", "p(\(number)) is not a statistic here, percentiles are written without parentheses",
                from: start, to: at + 1, fix: "write `p\(number.isEmpty ? "95" : number)(…)`")
        }
        guard take("(") else {
            throw fail(
                "AS100", "expected '(' after '\(word)', found \(found)", from: at,
                fix: "name the metric in parentheses: `\(word)(http.duration)`")
        }
        if let known = Threshold.Statistic.words.first(where: { $0.0 == word }) { return (known.1, start) }
        let end = start + word.unicodeScalars.count
        if word.first == "p", word.dropFirst().first?.isNumber == true, let rank = Double(word.dropFirst()) {
            guard rank <= 100 else {
                throw fail(
                    "AS102", "expected a percentile from p0 to p100, found \(word)", from: start, to: end)
            }
            return (.percentile(rank), start)
        }
        let near = nearestName(to: word, among: Threshold.Statistic.words.map(\.0))
        throw fail(
            "AS102", "unknown statistic '\(word)', expected one of \(listed)", from: start, to: end,
            fix: near.map { "did you mean '\($0)'?" })
    }

    private mutating func metric() throws(Diagnostic) -> (Metric, [Series.Tag]) {
        skipSpace()
        let start = at
        let name = takeWhile { $0 != "{" && $0 != ")" && $0 != " " }
        guard let metric = metrics[name] else {
            throw fail(
                "AS101",
                name.isEmpty ? "expected a metric's name, found \(found)" : "unknown metric '\(name)'",
                from: start, to: at, fix: metrics.nearest(to: name).map { "did you mean '\($0)'?" })
        }
        skipSpace()
        var tags: [Series.Tag] = []
        if take("{") { tags = try self.tags() }
        skipSpace()
        guard take(")") else {
            throw fail("AS100", "expected ')' after the metric, found \(found)", from: at)
        }
        return (metric, tags)
    }

    /// `name:add, scenario:"a, b"}`: the brace before is read.
    private mutating func tags() throws(Diagnostic) -> [Series.Tag] {
        var tags: [Series.Tag] = []
        repeat {
            skipSpace()
            let start = at
            let key = takeWhile { $0 != ":" && $0 != "," && $0 != "}" && $0 != ")" }.trimmedSpaces
            guard !key.isEmpty, take(":") else {
                throw fail(
                    "AS108", "expected a tag as key:value, found \(key.isEmpty ? found : "'\(key)'")",
                    from: start, to: at, fix: "write `{name:login}`")
            }
            skipSpace()
            let quote: Unicode.Scalar? = take("\"") ? "\"" : take("'") ? "'" : nil
            let value: String
            if let quote {
                value = takeWhile { $0 != quote }
                guard take(quote) else {
                    throw fail("AS108", "the quoted value of tag '\(key)' does not end", from: start)
                }
            } else {
                value = takeWhile { $0 != "," && $0 != "}" }.trimmedSpaces
            }
            guard quote != nil || !value.isEmpty else {
                throw fail("AS108", "tag '\(key)' has no value", from: start, to: at)
            }
            guard !tags.contains(where: { $0.key == key }) else {
                throw fail("AS108", "tag '\(key)' is selected twice", from: start, to: at)
            }
            tags.append(Series.Tag(key, value))
            skipSpace()
        } while take(",")
        guard take("}") else { throw fail("AS108", "expected '}' after the tags, found \(found)", from: at) }
        return tags.sorted { $0.key < $1.key }
    }

    private mutating func comparison() throws(Diagnostic) -> Threshold.Comparison {
        skipSpace()
        let start = at
        let sign = takeWhile { "<>=!".unicodeScalars.contains($0) }
        if let comparison = Threshold.Comparison(rawValue: sign) { return comparison }
        let meant = ["=": "==", "===": "==", "=<": "<=", "=>": ">=", "!==": "!="][sign]
        throw fail(
            "AS100", "expected one of < <= > >= == !=, found \(sign.isEmpty ? found : "'\(sign)'")",
            from: start,
            to: at, fix: meant.map { "write `\($0)`" })
    }

    private mutating func limit(of threshold: Threshold) throws(Diagnostic) -> Double {
        skipSpace()
        let start = at
        let word = takeWhile { $0 != "," && $0 != " " }
        // `10 %` and `64 KiB` are as good without the space.
        let mark = at
        skipSpace()
        let next = takeWhile { $0 != "," && $0 != " " }
        let hasUnit = next != "over" && next != "from" && !next.isEmpty && Double(word) != nil
        if !hasUnit { at = mark }
        let value = hasUnit ? word + next : word
        guard !value.isEmpty else {
            throw fail(
                "AS104", "expected a value after '\(threshold.comparison.rawValue)', found \(found)",
                from: start)
        }
        if let limit = threshold.measure.limit(value) { return limit }
        if threshold.metric.kind == .gauge, threshold.measure == .count, let limit = Double(value),
            limit.isFinite
        {
            return limit
        }
        let expected = threshold.measure.example
        guard let first = value.first, first.isNumber || first == "." || first == "-" else {
            throw fail("AS104", "expected \(expected), found '\(value)'", from: start, to: at)
        }
        let bare = Double(value) != nil
        let fix = bare ? threshold.measure.suggestion(value).map { "write `\($0)`" } : nil
        throw fail(
            "AS105",
            bare && fix != nil
                ? "'\(value)' has no unit, expected \(expected)" : "expected \(expected), found '\(value)'",
            from: start, to: at, fix: fix)
    }

    private mutating func duration(
        _ code: DiagnosticCode, after word: String, zero: Bool = false, fix: String
    ) throws(Diagnostic) -> Duration {
        skipSpace()
        let start = at
        let value = takeWhile { $0 != "," && $0 != " " }
        guard let duration = Duration(unitText: value), zero || duration > .zero else {
            throw fail(
                code, "expected a time after '\(word)', found \(value.isEmpty ? found : "'\(value)'")",
                from: start, to: at, fix: fix)
        }
        return duration
    }

    // MARK: Cursor

    private var found: String { at < scalars.count ? "'\(scalars[at])'" : "the end" }

    private mutating func skipSpace() {
        while at < scalars.count, scalars[at] == " " || scalars[at] == "\t" { at += 1 }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard at < scalars.count, scalars[at] == scalar else { return false }
        at += 1
        return true
    }

    private mutating func takeWord(_ word: String) -> Bool {
        let wanted = Array(word.unicodeScalars)
        let end = at + wanted.count
        guard scalars[at...].starts(with: wanted), end == scalars.count || !Self.isLetter(scalars[end]) else {
            return false
        }
        at = end
        return true
    }

    private mutating func takeWhile(_ matches: (Unicode.Scalar) -> Bool) -> String {
        let part = scalars[at...].prefix(while: matches)
        at += part.count
        return String(String.UnicodeScalarView(part))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { ("0"..."9").contains(scalar) }
    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isAlphabetic }

    private func fail(
        _ code: DiagnosticCode, _ message: String, from start: Int, to end: Int? = nil, fix: String? = nil
    ) -> Diagnostic {
        let length = max(1, (end ?? start + 1) - start)
        let base = location ?? SourceLocation(file: "threshold", line: 1, column: 1)
        return Diagnostic(
            code, message,
            at: SourceLocation(file: base.file, line: base.line, column: base.column + start, length: length),
            line: location == nil || base.column == 1 ? text : nil, fix: fix)
    }
}

extension String {
    fileprivate var trimmedSpaces: String {
        var rest = self[...]
        while rest.last == " " { rest.removeLast() }
        while rest.first == " " { rest.removeFirst() }
        return String(rest)
    }
}
