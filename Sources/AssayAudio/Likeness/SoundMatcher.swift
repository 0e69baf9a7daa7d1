import AssayCore

/// Tells whether what was heard is like a reference recording.
///
/// 1 is the same recording; other phrases of the same voice are clearly below ``threshold``. It does not matter how loud
/// it is, whether it went through µ-law or another rate, what comes before and after, or that a few frames were lost.
///
/// - Complexity: O(reference × heard) frames of 16 ms, 14 multiplications each; both count their first minute only.
public struct SoundMatcher: Sendable {
    /// From here on two sounds count as alike.
    public static let threshold = 0.7

    private let reference: [Float]
    private let frames: Int

    public init(reference: Sound) {
        let features = Self.features(of: SoundPrint(reference))
        let speech = Self.speech(in: features)
        self.reference = Array(
            features.values[(speech.lowerBound * SoundPrint.bands)..<(speech.upperBound * SoundPrint.bands)])
        self.frames = speech.count
    }

    /// How much of the reference was heard, 0…1.
    public func likeness(_ heard: Sound) -> Double { likeness(SoundPrint(heard)) }

    /// How much of the reference was heard, 0…1.
    public func likeness(_ heard: SoundPrint) -> Double {
        let features = Self.features(of: heard)
        guard frames > 0, features.frames > 0 else { return 0 }
        return Alignment(reference: reference, heard: features.values, bands: SoundPrint.bands).likeness()
    }

    public func isLike(_ heard: Sound) -> Bool { likeness(heard) >= Self.threshold }

    /// The reference that is most like what was heard: its place and its likeness; `nil` when there are none.
    public static func best(of references: [SoundMatcher], for heard: Sound) -> (
        index: Int, likeness: Double
    )? {
        let print = SoundPrint(heard)
        var best: (index: Int, likeness: Double)?
        for (index, reference) in references.enumerated() {
            let likeness = reference.likeness(print)
            if likeness > best?.likeness ?? -1 { best = (index, likeness) }
        }
        return best
    }
}

extension SoundMatcher {
    struct Features {
        var values: [Float]
        var frames: Int
        var loudness: [Float]
    }

    /// How far below the loud frames a band still counts, in powers of two of energy: 30 dB.
    private static let depth: Float = 10

    /// Energies without what level and line add: each band's mean over the sound is taken off, what is far below is cut off.
    static func features(of print: SoundPrint) -> Features {
        let bands = SoundPrint.bands
        var values = print.energies
        let loudness = (0..<print.frames).map { frame in
            values[(frame * bands)..<((frame + 1) * bands)].max() ?? 0
        }
        guard let loud = loudness.sorted().dropLast(print.frames / 20).last else {
            return Features(values: [], frames: 0, loudness: [])
        }
        let floor = loud - Self.depth
        for place in values.indices { values[place] = max(values[place], floor) - floor }
        let levels = loudness.map { max($0 - floor, 0) }
        var means = [Float](repeating: 0, count: bands)
        var count: Float = 0
        for frame in 0..<print.frames where levels[frame] > 0 {
            count += 1
            for band in 0..<bands { means[band] += values[frame * bands + band] }
        }
        for place in values.indices { values[place] -= means[place % bands] / max(count, 1) }
        return Features(values: values, frames: print.frames, loudness: levels)
    }

    /// From the first frame with speech to the last.
    static func speech(in features: Features) -> Range<Int> {
        guard let first = features.loudness.firstIndex(where: { $0 > 0 }),
            let last = features.loudness.lastIndex(where: { $0 > 0 })
        else { return 0..<0 }
        return first..<(last + 1)
    }
}
