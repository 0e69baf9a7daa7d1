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
        var samples = sound.samples
        let size = format.frameSamples
        let rest = samples.count % size
        if rest > 0 { samples += [Int16](repeating: 0, count: size - rest) }
        var frames: [[UInt8]] = []
        frames.reserveCapacity(samples.count / size)
        for start in stride(from: 0, to: samples.count, by: size) {
            frames.append(Self.payload(Array(samples[start..<(start + size)]), format))
        }
        var voiced = [Bool](repeating: false, count: frames.count)
        let last = frames.count - 1
        self.speech = speech.flatMap { range in
            range.isEmpty || last < 0
                ? nil : min(range.lowerBound / size, last)...min((range.upperBound - 1) / size, last)
        }
        if let speech = self.speech {
            for range in VoicedDetector.ranges(in: Sound(samples: samples, rate: format.rate))
            where !range.isEmpty {
                let heard = (range.lowerBound / size)...((range.upperBound - 1) / size)
                for frame in heard where speech.contains(frame) { voiced[frame] = true }
            }
        }
        self.frames = frames
        self.voiced = voiced
        self.samples = samples
    }

    var nanoseconds: Int64 { Int64(frames.count) * 20_000_000 }

    static func payload(_ samples: [Int16], _ format: AudioSocketFormat) -> [UInt8] {
        switch format.encoding {
        case .linear16: PCM16.encode(samples)
        case .mulaw: MuLaw.encode(samples)
        }
    }
}
