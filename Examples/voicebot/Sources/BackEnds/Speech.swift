internal import AssayAudio
internal import AssayFormats
internal import AssayNet

/// Speech to text and back.
///
/// Used on its reactor's thread only.
final class Speech {
    private let transcriber: BackEnd
    private let synthesizer: BackEnd
    let workers: Workers
    /// Of the telephone line.
    private let rate: Int
    /// What was spoken before, by its text. Bots say few things often.
    private var cache: [String: Sound] = [:]
    /// What the bot has prepared stays when the rest is forgotten.
    private var prepared: Set<String> = []
    private static let mostCached = 500

    init(transcriber: BackEnd, synthesizer: BackEnd, workers: Workers, rate: Int) {
        self.transcriber = transcriber
        self.synthesizer = synthesizer
        self.workers = workers
        self.rate = rate
    }

    /// What somebody said; empty when it was nothing.
    func text(of utterance: Sound, in call: String) async throws(Trouble) -> String {
        let form = MultipartForm([
            .init(name: "model", bytes: Array("whisper-1".utf8)),
            .init(name: "language", bytes: Array("uk".utf8)),
            .init(name: "file", fileName: "utterance.wav", type: "audio/wav", bytes: utterance.wav()),
        ])
        let answer = try await workers.run { () async throws(Trouble) in
            try await transcriber.askJSON(
                .init(target: "/v1/audio/transcriptions", call: call, type: form.type, body: form.bytes))
        }
        guard let text = answer["text"]?.stringValue else {
            throw Trouble(backEnd: transcriber.name, reason: "its answer has no text")
        }
        return text
    }

    /// The sound of a text, at the line's rate.
    func sound(of text: String, in call: String) async throws(Trouble) -> Sound {
        if let kept = cache[text] { return kept }
        let wish: JSON = ["model": "tts-1", "voice": "uk", "input": .string(text), "response_format": "wav"]
        let bytes = try await synthesizer.ask(
            .init(target: "/v1/audio/speech", call: call, body: Array(wish.rendered().utf8)))
        do throws(SoundError) {
            let sound = try Sound(wav: bytes).resampled(to: rate)
            if cache.count >= Self.mostCached { cache = cache.filter { prepared.contains($0.key) } }
            cache[text] = sound
            return sound
        } catch {
            throw Trouble(backEnd: synthesizer.name, reason: "its answer is no sound: \(error)")
        }
    }

    /// What can be said without asking anybody: for apologies, when the synthesizer itself is away.
    func keptSound(of text: String) -> Sound? { cache[text] }

    /// Has these texts spoken once, so that they are there when they are needed, and keeps them.
    ///
    /// - Returns: the first trouble there was.
    func prepare(_ texts: [String]) async -> Trouble? {
        prepared.formUnion(texts)
        for text in texts {
            do throws(Trouble) { _ = try await sound(of: text, in: "start") } catch { return error }
        }
        return nil
    }
}

/// A `multipart/form-data` body (RFC 7578).
struct MultipartForm {
    struct Part {
        var name: String
        var fileName: String?
        var type: String?
        var bytes: [UInt8]
    }

    private static let boundary = "voicebot-7d1f0a4c9b52"
    let type = "multipart/form-data; boundary=\(boundary)"
    private(set) var bytes: [UInt8] = []

    /// - Parameter parts: names without quotes; bodies in which the boundary does not occur, as no recording has it.
    init(_ parts: [Part]) {
        for part in parts {
            var head = "--\(Self.boundary)\r\nContent-Disposition: form-data; name=\"\(part.name)\""
            if let fileName = part.fileName { head += "; filename=\"\(fileName)\"" }
            if let type = part.type { head += "\r\nContent-Type: \(type)" }
            bytes += Array((head + "\r\n\r\n").utf8) + part.bytes + Array("\r\n".utf8)
        }
        bytes += Array("--\(Self.boundary)--\r\n".utf8)
    }
}
