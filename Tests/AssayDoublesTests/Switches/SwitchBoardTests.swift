import AssayCore
@testable import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@Suite("Switches of a double")
struct SwitchBoardTests {
    private static let switches = [
        Switch("rate-limit", .times, "refuses"),
        Switch("cut-stream", .number(0...100), "cuts"),
        Switch("first-token-after", .duration, "waits"),
        Switch("cut-how", .word(["close", "reset"]), "how"),
        Switch("mute", .flag, "says nothing"),
    ]

    private static func ask(
        _ board: SwitchBoard, _ method: String, _ body: String = ""
    ) throws -> (status: Int, body: JSON) {
        let request = HTTPRequest(method: method, target: SwitchBoard.path, body: Array(body.utf8))
        let response = try #require(board.answer(request))
        return (response.status, try JSON(parsing: response.body))
    }

    private static let plain = HTTPRequest(method: "GET", target: "/")

    @Test("What is put is there for the requests after it, and gone after a DELETE")
    func putting() throws {
        let board = SwitchBoard(Self.switches)
        let put = try Self.ask(
            board, "PUT",
            #"{"cut-stream": 3, "first-token-after": "1500ms", "cut-how": "reset", "mute": true}"#)
        #expect(put.status == 200)
        #expect(put.body["first-token-after"]?["value"] == "1500ms")
        let readings = try board.readings(for: Self.plain, at: 0)
        #expect(readings.number("cut-stream") == 3)
        #expect(readings.duration("first-token-after") == .milliseconds(1500))
        #expect(readings.word("cut-how") == "reset")
        #expect(readings.isOn("mute"))
        _ = try Self.ask(board, "DELETE")
        #expect(try board.readings(for: Self.plain, at: 0).word("cut-how") == "close")
    }

    @Test("A number of times is counted down by requests, true is not")
    func times() throws {
        let board = SwitchBoard(Self.switches)
        try board.turn(["rate-limit": 2])
        let seen = try (0..<4).map { _ in try board.readings(for: Self.plain, at: 0).isOn("rate-limit") }
        #expect(seen == [true, true, false, false])
        try board.turn(["rate-limit": true])
        let on = try (0..<3).map { _ in try board.readings(for: Self.plain, at: 0).isOn("rate-limit") }
        #expect(on == [true, true, true])
    }

    @Test("A request's header turns switches for it alone")
    func header() throws {
        let board = SwitchBoard(Self.switches)
        var request = Self.plain
        request.headers[SwitchBoard.header] = "rate-limit, cut-stream = 5,first-token-after=20ms"
        let readings = try board.readings(for: request, at: 0)
        #expect(readings.isOn("rate-limit"))
        #expect(readings.number("cut-stream") == 5)
        #expect(readings.duration("first-token-after") == .milliseconds(20))
        #expect(try !board.readings(for: Self.plain, at: 0).isOn("rate-limit"))
        request.headers[SwitchBoard.header] = "cut-steam=5"
        #expect(
            throws: SwitchError(message: "there is no switch 'cut-steam'", fix: "did you mean 'cut-stream'?")
        ) {
            try board.readings(for: request, at: 0)
        }
    }

    @Test(
        "What a switch does not take is refused and turns none",
        arguments: [
            (
                #"{"mute": true, "cut-stream": 101}"#,
                "switch 'cut-stream' takes a whole number from 0 to 100, found 101"
            ),
            (
                #"{"mute": true, "cut-how": "slow"}"#,
                #"switch 'cut-how' takes one of close, reset, found "slow""#
            ),
            (
                #"{"mute": true, "first-token-after": 5}"#,
                "switch 'first-token-after' takes a duration like 200ms, or 0, found 5"
            ),
            (
                #"{"mute": true, "rate-limit": -1}"#,
                "switch 'rate-limit' takes true, false or how many requests, found -1"
            ),
            (#"{"mute": true, "rate": 1}"#, "there is no switch 'rate'"),
        ])
    func refused(body: String, message: String) throws {
        let board = SwitchBoard(Self.switches)
        let answer = try Self.ask(board, "PUT", body)
        #expect(answer.status == 422)
        #expect(answer.body["error"] == .string(message))
        #expect(try !board.readings(for: Self.plain, at: 0).isOn("mute"))
    }

    private static func options(_ text: String) throws -> (options: SwitchOptions, problems: [String]) {
        let bag = DiagnosticBag()
        let yaml = try #require(YAMLReading(parsing: Array(text.utf8), file: "a.yml", bag: bag))
        let options = yaml.mapping(yaml.root, "double") { fields in
            SwitchOptions(reading: &fields, yaml, of: switches)
        }
        let problems = bag.all.map {
            "\($0.code) \($0.location.map { "\($0)" } ?? "") \($0.message) · \($0.fix ?? "")"
        }
        return (try #require(options), problems)
    }

    @Test("A plan turns switches for every N-th request, for some, and for a time")
    func plan() throws {
        let (options, problems) = try Self.options(
            """
            switches: {cut-how: reset}
            plan:
              - {every: 3, rate-limit: true}
              - {requests: [4, 5], cut-stream: 7}
              - {from: 10s, to: 20s, mute: true}
            """)
        #expect(problems == [])
        let board = SwitchBoard(Self.switches, options: options)
        let seen = try (1...6).map { number in
            let readings = try board.readings(for: Self.plain, at: 1_000_000 + Int64(number - 1) * 4000)
            return "\(readings.isOn("rate-limit") ? "r" : "")\(readings.number("cut-stream"))"
                + (readings.isOn("mute") ? "m" : "")
        }
        #expect(seen == ["0", "0", "r0", "7m", "7m", "r0"])
        try board.turn(["cut-how": "close"])
        board.reset()
        #expect(try board.readings(for: Self.plain, at: 0).word("cut-how") == "reset")
    }

    @Test(
        "What is wrong with switches in a file is told with its place and a fix",
        arguments: [
            ("switches: {muet: true}", "AS330 a.yml:1:12 there is no switch 'muet' · did you mean 'mute'?"),
            ("switches: {mute: 5}", "AS330 a.yml:1:18 switch 'mute' takes true or false, found 5 · "),
            (
                "plan: [{mute: true}]",
                "AS331 a.yml:1:8 an entry of the plan does not say when · add `every: 5`, `requests: [2, 4]` or `from: 10s, to: 20s`"
            ),
            (
                "plan: [{from: 10s, to: 10s, mute: true}]",
                "AS331 a.yml:1:8 'to' is not after 'from' · write `from: 10s, to: 20s`"
            ),
            (
                "plan: [{requests: [4, 2], mute: true}]",
                "AS331 a.yml:1:19 'requests' is a number, or the first and the last · write `requests: [2, 4]`"
            ),
        ])
    func problems(text: String, problem: String) throws {
        #expect(try Self.options(text).problems == [problem])
    }
}
