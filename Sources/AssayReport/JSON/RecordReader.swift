public import AssayCore
import AssayFormats

/// Reads run records that ``RecordWriter`` wrote, also those of runs that were killed.
///
/// Codes: AS195 damaged line · AS196 higher version · AS197 no header · AS198 (warning) unknown event ·
/// AS199 (warning) cut-off last line.
public enum RecordReader {
    /// A record, and what a person should know of the file it came from.
    public struct Reading: Sendable {
        public var record: RunRecord
        public var warnings: [Diagnostic]
    }

    /// Reads a whole record.
    ///
    /// - Parameter file: the path to name in diagnostics.
    /// - Throws: the first thing that makes the record unusable: a damaged line, a higher version, no header.
    public static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> Reading {
        var warnings: [Diagnostic] = []
        var record: RunRecord?
        let endsWhole = bytes.last == UInt8(ascii: "\n")
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            let number = index + 1
            let isCutOff = !endsWhole && index == lines.count - 1
            switch parse(line) {
            case .failure(let error):
                guard isCutOff, record != nil else {
                    throw damaged(
                        "expected \(error.expected), found \(error.actual)", file, number,
                        column: error.column)
                }
                warnings.append(cutOff(file, number))
            case .success(let json):
                do throws(RecordFault) {
                    guard let event = try event(of: json, file: file, line: number, warnings: &warnings)
                    else { continue }
                    try apply(event, to: &record, json: json)
                } catch {
                    if error.member == "version" {
                        throw Diagnostic(
                            "AS196",
                            "this record has version \(error.expected), and this Assay reads up to \(RunRecord.version)",
                            at: SourceLocation(file: file, line: number, column: 1),
                            fix: "read it with the Assay that wrote it, or a newer one")
                    }
                    throw damaged("'\(error.member)' must be \(error.expected)", file, number, column: 1)
                }
            }
        }
        guard let record else {
            throw Diagnostic(
                "AS197", "a run record begins with a header line, and this file holds none",
                at: SourceLocation(file: file, line: 1, column: 1),
                fix: "give the record.jsonl of a run under .assay/runs")
        }
        return Reading(record: record, warnings: warnings)
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> Result<JSON, JSONError> {
        do throws(JSONError) { return .success(try JSON(parsing: Array(line))) } catch {
            return .failure(error)
        }
    }

    private static func apply(_ event: RunEvent, to record: inout RunRecord?, json: JSON) throws(RecordFault)
    {
        if case .header(let header) = event, record == nil {
            record = RunRecord(header: header)
            return
        }
        guard record != nil else {
            throw RecordFault(member: "type", expected: "\"header\" on the first line")
        }
        if case .interval(let interval) = event, let series = record?.series {
            for point in interval.points where !fits(point, series) {
                throw RecordFault(
                    member: "points", expected: "about series that an earlier line names, of the same kind")
            }
        }
        record?.apply(event)
    }

    private static func fits(_ point: SeriesPoint, _ series: [Series]) -> Bool {
        guard series.indices.contains(point.series) else { return false }
        return switch (point.value, series[point.series].kind) {
        case (.trend, .trend), (.counter, .counter), (.rate, .rate), (.gauge, .gauge): true
        default: false
        }
    }

    private static func event(
        of json: JSON, file: String, line: Int, warnings: inout [Diagnostic]
    ) throws(RecordFault) -> RunEvent? {
        let fields = try RecordFields(json, path: "")
        let type = try fields.string("type")
        switch type {
        case "header":
            let version = try fields.int("version")
            guard version <= RunRecord.version else {
                throw RecordFault(member: "version", expected: String(version))
            }
            return .header(try RunHeader(fields))
        case "plan": return .plan(try LoadPlan(fields))
        case "series": return .series(try Series(fields))
        case "interval": return .interval(try Interval(fields))
        case "test": return .test(try TestResult(fields))
        case "failure": return .failure(try FailureGroup(fields))
        case "slow": return .slow(try ExchangeSample(fields))
        case "threshold": return .threshold(try ThresholdResult(fields))
        case "step": return .step(try LoadStep(fields))
        case "coverage": return .coverage(try CoverageResult(fields))
        case "note": return .note(try Note(fields))
        case "end": return .end(try RunEnd(fields))
        default:
            warnings.append(
                Diagnostic(
                    "AS198", "this Assay does not know the event '\(type)' and skips it",
                    at: SourceLocation(file: file, line: line, column: 1), severity: .warning))
            return nil
        }
    }

    private static func cutOff(_ file: String, _ line: Int) -> Diagnostic {
        Diagnostic(
            "AS199", "the last line is cut off, as after a killed run; everything before it is used",
            at: SourceLocation(file: file, line: line, column: 1), severity: .warning)
    }

    private static func damaged(_ why: String, _ file: String, _ line: Int, column: Int) -> Diagnostic {
        Diagnostic(
            "AS195", "this line of the run record is damaged: \(why)",
            at: SourceLocation(file: file, line: line, column: column),
            fix: "the record cannot be used past this line; run again, or cut the file off here")
    }
}
