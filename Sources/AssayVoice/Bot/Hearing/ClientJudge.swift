internal import AssayWire

/// What a client does that Asterisk never does: for clients that mean to be one.
///
/// Pure: messages come in with their times, complaints come out as sentences, at most ``limit`` of a call and each kind of
/// complaint once.
struct ClientJudge {
    static let limit = 16
    /// How far ahead of its time Asterisk's audio may come through a network that held it back.
    private static let leadLimit: Int64 = 100_000_000
    /// Asterisk itself ends a call in which nothing goes either way for this long.
    private static let quietLimit: Int64 = 2_000_000_000

    private enum Complaint: Hashable {
        case first, uuidTwice, type(UInt8), rate, tooLong, tooShort, odd, lead, quiet, digit, empty
    }

    private let format: AudioSocketFormat
    private var told: Set<Complaint> = []
    private var isFirst = true
    private var latestAt: Int64?
    private var playedUntil: Int64?
    /// A short frame, which only the end of a sound may have.
    private var shortBytes: Int?

    init(_ format: AudioSocketFormat) { self.format = format }

    mutating func receive(_ type: UInt8, _ payload: [UInt8], at: Int64) -> [String] {
        var found: [(Complaint, String)] = []
        func complain(_ complaint: Complaint, _ text: String) { found.append((complaint, text)) }
        let name = AudioSocketType.name(of: type)
        if isFirst {
            isFirst = false
            if type != AudioSocketType.uuid {
                complain(.first, "the first message is \(name), not the UUID (01)")
            }
        } else if type == AudioSocketType.uuid {
            complain(.uuidTwice, "the UUID is sent a second time")
        }
        if let latestAt, at - latestAt > Self.quietLimit {
            complain(
                .quiet,
                "nothing came for \((at - latestAt) / 1_000_000) ms; Asterisk ends a call after 2000 ms without traffic"
            )
        }
        latestAt = at
        switch type {
        case AudioSocketType.uuid:
            if payload.count != 16 { complain(.type(type), "the UUID has \(payload.count) bytes, not 16") }
        case AudioSocketType.dtmf:
            let isDigit = payload.count == 1 && "0123456789ABCD*#".utf8.contains(payload[0])
            if !isDigit {
                complain(
                    .digit,
                    "a DTMF message holds one of 0–9, A–D, * and #, not \(payload.count) bytes of something else"
                )
            }
        case _ where AudioSocketType.isAudio(type): found += judgeAudio(type, payload, at: at)
        default: complain(.type(type), "Asterisk never sends a message of type \(name)")
        }
        return found.compactMap { complaint, text in
            told.count < Self.limit && told.insert(complaint).inserted ? text : nil
        }
    }

    private mutating func judgeAudio(_ type: UInt8, _ payload: [UInt8], at: Int64) -> [(Complaint, String)] {
        var found: [(Complaint, String)] = []
        func complain(_ complaint: Complaint, _ text: String) { found.append((complaint, text)) }
        let frameBytes = format.frameBytes
        if type != format.type {
            complain(.rate, "audio comes as \(AudioSocketType.name(of: type)); the format is \(format)")
            return found
        }
        if payload.isEmpty { complain(.empty, "an audio message is empty") }
        if payload.count > frameBytes {
            complain(.tooLong, "an audio message has \(payload.count) bytes; 20 ms are \(frameBytes)")
        }
        if format.encoding == .linear16, payload.count % 2 == 1 {
            complain(.odd, "an audio message has \(payload.count) bytes, which are no whole samples")
        }
        if let shortBytes, let until = playedUntil, at - until < AudioSocketFormat.frameNanoseconds {
            complain(.tooShort, "a message of \(shortBytes) bytes stands amid audio; 20 ms are \(frameBytes)")
        }
        shortBytes = payload.count < frameBytes ? payload.count : nil
        let begins = max(at, playedUntil ?? at)
        if begins - at > Self.leadLimit {
            complain(.lead, "audio comes \((begins - at) / 1_000_000) ms ahead of its time")
        }
        playedUntil = begins + format.nanoseconds(ofBytes: payload.count)
        return found
    }

    /// The connection has ended.
    mutating func ended(isWithinMessage: Bool) -> [String] {
        var all: [String] = []
        if isFirst { all.append("the connection ended before any message") }
        if isWithinMessage { all.append("the connection ended in the middle of a message") }
        return all
    }
}
