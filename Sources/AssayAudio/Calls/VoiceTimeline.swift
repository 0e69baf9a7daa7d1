/// Both sides of a call on one time line: how long they spoke at once, and where both were quiet.
///
/// Voice is added in any order as long as none of it lies before ``settled``; time is settled up to a moment once
/// nothing more can come before it. Memory grows with the pauses in audio that is not played yet, up to a bound.
struct VoiceTimeline: Sendable {
    private var caller = Runs()
    private var bot = Runs()
    private(set) var settled: Int64
    /// Since when neither side is voiced.
    private(set) var quietSince: Int64
    /// Nanoseconds, up to ``settled``.
    private(set) var overlapped: Int64 = 0
    private(set) var callerVoiced: Int64 = 0
    private(set) var botVoiced: Int64 = 0

    init(from start: Int64) {
        settled = start
        quietSince = start
    }

    mutating func addCaller(_ start: Int64, _ end: Int64) { caller.append(max(start, settled), end) }
    mutating func addBot(_ start: Int64, _ end: Int64) { bot.append(max(start, settled), end) }

    /// Settles all time before `time`; each quiet stretch of more than `bound` that voice ended is dead air.
    mutating func settle(to time: Int64, quietOver bound: Int64, into finished: inout [CallMeasurement]) {
        while settled < time {
            // To the next moment at which either side begins or ends.
            let next = min(time, caller.nextEdge(after: settled), bot.nextEdge(after: settled))
            let (callerSpeaks, botSpeaks) = (caller.covers(settled), bot.covers(settled))
            if callerSpeaks || botSpeaks {
                if settled - quietSince > bound {
                    finished.append(CallMeasurement(.deadAir, settled - quietSince, at: quietSince))
                }
                quietSince = next
                let span = next - settled
                if callerSpeaks { callerVoiced += span }
                if botSpeaks { botVoiced += span }
                if callerSpeaks && botSpeaks { overlapped += span }
            }
            settled = next
            caller.dropEnded(by: next)
            bot.dropEnded(by: next)
        }
    }
}

/// Stretches of voice in rising order, adjoining ones as one.
private struct Runs: Sendable {
    private struct Run: Sendable {
        var start: Int64
        var end: Int64
    }

    /// A minute of speech has some hundred pauses; whoever sends more than this ahead of time is measured as if the
    /// later ones had not been.
    private static let limit = 4096

    private var runs: [Run] = []
    private var first = 0

    mutating func append(_ start: Int64, _ end: Int64) {
        guard end > start else { return }
        if first < runs.count, runs[runs.count - 1].end >= start || runs.count - first >= Self.limit {
            runs[runs.count - 1].end = max(runs[runs.count - 1].end, end)
            return
        }
        runs.append(Run(start: start, end: end))
    }

    func covers(_ time: Int64) -> Bool {
        first < runs.count && runs[first].start <= time && time < runs[first].end
    }

    func nextEdge(after time: Int64) -> Int64 {
        guard first < runs.count else { return .max }
        return runs[first].start > time ? runs[first].start : runs[first].end
    }

    mutating func dropEnded(by time: Int64) {
        while first < runs.count, runs[first].end <= time { first += 1 }
        if first == runs.count {
            runs.removeAll(keepingCapacity: true)
            first = 0
        } else if first >= 64 {
            runs.removeFirst(first)
            first = 0
        }
    }
}
