import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import voicebot_service

@Suite("The voice bot's smaller parts")
struct PartsTests {
    @Test("A form has a part for each value, and ends")
    func form() {
        let form = MultipartForm([
            .init(name: "language", bytes: Array("uk".utf8)),
            .init(name: "file", fileName: "a.wav", type: "audio/wav", bytes: [0, 13, 10, 255]),
        ])
        let boundary = form.type.split(separator: "=").last.map(String.init) ?? ""
        let head = """
            --\(boundary)\r\nContent-Disposition: form-data; name="language"\r\n\r\nuk\r\n--\(boundary)\r
            Content-Disposition: form-data; name="file"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r

            """
        #expect(form.bytes == Array(head.utf8) + [0, 13, 10, 255] + Array("\r\n--\(boundary)--\r\n".utf8))
    }

    @Test("A call's name is its UUID")
    func name() {
        #expect(CallID.text(Array(0..<16)) == "00010203-0405-0607-0809-0a0b0c0d0e0f")
        #expect(CallID.text([1, 2]) == nil)
        #expect(CallID.random().count == 36)
    }

    @Test("Metrics are told in Prometheus's form")
    func metrics() {
        var metrics = Metrics()
        metrics.countCall()
        metrics.countEnd("goodbye")
        metrics.answered(inSeconds: 0.3)
        metrics.answered(inSeconds: 9)
        let text = metrics.rendered(
            active: 1, waiting: 2,
            backEnds: [.init(name: "shop", state: .open, counts: ["ok": 3, "failed": 1])])
        for line in [
            "# TYPE voicebot_calls_total counter", "voicebot_calls_total 1", "voicebot_calls_active 1",
            "voicebot_calls_ended_total{outcome=\"goodbye\"} 1", "voicebot_transcriptions_waiting 2",
            "voicebot_breaker_state{back_end=\"shop\"} 2",
            "voicebot_back_end_requests_total{back_end=\"shop\",result=\"failed\"} 1",
            "voicebot_answer_seconds_bucket{le=\"0.25\"} 0", "voicebot_answer_seconds_bucket{le=\"0.5\"} 1",
            "voicebot_answer_seconds_bucket{le=\"+Inf\"} 2", "voicebot_answer_seconds_count 2",
        ] { #expect(text.split(separator: "\n").contains(Substring(line)), "\(line)") }
    }

    private static let needed = [
        "STT_URL": "http://a:1", "TTS_URL": "http://b:2", "SHOP_URL": "http://c:3/v2",
        "CRM_URL": "http://d:4",
    ]

    @Test("What is not set has a standard")
    func settings() throws {
        let settings = try Settings(Variables { Self.needed[$0] })
        #expect(settings.model == nil)
        #expect(settings.address == .loopback(port: 9092))
        #expect(settings.shop.url.target == "/v2")
        #expect(settings.workers == 8)
        #expect(settings.defect == nil)
    }

    @Test(
        "What is wrong is told with what was found",
        arguments: [
            ("STT_URL", "", "STT_URL is not set"),
            ("CRM_API_KEY", "a\r\nb", "CRM_API_KEY holds a character that no key has"),
            ("LLM_URL", "https://a", "LLM_URL begins with http://, found 'https://'"),
            ("BOT_WORKERS", "0", "BOT_WORKERS is a number from 1 to 1000, found '0'"),
            ("LOG_LEVEL", "loud", "LOG_LEVEL is one of debug, info, warn, error, found 'loud'"),
            (
                "VOICEBOT_DEFECT", "x",
                "VOICEBOT_DEFECT is one of no-transfer, slow-to-stop, lost-booking, no-breaker, late-answers, found 'x'"
            ),
            ("DB_URL", "postgres://a", "DB_URL is sqlite:///PATH, found 'postgres://a'"),
            (
                "AUDIOSOCKET_PRESET", "g711",
                "AUDIOSOCKET_PRESET is one of asterisk-app, asterisk-chan16, legacy-chan16, ulaw-legacy, found 'g711'"
            ),
            ("HOST", "here", "HOST is a numeric address, found 'here'"),
        ])
    func faults(name: String, value: String, message: String) {
        var variables = Self.needed
        variables[name] = value
        #expect(throws: Variables.Fault(message: message)) { try Settings(Variables { variables[$0] }) }
    }

    @Test("So many work at a time; the others follow in their order")
    func workers() throws {
        let reactor = try Reactor()
        let order = reactor.run {
            let bound = ReactorBound((Workers(2, on: reactor), Record()), on: reactor)
            let finished = reactor.makeSignal()
            for number in 1...5 {
                Task(executorPreference: reactor) {
                    let (workers, record) = bound.value
                    try await workers.run { () async throws(Trouble) in
                        record.begin(number)
                        let gate = reactor.makeSignal()
                        record.gates.append(gate)
                        await gate.wait()
                        record.running -= 1
                    }
                    record.done += 1
                    finished.notifyAll()
                }
            }
            let record = bound.value.1
            while record.done < 5 {
                while record.gates.isEmpty { await Task.yield() }
                record.gates.removeFirst().notifyAll()
                await finished.wait()
            }
            return [record.most] + record.order
        }
        #expect(order == [2, 1, 2, 3, 4, 5])
    }

    private final class Record {
        var order: [Int] = []
        var running = 0
        var most = 0
        var done = 0
        var gates: [Signal] = []
        func begin(_ number: Int) {
            order.append(number)
            running += 1
            most = max(most, running)
        }
    }
}
