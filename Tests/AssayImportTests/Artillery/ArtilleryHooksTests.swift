import AssayCore
import AssayFormats
import AssayScenario
import Testing

@testable import AssayImport

@Suite("Functions that scripts of Artillery name")
struct ArtilleryHooksTests {
    private static let whole = """
        config:
          target: http://127.0.0.1:8080
          processor: ./functions.js
          variables: {kind: x}
        scenarios:
          - beforeScenario: login
            afterScenario: [bye, done]
            beforeRequest: sign
            flow:
              - function: prepare
              - post:
                  url: "/items/{{ id }}"
                  json: {name: "{{ user.name }}"}
                  beforeRequest: [fill]
                  afterResponse: check
                  ifTrue: isReady
              - loop: [{get: {url: /poll}}]
                whileTrue: notDone
        """

    @Test("Each is where it is called, and is told with its place")
    func places() throws {
        let test = try artillery(Self.whole).get()
        #expect(test.warnings.isEmpty, "\(said(.success(test)))")
        let names = test.steps.map { step in
            if case .hook(let hook) = step.action { "f \(hook.function)" } else { step.action.keyword }
        }
        #expect(names == ["f login", "f prepare", "if", "repeat", "f bye", "f done"])
        guard case .if(let choice) = test.steps[2].action, case .repeat(let loop) = test.steps[3].action
        else {
            Issue.record("these are others: \(names)")
            return
        }
        #expect(choice.hook == "isReady")
        #expect(loop.whileHook == "notDone")
        let hooks = try #require(test.request(2)?.hooks)
        #expect(hooks.before == ["sign", "fill"])
        #expect(hooks.after == ["check"])
        #expect(hooks.request["url"] == "http://127.0.0.1:8080/items/{{ id }}")
        #expect(hooks.request["json"] == ["name": "{{ user.name }}"])
        #expect(hooks.request["method"] == "POST")
        let processor = try #require(test.processor)
        #expect(processor.path == "tests/functions.js")
        #expect(processor.names == ["$loopCount", "$loopElement", "$uuid", "id", "kind", "user"])
        #expect(
            processor.functions.map { "\($0.location.line) \($0.key) \($0.name)" }.sorted() == [
                "10 function prepare", "14 beforeRequest fill", "15 afterResponse check", "16 ifTrue isReady",
                "18 whileTrue notDone", "6 beforeScenario login", "7 afterScenario bye",
                "7 afterScenario done",
                "8 beforeRequest sign",
            ])
    }

    @Test("A template that only a function can set is no mistake, and has no value before")
    func unset() throws {
        let test = try artillery(Self.whole).get()
        #expect(rendered(test.request(2)?.url, ["id": 4]) == "http://127.0.0.1:8080/items/4")
        #expect(rendered(test.request(2)?.url) == "http://127.0.0.1:8080/items/undefined")
    }

    @Test("A condition that computes is no function")
    func expressions() throws {
        let test = try artillery(
            script("- get: {url: /, ifTrue: \"n > 3\"}", config: "processor: ./functions.js")
        ).get()
        guard case .if(let choice) = test.steps[0].action else {
            Issue.record("it has no condition")
            return
        }
        #expect(choice.hook == nil)
        #expect(test.processor?.functions.isEmpty == true)
    }
}
