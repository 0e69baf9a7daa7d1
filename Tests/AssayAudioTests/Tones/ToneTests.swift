import AssayAudio
import AssayCore
import Testing

@Suite("DTMF digits")
struct ToneTests {
    static let allRates = [8_000, 16_000, 11_025, 48_000]

    /// A digit's two sines with a level and a length of their own, noise under them, silence around.
    private static func digit(
        _ digit: Character, milliseconds: Int, rate: Int, offset: Int = 0, detune: Double = 1,
        columnDecibels: Double = 0,
        signalToNoise: Double = 50
    ) throws -> Sound {
        let (row, column) = try #require(DTMF.frequencies(of: digit))
        let time = Duration.milliseconds(milliseconds)
        let tone = Sound.tone(hertz: row * detune, for: time, dBFS: -20, rate: rate).mixed(
            with: .tone(hertz: column * detune, for: time, dBFS: -20 + columnDecibels, rate: rate))
        let sound =
            Sound(samples: [Int16](repeating: 0, count: offset), rate: rate) + tone
            + .silence(for: .milliseconds(60), rate: rate)
        return sound.mixed(
            with: .noise(for: .nanoseconds(sound.nanoseconds), dBFS: -17 - signalToNoise, seed: 1, rate: rate)
        )
    }

    @Test("all sixteen digits are found in order, at every rate", arguments: allRates)
    func all(rate: Int) throws {
        let dialled = try #require(Sound.dtmf(String(DTMF.digits), rate: rate))
        #expect(ToneDetector.digits(in: dialled).map(\.character) == DTMF.digits)
    }

    struct Condition: CustomTestStringConvertible {
        var name: String
        var milliseconds = 40
        var detune = 1.0
        var columnDecibels = 0.0
        var signalToNoise = 50.0
        var testDescription: String { name }
    }

    static let digits = [
        Condition(name: "40 ms"),
        Condition(name: "80 ms in noise 10 dB below", milliseconds: 80, signalToNoise: 10),
        Condition(name: "1.5 % too high", detune: 1.015), Condition(name: "1.5 % too low", detune: 0.985),
        Condition(name: "the column 8 dB louder", columnDecibels: 8),
        Condition(name: "the column 4 dB quieter", columnDecibels: -4),
    ]

    @Test("a digit is found wherever it begins, under the conditions of Q.24", arguments: digits)
    func found(_ condition: Condition) throws {
        for offset in stride(from: 0, to: 102, by: 17) {
            for character in "159D" {
                let sound = try Self.digit(
                    character, milliseconds: condition.milliseconds, rate: 8_000, offset: offset,
                    detune: condition.detune, columnDecibels: condition.columnDecibels,
                    signalToNoise: condition.signalToNoise)
                #expect(ToneDetector.digits(in: sound).map(\.character) == [character], "at \(offset)")
            }
        }
    }

    static let noDigits = [
        Condition(name: "12 ms", milliseconds: 12),
        Condition(name: "3.5 % too high", milliseconds: 80, detune: 1.035),
        Condition(name: "3.5 % too low", milliseconds: 80, detune: 0.965),
        Condition(name: "the column 14 dB louder", milliseconds: 80, columnDecibels: 14),
        Condition(name: "the column 10 dB quieter", milliseconds: 80, columnDecibels: -10),
        Condition(name: "buried in noise", milliseconds: 80, signalToNoise: -6),
    ]

    @Test("what is no digit is not found", arguments: noDigits)
    func notFound(_ condition: Condition) throws {
        for offset in stride(from: 0, to: 102, by: 17) {
            for character in "159D" {
                let sound = try Self.digit(
                    character, milliseconds: condition.milliseconds, rate: 8_000, offset: offset,
                    detune: condition.detune, columnDecibels: condition.columnDecibels,
                    signalToNoise: condition.signalToNoise)
                #expect(ToneDetector.digits(in: sound).isEmpty, "at \(offset)")
            }
        }
    }

    @Test("one sine, music's triads and too quiet a digit are no digits")
    func otherTones() throws {
        for hertz in [440.0, 697, 1_209, 1_633] {
            #expect(
                ToneDetector.digits(in: .tone(hertz: hertz, for: .seconds(1), dBFS: -10, rate: 8_000)).isEmpty
            )
        }
        let triad = [523.25, 659.25, 783.99].map {
            Sound.tone(hertz: $0, for: .seconds(1), dBFS: -20, rate: 8_000)
        }
        #expect(ToneDetector.digits(in: triad[0].mixed(with: triad[1]).mixed(with: triad[2])).isEmpty)
        let quiet = try #require(Sound.dtmf("5", dBFS: -50, rate: 8_000))
        #expect(ToneDetector.digits(in: quiet).isEmpty)
        #expect(Sound.dtmf("5x", rate: 8_000) == nil)
    }

    @Test("a digit counts once however long it is, and again after a pause")
    func repeated() throws {
        let long = try #require(Sound.dtmf("5", toneFor: .seconds(2), rate: 8_000))
        #expect(ToneDetector.digits(in: long).map(\.character) == ["5"])
        let twice = try #require(
            Sound.dtmf("55", toneFor: .milliseconds(50), pause: .milliseconds(50), rate: 8_000))
        #expect(ToneDetector.digits(in: twice).map(\.character) == ["5", "5"])
    }

    @Test("where a digit begins is known within a block of 12.75 ms", arguments: [0, 40, 101, 1_234])
    func start(offset: Int) throws {
        let sound = try Self.digit("7", milliseconds: 80, rate: 8_000, offset: offset)
        let digit = try #require(ToneDetector.digits(in: sound).first)
        #expect((-102...102).contains(digit.start - offset), "\(digit.start)")
    }

    @Test("any pieces give the same digits")
    func pieces() throws {
        let dialled = try #require(Sound.dtmf("0123456789", rate: 8_000))
        var random = SeededRandom(seed: 2)
        var detector = ToneDetector(rate: 8_000)
        var found: [ToneDetector.Digit] = []
        var place = 0
        while place < dialled.samples.count {
            let next = min(dialled.samples.count, place + random.integer(in: 1...400))
            found += detector.push(Array(dialled.samples[place..<next]))
            place = next
        }
        #expect(found == ToneDetector.digits(in: dialled))
    }

    @Test("no speech of the phrases is taken for a digit", arguments: Phrase.all)
    func speech(_ phrase: Phrase) {
        for rate in [8_000, 16_000] {
            #expect(ToneDetector.digits(in: phrase.recording.sound.resampled(to: rate)).isEmpty)
        }
    }

    @Test("no noise is taken for a digit")
    func noise() {
        #expect(ToneDetector.digits(in: .noise(for: .seconds(20), dBFS: -20, seed: 9, rate: 8_000)).isEmpty)
    }
}

@Suite("Markers")
struct MarkerTests {
    @Test(
        "a marker is found in front of and behind every answer, after µ-law too",
        arguments: Phrase.all.prefix(6))
    func marked(_ phrase: Phrase) throws {
        let sound = phrase.recording.sound
        for (number, place) in [MarkerTones.Place.before, .after].enumerated() {
            let digit = DTMF.digits[number * 5 + 1]
            let marked = try #require(MarkerTones.mark(sound, with: digit, place)).resampled(to: 8_000)
            #expect(MarkerTones.found(in: marked) == [digit])
            let line = Sound(samples: MuLaw.decode(MuLaw.encode(marked.samples)), rate: 8_000)
            #expect(MarkerTones.found(in: line) == [digit])
        }
    }

    @Test("a marker in front is a digit of 80 ms, 60 ms of silence, and the answer as it is")
    func layout() throws {
        let answer = Sound(samples: [1, 2, 3], rate: 8_000)
        let before = try #require(MarkerTones.mark(answer, with: "1"))
        #expect(before.samples.count == 640 + 480 + 3)
        #expect(before.samples.suffix(3) == [1, 2, 3])
        let after = try #require(MarkerTones.mark(answer, with: "#", .after))
        #expect(after.samples.prefix(3) == [1, 2, 3])
        #expect(MarkerTones.mark(answer, with: "x") == nil)
    }
}
