/// The commands of a stream's entries.
enum StreamCommands {
    static func xadd(_ call: RedisCall) throws(RedisFailure) {
        let request = try StreamAddition(call, adds: true)
        let first = request.idPlace + 1
        guard call.count - first >= 2, (call.count - first) % 2 == 0 else { throw call.wrongArgumentCount }
        if case .exact(.lowest) = request.id {
            throw .err("The ID specified in XADD must be greater than 0-0")
        }
        var stream = try call.database.find(call[1], as: RedisStream.self)
        if stream == nil, !request.makesStream {
            call.reply.null()
            return
        }
        let last = stream?.lastID ?? .lowest
        guard last != .highest else {
            throw .err("The stream has exhausted the last possible ID, unable to add more items")
        }
        guard let id = request.id.resolved(after: last, now: UInt64(max(0, call.server.now))), id > last
        else {
            throw .err("The ID specified in XADD is equal or smaller than the target stream top item")
        }
        if stream == nil { stream = try call.database.findOrAdd(call[1], RedisStream()) }
        guard let stream else { return }
        var fields: [[UInt8]] = []
        fields.reserveCapacity(call.count - first)
        for place in first..<call.count { fields.append([UInt8](call[place])) }
        stream.append(id, fields, call.limits)
        call.reply.bulk(id.text)
        call.changed(call[1], .stream, "xadd")
        if request.trim(stream) > 0 { call.notify(.stream, "xtrim", call[1]) }
        call.database.keyBecameReady(call[1])
    }

    static func xtrim(_ call: RedisCall) throws(RedisFailure) {
        let request = try StreamAddition(call, adds: false)
        guard let stream = try call.database.find(call[1], as: RedisStream.self) else {
            call.reply.integer(0)
            return
        }
        let removed = request.trim(stream)
        if removed > 0 { call.changed(call[1], .stream, "xtrim") }
        call.reply.integer(removed)
    }

    static func xlen(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisStream.self)?.count ?? 0)
    }

    static func xdel(_ call: RedisCall) throws(RedisFailure) {
        guard let stream = try call.database.find(call[1], as: RedisStream.self) else {
            call.reply.integer(0)
            return
        }
        let removed = stream.remove(try call.streamIDs(2..<call.count))
        if removed > 0 { call.changed(call[1], .stream, "xdel") }
        call.reply.integer(removed)
    }

    static func xrange(_ call: RedisCall) throws(RedisFailure) { try range(call, reversed: false) }
    static func xrevrange(_ call: RedisCall) throws(RedisFailure) { try range(call, reversed: true) }

    private static func range(_ call: RedisCall, reversed: Bool) throws(RedisFailure) {
        let (lower, upper) = try call.streamInterval(reversed ? 3 : 2, reversed ? 2 : 3)
        var limit: Int64?
        var place = 4
        while place < call.count {
            guard call.isWord(place, "count"), place + 1 < call.count else { throw .syntax }
            limit = max(0, try call.integer(place + 1))
            place += 2
        }
        guard let stream = try call.database.read(call[1], as: RedisStream.self) else {
            call.reply.array(0)
            return
        }
        if limit == 0 {
            call.reply.nullArray()
            return
        }
        call.reply.array {
            entries(call, stream, from: lower, through: upper, limit: limit ?? 0, reversed: reversed)
        }
    }

    /// Writes entries, without the head of an array.
    ///
    /// - Parameters:
    ///   - limit: how many at most; 0: all.
    ///   - also: told every entry.
    /// - Returns: how many there were.
    @discardableResult
    static func entries(
        _ call: RedisCall, _ stream: RedisStream, from lower: StreamID = .lowest,
        through upper: StreamID = .highest, limit: Int64 = 0, reversed: Bool = false,
        also: (StreamEntry) -> Void = { _ in }
    ) -> Int {
        var count = 0
        stream.forEach(from: lower, through: upper, reversed: reversed) { entry in
            also(entry)
            call.reply.array(2)
            call.reply.bulk(entry.id.text)
            call.reply.array(entry.fields.count)
            for field in entry.fields { call.reply.bulk(field) }
            count += 1
            return limit == 0 || Int64(count) < limit
        }
        return count
    }

    static func xsetid(_ call: RedisCall) throws(RedisFailure) {
        let id = try call.streamID(2)
        var added: Int64?
        var deleted = StreamID.lowest
        var place = 3
        while place < call.count {
            guard place + 1 < call.count else { throw .syntax }
            if call.isWord(place, "entriesadded") {
                let number = try call.integer(place + 1)
                guard number >= 0 else { throw .err("entries_added must be positive") }
                added = number
            } else if call.isWord(place, "maxdeletedid") {
                deleted = try call.streamID(place + 1)
                guard id >= deleted else {
                    throw .err("The ID specified in XSETID is smaller than the provided max_deleted_entry_id")
                }
            } else {
                throw .syntax
            }
            place += 2
        }
        guard let stream = try call.database.find(call[1], as: RedisStream.self) else { throw .noSuchKey }
        if let last = stream.lastEntryID {
            guard id >= last else {
                throw .err("The ID specified in XSETID is smaller than the target stream top item")
            }
            if let added, added < Int64(stream.count) {
                throw .err("The entries_added specified in XSETID is smaller than the target stream length")
            }
        }
        stream.lastID = id
        if let added { stream.entriesAdded = added }
        if deleted != .lowest { stream.maxDeletedID = deleted }
        call.notify(.stream, "xsetid", call[1])
        call.reply.ok()
    }
}

/// The options that XADD and XTRIM share, and XADD's ID.
struct StreamAddition {
    enum ID {
        /// `*`
        case next
        /// `1526919030474-*`
        case within(UInt64)
        case exact(StreamID)

        /// - Returns: the ID for an entry after `last`, `nil` when there is none.
        func resolved(after last: StreamID, now: UInt64) -> StreamID? {
            switch self {
            case .next: now > last.milliseconds ? StreamID(now, 0) : last.next
            case .within(let milliseconds):
                if last.milliseconds != milliseconds {
                    StreamID(milliseconds, 0)
                } else {
                    last.sequence < .max ? StreamID(milliseconds, last.sequence + 1) : nil
                }
            case .exact(let id): id
            }
        }
    }

    private(set) var id = ID.next
    private(set) var idPlace = 0
    /// False with NOMKSTREAM.
    private(set) var makesStream = true
    private var trimming: RedisStream.Trimming?
    private var isApproximate = false
    private var limit: Int64?

    init(_ call: RedisCall, adds: Bool) throws(RedisFailure) {
        var place = 2
        while place < call.count {
            let more = call.count - 1 - place
            if adds, call[place].equals([UInt8(ascii: "*")]) {
                break
            } else if call.isWord(place, "maxlen"), more > 0 {
                place = try readTrimming(call, place)
                let length = try call.integer(place)
                guard length >= 0 else { throw .err("The MAXLEN argument must be >= 0.") }
                trimming = .length(Int(length))
            } else if call.isWord(place, "minid"), more > 0 {
                place = try readTrimming(call, place)
                trimming = .below(try call.streamID(place))
            } else if call.isWord(place, "limit"), more > 0 {
                place += 1
                let number = try call.integer(place)
                guard number >= 0 else { throw .err("The LIMIT argument must be >= 0.") }
                limit = number
            } else if adds, call.isWord(place, "nomkstream") {
                makesStream = false
            } else if adds {
                id = try Self.id(call, place)
                break
            } else {
                throw .syntax
            }
            place += 1
        }
        idPlace = place
        try settleLimit(call, adds: adds)
    }

    /// - Returns: the place of the argument of MAXLEN or MINID.
    private mutating func readTrimming(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> Int {
        guard trimming == nil else {
            throw .err("syntax error, MAXLEN and MINID options at the same time are not compatible")
        }
        isApproximate = false
        guard place + 2 < call.count else { return place + 1 }
        if call[place + 1].equals([UInt8(ascii: "~")]) {
            isApproximate = true
            return place + 2
        }
        return call[place + 1].equals([UInt8(ascii: "=")]) ? place + 2 : place + 1
    }

    private mutating func settleLimit(_ call: RedisCall, adds: Bool) throws(RedisFailure) {
        if let limit, limit != 0, trimming == nil {
            throw .err("syntax error, LIMIT cannot be used without specifying a trimming strategy")
        }
        if !adds, trimming == nil {
            throw .err("syntax error, XTRIM must be called with a trimming strategy")
        }
        if limit != nil, !isApproximate {
            throw .err("syntax error, LIMIT cannot be used without the special ~ option")
        }
        if limit == nil, isApproximate {
            // As many as 100 nodes have, within bounds.
            let entries = Int64(call.limits.streamNodeMaxEntries).multipliedReportingOverflow(by: 100)
            limit =
                entries.overflow
                ? 1_000_000 : entries.partialValue <= 0 ? 10_000 : min(entries.partialValue, 1_000_000)
        }
    }

    private static func id(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> ID {
        let word = call[place]
        if word.count > 2, word[word.count - 1] == UInt8(ascii: "*"),
            word[word.count - 2] == UInt8(ascii: "-")
        {
            guard let milliseconds = StreamID.number(word[0..<word.count - 2]) else { throw .invalidStreamID }
            return .within(milliseconds)
        }
        return .exact(try call.streamID(place))
    }

    /// - Returns: how many entries were removed.
    func trim(_ stream: RedisStream) -> Int {
        guard let trimming else { return 0 }
        return stream.trim(trimming, onlyWholeNodes: isApproximate, limit: Int(limit ?? 0))
    }
}
