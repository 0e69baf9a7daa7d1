internal import AssayAudio
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension SpeechDouble {
    // MARK: POST /v1/audio/transcriptions

    /// The text of the phrase that the sound is most like.
    func transcribe(_ request: HTTPRequest, _ readings: SwitchReadings) async throws(OpenAIError)
        -> HTTPResponse
    {
        let upload = try SpeechUpload(request)
        let sound: Sound
        do {
            sound = try Sound(wav: upload.file)
        } catch {
            throw OpenAIError(
                message: "The audio file could not be decoded: \(error.message)", param: "file",
                code: "invalid_value")
        }
        let (book, options) = (book, options)
        // Beside the loop: others are not to wait for it.
        let found = await Blocking.run { book.recognise(sound) }
        var text = options.unknown
        if let found, found.likeness >= options.alike { text = found.phrase.text }
        if readings.isOn("garbage-text") { text = Self.garbage }
        if readings.isOn("empty-text") { text = "" }
        let seconds = Double(sound.nanoseconds / 1_000_000) / 1000
        var response: HTTPResponse
        switch upload.format {
        case "text": response = HTTPResponse(text: text + "\n")
        case "verbose_json":
            let segment: JSON = ["id": 0, "start": 0, "end": .double(seconds), "text": .string(text)]
            let body: JSON = [
                "task": "transcribe", "language": .string(upload.language), "duration": .double(seconds),
                "text": .string(text), "segments": [segment],
            ]
            response = HTTPResponse(text: body.rendered(), type: "application/json")
        default:
            let usage: JSON = ["type": "duration", "seconds": .int(Int64(seconds.rounded(.up)))]
            let body: JSON = ["text": .string(text), "usage": usage]
            response = HTTPResponse(text: body.rendered(), type: "application/json")
        }
        // For whoever asks why something was not understood.
        if let found {
            response.headers["x-assay-phrase"] = Self.headerText(found.phrase.name)
            response.headers["x-assay-likeness"] = fixed(found.likeness, places: 3)
        }
        return response
    }

    private static let garbage = "purple umbrella seventeen sideways"

    private static func headerText(_ text: String) -> String {
        isHeaderValue(text.utf8) && text.utf8.allSatisfy { $0 < 0x7F } ? text : "phrase"
    }

    // MARK: POST /v1/audio/speech

    /// The recording of the text, or a pattern of tones as long as somebody would speak.
    func speak(_ request: HTTPRequest, _ readings: SwitchReadings) async throws(OpenAIError) -> HTTPResponse {
        guard let body = (try? JSON(parsing: request.body))?.objectValue else {
            throw OpenAIError(message: "We could not parse the JSON body of your request.")
        }
        guard let input = body["input"]?.stringValue, !input.isEmpty else {
            throw OpenAIError(
                message: "Missing required parameter: 'input'.", param: "input",
                code: "missing_required_parameter")
        }
        guard input.count <= 4096 else {
            throw OpenAIError(
                message: "'input' has \(input.count) characters, at most 4096 are spoken.", param: "input",
                code: "string_above_max_length")
        }
        let format = body["response_format"]?.stringValue ?? "wav"
        guard format == "wav" || format == "pcm" else {
            throw OpenAIError(
                message: "This double speaks 'wav' and 'pcm', not '\(format.prefix(20))'.",
                param: "response_format",
                code: "invalid_value")
        }
        let speed = body["speed"]?.doubleValue ?? 1
        let voice = body["voice"]?.stringValue ?? "alloy"
        let (book, seed, rate) = (book, seed, format == "wav" ? options.rate : Self.pcmRate)
        // Beside the loop, as transcriptions are.
        var bytes: [UInt8] = await Blocking.run {
            if let phrase = book.recording(of: input) {
                return format == "wav"
                    ? phrase.file : PCM16.encode(phrase.sound.resampled(to: Self.pcmRate).samples)
            }
            let sound = SpokenPattern.sound(of: input, voice: voice, seed: seed, speed: speed, rate: rate)
            return format == "wav" ? sound.wav() : PCM16.encode(sound.samples)
        }
        var fault: HTTPDelivery.Fault?
        if readings.isOn("cut-audio") {
            if readings.word("cut-how") == "close" {
                fault = .closeInBody(afterBytes: bytes.count / 2)
            } else {
                bytes = Self.half(bytes, isWAV: format == "wav")
            }
        }
        var response = HTTPResponse(body: bytes)
        response.headers["Content-Type"] = format == "wav" ? "audio/wav" : "audio/pcm"
        response.delivery.fault = fault
        return response
    }

    /// What OpenAI's `pcm` has.
    private static let pcmRate = 24_000

    /// A whole sound file of the first half.
    private static func half(_ bytes: [UInt8], isWAV: Bool) -> [UInt8] {
        guard isWAV, let sound = try? Sound(wav: bytes) else {
            return Array(bytes.prefix(bytes.count / 4 * 2))
        }
        return sound.cut(0..<(sound.samples.count / 2)).wav()
    }
}

/// A sound to be transcribed: a multipart form as OpenAI's clients send it, or a WAV file as the whole body.
struct SpeechUpload {
    var file: [UInt8]
    var format = "json"
    var language = "uk"

    init(_ request: HTTPRequest) throws(OpenAIError) {
        let type = request.headers["content-type"]?.lowercased() ?? ""
        guard type.hasPrefix("multipart/form-data") else {
            guard type.hasPrefix("audio/") || type.hasPrefix("application/octet-stream"),
                !request.body.isEmpty
            else {
                throw OpenAIError(
                    message:
                        "Send a WAV file as `file` of multipart/form-data, or as the body with Content-Type audio/wav."
                )
            }
            file = request.body
            return
        }
        let parts = MultipartPart.parts(of: request)
        func text(_ name: String) -> String? {
            parts.first { $0.name == name }.map { String(decoding: $0.body.bytes, as: UTF8.self) }
        }
        guard let part = parts.first(where: { $0.name == "file" }) else {
            throw OpenAIError(
                message: "Missing required parameter: 'file'.", param: "file",
                code: "missing_required_parameter")
        }
        guard text("model") != nil else {
            throw OpenAIError(
                message: "Missing required parameter: 'model'.", param: "model",
                code: "missing_required_parameter")
        }
        file = part.body.bytes
        format = text("response_format") ?? format
        language = text("language") ?? language
        guard ["json", "text", "verbose_json"].contains(format) else {
            throw OpenAIError(
                message: "This double writes 'json', 'text' and 'verbose_json', not '\(format.prefix(20))'.",
                param: "response_format", code: "invalid_value")
        }
    }
}
