import AssayCore

/// One stretch of speech, in samples from the start of the stream.
public struct Utterance: Sendable, Hashable {
    /// The first sample.
    public var start: Int
    /// The sample behind the last.
    public var end: Int

    public init(start: Int, end: Int) {
        self.start = start
        self.end = end
    }
}

/// Cuts a stream into utterances: one ends when nothing was voiced for the hangover time.
///
/// Any chunking of the stream gives the same utterances. Nothing is allocated but the list of utterances that ended.
public struct EndOfSpeechDetector: Sendable {
    private var detector: VoicedDetector
    private let hangover: Int
    private var start: Int?
    private var end: Int?

    /// - Parameter hangover: how long a pause inside an utterance may be.
    public init(rate: Int, hangover: Duration, dBFS: Double = VoicedDetector.defaultDBFS) {
        detector = VoicedDetector(rate: rate, dBFS: dBFS)
        self.hangover = Sound.samples(in: hangover, rate: rate)
    }

    /// Samples heard.
    public var position: Int { detector.position }

    /// The first sample of the utterance that is being spoken, or has not been silent for the hangover yet.
    public var speakingSince: Int? { start }

    /// Whether the last sub-frames heard are voiced, pauses not counted.
    public var isVoiced: Bool { detector.isVoiced }

    /// Hears the next samples.
    ///
    /// - Returns: the utterances that are over now, in order.
    public mutating func push(_ samples: Span<Int16>) -> [Utterance] {
        var ended: [Utterance] = []
        var (start, end) = (self.start, self.end)
        let hangover = hangover
        detector.push(samples) { isVoiced, place in
            if !isVoiced {
                end = place
                return
            }
            if let first = start, let last = end, place - last >= hangover {
                ended.append(Utterance(start: first, end: last))
                start = nil
            }
            start = start ?? place
            end = nil
        }
        if let first = start, let last = end, detector.settled - last >= hangover {
            ended.append(Utterance(start: first, end: last))
            (start, end) = (nil, nil)
        }
        (self.start, self.end) = (start, end)
        return ended
    }

    public mutating func push(_ samples: [Int16]) -> [Utterance] { push(samples.span) }

    /// Tells that the stream is over.
    ///
    /// - Returns: the utterance that was still open.
    public mutating func finish() -> Utterance? {
        var end = end
        detector.finish { _, place in end = place }
        defer { (start, self.end) = (nil, nil) }
        guard let start, let end else { return nil }
        return Utterance(start: start, end: end)
    }

    /// The utterances of a whole sound.
    public static func utterances(in sound: Sound, hangover: Duration) -> [Utterance] {
        var detector = EndOfSpeechDetector(rate: sound.rate, hangover: hangover)
        let ended = detector.push(sound.samples)
        return ended + (detector.finish().map { [$0] } ?? [])
    }
}
