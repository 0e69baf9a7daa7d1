import AssayContracts
import AssayFormats
import Testing

@Suite("Formats of JSON Schema")
struct FormatCheckTests {
    static let formats: [(name: String, good: [String], bad: [String])] = [
        ("date", ["2024-02-29"], ["2023-02-29", "2024-13-01", "24-01-01", "2024-01-1", "2024-1-011"]),
        (
            "time", ["12:00:00Z", "23:59:60Z", "08:30:06.283185+00:20", "00:29:60+00:30"],
            ["12:00:00", "24:00:00Z", "22:59:60Z", "12:00:00.Z"]
        ),
        (
            "date-time", ["1990-12-31T23:59:60Z", "1985-04-12t23:20:50.52z"],
            ["1985-04-12 23:20:50Z", "1990-02-31T15:59:59Z"]
        ),
        (
            "duration", ["P4DT12H30M5S", "P2W", "PT0S", "P1Y2M"],
            ["P", "P1YT", "PT", "P1D2H", "1D", "P2WT1H", "P1Y1D"]
        ),
        (
            "email", ["a.b@example.org", #""a b"@example.org"#],
            ["a", "a@", ".a@example.org", "a..b@example.org"]
        ),
        ("hostname", ["www.example.com", "a"], ["-a", "a_b", "", "a..b"]),
        ("ipv4", ["192.168.0.1"], ["256.1.1.1", "1.2.3", "087.10.0.1", "1.2.3.4 "]),
        (
            "ipv6", ["::1", "::", "1:2:3:4:5:6:7:8", "::ffff:192.168.0.1", "1::"],
            ["1:2", ":::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9", ":1:2:3:4:5:6:7"]
        ),
        ("uuid", ["2eb8aa08-aa98-11ea-b4aa-73b441d16380"], ["2eb8aa08aa9811eab4aa73b441d16380"]),
        ("uri", ["http://a.example/b?c#d", "urn:x:y"], ["/relative", "http://a b", "a:%zz"]),
        ("uri-reference", ["/relative", "#a"], [#"\\x"#]),
        ("json-pointer", ["", "/a~0b/~1"], ["a", "/~2"]),
        ("relative-json-pointer", ["1", "0/a", "2#"], ["/a", "-1", "01"]),
        ("regex", ["^a+$"], ["^(abc]"]),
        ("byte", ["aGk="], ["a"]),
        ("no-such-format", ["anything"], []),
    ]

    @Test("formats are judged only when that is asked for", arguments: formats)
    func judged(name: String, good: [String], bad: [String]) throws {
        let asserted = try JSONSchema(compiling: ["format": .string(name)], assertsFormats: true)
        let annotated = try JSONSchema(compiling: ["format": .string(name)])
        for text in good { #expect(asserted.accepts(.string(text)), "\(name): \(text)") }
        for text in bad {
            #expect(!asserted.accepts(.string(text)), "\(name): \(text)")
            #expect(annotated.accepts(.string(text)))
        }
        #expect(asserted.accepts(7))
    }
}
