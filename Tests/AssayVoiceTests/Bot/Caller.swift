import AssayAudio
import AssayNet
import AssayVoice
import AssayWire

/// A caller for tests: says what it is told to, frame by frame, and keeps what it hears.
final class Caller: AudioSocketMedia {
    /// A message that came.
    struct Heard {
        var type: UInt8
        var bytes: Int
        var isVoiced: Bool
        var at: Int64
    }

    private(set) var heard: [Heard] = []
    private(set) var samples: [Int16] = []
    private(set) var end: AudioSocketEnd?
    /// When the frame with a sound's last voiced sample was written.
    private(set) var spokeUntil: Int64 = 0
    private(set) var spokeFrom: Int64 = 0
    private var frames: [(payload: [UInt8], isVoiced: Bool)] = []
    private var next = 0
    private var wasVoiced = false
    var link: AudioSocketLink?
    /// Judges the bot as Asterisk would, when set.
    var judge: AsteriskJudge?
    private let format: AudioSocketFormat
    /// Says nothing at all between its words, as a silent caller may.
    var sendsSilence = true
    private let silence: [UInt8]

    init(_ format: AudioSocketFormat = .asteriskApp) {
        self.format = format
        silence = [UInt8](
            repeating: format.encoding == .mulaw ? MuLaw.encode(0) : 0, count: format.frameBytes)
    }

    static func call(
        _ bot: VoiceBot, format: AudioSocketFormat = .asteriskApp, uuid: [UInt8]? = [UInt8](0..<16),
        on reactor: Reactor
    ) async -> Caller? {
        let caller = Caller(format)
        let link = await AudioSocketLink.connect(
            to: [bot.address], uuid: uuid, media: caller, until: Reactor.monotonicNow() + 5_000_000_000,
            on: reactor)
        guard case .success(let made) = link else { return nil }
        caller.link = made
        made.channelFormat = format
        made.startPacing()
        return caller
    }

    func say(_ sound: Sound) {
        let samples = sound.resampled(to: format.rate).samples
        let voiced = VoicedDetector.ranges(in: Sound(samples: samples, rate: format.rate))
        var place = 0
        while place < samples.count {
            let end = min(samples.count, place + format.frameSamples)
            let part =
                Array(samples[place..<end]) + Array(repeating: 0, count: format.frameSamples - (end - place))
            let payload = format.encoding == .linear16 ? PCM16.encode(part) : MuLaw.encode(part)
            frames.append((payload, voiced.contains { $0.overlaps(place..<end) }))
            place = end
        }
    }

    /// A sound like speech to a detector.
    func speak(for time: Duration) { say(.tone(hertz: 440, for: time, dBFS: -16, rate: format.rate)) }

    func press(_ digit: Character) { link?.send(AudioSocketType.dtmf, [digit.asciiValue ?? 0]) }

    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
        guard next < frames.count else {
            wasVoiced = false
            if sendsSilence { payload.append(contentsOf: silence) }
            return sendsSilence
        }
        payload.append(contentsOf: frames[next].payload)
        wasVoiced = frames[next].isVoiced
        next += 1
        return true
    }

    func frameWritten(due: Int64, at: Int64, isShort: Bool) {
        judge?.receive(.sent, at: at)
        guard wasVoiced else { return }
        if spokeFrom == 0 { spokeFrom = at }
        spokeUntil = at
    }

    func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64) {
        judge?.receive(.message(type: type, length: payload.byteCount), at: at)
        var own: [Int16] = []
        if AudioSocketType.isAudio(type) {
            if format.encoding == .linear16 {
                PCM16.decode(payload, into: &own)
            } else {
                MuLaw.decode(payload, into: &own)
            }
        }
        let isVoiced = Sound(samples: own, rate: format.rate).levelDBFS > -40
        heard.append(Heard(type: type, bytes: payload.byteCount, isVoiced: isVoiced, at: at))
        samples += own
    }

    func linkEnded(_ end: AudioSocketEnd) {
        self.end = end
        judge?.receive(end.kind.judged, at: end.hungUpAt ?? end.at)
    }

    var audio: [Heard] { heard.filter { AudioSocketType.isAudio($0.type) } }
    var voiced: [Heard] { audio.filter(\.isVoiced) }
    /// The digits of marker tones within what was heard.
    var markers: String { String(MarkerTones.found(in: Sound(samples: samples, rate: format.rate))) }
}

/// Waits until something is so; false when it is not in time.
func eventually(within limit: Duration = .seconds(10), on reactor: Reactor, _ isSo: () -> Bool) async -> Bool
{
    let deadline = Reactor.monotonicNow() + limit.components.seconds * 1_000_000_000
    while !isSo() {
        if Reactor.monotonicNow() > deadline { return false }
        await reactor.sleep(for: .milliseconds(5))
    }
    return true
}
