import AssayFormats
import Testing

@testable import AssayDoubles

@Suite("Operators: dates and numbers")
struct DateOperatorTests {
    @Test(
        "Dates are compared as moments; now goes by the double's clock, 2026-03-04T05:06:07Z",
        arguments: [
            OperatorCase(
                #"{"before": "2021-05-01T00:00:00Z"}"#,
                right: [
                    "2021-04-30T23:59:59Z", "2021-05-01T01:30:00+02:00", "Fri, 30 Apr 2021 10:00:00 GMT",
                    "2021-04-30",
                ],
                wrong: [
                    (
                        "2021-05-01T00:00:00Z",
                        "compared 2021-05-01T00:00:00.000Z with 2021-05-01T00:00:00.000Z"
                    ),
                    ("soon", "is no date and time in the expected form"),
                ]),
            OperatorCase(
                #"{"after": "now"}"#, right: ["2026-03-04T05:06:08Z"],
                wrong: [
                    (
                        "2026-03-04T05:06:06Z",
                        "compared 2026-03-04T05:06:06.000Z with 2026-03-04T05:06:07.000Z"
                    )
                ]),
            OperatorCase(
                #"{"before": "now +3 days"}"#, right: ["2026-03-07T05:06:06Z"],
                wrong: [
                    (
                        "2026-03-07T05:06:08Z",
                        "compared 2026-03-07T05:06:08.000Z with 2026-03-07T05:06:07.000Z"
                    )
                ]),
            OperatorCase(
                #"{"before": "now", "expectedOffset": 2, "expectedOffsetUnit": "months"}"#,
                right: ["2026-05-04T05:06:06Z"],
                wrong: [
                    (
                        "2026-05-04T05:06:08Z",
                        "compared 2026-05-04T05:06:08.000Z with 2026-05-04T05:06:07.000Z"
                    )
                ]),
            OperatorCase(
                #"{"equalToDateTime": "2021-06-24T00:00:00", "actualFormat": "dd/MM/yyyy"}"#,
                right: ["24/06/2021"],
                wrong: [
                    ("25/06/2021", "compared 2021-06-25T00:00:00.000 with 2021-06-24T00:00:00.000"),
                    ("2021-06-24", "is no date and time in the expected form"),
                ]),
            OperatorCase(
                #"{"equalToDateTime": "2021-06-24T12:13:14Z", "actualFormat": "unix"}"#,
                right: ["1624536794"],
                wrong: [("1624536795", "compared 2021-06-24T12:13:15.000Z with 2021-06-24T12:13:14.000Z")]),
            OperatorCase(
                #"{"equalToDateTime": "now", "truncateExpected": "first day of month", "truncateActual": "first day of month"}"#,
                right: ["2026-03-31T23:00:00Z"],
                wrong: [
                    (
                        "2026-04-01T00:00:00Z",
                        "compared 2026-04-01T00:00:00.000Z with 2026-03-01T00:00:00.000Z"
                    )
                ]),
            OperatorCase(
                #"{"equalToDateTime": "now +1 months", "truncateExpected": "last day of month", "applyTruncationLast": true}"#,
                right: ["2026-04-30T00:00:00Z"],
                wrong: [
                    (
                        "2026-04-29T00:00:00Z",
                        "compared 2026-04-29T00:00:00.000Z with 2026-04-30T00:00:00.000Z"
                    )
                ]),
        ])
    func dates(row: OperatorCase) throws { try row.check() }

    @Test(
        "Numbers are compared by size",
        arguments: [
            OperatorCase(
                #"{"equalToNumber": 5}"#, right: ["5", "5.0", " 5 "],
                wrong: [("6", nil), ("five", "is no number")]),
            OperatorCase(#"{"greaterThanNumber": 5}"#, right: ["5.1"], wrong: [("5", nil)]),
            OperatorCase(#"{"greaterThanEqualNumber": "5"}"#, right: ["5"], wrong: [("4", nil)]),
            OperatorCase(#"{"lessThanNumber": 0}"#, right: ["-1"], wrong: [("0", nil)]),
            OperatorCase(#"{"lessThanEqualNumber": 0}"#, right: ["0"], wrong: [("1", nil)]),
        ])
    func numbers(row: OperatorCase) throws { try row.check() }

    @Test("Expectations are words")
    func words() throws {
        let rows = [
            (#"{"before": "now +3 days"}"#, "a time before now +3 days"),
            (#"{"greaterThanEqualNumber": 5}"#, "a number of at least 5"),
            (#"{"equalToDateTime": "2021-06-24T12:13:14+02:00"}"#, "the time 2021-06-24T12:13:14.000+02:00"),
            (#"{"equalToJson": {"a": 1}}"#, #"JSON equal to '{"a":1}'"#),
            (#"{"matchesJsonPath": "$.a"}"#, "JSON in which $.a finds something"),
            (#"{"matchesJsonPath": {"expression": "$.a", "equalTo": "x"}}"#, "$.a equal to 'x'"),
            (#"{"equalToXml": "<a/>"}"#, "XML equal to '<a/>'"),
        ]
        for (matcher, expected) in rows {
            #expect(try OperatorBench.matcher(matcher).expectation == expected)
        }
    }

    @Test(
        "What is wrong with a matcher is said when the mapping is read",
        arguments: [
            (
                #"{"before": "tomorrow"}"#,
                "expected a date and time like 2021-05-01T00:00:00Z, or 'now +3 days', found the text 'tomorrow'"
            ),
            (
                #"{"after": "now", "truncateActual": "first day of week"}"#,
                "there is no truncation 'first day of week' | known: first second of minute, first minute of hour, first hour of day, first day of month, first day of next month, last day of month, first day of year, first day of next year, last day of year"
            ),
            (
                #"{"after": "now", "actualFormat": "yyyy-bb"}"#,
                "'yyyy-bb' is no date pattern: 'b' is no letter of a date pattern"
            ),
            (#"{"equalToNumber": "x"}"#, "expected a number, found the text 'x'"),
        ])
    func problems(matcher: String, message: String) throws {
        #expect(try OperatorBench.problems(matcher) == [message])
    }

    @Test("Zones of places, also after a change of clocks")
    func zones() throws {
        let berlin = try #require(TimeZoneRules("Europe/Berlin"))
        #expect(berlin.offset(at: 1_772_600_767_000) == 3600)
        #expect(berlin.offset(at: 1_785_000_000_000) == 7200)
        #expect(berlin.abbreviation(at: 1_785_000_000_000) == "CEST")
        #expect(berlin.moment(CivilTime(year: 2026, month: 7, day: 1)) == 1_782_856_800_000)
        #expect(TimeZoneRules("../../etc/passwd") == nil)
        #expect(TimeZoneRules("UTC")?.offset(at: 0) == 0)
        #expect(TimeZoneRules("GMT+5:30")?.offset(at: 0) == 19_800)
    }
}
