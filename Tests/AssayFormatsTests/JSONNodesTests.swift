import AssayCore
import AssayFormats
import Testing

@Suite("JSON as YAML")
struct JSONNodesTests {
    static func read(_ text: String) -> (document: YAMLDocument?, problems: [Diagnostic]) {
        let bag = DiagnosticBag()
        let reading = YAMLReading(parsing: Array(text.utf8), file: "a.json", bag: bag)
        return (reading?.document, bag.all)
    }

    @Test("a JSON text with surrogate pairs is read, with the places of its values")
    func surrogates() throws {
        let text =
            "{\n  \"name\": \"\\ud83d\\ude00\",\r\n\t\"é\": [1, -2.5, \"\u{2028}\", {\"a\": null}], \"on\": true\n}\n"
        let (document, problems) = Self.read(text)
        #expect(problems.isEmpty)
        let root = try #require(document?.root)
        #expect(root["name"]?.stringValue == "😀")
        #expect(root["name"]?.location.description == "a.json:2:11" && root["name"]?.location.length == 14)
        #expect(root["é"]?.location.description == "a.json:3:7")
        #expect(root["é"]?.elements?[1].scalarText == "-2.5")
        #expect(root["é"]?.elements?[3].location.description == "a.json:4:4")
        #expect(root["on"]?.location.description == "a.json:4:24")
        #expect(document?.source.line(4)?.contains("\"on\"") == true)
    }

    @Test(
        "what is no JSON either, or repeats a name, is told as YAML",
        arguments: [
            "{\"a\": \"\\ud83d\"}", "{\"a\": \"\\ud83d\\ude00\",}}", "{\"a\": 1, \"a\": \"\\ud83d\\ude00\"}",
            "[\"\\ud83d\\ude00\"",
        ])
    func neither(text: String) {
        let (document, problems) = Self.read(text)
        #expect(document == nil && problems.map(\.code) == ["AS002"])
    }
}
