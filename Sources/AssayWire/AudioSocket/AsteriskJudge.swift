/// Judges what a server sends as Asterisk would: which of it ends the call, and what the caller hears wrongly.
///
/// Pure: events with their times go in, findings come out. What is judged after the call's end is nothing: Asterisk would not be
/// there any more. Memory is bounded: a finding of each kind, and the times of 96 frames.
/// Source: calls with current Asterisk (20.17, 21.12, 22.7, 23.1 and later) and its sources.
public struct AsteriskJudge: Sendable {
    /// What happened between the two.
    public enum Event: Sendable, Equatable {
        /// Asterisk sent something: audio of the caller, a digit.
        case sent
        /// A whole message of the server.
        ///
        /// - `payloadPause`: longest wait for a piece of it once its header was there, nanoseconds.
        case message(type: UInt8, length: Int, payloadPause: Int64 = 0)
        /// The server ended the connection.
        case closed(Closing)
        /// Time has passed.
        case nothing
    }

    public enum Closing: String, Sendable, CaseIterable {
        case fin
        case reset = "rst"
        /// FIN within a message.
        case midFrame = "mid-frame"
    }

    public enum Severity: String, Sendable, Comparable {
        /// Depends on Asterisk's version, or on the moment.
        case risk
        case heardWrongly = "heard wrongly"
        case endsCall = "ends the call"

        public static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }
        private var rank: Int { self == .risk ? 0 : self == .heardWrongly ? 1 : 2 }
    }

    public struct Finding: Sendable, Equatable {
        /// Names that users read and filter by.
        public enum Kind: String, Sendable, CaseIterable {
            case wrongType = "wrong-type"
            case emptyFrame = "empty-frame"
            case latePayload = "late-payload"
            case silence
            case reset
            case midFrame = "mid-frame"
            case burst
            case wrongRate = "wrong-rate"
            case otherRate = "other-rate"
            case tornSample = "torn-sample"
        }
        public var kind: Kind
        public var severity: Severity
        /// When it was first seen; of ``Kind/silence`` when Asterisk gave up.
        public var at: Int64
        /// What was seen and what Asterisk makes of it.
        public var text: String
    }

    /// Asterisk waits this long for a payload before it may give up; 2 ms have always been enough.
    public static let surePayloadPause: Int64 = 2_000_000
    /// Behind its header by this much, a payload ends the call.
    public static let fatalPayloadPause: Int64 = 8_000_000
    /// Without traffic in either direction for this long the call is dropped.
    public static let silenceLimit: Int64 = 2_000_000_000

    /// In the order in which they were first seen; each kind once at each severity.
    public private(set) var findings: [Finding] = []
    /// The call has ended, well or badly: nothing is judged any more.
    public private(set) var isOver = false
    /// Audio that was thrown away unheard, nanoseconds: a prediction.
    public var lostNanoseconds: Int64 { queue.lost }

    private let format: AudioSocketFormat
    private var lastTraffic: Int64
    private var queue = PlayQueue()
    private var pace = FramePace()

    /// - Parameters:
    ///   - format: of the call.
    ///   - connectedAt: nanoseconds, of the same clock as the events' times.
    public init(format: AudioSocketFormat = .asteriskApp, connectedAt: Int64) {
        self.format = format
        lastTraffic = connectedAt
    }

    /// The worst that was found; `nil` when all was well.
    public var severity: Severity? { findings.map(\.severity).max() }

    /// Takes the next event. Of messages the times never go back; what was sent may be told a little before or after them.
    public mutating func receive(_ event: Event, at: Int64) {
        guard !isOver else { return }
        guard at &- lastTraffic < Self.silenceLimit else {
            add(
                .silence, .endsCall, lastTraffic &+ Self.silenceLimit,
                "nothing was sent either way for 2,000 ms: Asterisk drops the call")
            return
        }
        switch event {
        case .nothing: break
        case .sent: lastTraffic = max(lastTraffic, at)
        case .message(let type, let length, let pause):
            lastTraffic = max(lastTraffic, at)
            judge(type, length, pause, at)
        case .closed(.fin): isOver = true
        case .closed(.reset):
            add(
                .reset, .endsCall, at,
                "the server reset the connection (RST): Asterisk reports an error; FIN or 00 end cleanly")
        case .closed(.midFrame):
            add(.midFrame, .endsCall, at, "the server closed within a message: Asterisk reports an error")
        }
    }

    private mutating func judge(_ type: UInt8, _ length: Int, _ pause: Int64, _ at: Int64) {
        if type == AudioSocketType.hangup {
            isOver = true
            return
        }
        let name = AudioSocketType.name(of: type)
        guard let known = AudioSocketType.rate(of: type) else {
            return add(
                .wrongType, .endsCall, at,
                "the server sent \(name): Asterisk takes nothing but audio and hangup and ends the call")
        }
        guard length > 0 else {
            return add(
                .emptyFrame, .endsCall, at, "the server sent \(name) of no length: Asterisk ends the call")
        }
        judge(pause: pause, at)
        guard !isOver else { return }
        // What the type means by the protocol, unless the call was made with another meaning for it.
        let audio =
            type == format.type ? format : AudioSocketFormat(rate: known, type: type, encoding: .linear16)
        if length % audio.bytesPerSample == 1 {
            add(
                .tornSample, .heardWrongly, at,
                "\(name) of \(length) bytes: samples have two, Asterisk leaves out the last byte")
        }
        if type != format.type { tellOtherRate(name, at) }
        if let text = pace.add(length: length, of: audio, at: at) { add(.wrongRate, .heardWrongly, at, text) }
        if queue.add(nanoseconds: audio.nanoseconds(ofBytes: length), at: at) { tellBurst(at) }
    }

    private mutating func tellOtherRate(_ name: String, _ at: Int64) {
        let effect =
            format.type == AudioSocketType.audio8
            ? "Asterisk before 20.17, 21.12, 22.7 and 23.1 ends the call" : "Asterisk resamples it"
        add(
            .otherRate, .risk, at,
            "the server answers \(AudioSocketType.name(of: format.type)) with \(name): \(effect)")
    }

    private mutating func judge(pause: Int64, _ at: Int64) {
        guard pause > Self.surePayloadPause else { return }
        let shown = "\(pause / 1_000_000).\(pause / 100_000 % 10) ms"
        if pause >= Self.fatalPayloadPause {
            add(
                .latePayload, .endsCall, at,
                "a payload came \(shown) behind its header: Asterisk waits about 5 ms and ends the call")
        } else {
            add(
                .latePayload, .risk, at,
                "a payload came \(shown) behind its header: Asterisk waits about 5 ms and may end the call")
        }
    }

    /// One finding tells of all that is lost, with the figures as they are by now.
    private mutating func tellBurst(_ at: Int64) {
        let (lost, all) = (queue.lost / 10_000_000, queue.total / 10_000_000)
        let text =
            "more than 96 audio messages waited to be heard: Asterisk throws most of them away, so far about "
            + "\(Self.hundredths(lost)) s of \(Self.hundredths(all)) s"
        if let place = findings.firstIndex(where: { $0.kind == .burst }) {
            findings[place].text = text
        } else {
            add(.burst, .heardWrongly, at, text)
        }
    }

    private static func hundredths(_ value: Int64) -> String {
        "\(value / 100).\(value % 100 / 10)\(value % 10)"
    }

    private mutating func add(_ kind: Finding.Kind, _ severity: Severity, _ at: Int64, _ text: String) {
        if severity == .endsCall { isOver = true }
        guard !findings.contains(where: { $0.kind == kind && $0.severity == severity }) else { return }
        findings.append(Finding(kind: kind, severity: severity, at: at, text: text))
    }
}
