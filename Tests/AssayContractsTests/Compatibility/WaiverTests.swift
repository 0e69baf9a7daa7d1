import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Waivers of breaking changes")
struct WaiverTests {
    private func read(_ text: String) -> (waivers: [CompatibilityWaiver], problems: [String]) {
        let bag = DiagnosticBag()
        let yaml = YAMLReading(parsing: Array(text.utf8), file: "waivers.yml", bag: bag)
        let waivers = yaml.map(CompatibilityWaivers.read) ?? []
        return (waivers, bag.all.map { $0.rendered() })
    }

    private let finding = CompatibilityFinding(
        rule: "request-property-removed", level: .warning, side: .request, operation: "POST /orders",
        path: "request body $.note", message: "property 'note' was removed")

    private func report(_ waivers: String, level: CompatibilityLevel = .warning) -> CompatibilityReport {
        var report = CompatibilityReport(
            waivers: CompatibilityWaivers(read(waivers).waivers, today: "2026-11-21"), failingLevel: level)
        report.add([finding], of: "shop.yml")
        return report
    }

    @Test(
        "cover what they name, to the last day",
        arguments: [
            ("", true), ("path: request body $.note,", true), ("path: request body $.not,", false),
            ("path: '*note',", true), ("path: '*$.*',", true), ("operation: POST /orders,", true),
            ("operation: '* /orders*',", true), ("operation: GET /orders,", false), ("file: shop.yml,", true),
            ("file: '*.json',", false),
        ])
    func covering(where place: String, isCovered: Bool) {
        let text = "- {rule: request-property-removed, \(place) reason: agreed, until: 2026-11-21}"
        #expect(report(text).holds == isCovered)
        #expect(report(text).entries[0].waiver?.reason == (isCovered ? "agreed" : nil))
    }

    @Test("that have expired waive nothing and are errors; unused ones are told")
    func expired() {
        let late = report(
            "- {rule: request-property-removed, path: '*note', reason: agreed, until: 2026-11-20}",
            level: .error)
        #expect(!late.holds)
        #expect(late.entries[0].waiver == nil)
        #expect(
            late.waiverProblems.map { $0.rendered() } == [
                """
                error[AS460]: the waiver of 'request-property-removed' (*note) expired on 2026-11-20; its reason was: agreed
                  waivers.yml:1:3
                  fix: take the change back, or agree on a new day in `until`
                """
            ])
        let unused = report("- {rule: server-removed, reason: agreed, until: 2027-01-01}", level: .error)
        #expect(unused.holds)
        #expect(
            unused.waiverProblems.map { $0.rendered() } == [
                """
                warning[AS461]: the waiver of 'server-removed' is about nothing that changed
                  waivers.yml:1:3
                  fix: remove it
                """
            ])
    }

    @Test(
        "need a known rule, a reason and a day",
        arguments: [
            (
                "- {rule: server-remove, reason: a, until: 2027-01-01}",
                """
                error[AS459]: there is no rule 'server-remove' that could be waived
                  waivers.yml:1:10   - {rule: server-remove, reason: a, until: 2027-01-01}
                                              ^^^^^^^^^^^^^
                  fix: did you mean 'server-removed'?
                """
            ),
            (
                "- {rule: server-removed, reason: a, until: 2027-02-30}",
                """
                error[AS458]: `until` is the last day on which a waiver holds, found '2027-02-30'
                  waivers.yml:1:44   - {rule: server-removed, reason: a, until: 2027-02-30}
                                                                                ^^^^^^^^^^
                  fix: write it like 2026-12-31
                """
            ),
            (
                "- {rule: server-removed, reason: ' ', until: 2027-02-03}",
                """
                error[AS458]: a waiver's reason says why, and is empty
                  waivers.yml:1:34   - {rule: server-removed, reason: ' ', until: 2027-02-03}
                                                                      ^^^
                """
            ),
            (
                "- {rule: server-removed, until: 2027-02-03}",
                """
                error[AS011]: a waiver needs 'reason'
                  waivers.yml:1:3   - {rule: server-removed, until: 2027-02-03}
                                      ^
                  fix: add `reason: …`
                """
            ),
        ])
    func problems(text: String, expected: String) {
        let (waivers, problems) = read(text)
        #expect(waivers.isEmpty)
        #expect(problems == [expected])
    }

    @Test("an empty file has none")
    func empty() {
        #expect(read("").waivers.isEmpty && read("").problems.isEmpty)
        #expect(read("# none\n").problems.isEmpty)
    }
}

@Suite("Reports of changes")
struct CompatibilityReportTests {
    private var report: CompatibilityReport {
        let place = SourceLocation(file: "waivers.yml", line: 1, column: 3)
        let waiver = CompatibilityWaiver(
            rule: "server-removed", reason: "a <b>", until: "2026-12-01", location: place)
        var report = CompatibilityReport(
            waivers: CompatibilityWaivers([waiver], today: "2026-11-21"), failingLevel: .warning)
        report.add(
            [
                CompatibilityFinding(
                    rule: "request-type-changed", level: .error, side: .request, operation: "POST /a|b",
                    path: "request body $.`x`", message: "the type was <string> & is *integer*",
                    old: SourceLocation(file: "old.yml", line: 3, column: 5),
                    new: SourceLocation(file: "new.yml", line: 4, column: 6)),
                CompatibilityFinding(
                    rule: "server-removed", level: .warning, path: "servers",
                    message: "server https://a was removed"),
                CompatibilityFinding(
                    rule: "operation-added", level: .info, operation: "GET /a", path: "",
                    message: "the operation was added"),
            ], of: "shop.yml")
        report.add([], of: "same.yml")
        return report
    }

    @Test("for people: by operation, waived ones with their reason")
    func text() {
        #expect(
            report.text() == """
                shop.yml
                    WARNING server-removed   servers
                            server https://a was removed
                            waived until 2026-12-01: a <b>
                  POST /a|b
                    ERROR   request-type-changed   request body $.`x`
                            the type was <string> & is *integer*
                            old.yml:3:5 → new.yml:4:6
                  GET /a
                    INFO    operation-added
                            the operation was added

                """)
        #expect(report.summary == "1 error, 1 change that breaks nobody, 1 waived")
        #expect(!report.text(showsAll: false).contains("INFO"))
        #expect(report.text(style: Style(colours: true)).contains("\u{1B}[1;31mERROR"))
    }

    @Test("as a changelog, with foreign text as it is")
    func markdown() {
        #expect(
            report.markdown(title: "Changes of shop.yml") == #"""
                # Changes of shop.yml

                1 error, 1 change that breaks nobody, 1 waived.

                ## Breaks

                ### shop.yml

                **POST /a\|b**

                - `` request body $.`x` ``: the type was \<string\> \& is \*integer\* (`request-type-changed`)<br>old.yml:3:5 → new.yml:4:6

                ## Agreed on

                ### shop.yml

                - `servers`: server https://a was removed (`server-removed`)<br>waived until 2026-12-01: a \<b\>

                ## Other changes

                ### shop.yml

                **GET /a**

                - the operation was added (`operation-added`)

                """#)
    }

    @Test("for programs: JSON and JUnit")
    func programs() {
        let json = report.json
        #expect(json["holds"] == false)
        #expect(json["findings"]?[0]?["rule"] == "request-type-changed")
        #expect(json["findings"]?[0]?["old"] == ["file": "old.yml", "line": 3, "column": 5])
        #expect(json["findings"]?[0]?["fails"] == true)
        #expect(json["findings"]?[1]?["waiver"]?["until"] == "2026-12-01")
        #expect(
            report.junit == """
                <?xml version="1.0" encoding="UTF-8"?>
                <testsuites name="contract diff" tests="4" failures="1">
                  <testsuite name="shop.yml" tests="3" failures="1" errors="0" skipped="1">
                    <testcase name="request-type-changed · POST /a|b · request body $.`x`" classname="shop.yml">
                      <failure message="the type was &lt;string&gt; &amp; is *integer*" type="request-type-changed">the type was &lt;string&gt; &amp; is *integer*
                old.yml:3:5 → new.yml:4:6</failure>
                    </testcase>
                    <testcase name="server-removed · servers" classname="shop.yml">
                      <skipped message="waived until 2026-12-01: a &lt;b&gt;"/>
                    </testcase>
                    <testcase name="operation-added · GET /a" classname="shop.yml"/>
                  </testsuite>
                  <testsuite name="same.yml" tests="1" failures="0" errors="0" skipped="0">
                    <testcase name="no changes" classname="same.yml"/>
                  </testsuite>
                </testsuites>

                """)
    }
}

@Suite("Versions of a family of schemas")
struct CompatibilityCheckTests {
    private func version(_ name: String, _ schema: String) throws -> CompatibilityCheck.Version {
        CompatibilityCheck.Version(name: name, schemas: [("order", try Compared.schema(schema))])
    }

    private func judge(_ mode: CompatibilityMode) throws -> [String] {
        let versions = [
            try version("v1", "{type: object, properties: {a: {type: string}}}"),
            try version("v2", "{type: object, properties: {a: {type: [string, integer]}}}"),
            try version("v3", "{type: object, properties: {a: {type: [integer, boolean]}}}"),
        ]
        return try CompatibilityCheck.judge(versions: versions, mode: mode)
            .filter { $0.finding.level == .error }.map { "\($0.old)→\($0.new) \($0.finding.rule)" }
    }

    @Test(
        "are judged with the last one, or with all before",
        arguments: [
            (CompatibilityMode.backward, ["v2→v3 type-changed"]),
            (.forward, ["v1→v2 type-widened", "v2→v3 type-changed"]),
            (.full, ["v1→v2 type-widened", "v2→v3 type-changed"]),
            (.backwardTransitive, ["v1→v3 type-changed", "v2→v3 type-changed"]),
            (.forwardTransitive, ["v1→v2 type-widened", "v1→v3 type-changed", "v2→v3 type-changed"]),
            (.fullTransitive, ["v1→v2 type-widened", "v1→v3 type-changed", "v2→v3 type-changed"]),
            (.none, []),
        ])
    func modes(mode: CompatibilityMode, expected: [String]) throws {
        #expect(try judge(mode) == expected)
    }

    @Test(
        "a version that skips a schema does not end what the one before promised",
        arguments: [
            (CompatibilityMode.backward, ["v1→v3 type-changed"]),
            (.backwardTransitive, ["v1→v3 type-changed"]),
        ])
    func skipped(mode: CompatibilityMode, expected: [String]) throws {
        let versions = [
            try version("v1", "{type: string}"), CompatibilityCheck.Version(name: "v2", schemas: []),
            try version("v3", "{type: integer}"),
        ]
        let told = try CompatibilityCheck.judge(versions: versions, mode: mode)
        #expect(told.map { "\($0.old)→\($0.new) \($0.finding.rule)" } == expected)
    }
}
