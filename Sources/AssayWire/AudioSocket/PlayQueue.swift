/// What waits in Asterisk to be heard, one frame played after the other.
///
/// At most 96 frames may wait; one more flushes the queue, and as long as the burst lasts only the 16 newest stay: of 4 s at once
/// a caller hears 0.32 s, as in calls with a real Asterisk. The burst is over with the first pause of half a frame.
public struct PlayQueue: Sendable {
    /// Frames that may wait.
    public static let limit = 96
    /// Frames that stay of a burst that was too long.
    public static let kept = 16
    private static let burstPause: Int64 = 10_000_000

    /// Playing time of each frame that waits: a ring.
    private var durations = [Int64](repeating: 0, count: limit + 1)
    private var first = 0
    /// Frames that wait.
    public private(set) var count = 0
    /// When the first of them begins to play.
    private var next = Int64.min
    private var lastArrival = Int64.min
    private var isFlushing = false
    /// Playing time of all that was thrown away, nanoseconds.
    public private(set) var lost: Int64 = 0
    /// Playing time of all that came, nanoseconds.
    public private(set) var total: Int64 = 0

    public init() {}

    /// Takes a frame that came at a time; times never go back.
    ///
    /// - Returns: whether frames were thrown away for it.
    public mutating func add(nanoseconds duration: Int64, at: Int64) -> Bool {
        while count > 0, next < at { next += removeFirst() }
        if lastArrival == .min || at &- lastArrival >= Self.burstPause { isFlushing = false }
        lastArrival = at
        if count == 0 { next = max(at, next) }
        durations[(first + count) % durations.count] = duration
        count += 1
        total += duration
        if count > Self.limit { isFlushing = true }
        guard isFlushing, count > Self.kept else { return false }
        while count > Self.kept { lost += removeFirst() }
        return true
    }

    private mutating func removeFirst() -> Int64 {
        defer {
            first = (first + 1) % durations.count
            count -= 1
        }
        return durations[first]
    }
}

/// Whether frames come every 20 ms with the bytes of another rate than theirs.
struct FramePace: Sendable {
    /// Frames of one length in a row before anything is said of them: half a second.
    private static let sample = 25
    private static let tolerance: Int64 = 40_000_000

    private var length = 0
    private var count = 0
    private var beganAt: Int64 = 0
    private var lastAt: Int64 = 0

    /// - Returns: a sentence when the frames' rate is not that of their format.
    mutating func add(length: Int, of format: AudioSocketFormat, at: Int64) -> String? {
        defer { lastAt = at }
        guard length == self.length, at &- lastAt < 100_000_000, count < Self.sample else {
            self.length = length
            count = 1
            beganAt = at
            return nil
        }
        count += 1
        let expected = format.frameBytes
        guard count == Self.sample, length != expected else { return nil }
        let elapsed = at &- beganAt
        guard abs(elapsed &- Int64(count - 1) * AudioSocketFormat.frameNanoseconds) <= Self.tolerance else {
            return nil
        }
        return text(length, format, expected)
    }

    private func text(_ length: Int, _ format: AudioSocketFormat, _ expected: Int) -> String {
        let isUsual =
            AudioSocketType.rate(of: format.type) == format.rate && format.encoding == .linear16
        let name = isUsual ? AudioSocketType.name(of: format.type) : "\(format)"
        let seen = "\(length) bytes every 20 ms where \(name) has \(expected)"
        if format.bytesPerSample == 2, length * 2 == expected {
            return "\(seen), as 8-bit audio or half the rate would: the caller hears noise or gaps"
        }
        let like =
            AudioSocketType.audio(rate: length * 25)
            .map { ", as \(AudioSocketFormat.shown(rate: AudioSocketType.rate(of: $0) ?? 0)) would" } ?? ""
        return length > expected
            ? "\(seen)\(like): the caller hears it at \(expected * 100 / length) % of its speed"
            : "\(seen)\(like): the caller hears gaps, it is \(length * 100 / expected) % of what is played"
    }
}
