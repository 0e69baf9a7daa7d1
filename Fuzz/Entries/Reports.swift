import AssayCore
import AssayPolicy

/// Any bytes as a runner's JUnit: results with places and times that make sense, or a diagnostic.
public func fuzzJUnit(_ bytes: [UInt8]) {
    do throws(Diagnostic) {
        for test in try JUnitReader.read(bytes, file: "fuzz.xml", level: "unit") {
            precondition(test.durationNanoseconds >= 0 && test.location.line > 0)
            precondition(
                test.status != .failed || test.steps.contains { $0.status == .failed }, "a failure says why")
            precondition(test.status != .skipped || test.reason?.isEmpty == false, "a skip says why")
        }
    } catch {
        precondition(!error.rendered().isEmpty)
    }
}

/// Any bytes as a coverage report: never more covered than there is, and merging a report with itself changes nothing.
public func fuzzCoverage(_ bytes: [UInt8]) {
    guard let report = try? CoverageReader.read(bytes, file: "fuzz") else { return }
    var twice = report
    twice.merge(report)
    precondition(twice.files == report.files, "a report merged with itself is another")
    for file in report.files {
        precondition(0 <= file.covered && file.covered <= file.total, "more is covered than there is")
        let ranges = file.uncoveredLines
        precondition(
            zip(ranges, ranges.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound }, "out of order")
        precondition(
            file.covered < file.total || ranges.isEmpty, "all is covered, and still something is missing")
    }
}
