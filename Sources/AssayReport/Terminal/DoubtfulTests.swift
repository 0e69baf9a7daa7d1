import AssayCore

extension TestSummary {
    /// Tests whose result is not the plain one: passed on a further try only, or failed without counting.
    func doubtful(_ tests: [TestResult]) -> [String] {
        let flaky = tests.filter(\.isListedAsFlaky)
        let quarantined = tests.filter { $0.status == .quarantined }
        var lines: [String] = []
        if !flaky.isEmpty {
            lines += heading("\(flaky.count) flaky: passed only when tried again")
            for test in flaky {
                lines += headline(test, test.flakyText)
                lines += furtherTries(test)
            }
        }
        if !quarantined.isEmpty {
            lines += heading("\(quarantined.count) quarantined: failed, and does not count")
            for test in quarantined {
                lines += headline(test, "")
                if let quarantine = test.quarantine { lines += indented("quarantine: \(quarantine.text)", 4) }
                lines += test.whys.flatMap { indented($0, 4) }
            }
        }
        return lines + repetitions(tests)
    }

    /// All repetitions in one line; failed ones stand above with their counts.
    private func repetitions(_ tests: [TestResult]) -> [String] {
        let counts = tests.compactMap(\.repetitions)
        guard let planned = counts.map(\.planned).max() else { return [] }
        let (passed, judged) = (counts.reduce(0) { $0 + $1.passed }, counts.reduce(0) { $0 + $1.judged })
        let text = "\(grouped(passed)) of \(grouped(judged)) passed, up to \(grouped(planned)) of each test"
        return ["", style.paint("repetitions", .grey) + Columns.fit("  " + text, width - 11)]
    }

    private func heading(_ text: String) -> [String] {
        ["", style.paint(Columns.fit(text, width), .yellow, bold: true)]
    }

    private func headline(_ test: TestResult, _ note: String) -> [String] {
        let (mark, colour) = Self.mark(test)
        let place = "\(test.location.file):\(test.location.line)"
        let text = ["\(test.level) › \(test.title)", note, place].filter { !$0.isEmpty }
        let shown = Columns.fit(ForeignText.line(text.joined(separator: "   ")), width - 4)
        return ["  " + style.paint(mark, colour) + " " + shown]
    }

    /// The tries besides the one that is shown in full.
    func furtherTries(_ test: TestResult) -> [String] {
        let tries = Array(test.attempts.enumerated())
        return (test.isFlaky ? tries.dropLast() : tries.dropFirst()).flatMap { attemptLine($1, $0 + 1) }
    }

    private func attemptLine(_ attempt: TestResult.Attempt, _ number: Int) -> [String] {
        let took = shortText(nanoseconds: Double(attempt.durationNanoseconds))
        return [
            "    "
                + Columns.fit(ForeignText.line("try \(number) after \(took): \(attempt.summary)"), width - 4)
        ]
    }
}
