public import AssayCore
import AssayFormats

/// Reads JUnit XML as other test runners write it.
///
/// Read are pytest, gotestsum and go-junit-report, Maven surefire, Jest (jest-junit), `swift test --xunit-output`,
/// cargo-nextest, PHPUnit and ctest: suites nested in any depth, cases with `failure`, `error`, `skipped`, and
/// surefire's `rerunFailure` and `flakyFailure`. Everything else in the file is passed over.
public enum JUnitReader {
    /// The tag of a test that failed first and passed when its runner tried again.
    public static let flakyTag = "flaky"
    /// More tests than this in one file are refused.
    public static let testLimit = 500_000

    /// The tests of a file, in its order, all of one level.
    ///
    /// - Parameters:
    ///   - file: its path, for messages; also the place of a test that names none.
    ///   - level: what the tests belong to.
    /// - Returns: results that begin at 0, for the caller to place in time; empty when the file holds no test.
    /// - Throws: AS220 and AS221 for what is no XML, AS223 for XML that is no JUnit.
    public static func read(_ bytes: [UInt8], file: String, level: String) throws(Diagnostic) -> [TestResult]
    {
        var reading = JUnitReading(xml: try XMLReader(bytes, file: file), level: level)
        return try reading.tests()
    }
}

/// One JUnit file while it is read.
private struct JUnitReading {
    var xml: XMLReader
    let level: String
    private var found: [TestResult] = []
    /// Names of the suites that are open, outermost first.
    private var suites: [String] = []

    private static let textLimitBytes = 64 << 10

    init(xml: XMLReader, level: String) {
        self.xml = xml
        self.level = level
    }

    mutating func tests() throws(Diagnostic) -> [TestResult] {
        var isFirst = true
        while let event = try xml.next() {
            switch event.kind {
            case .start(let name, let attributes):
                if isFirst { try checkRoot(name, event) }
                isFirst = false
                switch name {
                case "testsuites", "testsuite": suites.append(attributes["name"] ?? "")
                case "testcase": try testCase(attributes, event)
                default: try xml.skip()
                }
            case .end: _ = suites.popLast()
            case .text: break
            }
        }
        return found
    }

    private func checkRoot(_ name: String, _ event: XMLEvent) throws(Diagnostic) {
        guard name != "testsuites", name != "testsuite" else { return }
        throw Diagnostic(
            "AS223", "this is no JUnit XML: it begins with <\(name)>, expected <testsuites> or <testsuite>",
            at: xml.location(event))
    }

    private mutating func testCase(_ attributes: [XMLAttribute], _ event: XMLEvent) throws(Diagnostic) {
        guard found.count < JUnitReader.testLimit else {
            throw Diagnostic(
                "AS223", "the JUnit file names more than \(grouped(JUnitReader.testLimit)) tests",
                at: xml.location(event))
        }
        var outcome = CaseOutcome()
        loop: while let inner = try xml.next() {
            switch inner.kind {
            case .start(let name, let attributes): try child(name, attributes, &outcome)
            case .end: break loop
            case .text: break
            }
        }
        if ["notrun", "disabled", "skipped"].contains(attributes["status"] ?? "") {
            outcome.skipped = outcome.skipped ?? attributes["status"]
        }
        found.append(result(attributes, outcome, at: xml.location(event)))
    }

    private mutating func child(
        _ name: String, _ attributes: [XMLAttribute], _ outcome: inout CaseOutcome
    ) throws(Diagnostic) {
        switch name {
        case "failure", "error", "rerunFailure", "rerunError", "flakyFailure", "flakyError":
            let text = try xml.text(limitBytes: Self.textLimitBytes)
            let fault = CaseFault(
                type: attributes["type"] ?? "", message: attributes["message"] ?? "", text: text)
            switch name {
            case "failure", "error": outcome.faults.append(fault)
            // What the tries after the first one said adds nothing to its failure but their number.
            case "rerunFailure", "rerunError": outcome.reruns += 1
            default: outcome.flaky.append(fault)
            }
        case "skipped":
            let text = try xml.text(limitBytes: Self.textLimitBytes)
            outcome.skipped = attributes["message"] ?? text.trimmed
        case "system-out": outcome.output += try xml.text(limitBytes: Self.textLimitBytes)
        case "system-err": outcome.errors += try xml.text(limitBytes: Self.textLimitBytes)
        default: try xml.skip()
        }
    }

    private func result(
        _ attributes: [XMLAttribute], _ outcome: CaseOutcome, at place: SourceLocation
    ) -> TestResult {
        var location = place
        if let file = attributes["file"], !file.isEmpty {
            let line = attributes["line"].flatMap { Int($0) } ?? 1
            location = SourceLocation(file: file, line: max(1, line), column: 1)
        }
        var result = TestResult(
            level: level, scenario: title(attributes), location: location, status: outcome.status,
            startedAtNanoseconds: 0, durationNanoseconds: Self.nanoseconds(attributes["time"]))
        switch result.status {
        case .failed:
            result.steps = outcome.faults.map { $0.step(result) }
            result.logs = outcome.logs
            if outcome.reruns > 0 {
                result.reason =
                    "failed, and again in \(outcome.reruns) more \(outcome.reruns == 1 ? "try" : "tries")"
            }
        case .skipped:
            let why = outcome.skipped ?? ""
            result.reason = why.isEmpty ? "skipped by its runner" : why
        case .passed where !outcome.flaky.isEmpty:
            result.tags = [JUnitReader.flakyTag]
            result.reason =
                "passed on try \(outcome.flaky.count + 1); before: \(outcome.flaky.map(\.headline).joined(separator: "; "))"
            let failed = outcome.flaky.map { fault in
                TestResult.Attempt(
                    status: .failed, reason: fault.headline, startedAtNanoseconds: 0, durationNanoseconds: 0,
                    failure: fault.step(result))
            }
            result.attempts = failed + [TestResult.Attempt(result)]
        case .passed, .interrupted, .quarantined: break
        }
        return result
    }

    /// `class › name`; a class that the name repeats is left out, and a suite stands in for one that is missing.
    private func title(_ attributes: [XMLAttribute]) -> String {
        let name = attributes["name"] ?? ""
        let owner = [attributes["classname"], attributes["class"], suites.last].lazy.compactMap(\.self)
            .first { !$0.isEmpty }
        guard let owner, !name.isEmpty else { return name.isEmpty ? owner ?? "(no name)" : name }
        return name.hasPrefix(owner) ? name : "\(owner) › \(name)"
    }

    /// Seconds as written, also with the thousands' commas of older surefire versions; 0 when there are none.
    private static func nanoseconds(_ text: String?) -> Int64 {
        let digits = (text ?? "").filter { $0 != "," && $0 != " " }
        guard let seconds = Double(digits), seconds > 0, seconds < 1e9 else { return 0 }
        return Int64((seconds * 1e9).rounded())
    }
}

/// What the elements inside a `testcase` say.
private struct CaseOutcome {
    var faults: [CaseFault] = []
    var flaky: [CaseFault] = []
    var reruns = 0
    var skipped: String?
    var output = ""
    var errors = ""

    private static let logLines = 20

    var status: TestResult.Status { !faults.isEmpty ? .failed : skipped != nil ? .skipped : .passed }

    var logs: [TestResult.LogTail] {
        [("system-out", output), ("system-err", errors)].compactMap { name, text in
            let lines = text.lines.suffix(Self.logLines)
            return lines.isEmpty ? nil : TestResult.LogTail(service: name, lines: Array(lines))
        }
    }
}

/// A `failure` or an `error`.
private struct CaseFault {
    var type: String
    var message: String
    /// Usually the trace.
    var text: String

    private static let shownLines = 60
    private static let shownCharacters = 2000

    var headline: String { message.lines.first ?? text.lines.first ?? (type.isEmpty ? "it failed" : type) }

    func step(_ test: TestResult) -> StepResult {
        let trace = text.lines
        let said = message.isEmpty ? trace.first ?? "it failed" : message.lines.joined(separator: "\n")
        // A runner that has only one text often writes it twice.
        let detail = trace.joined(separator: "\n") == said ? [] : trace.prefix(Self.shownLines)
        let more = trace.count > Self.shownLines ? ["… \(trace.count - Self.shownLines) more lines"] : []
        return StepResult(
            name: type.isEmpty ? "failure" : type, kind: "test", location: test.location, status: .failed,
            startedAtNanoseconds: 0, durationNanoseconds: test.durationNanoseconds,
            mismatches: [
                Mismatch(
                    subject: "the test", expected: "to pass",
                    actual: String(said.prefix(Self.shownCharacters)),
                    diff: detail.isEmpty ? nil : (detail + more).joined(separator: "\n"))
            ])
    }
}

extension [XMLAttribute] {
    fileprivate subscript(name: String) -> String? { first { $0.name == name }?.value }
}

extension String {
    /// Lines without the empty ones at both ends, and without the spaces at the end of each.
    fileprivate var lines: [String] {
        let all = split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }.map { line in
            String(line.reversed().drop { $0 == " " || $0 == "\t" || $0 == "\r" }.reversed())
        }
        return Array(all.drop(while: \.isEmpty).reversed().drop(while: \.isEmpty).reversed())
    }

    fileprivate var trimmed: String { lines.joined(separator: "\n") }
}
