import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite(
    "Requests of scripts that cannot be made",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPRefusalTests {
    @Test(
        "what cannot be done is told of as k6 does",
        arguments: [
            (
                "return http.get('http://h/', {responseType: 'none'}).json()",
                "Error: the body is null so we can't transform it to JSON - this likely was because of a request error getting "
                    + "the response"
            ),
            (
                "return http.get('http://h/').json()",
                "Error: cannot parse json due to an error at line 1, character 1 , error: invalid character '<' looking for "
                    + "beginning of value"
            ),
            ("return String(http.get('http://h/').json('a'))", "\"undefined\""),
            ("http.expectedStatuses()", "Error: no arguments"),
            (
                "http.expectedStatuses('200')",
                "Error: argument number 1 to expectedStatuses was neither an integer nor an object like {min:100, max:329}"
            ),
            (
                "http.expectedStatuses({min: 'a', max: 5})",
                "Error: both min and max need to be integers for argument number 1"
            ),
            (
                "http.setResponseCallback(() => 1)",
                "Error: unsupported argument, expected http.expectedStatuses"
            ),
            ("http.batch()", "Error: no argument was provided to http.batch()"),
            ("http.batch([], 5)", "Error: http.batch() accepts only an array or an object of requests"),
            ("http.batch(5)", "Error: invalid http.batch() argument type int64"),
            ("http.file(5)", "Error: invalid type int64, expected string or ArrayBuffer"),
            ("http.cookieJar().delete('http://h/', '')", "Error: cookie: is null"),
            (
                "http.cookieJar().set('http://h', 'k', 'v', {expires: 'foo'})",
                "Error: unable to parse \"expires\" date string \"foo\": parsing time \"foo\" as "
                    + "\"Mon, 02 Jan 2006 15:04:05 MST\": cannot parse \"foo\" as \"Mon\""
            ),
            (
                "http.get('http://h/', {auth: 'ntlm'})",
                "Error: auth: 'ntlm' is not supported: Assay speaks basic and digest authentication"
            ),
            (
                "http.get('127.0.0.1/x', {throw: true})",
                "Error: Get \"127.0.0.1/x\": unsupported protocol scheme \"\""
            ),
        ])
    func refuses(body: String, text: String) async throws {
        #expect(
            try await HTTPScript.run(
                body, answer: body.contains("127") ? nil : HTTPScript.answering("<html>")
            ).result
                == text)
    }

    @Test(
        "wrong arguments are answered, and logged",
        arguments: [
            ("http.get()", 1020, "invalid URL: '#<nil>'"),
            ("http.get({a: 1})", 1020, "invalid URL: '#map[a:1]'"),
            ("http.get('http://[::1')", 1020, "invalid URL: parse \"http://[::1\": missing ']' in host"),
            ("http.post('http://h/', 5)", 0, "unknown request body type int64"),
            ("http.post('http://h/', [1])", 0, "unknown request body type []interface {}"),
            (
                "http.get('http://h/', {timeout: 'foo'})", 0,
                "invalid timeout value: time: invalid duration \"foo\""
            ),
            ("http.get('http://h/', {responseType: 'foo'})", 0, "foo does not belong to ResponseType values"),
            ("http.get('http://h/', {responseCallback: 5})", 0, "unsupported responseCallback"),
            (
                "http.post('http://h/', 'a', {compression: 'foo'})", 0,
                "unknown compression algorithm foo, supported algorithms are [gzip deflate zstd br]"
            ),
            (
                "http.get('http://h/', {tags: {a: {}}})", 0,
                "invalid HTTP request metric tags: invalid value for metric tag 'a': only String, Boolean and Number types are "
                    + "accepted as a metric tag values"
            ),
        ])
    func answersWrongArguments(call: String, code: Int, message: String) async throws {
        let (result, log) = try await HTTPScript.run(
            "const r = \(call); return [r.status, r.error_code, r.error, r.request, r.body];")
        let shown = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(result == "[0,\(code),\"\(shown)\",null,[]]")
        #expect(log == ["warning - Request Failed error=\"\(message)\""])
        var settings = ScriptHTTPSettings()
        settings.throwsFailures = true
        #expect(try await HTTPScript.run("return \(call)", settings: settings).result == "Error: " + message)
    }

    @Test("code outside of functions sends nothing")
    func initialization() async throws {
        for (call, message) in [
            ("http.get('http://h/')", "Making http requests in the init context is not supported"),
            ("http.batch([])", "Using batch in the init context is not supported"),
            ("http.cookieJar()", "Making cookie jars in the init context is not supported"),
        ] { #expect(try await HTTPScript.run(call, phase: .initialization).result == "Error: " + message) }
        #expect(
            try await HTTPScript.run(
                "return new http.CookieJar().set('http://h/', 'a', 'b')", phase: .initialization
            ).result == "true")
    }
}
