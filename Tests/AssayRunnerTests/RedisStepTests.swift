import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayTestSupport
import AssayWire
import Testing

@Suite("Steps that ask a Redis", .enabled(if: RealRedis.isInstalled, "redis-server is not installed"))
struct RedisStepTests {
    /// Runs a scenario with a Redis of its own.
    private func test(
        _ name: String, _ text: String,
        members: (RealRedis) -> JSON = { ["url": .string("unix://" + $0.socket)] }
    ) throws -> TestResult {
        try withRedis(name, members) { try #require(try $0.test(text).first) }
    }

    private func withRedis<Result>(
        _ name: String, _ members: (RealRedis) -> JSON = { ["url": .string("unix://" + $0.socket)] },
        _ body: (Bench) throws -> Result
    ) throws -> Result {
        var bench = try Bench { _, _ in HTTPResponse(text: "{}") }
        let reactor = bench.reactor
        let redis = RealRedis("step-" + name, on: reactor)
        try #require(reactor.run { await redis.start(on: reactor) })
        defer { reactor.run { await redis.stop() } }
        bench.members = ["cache": members(redis)]
        return try body(bench)
    }

    @Test("values are judged with every matcher and captured, in one connection that keeps its database")
    func values() throws {
        let result = try test(
            "values",
            """
            vars: {user: ada, count: 3}
            steps:
              - redis: {on: cache, do: [SET, "left:${user}", "${count}"]}
                expect: {value: OK}
              - redis: {on: cache, do: [EXISTS, "left:${user}"]}
                expect: {value: 1, within: 5s}
              - redis: {on: cache, do: [GET, "left:${user}"]}
                expect: {value: "3"}
                capture: {left: $}
              - redis: {on: cache, do: [GET, "no:${user}"]}
                expect: {value: null}
              - redis: {on: cache, do: [HSET, h, name, "${left} left", code, 007, price, 1.50]}
              - redis: {on: cache, do: [HGETALL, h]}
                expect: {value: {name: "3 left", code: "007", price: "1.50"}, json: {$.code: {matches: '^0'}}}
                capture: {code: $.code}
              - redis: {on: cache, do: [SADD, s, 1, 2, "${code}"]}
              - redis: {on: cache, do: [SMEMBERS, s]}
                expect: {value: {unordered: ["2", "1", "007"]}}
              - redis: {on: cache, do: [ZADD, z, 1.5, a]}
              - redis: {on: cache, do: [ZSCORE, z, a]}
                expect: {value: {between: [1.4, 1.6]}}
              - redis: {on: cache, do: [LRANGE, none, 0, -1]}
                expect: {value: {length: 0}}
              - redis: {on: cache, do: [SELECT, 5]}
              - redis: {on: cache, do: [DBSIZE]}
                expect: {value: 0}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("commands in a list of lists go at once, and the value is the array of replies")
    func pipelines() throws {
        let result = try test(
            "pipeline",
            """
            steps:
              - redis: {on: cache, do: [[SET, a, 1], [INCR, a], [GET, none], [LRANGE, l, 0, -1]]}
                expect: {value: [OK, 2, ~, []], json: {"$[1]": 2}}
                capture: {now: "$[1]"}
              - redis: {on: cache, do: [[INCRBY, a, "${now}"]], timeout: 2s}
                expect: {value: [4]}
              - redis: {on: cache, do: [[MULTI], [INCR, a], [EXEC]]}
                expect: {value: [OK, QUEUED, [5]]}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        let exchange = try #require(result.steps.first?.exchange)
        #expect(exchange.request == "SET a 1\nINCR a\nGET none\nLRANGE l 0 -1")
        #expect(exchange.summary.hasPrefix(#"cache: SET a 1 and 3 more → ["OK",2,null,[]] in "#))
    }

    struct Failing: CustomTestStringConvertible {
        var step: String
        var said: String
        var testDescription: String { step }
        init(_ step: String, _ said: String) {
            self.step = step
            self.said = said
        }
    }

    static let failing = [
        Failing(
            "redis: {on: cache, do: [INCR, l]}",
            "error: expected a value, got WRONGTYPE Operation against a key holding the wrong kind of value"),
        Failing(
            "{redis: {on: cache, do: [INCR, l]}, expect: {value: 1}}",
            "error: expected a value, got WRONGTYPE Operation against a key holding the wrong kind of value"),
        Failing(
            "{redis: {on: cache, do: [INCR, l]}, expect: {error: {contains: NOAUTH}}}",
            "error: expected containing \"NOAUTH\", got \"WRONGTYPE Operation against a key holding the wrong kind of value\""
        ),
        Failing(
            "{redis: {on: cache, do: [GET, t]}, expect: {error: {contains: WRONGTYPE}}}",
            "error: expected containing \"WRONGTYPE\", got absent; the value was \"hush\""),
        Failing(
            "{redis: {on: cache, do: [INCR, l]}, expect: {error: {contains: WRONG}, value: 1}}",
            "value: expected 1, got absent; the reply was the error WRONGTYPE Operation against a key holding the wrong kind of value"
        ),
        Failing(
            "{redis: {on: cache, do: [[GET, t], [INCR, \"l\"], [NO]]}}",
            "error: expected a value, got reply 2 of 3, to INCR l: WRONGTYPE Operation against a key holding the wrong kind of value"
        ),
        Failing(
            "{redis: {on: cache, do: [[MULTI], [INCR, l], [EXEC]]}}",
            "error: expected a value, got reply 3 of 3, to EXEC: WRONGTYPE Operation against a key holding the wrong kind of value"
        ),
        Failing(
            "{redis: {on: cache, do: [GET, t]}, expect: {value: other}}",
            "value: expected \"other\", got \"hush\""),
        Failing(
            "{redis: {on: cache, do: [GET, none]}, capture: {a: $.x}}",
            "capture 'a' from $.x: expected a value, got absent; the value was null"),
        Failing(
            "redis: {on: cache, do: [GET, \"${nothing}\"]}",
            "redis: expected a command, got word 2, ${nothing}, is null; `\"\"` is an empty word"),
        Failing(
            "redis: {on: cache, do: [MONITOR]}",
            "outcome: expected a reply, got not-sent: MONITOR turns the connection into a stream without replies"
        ),
        Failing(
            "redis: {on: cache, do: [BLPOP, q, 0], timeout: 30ms}",
            "outcome: expected a reply, got timeout: no reply in time"),
    ]

    @Test("what fails a step is told in its words")
    func failures() throws {
        for failing in Self.failing {
            let result = try test(
                "failing",
                """
                vars: {nothing: null}
                steps:
                  - redis: {on: cache, do: [[RPUSH, l, x], [SET, t, hush]]}
                  - \(failing.step)
                """)
            let step = try #require(result.steps.last)
            let said = step.mismatches.map { "\($0.subject): expected \($0.expected), got \($0.actual)" }
            #expect(result.status == .failed && said == [failing.said], "\(failing.step)")
        }
    }

    @Test("an expected error passes, alone and in a pipeline, where its place holds what it said")
    func expectedErrors() throws {
        let result = try test(
            "errors",
            """
            steps:
              - redis: {on: cache, do: [RPUSH, l, x]}
              - redis: {on: cache, do: [INCR, l]}
                expect: {error: {contains: WRONGTYPE}}
              - redis: {on: cache, do: [[INCR, l], [PING]]}
                expect: {error: {matches: ^WRONGTYPE}, value: [{error: {contains: kind}}, PONG]}
              - redis: {on: cache, do: [PING]}
                expect: {error: {absent: true}, value: PONG}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
    }

    @Test("the report shows commands and replies, with secrets and passwords hidden")
    func reports() throws {
        let result = try test(
            "reports",
            """
            steps:
              - redis: {on: cache, do: [SET, "a key", "hush-hush \\"x\\""]}
              - redis: {on: cache, do: [GET, "a key"]}
              - redis: {on: cache, do: [[ACL, SETUSER, ada, on, ">pw1", "~*", "+@all"], [AUTH, ada, pw1], [HELLO, 3, AUTH, ada, pw1], [CONFIG, SET, requirepass, pw1]]}
              - redis: {on: cache, do: [NOSUCH]}
            """)
        let exchanges = result.steps.compactMap(\.exchange)
        try #require(exchanges.count == 4)
        #expect(exchanges[0].request == #"SET "a key" "••• \"x\"""#)
        #expect(exchanges[1].response == #""••• \"x\"""# && exchanges[1].outcome == "answered")
        #expect(
            exchanges[2].request
                == "ACL SETUSER ada on ••• ~* +@all\nAUTH ada •••\nHELLO 3 AUTH ada •••\nCONFIG SET requirepass •••"
        )
        #expect(exchanges[3].summary.hasPrefix("cache: NOSUCH → (error) ERR unknown command 'NOSUCH'"))
    }

    @Test("the socket is preferred to the host of the url, whose user and database stay")
    func sockets() throws {
        let steps = "steps: [{redis: {on: cache, do: [CLIENT, INFO]}, expect: {value: {contains: 'db=4'}}}]"
        let result = try test("sockets", steps) {
            ["url": "redis://127.0.0.1:1/4", "socket": .string($0.socket)]
        }
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(
            try test("sockets", "steps: [{redis: {on: cache, do: [PING]}}]") {
                ["socket": .string($0.socket)]
            }.status == .passed)
    }

    @Test("a stand member without a usable address is told with its name")
    func addresses() throws {
        for (member, said) in [
            (["port": 1], "'cache' has neither `url` nor `socket`, so there is no Redis to ask"),
            (
                ["url": "http://127.0.0.1:1"],
                "the url of 'cache' is no Redis address: 'http://127.0.0.1:1': expected the scheme redis or unix, got 'http'"
            ),
            (
                ["url": "redis://:pw@127.0.0.1:1"],
                "connect-refused: connect 127.0.0.1:1: ECONNREFUSED (Connection refused)"
            ),
        ] as [(JSON, String)] {
            var bench = try Bench { _, _ in HTTPResponse(text: "{}") }
            bench.members = ["cache": member]
            let result = try bench.test("steps: [{redis: {on: cache, do: [PING]}}]")
            #expect(result[0].steps[0].mismatches.first?.actual == said)
        }
    }

    @Test("branches of parallel have connections of their own, and cleanup sees the session's")
    func branches() throws {
        let result = try test(
            "branches",
            """
            steps:
              - redis: {on: cache, do: [SET, n, 0]}
                defer: {redis: {on: cache, do: [DEL, n]}, expect: {value: 1}}
              - parallel: {times: 8, steps: [{redis: {on: cache, do: [INCR, n]}}, {redis: {on: cache, do: [CLIENT, ID]}, expect: {value: {greater: 0}}}]}
              - eventually: {within: 2s, every: 5ms}
                redis: {on: cache, do: [INCR, n]}
                expect: {value: 12}
            """)
        #expect(result.status == .passed, "\(result.steps.flatMap(\.mismatches))")
        #expect(result.steps.contains { $0.attempts == 4 })
    }

    @Test("in load commands are measured by their own names, and each user keeps its connection")
    func load() throws {
        try withRedis("load") { bench in
            let (record, ending) = try bench.load(
                "iterations: {users: 4, each: 25}",
                scenario: """
                    steps:
                      - {id: count, redis: {on: cache, do: [INCR, n]}, expect: {value: {greater: 0}}}
                      - {id: wrong, redis: {on: cache, do: [[LPUSH, n, x], [PING]]}}
                      - {id: right, redis: {on: cache, do: [LPUSH, n, x]}, expect: {error: {contains: WRONGTYPE}}}
                    """)
            #expect(
                record.trend("redis.duration").count == 300 && record.trend("redis.response").count == 300)
            #expect(record.trend("redis.connecting").count == 4 && record.trend("http.duration").count == 0)
            #expect(record.counter("redis.requests") == 300 && record.counter("redis.failed") == 100)
            #expect(record.counter("iterations") == 100 && record.counter("checks") == 200)
            #expect(record.counter("data.sent") > 0 && record.counter("data.received") > 0)
            let failures = ending.failures
            #expect(failures.map(\.reason) == ["error WRONGTYPE"] && failures.first?.count == 100)
        }
    }

    @Test("in load a server that is gone, or refuses, fails its exchanges and ends the pass")
    func failingLoad() throws {
        try withRedis("failing-load") { bench in
            for (url, reason, durations) in [
                ("redis://127.0.0.1:1", "connect-refused", 2),
                ("unix://ada:no@\(Self.socket(of: bench))", "not-sent", 0),
            ] as [(String, String, UInt64)] {
                var bench = bench
                bench.members = ["cache": ["url": .string(url)]]
                // The HTTP server was stopped by the run before; nothing asks it.
                let (record, ending) = try bench.load(
                    "iterations: {users: 2, each: 1}",
                    scenario: "steps: [{redis: {on: cache, do: [PING]}}, {redis: {on: cache, do: [PING]}}]")
                #expect(record.counter("redis.requests") == 2 && record.counter("redis.failed") == 2)
                #expect(
                    record.trend("redis.duration").count == durations && record.counter("iterations") == 2)
                #expect(ending.failures.map(\.reason) == [reason] && ending.failures.first?.count == 2)
            }
        }
    }

    private static func socket(of bench: Bench) -> String {
        String(bench.members["cache"]?["url"]?.stringValue?.dropFirst("unix://".count) ?? "")
    }
}
