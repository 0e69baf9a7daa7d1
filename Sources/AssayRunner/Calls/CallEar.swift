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
    private var voices: VoicedFrames
    private var tones: ToneDetector
    private var playoutEnd: Int64 = 0
    /// Frames judged since they were last taken, in order.
    private var judged: [Frame] = []
    /// Samples of all that has been judged.
    private var judgedCount = 0
    /// Frames of audio and their samples.
    private(set) var frames = 0
    private(set) var sampleCount = 0
    /// Of these, in voiced frames.
    private(set) var voicedSamples = 0
    private(set) var firstFrameAt: Int64?
    private(set) var lastFrameAt: Int64?
    /// Digits heard as tones, with when the frame arrived that completed them.
    private(set) var digits: [(digit: Character, at: Int64)] = []
    private static let digitLimit = 10_000
    /// Audio that has been kept, and the sample that it begins with.
    private var kept: [Int16] = []
    private var keptStart = 0
    private let keptLimit: Int
    private var samples: [Int16] = []
    /// Used again for every frame.
    private var scratch: [VoicedFrames.Frame] = []

    /// - Parameter keeps: how much of the last audio is kept, for comparing.
    init(_ format: AudioSocketFormat, keeps: Duration) {
        self.format = format
        voices = VoicedFrames(rate: format.rate)
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
        frames += (samples.count + format.frameSamples - 1) / format.frameSamples
        sampleCount += samples.count
        playoutEnd = change.playoutStart &+ Sound.nanoseconds(ofSamples: samples.count, rate: format.rate)
        var found: [VoicedFrames.Frame] = []
        swap(&found, &scratch)
        voices.push(samples.span, at: time) { found.append($0) }
        judge(&found)
        keep()
        for digit in tones.push(samples.span) where digits.count < Self.digitLimit {
            digits.append((digit.character, time))
            change.digitHeard = true
        }
        return change
    }

    /// Nothing more comes: what is held back is judged by what is known.
    mutating func finish() {
        var found: [VoicedFrames.Frame] = []
        voices.flush { found.append($0) }
        judge(&found)
    }

    private mutating func judge(_ found: inout [VoicedFrames.Frame]) {
        for frame in found {
            let range = judgedCount..<(judgedCount + frame.samples)
            judgedCount = range.upperBound
            if frame.isVoiced { voicedSamples += frame.samples }
            judged.append(Frame(samples: range, at: frame.at, isVoiced: frame.isVoiced))
        }
        found.removeAll(keepingCapacity: true)
        swap(&found, &scratch)
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
