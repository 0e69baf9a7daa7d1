import AssayCore
import AssayFormats
import Testing

@testable import AssayImport

@Suite("Artillery: what is said of a script")
struct ArtilleryDiagnosticsTests {
    @Test(
        "Each problem is said with its place",
        arguments: [
            ("- got: {url: /}", "error[AS605] 6:9 'got' is no step | did you mean 'get'?"),
            (
                "- get: /",
                "error[AS605] 6:14 expected a mapping with `url`, found the text '/' | write `get: {url: …}`"
            ),
            ("- get: {name: a}", "error[AS605] 6:9 a request needs a `url` | add `url: /path`"),
            (
                "- get: {url: path}",
                "error[AS605] 6:20 expected an address that begins with / or http, found 'path'"
            ),
            (
                "- get: {url: /, header: {a: b}}",
                "warning[AS606] 6:23 Artillery knows no 'header' in a request, so it is passed over | did you mean 'headers'?"
            ),
            (
                "- get: {url: /}\n  capture: {json: a, as: b}",
                "warning[AS606] 7:9 a step is its first key, 'get'; 'capture' is passed over | indent it by one more step to make it a part of 'get'"
            ),
            (
                "- get: {url: /, expect: {statusCode: 200}}",
                "warning[AS608] 6:31 `expect` is left out | switch the plugin on: `config: {plugins: {expect: {}}}`"
            ),
            (
                "- get: {url: /, ifTrue: \"a ==\"}",
                "warning[AS609] 6:35 this condition cannot be read, so the request is always made: expected a value, found the end"
            ),
            (
                "- get: {url: \"/{{ $faker(1) }}\"}",
                "error[AS610] 6:20 `$faker(…)` cannot be called: there is no such function | there are $randomNumber(a, b) and $randomString(n)"
            ),
            (
                "- get: {url: \"/{{ id }}\"}",
                "warning[AS611] 6:20 `{{id}}` has no value, so it is sent as 'undefined': nothing in the script sets it"
            ),
            (
                "- get: {url: /, capture: {json: \"$[\", as: a}}",
                "error[AS612] 6:39 this JSONPath cannot be read: "
            ),
            (
                "- get: {url: /, capture: {regexp: \"(\", as: a}}",
                "error[AS612] 6:41 this expression cannot be read: "
            ),
            (
                "- get: {url: /, capture: {selector: \"((\", attr: b, as: a}}",
                "error[AS612] 6:43 this selector cannot be read: it is none of CSS"
            ),
            (
                "- get: {url: /, capture: {xpath: \"/a[\", as: a}}",
                "error[AS612] 6:40 this XPath cannot be read: expected the name of an element, found the end"
            ),
            (
                "- function: f",
                "error[AS617] 6:19 `function: f` calls a function, and the script has no `processor` | add `processor: ./functions.js` to `config`"
            ),
            (
                "- think: soon",
                "error[AS605] 6:16 expected seconds or a time with a unit for `think`, found the text 'soon' | write `think: 1`, or `think: 500ms`"
            ),
        ])
    func steps(text: String, expected: String) {
        let found = said(artillery(script(text)))
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix(expected) == true, "\(found.first ?? "nothing")")
    }

    @Test(
        "The same of config",
        arguments: [
            (
                "phases:\n  - {arrivalRate: 1}",
                "error[AS613] 4:7 a phase with arrivals needs `duration` | add `duration: 60`"
            ),
            (
                "phases:\n  - {duration: soon, arrivalRate: 1}",
                "error[AS613] 4:18 expected seconds or a time with a unit for `duration`, found the text 'soon' | write `duration: 60`, or `duration: 5min`"
            ),
            (
                "phases:\n  - {duration: 1}",
                "error[AS613] 4:7 a phase needs `arrivalRate`, `rampTo`, `arrivalCount` or `pause` | add `arrivalRate: 10`"
            ),
            ("phases:\n  - {pause: 1}", "error[AS613] 4:5 no phase has an arrival, so nothing would run"),
            (
                "payload: {path: no.csv, fields: [a]}",
                "error[AS614] 3:19 there is no file 'no.csv', looked for as 'tests/no.csv' | paths begin at the folder of the script"
            ),
            (
                "engine: socketio",
                "error[AS607] 3:11 the engine 'socketio' is not supported | `http` and `ws` are"
            ),
            ("plugins: {fake-data: {}}", "warning[AS608] 3:13 the plugin 'fake-data' is left out"),
            (
                "tls: {ca: x}",
                "error[AS607] 3:9 `tls.ca` is not supported | `http: {tls: …}` of a profile of Assay has it"
            ),
            (
                "ensure: {conditions: [{expression: \"a <\"}]}",
                "error[AS609] 3:38 this condition cannot be read: expected a value, found the end"
            ),
            (
                "phasess: []",
                "warning[AS606] 3:3 Artillery knows no 'phasess' in `config`, so it is passed over | did you mean 'phases'?"
            ),
        ])
    func config(text: String, expected: String) {
        #expect(said(artillery(script("- get: {url: /}", config: text))) == [expected])
    }

    @Test("The same of the command line")
    func commandLine() {
        var options = ArtilleryOptions()
        options.environment = "prod"
        #expect(
            said(artillery(script("- get: {url: /}", config: "environments: {prd: {}}"), options: options))
                == [
                    "warning[AS615] 3:17 the script has no environment 'prod', so `config` is used as it is | did you mean 'prd'?"
                ])
        options = ArtilleryOptions()
        options.variables = "[1]"
        #expect(
            said(artillery(script("- get: {url: /}"), options: options)) == [
                "error[AS616] - --variables takes a JSON object, found [1]"
            ])
    }
}

@Suite("Artillery: ensure and the end summary")
struct ArtilleryReportTests {
    /// A record of two seconds with these points.
    private static func record(_ points: [(Series, SeriesPoint.Value)]) -> RunRecord {
        var record = RunRecord(
            header: RunHeader(
                kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 1, assayVersion: "0",
                host: .init(name: "h", system: "s", cores: 1, memoryBytes: 1)))
        record.series = points.map(\.0)
        record.intervals = [
            Interval(
                atNanoseconds: 0, lengthNanoseconds: 2_000_000_000,
                points: points.enumerated().map { SeriesPoint(series: $0, value: $1.1) })
        ]
        return record
    }

    @Test(
        "Demands are judged by the figures of the run",
        arguments: [
            ("thresholds: [{http.response_time.p95: 200}]", true),
            ("thresholds: [{http.response_time.p95: 100}]", false),
            ("thresholds: [{http.codes.500: 1}]", false),
            ("conditions: [{expression: \"http.codes.200 > 5 and vusers.failed == 1\"}]", true),
            (
                "conditions: [{expression: \"errors.Failed capture or match < 2 and vusers.created == 10\"}]",
                true
            ),
            ("maxErrorRate: 10", true), ("maxErrorRate: 9", false), ("p95: 200", true),
        ])
    func ensure(text: String, holds: Bool) throws {
        let test = try artillery(script("- get: {url: /}", config: "ensure: {\(text)}")).get()
        let figures = [
            "http.response_time.p95": 150.0, "http.codes.200": 9, "vusers.created": 10, "vusers.completed": 9,
            "vusers.failed": 1, "errors.Failed capture or match": 1,
        ]
        #expect(test.checks.map { $0.judge(figures).holds } == [holds])
    }

    @Test("The summary has Artillery's names, sorted, with dots up to the values")
    func summary() {
        var waiting = HistogramSnapshot()
        let histogram = Histogram()
        histogram.record(2_000_000)
        waiting.merge(histogram.drain())
        func series(_ metric: String, _ tags: [Series.Tag] = [], _ kind: Series.Kind = .counter) -> Series {
            Series(metric: metric, kind: kind, tags: tags)
        }
        let record = Self.record([
            (series("iterations", [.init("scenario", "one")]), .counter(3)),
            (series("iterations.failed", [.init("scenario", "one")], .rate), .rate(passed: 1, total: 3)),
            (series("http.requests", [.init("status", "200")]), .counter(4)),
            (series("http.requests", [.init("error", "connect-refused")]), .counter(1)),
            (series("http.waiting", [], .trend), .trend(waiting)),
            (series("checks", [.init("check", "statusCode 200")], .rate), .rate(passed: 3, total: 4)),
        ])
        let report = ArtilleryReport(record)
        #expect(report.counters["errors.ECONNREFUSED"] == 1)
        #expect(report.counters["plugins.expect.failed.statusCode"] == 1)
        #expect(report.figures["http.response_time.p95"] == 2)
        #expect(report.figures["vusers.created"] == 3)
        let text = report.render(width: 50)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.contains("http.codes.200: ................................... 4"))
        #expect(lines.contains("vusers.created_by_name.one: ....................... 3"))
        #expect(lines.contains("vusers.completed: ................................. 2"))
        #expect(lines.contains("vusers.failed: .................................... 1"))
        #expect(lines.first?.hasPrefix("errors.ECONNREFUSED") == true)
    }

    @Test("What goes wrong with WebSockets is counted by Node's code, what is wrong with requests only once")
    func sockets() {
        func tags(_ name: String) -> [Series.Tag] { [.init("name", name), .init("scenario", "one")] }
        var record = Self.record([
            (Series(metric: "ws.failed", kind: .rate, tags: tags("open")), .rate(passed: 2, total: 2)),
            (
                Series(
                    metric: "http.requests", kind: .counter, tags: tags("get") + [.init("error", "timeout")]),
                .counter(1)
            ),
        ])
        record.failures = [("open", "connect-refused", 2), ("open", "status", 1), ("get", "timeout", 1)].map {
            FailureGroup(
                scenario: "one", step: $0.0, reason: $0.1, count: $0.2, firstAtNanoseconds: 0,
                lastAtNanoseconds: 0)
        }
        let errors = ArtilleryReport(record).counters.filter { $0.key.hasPrefix("errors.") }
        #expect(errors == ["errors.ECONNREFUSED": 2, "errors.ETIMEDOUT": 1])
    }

    @Test("The report as JSON has the whole run and each ten seconds of it")
    func document() throws {
        let series = Series(metric: "http.requests", kind: .counter, tags: [.init("status", "200")])
        var record = Self.record([(series, .counter(4))])
        record.header.startedAtMilliseconds = 1_700_000_004_000
        record.intervals = [0, 5, 7].map { second in
            Interval(
                atNanoseconds: second * 1_000_000_000, lengthNanoseconds: 1_000_000_000,
                points: [SeriesPoint(series: 0, value: .counter(2))])
        }
        let document = ArtilleryReport.document(of: record)
        let whole = try #require(document["aggregate"])
        #expect(whole["counters"]?["http.codes.200"] == 6 && whole["counters"]?["http.requests"] == 6)
        #expect(whole["rates"]?["http.request_rate"] == .double(2))
        #expect(whole["firstCounterAt"] == 1_700_000_004_000 && whole["lastMetricAt"] == 1_700_000_012_000)
        #expect(whole["period"] == 1_700_000_010_000 && whole["summaries"] == whole["histograms"])
        let parts = try #require(document["intermediate"]?.arrayValue)
        #expect(parts.map { $0["period"] } == ["1700000000000", "1700000010000"])
        #expect(parts.map { $0["counters"]?["http.requests"] } == [4, 2])
    }
}
