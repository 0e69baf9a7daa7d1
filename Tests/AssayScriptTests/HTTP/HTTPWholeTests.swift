import AssayCore
import AssayNet
import Testing

@testable import AssayScript

@Suite(
    "What scripts do with several requests",
    .enabled(if: ScriptEngine.isPresent, "scripts/setup --only k6 makes the engine"))
struct HTTPWholeTests {
    @Test("a batch gives answers in the shape of its requests")
    func batch() async throws {
        let list = try await HTTPScript.run(
            """
            return http.batch(['http://h/1', ['POST', 'http://h/2', {a: 1}], {method: 'put', url: 'http://h/3', body: 'z'},
                {url: 'http://h/4', method: 'GET', body: 'dropped'}]).map(r => r.body.split('|')[0] + ' ' + r.body.split('||')[1]);
            """)
        #expect(
            list.result
                == #"["GET /1 HTTP/1.1 ","POST /2 HTTP/1.1 a=1","PUT /3 HTTP/1.1 z","GET /4 HTTP/1.1 "]"#)
        let named = try await HTTPScript.run(
            "const r = http.batch({x: 'http://h/1', y: {url: 'http://h/2'}}); return [Object.keys(r), r.y.url];"
        )
        #expect(named.result == #"[["x","y"],"http://h/2"]"#)
        let wrong = try await HTTPScript.run(
            "return http.batch(['http://h/1', ['GET'], 'http://h/2']).map(r => r === null ? r : r.error);")
        #expect(wrong.result == #"["","invalid batch request '[GET]'",null]"#)
        #expect(wrong.log == ["warning - A batch request failed error=\"invalid batch request '[GET]'\""])
    }

    @Test("statuses that are expected are the request's own, or those of the virtual user")
    func expectations() async throws {
        let seen = Seen()
        let answer: (ScriptRequest) -> ScriptResponse = { request in
            seen.expected.append(
                request.expected.map { "\($0.contains(404))\($0.contains(200))" } ?? "nobody")
            return HTTPScript.answering("")(request)
        }
        _ = try await HTTPScript.run(
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
        _ = try await HTTPScript.run(
            """
            http.get(http.url`http://h/${1}`, {tags: {a: 1, b: true}, timeout: '2s', redirects: 3, auth: 'digest'});
            http.get('http://u:p@h/', {tags: {name: 'mine'}, timeout: 250}); http.get('http://u:p@h/x');
            """,
            answer: { request in
                seen.expected.append(
                    "\(request.taggedName ?? request.address.clean) \(request.tags.map { $0.name + "=" + $0.value }) "
                        + "\(request.timeoutNanoseconds) \(request.redirects ?? -1) \(request.authentication)"
                )
                return HTTPScript.answering("")(request)
            })
        #expect(
            seen.expected == [
                #"http://h/${} ["a=1", "b=true"] 2000000000 3 digest"#, "mine [] 250000000 -1 basic",
                "http://****:****@h/x [] 60000000000 -1 basic",
            ])
    }

    @Test(
        "a time-out that no clock can tell is cut to one that it can",
        arguments: [
            ("-Infinity", 0), ("-1e308", 0), ("'-99999999999999999999h'", 0), ("-1", 0), ("NaN", 0),
            ("0.5", 500_000),
            ("1e308", 1 << 60), ("Infinity", 1 << 60),
        ] as [(String, Int64)])
    func timeouts(written: String, nanoseconds: Int64) async throws {
        let seen = Seen()
        _ = try await HTTPScript.run(
            "http.get('http://h/', {timeout: \(written)})",
            answer: { request in
                seen.expected.append("\(request.timeoutNanoseconds)")
                return HTTPScript.answering("")(request)
            })
        #expect(seen.expected == ["\(nanoseconds)"])
    }

    @Test("warnings and failures do not tell the password of an address")
    func secrets() async throws {
        let (_, log) = try await HTTPScript.run(
            """
            http.post('http://ann:s3cret@h/', 'a', {headers: {'Content-Length': '5'}});
            http.post('http://ann:s3cret@h/', 'a', {compression: 'gzip', headers: {'Content-Encoding': 'br'}});
            http.get('http://ann:s3cret@a b/'); http.get('ftp://ann:s3cret@h/');
            """)
        #expect(log.count == 4 && !log.contains { $0.contains("s3cret") })
        #expect(log.allSatisfy { $0.contains("****:****@") })
    }

    private final class Seen { var expected: [String] = [] }

    @Test("bodies are packed, and a length of the script's own is not believed")
    func packing() async throws {
        let (result, log) = try await HTTPScript.run(
            """
            const r = http.post('http://h/', 'a'.repeat(100), {compression: 'gzip, br', headers: {'Content-Length': '5'}});
            return [r.request.body.length, r.request.headers['Content-Encoding']];
            """)
        #expect(result == #"[100,["gzip, br"]]"#)
        #expect(
            log.count == 1
                && log[0].contains(
                    "The specified Content-Length header \"5\" in the POST request for http://h/")
        )
    }

    @Test("files go as parts")
    func files() async throws {
        let (result, _) = try await HTTPScript.run(
            """
            const r = http.post('http://h/', {f: http.file('data', 'a"b.txt', 'text/plain'), x: 5});
            const boundary = r.request.headers['Content-Type'][0].split('boundary=')[1];
            return [boundary.length, r.request.body.replaceAll(boundary, 'B').replaceAll('\\r\\n', '|')];
            """)
        #expect(
            result
                == "[60,\"--B|Content-Disposition: form-data; name=\\\"f\\\"; filename=\\\"a\\\\\\\"b.txt\\\"|"
                + "Content-Type: text/plain||data|--B|Content-Disposition: form-data; name=\\\"x\\\"||5|--B--|\"]"
        )
    }

    @Test("pages lead on: forms and links")
    func pages() async throws {
        let page = """
            <html><a id="l" href="next?x=1">go</a><form method="post" action="/login"><input name="user" value="me">
            <input type="submit" name="go" value="Go"></form></html>
            """
        let answer: (ScriptRequest) -> ScriptResponse = { request in
            request.address.text == "http://h/dir/page"
                ? HTTPScript.answering(page)(request) : HTTPScript.echo(request)
        }
        let link = try await HTTPScript.run(
            "return http.get('http://h/dir/page').clickLink().body.split('|')[0]", answer: answer)
        #expect(link.result == "\"GET /dir/next?x=1 HTTP/1.1\"")
        let form = try await HTTPScript.run(
            "return http.get('http://h/dir/page').submitForm({fields: {more: '1'}}).body.split('|').slice(-1)[0]",
            answer: answer)
        #expect(form.result == "\"go=Go&more=1&user=me\"")
        let text = try await HTTPScript.run(
            "return http.get('http://h/dir/page').html('#l').text()", answer: answer)
        #expect(text.result == "\"go\"")
        let none = try await HTTPScript.run(
            "http.get('http://h/dir/page').clickLink({selector: 'p'})", answer: answer)
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
        host.answer = HTTPScript.echo
        runtime.host = host
        #expect(runtime.initializeNow() == nil)
        let function = try #require(runtime.exported("default"))
        guard case .value(let value) = await runtime.run(function) else {
            Issue.record("it did not end with a value")
            return
        }
        let text = try runtime.jsonText(value.value).map { String(decoding: $0, as: UTF8.self) }
        #expect(
            text
                == #"["http://h/1 GET","http://h/2 POST","Get \"ftp://h/\": unsupported protocol scheme \"ftp\""]"#
        )
    }
}
