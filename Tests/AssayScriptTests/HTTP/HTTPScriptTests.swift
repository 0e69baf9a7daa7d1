import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite(
    "Scripts that make requests", .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPScriptTests {
    /// What a function returns, as JSON, and the lines of the log.
    static func run(
        _ body: String, phase: ScriptPhase = .iteration, settings: ScriptHTTPSettings = .init(),
        answer: ((ScriptRequest) -> ScriptResponse)? = nil
    ) async throws -> (result: String, log: [String]) {
        let source = "import http from 'k6/http'; export default function () { \(body) }"
        let program = try ScriptRuntimeTests.program(["main.js": source], BuiltInModules.k6)
        let runtime = try ScriptRuntime(program)
        let host = RecordingHost()
        host.phase = .initialization
        host.httpSettings = settings
        host.answer = answer ?? echo
        runtime.host = host
        if let failure = runtime.initializeNow() { throw failure }
        host.phase = phase
        let function = try #require(runtime.exported("default"))
        switch await runtime.run(function) {
        case .value(let value):
            let text = try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
            return (text ?? "undefined", host.lines)
        case .exception(let exception): return (exception.headline, host.lines)
        case .interrupted: return ("interrupted", host.lines)
        }
    }

    /// Answers 200 with the request's own text, its line ends shown as `|`.
    static func echo(_ request: ScriptRequest) -> ScriptResponse {
        guard let hop = ScriptHop(request) else {
            return ScriptResponse(
                request,
                fault: ScriptHTTPFault(
                    notSent: request.address.fault?.reason ?? "", method: request.method, url: request.address.text))
        }
        let cookies = request.cookies(for: hop, now: 100)
        request.note(sent: cookies)
        let text = String(
            decoding: request.bytes(of: hop, cookies: ScriptRequest.header(cookies)), as: UTF8.self)
        return response(
            request, head: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nx-foo: 1\r\nX-Foo: 2\r\n\r\n",
            body: text.replacing("\r\n", with: "|"))
    }

    static func response(_ request: ScriptRequest, status: Int = 200, head: String, body: String) -> ScriptResponse {
        let response = ScriptResponse(request)
        response.status = status
        response.bytes = Array((head + body).utf8)
        response.headCount = head.utf8.count
        response.hasBody = request.responseType != .none
        var exchange = Exchange(outcome: .answered, at: 1_000_000)
        exchange.status = status
        exchange.bytesSent = 10
        exchange.writtenAt = 3_000_000
        exchange.firstByteAt = 7_000_000
        exchange.endAt = 8_500_000
        exchange.connectingNanoseconds = 250_000
        response.exchange = exchange
        response.peer = HTTPPeer(address: .loopback(port: 8080), tlsVersion: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256")
        response.fault = ScriptHTTPFault(status: status)
        return response
    }

    static func answering(_ body: String, status: Int = 200, extra: String = "") -> (ScriptRequest) -> ScriptResponse {
        { request in
            response(
                request, status: status,
                head: "HTTP/1.1 \(HTTPStatusText.of(status))\r\nContent-Type: application/json\r\n\(extra)\r\n", body: body)
        }
    }

    @Test(
        "requests go out as the script says",
        arguments: [
            ("http.get('http://h/a?b=1')", "GET /a?b=1 HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.post('http://h/')", "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 0||"),
            ("http.post('http://h/', null)", "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 0||"),
            ("http.put('http://h/', 'text')", "PUT / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 4||text"),
            (
                "http.post('http://h/', {b: 'x y', a: 1.5, n: null, l: [1, 'z']})",
                "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Type: application/x-www-form-urlencoded|Content-Length: 22||"
                    + "a=1.5&b=x+y&l=1&l=z&n="
            ),
            (
                "http.post('http://h/', JSON.stringify({a: 1}), {headers: {'content-type': 'application/json'}})",
                "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Type: application/json|Content-Length: 7||{\"a\":1}"
            ),
            ("http.patch('http://h/', new Uint8Array([65, 66]))", "PATCH / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 2||AB"),
            ("http.del('http://h/x', 'b')", "DELETE /x HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 1||b"),
            ("http.head('http://h/')", "HEAD / HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.options('http://h/')", "OPTIONS / HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.request('FOO', 'http://h/')", "FOO / HTTP/1.1|Host: h|User-Agent: assay||"),
            (
                "http.get('http://h/', {headers: {Host: 'other', 'user-agent': 'me', num: 5, none: undefined}})",
                "GET / HTTP/1.1|Host: other|User-Agent: me|Num: 5|None: undefined||"
            ),
            ("http.get('http://u:p%21@h/')", "GET / HTTP/1.1|Host: h|User-Agent: assay|Authorization: Basic dTpwIQ==||"),
            (
                "http.get('http://h/', {cookies: {a: '1', b: {value: 'x y', replace: true}}})",
                "GET / HTTP/1.1|Host: h|User-Agent: assay|Cookie: a=1; b=\"x y\"||"
            ),
            (
                "const jar = http.cookieJar(); jar.set('http://h/', 'a', '0'); jar.set('http://h/', 'c', '3'); return "
                    + "http.get('http://h/', {cookies: {a: {value: '1', replace: true}}}).body",
                "GET / HTTP/1.1|Host: h|User-Agent: assay|Cookie: a=1; c=3||"
            ),
            (
                "const jar = new http.CookieJar(); jar.set('http://h/', 'a', '0'); return http.get('http://h/', {jar}).body",
                "GET / HTTP/1.1|Host: h|User-Agent: assay|Cookie: a=0||"
            ),
            ("http.get(http.url`http://h/${5}/${'x'}`)", "GET /5/x HTTP/1.1|Host: h|User-Agent: assay||"),
        ])
    func sends(call: String, text: String) async throws {
        let body = call.contains("return") ? call : "return \(call).body"
        #expect(try await Self.run(body).result == "\"" + text.replacing("\"", with: "\\\"") + "\"")
    }

    @Test(
        "answers show what k6 shows",
        arguments: [
            ("r.status", "200"), ("r.status_text", "\"200 OK\""), ("r.url", "\"http://h/\""), ("r.proto", "\"HTTP/1.1\""),
            ("r.body", "\"{\\\"a\\\":{\\\"b\\\":[1,2.5,\\\"x\\\",null,{\\\"c\\\":\\\"d\\\"}]}}\""),
            ("r.headers", #"{"Content-Type":"application/json","Set-Cookie":"k=v; Path=/; Max-Age=5; HttpOnly"}"#),
            ("r.headers === r.headers", "true"), ("r.headers['Content-Type']", "\"application/json\""),
            (
                "r.timings",
                #"{"duration":7.5,"blocked":0.25,"looking_up":0,"connecting":0.25,"tls_handshaking":0,"sending":2,"waiting":4,"receiving":1.5}"#
            ),
            (
                "r.cookies",
                #"{"k":[{"name":"k","value":"v","domain":"","path":"/","http_only":true,"secure":false,"max_age":5,"expires":-6795364578871}]}"#
            ),
            ("[r.error, r.error_code, r.remote_ip, r.remote_port]", "[\"\",0,\"127.0.0.1\",8080]"),
            ("[r.tls_version, r.tls_cipher_suite]", "[\"tls1.3\",\"TLS_AES_128_GCM_SHA256\"]"),
            ("r.json()", #"{"a":{"b":[1,2.5,"x",null,{"c":"d"}]}}"#), ("r.json() === r.json()", "true"),
            ("[r.json('a.b.#'), r.json('a.b.1'), r.json('a.b.2'), r.json('a.b.3'), r.json('a.b.4')]", #"[5,2.5,"x",null,{"c":"d"}]"#),
            ("[r.json('z') === undefined, r.json('a.b.9') === undefined]", "[true,true]"), ("r.json('a.b.4.c')", "\"d\""),
            (
                "r.request",
                #"{"method":"GET","url":"http://h/","headers":{"User-Agent":["assay"]},"body":"","cookies":{}}"#
            ),
            ("Object.keys(JSON.parse(JSON.stringify(r))).join()",
                "\"remote_ip,remote_port,url,status,status_text,proto,headers,cookies,body,timings,tls_version,"
                    + "tls_cipher_suite,ocsp,error,error_code,request\""),
            ("(r.status = 5, r.status)", "5"), ("(r.mine = 1, r.mine)", "1"),
        ])
    func shows(expression: String, text: String) async throws {
        let answer = Self.answering(
            #"{"a":{"b":[1,2.5,"x",null,{"c":"d"}]}}"#, extra: "Set-Cookie: k=v; Path=/; Max-Age=5; HttpOnly\r\n")
        #expect(try await Self.run("const r = http.get('http://h/'); return \(expression);", answer: answer).result == text)
    }

    @Test(
        "bodies are what was asked for",
        arguments: [
            ("http.get('http://h/', {responseType: 'none'}).body", "null"),
            ("http.get('http://h/', {responseType: 'binary'}).body.byteLength", "4"),
            ("http.get('http://h/', {responseType: 'text'}).body", "\"tést\""),
        ])
    func bodies(expression: String, text: String) async throws {
        let answer = Self.answering(expression.contains("binary") ? "test" : "tést")
        #expect(try await Self.run("return \(expression);", answer: answer).result == text)
    }

    @Test(
        "what cannot be done is told of as k6 does",
        arguments: [
            ("return http.get('http://h/', {responseType: 'none'}).json()",
                "Error: the body is null so we can't transform it to JSON - this likely was because of a request error getting "
                    + "the response"),
            ("return http.get('http://h/').json()",
                "Error: cannot parse json due to an error at line 1, character 1 , error: invalid character '<' looking for "
                    + "beginning of value"),
            ("return String(http.get('http://h/').json('a'))", "\"undefined\""),
            ("http.expectedStatuses()", "Error: no arguments"),
            ("http.expectedStatuses('200')",
                "Error: argument number 1 to expectedStatuses was neither an integer nor an object like {min:100, max:329}"),
            ("http.expectedStatuses({min: 'a', max: 5})", "Error: both min and max need to be integers for argument number 1"),
            ("http.setResponseCallback(() => 1)", "Error: unsupported argument, expected http.expectedStatuses"),
            ("http.batch()", "Error: no argument was provided to http.batch()"),
            ("http.batch([], 5)", "Error: http.batch() accepts only an array or an object of requests"),
            ("http.batch(5)", "Error: invalid http.batch() argument type int64"),
            ("http.file(5)", "Error: invalid type int64, expected string or ArrayBuffer"),
            ("http.cookieJar().delete('http://h/', '')", "Error: cookie: is null"),
            ("http.cookieJar().set('http://h', 'k', 'v', {expires: 'foo'})",
                "Error: unable to parse \"expires\" date string \"foo\": parsing time \"foo\" as "
                    + "\"Mon, 02 Jan 2006 15:04:05 MST\": cannot parse \"foo\" as \"Mon\""),
            ("http.get('http://h/', {auth: 'ntlm'})",
                "Error: auth: 'ntlm' is not supported: Assay speaks basic and digest authentication"),
            ("http.get('127.0.0.1/x', {throw: true})",
                "Error: Get \"127.0.0.1/x\": unsupported protocol scheme \"\""),
        ])
    func refuses(body: String, text: String) async throws {
        #expect(try await Self.run(body, answer: body.contains("127") ? nil : Self.answering("<html>")).result == text)
    }

    @Test(
        "wrong arguments are answered, and logged",
        arguments: [
            ("http.get()", 1020, "invalid URL: '#<nil>'"), ("http.get({a: 1})", 1020, "invalid URL: '#map[a:1]'"),
            ("http.get('http://[::1')", 1020, "invalid URL: parse \"http://[::1\": missing ']' in host"),
            ("http.post('http://h/', 5)", 0, "unknown request body type int64"),
            ("http.post('http://h/', [1])", 0, "unknown request body type []interface {}"),
            ("http.get('http://h/', {timeout: 'foo'})", 0, "invalid timeout value: time: invalid duration \"foo\""),
            ("http.get('http://h/', {responseType: 'foo'})", 0, "foo does not belong to ResponseType values"),
            ("http.get('http://h/', {responseCallback: 5})", 0, "unsupported responseCallback"),
            ("http.post('http://h/', 'a', {compression: 'foo'})", 0,
                "unknown compression algorithm foo, supported algorithms are [gzip deflate zstd br]"),
            ("http.get('http://h/', {tags: {a: {}}})", 0,
                "invalid HTTP request metric tags: invalid value for metric tag 'a': only String, Boolean and Number types are "
                    + "accepted as a metric tag values"),
        ])
    func answersWrongArguments(call: String, code: Int, message: String) async throws {
        let (result, log) = try await Self.run(
            "const r = \(call); return [r.status, r.error_code, r.error, r.request, r.body];")
        let shown = message.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        #expect(result == "[0,\(code),\"\(shown)\",null,[]]")
        #expect(log == ["warning - Request Failed error=\"\(message)\""])
        var settings = ScriptHTTPSettings()
        settings.throwsFailures = true
        #expect(try await Self.run("return \(call)", settings: settings).result == "Error: " + message)
    }

    @Test("code outside of functions sends nothing")
    func initialization() async throws {
        for (call, message) in [
            ("http.get('http://h/')", "Making http requests in the init context is not supported"),
            ("http.batch([])", "Using batch in the init context is not supported"),
            ("http.cookieJar()", "Making cookie jars in the init context is not supported"),
        ] { #expect(try await Self.run(call, phase: .initialization).result == "Error: " + message) }
        #expect(try await Self.run("return new http.CookieJar().set('http://h/', 'a', 'b')", phase: .initialization).result == "true")
    }

    @Test("a batch gives answers in the shape of its requests")
    func batch() async throws {
        let list = try await Self.run(
            """
            return http.batch(['http://h/1', ['POST', 'http://h/2', {a: 1}], {method: 'put', url: 'http://h/3', body: 'z'},
                {url: 'http://h/4', method: 'GET', body: 'dropped'}]).map(r => r.body.split('|')[0] + ' ' + r.body.split('||')[1]);
            """)
        #expect(list.result == #"["GET /1 HTTP/1.1 ","POST /2 HTTP/1.1 a=1","PUT /3 HTTP/1.1 z","GET /4 HTTP/1.1 "]"#)
        let named = try await Self.run(
            "const r = http.batch({x: 'http://h/1', y: {url: 'http://h/2'}}); return [Object.keys(r), r.y.url];")
        #expect(named.result == #"[["x","y"],"http://h/2"]"#)
        let wrong = try await Self.run(
            "return http.batch(['http://h/1', ['GET'], 'http://h/2']).map(r => r === null ? r : r.error);")
        #expect(wrong.result == #"["","invalid batch request '[GET]'",null]"#)
        #expect(wrong.log == ["warning - A batch request failed error=\"invalid batch request '[GET]'\""])
    }

    @Test("statuses that are expected are the request's own, or those of the virtual user")
    func expectations() async throws {
        let seen = Seen()
        let answer: (ScriptRequest) -> ScriptResponse = { request in
            seen.expected.append(request.expected.map { "\($0.contains(404))\($0.contains(200))" } ?? "nobody")
            return Self.answering("")(request)
        }
        _ = try await Self.run(
            """
            http.get('http://h/'); http.get('http://h/', {responseCallback: http.expectedStatuses(404)});
            http.setResponseCallback(http.expectedStatuses({min: 400, max: 499}, 200)); http.get('http://h/');
            http.get('http://h/', {responseCallback: null}); http.setResponseCallback(null); http.get('http://h/');
            """, answer: answer)
        #expect(seen.expected == ["falsetrue", "truefalse", "truetrue", "nobody", "nobody"])
    }

    @Test("tags, names and times are taken from the parameters")
    func parameters() async throws {
        let seen = Seen()
        _ = try await Self.run(
            """
            http.get(http.url`http://h/${1}`, {tags: {a: 1, b: true}, timeout: '2s', redirects: 3, auth: 'digest'});
            http.get('http://u:p@h/', {tags: {name: 'mine'}, timeout: 250}); http.get('http://u:p@h/x');
            """,
            answer: { request in
                seen.expected.append(
                    "\(request.taggedName ?? request.address.clean) \(request.tags.map { $0.name + "=" + $0.value }) "
                        + "\(request.timeoutNanoseconds) \(request.redirects ?? -1) \(request.authentication)")
                return Self.answering("")(request)
            })
        #expect(
            seen.expected == [
                #"http://h/${} ["a=1", "b=true"] 2000000000 3 digest"#, "mine [] 250000000 -1 basic",
                "http://****:****@h/x [] 60000000000 -1 basic",
            ])
    }

    private final class Seen { var expected: [String] = [] }

    @Test("bodies are packed, and a length of the script's own is not believed")
    func packing() async throws {
        let (result, log) = try await Self.run(
            """
            const r = http.post('http://h/', 'a'.repeat(100), {compression: 'gzip, br', headers: {'Content-Length': '5'}});
            return [r.request.body.length, r.request.headers['Content-Encoding']];
            """)
        #expect(result == #"[100,["gzip, br"]]"#)
        #expect(log.count == 1 && log[0].contains("The specified Content-Length header \"5\" in the POST request for http://h/"))
    }

    @Test("files go as parts")
    func files() async throws {
        let (result, _) = try await Self.run(
            """
            const r = http.post('http://h/', {f: http.file('data', 'a"b.txt', 'text/plain'), x: 5});
            const boundary = r.request.headers['Content-Type'][0].split('boundary=')[1];
            return [boundary.length, r.request.body.replaceAll(boundary, 'B').replaceAll('\\r\\n', '|')];
            """)
        #expect(
            result
                == "[60,\"--B|Content-Disposition: form-data; name=\\\"f\\\"; filename=\\\"a\\\\\\\"b.txt\\\"|"
                + "Content-Type: text/plain||data|--B|Content-Disposition: form-data; name=\\\"x\\\"||5|--B--|\"]")
    }

    @Test("pages lead on: forms and links")
    func pages() async throws {
        let page = """
            <html><a id="l" href="next?x=1">go</a><form method="post" action="/login"><input name="user" value="me">
            <input type="submit" name="go" value="Go"></form></html>
            """
        let answer: (ScriptRequest) -> ScriptResponse = { request in
            request.address.text == "http://h/dir/page" ? Self.answering(page)(request) : Self.echo(request)
        }
        let link = try await Self.run("return http.get('http://h/dir/page').clickLink().body.split('|')[0]", answer: answer)
        #expect(link.result == "\"GET /dir/next?x=1 HTTP/1.1\"")
        let form = try await Self.run(
            "return http.get('http://h/dir/page').submitForm({fields: {more: '1'}}).body.split('|').slice(-1)[0]", answer: answer)
        #expect(form.result == "\"go=Go&more=1&user=me\"")
        let text = try await Self.run("return http.get('http://h/dir/page').html('#l').text()", answer: answer)
        #expect(text.result == "\"go\"")
        let none = try await Self.run("http.get('http://h/dir/page').clickLink({selector: 'p'})", answer: answer)
        #expect(none.result == "Error: no element found for selector 'p' in response 'http://h/dir/page'")
    }

    @Test("a request beside the script is a promise of its answer")
    func promises() async throws {
        let source = """
            import http from 'k6/http';
            export default async function () {
                const all = await Promise.all([http.asyncRequest('GET', 'http://h/1'), http.asyncRequest('POST', 'http://h/2', 'b')]);
                let wrong = 'none';
                try { await http.asyncRequest('GET', 'ftp://h/', null, {throw: true}); } catch (e) { wrong = e.message; }
                return all.map(r => r.url + ' ' + r.request.method).concat(wrong);
            }
            """
        let runtime = try ScriptRuntime(ScriptRuntimeTests.program(["main.js": source], BuiltInModules.k6))
        let host = RecordingHost()
        host.answer = Self.echo
        runtime.host = host
        #expect(runtime.initializeNow() == nil)
        let function = try #require(runtime.exported("default"))
        guard case .value(let value) = await runtime.run(function) else {
            Issue.record("it did not end with a value")
            return
        }
        let text = try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
        #expect(text == #"["http://h/1 GET","http://h/2 POST","Get \"ftp://h/\": unsupported protocol scheme \"ftp\""]"#)
    }
}

private enum HTTPStatusText {
    static func of(_ status: Int) -> String { status == 200 ? "200 OK" : "\(status) Unknown" }
}
