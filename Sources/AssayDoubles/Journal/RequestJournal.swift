public import AssayNet
public import AssayWire
internal import Synchronization

/// The latest requests that a double was sent and how it answered, in bounded memory; the oldest make room.
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
        /// The route that answered; `nil` when none did, or the double has none.
        public var stubID: String?
        public var stubName: String?
        /// Whether the double knew what to answer; one without routes always does.
        public var isMatched = true
        public var responseHeaders = HTTPHeaders()
        /// Cut like the request's; empty for one that was streamed.
        public var responseBody: [UInt8] = []
        /// Of the whole body, bytes.
        public var responseBodyBytes = 0
        /// From the whole request to the answer, without its delays; nanoseconds.
        public var nanoseconds: Int64 = 0
        /// Why no route matched: the nearest and how it differs.
        public var nearest: String?
        /// Whether a real service answered.
        public var isForwarded = false

        /// About what it takes in memory, bytes.
        var cost: Int {
            request.headers.costBytes + responseHeaders.costBytes + 320 + request.target.utf8.count
                + request.body.count + responseBody.count + (nearest?.utf8.count ?? 0)
        }
    }

    private struct State {
        var entries: [Entry] = []
        /// Entries before this place are gone; they are taken out when they are half of the array.
        var first = 0
        var bytes = 0
        /// The latest number.
        var count = 0
        var dropped = 0

        mutating func makeRoom(_ capacity: Int) {
            while bytes > capacity, first < entries.count - 1 {
                bytes -= entries[first].cost
                // Its memory is given back now, its place later.
                entries[first].request = HTTPRequest(method: "", target: "")
                entries[first].responseBody = []
                entries[first].responseHeaders = HTTPHeaders()
                first += 1
                dropped += 1
            }
            if first > entries.count / 2 {
                entries.removeFirst(first)
                first = 0
            }
        }
    }

    private let state = Mutex(State())
    private let capacityBytes: Int
    private let bodyLimitBytes: Int
    private let idPrefix: String

    /// - Parameters:
    ///   - capacityBytes: about how much memory all entries may take; the latest is always kept.
    ///   - bodyLimitBytes: how much of a body is kept.
    ///   - seed: makes the entries' ids differ from those of other journals.
    public init(capacityBytes: Int = 4 << 20, bodyLimitBytes: Int = 64 << 10, seed: UInt64 = 0) {
        self.capacityBytes = capacityBytes
        self.bodyLimitBytes = bodyLimitBytes
        let digits = String(seed, radix: 16)
        let all = Array(String(repeating: "0", count: 16 - digits.count) + digits)
        idPrefix = "\(String(all[0..<8]))-\(String(all[8..<12]))-4\(String(all[12..<15]))-8\(all[15])00-"
    }

    /// Keeps a request that was answered.
    public func record(_ request: HTTPRequest, status: Int, at milliseconds: Int64) {
        record(
            Entry(
                number: 0, milliseconds: milliseconds, request: request, bodyBytes: request.body.count,
                status: status))
    }

    /// Keeps a request and its whole answer.
    public func record(
        _ request: HTTPRequest, _ response: HTTPResponse, at milliseconds: Int64, nanoseconds: Int64 = 0
    ) {
        var entry = Entry(
            number: 0, milliseconds: milliseconds, request: request, bodyBytes: request.body.count,
            status: response.status)
        entry.take(response)
        entry.nanoseconds = nanoseconds
        record(entry)
    }

    /// Keeps an entry; its number is given here, and bodies are cut.
    public func record(_ entry: consuming Entry) {
        if entry.request.body.count > bodyLimitBytes {
            entry.request.body = Array(entry.request.body.prefix(bodyLimitBytes))
        }
        if entry.responseBody.count > bodyLimitBytes {
            entry.responseBody = Array(entry.responseBody.prefix(bodyLimitBytes))
        }
        let kept = entry
        let cost = kept.cost
        state.withLock { state in
            state.count += 1
            state.entries.append(kept)
            state.entries[state.entries.count - 1].number = state.count
            state.bytes += cost
            state.makeRoom(capacityBytes)
        }
    }

    /// What is kept, oldest first.
    public var entries: [Entry] { state.withLock { Array($0.entries[$0.first...]) } }

    /// How many requests there were, also those that are no longer kept: the latest number.
    public var count: Int { state.withLock { $0.count } }

    /// How many requests had to make room since the journal was last cleared: what is found among those kept is only
    /// all there was when it is 0.
    public var droppedCount: Int { state.withLock { $0.dropped } }

    // MARK: Questions

    /// The kept entries that are like a pattern, oldest first.
    public func find(_ pattern: RequestPattern) -> [Entry] {
        entries.filter { pattern.matches(StubRequest($0.request)) }
    }

    /// How many of the kept requests are like a pattern.
    public func count(of pattern: RequestPattern) -> Int {
        entries.count { pattern.matches(StubRequest($0.request)) }
    }

    /// The kept requests that no route matched, oldest first.
    public var unmatched: [Entry] { entries.filter { !$0.isMatched } }

    /// The entry with an id as ``id(of:)`` gives it; `nil` when it is not kept.
    public subscript(id: String) -> Entry? {
        guard let number = number(of: id) else { return nil }
        return entries.first { $0.number == number }
    }

    // MARK: Removing

    /// Forgets the entries that `isMeant` is true for.
    ///
    /// - Returns: the forgotten ones.
    @discardableResult
    public func remove(where isMeant: (Entry) -> Bool) -> [Entry] {
        // Asked outside the lock: it may run expressions over large bodies.
        let meant = entries.filter(isMeant)
        let numbers = Set(meant.map(\.number))
        state.withLock { state in
            let left = state.entries[state.first...].filter { !numbers.contains($0.number) }
            state.entries = left
            state.first = 0
            state.bytes = left.reduce(0) { $0 + $1.cost }
        }
        return meant
    }

    /// Forgets everything; numbers go on.
    public func clear() {
        state.withLock { state in
            let count = state.count
            state = State()
            state.count = count
        }
    }

    // MARK: Ids

    /// The entry's id: a UUID of the journal's seed and the entry's number.
    public func id(of entry: Entry) -> String {
        let tail = String(entry.number, radix: 16)
        return idPrefix + String(repeating: "0", count: max(0, 12 - tail.count)) + tail
    }

    private func number(of id: String) -> Int? {
        guard id.utf8.count == 36, let dash = id.lastIndex(of: "-"),
            let number = Int(id[id.index(after: dash)...], radix: 16),
            self.id(of: Entry(number: number)) == id.lowercased()
        else { return nil }
        return number
    }
}

extension RequestJournal.Entry {
    /// An entry whose answer is taken later; see ``take(_:)``.
    init(_ request: HTTPRequest, at milliseconds: Int64) {
        self.init(
            number: 0, milliseconds: milliseconds, request: request, bodyBytes: request.body.count, status: 0)
    }

    fileprivate init(number: Int) {
        self.init(
            number: number, milliseconds: 0, request: HTTPRequest(method: "", target: ""), bodyBytes: 0,
            status: 0)
    }

    /// Takes over what is kept of an answer.
    public mutating func take(_ response: HTTPResponse) {
        status = response.status
        responseHeaders = response.headers
        guard response.stream == nil else { return }
        responseBody = response.body
        responseBodyBytes = response.body.count
    }
}
