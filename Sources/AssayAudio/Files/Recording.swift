/// A sound and where somebody speaks in it: a WAV file with the file of bounds beside it.
public struct Recording: Sendable, Hashable {
    public var sound: Sound
    /// `nil` when there is no file of bounds and nothing in the sound is voiced.
    public var bounds: SpeechBounds?
    /// The bounds were found by ``VoicedDetector``, not written down by who made the recording: what is quiet at the ends of
    /// speech is missing.
    public var areBoundsFound: Bool

    /// Reads both files.
    ///
    /// - Parameters:
    ///   - wav: the sound; see ``Sound/init(wav:)``.
    ///   - bounds: the file ``SpeechBounds/fileName(for:)`` when there is one.
    /// - Throws: what is wrong with either, or that they do not belong together.
    public init(wav: [UInt8], bounds: [UInt8]?) throws(SoundError) {
        sound = try Sound(wav: wav)
        if let bounds {
            self.bounds = try SpeechBounds(parsing: bounds, for: sound)
            areBoundsFound = false
        } else {
            self.bounds = SpeechBounds.found(in: sound)
            areBoundsFound = true
        }
    }

    /// The same recording at another rate; bounds are times, which stay.
    public func resampled(to rate: Int) -> Recording {
        var copy = self
        copy.sound = sound.resampled(to: rate)
        return copy
    }
}
