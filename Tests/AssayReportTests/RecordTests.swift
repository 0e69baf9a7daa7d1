import AssayCore
import AssayReport
import Testing

private func expectSame(_ left: RunRecord, _ right: RunRecord) {
    #expect(left.header == right.header)
    #expect(left.plan == right.plan)
    #expect(left.series == right.series)
    #expect(left.intervals == right.intervals)
    #expect(left.tests == right.tests)
    #expect(left.failures == right.failures)
    #expect(left.slowest == right.slowest)
    #expect(left.thresholds == right.thresholds)
    #expect(left.notes == right.notes)
    #expect(left.end == right.end)
}

private func read(_ text: String) throws -> RecordReader.Reading {
    try RecordReader.read(Array(text.utf8), file: "record.jsonl")
}

private let whole = String(decoding: RecordWriter.render(Sample.failing), as: UTF8.self)

@Test(
    "what was written is read back exactly",
    arguments: [
        Sample.passing, Sample.failing, Sample.hostileTests, Sample.load(seconds: 20, breaking: true),
    ])
func roundTrip(record: RunRecord) throws {
    let reading = try RecordReader.read(RecordWriter.render(record), file: "record.jsonl")
    #expect(reading.warnings.isEmpty)
    expectSame(reading.record, record)
}

@Test("extreme numbers survive: a seed and a count of 2⁶⁴ − 1, infinite and odd fractions")
func extremes() throws {
    var record = Sample.passing
    record.header.seed = .max
    record.series = [
        Series(metric: "a", kind: .counter), Series(metric: "b", kind: .gauge),
        Series(metric: "c", kind: .trend),
    ]
    record.intervals = [
        Interval(
            atNanoseconds: .max, lengthNanoseconds: 1,
            points: [
                .init(series: 0, value: .counter(.max)), .init(series: 1, value: .gauge(-.infinity)),
                .init(series: 1, value: .gauge(0.1 + 0.2)),
                .init(series: 2, value: .trend(HistogramSnapshot())),
            ])
    ]
    expectSame(try RecordReader.read(RecordWriter.render(record), file: "r").record, record)
}

@Test("a record of a higher version is refused with its line")
func higherVersion() {
    let text = whole.replacingFirst("\"version\":1", with: "\"version\":2")
    #expect {
        _ = try read(text)
    } throws: { error in
        let diagnostic = error as? Diagnostic
        return diagnostic?.code == "AS196" && diagnostic?.location?.line == 1
            && diagnostic?.message.contains("version 2") == true
    }
}

@Test("a damaged line in the middle is refused with file and line")
func damagedLine() {
    var lines = whole.split(separator: "\n").map(String.init)
    lines[2] = String(lines[2].dropLast(5))
    #expect {
        _ = try read(lines.joined(separator: "\n") + "\n")
    } throws: { error in
        let diagnostic = error as? Diagnostic
        return diagnostic?.code == "AS195" && diagnostic?.location?.line == 3
            && diagnostic?.location?.file == "record.jsonl"
    }
}

@Test("a wrong member is named with what belongs there")
func wrongMember() {
    #expect {
        _ = try read(whole.replacingFirst("\"level\":\"contract\"", with: "\"level\":7"))
    } throws: { ($0 as? Diagnostic)?.message.contains("'level' must be a string") == true }
}

@Test("a killed run's cut-off last line is a warning, and everything before it is there")
func cutOffLine() throws {
    let reading = try read(String(whole.dropLast(20)))
    #expect(reading.warnings.map(\.code) == ["AS199"])
    #expect(reading.record.tests == Sample.failing.tests)
    #expect(reading.record.end == nil)
}

@Test("an event of a later Assay is skipped with a warning")
func unknownEvent() throws {
    let reading = try read(whole + "{\"type\":\"telemetry\",\"x\":1}\n")
    #expect(reading.warnings.map(\.severity) == [.warning])
    #expect(reading.record.end == Sample.failing.end)
}

@Test(
    "a file without a header line is no record",
    arguments: ["", "\n", "{\"type\":\"note\"}\n", "hello\n", "[]"])
func noHeader(text: String) {
    #expect(throws: Diagnostic.self) { _ = try read(text) }
}

@Test("a point must name a series of its kind")
func unknownSeries() {
    let text =
        whole + "{\"type\":\"interval\",\"at\":0,\"length\":1,\"points\":[{\"series\":9,\"counter\":1}]}\n"
    #expect(throws: Diagnostic.self) { _ = try read(text) }
}

extension String {
    func replacingFirst(_ old: String, with new: String) -> String {
        guard let range = firstRange(of: old) else { return self }
        return self[..<range.lowerBound] + new + self[range.upperBound...]
    }
}
