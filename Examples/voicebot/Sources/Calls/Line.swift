internal import AssayCore
internal import AssayAudio
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// One caller's connection: audio in and out in the reactor's loop, what it means as events for the call's task.
///
/// Used on its reactor's thread only.
final class Line: AudioSocketMedia {
    enum Event {
        case said(Sound)
        case pressed(Character)
    }

    private let format: AudioSocketFormat
    private let defect: Defect?
    private var ear: Ear
    private var mouth: Mouth
    private var link: AudioSocketLink?
    private var events: [Event] = []
    private let changed: Signal
    /// The caller's own name for the call, once it has come.
    private(set) var uuid: String?
    private(set) var end: AudioSocketEnd?
    /// How often the bot fell silent because the caller began to speak.
    private(set) var interruptions = 0

    /// Whoever says more while the bot thinks is heard later, up to this.
    private static let mostEvents = 8

    init(_ format: AudioSocketFormat, defect: Defect?, on reactor: Reactor) {
        self.format = format
        self.defect = defect
        ear = Ear(rate: format.rate)
        mouth = Mouth(frameSamples: format.frameSamples)
        changed = reactor.makeSignal()
    }

    func open(_ channel: Channel, on reactor: Reactor) {
        let link = AudioSocketLink(accepted: channel, media: self, on: reactor)
        link.channelFormat = format
        self.link = link
        link.startPacing()
    }

    // MARK: for the call's task

    /// Waits for the caller's UUID.
    func introduction(until deadline: Int64) async -> String? {
        while uuid == nil, end == nil {
            guard await changed.wait(until: deadline) == .ready else { break }
        }
        return uuid
    }

    /// Waits for what the caller does next.
    ///
    /// - Returns: `nil` when the line is dead (``end``) or the caller has been silent, the bot's own speech apart.
    func next(within patience: Duration) async -> Event? {
        var deadline = Reactor.monotonicNow() + patience.nanoseconds
        while end == nil {
            if !events.isEmpty { return events.removeFirst() }
            let isBusy = mouth.isSpeaking
            let wake = await changed.wait(until: deadline)
            if isBusy || mouth.isSpeaking {
                deadline = Reactor.monotonicNow() + patience.nanoseconds
            } else if wake == .timeout {
                return nil
            }
        }
        return nil
    }

    func say(_ sound: Sound) {
        guard end == nil else { return }
        mouth.say(sound)
    }

    /// Waits until everything is said, or nobody is there to hear it.
    func hasSpoken() async {
        while mouth.isSpeaking, end == nil { await changed.wait() }
    }

    /// Ends the call as servers do, and waits for the other side.
    func hangUp() async {
        link?.hangUp(.frame)
        while end == nil { await changed.wait() }
    }

    // MARK: in the loop

    func nextFrame(due: Int64, into payload: inout [UInt8]) -> Bool {
        let wasSpeaking = mouth.isSpeaking
        let frame = mouth.next()
        switch format.encoding {
        case .linear16: PCM16.encode(frame.span, into: &payload)
        case .mulaw: MuLaw.encode(frame.span, into: &payload)
        }
        if wasSpeaking, !mouth.isSpeaking { changed.notifyAll() }
        return true
    }

    func frameWritten(due: Int64, at: Int64, isShort: Bool) {}

    func frameArrived(_ type: UInt8, _ payload: RawSpan, at: Int64) {
        switch type {
        case AudioSocketType.uuid where uuid == nil: uuid = CallID.text(payload.copied)
        case AudioSocketType.dtmf:
            for key in payload.copied { append(.pressed(Character(Unicode.Scalar(key)))) }
        case format.type: hear(payload)
        default: return
        }
        changed.notifyAll()
    }

    private func hear(_ payload: RawSpan) {
        var samples: [Int16] = []
        samples.reserveCapacity(format.frameSamples)
        switch format.encoding {
        case .linear16: PCM16.decode(payload, into: &samples)
        case .mulaw: MuLaw.decode(payload, into: &samples)
        }
        for event in ear.hear(samples) {
            switch event {
            case .began: fallSilent()
            case .said(let sound): append(.said(sound))
            }
        }
    }

    /// Barge-in: whoever speaks is listened to.
    private func fallSilent() {
        guard mouth.isSpeaking else { return }
        interruptions += 1
        if defect == .slowToStop {
            mouth.say(only: Sound.samples(in: .milliseconds(1500), rate: format.rate))
        } else {
            mouth.stop()
        }
    }

    private func append(_ event: Event) {
        guard events.count < Self.mostEvents else { return }
        events.append(event)
    }

    func linkEnded(_ end: AudioSocketEnd) {
        self.end = end
        mouth.stop()
        changed.notifyAll()
    }
}
