import AssayContracts
import AssayCore
import AssayFormats
import Testing

@Suite("Reading pacts")
struct PactReadingTests {
    static func read(_ text: String) -> (pact: Pact?, problems: [String]) {
        let bag = DiagnosticBag()
        let pact = Pact.read(Array(text.utf8), file: "p.json", bag: bag)
        return (
            pact,
            bag.all.map { "\($0.code) \($0.location.map { "\($0.line):\($0.column)" } ?? "-") \($0.message)" }
        )
    }

    /// A pact with one interaction, whose request is given.
    static func pact(request: String, version: String = "3.0.0", more: String = "") -> String {
        """
        {"consumer": {"name": "ui"}, "provider": {"name": "api"},
         "interactions": [{"description": "d"\(more),
          "request": \(request),
          "response": {"status": 200}}],
         "metadata": {"pactSpecification": {"version": "\(version)"}}}
        """
    }

    @Test(
        "what is wrong is told with its place",
        arguments: [
            (
                "{\"consumer\": ",
                "AS470 1:14 the pact is not JSON: expected a value, found the end of the text"
            ),
            ("[]", "AS471 1:1 a pact is an object, found a list"),
            (
                "{\"provider\": {\"name\": \"a\"}, \"interactions\": []}",
                "AS471 1:1 a pact names its consumer, found 'provider', 'interactions'"
            ),
            (
                "{\"consumer\": {\"name\": \"a\"}, \"provider\": {\"name\": \"a\"}}",
                "AS471 1:1 a pact has 'interactions', found 'consumer', 'provider'"
            ),
            (
                pact(request: "{}", version: "5.0"),
                "AS472 5:48 pacts of version 1 to 4 are read, found version '5.0'"
            ),
            (pact(request: "7"), "AS473 3:14 'request' is an object, found the number 7"),
            (
                pact(
                    request: "{\"matchingRules\": {\"body\": {\"$.a\": {\"matchers\": [{\"min\": \"x\"}]}}}}"),
                "AS473 3:71 'min' is a whole number from 0 to 1000000, found 'x'"
            ),
            (
                pact(request: "{\"matchingRules\": {\"body\": {\"$.a\": {\"matchers\": [{}]}}}}"),
                "AS474 3:63 a matching rule has 'match', found {}"
            ),
            (
                pact(request: "{\"matchingRules\": {\"bodi\": {}}}"),
                "AS474 3:41 there are no matching rules for 'bodi'"
            ),
            (
                pact(request: "{\"matchingRules\": {\"body\": {\"$.a[\": {\"matchers\": []}}}}"),
                "AS475 3:50 the path '$.a[' cannot be read, character 5: expected a number, '*' or a name in quotes after '[', found the end"
            ),
            (
                pact(
                    request: "{\"matchingRules\": {\"$.body.a\": {\"match\": \"regex\", \"regex\": \"(\"}}}"),
                "AS476 3:73 the regular expression cannot be used, at byte 2 of the pattern: missing closing parenthesis"
            ),
            (
                pact(request: "{\"generators\": {\"body\": {\"$.a\": {}}}}"),
                "AS477 3:46 a generator has 'type', found {}"
            ),
            (
                pact(request: "{\"body\": {\"content\": \"*\", \"encoded\": \"base64\"}}", version: "4.0"),
                "AS478 3:35 the content is not Base64, as 'encoded' says"
            ),
            (
                pact(request: "{}", more: ", \"providerStates\": [7]"),
                "AS473 2:59 a provider state is an object, found the number 7"
            ),
        ])
    func problems(text: String, problem: String) {
        let (pact, problems) = Self.read(text)
        #expect(pact == nil)
        #expect(problems == [problem])
    }

    @Test("a rule of a plugin is a warning, and what it is for fails")
    func plugin() throws {
        let (pact, problems) = Self.read(
            Self.pact(
                request:
                    "{\"body\": 1, \"matchingRules\": {\"body\": {\"$\": {\"matchers\": [{\"match\": \"tipe\"}]}}}}"
            ))
        #expect(
            problems == ["AS474 3:82 there is no matching rule 'tipe' without a plugin; what it is for fails"]
        )
        guard case .http(let request, _) = try #require(pact).interactions[0].content else { return }
        let found = request.mismatches(
            ContractExchange.Request(method: "GET", path: "/", body: Array("1".utf8)))
        #expect(
            found.map(\.sentence) == [
                "body $: expected what the plugin's rule 'tipe' says, which Assay does not have, found 1"
            ])
    }

    @Test(
        "no text makes the reader fail but with places",
        arguments: [
            "", "null", "7", "{", "[[[[", "{\"consumer\":{\"name\":{}},\"provider\":[],\"interactions\":{}}",
            "{\"consumer\":{\"name\":\"a\"},\"provider\":{\"name\":\"b\"},\"interactions\":[null,1,[],{\"request\":{\"body\":{\"content\":{}}},\"response\":[]}],\"messages\":[3]}",
            String(repeating: "[", count: 100_000),
        ])
    func hostile(text: String) {
        let (pact, problems) = Self.read(text)
        #expect(pact == nil)
        #expect(!problems.isEmpty && problems.allSatisfy { !$0.contains(" - ") })
    }

    @Test("states of all versions are read")
    func states() throws {
        for (written, expected) in [
            ("\"providerState\": \"a\"", [PactState("a")]), ("\"provider_state\": \"a\"", [PactState("a")]),
            ("\"providerState\": null", []),
            (
                "\"providerStates\": [{\"name\": \"a\", \"params\": {\"n\": 1}}, {\"name\": \"b\"}]",
                [PactState("a", ["n": 1]), PactState("b")]
            ),
        ] {
            let pact = try #require(Self.read(Self.pact(request: "{}", more: ", " + written)).pact)
            #expect(pact.interactions[0].states == expected)
        }
    }

    @Test("what is read and written again is the same, in versions 3 and 4")
    func roundTrip() throws {
        let text = """
            {"consumer": {"name": "ui"}, "provider": {"name": "api"}, "interactions": [
             {"type": "Synchronous/HTTP", "key": "k1", "description": "d", "pending": true,
              "providerStates": [{"name": "s", "params": {"id": 7}}], "comments": {"text": ["note"]},
              "request": {"method": "POST", "path": "/a/1", "query": {"q": ["1", "2"]},
               "headers": {"X-A": ["b"], "Content-Type": ["application/json"]},
               "body": {"content": {"a": [1, 2.5, null]}, "contentType": "application/json"},
               "matchingRules": {"path": {"combine": "AND", "matchers": [{"match": "regex", "regex": "/a/\\\\d"}]},
                "query": {"q": {"combine": "OR", "matchers": [{"match": "integer"}]}},
                "body": {"$.a": {"combine": "AND", "matchers": [{"match": "type", "min": 1, "max": 3}]},
                 "$['x y'][*]": {"combine": "AND", "matchers": [{"match": "arrayContains", "variants": [
                  {"index": 0, "rules": {"$.n": {"combine": "AND", "matchers": [{"match": "number"}]}}}]}]}}},
               "generators": {"path": {"type": "ProviderState", "expression": "/a/${id}"},
                "body": {"$.a[0]": {"type": "RandomInt", "min": 1, "max": 2}}}},
              "response": {"status": 201, "body": {"content": "AAEC", "contentType": "image/png", "encoded": "base64"},
               "matchingRules": {"status": {"combine": "AND", "matchers": [{"match": "statusCode", "status": "success"}]}}}},
             {"type": "Asynchronous/Messages", "description": "m", "contents": {"content": "hi", "contentType": "text/plain"},
              "metadata": {"topic": "t"}},
             {"type": "Synchronous/Messages", "description": "s", "request": {"contents": {"content": {"a": 1}, "contentType": "application/json"}},
              "response": [{"contents": {"content": {"b": 1}, "contentType": "application/json"}}]}],
             "metadata": {"pactSpecification": {"version": "4.0"}}}
            """
        let (pact, problems) = Self.read(text)
        #expect(problems == [])
        var first = try #require(pact)
        var second = try #require(Self.read(first.text()).pact)
        #expect(first.json() == second.json())
        for place in first.interactions.indices {
            first.interactions[place].location = nil
            second.interactions[place].location = nil
            #expect(first.interactions[place] == second.interactions[place])
        }
        let third = try #require(Self.read(first.text(as: .v3)).pact)
        guard case .http(let request, let response) = third.interactions[0].content,
            case .http(let wanted, let answered) = first.interactions[0].content
        else { return }
        #expect(
            third.version == .v3 && request.rules == wanted.rules && request.generators == wanted.generators)
        #expect(response.body.bytes == answered.body.bytes && response.body.bytes == [0, 1, 2])
    }

    @Test("interactions are merged by description and states, and another content is a conflict")
    func merging() throws {
        func interaction(_ status: Int, _ id: Int, isOpen: Bool = true) -> PactInteraction {
            var response = PactResponse(status: status, body: .bytes(Array("{\"id\":\(id)}".utf8), type: nil))
            if isOpen { response.rules[.body].add(.integer, at: .root.member("id")) }
            return PactInteraction(
                "b", states: [PactState("s")], .http(PactRequest(method: "GET", path: "/"), response))
        }
        var pact = Pact(consumer: "ui", provider: "api")
        try pact.merge([
            interaction(200, 1),
            PactInteraction("a", .http(PactRequest(method: "GET", path: "/a"), PactResponse())),
        ])
        try pact.merge([interaction(200, 2)])
        #expect(pact.interactions.map(\.description) == ["a", "b"])
        guard case .http(_, let kept) = pact.interactions[1].content else { return }
        #expect(
            kept.body.bytes == Array("{\"id\":1}".utf8), "an example that rules leave open stays as it was")
        for (other, difference) in [
            (interaction(404, 1), "status: 200, now 404"), (interaction(200, 1, isOpen: false), "response"),
        ] {
            do {
                try pact.merge([other])
                Issue.record("no conflict")
            } catch {
                #expect(
                    error.all.map(\.message) == [
                        "the pact of ui and api has 'b, given s' with another \(difference)"
                    ])
                #expect(error.all[0].code == "AS479")
            }
        }
    }
}
