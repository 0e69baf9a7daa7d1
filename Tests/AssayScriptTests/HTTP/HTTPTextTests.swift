import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite("Texts of k6/http")
struct HTTPTextTests {
    @Test(
        "a form is sorted and encoded as k6 does it",
        arguments: [
            ([("b", "x y&z"), ("a", "1")], "a=1&b=x+y%26z"),
            ([("arr", "1"), ("arr", "2"), ("arr", "")], "arr=1&arr=2&arr="),
            ([("tilde", "~-_.*'()!é")], "tilde=~-_.%2A%27%28%29%21%C3%A9"),
            ([("", "")], "="), ([], ""),
        ] as [([(String, String)], String)])
    func forms(fields: [(String, String)], text: String) {
        #expect(String(decoding: formEncoded(fields.map { ($0.0, $0.1) }), as: UTF8.self) == text)
    }

    @Test(
        "numbers in forms look as Go writes them",
        arguments: [
            (1.0, "1"), (1.5, "1.5"), (1e6, "1000000"), (1_234_567.5, "1.2345675e+06"),
            (123_456.5, "123456.5"),
            (1e21, "1e+21"), (0.0000001, "1e-07"), (0.0001, "0.0001"), (-0.0, "-0"), (0, "0"),
            (-2.25, "-2.25"),
            (.infinity, "+Inf"), (-.infinity, "-Inf"), (.nan, "NaN"), (0.1, "0.1"), (1e300, "1e+300"),
            (12.5e-10, "1.25e-09"),
        ])
    func numbers(number: Double, text: String) {
        #expect(formNumber(number) == text)
    }

    @Test(
        "header names are canonical",
        arguments: [
            ("content-type", "Content-Type"), ("CONTENT-TYPE", "Content-Type"),
            ("x-custom-ID", "X-Custom-Id"),
            ("ETag", "Etag"), ("a b", "a b"), ("", ""), ("x_y-z", "X_y-Z"), ("Accept", "Accept"),
        ])
    func headerNames(name: String, canonical: String) {
        #expect(canonicalHeaderName(name) == canonical)
    }

    @Test("an answer's headers are joined by name, without its framing")
    func headers() {
        let head = Array(
            "HTTP/1.1 200 OK\r\nx-foo: 1\r\nX-Foo:  2 \r\nTransfer-Encoding: chunked\r\nTrailer: a\r\nPragma: no-cache\r\n\r\n"
                .utf8)[...]
        #expect(
            shownHeaders(head).map { "\($0.name)=\($0.value)" } == [
                "X-Foo=1, 2", "Pragma=no-cache", "Cache-Control=no-cache",
            ])
        #expect(statusText(head) == "200 OK")
    }

    @Test(
        "a text that is no JSON is told of in k6's words",
        arguments: [
            (
                "{\"a\": tru,\n \"b\": 1}",
                "line 1, character 10 , error: invalid character ',' in literal true (expecting 'e')"
            ),
            ("", "line 1, character 0 , error: unexpected end of JSON input"),
            ("nope", "line 1, character 2 , error: invalid character 'o' in literal null (expecting 'u')"),
            ("<html>", "line 1, character 1 , error: invalid character '<' looking for beginning of value"),
            ("{\"a\" 1}", "line 1, character 6 , error: invalid character '1' after object key"),
            (
                "{\"a\":1 \"b\"}",
                "line 1, character 8 , error: invalid character '\"' after object key:value pair"
            ),
            ("[1 2]", "line 1, character 4 , error: invalid character '2' after array element"),
            (
                "{a:1}",
                "line 1, character 2 , error: invalid character 'a' looking for beginning of object key string"
            ),
            ("1 2", "line 1, character 3 , error: invalid character '2' after top-level value"),
            ("\"a\\q\"", "line 1, character 4 , error: invalid character 'q' in string escape code"),
            ("tru", "line 1, character 3 , error: invalid character ' ' in literal true (expecting 'e')"),
            ("1e", "line 1, character 2 , error: invalid character ' ' in exponent of numeric literal"),
            ("\"ab", "line 1, character 3 , error: unexpected end of JSON input"),
            ("[1,", "line 1, character 3 , error: unexpected end of JSON input"),
            ("[1,]", "line 1, character 4 , error: invalid character ']' looking for beginning of value"),
            ("é", "line 1, character 1 , error: invalid character 'Ã' looking for beginning of value"),
            ("01", "line 1, character 2 , error: invalid character '1' after top-level value"),
            (
                "{\"a\":\"\\u00g0\"}",
                "line 1, character 11 , error: invalid character 'g' in \\u hexadecimal character escape"
            ),
            ("-x", "line 1, character 2 , error: invalid character 'x' in numeric literal"),
            (
                "1.x",
                "line 1, character 3 , error: invalid character 'x' after decimal point in numeric literal"
            ),
        ])
    func jsonFaults(text: String, fault: String) {
        #expect(jsonFault(Array(text.utf8)[...]) == "cannot parse json due to an error at " + fault)
    }

    @Test("a body that is nested very deeply is read as Go reads it, and nothing overflows")
    func deepFaults() {
        func fault(_ text: String) -> String? { jsonFault(Array(text.utf8)[...]) }
        let tooDeep =
            "cannot parse json due to an error at line 1, character 10001 , error: exceeded max depth"
        #expect(fault(String(repeating: "[", count: 1_000_000)) == tooDeep)
        let objects = String(repeating: "{\"a\":[", count: 5_000)
        #expect(fault(objects + "1")?.hasSuffix("error: exceeded max depth") == true)
        let inner = String(repeating: "{\"a\":[", count: 4_999)
        #expect(fault(inner + "1" + String(repeating: "]}", count: 4_999)) == nil)
        #expect(fault(inner + "1}")?.hasSuffix("invalid character '}' after array element") == true)
        #expect(fault("[[],{},[{}],{\"a\":{},\"b\":[[]]}]") == nil)
    }

    @Test("statuses may be expected from one end of the numbers to the other")
    func widestStatuses() {
        let all = ScriptExpectedStatuses([Int.min...Int.max, 404...404])
        #expect(all.text == "\(Int.min) to \(Int.max), 404" && all.contains(200))
    }

    @Test(
        "what is JSON has no fault",
        arguments: ["1", "{}", "[1,2.5e-3,null]", " \"\\u00e9\" ", "-0", "{\"a\":{\"b\":[]}}"])
    func noFault(text: String) { #expect(jsonFault(Array(text.utf8)[...]) == nil) }

    @Test(
        "time-outs are read as k6 reads them",
        arguments: [
            ("60s", 60_000_000_000), ("1m30s", 90_000_000_000), ("500ms", 500_000_000), ("250", 250_000_000),
            ("1.5s", 1_500_000_000), ("1d", 86_400_000_000_000), ("foo", nil), ("5x", nil), ("", nil),
            ("-1s", -1_000_000_000),
        ] as [(String, Int64?)])
    func durations(text: String, nanoseconds: Int64?) {
        #expect(durationNanoseconds(text) == nanoseconds)
    }

    @Test("parts of a body stand as k6 writes them")
    func multipart() {
        let form = MultipartForm(boundary: "B")
        let bytes = form.bytes(of: [
            .init(name: "f", file: "na\"me.txt", type: "text/plain", bytes: Array("data".utf8)),
            .init(name: "x", bytes: Array("5".utf8)),
        ])
        #expect(
            String(decoding: bytes, as: UTF8.self)
                == "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"na\\\"me.txt\"\r\nContent-Type: text/plain"
                + "\r\n\r\ndata\r\n--B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n5\r\n--B--\r\n")
    }

    @Test(
        "failures have k6's numbers and words",
        arguments: [
            (
                Outcome.connectRefused, "connect 127.0.0.1:1: ECONNREFUSED (Connection refused)", false, 1212,
                "dial: connection refused",
                "Get \"http://h/\": dial tcp 127.0.0.1:1: connect: connection refused"
            ),
            (
                .nameNotFound, "no such name", false, 1101, "lookup: no such host",
                "Get \"http://h/\": lookup: no such host: no such name"
            ),
            (
                .connectTimeout, "late", false, 1211, "dial: i/o timeout",
                "Get \"http://h/\": dial: i/o timeout"
            ),
            (.timeout, "late", false, 1050, "request timeout", "Get \"http://h/\": request timeout"),
            (.timeout, "late", true, 1050, "request timeout", "request timeout"),
            (
                .reset, "recv: ECONNRESET", false, 1220, "read: connection reset by peer",
                "Get \"http://h/\": read tcp: connection reset by peer"
            ),
            (.closedEarly, "closed", false, 1000, "EOF", "Get \"http://h/\": EOF"),
            (.closedEarly, "closed", true, 1000, "unexpected EOF", "unexpected EOF"),
            (
                .tlsCertificate, "wrong name: expected a", false, 1311,
                "x509: certificate doesn't match hostname",
                "Get \"http://h/\": tls: failed to verify certificate: wrong name: expected a"
            ),
            (
                .tlsCertificate, "self-signed: it", false, 1310, "x509: unknown authority",
                "Get \"http://h/\": tls: failed to verify certificate: self-signed: it"
            ),
        ] as [(Outcome, String, Bool, Int, String, String)])
    func faults(outcome: Outcome, note: String, isAnswering: Bool, code: Int, message: String, report: String)
    {
        let fault = ScriptHTTPFault(
            Exchange(outcome: outcome, at: 0, note: note), method: "GET", url: "http://h/",
            isAnswering: isAnswering)
        #expect(fault.code == code)
        #expect(fault.message == message)
        #expect(fault.report == report)
    }

    @Test("an answer of 400 and more counts as an error")
    func statuses() {
        #expect(ScriptHTTPFault(status: 404)?.code == 1404)
        #expect(ScriptHTTPFault(status: 399) == nil)
    }

    @Test(
        "addresses that cannot be asked are told of in Go's words",
        arguments: [
            ("http://[::1", "invalid URL: parse \"http://[::1\": missing ']' in host", true),
            ("http://a b/", "invalid URL: parse \"http://a b/\": invalid character \" \" in host name", true),
            ("127.0.0.1/x", "unsupported protocol scheme \"\"", false),
            ("ftp://h/x", "unsupported protocol scheme \"ftp\"", false),
            ("http:///x", "http: no Host in request URL", false),
            ("http://h:x/", "invalid URL: parse \"http://h:x/\": invalid port \":x\" after host", true),
            (
                "127.0.0.1:80/x",
                "invalid URL: parse \"127.0.0.1:80/x\": first path segment in URL cannot contain colon", true
            ),
        ])
    func addresses(text: String, reason: String, isUnreadable: Bool) {
        #expect(ScriptAddress.of(text).fault == .init(reason: reason, isUnreadable: isUnreadable))
    }

    @Test(
        "a port of digits that is none fails as it is dialled",
        arguments: [
            ("http://h:99999/", "dial tcp: address 99999: invalid port", 1210),
            ("http://[::1]:65536", "dial tcp: address 65536: invalid port", 1210),
            ("http://h:0/", "dial: connection refused", 1212),
            ("http://h:123456789012345678901/", "value out of range", 1000),
        ])
    func ports(text: String, reason: String, code: Int) {
        #expect(ScriptAddress.of(text).fault == .init(reason: reason, isUnreadable: false, code: code))
    }

    @Test(
        "no message tells a password",
        arguments: [
            ("http://ann:s3cret@a b/", "parse \"http://****:****@a b/\""),
            ("http://ann:s3cret@[::1", "parse \"http://****:****@[::1\""),
            ("http://ann:s3cret@h:x/", "invalid port \":x\""),
            ("ann:s3cret@h/x?to=http://z", "scheme \"ann\""),
        ])
    func secrets(text: String, part: String) {
        let address = ScriptAddress.of(text)
        #expect(address.fault?.reason.contains(part) == true)
        #expect(address.fault?.reason.contains("s3cret") == false)
        #expect(!address.clean.contains("s3cret") && address.clean.contains("****:****@"))
    }

    @Test("an address is measured without its password")
    func clean() {
        #expect(ScriptAddress.of("http://u:p@h:99999/a").clean == "http://****:****@h:99999/a")
        #expect(ScriptAddress.of("http://u:p@h:8080/a?b").clean == "http://****:****@h:8080/a?b")
        #expect(ScriptAddress.of("http://u@h/a").clean == "http://****@h/a")
        #expect(ScriptAddress.of("http://h/a").clean == "http://h/a")
    }
}
