public import AssayCore
import AssayFormats

/// Writes run records as JSON lines; Documentation/record.md describes the form.
public enum RecordWriter {
    /// Appends one event as one line, with its line break. What was written can be read even if nothing follows.
    public static func write(_ event: RunEvent, into bytes: inout [UInt8]) {
        json(of: event).write(into: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// A whole record, one event a line: header, plan and series first, the end last.
    public static func render(_ record: RunRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        for event in events(of: record) { write(event, into: &bytes) }
        return bytes
    }

    /// The events that make this record when they are applied in order.
    static func events(of record: RunRecord) -> [RunEvent] {
        var events: [RunEvent] = [.header(record.header)]
        events += record.plan.map { [.plan($0)] } ?? []
        events += record.series.map(RunEvent.series)
        events += record.intervals.map(RunEvent.interval)
        events += record.tests.map(RunEvent.test)
        events += record.failures.map(RunEvent.failure)
        events += record.slowest.map(RunEvent.slow)
        events += record.steps.map(RunEvent.step)
        events += record.thresholds.map(RunEvent.threshold)
        events += record.coverage.map(RunEvent.coverage)
        events += record.notes.map(RunEvent.note)
        events += record.end.map { [.end($0)] } ?? []
        return events
    }

    private static func json(of event: RunEvent) -> JSON {
        switch event {
        case .header(let value): value.json
        case .plan(let value): value.json
        case .series(let value): value.json
        case .interval(let value): value.json
        case .test(let value): value.json
        case .failure(let value): value.json
        case .slow(let value): value.json
        case .threshold(let value): value.json
        case .step(let value): value.json
        case .coverage(let value): value.json
        case .note(let value): value.json
        case .end(let value): value.json
        }
    }
}
