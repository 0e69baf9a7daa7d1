import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("What the command line says of scripts of Artillery")
struct ArtilleryOptionsTests {
    private static let several = """
        config: {target: http://a, phases: [{duration: 60, arrivalRate: 10}]}
        scenarios:
          - {name: read, flow: [{get: {url: /r}}]}
          - {name: write it, weight: 0, flow: [{get: {url: /w}}]}
          - {name: write more, flow: [{get: {url: /m}}]}
        """

    private func options(_ change: (inout ArtilleryOptions) -> Void) -> ArtilleryOptions {
        var options = ArtilleryOptions()
        change(&options)
        return options
    }

    @Test("One scenario is chosen by its name, or by an expression; its weight does not matter")
    func scenario() throws {
        for wanted in ["write it", "it$", "rite i"] {
            let test = try artillery(Self.several, options: options { $0.scenario = wanted }).get()
            #expect(test.names == ["write it"])
            #expect(test.profile.scenarios[0].weight == 1)
        }
        #expect(
            try artillery(Self.several, options: options { $0.scenario = "read" }).get().names == ["read"])
        #expect(
            said(artillery(Self.several, options: options { $0.scenario = "write" })) == [
                "error[AS691] 3:3 --scenario-name: 2 scenarios are called 'write' | there are: read, write it, write more"
            ])
        #expect(
            said(artillery(Self.several, options: options { $0.scenario = "raed" })) == [
                "error[AS691] 3:3 --scenario-name: the script has no scenario 'raed' | did you mean 'read'?"
            ])
    }

    @Test("One user comes, whatever the phases are")
    func solo() throws {
        let test = try artillery(Self.several, options: options { $0.isSolo = true }).get()
        guard case .arrivals(let arrivals)? = test.profile.model else {
            Issue.record("the model is another")
            return
        }
        #expect(arrivals.maximumUsers == 1)
    }

    @Test("A file of configuration is put over the script, with a processor beside it")
    func config() throws {
        let files = [
            "shared/config.yml": """
            config:
              target: "http://{{ $env.HOST }}"
              processor: ./functions.js
              phases: [{arrivalCount: 2}]
              payload: {path: users.csv, fields: [name]}
            """,
            "tests/users.csv": "ann\n",
        ]
        let text = """
            config: {phases: [{duration: 1}], variables: {a: 1}}
            scenarios: [{flow: [{get: {url: "/{{ name }}/{{ a }}"}}]}]
            """
        let options = options { $0.config = "shared/config.yml" }
        let test = try artillery(text, files: files, environment: ["HOST": "h"], options: options).get()
        #expect(rendered(test.request()?.url, ["name": "ann", "a": 1]) == "http://h/ann/1")
        #expect(test.processor?.path == "shared/functions.js")
        guard case .arrivals(let arrivals)? = test.profile.model else { return }
        #expect(arrivals.maximumUsers == 2)
        #expect(
            said(artillery(text, options: self.options { $0.config = "none.yml" })) == [
                "error[AS691] - --config: there is no file 'none.yml'"
            ])
    }

    @Test("Overrides change scenarios too, and lists whole")
    func overrides() throws {
        let overrides =
            #"{"scenarios": [{"name": "own", "flow": [{"get": {"url": "/own"}}]}], "config": {"target": "http://b"}}"#
        let test = try artillery(Self.several, options: options { $0.overrides = overrides }).get()
        #expect(test.names == ["own"] && test.warnings.isEmpty)
        #expect(rendered(test.request()?.url) == "http://b/own")
    }

    @Test("A file of rows takes the place of the script's own")
    func payload() throws {
        let text = script(
            #"- get: {url: "/{{ name }}"}"#, config: "payload: {path: users.csv, fields: [name]}")
        let files = ["tests/users.csv": "ann\n", "mine.csv": "bob\n"]
        let own = try artillery(text, files: files).get()
        let other = try artillery(text, files: files, options: options { $0.payload = "mine.csv" }).get()
        #expect(own.profile.feeds.first?.path == "users.csv")
        #expect(other.profile.feeds.first?.path == "mine.csv")
        let bare = script("- get: {url: /}", config: "payload: {fields: [name]}")
        #expect(said(artillery(bare, files: files)).first?.hasPrefix("error[AS614]") == true)
        #expect(said(artillery(bare, files: files, options: options { $0.payload = "mine.csv" })).isEmpty)
    }

    @Test("A file of rows that takes the place of none is told")
    func unusedPayload() {
        for (config, reason) in [
            ("", "the script has no `payload` that says what its columns are"),
            ("payload: [{path: users.csv, fields: [name]}]", "`payload` is a list of files"),
        ] {
            let text = script("- get: {url: /}", config: config)
            let read = artillery(
                text, files: ["tests/users.csv": "ann\n"], options: options { $0.payload = "mine.csv" })
            let told = said(read)
            #expect(told.count == 1 && told[0].hasPrefix("warning[AS608]"), "\(told)")
            #expect(told.first?.contains("--payload: 'mine.csv' is left out: \(reason)") == true, "\(told)")
        }
    }

    @Test("Addresses of a stand are in the environment, once it is up")
    func stand() throws {
        let text = """
            config: {target: "{{ $processEnvironment.ORDER_API_URL }}"}
            scenarios: [{flow: [{get: {url: "{{ $env.ORDER_API_URL }}/x"}}]}]
            """
        #expect(said(artillery(text, parts: ["order-api"])).isEmpty)
        #expect(
            said(artillery(text)).first?.contains("`{{$processEnvironment.ORDER_API_URL}}` has no value")
                == true)
        let known = StandVariables.of([
            "order-api": ["url": "http://h:1", "port": 1, "more": ["x": 1]], "env": ["A": "b"],
        ])
        #expect(known.map { "\($0.name)=\($0.value)" } == ["ORDER_API_URL=http://h:1", "ORDER_API_PORT=1"])
        let variables = Dictionary(known.map { ($0.name, $0.value) }) { first, _ in first }
        let test = try artillery(text, environment: variables, parts: ["order-api"]).get()
        #expect(rendered(test.request()?.url) == "http://h:1/x")
    }

    @Test("Functions are told of errors, and change how WebSockets are opened")
    func hooks() throws {
        let failing =
            "config: {target: http://a, processor: f.js}\nscenarios: [{onError: [told, again], flow: [{get: {url: /}}]}]"
        let hooks = try #require(try artillery(failing).get().request()?.hooks)
        #expect(hooks.onError == ["told", "again"] && hooks.before.isEmpty && hooks.after.isEmpty)
        let socket = """
            config: {target: "ws://a", processor: f.js, ws: {headers: {X: "1"}, subprotocols: [json], origin: "http://o", maxPayload: 1024}}
            scenarios:
              - engine: ws
                flow:
                  - connect: {function: change}
                  - send: hi
            """
        let test = try artillery(socket).get()
        #expect(test.warnings.isEmpty, "\(said(.success(test)))")
        guard case .ws(let action)? = test.steps.first?.action, case .open(let opening) = action.wish else {
            Issue.record("it opens nothing")
            return
        }
        #expect(opening.hook?.function == "change")
        #expect(opening.hook?.given["target"] == "ws://a" && opening.hook?.given["subprotocols"] == ["json"])
        #expect(opening.hook?.given["options"]?["headers"] == ["X": "1"])
        #expect(opening.request.headers.map(\.name) == ["X", "Origin"] && opening.messageBytes == 1024)
        #expect(test.processor?.functions.map(\.name) == ["change"])
        #expect(
            said(artillery(socket.replacing(", processor: f.js", with: ""))).first?
                .contains("`connect.function: change` calls a function, and the script has no `processor`")
                == true)
    }
}
