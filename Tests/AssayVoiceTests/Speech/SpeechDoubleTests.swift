import AssayAudio
import AssayCore
import AssayDoubles
import AssayFormats
import AssayNet
import AssayWire
import Testing

@testable import AssayVoice

@Suite("Speech to text and text to speech")
struct SpeechDoubleTests {
    private static let texts = ["шукаю шини", "мені потрібен оператор", "дякую, до побачення"]

    private static func phrase(_ text: String, rate: Int = 16_000) -> SpokenPhrase {
        let sound = SpokenPattern.sound(of: text, voice: "caller", seed: 3, rate: rate)
        return SpokenPhrase(name: "\(text.count).wav", text: text, file: sound.wav(), sound: sound)
    }

    private static func service(_ change: (inout SpeechOptions) -> Void = { _ in }) throws
        -> DoubleFront
    {
        var options = SpeechOptions()
        options.phrases = texts.map { phrase($0) }
        change(&options)
        let environment = TemplateEnvironment(
            nowMilliseconds: { 0 }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        let place = SourceLocation(file: "a.yml", line: 1, column: 1)
        let spec = DoubleSpec(name: "speech", location: place, options: options)
        return try #require(
            try spec.front(
                on: try Reactor(), environment: environment, names: ["env": ["KEY": "secret"]], seed: 7))
    }

    private static func ask(
        _ service: DoubleFront, _ target: String, _ body: [UInt8], _ headers: [(String, String)] = []
    ) async -> HTTPResponse {
        await service.answer(
            HTTPRequest(method: "POST", target: target, headers: HTTPHeaders(headers), body: body))
    }

    private static func transcribe(
        _ service: DoubleFront, _ sound: Sound, _ switches: String = ""
    ) async throws -> HTTPResponse {
        await ask(
            service, "/v1/audio/transcriptions", sound.wav(),
            [("Content-Type", "audio/wav")] + (switches.isEmpty ? [] : [("X-Assay-Switches", switches)]))
    }

    private static func speak(
        _ service: DoubleFront, _ body: JSON, _ switches: String = ""
    ) async -> HTTPResponse {
        await ask(
            service, "/v1/audio/speech", Array(body.rendered().utf8),
            [("Content-Type", "application/json")]
                + (switches.isEmpty ? [] : [("X-Assay-Switches", switches)]))
    }

    private static func error(_ response: HTTPResponse) throws -> String? {
        try JSON(parsing: response.body)["error"]?["message"]?.stringValue
    }

    @Test(
        "the text of a sound is that of the phrase it is like: through a telephone, quieter, with silence around it",
        arguments: texts)
    func recognises(text: String) async throws {
        let service = try Self.service()
        let said = Self.phrase(text).sound.resampled(to: 8000).amplified(byDecibels: -6)
        let telephone = Sound(samples: MuLaw.decode(MuLaw.encode(said.samples)), rate: 8000)
        let heard = Sound.silence(for: .milliseconds(300), rate: 8000) + telephone
        let response = try await Self.transcribe(service, heard)
        #expect(response.status == 200)
        #expect(try JSON(parsing: response.body)["text"] == .string(text))
    }

    @Test("a sound that is like no phrase has the text for the unknown")
    func unknown() async throws {
        let service = try Self.service { $0.unknown = "???" }
        let noise = Sound.noise(for: .seconds(1), dBFS: -20, seed: 1, rate: 8000)
        let response = try await Self.transcribe(service, noise)
        #expect(try JSON(parsing: response.body)["text"] == "???")
        #expect(response.headers["x-assay-likeness"] != nil)
    }

    @Test("a form is read as OpenAI's clients send it", arguments: ["json", "text", "verbose_json"])
    func form(format: String) async throws {
        let service = try Self.service()
        let sound = Self.phrase(Self.texts[0]).sound
        func part(_ head: String, _ body: [UInt8]) -> [UInt8] {
            Array("--x\r\nContent-Disposition: form-data; \(head)\r\n\r\n".utf8) + body + Array("\r\n".utf8)
        }
        let body =
            part("name=\"model\"", Array("whisper-1".utf8))
            + part("name=\"response_format\"", Array(format.utf8))
            + part("name=\"file\"; filename=\"a.wav\"", sound.wav()) + Array("--x--\r\n".utf8)
        let response = await Self.ask(
            service, "/v1/audio/transcriptions", body, [("Content-Type", "multipart/form-data; boundary=x")])
        #expect(response.status == 200)
        let text = String(decoding: response.body, as: UTF8.self)
        if format == "text" {
            #expect(text == Self.texts[0] + "\n")
        } else {
            #expect(try JSON(parsing: text)["text"] == .string(Self.texts[0]))
        }
        if format == "verbose_json" { #expect(try JSON(parsing: text)["duration"]?.doubleValue ?? 0 > 0.5) }
    }

    @Test("what cannot be read is refused, with what is wrong")
    func refusals() async throws {
        let service = try Self.service()
        func refused(_ body: [UInt8], _ type: String) async throws -> String {
            let response = await Self.ask(service, "/v1/audio/transcriptions", body, [("Content-Type", type)])
            return "\(response.status) \(try Self.error(response) ?? "")"
        }
        #expect(
            try await refused([], "text/plain")
                == "400 Send a WAV file as `file` of multipart/form-data, or as the body with Content-Type audio/wav."
        )
        #expect(
            try await refused(Array("no sound".utf8), "audio/wav").hasPrefix(
                "400 The audio file could not be decoded: "))
        #expect(
            try await refused(Array("--x--".utf8), "multipart/form-data; boundary=x")
                == "400 Missing required parameter: 'file'.")
        let mp3 = await Self.speak(service, ["input": "a", "response_format": "mp3"])
        #expect(try Self.error(mp3) == "This double speaks 'wav' and 'pcm', not 'mp3'.")
        let empty = await Self.speak(service, [:])
        #expect(try Self.error(empty) == "Missing required parameter: 'input'.")
        let other = await Self.ask(service, "/v1/other", [])
        #expect(other.status == 404)
    }

    @Test("a phrase is spoken by its recording, whatever its letter case and punctuation")
    func recording() async throws {
        let service = try Self.service()
        let response = await Self.speak(service, ["input": "Дякую – до побачення!", "voice": "nova"])
        #expect(response.body == Self.phrase(Self.texts[2]).file)
        #expect(response.headers["Content-Type"] == "audio/wav")
    }

    @Test(
        "other texts are spoken by tones as long as somebody would speak: the same for the same text, else different"
    )
    func pattern() async throws {
        let service = try Self.service()
        func sound(_ text: String, voice: String = "alloy", speed: Double = 1) async throws -> Sound {
            let response = await Self.speak(
                service, ["input": .string(text), "voice": .string(voice), "speed": .double(speed)])
            return try Sound(wav: response.body)
        }
        let text = "Ми знайшли сім комплектів шин"
        let first = try await sound(text)
        #expect(try await sound(text) == first)
        #expect(try await sound(text, voice: "nova") != first)
        #expect(first.rate == 24_000)
        let seconds = Double(first.nanoseconds) / 1e9
        #expect((1.5...4.0).contains(seconds))
        let fast = Double(try await sound(text, speed: 2).nanoseconds) / 1e9
        #expect(abs(fast - seconds / 2) < 0.05)
        #expect(
            SoundMatcher(reference: first).likeness(try await sound("Зачекайте хвилину, будь ласка"))
                < SoundMatcher.threshold)
        let pcm = await Self.speak(service, ["input": .string(text), "response_format": "pcm"])
        #expect(abs(pcm.body.count / 2 - first.samples.count) < 10)
    }

    @Test(
        "switches make it go wrong",
        arguments: [
            ("rate-limit, retry-after=\"3s\"", 429, "Rate limit reached. Please try again later."),
            (
                "server-error, error-status=503", 503,
                "The server had an error while processing your request. Sorry about that!"
            ),
            ("unauthorized", 401, "Incorrect API key provided."), ("nonsense", 400, nil),
        ])
    func refusingSwitches(switches: String, status: Int, message: String?) async throws {
        let response = try await Self.transcribe(
            try Self.service(), Self.phrase(Self.texts[0]).sound, switches)
        #expect(response.status == status)
        if let message { #expect(try Self.error(response) == message) }
        if status == 429 { #expect(response.headers["Retry-After"] == "3") }
    }

    @Test("switches spoil what it hears and says")
    func spoilingSwitches() async throws {
        let service = try Self.service { $0.transcribing = .fixed(.milliseconds(100)) }
        let sound = Self.phrase(Self.texts[0]).sound
        let garbage = try await Self.transcribe(service, sound, "garbage-text, slow=\"2s\"")
        #expect(try JSON(parsing: garbage.body)["text"] == "purple umbrella seventeen sideways")
        #expect(garbage.delivery.after == .milliseconds(2100))
        let empty = try await Self.transcribe(service, sound, "empty-text")
        #expect(try JSON(parsing: empty.body)["text"] == "")
        let whole = try Sound(wav: await Self.speak(service, ["input": "Добрий день"]).body)
        let short = try Sound(wav: await Self.speak(service, ["input": "Добрий день"], "cut-audio").body)
        #expect(short.samples.count == whole.samples.count / 2)
        let cut = await Self.speak(service, ["input": "Добрий день"], "cut-audio, cut-how=close")
        #expect(cut.delivery.fault == .closeInBody(afterBytes: cut.body.count / 2))
        let silence = await Self.speak(service, ["input": "Добрий день"], "silence")
        #expect(silence.delivery.fault == .silence)
    }

    @Test("only its key counts when it has one")
    func key() async throws {
        let service = try Self.service {
            $0.key = try? Template(parsing: "${env.KEY}", at: SourceLocation(file: "a", line: 1, column: 1))
        }
        let wav = [("Content-Type", "audio/wav")]
        let sound = Self.phrase(Self.texts[0]).sound.wav()
        let none = await Self.ask(service, "/v1/audio/transcriptions", sound, wav)
        let right = await Self.ask(
            service, "/v1/audio/transcriptions", sound, wav + [("Authorization", "Bearer secret")])
        #expect(none.status == 401 && right.status == 200)
    }
}
