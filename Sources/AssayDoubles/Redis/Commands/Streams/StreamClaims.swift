/// XCLAIM and XAUTOCLAIM.
extension StreamCommands {
    static func xclaim(_ call: RedisCall) throws(RedisFailure) {
        let (stream, group) = try call.streamAndGroup(1, 2)
        let idle = max(0, try call.integer(4, .err("Invalid min-idle-time argument for XCLAIM")))
        var ids: [StreamID] = []
        var place = 5
        while place < call.count, let id = StreamID(call[place], missing: 0) {
            ids.append(id)
            place += 1
        }
        let options = try ClaimOptions(call, place)
        if options.lastID > group.lastID { group.lastID = options.lastID }
        var consumer: StreamConsumer?
        call.reply.array {
            var claimed = 0
            for id in ids {
                var pending = group.pending[id]
                guard stream.entry(id) != nil else {
                    if let pending { group.acknowledge(pending) }
                    continue
                }
                if pending == nil, options.forces {
                    let made = PendingEntry(id, of: nil, at: call.server.now)
                    group.pending.insert(made)
                    pending = made
                }
                guard let pending else { continue }
                if pending.consumer != nil, idle > 0, call.server.now - pending.deliveredAt < idle {
                    continue
                }
                let owner = consumer ?? call.consumer([UInt8](call[3]), of: group, call[1])
                consumer = owner
                group.assign(pending, to: owner)
                pending.deliveredAt = options.deliveredAt
                if let deliveries = options.deliveries {
                    pending.deliveries = deliveries
                } else if !options.onlyIDs {
                    pending.deliveries += 1
                }
                answer(call, stream, id, onlyID: options.onlyIDs)
                claimed += 1
            }
            call.server.dirty &+= Int64(claimed)
            return claimed
        }
    }

    static func xautoclaim(_ call: RedisCall) throws(RedisFailure) {
        let idle = max(0, try call.integer(4, .err("Invalid min-idle-time argument for XAUTOCLAIM")))
        let start = try call.streamIntervalStart(5)
        var wanted: Int64 = 100
        var onlyIDs = false
        var place = 6
        while place < call.count {
            if call.isWord(place, "count"), place + 1 < call.count {
                wanted = try call.integer(place + 1, in: 1...Int64.max / 16, .err("COUNT must be > 0"))
                place += 1
            } else if call.isWord(place, "justid") {
                onlyIDs = true
            } else {
                throw .syntax
            }
            place += 1
        }
        let (stream, group) = try call.streamAndGroup(1, 2)
        let claim = AutomaticClaim(call, stream, group, idle: idle, onlyIDs: onlyIDs)
        let (claimed, deleted, next) = claim.run(from: start, wanted)
        call.reply.array(3)
        call.reply.bulk(next.text)
        call.reply.array(claimed.count)
        for id in claimed { answer(call, stream, id, onlyID: onlyIDs) }
        call.reply.array(deleted.count)
        for id in deleted { call.reply.bulk(id.text) }
    }

    private static func answer(_ call: RedisCall, _ stream: RedisStream, _ id: StreamID, onlyID: Bool) {
        if onlyID {
            call.reply.bulk(id.text)
        } else {
            entries(call, stream, from: id, through: id, limit: 1)
        }
    }
}

/// The options of XCLAIM.
private struct ClaimOptions {
    var forces = false
    var onlyIDs = false
    var deliveries: Int64?
    var deliveredAt: Int64
    var lastID = StreamID.lowest

    init(_ call: RedisCall, _ start: Int) throws(RedisFailure) {
        let now = call.server.now
        var time: Int64?
        var place = start
        while place < call.count {
            let hasMore = place + 1 < call.count
            if call.isWord(place, "force") {
                forces = true
            } else if call.isWord(place, "justid") {
                onlyIDs = true
            } else if call.isWord(place, "idle"), hasMore {
                place += 1
                time = now &- (try call.integer(place, .err("Invalid IDLE option argument for XCLAIM")))
            } else if call.isWord(place, "time"), hasMore {
                place += 1
                time = try call.integer(place, .err("Invalid TIME option argument for XCLAIM"))
            } else if call.isWord(place, "retrycount"), hasMore {
                place += 1
                let number = try call.integer(place, .err("Invalid RETRYCOUNT option argument for XCLAIM"))
                deliveries = number < 0 ? nil : number
            } else if call.isWord(place, "lastid"), hasMore {
                place += 1
                lastID = try call.streamID(place)
            } else {
                throw .err("Unrecognized XCLAIM option '\(call[place].text)'")
            }
            place += 1
        }
        // A time that makes no sense is now: clocks differ.
        deliveredAt = time.map { (0...now).contains($0) ? $0 : now } ?? now
    }
}

/// One run of XAUTOCLAIM.
private struct AutomaticClaim {
    private let call: RedisCall
    private let stream: RedisStream
    private let group: StreamGroup
    private let idle: Int64
    private let onlyIDs: Bool

    init(_ call: RedisCall, _ stream: RedisStream, _ group: StreamGroup, idle: Int64, onlyIDs: Bool) {
        self.call = call
        self.stream = stream
        self.group = group
        self.idle = idle
        self.onlyIDs = onlyIDs
    }

    /// Takes over pending entries from an ID on, looking at ten times as many as wanted at most.
    ///
    /// - Returns: those that were, those whose entries are gone, and where to go on; 0-0 at the end.
    func run(from start: StreamID, _ wanted: Int64) -> (
        claimed: [StreamID], deleted: [StreamID], next: StreamID
    ) {
        var (claimed, deleted): ([StreamID], [StreamID]) = ([], [])
        var consumer: StreamConsumer?
        var attempts = wanted * 10
        var rank = group.pending.rank(from: start)
        let now = call.server.now
        while attempts > 0, Int64(claimed.count + deleted.count) < wanted,
            let pending = group.pending.entry(atRank: rank)
        {
            attempts -= 1
            guard stream.entry(pending.id) != nil else {
                group.acknowledge(pending)
                deleted.append(pending.id)
                continue
            }
            rank += 1
            if idle > 0, now - pending.deliveredAt < idle { continue }
            let owner = consumer ?? call.consumer([UInt8](call[3]), of: group, call[1])
            consumer = owner
            group.assign(pending, to: owner)
            pending.deliveredAt = now
            if !onlyIDs { pending.deliveries += 1 }
            claimed.append(pending.id)
        }
        call.server.dirty &+= Int64(claimed.count + deleted.count)
        return (claimed, deleted, group.pending.entry(atRank: rank)?.id ?? .lowest)
    }
}
