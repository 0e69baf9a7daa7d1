internal import AssayCore
internal import AssayFormats

/// Which runs of the history are asked for; what is `nil` does not matter.
struct RunFilter: Sendable {
    var id: Int64?
    var kind: RunHeader.Kind?
    var profile: String?
    var verdict: Verdict.Status?
    var branch: String?
    /// How its commit begins.
    var commit: String?
    /// Milliseconds since 1970 UTC.
    var sinceMilliseconds: Int64?
    /// Only runs before this one.
    var before: Int64?

    init() {}

    /// The condition of a query on `runs`, and its values.
    func condition(project: String?) -> (text: String, values: [HistoryValue]) {
        var parts: [String] = []
        var values: [HistoryValue] = []
        func need(_ text: String, _ value: HistoryValue?) {
            guard let value else { return }
            parts.append(text)
            values.append(value)
        }
        need("project = ?", project.map(HistoryValue.text))
        need("id = ?", id.map(HistoryValue.int))
        need("kind = ?", kind.map { .text($0.rawValue) })
        need("name = ?", profile.map(HistoryValue.text))
        need("verdict = ?", verdict.map { .text($0.rawValue) })
        need("branch = ?", branch.map(HistoryValue.text))
        if let commit {
            // A commit's letters are none that a pattern knows; others match nothing.
            need(#""commit" like ?"#, .text(commit.filter { $0.isLetter || $0.isNumber } + "%"))
        }
        need("started >= ?", sinceMilliseconds.map(HistoryValue.int))
        need("id < ?", before.map(HistoryValue.int))
        return (parts.isEmpty ? "" : "where " + parts.joined(separator: " and "), values)
    }

    /// Reads `7d`, `12h`, `2026-11-01`, `2026-11-01T10:15:00Z`.
    ///
    /// - Returns: milliseconds since 1970 UTC; `nil` when the text is neither.
    static func moment(_ text: String, now: Int64) -> Int64? {
        if let age = Duration(unitText: text) { return now - age.nanoseconds / 1_000_000 }
        let parts = text.split { "-T:Z ".contains($0) }.map { Int64($0) }
        guard parts.count >= 3, parts.count <= 6, !parts.contains(nil), text.utf8.prefix(4).allSatisfy({ $0 >= 48 })
        else { return nil }
        let numbers = parts.compactMap(\.self)
        guard (1970...9999).contains(numbers[0]), (1...12).contains(numbers[1]), (1...31).contains(numbers[2])
        else { return nil }
        let clock = numbers.dropFirst(3) + [0, 0, 0]
        let day = days(year: numbers[0], month: numbers[1], day: numbers[2])
        let first = clock.startIndex
        return (day * 86_400 + clock[first] * 3600 + clock[first + 1] * 60 + clock[first + 2]) * 1000
    }

    /// Since 1970. Source: Howard Hinnant's days_from_civil.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
