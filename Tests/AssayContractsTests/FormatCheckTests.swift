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
        (
            "idn-email", ["δοκιμή@example.com", "\"ü\"@실례.테스트", "user@cafe\u{301}.com"],
            ["2962", "a＠b.c", "a@xn--X", "a@-b"]
        ),
        (
            "hostname", ["xn--ihqwcrb4cv8a8dqg056pqjye", "1host", "a--b.com"],
            ["xn--X", "xn--07jt112bpxg", "a.", ".a", "a\n", "\u{212A}elvin"]
        ),
        (
            "idn-hostname",
            [
                "실례.테스트", "ßς་〇", "l·l", "α͵β", "א׳ב", "・ぁ", "क्\u{200D}ष", "بي\u{200C}بي", "a。b", "ب٠ب",
                "WWW.a",
            ],
            [
                "실〮례", "-hello", "\u{300}hello", "a·l", "α͵", "A׳ב", "・", "क\u{200D}ष", "ب٠۰", "aא", "0ا",
                "0a.א",
                "XN--aa---o47jg78q", "xn--example-", "xn--7a", "a..b", "。a", "Σ", "",
            ]
        ),
        (
            "ipv6", ["::42:ff:1", "::ffff:0:192.168.0.1", "1:2:3:4:5:6:1.2.3.4"],
            [
                "::1.2.3.04", "1:2:3:4:5:6:7:1.2.3.4", "fe80::a%eth1", "[::1]", "1:2:3:4:5:6:7:",
                ":2:3:4:5:6:7:8",
            ]
        ),
        (
            "uri", ["http://[v1.fe]/", "mailto:a@b", "http://-.~_!$&'()*+,;=:%40:80%2f::::::@example.com"],
            ["http://a:b/", "bar,baz:foo", "http:/[::1]", "1http://a", "http://[::1", ""]
        ),
        ("uri-reference", ["", "?a", "//", "./a:b"], ["1:b", "//a@b@c/", "é"]),
        (
            "iri", ["http://ƒøø.ßår/?∂éœ=πîx#πîüx", "http://a/?q=\u{F0000}"],
            ["http://a/\u{F0000}", "âππ", "http://a/\n"]
        ),
        ("iri-reference", ["#ƒrägmênt", "âππ"], ["#ƒräg\\mênt"]),
        (
            "uri-template", ["", "{+v}{#a,b:3}{?c*}", "a%41{%41.b}", "a'b"],
            ["{}", "{a,,b}", "{v:0}", "{v:10000}", "}", "{a", "a b", "{=a}"]
        ),
        ("relative-json-pointer", ["1+2/a", "0-1#"], ["1+/a", "+1"]),
        ("json-pointer", ["/", "/a//b"], ["/a~", "#"]),
        (
            "regex",
            ["(?<n>a)\\k<n>", "(?<=a+)b", "[]", "[^]", "\\cA", "\\u{1F600}", "\\p{L}", "a{2,}?", "\\-"],
            ["(?P<n>x)", "(?i)a", "(?#c)", "\\a", "a{2,1}", "*", "(a", "a)", "[a", "\\u{110000}", "\\"]
        ),
        (
            "time", ["23:59:60+00:00", "01:29:60+01:30"],
            ["23:59:61Z", "12:00:00+24:00", "1:00:00Z", "১2:00:00Z"]
        ),
        ("duration", ["P0D", "PT36H", "P1M"], ["P1M2W", "PT1D", "P২Y", "P1DT", "P-1D"]),
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
