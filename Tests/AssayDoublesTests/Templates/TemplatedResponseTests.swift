import AssayCore
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Templates: whole responses")
struct TemplatedResponseTests {
    private struct Shelf: BodyFiles {
        var files: [String: String] = [:]
        func read(_ name: String) throws(AdminRefusal) -> [UInt8] {
            guard let text = files[name] else { throw AdminRefusal(404, "no file") }
            return Array(text.utf8)
        }
    }

    private static func templating(seed: UInt64 = 1) -> HandlebarsResponses {
        HandlebarsResponses(TemplateBench.environment, random: SeededRandom(seed: seed))
    }

    private static func stub(_ response: String, _ reading: MappingReading) throws -> Stub? {
        let json = try JSON(parsing: #"{"request": {"urlPath": "/x"}, "response": "# + response + "}")
        return reading.stub(MappingNode(json)) { "76ada7b0-49ae-4229-91c4-396a36f18e09" }
    }

    private static func render(_ response: String, files: [String: String] = [:]) throws -> StubResponse {
        let reading = MappingReading(clock: DoubleClock { TemplateBench.now }, templating: templating())
        let stub = try stub(response, reading)
        #expect(reading.problems.isEmpty, "\(reading.problems.map(\.message))")
        let compiled = try #require(stub?.compiled)
        return compiled.render(StubRequest(TemplateBench.request), files: Shelf(files: files))
    }

    @Test("Body, headers and the proxied address are filled in")
    func texts() throws {
        let response = try Self.render(
            #"""
            {"status": 201, "transformers": ["response-template"], "body": "{{request.method}} {{parameters.p}}",
             "headers": {"X-Id": "{{request.headers.X-Request-Id}}", "Set-Cookie": ["a={{request.query.q}}", "b"]},
             "proxyBaseUrl": "http://{{request.host}}:1", "additionalProxyRequestHeaders": {"X-P": "{{request.path}}"},
             "transformerParameters": {"p": "v"}}
            """#)
        #expect(response.status == 201)
        #expect(response.body == .text("POST v"))
        #expect(response.headers.fields.map(\.value) == ["r-1", "a=blue sky", "b"])
        #expect(response.proxy?.baseURL == "http://localhost:1")
        #expect(response.proxy?.addedHeaders["X-P"] == "/shops/7/items")
    }

    @Test("Texts and names of a JSON body are filled in and stay JSON, whatever they hold")
    func json() throws {
        let response = try Self.render(
            #"{"transformers": ["response-template"], "jsonBody": {"q": "{{request.query.q}}", "n": 1, "x": null, "{{request.method}}": ["{{'\"'}}", true]}}"#
        )
        #expect(response.body == .json(["q": "blue sky", "n": 1, "x": nil, "POST": ["\"", true]]))
    }

    @Test("A body file is chosen and filled in; its template is read when it is asked for")
    func files() throws {
        let files = ["items.txt": "{{request.path.[1]}}", "bad.txt": "a\n{{#if}}", "plain.txt": "x"]
        let mapping = #"{"transformers": ["response-template"], "bodyFileName": "{{request.path.[2]}}.txt"}"#
        #expect(try Self.render(mapping, files: files).body == .text("7"))
        let raw =
            #"{"transformers": ["response-template"], "bodyFileName": "items.txt", "transformerParameters": {"disableBodyFileTemplating": true}}"#
        #expect(try Self.render(raw, files: files).body == .file("items.txt"))
        #expect(
            try Self.render(
                #"{"transformers": ["response-template"], "bodyFileName": "plain.txt"}"#, files: files
            ).body == .bytes([0x78]))
        let bad = try Self.render(
            #"{"transformers": ["response-template"], "bodyFileName": "bad.txt"}"#, files: files)
        #expect(bad.status == 500)
        #expect(bad.body == .text("[ERROR] bad.txt:2:1: the block 'if' is not closed"))
        let absent = try Self.render(#"{"transformers": ["response-template"], "bodyFileName": "none"}"#)
        #expect(absent.body == .text("[ERROR] the body file 'none' cannot be read: no file"))
    }

    @Test("A bad template is a problem of the mapping, with its place in the mapping and in the template")
    func problems() throws {
        let reading = MappingReading(clock: DoubleClock { 0 }, templating: Self.templating())
        let stub = try Self.stub(
            #"{"transformers": ["response-template"], "jsonBody": {"a": ["{{uper x}}"]}, "headers": {"X-A": "{{#if}}"}}"#,
            reading)
        #expect(stub == nil)
        #expect(
            reading.problems.map { "\($0.pointer): \($0.message)" } == [
                "/response/jsonBody/a/0: template 1:3: there is no helper 'uper'",
                "/response/headers/X-A: template 1:1: the block 'if' is not closed",
            ])
        #expect(reading.problems[0].fix == "did you mean 'upper'?")
    }

    @Test("A template that would break a header or never end answers 500 and says why")
    func failures() throws {
        let split = try Self.render(
            ##"{"transformers": ["response-template"], "headers": {"X-A": "{{base64 'YQ0KQjogYw==' decode=true}}"}}"##
        )
        #expect(split.status == 500)
        #expect(split.body == .text("[ERROR] the header 'X-A' would hold a line break or another control"))
        let endless = try Self.render(
            #"{"transformers": ["response-template"], "body": "{{#each (range 1 99999)}}{{#each (range 1 99999)}}{{/each}}{{/each}}"}"#
        )
        #expect(endless.body == .text("[ERROR] the template takes more than 2000000 steps"))
    }

    @Test("Made-up values differ from request to request and repeat with the seed")
    func random() throws {
        func values(_ seed: UInt64) throws -> [StubResponse.Body] {
            let reading = MappingReading(clock: DoubleClock { 0 }, templating: Self.templating(seed: seed))
            let stub = try Self.stub(
                #"{"transformers": ["response-template"], "body": "{{request.id}} {{randomValue type='UUID'}}"}"#,
                reading)
            let compiled = try #require(stub?.compiled)
            return (0..<2).map { _ in compiled.render(StubRequest(TemplateBench.request), files: Shelf()).body
            }
        }
        let first = try values(1)
        #expect(first[0] != first[1])
        #expect(try values(1) == first)
        #expect(try values(2) != first)
    }
}
