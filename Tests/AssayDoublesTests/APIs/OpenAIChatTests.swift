import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("The preset openai: conversations")
struct OpenAIChatTests {
    private static func double(_ options: String = "") throws -> AskedDouble {
        try AskedDouble(
            "{preset: openai\(options.isEmpty ? "" : ", " + options)}",
            headers: [("Authorization", "Bearer sk-test")])
    }

    private static let hello =
        #"{"model": "gpt-4o", "messages": [{"role": "user", "content": "Hello there"}]}"#

    private static func chat(_ double: AskedDouble, _ members: String, _ headers: [(String, String)] = [])
        async
        -> HTTPResponse
    {
        await double.ask("POST", "/v1/chat/completions", #"{"model": "gpt-4o", \#(members)}"#, headers)
    }

    @Test("A chat is answered with a choice, its usage by the rule, and the headers of OpenAI")
    func plain() async throws {
        let response = await Self.chat(
            try Self.double(), #""messages": [{"role": "user", "content": "Hello there"}]"#)
        #expect(response.status == 200)
        let body = try response.json
        #expect(body["object"] == "chat.completion")
        #expect(body["choices"]?[0]?["message"]?["content"] == "You said: Hello there")
        #expect(body["choices"]?[0]?["finish_reason"] == "stop")
        #expect(body["created"] == 1_800_000_000)
        // 3 for the answer, 3 for the message, 2 words; "You", " said", ":", " Hello", " there".
        #expect(body["usage"]?["prompt_tokens"] == 8)
        #expect(body["usage"]?["completion_tokens"] == 5)
        #expect(body["usage"]?["total_tokens"] == 13)
        #expect(body["id"]?.stringValue?.hasPrefix("chatcmpl-") == true)
        #expect(response.headers["x-request-id"]?.hasPrefix("req_") == true)
    }

    @Test("The same requests to a double of the same seed get the same answers, ids included")
    func repeatable() async throws {
        let first = try await Self.double().ask("POST", "/v1/chat/completions", Self.hello)
        let second = try await Self.double().ask("POST", "/v1/chat/completions", Self.hello)
        #expect(first.body == second.body)
    }

    @Test(
        "A stream begins with the role, brings the text in pieces and ends with the reason, usage and [DONE]")
    func stream() async throws {
        let response = await Self.chat(
            try Self.double(),
            #""stream": true, "stream_options": {"include_usage": true}, "messages": [{"role": "user", "content": "Hi"}]"#
        )
        #expect(response.headers["Content-Type"] == "text/event-stream; charset=utf-8")
        let streamed = try await AskedDouble.stream(response)
        let chunks = try streamed.chunks
        #expect(chunks.first?["choices"]?[0]?["delta"]?["role"] == "assistant")
        #expect(chunks.first?["object"] == "chat.completion.chunk")
        let text = chunks.compactMap { $0["choices"]?[0]?["delta"]?["content"]?.stringValue }.joined()
        #expect(text == "You said: Hi")
        #expect(chunks.dropLast().last?["choices"]?[0]?["finish_reason"] == "stop")
        #expect(chunks.dropLast().allSatisfy { $0["usage"] == .null })
        #expect(chunks.last?["choices"] == [])
        #expect(chunks.last?["usage"]?["completion_tokens"] == 4)
        #expect(streamed.data.last == "[DONE]")
        #expect(streamed.cut == nil)
    }

    @Test(
        "What limits an answer is told as its reason",
        arguments: [
            (#""max_tokens": 2"#, "You said", "length"),
            (#""max_completion_tokens": 3"#, "You said:", "length"),
            (#""stop": " said""#, "You", "stop"), (#""stop": ["zzz", ":"]"#, "You said", "stop"),
        ])
    func limits(members: String, text: String, reason: String) async throws {
        let body = try await Self.chat(
            Self.double(), members + #", "messages": [{"role": "user", "content": "Hi"}]"#
        ).json
        #expect(body["choices"]?[0]?["message"]?["content"] == .string(text))
        #expect(body["choices"]?[0]?["finish_reason"] == .string(reason))
    }

    private static let tools = #"""
        "tools": [{"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object",
          "properties": {"city": {"type": "string"}, "days": {"type": "integer", "minimum": 3}, "x": {}},
          "required": ["city", "days"]}}}, {"type": "function", "function": {"name": "get_time"}}]
        """#

    @Test("An offered tool is called with arguments of its schema, and its result ends the conversation")
    func tool() async throws {
        let double = try Self.double()
        let first = try await Self.chat(
            double, Self.tools + #", "messages": [{"role": "user", "content": "Weather?"}]"#
        ).json
        let choice = first["choices"]?[0]
        #expect(choice?["finish_reason"] == "tool_calls")
        #expect(choice?["message"]?["content"] == .null)
        let call = try #require(choice?["message"]?["tool_calls"]?[0])
        #expect(call["function"]?["name"] == "get_weather")
        #expect(call["function"]?["arguments"] == #"{"city":"city","days":3}"#)
        let id = try #require(call["id"]?.stringValue)
        let second = try await Self.chat(
            double,
            Self.tools + #"""
                , "messages": [{"role": "user", "content": "Weather?"},
                {"role": "assistant", "content": null, "tool_calls": [{"id": "\#(id)", "type": "function",
                  "function": {"name": "get_weather", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "\#(id)", "content": "sunny"}]
                """#
        ).json
        #expect(second["choices"]?[0]?["message"]?["content"] == "get_weather answered: sunny")
    }

    @Test(
        "Which tools are called follows the words of the user and the request",
        arguments: [
            ("get_time and get_weather", "", ["get_weather", "get_time"]),
            ("get_time please", "", ["get_time"]),
            ("get_time and get_weather", #""parallel_tool_calls": false,"#, ["get_weather"]),
            (
                "hello", #""tool_choice": {"type": "function", "function": {"name": "get_time"}},"#,
                ["get_time"]
            ),
            ("get_time", #""tool_choice": "none","#, []),
        ])
    func choice(text: String, members: String, called: [String]) async throws {
        let body = try await Self.chat(
            Self.double(), members + Self.tools + #", "messages": [{"role": "user", "content": "\#(text)"}]"#
        ).json
        let calls = body["choices"]?[0]?["message"]?["tool_calls"]?.arrayValue ?? []
        #expect(calls.compactMap { $0["function"]?["name"]?.stringValue } == called)
    }

    @Test("Streamed tool calls have their index, name and id first, then their arguments in pieces")
    func toolStream() async throws {
        let response = await Self.chat(
            try Self.double(),
            #""stream": true, \#(Self.tools), "messages": [{"role": "user", "content": "get_time, get_weather"}]"#
        )
        let deltas = try await AskedDouble.stream(response).chunks.compactMap {
            $0["choices"]?[0]?["delta"]?["tool_calls"]?[0]
        }
        let opened = deltas.filter { $0["id"] != nil }
        #expect(opened.compactMap { $0["function"]?["name"]?.stringValue } == ["get_weather", "get_time"])
        #expect(opened.map { $0["index"] } == [0, 1])
        let arguments = deltas.filter { $0["index"] == 0 }.compactMap {
            $0["function"]?["arguments"]?.stringValue
        }
        #expect(arguments.count > 3)
        #expect(arguments.joined() == #"{"city":"city","days":3}"#)
    }

    @Test("JSON modes give an object, and one of a schema satisfies it")
    func formats() async throws {
        let object = try await Self.chat(
            Self.double(),
            #""response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "as JSON"}]"#
        ).json
        #expect(object["choices"]?[0]?["message"]?["content"] == #"{"answer":"as JSON"}"#)
        let schema = try await Self.chat(
            Self.double(),
            #"""
            "response_format": {"type": "json_schema", "json_schema": {"name": "step", "strict": true, "schema":
              {"type": "object", "properties": {"kind": {"enum": ["a", "b"]}, "steps": {"type": "array",
              "items": {"$ref": "#/$defs/step"}, "minItems": 2}}, "required": ["kind", "steps"],
              "$defs": {"step": {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}}}}},
            "messages": [{"role": "user", "content": "go"}]
            """#
        ).json
        #expect(
            schema["choices"]?[0]?["message"]?["content"] == #"{"kind":"a","steps":[{"n":1},{"n":1}]}"#)
    }

    @Test("Several choices and log probabilities are told when asked for")
    func choices() async throws {
        let body = try await Self.chat(
            Self.double(),
            #""n": 2, "logprobs": true, "top_logprobs": 2, "messages": [{"role": "user", "content": "Hi"}]"#
        ).json
        #expect(body["choices"]?.arrayValue?.count == 2)
        #expect(body["choices"]?[1]?["message"]?["content"] == "You said: Hi (choice 2)")
        let tokens = body["choices"]?[0]?["logprobs"]?["content"]?.arrayValue ?? []
        #expect(tokens.compactMap { $0["token"]?.stringValue } == ["You", " said", ":", " Hi"])
        #expect(tokens.first?["top_logprobs"]?.arrayValue?.count == 2)
    }

    @Test(
        "What is wrong with a request is refused in OpenAI's shape",
        arguments: [
            (#"{"messages": []}"#, 400, "model", "missing_required_parameter"),
            (#"{"model": "gpt-4o"}"#, 400, "messages", "missing_required_parameter"),
            (#"{"model": "gpt-4o", "messages": "Hi"}"#, 400, "messages", "invalid_type"),
            (
                #"{"model": "gpt-4o", "messages": [{"role": "usr", "content": "x"}]}"#, 400,
                "messages[0].role", "invalid_value"
            ),
            (
                #"{"model": "gpt-4o", "messages": [{"role": "user"}]}"#, 400, "messages[0].content",
                "missing_required_parameter"
            ),
            (
                #"{"model": "gpt-4o", "n": 0, "messages": [{"role": "user", "content": "x"}]}"#, 400, "n",
                "integer_below_min_value"
            ),
            (
                #"{"model": "gpt-4o", "temperature": 3, "messages": [{"role": "user", "content": "x"}]}"#,
                400, "temperature", "decimal_out_of_range"
            ),
            (
                #"{"model": "gpt-4o", "tool_choice": "auto", "messages": [{"role": "user", "content": "x"}]}"#,
                400, "tool_choice", nil
            ),
            (
                #"{"model": "gpt-4o", "response_format": {"type": "json_object"}, "messages": [{"role": "user", "content": "x"}]}"#,
                400, "messages", nil
            ),
            (
                #"{"model": "gpt-4o", "messages": [{"role": "tool", "tool_call_id": "c", "content": "x"}]}"#,
                400, "messages.[0].role", nil
            ),
            (
                #"{"model": "other", "messages": [{"role": "user", "content": "x"}]}"#, 404, "model",
                "model_not_found"
            ),
            (
                #"{"model": "gpt-4o", "max_tokens": 30, "messages": [{"role": "user", "content": "x"}]}"#,
                400, "messages", "context_length_exceeded"
            ),
            ("[1]", 400, nil, nil),
        ] as [(String, Int, String?, String?)])
    func refused(body: String, status: Int, param: String?, code: String?) async throws {
        let double = try Self.double("models: [gpt-4o], context: 36")
        let response = await double.ask("POST", "/v1/chat/completions", body)
        #expect(response.status == status)
        let error = try response.json["error"]
        #expect(error?["param"] == param.map { .string($0) } ?? .null)
        #expect(error?["code"] == code.map { .string($0) } ?? .null)
        #expect(error?["type"] == "invalid_request_error")
        #expect(error?["message"]?.stringValue?.isEmpty == false)
    }

    private static let script = """
        answers:
            - {when: {matches: 'order (\\d+)'}, say: "Order ${match[1]} of ${env.NAME} is on its way"}
            - {when: {contains: WEATHER, tool: get_weather}, tool: {name: get_weather, arguments: {city: "${message}"}}}
            - {when: {after: get_weather}, say: "It is ${results.get_weather.sky}"}
            - {when: {system: pirate}, refuse: "Arr"}
            - {when: {model: gpt-bad}, error: {status: 429, code: slow_down, retry-after: 1500ms}}
            - {when: {contains: twice}, say: [one, two]}
            - {when: {contains: once}, times: 1, say: first}
            - {when: {contains: data}, json: {count: "${count}", turn: "${turn}"}}
        """

    private static func scripted() throws -> AskedDouble {
        try AskedDouble("\n    preset: openai\n    " + script, headers: [("Authorization", "Bearer k")])
    }

    private static func say(
        _ double: AskedDouble, _ text: String, model: String = "gpt-4o", more: String = ""
    )
        async throws -> HTTPResponse
    {
        await double.ask(
            "POST", "/v1/chat/completions",
            #"{"model": "\#(model)", \#(more) "messages": [{"role": "user", "content": "\#(text)"}]}"#)
    }

    @Test("A script answers what fits, in its order, with what it reads of the request")
    func scripts() async throws {
        let double = try Self.scripted()
        func text(_ said: String) async throws -> String? {
            try await Self.say(double, said).json["choices"]?[0]?["message"]?["content"]?.stringValue
        }
        #expect(try await text("where is order 42?") == "Order 42 of Ann is on its way")
        #expect(try await text("twice") == "one")
        #expect(try await text("twice") == "two")
        #expect(try await text("twice") == "two")
        #expect(try await text("once") == "first")
        #expect(try await text("once") == "You said: once")
        #expect(try await text("data") == #"{"count":1,"turn":1}"#)
        double.service.reset()
        #expect(try await text("once") == "first")
    }

    @Test("A script calls tools with its arguments and goes on from their results")
    func scriptedTools() async throws {
        let double = try Self.scripted()
        let first = try await Self.say(double, "weather in Kyiv", more: Self.tools + ",").json
        let call = first["choices"]?[0]?["message"]?["tool_calls"]?[0]
        #expect(call?["function"]?["arguments"] == #"{"city":"weather in Kyiv"}"#)
        let second = try await double.ask(
            "POST", "/v1/chat/completions",
            #"""
            {"model": "gpt-4o", \#(Self.tools), "messages": [{"role": "user", "content": "weather"},
             {"role": "assistant", "tool_calls": [{"id": "c1", "type": "function",
               "function": {"name": "get_weather", "arguments": "{}"}}]},
             {"role": "tool", "tool_call_id": "c1", "content": "{\"sky\": \"blue\"}"}]}
            """#
        ).json
        #expect(second["choices"]?[0]?["message"]?["content"] == "It is blue")
    }

    @Test("A script refuses and fails as it is told")
    func scriptedFaults() async throws {
        let double = try Self.scripted()
        let refusal = try await double.ask(
            "POST", "/v1/chat/completions",
            #"{"model": "m", "messages": [{"role": "system", "content": "You are a Pirate"}, {"role": "user", "content": "x"}]}"#
        ).json
        #expect(refusal["choices"]?[0]?["message"]?["refusal"] == "Arr")
        #expect(refusal["choices"]?[0]?["message"]?["content"] == .null)
        let failed = try await Self.say(double, "x", model: "gpt-bad")
        #expect(failed.status == 429)
        #expect(failed.headers["Retry-After"] == "2")
        #expect(failed.headers["retry-after-ms"] == "1500")
        #expect(try failed.json["error"]?["code"] == "slow_down")
    }
}
