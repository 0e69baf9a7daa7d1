public import AssayNet
internal import AssayWire
internal import Synchronization

/// The latest requests that a double was sent, in bounded memory; the oldest make room.
public final class RequestJournal: Sendable {
    /// One request and how it was answered.
    public struct Entry: Sendable {
        /// 1 for the first request, counted on when earlier ones have gone.
        public var number: Int
        /// Wall clock, milliseconds since 1970 UTC.
        public var milliseconds: Int64
        /// Its body is cut to what ``RequestJournal`` keeps of one.
        public var request: HTTPRequest
        /// Of the whole body, bytes.
        public var bodyBytes: Int
        /// The status it was answered with.
        public var status: Int

        /// About what it takes in memory, bytes.
        var cost: Int {
            128 + request.target.utf8.count + request.body.count
                + request.headers.fields.reduce(0) { $0 + 64 + $1.name.utf8.count + $1.value.utf8.count }
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Entries before this place are gone; they are taken out when they are half of the array.
        var first = 0
        var bytes = 0
        var count = 0
    }

    private let state = Mutex(State())
    private let capacityBytes: Int
    private let bodyLimitBytes: Int

    /// - Parameters:
    ///   - capacityBytes: about how much memory all entries may take; the latest is always kept.
    ///   - bodyLimitBytes: how much of a body is kept.
    public init(capacityBytes: Int = 4 << 20, bodyLimitBytes: Int = 64 << 10) {
        self.capacityBytes = capacityBytes
        self.bodyLimitBytes = bodyLimitBytes
    }

    /// Keeps a request that was answered.
    public func record(_ request: HTTPRequest, status: Int, at milliseconds: Int64) {
        var kept = request
        if kept.body.count > bodyLimitBytes { kept.body = Array(kept.body.prefix(bodyLimitBytes)) }
        state.withLock { state in
            state.count += 1
            let entry = Entry(
                number: state.count, milliseconds: milliseconds, request: kept,
                bodyBytes: request.body.count, status: status)
            state.entries.append(entry)
            state.bytes += entry.cost
            while state.bytes > capacityBytes, state.first < state.entries.count - 1 {
                state.bytes -= state.entries[state.first].cost
                // Its memory is given back now, its place later.
                state.entries[state.first].request = HTTPRequest(method: "", target: "")
                state.first += 1
            }
            if state.first > state.entries.count / 2 {
                state.entries.removeFirst(state.first)
                state.first = 0
            }
        }
    }

    /// Forgets every request; numbers go on.
    public func clear() {
        state.withLock { state in
            state.entries = []
            (state.first, state.bytes) = (0, 0)
        }
    }

    /// What is kept, oldest first.
    public var entries: [Entry] { state.withLock { Array($0.entries[$0.first...]) } }

    /// How many requests there were, also those that are no longer kept.
    public var count: Int { state.withLock { $0.count } }
}
