internal import AssayWire

/// What a caller says, frame by frame: a queue of sounds and pauses.
///
/// Pure: it knows nothing of time; the pacer asks for a frame when one is due.
struct CallMouth {
    /// A frame as it was given to be sent.
    struct Given: Equatable {
        /// In the sound's samples; `nil` is silence.
        var place: Int?
        var isVoiced = false
        /// It holds the first or the last sample of speech of what is said.
        var beginsSpeech = false
        var endsSpeech = false
        /// What was to be said is said with it: its ticket.
        var completes: Int?
        /// The sound that it belongs to.
        var sound: SpokenSound?

        static func == (left: Given, right: Given) -> Bool {
            left.place == right.place && left.isVoiced == right.isVoiced
                && left.beginsSpeech == right.beginsSpeech && left.endsSpeech == right.endsSpeech
                && left.completes == right.completes && left.sound === right.sound
        }
    }

    private enum Piece {
        /// - Parameters:
        ///   - isFirst: of what is said with one ticket; `isLast` likewise.
        case sound(SpokenSound, isFirst: Bool, isLast: Bool)
        case silence(frames: Int)
        case nothing(slots: Int)
    }

    /// Sent while nothing is said; `false` sends nothing then.
    var fillsSilence: Bool
    private let silence: [UInt8]
    private var pieces: [(piece: Piece, ticket: Int)] = []
    private var first = 0
    /// How far the first piece is.
    private var place = 0
    private var tickets = 0

    init(_ format: AudioSocketFormat, fillsSilence: Bool) {
        self.fillsSilence = fillsSilence
        silence = SpokenSound.payload([Int16](repeating: 0, count: format.frameSamples), format)
    }

    var isIdle: Bool { first == pieces.count }
    /// What is being said, for people.
    var saying: String? {
        guard first < pieces.count, case .sound(let sound, _, _) = pieces[first].piece else { return nil }
        return sound.name
    }

    /// Queues sounds to be said one after the other.
    ///
    /// - Returns: a ticket, which a given frame completes.
    mutating func say(_ sounds: [SpokenSound]) -> Int {
        tickets += 1
        let first = sounds.firstIndex { $0.speech != nil }
        let last = sounds.lastIndex { $0.speech != nil }
        for (index, sound) in sounds.enumerated() where !sound.frames.isEmpty {
            pieces.append((.sound(sound, isFirst: index == first, isLast: index == last), tickets))
        }
        if sounds.allSatisfy(\.frames.isEmpty) { fill(sent: fillsSilence) }
        return tickets
    }

    /// Queues a pause of so many frames.
    mutating func pause(frames count: Int, sent: Bool) -> Int {
        tickets += 1
        if count > 0 {
            pieces.append((sent ? .silence(frames: count) : .nothing(slots: count), tickets))
        } else {
            fill(sent: sent)
        }
        return tickets
    }

    /// What lasts no time takes one slot, for a slot is what completes a ticket.
    private mutating func fill(sent: Bool) {
        pieces.append((sent ? .silence(frames: 1) : .nothing(slots: 1), tickets))
    }

    /// The next frame of the grid.
    ///
    /// - Returns: `nil` when nothing is sent in this slot; `skipped` is then the ticket that it completes.
    mutating func next(into payload: inout [UInt8], skipped: inout Int?) -> Given? {
        guard first < pieces.count else {
            guard fillsSilence else { return nil }
            payload.append(contentsOf: silence)
            return Given()
        }
        var given = Given()
        let (piece, ticket) = pieces[first]
        let count: Int
        var isSent = true
        switch piece {
        case .sound(let sound, let isFirst, let isLast):
            count = sound.frames.count
            payload.append(contentsOf: sound.frames[place])
            given.place = place
            given.isVoiced = sound.voiced[place]
            given.beginsSpeech = isFirst && sound.speech?.lowerBound == place
            given.endsSpeech = isLast && sound.speech?.upperBound == place
            given.sound = sound
        case .silence(let frames):
            count = frames
            payload.append(contentsOf: silence)
        case .nothing(let slots):
            count = slots
            isSent = false
        }
        place += 1
        if place >= count, end(ticket) {
            if isSent { given.completes = ticket } else { skipped = ticket }
        }
        return isSent ? given : nil
    }

    /// Ends the first piece.
    ///
    /// - Returns: whether nothing more of the ticket is left.
    private mutating func end(_ ticket: Int) -> Bool {
        place = 0
        first += 1
        let isLast = first == pieces.count || pieces[first].ticket != ticket
        if first == pieces.count {
            pieces.removeAll(keepingCapacity: true)
            first = 0
        }
        return isLast
    }
}
