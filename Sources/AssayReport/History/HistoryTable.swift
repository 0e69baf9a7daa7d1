public import AssayCore

/// A test with how flaky it was.
public struct FlakinessLine: Sendable {
    public var test: PastTest
    public var runs: Int
    public var retried: Int
    public var flips: Int
    /// 0...1
    public var rate: Double

    public init(test: PastTest, runs: Int, retried: Int, flips: Int, rate: Double) {
        self.test = test
        self.runs = runs
        self.retried = retried
        self.flips = flips
        self.rate = rate
    }
}

/// What `assay history` prints.
public struct HistoryTable: Sendable {
    public var style: Style
    public var width: Int
    /// How many results of a test are drawn.
    private static let sparkCount = 20

    public init(style: Style = .plain, width: Int = 100) {
        self.style = style
        self.width = max(40, width)
    }

    // MARK: runs

    /// A line a run, newest first.
    public func runs(_ runs: [PastRun]) -> String {
        guard !runs.isEmpty else { return "no run is in the history\n" }
        return aligned(
            runs.map { run in
                let commit = run.commit.map { $0.prefix(8) + (run.isChanged ? "+" : "") } ?? "–"
                return [
                    .init("\(run.id)", .grey, isRight: true), .init(time(run.startedAtMilliseconds), .grey),
                    .init(run.kind.rawValue),
                    .init(run.verdict.rawValue, Self.colour(run.verdict)), .init(Self.counts(run)),
                    .init(shortText(nanoseconds: Double(run.durationNanoseconds)), isRight: true),
                    .init(String(commit) + (run.branch.map { " \($0)" } ?? ""), .grey), .init(run.name),
                    .init(run.folder, .grey),
                ]
            })
    }

    static func counts(_ run: PastRun) -> String {
        let counts = run.counts
        guard run.kind == .test else {
            let thresholds = counts.passed + counts.failed + counts.skipped
            return "\(counts.passed) of \(thresholds) thresholds held, \(grouped(counts.requests)) requests"
        }
        var parts = ["\(counts.passed) passed" + (counts.flaky > 0 ? " (\(counts.flaky) flaky)" : "")]
        if counts.failed > 0 { parts.append("\(counts.failed) failed") }
        if counts.quarantined > 0 { parts.append("\(counts.quarantined) quarantined") }
        if counts.skipped > 0 { parts.append("\(counts.skipped) skipped") }
        return parts.joined(separator: ", ")
    }

    static func colour(_ verdict: Verdict.Status) -> Style.Colour {
        verdict == .passed ? .green : verdict == .failed ? .red : .yellow
    }

    // MARK: tests

    /// A line a test: results drawn, share that passed, when it last ran.
    public func tests(_ tests: [PastTest]) -> String {
        guard !tests.isEmpty else { return "no test is in the history\n" }
        return aligned(
            tests.map { test in
                let judged = test.results.compactMap(\.hasPassed)
                let passed = judged.count { $0 }
                return [
                    .init(Self.spark(test.results)),
                    .init("\(passed) of \(judged.count) passed", passed == judged.count ? .green : .red),
                    .init(time(test.lastSeenMilliseconds), .grey), .init(test.title), .init(test.file, .grey),
                ]
            }) + Self.legend
    }

    /// A line a test: how flaky it was, and why that is said.
    public func flaky(_ lines: [FlakinessLine]) -> String {
        guard !lines.isEmpty else { return "no test was flaky\n" }
        return aligned(
            lines.map { line in
                [
                    .init(percentText(line.rate), .yellow, isRight: true),
                    .init(Self.spark(line.test.results)),
                    .init("\(line.retried) retried, \(line.flips) flipped, of \(line.runs)"),
                    .init(time(line.test.lastSeenMilliseconds), .grey), .init(line.test.title),
                    .init(line.test.file, .grey),
                ]
            }) + Self.legend
    }

    /// Tests with a line a result, newest first.
    public func results(_ tests: [PastTest]) -> String {
        tests.map { test in
            let title = Columns.fit(ForeignText.line("\(test.title)   \(test.file)"), width)
            return style.paint(title, .cyan, bold: true) + "\n"
                + aligned(
                    test.results.reversed().map { result in
                        let (word, colour) = Self.word(result)
                        return [
                            .init("  " + time(result.startedAtMilliseconds), .grey), .init(word, colour),
                            .init(shortText(nanoseconds: Double(result.durationNanoseconds)), isRight: true),
                            .init(result.attempts > 1 ? "\(result.attempts) tries" : ""),
                            .init(result.commit.map { String($0.prefix(8)) } ?? "–", .grey),
                            .init(result.folder, .grey), .init(result.reason ?? ""),
                        ]
                    })
        }.joined(separator: "\n")
    }

    private static func word(_ result: PastResult) -> (String, Style.Colour) {
        switch result.status {
        case .passed where result.isFlaky: ("flaky", .yellow)
        case .passed: ("passed", .green)
        case .failed: (result.isDrift ? "drifted" : "failed", .red)
        case .quarantined, .skipped, .interrupted: (result.status.rawValue, .yellow)
        }
    }

    /// The last results, oldest first.
    static func spark(_ results: [PastResult]) -> String {
        String(
            results.suffix(sparkCount).map { result -> Character in
                switch result.status {
                case .passed: result.isFlaky ? "▄" : "▁"
                case .failed, .quarantined: "█"
                case .skipped, .interrupted: "·"
                }
            })
    }

    private static let legend = "\n▁ passed   ▄ flaky   █ failed   · not judged\n"

    /// Minute of a wall clock, UTC: `2026-11-21 10:15`.
    public func time(_ milliseconds: Int64) -> String {
        String(dateText(milliseconds: milliseconds).prefix(16))
    }

    // MARK: columns

    /// One place of a table; control characters become visible.
    public struct Cell: Sendable {
        var text: String
        var colour: Style.Colour?
        var isRight: Bool

        public init(_ text: String, _ colour: Style.Colour? = nil, isRight: Bool = false) {
            self.text = ForeignText.line(text)
            self.colour = colour
            self.isRight = isRight
        }
    }

    /// Columns as wide as their widest cell; a line that is too long for the terminal ends in `…`.
    ///
    /// - Parameter rows: each with the same number of cells; a column without text takes no place.
    public func aligned(_ rows: [[Cell]]) -> String {
        let count = rows.first?.count ?? 0
        let widths = (0..<count).map { column in rows.map { Columns.width($0[column].text) }.max() ?? 0 }
        return rows.map { row in
            let last = row.lastIndex { !$0.text.isEmpty } ?? 0
            let cells = row.enumerated().filter { $0.offset <= last && widths[$0.offset] > 0 }.map {
                column, cell in
                let text =
                    cell.isRight
                    ? Columns.right(cell.text, widths[column])
                    : column == last ? cell.text : Columns.padded(cell.text, widths[column])
                return cell.colour.map { style.paint(text, $0) } ?? text
            }
            return Columns.fitPainted(cells.joined(separator: "  "), width) + "\n"
        }.joined()
    }
}
