import AssayAudio
import AssayCore
import Testing

@Suite("Frames, voiced or not")
struct VoicedFramesTests {
    private func judge(_ samples: [Int16], rate: Int = 8000, cut: (Int) -> Int) -> [VoicedFrames.Frame] {
        var frames = VoicedFrames(rate: rate)
        var all: [VoicedFrames.Frame] = []
        var place = 0
        var count = 0
        while place < samples.count {
            let end = min(samples.count, place + max(1, cut(count)))
            frames.push(samples.span.extracting(place..<end), at: Int64(count)) { all.append($0) }
            (place, count) = (end, count + 1)
        }
        frames.flush { all.append($0) }
        return all
    }

    /// Sub-frames of 10 ms, loud or not.
    private func sound(_ pattern: String, rate: Int = 8000) -> [Int16] {
        var samples: [Int16] = []
        for (number, letter) in pattern.enumerated() {
            let length = (number + 1) * rate / 100 - number * rate / 100
            samples += [Int16](repeating: letter == "#" ? 3000 : 3, count: length)
        }
        return samples
    }

    @Test(
        "a frame is voiced when a range reaches into it, wherever in it the range begins or ends",
        arguments: [
            ("......", "..."), ("######", "###"), ("..##..", ".#."), (".##...", "##."), ("...##.", ".##"),
            ("#.....", "..."), (".#....", "..."), (".#.#..", "##."), ("#.#.#.", "###"), ("##..##", "#.#"),
            ("##.#..#.", "##.."), ("##...#", "#.."), (".....#", "..."), ("....##", "..#"), ("...#", ".."),
            (".##..##.", "####"),
        ])
    func patterns(pattern: String, expected: String) {
        let frames = judge(sound(pattern)) { _ in 160 }
        #expect(String(frames.map { $0.isVoiced ? "#" : "." }) == expected)
        #expect(frames.map(\.at) == Array(0..<Int64(frames.count)))
        #expect(frames.allSatisfy { $0.samples == 160 })
        // One message with all of it is judged in the same frames.
        #expect(judge(sound(pattern)) { _ in 100_000 }.map(\.isVoiced) == frames.map(\.isVoiced))
    }

    @Test("however a stream is cut, its voiced parts are the detector's", arguments: 1...40)
    func chance(seed: Int) {
        var random = SeededRandom(seed: UInt64(seed))
        let rate = [8000, 11_025, 16_000, 44_100].randomElement(using: &random) ?? 8000
        let pattern = String(
            (0..<120).map { _ in [".", "#", "#"].randomElement(using: &random) ?? "." }.joined())
        let samples = sound(pattern, rate: rate)
        let ranges = VoicedDetector.ranges(in: Sound(samples: samples, rate: rate))
        let frames = judge(samples, rate: rate) { _ in Int.random(in: 1...(rate / 20), using: &random) }
        var place = 0
        for frame in frames {
            let own = place..<place + frame.samples
            #expect(frame.isVoiced == ranges.contains { $0.overlaps(own) }, "\(own) of \(ranges)")
            place += frame.samples
        }
        #expect(place == samples.count)
    }

    @Test("a frame waits for the next one at most, or for time to pass")
    func waiting() {
        var frames = VoicedFrames(rate: 8000)
        var out: [Int64] = []
        for number in 0..<10 {
            frames.push(sound(number < 9 ? ".." : ".#").span, at: Int64(number)) { out.append($0.at) }
            #expect(out.count == min(number + 1, 9))
        }
        frames.flush(before: 9) { out.append($0.at) }
        #expect(out == Array(0..<9))
        frames.flush(before: 10) { out.append($0.at) }
        #expect(out == Array(0..<10))
    }
}
