import AssayCore

/// Tells whether what was heard is like a reference recording.
///
/// 1 is the same recording; other phrases of the same voice are clearly below ``threshold``. It does not matter how loud
/// it is, whether it went through µ-law or another rate, what comes before and after, or that a few frames were lost.
///
/// - Complexity: O(reference × heard) for finding the place, 2,000 comparisons of 16 numbers for a second of each; O(reference)
///   there. Both count their first minute only: at most 0.2 s and half a megabyte.
public struct SoundMatcher: Sendable {
    /// From here on two sounds count as alike.
    public static let threshold = 0.65

    private let coarse: CoarseAlignment
    private let fine: FineAlignment

    public init(reference: Sound) {
        let print = SoundPrint(reference)
        let sounding = SoundFeatures(print).sounding
        let features = SoundFeatures(print.frames[sounding])
        // The same, half a frame later: what was heard was not cut into frames at the same places.
        let between = SoundPrint(reference, skipping: SoundPrint.hop / 2)
        let later = SoundFeatures(between.frames[sounding.clamped(to: between.frames.indices)])
        coarse = CoarseAlignment(reference: features)
        fine = FineAlignment(reference: features, between: later)
    }

    /// How much of the reference was heard, 0…1.
    public func likeness(_ heard: Sound) -> Double { likeness(SoundPrint(heard)) }

    /// How much of the reference was heard, 0…1.
    public func likeness(_ heard: SoundPrint) -> Double {
        guard let place = coarse.place(in: SoundFeatures(heard)) else { return 0 }
        // By what is there alone: what stands before and after must not decide what is loud and what is the mean.
        let part = max(0, place.lowerBound - 2)..<min(heard.frames.count, place.upperBound + 2)
        return fine.likeness(to: SoundFeatures(heard.frames[part]))
    }

    /// Whether the likeness reaches ``threshold``.
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
