import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("The preset openai: what goes wrong")
struct OpenAIFaultTests {
    private static func double(_ options: String = "") throws -> AskedDouble {
        try AskedDouble(
            "{preset: openai\(options.isEmpty ? "" : ", " + options)}",
            headers: [("Authorization", "Bearer sk-test")])
    }

    private static func chat(_ double: AskedDouble, _ members: String = "", _ switches: String? = nil) async
        -> HTTPResponse
    {
        let body =
            #"{"model": "gpt-4o", \#(members) "messages": [{"role": "user", "content": "one two three four"}]}"#
        return await double.ask(
            "POST", "/v1/chat/completions", body, switches.map { [(SwitchBoard.header, $0)] } ?? [])
    }

    @Test(
        "A key is asked for",
        arguments: [
            ("Bearer sk-right", 200, nil), ("Bearer sk-wrong-key", 401, "invalid_api_key"), ("", 401, nil),
            ("Basic x", 401, nil),
        ] as [(String, Int, String?)])
    func keys(header: String, status: Int, code: String?) async throws {
        let double = try AskedDouble("{preset: openai, key: sk-right}", headers: [("Authorization", header)])
        let response = await double.ask("GET", "/v1/models")
        #expect(response.status == status)
        #expect(try response.json["error"]?["code"]?.stringValue == code)
        #expect(!String(decoding: response.body, as: UTF8.self).contains("sk-wrong-key"))
    }

    @Test(
        "A switch in the request's header changes one answer",
        arguments: [
            ("rate-limit, retry-after=2500ms", 429, "rate_limit_exceeded"),
            ("quota", 429, "insufficient_quota"),
            ("unauthorized", 401, "invalid_api_key"), ("context-exceeded", 400, "context_length_exceeded"),
            ("server-error, error-status=503", 503, nil), ("server-error", 500, nil),
            ("typo", 400, "bad_switch"),
        ] as [(String, Int, String?)])
    func switches(header: String, status: Int, code: String?) async throws {
        let double = try Self.double()
        let response = await Self.chat(double, "", header)
        #expect(response.status == status)
        #expect(try response.json["error"]?["code"]?.stringValue == code)
        if header.contains("2500") {
            #expect(response.headers["Retry-After"] == "3")
            #expect(response.headers["retry-after-ms"] == "2500")
        }
        #expect(await Self.chat(double).status == 200)
    }

    @Test("A plan refuses every N-th request, and switches put on the port hold until they are used up")
    func plan() async throws {
        let double = try Self.double("plan: [{every: 3, rate-limit: true}]")
        var seen: [Int] = []
        for _ in 0..<3 { seen.append(await Self.chat(double).status) }
        #expect(seen == [200, 200, 429])
        let put = await double.ask("PUT", "/__assay/switches", #"{"server-error": 1}"#)
        #expect(put.status == 200)
        #expect(await Self.chat(double).status == 500)
        #expect(await Self.chat(double).status == 200)
    }

    @Test(
        "A stream is cut after so many chunks, without [DONE]",
        arguments: [("cut-stream=3", "close", 3), ("cut-stream=1, cut-how=reset", "reset", 1)])
    func cut(header: String, how: String, count: Int) async throws {
        let response = await Self.chat(try Self.double(), #""stream": true,"#, header)
        let streamed = try await AskedDouble.stream(response)
        #expect(streamed.data.count == count)
        #expect(streamed.cut == how)
    }

    @Test("A chunk that is no JSON stands where it is wanted, and the rest is whole")
    func malformed() async throws {
        let response = await Self.chat(try Self.double(), #""stream": true,"#, "malformed-chunk=2")
        let data = try await AskedDouble.stream(response).data
        #expect(throws: JSONError.self) { try JSON(parsing: data[1]) }
        #expect(data.last == "[DONE]")
        for chunk in data.dropFirst(2).dropLast() { #expect((try? JSON(parsing: chunk)) != nil) }
    }

    @Test("The first token and the speed are timers, of streams and of whole answers")
    func pace() async throws {
        let double = try Self.double("first-token-after: 200ms, tokens-per-second: 10")
        let whole = await Self.chat(double)
        // "You", " said", ":", and four words: the last comes 0.6 s after the first.
        #expect(whole.delivery.after == .milliseconds(800))
        let streamed = try await AskedDouble.stream(await Self.chat(double, #""stream": true,"#))
        #expect(streamed.pauses.first == .milliseconds(200))
        #expect(streamed.pauses.count >= 7)
        let quick = await Self.chat(double, "", "first-token-after=0, tokens-per-second=0")
        #expect(quick.delivery.after == .zero)
    }

    @Test(
        "An answer is filtered, refused or broken when a switch says so",
        arguments: [
            ("content-filter", "finish_reason", "content_filter"),
            ("refuse", "refusal", "I'm sorry, I can't help with that."),
            ("silence", "", ""),
        ])
    func answers(header: String, member: String, value: String) async throws {
        let response = await Self.chat(try Self.double(), "", header)
        let choice = try response.json["choices"]?[0]
        switch member {
        case "finish_reason": #expect(choice?[member] == .string(value))
        case "refusal":
            #expect(choice?["message"]?[member] == .string(value))
            #expect(choice?["message"]?["content"] == .null)
        default: #expect(response.delivery.fault == .silence)
        }
    }

    @Test("Requests and tokens a minute are budgets of each key that fill with the double's time")
    func budgets() async throws {
        let double = try Self.double("limits: {requests: 2/min, tokens: 1000/min}")
        let first = await Self.chat(double)
        #expect(first.headers["x-ratelimit-limit-requests"] == "2")
        #expect(first.headers["x-ratelimit-remaining-requests"] == "1")
        #expect(first.headers["x-ratelimit-reset-requests"] == "30s")
        #expect(first.headers["x-ratelimit-remaining-tokens"] == "990")
        #expect(await Self.chat(double).status == 200)
        let third = await Self.chat(double)
        #expect(third.status == 429)
        #expect(third.headers["Retry-After"] == "30")
        #expect(try third.json["error"]?["type"] == "requests")
        let other = await double.ask(
            "POST", "/v1/embeddings", #"{"model": "e", "input": "x"}"#, [("Authorization", "Bearer other")])
        #expect(other.status == 200)
        double.pass(.seconds(30))
        #expect(await Self.chat(double).status == 200)
    }

    @Test("A budget of tokens counts what may be answered too, and what never fits is told so")
    func tokens() async throws {
        let double = try Self.double("limits: {tokens: 100/min}")
        #expect(await Self.chat(double, #""max_tokens": 80,"#).status == 200)
        let second = await Self.chat(double, #""max_tokens": 80,"#)
        #expect(try second.json["error"]?["type"] == "tokens")
        #expect(second.headers["Retry-After"] == "48")
        let third = try await Self.chat(double, #""max_tokens": 200,"#).json
        #expect(third["error"]?["message"]?.stringValue?.hasPrefix("Request too large for gpt-4o") == true)
    }

    @Test(
        "Times of rate limit headers are written as OpenAI writes them",
        arguments: [(20, "20ms"), (1500, "1.5s"), (360_000, "6m0s"), (61_050, "1m1.05s"), (0, "0ms")])
    func times(milliseconds: Int64, text: String) {
        #expect(RateBudget.text(milliseconds: milliseconds) == text)
    }

    private static func problems(_ options: String) throws -> [String] {
        let problems = try readDoubles("ai: {preset: openai, \(options)}").problems
        return problems.map { "\($0.code) \($0.message) · \($0.fix ?? "")" }
    }

    @Test(
        "What is wrong with options is told with a fix",
        arguments: [
            ("answer: []", "AS010 'answer' is not known in an openai double · did you mean 'answers'?"),
            (
                "answers: [{when: {contains: x}}]",
                "AS016 an answer needs one of `say`, `json`, `tool`, `tools`, `refuse` or `error` · "
            ),
            (
                "answers: [{when: {contain: x}, say: y}]",
                "AS010 'contain' is not known in a condition · did you mean 'contains'?"
            ),
            ("answers: [{say: []}]", "AS122 'say' is an empty list · write a text"),
            (
                "limits: {tokens: 0/min}",
                "AS122 a limit is more than 0, found 0/min · turn the switch `rate-limit` to refuse everything"
            ),
            (
                "switches: {rate-limits: 1}",
                "AS330 there is no switch 'rate-limits' · did you mean 'rate-limit'?"
            ),
        ])
    func options(text: String, problem: String) throws {
        #expect(try Self.problems(text) == [problem])
    }

    @Test("A pattern that is none, and a name that nothing sets, are told at their place")
    func places() throws {
        #expect(
            try Self.problems("answers: [{when: {matches: '('}, say: y}]").first?.hasPrefix(
                "AS333 'matches' is no pattern: ") == true)
        #expect {
            try Self.double("answers: [{say: 'hello ${mesage}'}]")
        } throws: {
            guard let problem = $0 as? Diagnostic else { return false }
            return problem.code == "AS332" && problem.fix == "did you mean 'message'?"
                && problem.message == "an answer of double 'ai' reads ${mesage}, but nothing sets it"
                && problem.location?.line == 1
        }
    }

    @Test("The guide names every switch, and an answer made in Swift is given")
    func guide() async throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(
            separator: "/")
        let guide = String(
            decoding: try Files.read(root + "/Documentation/api-doubles.md"), as: UTF8.self)
        for each in OpenAI.switches + Upwork.switches {
            #expect(guide.contains("`\(each.name)`"), "\(each.name)")
        }
        var options = OpenAIOptions()
        options.answers = [.say("${as it is}", toUserSaying: "THREE")]
        let double = try AskedDouble(options, headers: [("Authorization", "Bearer k")])
        #expect(try await Self.chat(double).json["choices"]?[0]?["message"]?["content"] == "${as it is}")
    }
}
