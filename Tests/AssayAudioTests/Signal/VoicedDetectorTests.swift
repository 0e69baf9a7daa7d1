import AssayAudio
import AssayCore
import Testing

@Suite("Voiced or not")
struct VoicedDetectorTests {
    /// Sub-frames of 10 ms, `#` of −30 dBFS and `.` of silence, at 8 kHz.
    private static func sound(_ pattern: String, rate: Int = 8_000) -> Sound {
        Sound(
            samples: pattern.enumerated().flatMap { number, mark in
                let length = (number + 1) * rate / 100 - number * rate / 100
                return (0..<length).map { Int16(mark == "#" ? ($0 % 2 == 0 ? 1_036 : -1_036) : 0) }
            }, rate: rate)
    }

    /// What the definition says, computed slowly: each window of three with two that count spans from the first of these to the last.
    private static func expected(_ pattern: String) -> [Range<Int>] {
        let counts = pattern.map { $0 == "#" }
        var voiced = [Bool](repeating: false, count: counts.count)
        for start in counts.indices {
            let window = (start..<min(start + 3, counts.count)).filter { counts[$0] }
            if window.count >= 2, let first = window.first, let last = window.last {
                for place in first...last { voiced[place] = true }
            }
        }
        var ranges: [Range<Int>] = []
        for place in voiced.indices where voiced[place] {
            if let last = ranges.last, last.upperBound == place {
                ranges[ranges.count - 1] = last.lowerBound..<(place + 1)
            } else {
                ranges.append(place..<(place + 1))
            }
        }
        return ranges
    }

    static let patterns: [(String, [Range<Int>])] = [
        ("", []), ("........", []), ("#.......", []), ("...#..#..#...", []), ("##", [0..<2]),
        ("..##....", [2..<4]),
        ("..#.#...", [2..<5]), ("#.#.#.#..", [0..<7]), ("##..##", [0..<2, 4..<6]), (".##.##.", [1..<6]),
        ("####...####.", [0..<4, 7..<11]), ("..........#", []), (".........##", [9..<11]), ("#..##", [3..<5]),
    ]

    @Test(
        "two of three sub-frames make it voiced, from the first that counts to the last", arguments: patterns)
    func ranges(_ pattern: String, _ wanted: [Range<Int>]) {
        let found = VoicedDetector.ranges(in: Self.sound(pattern))
        #expect(found == wanted.map { ($0.lowerBound * 80)..<($0.upperBound * 80) })
        #expect(Self.expected(pattern) == wanted)
    }

    @Test("any pattern in any pieces gives what the definition says", arguments: [8_000, 16_000, 11_025])
    func pieces(rate: Int) {
        var random = SeededRandom(seed: UInt64(rate))
        for _ in 0..<60 {
            let loud = random.fraction()
            let pattern = String((0..<40).map { _ in random.chance(loud) ? "#" : "." })
            let sound = Self.sound(pattern, rate: rate)
            var detector = VoicedDetector(rate: rate)
            var found: [Range<Int>] = []
            var start: Int?
            let note = { (isVoiced: Bool, place: Int) in
                if isVoiced { start = place } else if let begin = start.take() { found.append(begin..<place) }
            }
            var place = 0
            while place < sound.samples.count {
                let next = min(sound.samples.count, place + random.integer(in: 1...700))
                detector.push(Array(sound.samples[place..<next]), note)
                place = next
                #expect(detector.position == place)
                #expect(detector.isVoiced == (start != nil))
            }
            detector.finish(note)
            let wanted = Self.expected(pattern).map {
                ($0.lowerBound * rate / 100)..<($0.upperBound * rate / 100)
            }
            #expect(found == wanted, "\(pattern)")
        }
    }

    @Test("the bound is −40 dBFS, a root mean square of 327.68", arguments: [8_000, 16_000, 44_100])
    func bound(rate: Int) {
        let length = rate / 100
        // So many samples of 328 among samples of 327 reach it.
        let least = length * (1 << 30)
        let needed = (0...length).first { ($0 * 328 * 328 + (length - $0) * 327 * 327) * 10_000 >= least }
        for number in 0...length {
            let subframe = (0..<length).map { Int16($0 < number ? 328 : -327) }
            let ranges = VoicedDetector.ranges(in: Sound(samples: subframe + subframe, rate: rate))
            #expect(ranges.isEmpty == (number < needed ?? 0), "\(number) of \(length)")
        }
    }

    @Test("a beginning is told as soon as its second sub-frame is whole, an end two sub-frames later")
    func delay() {
        let sound = Self.sound("..##....")
        var detector = VoicedDetector(rate: 8_000)
        var told: [String] = []
        for (place, sample) in sound.samples.enumerated() {
            detector.push([sample]) { isVoiced, at in told.append("\(isVoiced) \(at) at \(place + 1)") }
        }
        #expect(told == ["true 160 at 320", "false 320 at 480"])
    }

    @Test("a stream that ends while it is voiced ends the range behind its last sub-frame that counts")
    func finish() {
        var detector = VoicedDetector(rate: 8_000)
        var told: [String] = []
        let note = { (isVoiced: Bool, place: Int) in told.append("\(isVoiced) \(place)") }
        detector.push(Self.sound("###.").samples, note)
        detector.finish(note)
        detector.finish(note)
        #expect(told == ["true 0", "false 240"])
    }

    @Test("noise below the bound is never voiced, above it always")
    func noise() {
        #expect(VoicedDetector.ranges(in: .noise(for: .seconds(20), dBFS: -43, seed: 1, rate: 8_000)).isEmpty)
        let loud = Sound.noise(for: .seconds(20), dBFS: -37, seed: 1, rate: 8_000)
        #expect(VoicedDetector.ranges(in: loud) == [0..<loud.samples.count])
    }

    @Test("another bound can be asked for")
    func otherBound() {
        let noise = Sound.noise(for: .seconds(1), dBFS: -50, seed: 1, rate: 16_000)
        #expect(VoicedDetector.ranges(in: noise).isEmpty)
        #expect(VoicedDetector.ranges(in: noise, dBFS: -55) == [0..<16_000])
    }
}
