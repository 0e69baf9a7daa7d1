internal import AssayAudio
internal import AssayCore
internal import AssayWire

/// What a call's bot hears: voice, the ends of words, tones, and the words themselves where somebody will look at them.
struct Ear {
    enum Event: Equatable {
        /// - Parameter at: when the first voiced sample came.
        case voiceBegan(at: Int64)
        /// - Parameter at: when the last voiced sample came.
        case voiceEnded(at: Int64)
        case words(began: Int64, ended: Int64, digits: String)
    }

    /// How much of what comes is kept, and whether tones are looked for.
    struct Attention {
        var tones = false
        var words = false
        var limit = Duration.seconds(20)
    }

    private let format: AudioSocketFormat
    private let attention: Attention
    private let limitSamples: Int
    private let leadSamples: Int
    private var detector: EndOfSpeechDetector
    private var tones: ToneDetector?
    private var samples: [Int16] = []
    private var position = 0
    private var lastArrival: Int64 = 0
    /// When the latest frames came, by their first samples.
    private var arrivals: [(start: Int, at: Int64)] = []
    private var wasVoiced = false
    private var began: Int64 = 0
    private var ended: Int64 = 0
    private var isWithinWords = false
    private(set) var digits = ""
    /// The latest words, from a little before they began.
    private var words: [Int16] = []
    /// What the words that ended last sounded like.
    private(set) var heard = Sound(samples: [], rate: 8000)
    /// No more is kept: the limit of all calls is reached.
    var isForgetful = false

    private static let arrivalsKept = 16
    private static let digitLimit = 64
    /// Kept of what came before the first voiced sample was noticed.
    private static let lead = Duration.milliseconds(200)
    /// Without frames for longer the caller is silent.
    private static let quiet: Int64 = 60_000_000

    init(_ format: AudioSocketFormat, hangover: Duration, _ attention: Attention) {
        self.format = format
        self.attention = attention
        detector = EndOfSpeechDetector(rate: format.rate, hangover: hangover)
        tones = attention.tones ? ToneDetector(rate: format.rate) : nil
        limitSamples = Sound.samples(in: attention.limit, rate: format.rate)
        leadSamples = Sound.samples(in: Self.lead, rate: format.rate)
    }

    /// Samples kept at present, bytes.
    var keptBytes: Int { (words.count + heard.samples.count) * 2 }

    mutating func hear(_ payload: RawSpan, at: Int64, _ event: (Event) -> Void) {
        samples.removeAll(keepingCapacity: true)
        switch format.encoding {
        case .linear16: PCM16.decode(payload, into: &samples)
        case .mulaw: MuLaw.decode(payload, into: &samples)
        }
        lastArrival = at
        take(at: at, event)
    }

    /// Time passes; a caller who sends nothing is silent.
    mutating func pass(at now: Int64, _ event: (Event) -> Void) {
        guard isWithinWords || wasVoiced, now - lastArrival > Self.quiet else { return }
        samples.removeAll(keepingCapacity: true)
        samples.append(contentsOf: repeatElement(0, count: format.frameSamples))
        take(at: now, event)
    }

    private mutating func take(at: Int64, _ event: (Event) -> Void) {
        guard !samples.isEmpty else { return }
        // Lent for the call, so that it has one owner.
        var samples: [Int16] = []
        swap(&samples, &self.samples)
        defer { swap(&samples, &self.samples) }
        if arrivals.count == Self.arrivalsKept { arrivals.removeFirst() }
        arrivals.append((position, at))
        position += samples.count
        let over = detector.push(samples)
        if tones != nil {
            for digit in tones?.push(samples) ?? [] where digits.count < Self.digitLimit {
                digits.append(digit.character)
            }
        }
        keep(samples)
        if detector.isVoiced, !wasVoiced {
            // Known 10 to 30 ms late; within longer words the place is not told again.
            let first = isWithinWords ? position - format.frameSamples : detector.speakingSince ?? position
            let at = arrival(of: first)
            if !isWithinWords { began = at }
            isWithinWords = true
            event(.voiceBegan(at: at))
        } else if !detector.isVoiced, wasVoiced {
            ended = arrival(of: position - format.frameSamples - 1)
            event(.voiceEnded(at: ended))
        }
        wasVoiced = detector.isVoiced
        for _ in over where isWithinWords {
            event(end())
        }
    }

    /// The words so far, as though they had ended.
    mutating func cutOff(at now: Int64) -> (began: Int64, digits: String) {
        if attention.words { heard = Sound(samples: words, rate: format.rate) }
        return (began, digits)
    }

    private mutating func end() -> Event {
        isWithinWords = false
        let event = Event.words(began: began, ended: ended, digits: digits)
        digits = ""
        if attention.words {
            heard = Sound(samples: words, rate: format.rate)
            words = []
        }
        return event
    }

    private mutating func keep(_ samples: [Int16]) {
        guard attention.words, !isForgetful, words.count < limitSamples else { return }
        words += samples
        if !isWithinWords, detector.speakingSince == nil, words.count > 2 * leadSamples {
            words.removeFirst(words.count - leadSamples)
        }
    }

    private func arrival(of sample: Int) -> Int64 {
        (arrivals.last { $0.start <= sample } ?? arrivals.first)?.at ?? lastArrival
    }
}
