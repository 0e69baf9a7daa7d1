import AssayCore
import AssayFormats
import AssayScenario
import Testing

@Suite("Reading")
struct ReadingTests {
    static let workflow = """
        assay: 1
        scenario: full inventory workflow
        tags: [e2e, inventory]
        vars: {item: "${uuid()}", user: "${uuid()}", operation: op}
        cases:
          - {name: small, quantity: 1}
          - {name: large, quantity: 500}
        blocks:
          reserve-one:
            - http: {post: "${api.url}/reserve", json: {n: "${index}"}}
        steps:
          - id: login
            http: {post: "${auth.url}/auth/login", json: {telegram_id: 123456789, username: testuser}}
            expect: {status: 200, json: {$.token: {type: string}}}
            capture: {token: $.token}
          - id: add
            http: {post: "${api.url}/inventory/add-items", bearer: "${token}", json: {items: [{item_id: "${item}", quantity: "${case.quantity}"}]}}
            expect: {status: 200, schema: "contracts/openapi.yaml#addItems", within: 1s}
            defer:
              sql: {on: db, run: "delete from operations where user_id = $1", args: ["${user}"]}
          - id: visible
            eventually: {within: 5s, every: 200ms}
            http: {get: "${api.url}/inventory", bearer: "${token}"}
            expect: {json: {"$.items[?@.item_id == '${item}'].quantity": "${case.quantity}"}}
          - sql: {on: db, query: "select count(*) as n from operations where user_id = $1", args: ["${user}"]}
            expect: {rows: [{n: 1}]}
          - log: {of: api, contains: "operation_id=${operation}"}
          - parallel: {times: 20, of: reserve-one, expect: {succeeded: 10, failed: 10}}
          - use: reserve.yml
            with: {quantity: 2}
            capture: {left: left}
          - if: "${left > 0}"
            then: [{http: {get: "${api.url}/inventory?left=${left}"}}]
            else: [{think: {between: [1s, 3s]}}]
          - repeat: {over: "${[1, 2]}", as: n, pause: 10ms, steps: [{run: {command: [echo, "${n}"]}}]}
        """

    static func read(_ text: String, also others: [String: String] = [:]) throws -> Scenario {
        var texts = BadFilesTests.others.merging(others) { $1 }
        texts["x.yml"] = text
        return try ScenarioReader(files: FileReader(texts: texts), stand: BadFilesTests.stand).scenario(
            "x.yml"
        ).get()
    }

    @Test("The whole scenario of the guide reads") func workflowReads() throws {
        let scenario = try Self.read(Self.workflow)
        #expect(scenario.name == "full inventory workflow")
        #expect(scenario.tags == ["e2e", "inventory"])
        #expect(scenario.cases.map(\.name) == ["small", "large"])
        #expect(
            scenario.steps.map(\.name) == [
                "login", "add", "visible", "sql on db", "log of api", "parallel reserve-one", "reserve", "if",
                "repeat",
            ])
        #expect(scenario.steps[0].captures.map(\.name) == ["token"])
        #expect(scenario.steps[0].expectation.checks.map(\.name) == ["status is 200", "$.token is a string"])
        #expect(scenario.steps[0].expectation.checks[0].statusCodes?.contains(200) == true)
        #expect(scenario.steps[1].cleanup.map(\.name) == ["sql on db"])
        #expect(scenario.steps[2].eventually?.within == .seconds(5))
        guard case .parallel(let parallel) = scenario.steps[5].action else {
            Issue.record("no parallel step")
            return
        }
        #expect(parallel.steps.map(\.name) == ["POST /reserve"])
        #expect(parallel.expectation.checks.map(\.name) == ["succeeded is 10", "failed is 10"])
    }

    @Test(
        "A status is written as a code, a class, a list or a matcher",
        arguments: [
            ("200", [200], [201]), ("2xx", [200, 299], [300]), ("[200, 201]", [200, 201], [202]),
            ("[2xx, 404]", [204, 404], [400]), ("{between: [200, 202]}", [202], [203]),
            ("{not: 5xx}", [404], [500, 599]),
        ] as [(String, [Int], [Int])])
    func status(written: String, accepted: [Int], refused: [Int]) throws {
        let text = "assay: 1\nscenario: s\nsteps:\n  - http: {get: /a}\n    expect: {status: \(written)}\n"
        let check = try #require(try Self.read(text).steps[0].expectation.checks.first)
        let codes = try #require(check.statusCodes)
        #expect(accepted.allSatisfy(codes.contains))
        #expect(!refused.contains(where: codes.contains))
    }

    @Test("A program must exit with 0 unless something else is said") func exit() throws {
        let steps = try Self.read(
            "assay: 1\nscenario: s\nsteps:\n  - run: go test ./...\n  - run: \"false\"\n    expect: {exit: 1}\n"
        ).steps
        #expect(steps.map(\.name) == ["run go", "run false"])
        #expect(steps.map { $0.expectation.checks.map(\.name) } == [["exit is 0"], ["exit is 1"]])
    }

    @Test("A load profile reads with its scenarios, stages and feed") func profile() throws {
        var texts = BadFilesTests.others
        texts["fed.yml"] =
            "assay: 1\nscenario: fed\nsteps: [{http: {get: \"${api.url}/${feed.name}?t=${token}\"}}]\n"
        texts["load/peak.yml"] = """
            assay: 1
            load: peak
            scenarios: [{use: ../fed.yml, weight: 8}, {use: ../browse.yml, weight: 2}]
            users: {start: 0, stages: [{for: 30s, to: 20}, {for: 1m, to: 100 users}]}
            feed: {rows: ../rows.json, pick: random, per: iteration}
            setup: [{http: {post: "${auth.url}/login"}, capture: {token: $.token}}]
            thresholds: [p95(http.duration) < 1s]
            """
        let profile = try ScenarioReader(files: FileReader(texts: texts), stand: BadFilesTests.stand)
            .profile("load/peak.yml").get()
        #expect(profile.scenarios.map(\.weight) == [8, 2])
        #expect(profile.feed.map { Array($0.rows) } == [JSONObject([("name", "a")])])
        #expect(profile.thresholds.map(\.text) == ["p95(http.duration) < 1s"])
        #expect(profile.thresholds.map(\.location.column) == [14])
        #expect(profile.lagBound == .milliseconds(10))
        guard case .users(0, let stages)? = profile.model else {
            Issue.record("no users")
            return
        }
        #expect(stages.map(\.target) == [20, 100])
    }
}
