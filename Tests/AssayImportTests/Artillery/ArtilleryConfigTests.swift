import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("Artillery: config")
struct ArtilleryConfigTests {
    /// Stages as `rate/s×seconds`, and most users where they say it.
    private static func stages(_ phases: String) throws -> [String] {
        let test = try artillery(script("- get: {url: /}", config: "phases:\n" + phases)).get()
        guard case .arrivals(let arrivals)? = test.profile.model else { return [] }
        return arrivals.stages.map { stage in
            let seconds = Double(stage.length.nanoseconds) / 1e9
            let most = stage.mostUsers.map { " ≤\($0)" } ?? ""
            func short(_ value: Double) -> String { ArtilleryCheck.number(value) }
            return "\(short(stage.target.perSecond))×\(short(seconds))\(most)"
        }
    }

    @Test(
        "Phases become stages with whole numbers of starts",
        arguments: [
            ("- {duration: 60, arrivalRate: 10}", ["10×60"]),
            ("- {duration: 5min, arrivalRate: \"2\", maxVusers: 7}", ["2×300 ≤7"]),
            ("- {duration: 3, arrivalRate: 0.5}", ["0.5×2", "0×1"]),
            ("- {duration: 10, arrivalCount: 4}", ["0.4×10"]),
            (
                "- {duration: 1, arrivalCount: 1}\n- {pause: 500ms}\n- {duration: 2, arrivalRate: 1}",
                ["1×1", "0×0.5", "1×2"]
            ),
            ("- {duration: 1, arrivalCount: 1}\n- {duration: 4, arrivalRate: 0}", ["1×1", "0×4"]),
            ("- {duration: 5, arrivalRate: 1, rampTo: 5}", ["1×1", "2×1", "3×1", "4×1", "5×1"]),
            ("- {duration: 4, arrivalRate: 5, rampTo: 5}", ["5×4"]),
            ("- {duration: 1, arrivalRate: 2, rampTo: 5}", ["4×1"]),
            ("- {duration: 3, rampTo: 3}", ["0×1", "2×1", "3×1"]),
            ("- {duration: 1, arrivalCount: 1}\n- {duration: 9, arrivalCount: 0}", ["1×1"]),
        ])
    func phases(text: String, expected: [String]) throws { #expect(try Self.stages(text) == expected) }

    @Test("Without phases one user comes")
    func none() throws {
        let test = try artillery(script("- get: {url: /}")).get()
        guard case .arrivals(let arrivals)? = test.profile.model else {
            Issue.record("no arrivals")
            return
        }
        #expect(arrivals.maximumUsers == 1)
        #expect(!arrivals.beginsAtOnce)
        #expect(test.profile.pacing.renewsUsers)
    }

    @Test("Environments are merged place by place, overrides replace lists, both before templates")
    func layers() throws {
        var options = ArtilleryOptions()
        options.environment = "stage"
        options.overrides =
            #"{"config": {"phases": [{"duration": 1, "arrivalCount": 3}], "http": {"timeout": 2}}}"#
        options.variables = #"{"who": "me", "host": "h"}"#
        let text = """
            config:
              target: http://a
              phases: [{duration: 60, arrivalRate: 10}]
              variables: {who: you, kind: [a, b]}
              environments:
                stage:
                  target: "http://{{ host }}:{{ $env.PORT }}/{{ $environment }}"
            scenarios:
              - flow: [{get: {url: /x}}]
            """
        let test = try artillery(text, environment: ["PORT": "81"], options: options).get()
        #expect(rendered(test.request()?.url) == "http://h:81/stage/x")
        #expect(test.profile.scenarios[0].scenario.name == "0")
        #expect(test.profile.scenarios[0].scenario.http.timeouts.whole == .seconds(2))
        let variables = test.profile.scenarios[0].scenario.variables
        #expect(variables.map(\.name) == ["who", "kind", "host", "$uuid"])
        #expect(rendered(variables[0].value) == "\"me\"")
        guard case .arrivals(let arrivals)? = test.profile.model else { return }
        #expect(arrivals.maximumUsers == 3)
    }

    @Test("Columns of a payload are variables of each user")
    func payload() throws {
        let config = """
            payload:
              - {path: users.csv, fields: [name, "n"], skipHeader: true, order: sequence}
              - {path: all.csv, fields: [id], loadAll: true, name: ids, delimiter: ";"}
            """
        let test = try artillery(
            script("- get: {url: \"/{{ name }}/{{ ids[1].id }}\"}", config: config),
            files: ["tests/users.csv": "name,n,more\nann,1,x\nbob,2,y\n", "tests/all.csv": "7\n8\n"]
        ).get()
        #expect(test.profile.feeds.count == 1)
        #expect(test.profile.feeds[0].pick == .inOrder)
        #expect(test.profile.feeds[0].per == .iteration)
        #expect(test.profile.feeds[0].rows.count == 2)
        let variables = test.profile.scenarios[0].scenario.variables
        #expect(variables.map(\.name) == ["name", "n", "ids", "$uuid"])
        let row = JSON.object(test.profile.feeds[0].rows[1])
        #expect(rendered(variables[1].value, ["$payload1": row]) == "2")
        #expect(
            rendered(test.request()?.url, ["name": "bob", "ids": [["id": 7], ["id": 8]]])
                == "http://127.0.0.1:8080/bob/8")
    }

    @Test("A script that sends what it never set says so")
    func userFile() throws {
        let test = try artillery(Self.inventory).get()
        #expect(
            said(.success(test)) == [
                "warning[AS611] 12:22 `{{token}}` has no value, so it is sent as 'undefined': `config` is filled in before there is a user | move it to the requests"
            ])
        guard case .arrivals(let arrivals)? = test.profile.model else { return }
        #expect(arrivals.stages.map(\.target.perSecond) == [10, 50, 100])
        #expect(arrivals.maximumUsers == 12_600)
        #expect(
            test.steps.map(\.name) == [
                "GET /inventory", "POST /inventory/reserve", "POST /inventory/return-reserve",
            ])
        #expect(test.request()?.headers.map { rendered($0.value) } == ["Bearer undefined"])
        #expect(test.steps[0].captures.map(\.name) == ["item_id"])
    }

    private static let inventory = """
        config:
          target: 'http://localhost:8080'
          phases:
            - duration: 60
              arrivalRate: 10
            - duration: 120
              arrivalRate: 50
            - duration: 60
              arrivalRate: 100
          defaults:
            headers:
              Authorization: 'Bearer {{token}}'

        scenarios:
          - name: 'Inventory Operations'
            weight: 100
            flow:
              - get:
                  url: '/inventory'
                  capture:
                    - json: '$.items[0].item_id'
                      as: 'item_id'
              - post:
                  url: '/inventory/reserve'
                  json:
                    user_id: '550e8400-e29b-41d4-a716-446655440000'
                    operation_id: '550e8400-e29b-41d4-a716-446655440001'
                    items:
                      - item_id: '{{item_id}}'
                        quantity: 1
              - post:
                  url: '/inventory/return-reserve'
                  json:
                    user_id: '550e8400-e29b-41d4-a716-446655440000'
                    operation_id: '550e8400-e29b-41d4-a716-446655440001'
        """

    @Test(
        "Scripts of Artillery are told from files of Assay",
        arguments: [
            ("config: {target: x}\nscenarios: []", true), ("scenarios: [{flow: []}]", true),
            ("assay: 1\nload: x\nscenarios: [a.yml]", false),
            ("{\"scenarios\": [\"a.yml\"], \"users\": 3}", false),
            ("config: {users: 3}", false), ("[]", false), ("", false),
        ])
    func taken(text: String, expected: Bool) { #expect(ArtilleryImport.takes(Array(text.utf8)) == expected) }
}
