internal import AssayAudio

/// What the bot says, cut into frames. Silence is sent where nothing is said, so that the line never goes quiet.
struct Mouth {
    private let frameSamples: Int
    private var samples: [Int16] = []
    private var place = 0

    init(frameSamples: Int) { self.frameSamples = frameSamples }

    var isSpeaking: Bool { place < samples.count }

    /// Says it after what is being said.
    mutating func say(_ sound: Sound) {
        if !isSpeaking { stop() }
        samples += sound.samples
    }

    /// Falls silent at once.
    mutating func stop() {
        samples.removeAll()
        place = 0
    }

    /// Says so many samples more and no others.
    mutating func say(only count: Int) { samples.removeLast(max(samples.count - place - count, 0)) }

    /// The next 20 ms.
    mutating func next() -> [Int16] {
        let end = min(place + frameSamples, samples.count)
        var frame = Array(samples[place..<end])
        place = end
        frame.append(contentsOf: repeatElement(0, count: frameSamples - frame.count))
        return frame
    }
}
