internal import AssayAudio
internal import AssayCore
internal import AssayWire

/// Something said, as the frames that go over the wire; made once and shared by all calls.
final class PreparedSound: Sendable {
    let name: String
    /// The payloads of all frames, one behind the other.
    let payload: [UInt8]
    let frameBytes: Int
    /// Whether a frame holds a voiced sample.
    let voiced: [Bool]

    var frameCount: Int { voiced.count }

    /// What follows each sound, so that whoever listens notices its end.
    private static let tail = Duration.milliseconds(60)

    /// - Parameter format: of the frames; the last one is filled up with silence.
    init(_ sound: Sound, name: String, format: AudioSocketFormat) {
        self.name = name
        var sound = sound.rate == format.rate ? sound : sound.resampled(to: format.rate)
        sound.samples += Array(repeating: 0, count: Sound.samples(in: Self.tail, rate: format.rate))
        sound = sound.filled(toFramesOf: format.frameSamples)
        frameBytes = format.frameBytes
        payload = format.encoding == .linear16 ? PCM16.encode(sound.samples) : MuLaw.encode(sound.samples)
        voiced = VoicedDetector.frames(in: sound, of: format.frameSamples)
    }

    func append(frame: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: payload[(frame * frameBytes)..<((frame + 1) * frameBytes)])
    }
}

/// The sounds of one bot, prepared when they are first needed and kept.
///
/// Not `Sendable`: it belongs to the bot's reactor. What a back end makes is not kept, so that each call asks for it.
final class SoundShelf {
    private enum Key: Hashable {
        case sound(name: String, rate: Int)
        case marker(String, rate: Int)
        case tone(hertz: Double, Duration, rate: Int)
        case silence(Duration, rate: Int)
    }

    private var kept: [Key: (source: Sound, prepared: PreparedSound)] = [:]
    /// Sounds of other rates than the script's are made by switches; more than this is a mistake.
    private static let limit = 4096

    /// - Returns: `nil` for a text, which a back end has to speak first.
    func prepared(_ phrase: Phrase, in format: AudioSocketFormat) -> PreparedSound? {
        guard let key = Self.key(phrase, rate: format.rate) else { return nil }
        if let found = kept[key] {
            // Two sounds may have one name; the same one is known by its memory.
            guard case .sound(let sound, _) = phrase, sound != found.source else { return found.prepared }
        }
        guard let source = Self.sound(of: phrase, rate: format.rate) else { return nil }
        let made = PreparedSound(source, name: phrase.name, format: format)
        if case .sound(_, Phrase.spokenName) = phrase { return made }
        if kept.count < Self.limit { kept[key] = (source, made) }
        return made
    }

    private static func key(_ phrase: Phrase, rate: Int) -> Key? {
        switch phrase {
        case .sound(_, let name): .sound(name: name, rate: rate)
        case .marker(let digits): .marker(digits, rate: rate)
        case .tone(let hertz, let length): .tone(hertz: hertz, length, rate: rate)
        case .silence(let length): .silence(length, rate: rate)
        case .text: nil
        }
    }

    private static let toneLevel = -16.0

    private static func sound(of phrase: Phrase, rate: Int) -> Sound? {
        switch phrase {
        case .sound(let sound, _): sound
        case .marker(let digits): Sound.dtmf(digits, rate: rate)
        case .tone(let hertz, let length): Sound.tone(hertz: hertz, for: length, dBFS: toneLevel, rate: rate)
        case .silence(let length): Sound.silence(for: length, rate: rate)
        case .text: nil
        }
    }
}

extension Phrase {
    /// Of sounds that a back end made.
    static let spokenName = "spoken text"
}
