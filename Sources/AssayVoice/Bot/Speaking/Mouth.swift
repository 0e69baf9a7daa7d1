internal import AssayCore
internal import AssayWire

/// What a call's bot is saying: sounds one behind the other, frame by frame, with the holes that a faulty one has.
struct Mouth {
    /// A frame that was given out and what it means.
    struct Mark: Equatable {
        var isFirst = false
        /// The first with a voiced sample since the mouth began to speak.
        var isFirstVoiced = false
        var isVoiced = false
        var isLast = false
    }

    private(set) var purpose = DialogueAction.Purpose.answer
    private var queue: [PreparedSound] = []
    private var sound = 0
    private var frame = 0
    private var wasVoiced = false
    private var given = 0
    /// Frames between two holes and of a hole; none when 0.
    var gapEvery = 0
    var gapFor = 0
    private var holeLeft = 0
    private(set) var isSpeaking = false

    mutating func say(_ sounds: [PreparedSound], for purpose: DialogueAction.Purpose) {
        queue = sounds.filter { $0.frameCount > 0 }
        (sound, frame, given, holeLeft, wasVoiced) = (0, 0, 0, 0, false)
        self.purpose = purpose
        isSpeaking = !queue.isEmpty
    }

    mutating func stop() {
        queue = []
        isSpeaking = false
    }

    /// The next frame's payload, appended; `nil` when there is nothing to say now.
    mutating func next(into payload: inout [UInt8]) -> Mark? {
        guard isSpeaking else { return nil }
        if holeLeft > 0 {
            holeLeft -= 1
            return nil
        }
        let current = queue[sound]
        current.append(frame: frame, to: &payload)
        var mark = Mark(isFirst: given == 0, isVoiced: current.voiced[frame])
        mark.isFirstVoiced = mark.isVoiced && !wasVoiced
        wasVoiced = wasVoiced || mark.isVoiced
        given += 1
        frame += 1
        if frame == current.frameCount { (sound, frame) = (sound + 1, 0) }
        if sound == queue.count {
            mark.isLast = true
            stop()
        } else if gapEvery > 0, given % gapEvery == 0 {
            holeLeft = gapFor
        }
        return mark
    }
}
