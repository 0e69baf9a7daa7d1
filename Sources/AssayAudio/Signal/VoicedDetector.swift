import AssayCore

/// Tells when a stream of samples is voiced: at least 2 of 3 consecutive sub-frames of 10 ms have a root mean square at or above
/// −40 dBFS.
///
/// A voiced range begins with the first sample of the first sub-frame that counts and ends behind the last sample of the last
/// one; two sub-frames in a row that do not count end it. Any chunking of the stream gives the same ranges. What is left of the
/// last sub-frame at the end of the stream is not judged.
///
/// Integer arithmetic, nothing is allocated: O(samples), about a nanosecond each.
public struct VoicedDetector: Sendable {
    public let rate: Int
    /// Whether the last sub-frames heard are voiced.
    public private(set) var isVoiced = false
    /// Samples heard.
    public private(set) var position = 0

    /// The level of a sub-frame that counts.
    public static let defaultDBFS = -40.0

    /// Sums of squares that a sub-frame of the shorter and of the longer length needs: rates like 11,025 Hz have two.
    private let leastEnergy: (Int64, Int64)
    private let shorterLength: Int

    private var subframe = 0
    private var subframeStart = 0
    private var subframeEnd: Int
    private var energy: Int64 = 0
    /// A sub-frame that counts and waits for a second one.
    private var candidate: Int?
    /// Behind the last sub-frame that counted.
    private(set) var lastEnd = 0
    private var misses = 0

    /// - Parameters:
    ///   - rate: samples a second, 100 or more.
    ///   - dBFS: what a sub-frame needs to count.
    public init(rate: Int, dBFS: Double = Self.defaultDBFS) {
        precondition(rate >= 100, "10 ms hold a sample")
        self.rate = rate
        shorterLength = rate / 100
        subframeEnd = rate / 100
        let square = Level.meanSquare(ofDBFS: dBFS)
        func least(_ length: Int) -> Int64 {
            Int64((Double(length) * square).rounded(.up).clamped(to: 1...0x1p62))
        }
        leastEnergy = (least(shorterLength), least(shorterLength + 1))
    }

    /// Hears the next samples.
    ///
    /// - Parameter change: called when a range begins (`true`, its first sample) and when one has ended (`false`, the sample
    ///   behind its last), in order. Positions count from the start of the stream. A beginning is known 10 to 30 ms after
    ///   it, an end 20 ms after it.
    public mutating func push(_ samples: Span<Int16>, _ change: (_ isVoiced: Bool, _ atSample: Int) -> Void) {
        var place = 0
        while place < samples.count {
            let until = min(samples.count, place + subframeEnd - position)
            var sum: Int64 = 0
            for index in place..<until {
                let sample = Int32(samples[index])
                sum &+= Int64(sample &* sample)
            }
            energy += sum
            position += until - place
            place = until
            if position == subframeEnd { endSubframe(change) }
        }
    }

    public mutating func push(_ samples: [Int16], _ change: (_ isVoiced: Bool, _ atSample: Int) -> Void) {
        push(samples.span, change)
    }

    /// Tells that the stream is over: a range that is open ends behind its last sub-frame that counts.
    public mutating func finish(_ change: (_ isVoiced: Bool, _ atSample: Int) -> Void) {
        candidate = nil
        if isVoiced { change(false, lastEnd) }
        isVoiced = false
    }

    private mutating func endSubframe(_ change: (_ isVoiced: Bool, _ atSample: Int) -> Void) {
        let length = subframeEnd - subframeStart
        if energy >= (length == shorterLength ? leastEnergy.0 : leastEnergy.1) {
            if !isVoiced, let start = candidate {
                isVoiced = true
                change(true, start)
            } else if !isVoiced {
                candidate = subframeStart
            }
            (lastEnd, misses) = (subframeEnd, 0)
        } else {
            misses += 1
            if misses == 2 {
                candidate = nil
                if isVoiced {
                    isVoiced = false
                    change(false, lastEnd)
                }
            }
        }
        energy = 0
        subframe += 1
        subframeStart = subframeEnd
        subframeEnd = (subframe + 1) * rate / 100
    }

    /// No range that begins before this sample is still to be reported.
    var settled: Int { candidate ?? subframeStart }

    /// The voiced ranges of a whole sound, in samples.
    public static func ranges(in sound: Sound, dBFS: Double = defaultDBFS) -> [Range<Int>] {
        var detector = VoicedDetector(rate: sound.rate, dBFS: dBFS)
        var ranges: [Range<Int>] = []
        var start = 0
        let note = { (isVoiced: Bool, place: Int) in
            if isVoiced { start = place } else { ranges.append(start..<place) }
        }
        detector.push(sound.samples.span, note)
        detector.finish(note)
        return ranges
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
