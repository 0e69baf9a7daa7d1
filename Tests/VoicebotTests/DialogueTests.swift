import AssayFormats
import Testing

@testable import voicebot_service

@Suite("Deciding without a model")
struct KeywordTableTests {
    private static func decision(_ text: String) -> Decision {
        var conversation = Conversation()
        conversation.add(.caller(text))
        return KeywordTable.decide(conversation)
    }

    private static func tool(_ text: String) -> (Tool, JSON)? {
        if case .use(let wishes) = decision(text), let wish = wishes.first {
            (wish.tool, wish.arguments)
        } else {
            nil
        }
    }

    @Test(
        "Words lead to tools",
        arguments: [
            ("Мені потрібні зимові шини 205/55 R16.", Tool.searchTires, ["size": "205/55 R16"] as JSON),
            ("Чи є у вас шини 999/10 R99?", .searchTires, ["size": "999/10 R99"]),
            (
                "З'єднайте мене, будь ласка, з оператором.", .transferToOperator,
                ["reason": "the caller asked for a person"]
            ),
            ("На завтра, о десятій ранку.", .bookFitting, ["day": "tomorrow", "time": "10:00"]),
            ("Так, підтверджую замовлення.", .createOrder, ["item": "1", "quantity": 4]),
            (
                "Який тиск має бути в зимових шинах?", .searchKnowledge,
                ["question": "Який тиск має бути в зимових шинах?"]
            ),
        ] as [(String, Tool, JSON)])
    func tools(text: String, tool: Tool, arguments: JSON) {
        #expect(Self.tool(text)?.0 == tool)
        #expect(Self.tool(text)?.1 == arguments)
    }

    @Test(
        "Others are answered",
        arguments: [
            ("Хочу записатися на шиномонтаж.", "На який день і час вас записати?"),
            ("Стоп, зачекайте!", "Так, слухаю вас."), ("Шини", "Який розмір шин вам потрібен?"),
            ("Хм.", Phrase.repeatPlease),
        ])
    func answers(text: String, answer: String) { #expect(Self.decision(text) == .say(answer)) }

    @Test(
        "Results of a search are told by number and price",
        arguments: [
            ([], "На жаль, таких шин немає. Назвіть, будь ласка, інший розмір."),
            ([3200], "Знайдено один варіант. Перший коштує 3200 гривень за шину. Який обираєте?"),
            (
                [3200, 3600, 4100, 9000],
                "Знайдено три варіанти. Перший коштує 3200 гривень за шину, другий 3600, третій 4100. Який обираєте?"
            ),
        ] as [([Int64], String)])
    func results(prices: [Int64], text: String) {
        let call = ToolCall(id: "1", tool: .searchTires, arguments: ["size": "205/55 R16"])
        var conversation = Conversation()
        conversation.add(.caller("шини"))
        conversation.add(.wished([call]))
        conversation.add(.result(of: call, ["items": .array(prices.map { ["price": .int($0)] })]))
        #expect(KeywordTable.decide(conversation) == .say(text))
    }

    @Test(
        "A tire's size is found however it is written",
        arguments: [
            ("205/55 R16", "205/55 R16"), ("шини 205/55R16.", "205/55 R16"), ("на 205/55  r16", "205/55 R16"),
            ("1205/55 R16", "205/55 R16"), ("205/5 R16", nil), ("205/55 16", nil), ("205/55 R", nil),
            ("", nil),
        ])
    func size(text: String, size: String?) { #expect(TireSize.found(in: text) == size) }
}

@Suite("A conversation as a language model is told it")
struct ChatCompletionTests {
    private static let call = ToolCall(id: "c1", tool: .searchTires, arguments: ["size": "205/55 R16"])

    @Test("Turns, wishes and results become messages")
    func messages() {
        var conversation = Conversation()
        conversation.add(.caller("шини"))
        conversation.add(.wished([Self.call]))
        conversation.add(.result(of: Self.call, ["items": []]))
        conversation.add(.bot("Немає."))
        let request = ChatCompletion.request(model: "m", conversation)
        #expect(request["model"] == "m")
        #expect(
            request["messages"]?.arrayValue?.compactMap { $0["role"]?.stringValue }
                == ["system", "user", "assistant", "tool", "assistant"])
        #expect(
            request["messages"]?[2]?["tool_calls"]?[0]?["function"]
                == ["name": "search_tires", "arguments": "{\"size\":\"205/55 R16\"}"])
        #expect(request["messages"]?[3]?["tool_call_id"] == "c1")
        #expect(request["tools"]?.arrayValue?.count == Tool.allCases.count)
    }

    @Test("Answers become decisions")
    func decisions() throws {
        let said: JSON = ["choices": [["message": ["content": "Так."]]]]
        #expect(try ChatCompletion.decision(said) == .say("Так."))
        let wished: JSON = [
            "choices": [
                [
                    "message": [
                        "content": nil,
                        "tool_calls": [
                            [
                                "id": "c1",
                                "function": [
                                    "name": "search_tires", "arguments": "{\"size\": \"205/55 R16\"}",
                                ],
                            ]
                        ],
                    ]
                ]
            ]
        ]
        #expect(try ChatCompletion.decision(wished) == .use([Self.call]))
    }

    @Test(
        "What cannot be followed is told",
        arguments: [
            ([:], "it has no choice"),
            (["choices": [["message": ["content": nil]]]], "it neither says nor does anything"),
            (
                ["choices": [["message": ["tool_calls": [["function": ["name": "fly"]]]]]]],
                "it wants a tool that there is not"
            ),
            (
                [
                    "choices": [
                        [
                            "message": [
                                "tool_calls": [["function": ["name": "book_fitting", "arguments": "{\"d"]]]
                            ]
                        ]
                    ]
                ],
                "the arguments of book_fitting are no JSON object"
            ),
        ] as [(JSON, String)])
    func faults(answer: JSON, reason: String) {
        #expect(throws: ChatCompletion.Fault(reason: reason)) { try ChatCompletion.decision(answer) }
    }

    @Test("A long conversation forgets whole turns, the oldest first")
    func forgets() {
        var conversation = Conversation()
        for number in 1...30 {
            conversation.add(.caller("\(number)"))
            conversation.add(.bot("\(number)"))
        }
        #expect(conversation.entries.count <= 40)
        #expect(conversation.entries.last == .bot("30"))
        guard case .caller? = conversation.entries.first else {
            Issue.record("it begins with \(String(describing: conversation.entries.first))")
            return
        }
    }

    @Test(
        "Tomorrow is a date",
        arguments: [("tomorrow", "2026-03-01"), (nil, "2026-03-01"), ("2026-05-05", "2026-05-05")])
    func day(word: String?, day: String) {
        // 2026-02-28T23:59:59Z
        #expect(Desk.day(word, now: 1_772_323_199_000) == day)
    }
}
