internal import AssayCore

/// One direction of a proxied connection, with what is wrong with it: bytes come in, and at a time come out.
///
/// Pure: the time is passed in, in nanoseconds, and randomness is seeded. Whoever drives it reads while it
/// ``takesMore``, and does what ``next(at:)`` says.
struct ToxicStream {
    enum Action: Equatable {
        case send([UInt8])
        /// Nothing to do before this time, or before more comes in; `.max` for no time.
        case wait(until: Int64)
        /// The end of the stream: the direction is closed, the other one may go on.
        case finish
        /// The whole connection ends.
        case close
        case reset
    }

    /// A toxic that acts on this stream, and what it remembers.
    private struct Active {
        var toxic: Toxic
        /// When it began to act here.
        var since: Int64
        var acts: Bool
        /// Bytes it has let through.
        var passed = 0
    }

    private struct Chunk {
        var bytes: [UInt8]
        /// Of the first byte that is not sent.
        var start = 0
        var due: Int64
        var count: Int { bytes.count - start }
    }

    let stream: Toxic.Stream
    /// Its number among the connections of the proxy, from 1.
    private let number: Int
    /// When the proxy was started: what schedules count from.
    private let began: Int64
    private var random: SeededRandom
    private var active: [Active] = []
    private var queue: [Chunk] = []
    private var first = 0
    private(set) var queuedBytes = 0
    private var endedAt: Int64?
    private var firstDataAt: Int64?
    private var lastDue: Int64 = 0
    /// A piece whose time on the line runs.
    private var piece: (count: Int, at: Int64)?
    private var freeAt: Int64 = 0
    private var isClosing = false
    private var isFinished = false

    init(_ stream: Toxic.Stream, number: Int, began: Int64, random: SeededRandom) {
        self.stream = stream
        self.number = number
        self.began = began
        self.random = random
    }

    var hasEnded: Bool { endedAt != nil }

    /// Whether more may be read: what waits is bounded, more generously where bytes wait for their time.
    var takesMore: Bool {
        let isLate = active.contains { if case .latency = $0.toxic.kind { $0.acts } else { false } }
        return endedAt == nil && queuedBytes < (isLate ? 8 << 20 : 256 << 10)
    }

    // MARK: what comes

    /// The toxics of the proxy have changed; those that were there go on as they were.
    mutating func update(_ toxics: [Toxic], at now: Int64) {
        let before = active
        active = toxics.filter { $0.stream == stream }.map { toxic in
            if var known = before.first(where: { $0.toxic.name == toxic.name && $0.toxic.kind == toxic.kind }
            ),
                known.toxic.toxicity == toxic.toxicity
            {
                known.toxic = toxic
                return known
            }
            let isTurn = toxic.every.map { number % $0 == 0 } ?? true
            return Active(toxic: toxic, since: now, acts: isTurn && random.chance(toxic.toxicity))
        }
        for old in before where old.acts {
            // What it has swallowed is lost, so the connection is of no more use.
            if case .timeout = old.toxic.kind, !active.contains(where: { $0.toxic.name == old.toxic.name }) {
                isClosing = true
            }
        }
    }

    mutating func take(_ bytes: [UInt8], at now: Int64) {
        guard !bytes.isEmpty else { return }
        firstDataAt = firstDataAt ?? now
        var due = now
        for active in active where active.acts && isOn(active.toxic, at: now) {
            guard case .latency(let latency, let jitter) = active.toxic.kind else { continue }
            let spread = jitter.nanoseconds
            due += latency.nanoseconds + (spread > 0 ? Int64.random(in: -spread...spread, using: &random) : 0)
        }
        lastDue = max(lastDue, due)
        queue.append(Chunk(bytes: bytes, due: lastDue))
        queuedBytes += bytes.count
    }

    /// The sender has closed its direction.
    mutating func end(at now: Int64) { endedAt = endedAt ?? now }

    // MARK: what goes

    mutating func next(at now: Int64) -> Action {
        if isClosing { return .close }
        var deadline = boundary(after: now)
        for active in active where active.acts && isOn(active.toxic, at: now) {
            switch active.toxic.kind {
            case .down: return .close
            case .timeout(let time):
                dropAll()
                guard time > .zero else { return .wait(until: deadline) }
                let end = active.since &+ time.nanoseconds
                return end <= now ? .close : .wait(until: min(end, deadline))
            case .resetPeer(let time):
                dropAll()
                guard let firstDataAt else {
                    if endedAt != nil { return .reset }
                    return .wait(until: deadline)
                }
                let end = firstDataAt &+ time.nanoseconds
                return end <= now ? .reset : .wait(until: min(end, deadline))
            case .garbage(let count) where firstDataAt != nil:
                dropAll()
                isClosing = true
                return .send((0..<max(1, count)).map { _ in UInt8.random(in: 0x80...0xFF, using: &random) })
            default: break
            }
        }
        if first < queue.count {
            let due = max(queue[first].due, freeAt)
            if due > now { return .wait(until: min(due, deadline)) }
            return send(at: now, before: deadline)
        }
        if let endedAt, !isFinished {
            let end = endedAt &+ closingDelay(at: now)
            deadline = min(deadline, max(end, lastDue, freeAt))
            if deadline > now { return .wait(until: deadline) }
            isFinished = true
            return .finish
        }
        return .wait(until: deadline)
    }

    /// Sends the next piece, once its time on the line is over.
    private mutating func send(at now: Int64, before deadline: Int64) -> Action {
        let whole = queue[first].count
        if piece == nil {
            var count = whole
            var pause: Int64 = 0
            for active in active where active.acts && isOn(active.toxic, at: now) {
                switch active.toxic.kind {
                case .bandwidth(let rate):
                    // A tenth of a second's bytes at a time; none at all at a rate of zero.
                    guard rate > 0 else { return .wait(until: deadline) }
                    count = min(count, max(1, rate / 10))
                    pause = max(pause, Int64(Double(count) / Double(rate) * 1e9))
                case .slicer(let average, let variation, _):
                    count = min(count, sliced(average, variation))
                default: break
                }
            }
            piece = (count, now &+ pause)
        }
        guard let chosen = piece else { return .wait(until: deadline) }
        if chosen.at > now { return .wait(until: min(chosen.at, deadline)) }
        var count = chosen.count
        for place in active.indices where active[place].acts && isOn(active[place].toxic, at: now) {
            switch active[place].toxic.kind {
            case .limitData(let limit):
                count = min(count, max(0, limit - active[place].passed))
                active[place].passed += count
                if active[place].passed >= limit { isClosing = true }
            case .slicer(_, _, let delay): freeAt = max(freeAt, now &+ delay.nanoseconds)
            default: break
            }
        }
        piece = nil
        guard count > 0 else { return .close }
        queuedBytes -= count
        if count == queue[first].bytes.count {
            let whole = queue[first].bytes
            queue[first].bytes = []
            leaveFirst()
            return .send(whole)
        }
        let start = queue[first].start
        let bytes = Array(queue[first].bytes[start..<start + count])
        queue[first].start += count
        if queue[first].count == 0 { leaveFirst() }
        return .send(bytes)
    }

    private mutating func leaveFirst() {
        first += 1
        if first == queue.count {
            queue.removeAll()
            first = 0
        } else if first > 1024 {
            queue.removeFirst(first)
            first = 0
        }
    }

    private mutating func sliced(_ average: Int, _ variation: Int) -> Int {
        let spread = min(variation, average - 1)
        return max(1, average + (spread > 0 ? Int.random(in: -spread...spread, using: &random) : 0))
    }

    private mutating func dropAll() {
        queue.removeAll()
        first = 0
        queuedBytes = 0
        piece = nil
    }

    private func closingDelay(at now: Int64) -> Int64 {
        active.reduce(0) { longest, active in
            guard active.acts, isOn(active.toxic, at: now), case .slowClose(let delay) = active.toxic.kind
            else { return longest }
            return max(longest, delay.nanoseconds)
        }
    }

    // MARK: schedules

    private func isOn(_ toxic: Toxic, at now: Int64) -> Bool {
        let time = Duration.nanoseconds(now &- began)
        return time >= toxic.from && (toxic.to.map { time < $0 } ?? true)
    }

    /// When the next schedule begins or ends.
    private func boundary(after now: Int64) -> Int64 {
        var next = Int64.max
        for active in active where active.acts {
            for time in [active.toxic.from, active.toxic.to].compactMap(\.self) where time > .zero {
                let at = began &+ time.nanoseconds
                if at > now { next = min(next, at) }
            }
        }
        return next
    }
}
