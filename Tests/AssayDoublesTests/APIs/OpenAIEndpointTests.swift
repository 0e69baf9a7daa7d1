import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("The preset openai: its other endpoints")
struct OpenAIEndpointTests {
    private static func double(_ options: String = "") throws -> AskedDouble {
        try AskedDouble(
            "{preset: openai\(options.isEmpty ? "" : ", " + options)}",
            headers: [("Authorization", "Bearer sk-test")])
    }

    private static func vector(_ double: AskedDouble, _ text: String) async throws -> [Double] {
        let body = try await double.ask(
            "POST", "/v1/embeddings", #"{"model": "text-embedding-3-small", "input": "\#(text)"}"#
        ).json
        return (body["data"]?[0]?["embedding"]?.arrayValue ?? []).compactMap(\.doubleValue)
    }

    private static func product(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + $1.0 * $1.1 }
    }

    @Test("Embeddings are of length 1, the same for the same text, and nearer for texts that share words")
    func embeddings() async throws {
        let double = try Self.double()
        let cat = try await Self.vector(double, "the cat sat on the mat")
        #expect(cat.count == 1536)
        #expect(abs(Self.product(cat, cat) - 1) < 1e-6)
        #expect(try await Self.vector(Self.double(), "the cat sat on the mat") == cat)
        let near = Self.product(cat, try await Self.vector(double, "a cat sat on a mat"))
        let far = Self.product(cat, try await Self.vector(double, "quarterly revenue grew strongly"))
        #expect(near > far + 0.2)
        #expect(try await Self.vector(double, "the mat sat on the cat") != cat)
    }

    @Test("Embeddings have the dimensions and the encoding that are asked for")
    func encodings() async throws {
        let double = try Self.double()
        let floats = try await double.ask(
            "POST", "/v1/embeddings",
            #"{"model": "text-embedding-3-large", "input": ["a", "b"], "dimensions": 8}"#
        ).json
        #expect(floats["data"]?.arrayValue?.count == 2)
        #expect(floats["usage"]?["prompt_tokens"] == 2)
        let encoded = try await double.ask(
            "POST", "/v1/embeddings",
            #"{"model": "text-embedding-3-large", "input": "a", "dimensions": 8, "encoding_format": "base64"}"#
        ).json
        let bytes = try #require(Base64.decode(encoded["data"]?[0]?["embedding"]?.stringValue ?? ""))
        #expect(bytes.count == 32)
        let numbers = (0..<8).map { place in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) {
                    $0 | UInt32(bytes[4 * place + $1]) << (8 * UInt32($1))
                })
        }
        let expected = (floats["data"]?[0]?["embedding"]?.arrayValue ?? []).compactMap(\.doubleValue)
        #expect(numbers.map { Double($0.description) } == expected)
    }

    @Test(
        "Embeddings that cannot be are refused",
        arguments: [
            (#"{"model": "e", "input": ""}"#, "input"), (#"{"model": "e", "input": []}"#, "input"),
            (#"{"model": "e", "input": [{}]}"#, "input[0]"),
            (#"{"model": "text-embedding-ada-002", "input": "x", "dimensions": 5}"#, "dimensions"),
            (#"{"model": "e", "input": "x", "dimensions": 0}"#, "dimensions"),
            (#"{"model": "e", "input": "x", "encoding_format": "hex"}"#, "encoding_format"),
        ])
    func badEmbeddings(body: String, param: String) async throws {
        let response = try await Self.double().ask("POST", "/v1/embeddings", body)
        #expect(response.status == 400)
        #expect(try response.json["error"]?["param"] == .string(param))
    }

    @Test(
        "Every path has its answer",
        arguments: [
            ("GET", "/v1/models", 200), ("GET", "/v1/models/gpt-4o", 200), ("GET", "/v1/models/gpt-9", 404),
            ("GET", "/v1/chat/completions", 405), ("POST", "/v1/nothing", 404),
            ("POST", "/v1/moderations", 400),
            ("GET", "/v1/responses/none", 404), ("DELETE", "/v1/responses/none", 404), ("GET", "/", 404),
        ])
    func paths(method: String, path: String, status: Int) async throws {
        let response = try await Self.double().ask(method, path)
        #expect(response.status == status)
        if status != 200 { #expect(try response.json["error"]?["message"] != nil) }
    }

    @Test("Legacy completions answer texts, and stream them")
    func completions() async throws {
        let double = try Self.double()
        let body = try await double.ask(
            "POST", "/v1/completions", #"{"model": "m", "prompt": ["a", "b"], "max_tokens": 4}"#
        ).json
        #expect(
            body["choices"]?.arrayValue?.compactMap { $0["text"]?.stringValue } == [
                "You said: a", "You said: b",
            ])
        let response = await double.ask(
            "POST", "/v1/completions", #"{"model": "m", "prompt": "a", "stream": true}"#)
        let streamed = try await AskedDouble.stream(response)
        #expect(
            try streamed.chunks.compactMap { $0["choices"]?[0]?["text"]?.stringValue }.joined()
                == "You said: a")
        #expect(streamed.data.last == "[DONE]")
    }

    @Test("Moderation flags the words it is given")
    func moderation() async throws {
        let body = try await Self.double("flagged: [dragon]").ask(
            "POST", "/v1/moderations", #"{"input": ["a kitten", "a DRAGON"]}"#
        ).json
        #expect(body["results"]?.arrayValue?.map { $0["flagged"] } == [false, true])
        #expect(body["results"]?[1]?["categories"]?["violence"] == true)
    }

    @Test("A response is answered, kept, gone on from, and deleted")
    func responses() async throws {
        let double = try Self.double()
        let first = try await double.ask(
            "POST", "/v1/responses", #"{"model": "gpt-4o", "instructions": "Be kind", "input": "Hello"}"#
        ).json
        #expect(first["status"] == "completed")
        #expect(first["output"]?[0]?["content"]?[0]?["text"] == "You said: Hello")
        // 3, and 3 a message: two words of the instructions, one of the input.
        #expect(first["usage"]?["input_tokens"] == 12)
        let id = try #require(first["id"]?.stringValue)
        #expect(try await double.ask("GET", "/v1/responses/\(id)").json == first)
        let second = try await double.ask(
            "POST", "/v1/responses",
            #"{"model": "gpt-4o", "previous_response_id": "\#(id)", "input": [{"role": "user", "content": "More"}]}"#
        ).json
        #expect(second["previous_response_id"] == .string(id))
        #expect((second["usage"]?["input_tokens"]?.intValue ?? 0) > 12)
        #expect(await double.ask("DELETE", "/v1/responses/\(id)").status == 200)
        #expect(await double.ask("GET", "/v1/responses/\(id)").status == 404)
        let lost = await double.ask(
            "POST", "/v1/responses", #"{"model": "gpt-4o", "previous_response_id": "\#(id)", "input": "x"}"#)
        #expect(try lost.json["error"]?["code"] == "previous_response_not_found")
    }

    @Test("A streamed response tells its events in order and numbered")
    func responseStream() async throws {
        let response = try await Self.double().ask(
            "POST", "/v1/responses", #"{"model": "gpt-4o", "input": "Hi", "stream": true}"#)
        let chunks = try await AskedDouble.stream(response).chunks
        #expect(chunks.map { $0["sequence_number"]?.intValue } == (0..<Int64(chunks.count)).map { $0 })
        var kinds = chunks.compactMap { $0["type"]?.stringValue }
        #expect(kinds.filter { $0 == "response.output_text.delta" }.count == 4)
        kinds.removeAll { $0 == "response.output_text.delta" }
        #expect(
            kinds == [
                "response.created", "response.in_progress", "response.output_item.added",
                "response.content_part.added", "response.output_text.done", "response.content_part.done",
                "response.output_item.done", "response.completed",
            ])
        #expect(chunks.last?["response"]?["output"]?[0]?["content"]?[0]?["text"] == "You said: Hi")
    }

    @Test("A response calls a function and goes on from its output")
    func responseTools() async throws {
        let double = try Self.double()
        let tools = #""tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}}]"#
        let first = try await double.ask(
            "POST", "/v1/responses", #"{"model": "gpt-4o", "input": "go", \#(tools)}"#
        ).json
        let call = try #require(first["output"]?[0])
        #expect(call["type"] == "function_call")
        #expect(call["arguments"] == "{}")
        let second = try await double.ask(
            "POST", "/v1/responses",
            #"""
            {"model": "gpt-4o", \#(tools), "previous_response_id": \#(first["id"]?.rendered() ?? ""),
             "input": [{"type": "function_call_output", "call_id": \#(call["call_id"]?.rendered() ?? ""), "output": "done"}]}
            """#
        ).json
        #expect(second["output"]?[0]?["content"]?[0]?["text"] == "f answered: done")
    }

    @Test("Azure's paths and header are understood")
    func azure() async throws {
        let double = try AskedDouble("{preset: openai, key: k}", headers: [("api-key", "k")])
        let body = try await double.ask(
            "POST", "/openai/deployments/my-gpt/chat/completions?api-version=1",
            #"{"messages": [{"role": "user", "content": "x"}]}"#
        ).json
        #expect(body["model"] == "my-gpt")
    }

    @Test("Speech is a sound, and a transcription has the words of the option")
    func audio() async throws {
        let double = try Self.double("transcript: hello")
        let speech = await double.ask(
            "POST", "/v1/audio/speech", #"{"model": "tts-1", "input": "x", "voice": "a"}"#)
        #expect(speech.body.count == 44 + 48_000)
        let text = try await double.ask(
            "POST", "/v1/audio/transcriptions",
            "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--",
            [("Content-Type", "multipart/form-data; boundary=b")]
        ).json
        #expect(text["text"] == "hello")
    }
}

@Suite("Tokens and examples")
struct ModelTextTests {
    @Test(
        "Tokens are runs of letters with the space before them, and put together the text",
        arguments: [
            ("", []), ("Hello there", ["Hello", " there"]), ("a  b", ["a", " ", " b"]),
            ("extraordinary!", ["extrao", "rdinar", "y", "!"]), ("привіт, світ", ["привіт", ",", " світ"]),
            ("\n x ", ["\n", " x", " "]), ("a\r\nb\r", ["a", "\r\n", "b", "\r"]),
            ("a  .5-", ["a", " ", " ", ".", "5", "-"]),
        ] as [(String, [String])])
    func tokens(text: String, tokens: [String]) {
        #expect(ModelTokens.split(text) == tokens)
        #expect(ModelTokens.count(text) == tokens.count)
        #expect(tokens.joined() == text)
    }

    @Test(
        "An example satisfies its schema",
        arguments: [
            (#"{"type": "string", "minLength": 7}"#, #""valuexx""#),
            (#"{"type": "string", "format": "date"}"#, #""2026-01-31""#),
            (#"{"type": "integer", "minimum": 5, "multipleOf": 4}"#, "8"),
            (#"{"type": "integer", "exclusiveMaximum": 1}"#, "0"),
            (#"{"type": "number", "maximum": 0.5}"#, "0.5"), (#"{"type": ["null", "boolean"]}"#, "true"),
            (#"{"const": {"a": 1}}"#, #"{"a":1}"#),
            (#"{"anyOf": [{"type": "null"}, {"type": "integer"}]}"#, "1"),
            (
                #"{"type": "array", "items": {"type": "string"}, "minItems": 2, "uniqueItems": true}"#,
                #"["value","value 2"]"#
            ),
            (#"{"type": "array", "prefixItems": [{"type": "integer"}, {"const": "x"}]}"#, #"[1,"x"]"#),
            (
                #"{"allOf": [{"properties": {"a": {"type": "integer"}}, "required": ["a"]}, {"properties": {"b": {"type": "boolean"}}, "required": ["b"]}]}"#,
                #"{"a":1,"b":true}"#
            ),
            (
                ##"{"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]}}}}}"##,
                #"{"next":{"next":{"next":{"next":{"next":{"next":null}}}}}}"#
            ),
            (##"{"$ref": "#"}"##, #""value""#),
        ])
    func examples(schema: String, example: String) throws {
        #expect(SchemaExample.value(of: try JSON(parsing: schema)).rendered() == example)
    }
}
