internal import AssayCore
internal import AssayAudio

/// Hears a caller: when speech begins, and the whole of it once it is over. Samples in, events out; nothing else.
struct Ear {
    enum Event: Equatable {
        /// The caller has been speaking for ``leastSpeech``: whoever talks should stop.
        case began
        /// The caller has said something and is silent now.
        case said(Sound)
    }

    /// How long a pause inside an utterance may be.
    static let hangover = Duration.milliseconds(400)
    /// Coughs and clicks are shorter.
    static let leastSpeech = Duration.milliseconds(60)
    /// Kept in front of an utterance and behind it: quiet consonants.
    private static let margin = Duration.milliseconds(200)
    /// More is not listened to at once.
    private static let longest = Duration.seconds(20)

    private let rate: Int
    private var detector: EndOfSpeechDetector
    /// The latest samples, and the position of the first of them in the call.
    private var kept: [Int16] = []
    private var keptFrom = 0
    /// The utterance of which ``Event/began`` was told, by its first sample.
    private var told: Int?

    init(rate: Int) {
        self.rate = rate
        detector = EndOfSpeechDetector(rate: rate, hangover: Self.hangover)
    }

    mutating func hear(_ samples: [Int16]) -> [Event] {
        kept += samples
        var events: [Event] = []
        let utterances = detector.push(samples)
        for utterance in utterances {
            if told == utterance.start { events.append(.said(sound(utterance))) }
            told = nil
        }
        if let since = detector.speakingSince, told != since, detector.isVoiced,
            detector.position - since >= count(Self.leastSpeech)
        {
            told = since
            events.append(.began)
        }
        forget()
        return events
    }

    private func count(_ time: Duration) -> Int { Int(time.nanoseconds * Int64(rate) / 1_000_000_000) }

    private func sound(_ utterance: Utterance) -> Sound {
        let margin = count(Self.margin)
        let start = max(utterance.start - margin - keptFrom, 0)
        let end = min(utterance.end + margin - keptFrom, kept.count)
        return Sound(samples: Array(kept[min(start, end)..<end]), rate: rate)
    }

    /// Drops what no utterance can need any more.
    private mutating func forget() {
        let needed =
            (detector.speakingSince ?? detector.position) - count(Self.margin) - count(.milliseconds(60))
        let first = max(needed, detector.position - count(Self.longest), keptFrom)
        // Not for every frame: moving the rest down costs more than it frees.
        guard first - keptFrom >= rate else { return }
        kept.removeFirst(first - keptFrom)
        keptFrom = first
    }
}
