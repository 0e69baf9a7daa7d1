// Sounds as frames of one length, as they go over a wire.

extension Sound {
    /// Filled up with silence to whole frames of so many samples.
    public func filled(toFramesOf size: Int) -> Sound {
        let rest = samples.count % size
        guard rest > 0 else { return self }
        return Sound(samples: samples + [Int16](repeating: 0, count: size - rest), rate: rate)
    }
}

extension VoicedDetector {
    /// Which frames of so many samples hold a voiced one.
    ///
    /// - Parameter sound: of whole frames, see ``Sound/filled(toFramesOf:)``.
    public static func frames(in sound: Sound, of size: Int) -> [Bool] {
        var voiced = [Bool](repeating: false, count: sound.samples.count / size)
        for range in ranges(in: sound) where !range.isEmpty {
            for frame in (range.lowerBound / size)...((range.upperBound - 1) / size) { voiced[frame] = true }
        }
        return voiced
    }
}
