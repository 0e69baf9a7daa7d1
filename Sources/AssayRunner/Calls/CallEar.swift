internal import AssayAudio
internal import AssayWire

/// What a caller hears: which frames are voiced, tones, and the audio itself as far as something asks for it.
///
/// Pure: arrivals are given with their times, in order.
struct CallEar {
    /// A frame, and whether it is voiced.
    struct Frame: Equatable {
        /// Counted over the call.
        var samples: Range<Int>
        /// When it arrived.
        var at: Int64
        var isVoiced = false
    }

    let format: AudioSocketFormat
    private var detector: VoicedDetector
    private var tones: ToneDetector
    private var playoutEnd: Int64 = 0
    /// The last frame, while it may turn out to be voiced: a voice is known up to 20 ms after the frame it begins in.
    private var held: Frame?
    /// A voiced range runs.
    private var isWithinVoice = false
    /// Frames judged since they were last taken, in order.
    private var judged: [Frame] = []
    /// Frames of audio and their samples.
    private(set) var frames = 0
    private(set) var sampleCount = 0
    /// Of these, in voiced frames.
    private(set) var voicedSamples = 0
    private(set) var firstFrameAt: Int64?
    private(set) var lastFrameAt: Int64?
    /// Digits heard as tones, with when the frame arrived that completed them.
    private(set) var digits: [(digit: Character, at: Int64)] = []
    private static let digitLimit = 64
    /// Audio that has been kept, and the sample that it begins with.
    private var kept: [Int16] = []
    private var keptStart = 0
    private let keptLimit: Int
    private var samples: [Int16] = []

    /// - Parameter keeps: how much of the last audio is kept, for comparing.
    init(_ format: AudioSocketFormat, keeps: Duration) {
        self.format = format
        detector = VoicedDetector(rate: format.rate)
        tones = ToneDetector(rate: format.rate)
        keptLimit = Sound.samples(in: keeps, rate: format.rate)
    }

    /// What an arrival changed.
    struct Change: Equatable {
        var digitHeard = false
        /// When it will be played, as far as nothing holds it up.
        var playoutStart: Int64 = 0
    }

    /// What the last arrival was, as numbers.
    var lastSamples: [Int16] { samples }

    /// Audio arrives: one frame, or many in one message.
    mutating func hear(_ payload: RawSpan, at time: Int64) -> Change {
        decode(payload)
        // Lent out below while the rest changes.
        let samples = samples
        var change = Change()
        guard !samples.isEmpty else { return change }
        change.playoutStart = max(time, playoutEnd)
        if firstFrameAt == nil { firstFrameAt = time }
        lastFrameAt = time
        var start = 0
        while start < samples.count {
            let end = min(samples.count, start + format.frameSamples)
            hear(samples.span.extracting(start..<end), at: time)
            start = end
        }
        keep()
        for digit in tones.push(samples.span) where digits.count < Self.digitLimit {
            digits.append((digit.character, time))
            change.digitHeard = true
        }
        return change
    }

    /// - Parameter part: a frame at most.
    private mutating func hear(_ part: Span<Int16>, at time: Int64) {
        let range = sampleCount..<(sampleCount + part.count)
        sampleCount = range.upperBound
        frames += 1
        playoutEnd = max(time, playoutEnd) &+ Sound.nanoseconds(ofSamples: part.count, rate: format.rate)
        // A voice that runs goes into this frame, unless it turns out to have ended before.
        var isVoiced = isWithinVoice
        var onset: Int?
        detector.push(part) { begins, sample in
            if begins {
                onset = onset ?? sample
                isVoiced = true
            } else if onset == nil {
                isVoiced = sample > range.lowerBound
            }
        }
        if let before = held {
            judge(before, isVoiced: onset.map { $0 < before.samples.upperBound } ?? false)
        }
        held = nil
        isWithinVoice = detector.isVoiced
        let frame = Frame(samples: range, at: time)
        if isVoiced { judge(frame, isVoiced: true) } else { held = frame }
    }

    /// Nothing more comes: a frame that is held was not voiced.
    mutating func finish() {
        if let before = held { judge(before, isVoiced: false) }
        held = nil
    }

    private mutating func judge(_ frame: Frame, isVoiced: Bool) {
        var frame = frame
        frame.isVoiced = isVoiced
        if isVoiced { voicedSamples += frame.samples.count }
        judged.append(frame)
    }

    /// Hands over the frames judged since the last time.
    mutating func takeJudged(_ each: (Frame) -> Void) {
        for frame in judged { each(frame) }
        judged.removeAll(keepingCapacity: true)
    }

    private mutating func decode(_ payload: RawSpan) {
        samples.removeAll(keepingCapacity: true)
        switch format.encoding {
        case .linear16: PCM16.decode(payload, into: &samples)
        case .mulaw: MuLaw.decode(payload, into: &samples)
        }
    }

    // MARK: kept audio

    private mutating func keep() {
        guard keptLimit > 0 else { return }
        if kept.isEmpty { keptStart = sampleCount - samples.count }
        kept += samples
        // Twice the limit before half is dropped: each sample is moved once.
        guard kept.count > 2 * keptLimit else { return }
        let dropped = kept.count - keptLimit
        kept.removeFirst(dropped)
        keptStart += dropped
    }

    /// Audio from a sample on, as far as it is kept.
    func audio(from sample: Int) -> Sound {
        let start = max(0, min(kept.count, sample - keptStart))
        return Sound(samples: Array(kept[start...]), rate: format.rate)
    }
}
