import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayWire
import Testing

@Suite("Steps of a test")
struct StepTests {
    @Test("a captured value goes into the next request, and the checks judge its answer")
    func captures() throws {
        let bench = try Bench { request, _ in
            request.target == "/login"
                ? HTTPResponse(status: 201, text: #"{"token":"t 1","user":{"id":5}}"#)
                : HTTPResponse(
                    text: #"{"seen":"\#(request.headers["authorization"] ?? "-")","q":"\#(request.query)"}"#)
        }
        let results = try bench.test(
            """
            steps:
              - http: {post: "${api.url}/login", json: {name: "x"}}
                expect: {status: 201, json: {$.user: {id: 5}, $.token: {type: string}}}
                capture: {token: $.token, id: $.user.id}
              - http: {get: "${api.url}/me/${id}", bearer: "${token}", query: {n: "${token}"}}
                expect: {status: 2xx, json: {$.seen: "Bearer t 1", $.q: "n=t%201"}, within: 5s}
            """)
        #expect(results.map(\.status) == [.passed])
        #expect(bench.reactor.run { bench.asked.all } == ["POST /login", "GET /me/5?n=t%201"])
    }

    @Test("a failing expectation tells expected, actual, place and both messages, secrets masked")
    func failing() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: #"{"error":"hush-hush is wrong"}"#) }
        let results = try bench.test(
            """
            steps:
              - id: pay
                http: {get: "${api.url}/pay"}
                expect: {status: 409, json: {$.error: insufficient}}
              - http: {get: "${api.url}/never"}
            """)
        let steps = results[0].steps
        #expect(results[0].status == .failed)
        #expect(steps.map(\.status) == [.failed, .skipped])
        #expect(steps[0].mismatches.map(\.subject) == ["status", "$.error"])
        #expect(steps[0].mismatches[0].expected == "409" && steps[0].mismatches[0].actual == "200")
        #expect(steps[0].mismatches[0].location?.line == 6)
        let exchange = try #require(steps[0].exchange)
        #expect(exchange.request.hasPrefix("GET /pay HTTP/1.1") && exchange.response.contains("•••"))
        #expect(!exchange.response.contains("hush-hush"))
        #expect(bench.reactor.run { bench.asked.count } == 1)
    }

    @Test("eventually tries again until the expectation holds")
    func eventually() throws {
        let bench = try Bench { _, count in HTTPResponse(text: #"{"n":\#(count)}"#) }
        let results = try bench.test(
            """
            steps:
              - eventually: {within: 10s, every: 1ms}
                http: {get: "${api.url}/n"}
                expect: {json: {$.n: 4}}
            """)
        #expect(results[0].status == .passed && results[0].steps[0].attempts == 4)
    }

    @Test("cleanup runs in reverse order, after a failure too", arguments: [200, 404])
    func cleanup(status: Int) throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let results = try bench.test(
            """
            steps:
              - http: {post: "${api.url}/a"}
                defer: {http: {delete: "${api.url}/a"}}
              - http: {post: "${api.url}/b"}
                defer: {http: {delete: "${api.url}/b"}}
              - http: {get: "${api.url}/c"}
                expect: {status: \(status)}
                defer: {http: {delete: "${api.url}/c"}}
            """)
        #expect(results[0].status == (status == 200 ? .passed : .failed))
        let undone = bench.reactor.run { bench.asked.all.filter { $0.hasPrefix("DELETE") } }
        #expect(
            undone == (status == 200 ? ["DELETE /c", "DELETE /b", "DELETE /a"] : ["DELETE /b", "DELETE /a"]))
    }

    @Test("a test that takes too long is ended by name, and its cleanup still runs")
    func timeout() throws {
        let bench = try Bench { request, _ in
            if request.method == "GET" { await Task.yield() }
            return HTTPResponse(text: "{}")
        }
        let results = try bench.test(
            """
            steps:
              - http: {post: "${api.url}/a"}
                defer: {http: {delete: "${api.url}/a"}}
              - think: 1h
            """, timeout: .milliseconds(50))
        #expect(results[0].status == .failed && results[0].reason == "did not end within 50.0 ms")
        #expect(bench.reactor.run { bench.asked.all } == ["POST /a", "DELETE /a"])
    }

    @Test("each row of cases is a test of its own, with its values")
    func cases() throws {
        let bench = try Bench { request, _ in HTTPResponse(text: request.target.hasSuffix("500") ? "{" : "{}")
        }
        let results = try bench.test(
            """
            cases: [{name: small, quantity: 1}, {name: large, quantity: 500}]
            steps:
              - http: {get: "${api.url}/${case.quantity}"}
                expect: {body: "{}"}
            """)
        #expect(results.map(\.title) == ["test [small]", "test [large]"])
        #expect(results.map(\.status) == [.passed, .failed])
    }

    @Test("repeat, if, use and parallel do what they say")
    func control() throws {
        let bench = try Bench { request, _ in
            HTTPResponse(status: request.target.hasSuffix("/p/3") ? 409 : 200, text: "{}")
        }
        let results = try bench.test(
            """
            steps:
              - repeat:
                  times: 3
                  steps: [{http: {get: "${api.url}/r/${index}"}}]
              - repeat:
                  over: ["x", "y"]
                  as: item
                  steps: [{http: {get: "${api.url}/o/${item}"}}]
              - if: "${1 + 1 == 2}"
                then: [{http: {get: "${api.url}/then"}}]
                else: [{http: {get: "${api.url}/else"}}]
              - parallel:
                  times: 5
                  steps: [{http: {get: "${api.url}/p/${index}"}, expect: {status: 200}}]
                  expect: {succeeded: 4, failed: 1}
            """)
        #expect(results[0].status == .passed, "\(results[0].steps)")
        let asked = bench.reactor.run { bench.asked.all }
        #expect(
            Array(asked.prefix(6)) == ["/r/0", "/r/1", "/r/2", "/o/x", "/o/y", "/then"].map { "GET " + $0 })
        #expect(asked.dropFirst(6).sorted() == (0..<5).map { "GET /p/\($0)" })
    }

    @Test("sql, run and log steps are judged like any other")
    func others() throws {
        var bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        bench.stand = FakeStand(rows: [JSONObject([("n", 1)])], lines: ["noise", #"{"msg":"done","id":7}"#])
        let results = try bench.test(
            """
            steps:
              - sql: {on: db, query: "select 1 as n"}
                expect: {rows: [{n: 1}], row-count: 1}
                capture: {n: "$[0].n"}
              - run: {command: [echo, "${n}"]}
                expect: {stdout: "echo|1"}
              - log: {of: api, contains: done}
              - log: {of: api, json: {msg: done, id: {greater: 6}}}
              - log: {of: api, contains: "not there", within: 20ms}
            """)
        #expect(results[0].steps.map(\.status) == [.passed, .passed, .passed, .passed, .failed])
    }

    @Test("a database's refusal is the step's failure, in its words")
    func refusal() throws {
        let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let results = try bench.test("steps: [{sql: {on: db, query: select broken}}]")
        #expect(results[0].steps[0].mismatches.first?.actual == "no such table: broken")
    }

    @Test("the same seed draws the same values and the same order")
    func seeds() throws {
        func values(_ seed: UInt64) throws -> [String] {
            let bench = try Bench { _, _ in HTTPResponse(text: "{}") }
            _ = try bench.test(
                """
                cases: [{name: a}, {name: b}, {name: c}, {name: d}]
                steps: [{http: {get: "${api.url}/${case.name}/${uuid()}"}}]
                """, seed: seed)
            return bench.reactor.run { bench.asked.all.sorted() }
        }
        #expect(try values(5) == values(5))
        #expect(try values(5) != values(6))
    }
}
