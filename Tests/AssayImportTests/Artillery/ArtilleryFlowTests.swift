import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("Artillery: flows")
struct ArtilleryFlowTests {
    @Test("A request is taken over whole")
    func request() throws {
        let test = try artillery(
            script(
                """
                - post:
                    url: "/a?x=1"
                    name: create
                    headers: {X-Id: "1"}
                    cookie: {sid: "abc"}
                    qs: {q: "a b", l: [1, 2]}
                    json: {a: 1}
                    auth: {user: ann, pass: secret}
                    followRedirect: false
                    gzip: false
                - put: {url: "http://other/b", form: {a: 1, b: "x y"}}
                - patch: {url: "/c", body: "text"}
                - delete: {url: "/d", formData: {name: n, file: {fromFile: data/a.txt, contentType: text/plain}}}
                - head: {url: "/e"}
                """, config: "http: {defaults: {headers: {X-All: \"2\", x-id: \"9\"}, cookie: {all: \"1\"}}}"),
            environment: ["PWD": "/home/me"]
        ).get()
        let first = try #require(test.request(0))
        #expect(first.method == "POST")
        #expect(rendered(first.url) == "http://127.0.0.1:8080/a")
        #expect(test.steps[0].name == "create")
        #expect(first.headers.map { "\($0.name)=\(rendered($0.value) ?? "")" } == ["X-Id=1", "X-All=2"])
        #expect(first.cookies.map { "\($0.name)=\(rendered($0.value) ?? "")" } == ["sid=abc", "all=1"])
        #expect(first.query.map { "\($0.name)=\(rendered($0.value) ?? "")" } == ["q=a b", "l=1", "l=2"])
        #expect(first.settings.redirects?.most == 0)
        #expect(first.settings.accepts == [])
        guard case .basic? = first.settings.authorization, case .json(let body) = first.body else {
            Issue.record("no login or no body")
            return
        }
        #expect(rendered(body) == "{\"a\":1}")
        guard case .form(let fields)? = test.request(1)?.body else {
            Issue.record("no form")
            return
        }
        #expect(fields.map(\.name) == ["a", "b"])
        guard case .multipart(let parts)? = test.request(3)?.body, case .file(let path)? = parts.last?.content
        else {
            Issue.record("no parts")
            return
        }
        #expect(rendered(path) == "/home/me/tests/data/a.txt")
        #expect(test.steps[4].name == "HEAD /e")
    }

    @Test("An address that is computed has the target before it when it begins with a slash")
    func computedAddress() throws {
        let test = try artillery(
            script("- get: {url: /, capture: {json: $.p, as: p}}\n- get: {url: \"{{ p }}\"}")
        ).get()
        #expect(rendered(test.request(1)?.base) == "http://127.0.0.1:8080")
        #expect(rendered(test.request(1)?.url, ["p": "/x"]) == "/x")
    }

    @Test("Captures are strict unless something says otherwise")
    func captures() throws {
        let captures = """
            - get:
                url: /
                capture:
                  - {json: id, as: a}
                  - {json: "$.b", as: b, strict: false}
                  - {regexp: "x(?<n>[0-9]+)", as: c, group: n, flags: i}
                  - {regexp: "x", as: d, strict: true}
                  - {header: x-id, as: e}
                  - {selector: "a.next", attr: href, index: last, as: f}
                  - {xpath: "//item/@id", as: g, strict: false}
            """
        for (config, breaks) in [("", "a c d e f"), ("defaults: {strictCapture: false}", "d")] {
            let test = try artillery(script(captures, config: config)).get()
            let found = test.steps[0].captures
            #expect(found.map(\.name) == ["a", "b", "c", "d", "e", "f", "g"])
            #expect(found.filter { $0.whenAbsent == .breaksOff }.map(\.name).joined(separator: " ") == breaks)
            #expect(found.count { $0.refusesEmpty } == 7)
            #expect(found[6].whenAbsent == .takes(.string("")))
            guard case .jsonPath(let path) = found[0].source, case .group(_, let group) = found[2].source
            else {
                Issue.record("other sources")
                return
            }
            #expect(path.source == "id")
            #expect(group == 1)
        }
    }

    @Test("Loops, branches and pauses become Assay's")
    func control() throws {
        let test = try artillery(
            script(
                """
                - loop: [{get: {url: "/{{ $loopCount }}"}}]
                  count: 3
                - loop: [{get: {url: "/{{ $loopElement.id }}"}}]
                  over: items
                - loop: [{get: {url: /}}]
                  count: "2-5"
                - parallel: [{get: {url: /a}}, {get: {url: /b}}]
                  limit: 2
                - think: 2
                - think: 1
                  jitter: 50%
                - think: "{{ pause }}"
                - log: "hello {{ pause }}"
                """, config: "variables: {items: [[{id: 1}]], pause: 1}\ndefaults: {think: {jitter: 0}}")
        ).get()
        guard case .repeat(let counted) = test.steps[0].action, case .repeat(let over) = test.steps[1].action,
            case .repeat(let range) = test.steps[2].action, case .parallel(let both) = test.steps[3].action
        else {
            Issue.record("other steps")
            return
        }
        #expect(counted.indexName == "$loopCount")
        guard case .times(let times) = counted.count, case .over(let list, let name) = over.count,
            case .times(let rounds) = range.count
        else {
            Issue.record("other counts")
            return
        }
        #expect(rendered(times) == "3")
        #expect(name == "$loopElement")
        #expect(rendered(list, ["items": [["id": 1]]]) == "[{\"id\":1}]")
        #expect(rendered(list, ["items": "no list"]) == "[]")
        #expect(range.first == 2)
        #expect(rendered(rounds) == "3")
        #expect(both.branches.count == 2)
        #expect(both.limit == 2)
        guard case .think(.fixed(let two)) = test.steps[4].action,
            case .think(.between(let least, let most)) = test.steps[5].action,
            case .think(.computed(let seconds, _)) = test.steps[6].action,
            case .print(let line) = test.steps[7].action
        else {
            Issue.record("other pauses")
            return
        }
        #expect(two == .seconds(2))
        #expect([least, most] == [.milliseconds(500), .milliseconds(1500)])
        #expect(rendered(seconds, ["pause": 3]) == "3")
        #expect(rendered(line, ["pause": 3]) == "hello 3")
    }

    @Test("Conditions stand around their requests")
    func conditions() throws {
        let test = try artillery(
            script(
                "- get: {url: /, capture: {json: $.a, as: a}}\n- get: {url: /b, ifTrue: \"a == 1\", probability: 20}"
            )
        ).get()
        guard case .if(let choice) = test.steps[1].action else {
            Issue.record("no condition")
            return
        }
        var context = Lowest(names: ["a": 1])
        #expect(choice.then.count == 1)
        #expect("\(choice.condition)" == "random.int(0, 100) < 20.0 && (a == 1 || number(a) == 1)")
        _ = try choice.condition.evaluate(in: &context)
    }

    @Test("Expectations are checks, named as counters are, once the plugin is on")
    func expectations() throws {
        let expect = """
            - get:
                url: /
                capture: {json: $.id, as: id}
                match: {json: $.ok, value: true}
                expect:
                  - statusCode: [200, "201"]
                  - notStatusCode: 404
                  - contentType: json
                  - hasProperty: a.b[0]
                  - notHasProperty: error
                  - hasHeader: x-id
                  - headerEquals: [x-id, "1"]
                  - equals: ["{{ id }}", "7"]
                  - matchesRegexp: "^a"
                  - cdnHit: true
            """
        let test = try artillery(script(expect, config: "plugins: {expect: {}}")).get()
        let checks = test.steps[0].expectation.checks
        #expect(
            checks.map(\.name) == [
                "match $.ok", "statusCode 200, 201", "notStatusCode 404", "contentType json",
                "hasProperty a.b[0]",
                "notHasProperty error", "hasHeader x-id", "headerEquals x-id", "equals {{ id }}, 7",
                "matchesRegexp ^a", "cdnHit true",
            ])
        #expect(checks.map(\.isRequired) == [true] + Array(repeating: false, count: 10))
        let filling = TemplateFilling(
            value: { value in
                var context = Lowest(names: ["id": 7])
                return try value.evaluate(in: &context)
            },
            text: { template in
                var context = Lowest(names: ["id": 7])
                return try template.text(in: &context)
            })
        var answer = Answer()
        answer.status = 201
        answer.headers = [
            .init("Content-Type", "application/json; charset=utf-8"), .init("X-Id", "1"),
            .init("X-Cache", "HIT from x"),
        ]
        answer.text = "a"
        answer.json = ["a": ["b": [1]], "ok": true]
        for check in checks {
            let found = try check.judge(answer, filling: filling)
            #expect(found.isEmpty, "\(check.name)")
        }
        answer.status = 404
        answer.headers = []
        answer.text = "b"
        answer.json = ["error": 1]
        let failing = try checks.filter { try !$0.judge(answer, filling: filling).isEmpty }
        #expect(failing.count == checks.count - 1, "all but equals")
        let plain = try artillery(script(expect)).get()
        #expect(plain.steps[0].expectation.checks.count == 1)
    }

    @Test("What runs before the load gives its captures to every user")
    func before() throws {
        let text = """
            config: {target: "http://a"}
            before:
              flow: [{post: {url: /login, capture: {json: $.token, as: token}}}]
            after:
              flow: [{delete: {url: "/{{ token }}"}}]
            scenarios:
              - weight: "3"
                flow: [{get: {url: /, headers: {Authorization: "Bearer {{ token }}"}}}]
              - {name: b, weight: 0, flow: [[{think: 1}], {think: 2}]}
            """
        let test = try artillery(text).get()
        #expect(said(.success(test)).isEmpty)
        #expect(test.profile.setup.flatMap(\.captures).map(\.name) == ["token"])
        #expect(test.profile.teardown.count == 1)
        #expect(test.profile.scenarios.map(\.weight) == [3, 0])
        #expect(test.profile.scenarios[1].scenario.steps.count == 2)
        #expect(rendered(test.request()?.headers[0].value, ["token": "t"]) == "Bearer t")
    }

    @Test("A WebSocket is opened before the first step")
    func webSocket() throws {
        let text = """
            config: {target: "ws://a/live", ws: {subprotocols: [json], headers: {X-A: "1"}, timeout: 3}}
            scenarios:
              - engine: ws
                flow:
                  - connect: {target: "{{ target }}/2"}
                  - send: {hello: world}
                  - send: {payload: "ask", capture: {json: $.id, as: id}}
                  - wait: {match: {json: $.id, value: 3}}
                  - loop: [{send: "{{ id }}"}]
                    count: 2
            """
        let test = try artillery(text).get()
        #expect(test.steps.map(\.name) == ["connect", "send", "send", "wait", "loop"])
        guard case .ws(let connect) = test.steps[0].action, case .open(let opening) = connect.wish,
            case .ws(let ask) = test.steps[2].action, case .ask(_, _, let within) = ask.wish
        else {
            Issue.record("no WebSocket")
            return
        }
        #expect(rendered(opening.request.url) == "ws://a/live/2")
        #expect(opening.protocols.map { rendered($0) } == ["json"])
        #expect(within == .seconds(3))
    }
}
