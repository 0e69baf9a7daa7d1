import AssayCore
import AssayFormats
import AssayNet
import Testing

@testable import AssayDoubles

@Suite("What is wrong with a mapping")
struct MappingProblemTests {
    /// Reads one file's text as a mapping and renders its diagnostics.
    private func problems(_ text: String) -> [String] {
        let reading = MappingReading(clock: DoubleClock { 0 })
        guard let json = try? JSON(parsing: text) else { return ["not JSON"] }
        _ = reading.stubs(MappingNode(json)) { "00000000-0000-4000-8000-000000000000" }
        let places = JSONPlaces(Array(text.utf8), file: "m.json")
        return reading.problems.map { places.completed($0).rendered() }
    }

    @Test("An unknown key says where it stands and what was meant")
    func unknownKey() {
        let text = """
            {
              "request": {"method": "GET", "urlPathh": "/a"},
              "response": {"status": 200}
            }
            """
        #expect(
            problems(text) == [
                """
                error[AS300]: 'urlPathh' is not known here
                  m.json:2:32   "request": {"method": "GET", "urlPathh": "/a"},
                                                             ^^^^^^^^^^
                  fix: did you mean 'urlPath'?
                """
            ])
    }

    @Test(
        "Each mistake is told in its own words",
        arguments: [
            (
                #"{"request": {"headers": {"A": {"equalsTo": "x"}}}}"#,
                "there is no operator 'equalsTo'; did you mean 'equalTo'?"
            ),
            (
                #"{"request": {"headers": {"A": {"equalTo": "x", "contains": "y"}}}}"#,
                #"a matcher has one operator, found 'equalTo' and 'contains'; put both into {"and": [{…}, {…}]}"#
            ),
            (#"{"request": {"headers": {"A": {}}}}"#, "a matcher needs an operator"),
            (
                #"{"request": {"headers": {"A": "x"}}}"#,
                "expected an object with an operator, found the text 'x'"
            ),
            (#"{"request": {"urlPattern": "/a["}}"#, "'/a[' is no regular expression"),
            (
                #"{"request": {"url": "/a", "urlPath": "/b"}}"#,
                "a request has one address, found 'url' and 'urlPath'"
            ),
            (
                #"{"request": {"urlPathTemplate": "/a/{id}", "pathParameters": {"ids": {"equalTo": "1"}}}}"#,
                "'ids' is no name in /a/{id}; did you mean 'id'?"
            ),
            (#"{"request": {"urlPathTemplate": "/a/{id}/{id}"}}"#, "'{id}' stands twice in '/a/{id}/{id}'"),
            (
                #"{"request": {"method": "get"}}"#,
                "methods are case-sensitive: 'get' is another one than 'GET'; write 'GET'"
            ),
            (
                #"{"request": {"customMatcher": {"name": "x"}}}"#,
                "a custom matcher is Java code that cannot run here"
            ),
            (#"{"response": {"status": 99}}"#, "expected a number from 100 to 999, found the number 99"),
            (#"{"response": {"fault": "CONNECTION_RESET"}}"#, "there is no fault 'CONNECTION_RESET'"),
            (#"{"response": {"base64Body": "*"}}"#, "expected Base64, found the text '*'"),
            (
                #"{"response": {"body": "a", "jsonBody": 1}}"#,
                "a response has one body: 'body' is sent, 'jsonBody' is not"
            ),
            (
                #"{"response": {"delayDistribution": {"type": "uniform", "lower": 9, "upper": 3}}}"#,
                "'lower' is at most 'upper', found 9 and 3"
            ),
            (#"{"response": {"transformers": ["mine"]}}"#, "the transformer 'mine' has no effect here"),
            (#"{"newScenarioState": "paid"}"#, #"a state needs a scenario; add "scenarioName""#),
            (
                #"{"id": "one"}"#,
                "expected a UUID like 76ada7b0-49ae-4229-91c4-396a36f18e09, found the text 'one'"
            ),
            (#"{"postServeActions": [{"name": "webhook"}]}"#, "'postServeActions' has no effect here"),
            (#"{"mappings": [{"priority": "high"}]}"#, "expected a whole number, found the text 'high'"),
            (#"{"response": {"headers": {"A\nB": "x"}}}"#, "'A B' is no header name"),
        ])
    func mistakes(_ text: String, _ expected: String) {
        let reading = MappingReading(clock: DoubleClock { 0 })
        guard let json = try? JSON(parsing: text) else {
            Issue.record("not JSON")
            return
        }
        _ = reading.stubs(MappingNode(json)) { "00000000-0000-4000-8000-000000000000" }
        let told = reading.problems.map { $0.message + ($0.fix.map { "; " + $0 } ?? "") }
        #expect(told.count == 1)
        #expect(told.first?.hasPrefix(expected) == true, "\(told)")
    }

    @Test("Matchers inside each other are bounded")
    func deep() throws {
        let text =
            String(repeating: #"{"not":"#, count: 60) + #"{"equalTo":"x"}"#
            + String(repeating: "}", count: 60)
        let reading = MappingReading(clock: DoubleClock { 0 })
        #expect(reading.matcher(MappingNode(try JSON(parsing: text))) == nil)
        #expect(reading.errors.map(\.message) == ["more than 50 matchers inside each other"])
    }

    @Test(
        "A file that is no JSON, a folder without mappings, and an id used twice are told with their places")
    func files() throws {
        let folder = "/tmp/assay-mapping-tests-\(Host.processID)"
        defer { try? Files.remove(folder) }
        try Files.makeFolder(folder + "/mappings/deep")
        func told() -> [String] {
            let bag = DiagnosticBag()
            _ = HTTPStubOptions.mappings(at: folder, bag: bag)
            // Where the caret stands depends on the length of the folder's name.
            return bag.all.map { diagnostic in
                diagnostic.rendered().replacing(folder, with: "F").split(separator: "\n").map { line in
                    line.allSatisfy { $0 == " " || $0 == "^" } ? "^" : String(line)
                }.joined(separator: "\n")
            }
        }
        try Files.write(Array("{\n  \"request\": }\n".utf8), to: folder + "/mappings/deep/a.json")
        #expect(
            told() == [
                """
                error[AS301]: this mapping is not JSON: expected a value, found '}'
                  F/mappings/deep/a.json:2:14   "request": }
                ^
                """
            ])
        let id = #"{"id": "6f1f5b0e-52f1-4e57-9a52-0d5f5a1f0b01"}"#
        try Files.write(Array(id.utf8), to: folder + "/mappings/deep/a.json")
        try Files.write(Array(id.utf8), to: folder + "/mappings/b.json")
        #expect(
            told() == [
                """
                warning[AS304]: the id 6f1f5b0e-52f1-4e57-9a52-0d5f5a1f0b01 of a mapping in 'F/mappings/deep/a.json' \
                is already used in 'F/mappings/b.json'
                  fix: the later one replaces it; give it an id of its own
                """
            ])
        try Files.remove(folder + "/mappings")
        let deep = String(repeating: "/d", count: MappingFolder.depthLimit + 1)
        try Files.makeFolder(folder + "/mappings" + deep)
        #expect(told() == ["error[AS303]: 'F/mappings\(deep)' is more than 32 folders deep"])
        try Files.remove(folder + "/mappings")
        #expect(
            told() == [
                """
                error[AS302]: 'F' has no folder 'mappings'
                  fix: name the folder that WireMock is started in, or one mapping file
                """
            ])
    }

    @Test(
        "Places in a JSON text are found by pointer",
        arguments: [
            ("", "1:1"), ("/a", "2:8"), ("/a/1/b~1c", "2:26"), ("/ö/x", "3:19"), ("/nothing", "1:1"),
            ("/a/9", "2:8"),
        ])
    func places(_ pointer: String, _ expected: String) {
        let text = "{\n  \"a\": [{\"b\":1}, {\"b/c\": \"}]\\\"\"}],\n  \"\\u00f6\": {\"x\": 1}}"
        let location = JSONPlaces(Array(text.utf8), file: "f").location(of: pointer)
        #expect("\(location.line):\(location.column)" == expected)
    }
}
