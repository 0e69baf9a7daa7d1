import AssayCore
import AssayFormats

/// Where in a sound somebody speaks, and what is said: the JSON file beside a WAV file, of the same name.
///
/// ```json
/// {"start-ms": 12.5, "end-ms": 1840, "transcript": "Добрий день!", "voice": "uk"}
/// ```
/// Times do not depend on the rate, so that one file serves a phrase at 8 and at 16 kHz. A latency is measured from the end of
/// speech; a detector alone would find it up to 240 ms too early or too late (Documentation/audio.md).
public struct SpeechBounds: Sendable, Hashable {
    /// Where the first sample of speech begins, from the start of the file.
    public var startNanoseconds: Int64
    /// Where the last sample of speech ends.
    public var endNanoseconds: Int64
    /// What is said.
    public var transcript: String?
    /// Who says it, as the program that made the file names voices.
    public var voice: String?

    public init(
        startNanoseconds: Int64, endNanoseconds: Int64, transcript: String? = nil, voice: String? = nil
    ) {
        self.startNanoseconds = startNanoseconds
        self.endNanoseconds = endNanoseconds
        self.transcript = transcript
        self.voice = voice
    }

    /// The sample that speech begins with, and the one behind its last.
    public func samples(rate: Int) -> Range<Int> {
        let start = Sound.samples(inNanoseconds: startNanoseconds, rate: rate)
        // Rounded up: the last sample of speech is within, at every rate.
        let end = Sound.samples(inNanoseconds: endNanoseconds, rate: rate)
        let isWhole = Sound.nanoseconds(ofSamples: end, rate: rate) >= endNanoseconds
        return start..<max(start, isWhole ? end : end + 1)
    }
}

extension SpeechBounds {
    /// The bounds that ``VoicedDetector`` finds: from the start of the first voiced sound to the end of the last.
    ///
    /// - Returns: `nil` when nothing in it is voiced.
    public static func found(in sound: Sound) -> SpeechBounds? {
        let ranges = VoicedDetector.ranges(in: sound)
        guard let first = ranges.first, let last = ranges.last else { return nil }
        return SpeechBounds(
            startNanoseconds: Sound.nanoseconds(ofSamples: first.lowerBound, rate: sound.rate),
            endNanoseconds: Sound.nanoseconds(ofSamples: last.upperBound, rate: sound.rate))
    }

    /// Name of the file with the bounds of a sound file: `audio/tire-search.wav` has `audio/tire-search.json`.
    public static func fileName(for wav: String) -> String {
        let stem = wav.lowercased().hasSuffix(".wav") ? String(wav.dropLast(4)) : wav
        return stem + ".json"
    }
}

extension SpeechBounds {
    private static let members = ["start-ms", "end-ms", "transcript", "voice"]

    /// Reads the JSON text of a file of bounds.
    ///
    /// - Parameter sound: the sound it stands beside; bounds behind its end are an error then.
    public init(parsing bytes: [UInt8], for sound: Sound? = nil) throws(SoundError) {
        let json: JSON
        do { json = try JSON(parsing: bytes) } catch {
            throw SoundError(at: error.offset, error.description, fix: Self.example)
        }
        guard let object = json.objectValue else {
            throw SoundError(
                at: 0, "expected an object with the bounds of speech, found \(json.typeName)",
                fix: Self.example)
        }
        for key in object.keys where !Self.members.contains(key) {
            let near = nearestName(to: key, among: Self.members).map { "did you mean '\($0)'?" }
            throw SoundError(
                at: nil, "bounds of speech have no member '\(key)'",
                fix: near ?? "its members are " + Self.members.joined(separator: ", "))
        }
        startNanoseconds = try Self.time("start-ms", of: object)
        endNanoseconds = try Self.time("end-ms", of: object)
        transcript = try Self.text("transcript", of: object)
        voice = try Self.text("voice", of: object)
        guard startNanoseconds < endNanoseconds else {
            throw SoundError(
                at: nil,
                "speech ends (\(Self.milliseconds(endNanoseconds)) ms) before it starts "
                    + "(\(Self.milliseconds(startNanoseconds)) ms)",
                fix: "exchange start-ms and end-ms, or measure again")
        }
        if let sound { try checkInside(sound) }
    }

    private func checkInside(_ sound: Sound) throws(SoundError) {
        // A sample of grace: times are rounded.
        guard endNanoseconds <= sound.nanoseconds + 1_000_000_000 / Int64(sound.rate) else {
            throw SoundError(
                at: nil,
                "speech is said to end at \(Self.milliseconds(endNanoseconds)) ms, but the sound lasts "
                    + "\(Self.milliseconds(sound.nanoseconds)) ms",
                fix:
                    "the bounds belong to another recording: correct them, or remove the file to have them found"
            )
        }
    }

    private static let example =
        "write for example {\"start-ms\": 10, \"end-ms\": 1840, \"transcript\": \"…\"}"
    /// A day: longer sounds are mistakes.
    private static let longestMilliseconds = 86_400_000.0

    private static func time(_ name: String, of object: JSONObject) throws(SoundError) -> Int64 {
        guard let value = object[name] else {
            throw SoundError(at: nil, "'\(name)' is missing", fix: example)
        }
        guard let number = value.doubleValue, number >= 0, number <= longestMilliseconds else {
            throw SoundError(
                at: nil,
                "'\(name)' is \(value.rendered()), where milliseconds from the start of the file are expected",
                fix: example)
        }
        return Int64((number * 1e6).rounded())
    }

    private static func text(_ name: String, of object: JSONObject) throws(SoundError) -> String? {
        guard let value = object[name], value != .null else { return nil }
        guard let text = value.stringValue else {
            throw SoundError(
                at: nil, "'\(name)' is \(value.typeName), where a text is expected", fix: example)
        }
        return text
    }

    /// The JSON text of the file, with a line break at its end.
    public func rendered() -> String {
        var object: JSONObject = [
            "start-ms": Self.number(startNanoseconds), "end-ms": Self.number(endNanoseconds),
        ]
        if let transcript { object["transcript"] = .string(transcript) }
        if let voice { object["voice"] = .string(voice) }
        return JSON.object(object).rendered(pretty: true) + "\n"
    }

    private static func number(_ nanoseconds: Int64) -> JSON {
        nanoseconds % 1_000_000 == 0 ? .int(nanoseconds / 1_000_000) : .double(Double(nanoseconds) / 1e6)
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String { number(nanoseconds).rendered() }
}
