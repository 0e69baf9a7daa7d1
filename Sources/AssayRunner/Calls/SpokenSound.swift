internal import AssayAudio
internal import AssayWire

/// A sound made ready to be said on calls of one format: its frames as they are sent, and where in them somebody speaks.
///
/// Made once and shared by every call of a run.
final class SpokenSound: Sendable {
    /// As people know it: the file's name.
    let name: String
    /// Payloads of whole frames; the last one is filled up with silence.
    let frames: [[UInt8]]
    /// Whether somebody speaks in a frame, as the detector hears it.
    let voiced: [Bool]
    /// As the other side hears it, for recordings.
    let samples: [Int16]
    /// The frames that hold the first and the last sample of speech; `nil` when nobody speaks.
    let speech: ClosedRange<Int>?

    /// - Parameter bounds: of speech in the sound; those that the detector finds when `nil`.
    convenience init(_ sound: Sound, bounds: SpeechBounds?, name: String, format: AudioSocketFormat) {
        let sound = sound.rate == format.rate ? sound : sound.resampled(to: format.rate)
        let spoken = (bounds ?? SpeechBounds.found(in: sound))?.samples(rate: format.rate)
        self.init(sound, speech: spoken, name: name, format: format)
    }

    /// Keys as tones: what is pressed counts as said.
    static func tones(_ digits: String, format: AudioSocketFormat) -> SpokenSound? {
        let pause = Duration.milliseconds(80)
        guard let sound = Sound.dtmf(digits, pause: pause, rate: format.rate) else { return nil }
        let end = sound.samples.count - Sound.samples(in: pause, rate: format.rate)
        return SpokenSound(sound, speech: 0..<end, name: "keys \(digits)", format: format)
    }

    /// Noise is no speech, however loud it is.
    static func noise(for length: Duration, dBFS: Double, format: AudioSocketFormat) -> SpokenSound {
        let sound = Sound.noise(for: length, dBFS: dBFS, seed: 1, rate: format.rate)
        return SpokenSound(sound, speech: nil, name: "noise", format: format)
    }

    /// - Parameters:
    ///   - sound: at the format's rate.
    ///   - speech: its samples, outside of which nothing counts as voice.
    private init(_ sound: Sound, speech: Range<Int>?, name: String, format: AudioSocketFormat) {
        self.name = name
        let size = format.frameSamples
        let sound = sound.filled(toFramesOf: size)
        let frames = stride(from: 0, to: sound.samples.count, by: size).map { start in
            Self.payload(Array(sound.samples[start..<(start + size)]), format)
        }
        let last = frames.count - 1
        let speech = speech.flatMap { range in
            range.isEmpty || last < 0
                ? nil : min(range.lowerBound / size, last)...min((range.upperBound - 1) / size, last)
        }
        // Outside of speech nothing counts as voice, so nothing is looked for where there is none.
        voiced =
            speech.map { speech in
                VoicedDetector.frames(in: sound, of: size).enumerated()
                    .map { $0.element && speech.contains($0.offset) }
            } ?? frames.map { _ in false }
        self.speech = speech
        self.frames = frames
        samples = sound.samples
    }

    var nanoseconds: Int64 { Int64(frames.count) * AudioSocketFormat.frameNanoseconds }

    static func payload(_ samples: [Int16], _ format: AudioSocketFormat) -> [UInt8] {
        switch format.encoding {
        case .linear16: PCM16.encode(samples)
        case .mulaw: MuLaw.encode(samples)
        }
    }
}
