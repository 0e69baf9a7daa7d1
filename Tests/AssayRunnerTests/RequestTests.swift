import AssayCore
import AssayNet
import AssayRunner
import AssayScenario
import AssayWire
import Testing

/// What a server answers that sets cookies, redirects and asks for passwords; it says back what it got.
func answering(_ request: HTTPRequest) -> HTTPResponse {
    var response = HTTPResponse(
        text:
            "\(request.method) \(request.headers["cookie"] ?? "-") \(request.headers["authorization"] ?? "-") "
            + String(decoding: request.body, as: UTF8.self))
    let words = request.path.split(separator: "/")
    switch words.first ?? "" {
    case "set":
        for pair in queryPairs(request.query) {
            response.headers.add("Set-Cookie", "\(pair.name)=\(pair.value); Path=/")
        }
    case "go":
        response.status = Int(words[1]) ?? 500
        response.headers.add("Location", queryPairs(request.query).first?.value ?? "")
    case "loop":
        response.status = 302
        response.headers.add("Location", "/loop/\((Int(words[1]) ?? 0) + 1)")
    case "digest":
        guard (request.headers["authorization"] ?? "").hasPrefix("Digest username=\"ann\"") else {
            response.status = 401
            response.headers.add("WWW-Authenticate", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"")
            return response
        }
    default: break
    }
    return response
}

@Suite("What requests say and what becomes of their answers")
struct RequestTests {
    private func run(_ steps: String) throws -> (TestResult, asked: [String]) {
        let bench = try Bench { request, _ in answering(request) }
        let results = try bench.test(steps)
        return (results[0], bench.reactor.run { bench.asked.all })
    }

    private func expectPassed(_ steps: String) throws {
        let (result, _) = try run(steps)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    // MARK: cookies

    @Test("Cookies that a server sets go back with later requests, beside those of the request itself")
    func cookies() throws {
        try expectPassed(
            """
            steps:
              - http: {get: "${api.url}/set?session=1&theme=dark"}
                expect: {cookies: {session: "1", other: {absent: true}}}
                capture: {sid: {cookie: session}}
              - http: {get: "${api.url}/x"}
                expect: {body: "GET session=1; theme=dark - "}
              - http: {get: "${api.url}/x", cookies: {theme: "${sid}", b: 2}}
                expect: {body: "GET session=1; theme=1; b=2 - ", cookies: {session: "1"}}
              - http: {get: "${api.url}/x", headers: {Cookie: "a=b"}}
                expect: {body: "GET session=1; theme=dark; a=b - "}
              - http: {get: "${api.url}/x", cookies: off}
                expect: {body: "GET - - "}
              - parallel: {times: 2, steps: [{http: {get: "${api.url}/x"}, expect: {body: {contains: session=1}}}]}
            """)
    }

    @Test("With cookies off none is kept, and what an answer sets can still be seen") func cookiesOff() throws
    {
        try expectPassed(
            """
            http: {cookies: off}
            steps:
              - http: {get: "${api.url}/set?session=1"}
                capture: {sid: {cookie: session}}
              - http: {get: "${api.url}/x?${sid}"}
                expect: {body: "GET - - "}
            """)
    }

    @Test("A pass begins without cookies unless they are the user's", arguments: [("pass", 2), ("user", 1)])
    func passes(_ policy: String, _ fresh: Int) throws {
        let bench = try Bench { request, _ in
            if request.headers["cookie"] == nil {
                return answering(HTTPRequest(method: "GET", target: "/set?a=b"))
            }
            return answering(request)
        }
        let (record, _) = try bench.load(
            "iterations: {users: 1, each: 2}\nhttp: {cookies: \(policy)}",
            scenario: """
                steps:
                  - http: {get: "${api.url}/x"}
                    expect: {body: {matches: "^GET - "}}
                """)
        #expect(record.counter("checks") == UInt64(fresh))
    }

    // MARK: redirects

    @Test("Redirects are followed as far as is said, each one a request of its own") func redirects() throws {
        let (result, asked) = try run(
            """
            http: {redirects: 3}
            steps:
              - http: {post: "${api.url}/go/302?to=/set?session=9", text: hello, headers: {Authorization: x}}
                expect: {status: 200, body: "GET - x ", cookies: {session: "9"}}
              - http: {put: "${api.url}/go/307?to=here", text: hello}
                expect: {body: "PUT session=9 - hello"}
              - http: {get: "${api.url}/go/301?to=/x", redirects: 0}
                expect: {status: 301}
              - http: {get: "${api.url}/loop/1"}
            """)
        #expect(result.steps.map(\.status) == [.passed, .passed, .passed, .failed])
        #expect(
            asked == [
                "POST /go/302?to=/set?session=9", "GET /set?session=9", "PUT /go/307?to=here", "PUT /go/here",
                "GET /go/301?to=/x", "GET /loop/1", "GET /loop/2", "GET /loop/3", "GET /loop/4",
            ])
        let last = result.steps[3]
        #expect(last.exchange?.outcome == "too-many-redirects")
        #expect(
            last.mismatches[0].actual.hasPrefix("too-many-redirects: more than 3; the next leads to http://"))
        let told = result.steps[0].exchange
        #expect(told?.summary.contains("/go/302?to=/set?session=9 → 302, then GET ") == true)
        #expect(told?.curl?.hasPrefix("curl -i -L --max-redirs 3 -b '' -H 'Authorization: x'") == true)
        #expect(told?.curl?.contains("--data-raw 'hello'") == true)
    }

    @Test("On the way to another server the password and the cookies stay behind") func crossingServers()
        throws
    {
        // The same address under another name is another server.
        let bench = try Bench { request, _ in
            var answer = answering(request)
            guard request.path == "/x" else { return answer }
            answer.status = 302
            let port = (request.headers["host"] ?? "").split(separator: ":").last ?? ""
            answer.headers.add("Location", "http://localhost:\(port)/there")
            answer.headers.add("Set-Cookie", "session=1")
            return answer
        }
        let result = try bench.test(
            """
            steps:
              - http:
                  get: "${api.url}/x"
                  redirects: 1
                  auth: {basic: {user: a, password: b}}
                  cookies: {own: 1}
                expect: {body: "GET - - "}
              - http: {get: "${api.url}/y"}
                expect: {body: "GET session=1 - "}
            """)[0]
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("In load each hop counts as a request that has not failed") func hopsInLoad() throws {
        let bench = try Bench { request, _ in answering(request) }
        let (record, _) = try bench.load(
            "iterations: {users: 1, each: 5}\nhttp: {redirects: 2}",
            scenario: """
                steps:
                  - http: {get: "${api.url}/go/302?to=/x"}
                    expect: {status: 200}
                """)
        #expect(record.counter("http.requests") == 10)
        #expect(record.counter("http.failed") == 0)
        #expect(record.trend("http.duration").count == 10)
        #expect(record.counter("checks") == 5)
    }

    // MARK: who sends it

    @Test("Basic, bearer and the address say who sends a request; the narrowest wins") func logins() throws {
        let bench = try Bench { request, _ in answering(request) }
        let port = bench.server.address.port ?? 0
        let result = try bench.test(
            """
            http: {auth: {basic: {user: ann, password: "${pass}"}}, headers: {X-A: b}}
            vars: {pass: "s:c"}
            steps:
              - http: {get: "${api.url}/x"}
                expect: {body: "GET - Basic YW5uOnM6Yw== "}
              - http: {get: "${api.url}/x", auth: {bearer: "t-${pass}"}}
                expect: {body: "GET - Bearer t-s:c "}
              - http: {get: "${api.url}/x", auth: none}
                expect: {body: "GET - - "}
              - http: {get: "${api.url}/x", bearer: own}
                expect: {body: "GET - Bearer own "}
              - http: {get: "${api.url}/x", headers: {authorization: mine}}
                expect: {body: "GET - mine "}
              - http: {get: "http://bob:p%40ss@127.0.0.1:\(port)/x"}
                expect: {body: "GET - Basic Ym9iOnBAc3M= "}
            """)[0]
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("Digest asks once, and knows the nonce from then on") func digest() throws {
        let (result, asked) = try run(
            """
            http: {auth: {digest: {user: ann, password: hush-hush}}}
            steps:
              - http: {get: "${api.url}/digest/a"}
                expect: {status: 200, body: {contains: "nc=00000001"}}
              - http: {post: "${api.url}/digest/b", text: body}
                expect: {status: 200, body: {matches: 'nc=00000002.*body$'}}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(asked == ["GET /digest/a", "GET /digest/a", "POST /digest/b"])
        let curl = result.steps[0].exchange?.curl ?? ""
        #expect(curl.contains("--digest -u 'ann:***'") || curl.contains("--digest -u 'ann:"))
        #expect(!curl.contains("hush-hush") && !curl.contains("Authorization"))
    }

    @Test("A question for the password is a request that has not failed; a wrong one is") func digestInLoad()
        throws
    {
        for (user, requests, failed) in [("ann", UInt64(4), UInt64(0)), ("bob", 6, 3)] {
            let bench = try Bench { request, _ in answering(request) }
            let (record, _) = try bench.load(
                "iterations: {users: 1, each: 3}\nhttp: {auth: {digest: {user: \(user), password: p}}}",
                scenario: "steps: [{http: {get: \"${api.url}/digest/a\"}}]")
            #expect(record.counter("http.requests") == requests)
            #expect(record.counter("http.failed") == failed)
        }
    }

    // MARK: bodies

    @Test("Multipart bodies hold texts and files, and are told to curl as they are") func multipart() throws {
        let path = "/tmp/assay-part-\(Host.processID).json"
        try Files.write(Array("{\"a\": 1}".utf8), to: path)
        defer { try? Files.remove(path) }
        let bench = try Bench { request, _ in
            HTTPResponse(
                text: (request.headers["content-type"] ?? "") + "\n"
                    + String(decoding: request.body, as: UTF8.self))
        }
        let result = try bench.test(
            """
            vars: {name: lamp}
            steps:
              - http:
                  post: "${api.url}/x"
                  multipart: {title: "a ${name}", file: {file: \(path)}, more: {file: \(path), filename: x.bin, type: a/b}}
                expect:
                  body:
                    all:
                      - {matches: '^multipart/form-data; boundary=assay-[0-9a-f]{16}'}
                      - {contains: "name=\\"title\\"\\r\\n\\r\\na lamp\\r\\n--assay-"}
                      - {contains: "name=\\"file\\"; filename=\\"assay-part-\(Host.processID).json\\"\\r\\nContent-Type: application/json\\r\\n\\r\\n{\\"a\\": 1}\\r\\n"}
                      - {contains: "filename=\\"x.bin\\"\\r\\nContent-Type: a/b"}
            """)[0]
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        let curl = result.steps[0].exchange?.curl ?? ""
        #expect(curl.contains("-F 'title=\"a lamp\"' -F 'file=@\"\(path)\";filename="))
    }

    @Test("A large file is streamed, packed when that is wanted, and a missing one fails by name")
    func files() throws {
        let path = "/tmp/assay-large-\(Host.processID)"
        try Files.write([UInt8](repeating: 65, count: 1_000_000), to: path)
        defer { try? Files.remove(path) }
        let bench = try Bench { request, _ in
            let coding = request.headers["content-encoding"] ?? "identity"
            let body = (try? decodeContent(request.body, encoding: coding, limitBytes: 2_000_000)) ?? []
            return HTTPResponse(
                text:
                    "\(body.count) \(coding) \(request.headers["transfer-encoding"] ?? "-") \(request.headers["expect"] ?? "-")"
            )
        }
        let result = try bench.test(
            """
            steps:
              - http: {put: "${api.url}/x", file: \(path)}
                expect: {body: "1000000 identity - -"}
              - http: {put: "${api.url}/x", file: \(path), compress: br}
                expect: {body: "1000000 br chunked -"}
              - http: {put: "${api.url}/x", json: {a: 1}, compress: zstd}
                expect: {body: "7 zstd - -"}
              - http: {put: "${api.url}/x", text: "${uuid()}", compress: gzip, expect-continue: 5s}
                expect: {body: "36 gzip - 100-continue"}
              - http: {put: "${api.url}/x", file: \(path)-absent}
            """)[0]
        #expect(
            result.steps.map(\.status) == [.passed, .passed, .passed, .passed, .failed],
            "\(result.steps.flatMap(\.mismatches))")
        #expect(result.steps[4].mismatches[0].actual.contains("-absent: ENOENT"))
        #expect(result.steps[1].exchange?.curl?.hasPrefix("brotli -c '\(path)' | curl ") == true)
    }

    @Test("Answers in every coding are unpacked, and asked for by accept") func codings() throws {
        let bench = try Bench { request, _ in
            let name = request.headers["accept-encoding"] ?? "identity"
            guard let coding = ContentCoding(named: name) else { return HTTPResponse(text: name) }
            var response = HTTPResponse(text: "packed \(name)")
            response.body = (try? encodeContent(response.body, as: coding)) ?? []
            response.headers.add("Content-Encoding", name)
            return response
        }
        let result = try bench.test(
            """
            steps:
              - {http: {get: "${api.url}/x", accept: br}, expect: {body: packed br}}
              - {http: {get: "${api.url}/x", accept: [zstd]}, expect: {body: packed zstd}}
              - {http: {get: "${api.url}/x", accept: gzip}, expect: {body: packed gzip}}
              - {http: {get: "${api.url}/x", accept: [gzip, br]}, expect: {body: "gzip, br"}}
              - {http: {get: "${api.url}/x"}, expect: {body: packed identity}}
            """)[0]
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("Methods without a key of their own are sent as they are written") func methods() throws {
        let (result, asked) = try run(
            """
            steps:
              - http: {method: PURGE, url: "${api.url}/x"}
              - http: {trace: "${api.url}/x"}
            """)
        #expect(result.status == .passed)
        #expect(asked == ["PURGE /x", "TRACE /x"])
    }

    @Test("A project's, a profile's, a scenario's and a step's settings lie over one another")
    func precedence() throws {
        let bench = try Bench { request, _ in
            HTTPResponse(
                text:
                    "\(request.headers["x-a"] ?? "-") \(request.headers["x-b"] ?? "-") \(request.headers["x-c"] ?? "-")"
            )
        }
        let (record, _) = try bench.load(
            "iterations: {users: 1, each: 1}\nhttp: {headers: {X-A: profile, X-B: profile, X-C: profile}}",
            scenario: """
                http: {headers: {x-b: scenario, X-C: scenario}}
                steps:
                  - http: {get: "${api.url}/x", headers: {X-C: step}}
                    expect: {body: profile scenario step}
                """)
        #expect(record.counter("checks") == 1)
    }
}
