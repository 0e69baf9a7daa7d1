/// Tells for each frame of a stream whether it is voiced, as soon as that is known.
///
/// A frame is voiced when a voiced range (``VoicedDetector``) reaches into it; that a range begins in a frame may be known
/// only with the next one. So frames are held back for up to 30 ms of sound, and come out in order with the times
/// they went in with. What is longer than 20 ms is judged in frames of 20 ms. Nothing is allocated per frame.
public struct VoicedFrames: Sendable {
    public struct Frame: Sendable, Hashable {
        public var samples: Int
        public var isVoiced: Bool
        /// What ``VoicedFrames/push(_:at:due:_:)`` was told, nanoseconds.
        public var at: Int64
        public var due: Int64
    }

    private struct Held: Sendable {
        var start: Int
        var end: Int
        var at: Int64
        var due: Int64
    }

    private var detector: VoicedDetector
    private var held: [Held] = []
    private let frameSamples: Int

    public init(rate: Int) {
        detector = VoicedDetector(rate: rate)
        frameSamples = rate / 50
    }

    /// Hears the next samples, which arrived or were written at one time.
    public mutating func push(
        _ samples: Span<Int16>, at time: Int64, due: Int64 = 0, _ judged: (Frame) -> Void
    ) {
        var place = 0
        while place < samples.count {
            let until = min(samples.count, place + frameSamples)
            let start = detector.position
            held.append(Held(start: start, end: start + until - place, at: time, due: due))
            detector.push(samples.extracting(place..<until)) { _, _ in }
            if detector.isVoiced {
                release(true, startingBefore: detector.lastEnd, judged)
            } else {
                release(false, endingBy: detector.settled, judged)
            }
            place = until
        }
    }

    /// Judges what was held since before `time` by what is known: nothing came after it.
    public mutating func flush(before time: Int64 = .max, _ judged: (Frame) -> Void) {
        while let first = held.first, first.at < time {
            release(first, detector.isVoiced && first.start < detector.lastEnd, judged)
        }
    }

    private mutating func release(_ isVoiced: Bool, startingBefore place: Int, _ judged: (Frame) -> Void) {
        while let first = held.first, first.start < place { release(first, isVoiced, judged) }
    }

    private mutating func release(_ isVoiced: Bool, endingBy place: Int, _ judged: (Frame) -> Void) {
        while let first = held.first, first.end <= place { release(first, isVoiced, judged) }
    }

    private mutating func release(_ frame: Held, _ isVoiced: Bool, _ judged: (Frame) -> Void) {
        held.removeFirst()
        judged(Frame(samples: frame.end - frame.start, isVoiced: isVoiced, at: frame.at, due: frame.due))
    }
}
