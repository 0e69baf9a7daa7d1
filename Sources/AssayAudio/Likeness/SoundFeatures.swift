/// A print without what level and line add to it: how each band differs from what it mostly is in this sound.
///
/// What is 30 dB below the loud parts counts as silence; each frame's mean over the bands is taken off, because the
/// rhythm of most phrases is alike, and each band's mean over the frames with sound, because the colour of one voice on one line is.
struct SoundFeatures {
    private(set) var frames: [SIMD16<Float>]
    /// How far the strongest band of each frame is above silence, in powers of two of energy.
    private(set) var loudness: [Float]
    var count: Int { frames.count }

    /// How deep silence is below the loud parts: 30 dB, in powers of two of energy.
    private static let depth: Float = 10

    init(_ print: SoundPrint) { self.init(print.frames[...]) }

    init(_ energies: ArraySlice<SIMD16<Float>>) {
        frames = Array(energies)
        loudness = frames.map { $0.max() }
        // A click or a loud digit must not decide what loud means.
        guard let loud = loudness.sorted().dropLast(loudness.count / 20).last else { return }
        let floor = loud - Self.depth
        var mean = SIMD16<Float>()
        var sounding: Float = 0
        for place in frames.indices {
            loudness[place] = max(loudness[place] - floor, 0)
            var frame = frames[place] - floor
            frame.replace(with: 0, where: frame .< 0)
            frame -= frame.sum() / Float(SoundPrint.bands)
            frames[place] = frame
            if loudness[place] > 0 {
                mean += frame
                sounding += 1
            }
        }
        mean /= max(sounding, 1)
        for place in frames.indices where loudness[place] > 0 { frames[place] -= mean }
    }

    /// From the first frame with sound to the last.
    var sounding: Range<Int> {
        guard let first = loudness.firstIndex(where: { $0 > 0 }),
            let last = loudness.lastIndex(where: { $0 > 0 })
        else { return 0..<0 }
        return first..<(last + 1)
    }
}

extension SIMD16<Float> {
    /// The sum of the products band by band: three additions of halves, not fifteen of numbers.
    @inline(__always)
    func product(with other: SIMD16<Float>) -> Float {
        let products = self * other
        let eight = products.lowHalf + products.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two.x + two.y
    }

    /// The sum of squared differences.
    @inline(__always)
    func distance(to other: SIMD16<Float>) -> Float {
        let difference = self - other
        return difference.product(with: difference)
    }
}
