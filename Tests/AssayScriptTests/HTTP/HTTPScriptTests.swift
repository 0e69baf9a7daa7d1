import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite(
    "Scripts that make requests",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPScriptTests {
    @Test(
        "requests go out as the script says",
        arguments: [
            ("http.get('http://h/a?b=1')", "GET /a?b=1 HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.post('http://h/')", "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 0||"),
            ("http.post('http://h/', null)", "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 0||"),
            (
                "http.put('http://h/', 'text')",
                "PUT / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 4||text"
            ),
            (
                "http.post('http://h/', {b: 'x y', a: 1.5, n: null, l: [1, 'z']})",
                "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Type: application/x-www-form-urlencoded|Content-Length: 22||"
                    + "a=1.5&b=x+y&l=1&l=z&n="
            ),
            (
                "http.post('http://h/', JSON.stringify({a: 1}), {headers: {'content-type': 'application/json'}})",
                "POST / HTTP/1.1|Host: h|User-Agent: assay|Content-Type: application/json|Content-Length: 7||{\"a\":1}"
            ),
            (
                "http.patch('http://h/', new Uint8Array([65, 66]))",
                "PATCH / HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 2||AB"
            ),
            (
                "http.del('http://h/x', 'b')",
                "DELETE /x HTTP/1.1|Host: h|User-Agent: assay|Content-Length: 1||b"
            ),
            ("http.head('http://h/')", "HEAD / HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.options('http://h/')", "OPTIONS / HTTP/1.1|Host: h|User-Agent: assay||"),
            ("http.request('FOO', 'http://h/')", "FOO / HTTP/1.1|Host: h|User-Agent: assay||"),
            (
                "http.get('http://h/', {headers: {Host: 'other', 'user-agent': 'me', num: 5, none: undefined}})",
                "GET / HTTP/1.1|Host: other|User-Agent: me|Num: 5|None: undefined||"
            ),
            (
                "http.get('http://u:p%21@h/')",
                "GET / HTTP/1.1|Host: h|User-Agent: assay|Authorization: Basic dTpwIQ==||"
            ),
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
        #expect(try await HTTPScript.run(body).result == "\"" + text.replacing("\"", with: "\\\"") + "\"")
    }

    @Test(
        "answers show what k6 shows",
        arguments: [
            ("r.status", "200"), ("r.status_text", "\"200 OK\""), ("r.url", "\"http://h/\""),
            ("r.proto", "\"HTTP/1.1\""),
            ("r.body", "\"{\\\"a\\\":{\\\"b\\\":[1,2.5,\\\"x\\\",null,{\\\"c\\\":\\\"d\\\"}]}}\""),
            (
                "r.headers",
                #"{"Content-Type":"application/json","Set-Cookie":"k=v; Path=/; Max-Age=5; HttpOnly"}"#
            ),
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
            (
                "[r.json('a.b.#'), r.json('a.b.1'), r.json('a.b.2'), r.json('a.b.3'), r.json('a.b.4')]",
                #"[5,2.5,"x",null,{"c":"d"}]"#
            ),
            ("[r.json('z') === undefined, r.json('a.b.9') === undefined]", "[true,true]"),
            ("r.json('a.b.4.c')", "\"d\""),
            (
                "r.request",
                #"{"method":"GET","url":"http://h/","headers":{"User-Agent":["assay"]},"body":"","cookies":{}}"#
            ),
            (
                "Object.keys(JSON.parse(JSON.stringify(r))).join()",
                "\"remote_ip,remote_port,url,status,status_text,proto,headers,cookies,body,timings,tls_version,"
                    + "tls_cipher_suite,ocsp,error,error_code,request\""
            ),
            (
                "(r.body, r.status, Object.keys(r).join())",
                "\"remote_ip,remote_port,url,status,status_text,proto,headers,cookies,body,timings,tls_version,"
                    + "tls_cipher_suite,ocsp,error,error_code,request,clickLink,html,json,submitForm\""
            ),
            (
                "[Object.values(r)[3], Object.entries(r)[3], Object.keys(r).length]",
                "[200,[\"status\",200],20]"
            ),
            ("[Object.assign({}, r).status, r.hasOwnProperty('json'), r.status]", "[200,true,200]"),
            (
                "[Object.keys({b: 1, a: 2}), Object.keys.name, Object.keys.length]",
                "[[\"b\",\"a\"],\"keys\",1]"
            ),
            ("(r.status = 5, r.status)", "5"),
        ])
    func shows(expression: String, text: String) async throws {
        let answer = HTTPScript.answering(
            #"{"a":{"b":[1,2.5,"x",null,{"c":"d"}]}}"#,
            extra: "Set-Cookie: k=v; Path=/; Max-Age=5; HttpOnly\r\n")
        #expect(
            try await HTTPScript.run("const r = http.get('http://h/'); return \(expression);", answer: answer)
                .result == text)
    }

    @Test(
        "bodies are what was asked for",
        arguments: [
            ("http.get('http://h/', {responseType: 'none'}).body", "null"),
            ("http.get('http://h/', {responseType: 'binary'}).body.byteLength", "4"),
            ("http.get('http://h/', {responseType: 'text'}).body", "\"tést\""),
        ])
    func bodies(expression: String, text: String) async throws {
        let answer = HTTPScript.answering(expression.contains("binary") ? "test" : "tést")
        #expect(try await HTTPScript.run("return \(expression);", answer: answer).result == text)
    }
}
