import AssayCore
import AssayFormats
import AssayImport
import AssayScenario
import Testing

@Suite("Scenarios and profiles as files")
struct ScenarioWriterTests {
    private static func scenario(_ text: String, file: String = "a.yml") throws -> Scenario {
        try ScenarioReader(files: FileReader(texts: [file: text])).scenario(file).get()
    }

    /// Reads, writes, reads again: the same value, and the same text from then on.
    private static func roundTrip(_ yaml: String) throws -> String {
        let first = try scenario(yaml)
        let written = try ScenarioWriter().text(first)
        let second = try scenario(written)
        #expect(shape(first) == shape(second), "\(written)")
        #expect(try ScenarioWriter().text(second) == written)
        return written
    }

    @Test(
        "What is written reads as the same scenario",
        arguments: [
            "steps: [{think: 2s}, {think: {between: [1s, 1500ms]}}, {think: {exponential: {mean: 2s, at-most: 10s}}}, {think: {normal: {mean: 3s, deviation: 1s}}}, {think: {lognormal: {median: 2s, sigma: 0.5}}}]",
            "params: {a: null, b: \"x ${env.HOME}\"}\nvars: {id: \"${uuid()}\", list: [1, two, {three: 3}], n: 5, t: \"5\"}\nsteps: [{http: {get: \"${b}/${id}\"}}]",
            "cases: [{name: small, n: 1}, {name: big, n: 2}]\ntimeout: 90s\ntags: [a, {tier: gold}]\nsteps: [{http: {get: \"http://x/${case.n}\"}}]",
            "http: {headers: {a: b}, timeout: 5s, redirects: {at-most: 3, to-http: true}, cookies: user, auth: {basic: {user: u, password: \"${env.P}\"}}, accept: [gzip, br], version: 2, connections: {shared: 4}, tls: {insecure: true, versions: [1.2, 1.3]}, proxy: {url: \"http://p:1\", except: [a]}, hosts: {a.example: 127.0.0.1}, dns: {ttl: 1m}}\nsteps: [{think: 1s}]",
            "steps: [{id: a, http: {post: \"http://x/y\", headers: {x-a: \"1\"}, query: {q: \"a b\"}, bearer: \"${env.T}\", json: {a: [1, 2.5, true, null, \"x\", \"5\", \"$${no}\"], \"b c\": \"${env.X}\"}}, expect: {status: [200, 2xx, 404], headers: {content-type: {contains: json}}, json: {$.id: {type: string}, $.n: {greater: 3}, \"$.items[0]\": {equals: {type: x}}}, within: 1s}, capture: {id: $.id, s: status, h: {header: X-Id}, c: {cookie: sid}, m: {matches: 'id=(\\d+)'}, b: body}}]",
            "steps: [{http: {method: PURGE, url: \"http://x/\", form: {a: b}}, expect: {status: {not: 404}, body: {matches: \"^a\"}}}, {http: {put: \"http://x/\", text: \"line one\\nline two\\n\"}}, {http: {post: \"http://x/\", multipart: [{name: f, file: a.bin, type: image/png, filename: x.png}, {name: t, text: v}]}}]",
            "steps: [{repeat: {times: 3, pause: 1s, steps: [{think: 1s}]}}, {repeat: {over: [1, 2], as: x, steps: [{http: {get: \"http://x/${x}\"}}]}}, {repeat: {while: \"${1 < 2 && !false}\", max: 5, steps: [{think: 1s}]}}]",
            "steps: [{parallel: {times: 2, steps: [{http: {get: \"http://x/${index}\"}}], expect: {succeeded: 2}}}, {if: \"${env.A == 'b' || (1 + 2) * 3 > 4}\", then: [{think: 1s}], else: [{think: 2s}]}, {group: checkout, steps: [{think: 1s}]}]",
            "steps: [{http: {get: \"http://x/\"}, metric: [{name: my.depth, gauge: $.depth}, {name: my.time, trend: $.t, unit: ms}, {name: my.n, counter: 1}, {name: my.r, rate: true}], tags: {tier: \"${env.T}\"}}, {metric: {name: m.x, gauge: \"${1 + 1}\"}}]",
            "steps: [{ws: {open: \"ws://x/live\", headers: {a: b}, protocols: [p], within: 3s}}, {ws: {send: hello, receive: {json: {$.type: ack}}, strict: true}}, {ws: {send: {json: {a: 1}}}}, {ws: {listen: {for: 2s, count: 3}}}, {ws: {close: {code: 1000, reason: bye}}}]",
            "steps: [{eventually: {within: 5s, every: 100ms}, http: {get: \"http://x/\"}, expect: {status: 200}, defer: [{http: {delete: \"http://x/\"}}]}]",
            "steps: [{sql: {on: db, query: \"select 1\", args: [1, \"${env.A}\"]}, expect: {rows: [{n: 1}]}}, {redis: {on: cache, do: [[SET, a, \"1\"], [GET, a]]}, expect: {value: [OK, \"1\"]}}, {run: echo hi}, {run: {command: [a, b], env: {A: b}}, expect: {exit: 3}}, {log: {of: api, contains: x, within: 3s}}]",
            "blocks: {one: [{think: 1s}]}\nsteps: [{repeat: {times: 2, of: one}}]",
            "steps: [{http: {get: \"http://x/\"}, expect: {json: {$.a: {any: [{length: 3}, {absent: true}]}, $.b: {unordered: [1, {type: string}]}, $.c: {between: [1, 2]}, $.d: {all: [{at-least: 1}, {at-most: 9}]}, $.e: [1, {type: string}], $.f: {x: {less: 2}}}, schema: \"a.yml#b\", contract: none}}]",
        ])
    func scenarios(body: String) throws {
        _ = try Self.roundTrip("assay: 1\nscenario: a scenario\n\(body)\n")
    }

    @Test(
        "Any text comes back as it was",
        arguments: [
            "", " ", "a: b", "# no comment", "- x", "yes", "null", "12", "0x1F", "1e5", "~", "a\nb", "a\n",
            "\na", "a\n\n",
            " a\nb", "a\n b \n", "tab\there", "quote \" and '", "\u{85}", "\u{2028}\u{FEFF}",
            "\u{1}\u{7F}\u{9B}", "$${",
            "$$${x}", "${", "$", "&a *b !c %d @e `f", "{a}", "[b]", "é ü 漢字 😀", "<<", "a, b", "trailing:",
            ".5", "...", "---",
        ])
    func texts(text: String) throws {
        let place = SourceLocation(file: "a.yml", line: 1, column: 1)
        let body = ValueTemplate.literal(.object(["key": .string(text), "list": [.string(text)]]))
        let step = Step(
            name: "POST /", location: place,
            action: .http(
                HTTPAction(
                    method: "POST", url: Template(constant: "http://x/", at: place),
                    headers: [.init(name: "a", value: Template(constant: text, at: place))], body: .json(body)
                )))
        let scenario = Scenario(name: "n", location: place, steps: [step])
        let written = try ScenarioWriter().text(scenario)
        let read = try Self.scenario(written)
        guard case .http(let action) = read.steps[0].action, case .json(.literal(let json)) = action.body
        else {
            Issue.record("\(written)")
            return
        }
        #expect(
            json["key"]?.stringValue?.unicodeScalars.map(\.value) == text.unicodeScalars.map(\.value),
            "\(written)")
        #expect(json["list"]?[0]?.stringValue == text)
        #expect(action.headers[0].value.constantText == text)
    }

    @Test("A template whose text ends with a dollar sign before an expression stays one")
    func dollar() throws {
        let place = SourceLocation(file: "a.yml", line: 1, column: 1)
        let template = Template(
            source: "", location: place,
            segments: [.text("a$"), .expression(.literal(.int(1))), .text("${b}")])
        let step = Step(
            name: "GET /", location: place, action: .http(HTTPAction(method: "GET", url: template)))
        let written = try ScenarioWriter().text(Scenario(name: "n", location: place, steps: [step]))
        guard case .http(let action) = try Self.scenario(written).steps[0].action else { return }
        #expect(action.url.source == "a${'$'}${1}$${b}")
    }

    @Test("The text is short where it can be, and the same each time")
    func pretty() throws {
        let written = try Self.roundTrip(
            """
            assay: 1
            scenario: buy
            steps:
              - id: login
                http: {post: "${env.BASE}/login", json: {user: ann, password: "${env.PASSWORD}"}}
                expect: {status: 200, json: {$.token: {type: string}}}
                capture: {token: $.token}
              - think: 2s
            """)
        #expect(
            written == """
                assay: 1
                scenario: buy
                steps:
                  - id: login
                    http: {post: "${env.BASE}/login", json: {user: ann, password: "${env.PASSWORD}"}}
                    expect: {status: 200, json: {$.token: {type: string}}}
                    capture: {token: $.token}
                  - think: 2s

                """)
    }

    @Test("A kind of step that files have no words for is told with its place")
    func refused() {
        let place = SourceLocation(file: "flow.yml", line: 7, column: 3)
        let step = Step(
            name: "x", location: place, action: .fixture(FixtureAction(names: [])))
        #expect(throws: Diagnostics.self) {
            try ScenarioWriter().text(Scenario(name: "n", location: place, steps: [step]))
        }
    }

    // MARK: profiles

    @Test(
        "What is written reads as the same profile",
        arguments: [
            "users: {start: 2, stages: [{for: 30s, to: 20}, {for: 0s, to: 5}, {pause: 10s}, {for: 1m, from: 3, to: 9}]}",
            "users: 20\nfor: 1m", "users: {at: 5, for: 1h30m}",
            "arrivals: {start: 10/s, stages: [{for: 2m, to: 50/s}, {for: 1m, to: 7/min}], max-users: 500, ready-users: 3, spread: poisson}",
            "iterations: {users: 10, each: 100, within: 10m}\npace: 1s\ngraceful-stop: 5s\nstart: 3s",
            "iterations: {users: 10, total: 1000}\nthresholds: [\"p95(http.duration{name:a}) < 500ms over 30s, abort after 10s\", rate(checks) > 99%]",
            "users: {start: 20, step: {by: 20, every: 30s, to: 400}}\ndegrades: {beyond: [p95(http.duration) < 1s], at-least: 100, confirm: 2}",
            "arrivals: {step: {by: 5/s, every: 20s, to: 50/s}, max-users: 99}\ndegrades: [p95(http.duration) < 1s]",
            "users: 2\nfor: 3s\nfeed: {rows: [{name: a}, {name: b}], pick: shuffled, per: iteration, at-end: stop}\nfeeds: {items: {rows: [{id: 1}], pick: random}}",
            "users: 1\nfor: 3s\nlag-bound: 20ms\nlateness-bound: 3ms\nseries-limit: 50\ncontracts: {sample: 1%}\nsetup-timeout: 5s\nteardown-timeout: 6s\nhttp: {timeout: 3s}\ntags: {region: eu}\nsetup: [{http: {get: \"http://x/\"}, capture: {t: $.t}}]\nteardown: [{think: 1s}]",
        ])
    func profiles(body: String) throws {
        try Self.roundTripProfile("scenarios: [{use: a.yml, weight: 2.5, tags: {kind: x}}, b.yml]\n\(body)")
    }

    @Test("Scenarios with schedules of their own keep them")
    func ownSchedules() throws {
        try Self.roundTripProfile(
            """
            graceful-stop: 10s
            scenarios:
              - {use: a.yml, users: {at: 5, for: 1m}, start: 2s, graceful-stop: 0s}
              - {use: b.yml, iterations: {users: 1, total: 5}, graceful-ramp-down: 1s}
            """)
    }

    private static func roundTripProfile(_ body: String) throws {
        let scenario = "assay: 1\nsteps: [{think: 1s}]\nscenario: "
        func read(_ text: String, _ feeds: [String: String] = [:]) throws -> LoadProfile {
            var files = ["a.yml": scenario + "a", "b.yml": scenario + "b", "p.yml": text]
            files.merge(feeds) { $1 }
            return try ScenarioReader(files: FileReader(texts: files)).profile("p.yml").get()
        }
        let first = try read("assay: 1\nload: p\n\(body)\n")
        var writer = ScenarioWriter()
        writer.feedPath = { $0.name + ".jsonl" }
        var feeds: [String: String] = [:]
        for feed in first.feeds {
            feeds[feed.name + ".jsonl"] = feed.rows.map { JSON.object($0).rendered() + "\n" }.joined()
        }
        let written = try writer.text(first)
        let second = try read(written, feeds)
        #expect(shape(first) == shape(second), "\(written)")
        #expect(try writer.text(second) == written)
    }
}
