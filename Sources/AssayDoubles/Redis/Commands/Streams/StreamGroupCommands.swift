/// The commands of groups and their pending entries.
extension StreamCommands {
    static func groupCreate(_ call: RedisCall) throws(RedisFailure) {
        let (makesStream, entriesRead) = try groupOptions(call, mayMakeStream: true)
        guard call.count <= 8 else { throw call.unknownSubcommand }
        let found = try call.database.find(call[2], as: RedisStream.self)
        if found == nil, !makesStream { throw noStream }
        let isEnd = call[4].equals([UInt8(ascii: "$")])
        let id = isEnd ? found?.lastID ?? .lowest : try call.streamID(4)
        let stream = try call.database.findOrAdd(call[2], RedisStream())
        if found == nil { call.database.changed(call[2]) }
        guard stream.createGroup([UInt8](call[3]), lastID: id, entriesRead: entriesRead) else {
            throw RedisFailure("BUSYGROUP Consumer Group name already exists")
        }
        call.notify(.stream, "xgroup-create", call[2])
        call.reply.ok()
    }

    static func groupSetID(_ call: RedisCall) throws(RedisFailure) {
        let (_, entriesRead) = try groupOptions(call, mayMakeStream: false)
        guard call.count == 5 || call.count == 7 else { throw call.unknownSubcommand }
        let (stream, group) = try existing(call)
        let isEnd = call[4].equals([UInt8(ascii: "$")])
        group.lastID = isEnd ? stream.lastID : try call.openStreamID(4)
        group.entriesRead = entriesRead
        call.notify(.stream, "xgroup-setid", call[2])
        call.reply.ok()
    }

    static func groupDestroy(_ call: RedisCall) throws(RedisFailure) {
        guard let stream = try call.database.find(call[2], as: RedisStream.self) else { throw noStream }
        guard stream.removeGroup([UInt8](call[3])) else {
            call.reply.integer(0)
            return
        }
        call.notify(.stream, "xgroup-destroy", call[2])
        // Its waiting readers learn that it is gone.
        call.database.keyBecameReady(call[2])
        call.reply.integer(1)
    }

    static func groupCreateConsumer(_ call: RedisCall) throws(RedisFailure) {
        let (_, group) = try existing(call)
        guard group.createConsumer([UInt8](call[4]), at: call.server.now) != nil else {
            call.reply.integer(0)
            return
        }
        call.notify(.stream, "xgroup-createconsumer", call[2])
        call.reply.integer(1)
    }

    static func groupDeleteConsumer(_ call: RedisCall) throws(RedisFailure) {
        let (_, group) = try existing(call)
        guard let consumer = group.consumer([UInt8](call[4])) else {
            call.reply.integer(0)
            return
        }
        let pending = consumer.pending.count
        group.removeConsumer(consumer)
        call.notify(.stream, "xgroup-delconsumer", call[2])
        call.reply.integer(pending)
    }

    private static let noStream = RedisFailure.err(
        "The XGROUP subcommand requires the key to exist. Note that for CREATE you may want "
            + "to use the MKSTREAM option to create an empty stream automatically.")

    private static func groupOptions(
        _ call: RedisCall, mayMakeStream: Bool
    ) throws(RedisFailure) -> (makesStream: Bool, entriesRead: Int64?) {
        var (makesStream, entriesRead) = (false, Int64?.none)
        var place = 5
        while place < call.count {
            if mayMakeStream, call.isWord(place, "mkstream") {
                makesStream = true
                place += 1
            } else if call.isWord(place, "entriesread"), place + 1 < call.count {
                let number = try call.integer(place + 1)
                guard number >= -1 else { throw .err("value for ENTRIESREAD must be positive or -1") }
                entriesRead = number < 0 ? nil : number
                place += 2
            } else {
                throw call.unknownSubcommand
            }
        }
        return (makesStream, entriesRead)
    }

    private static func existing(_ call: RedisCall) throws(RedisFailure) -> (RedisStream, StreamGroup) {
        guard let stream = try call.database.find(call[2], as: RedisStream.self) else { throw noStream }
        guard let group = stream.group([UInt8](call[3])) else {
            throw RedisFailure(
                "NOGROUP No such consumer group '\(call[3].text)' for key name '\(call[2].text)'")
        }
        return (stream, group)
    }

    // MARK: Pending entries

    static func xack(_ call: RedisCall) throws(RedisFailure) {
        guard let stream = try call.database.find(call[1], as: RedisStream.self),
            let group = stream.group([UInt8](call[2]))
        else {
            call.reply.integer(0)
            return
        }
        var acknowledged = 0
        for id in try call.streamIDs(3..<call.count) {
            guard let entry = group.pending[id] else { continue }
            group.acknowledge(entry)
            acknowledged += 1
        }
        call.server.dirty &+= Int64(acknowledged)
        call.reply.integer(acknowledged)
    }

    static func xpending(_ call: RedisCall) throws(RedisFailure) {
        guard call.count > 3 else { return try pendingSummary(call) }
        guard (6...9).contains(call.count) else { throw .syntax }
        var place = 3
        var idle: Int64 = 0
        if call.isWord(3, "idle") {
            idle = try call.integer(4)
            guard call.count >= 8 else { throw .syntax }
            place = 5
        }
        let limit = max(0, try call.integer(place + 2))
        let (lower, upper) = try call.streamInterval(place, place + 1)
        let (_, group) = try call.streamAndGroup(1, 2)
        var list = group.pending
        if place + 3 < call.count {
            guard let consumer = group.consumer([UInt8](call[place + 3])) else {
                call.reply.array(0)
                return
            }
            list = consumer.pending
        }
        let now = call.server.now
        call.reply.array {
            var rank = list.rank(from: lower)
            var count = 0
            while Int64(count) < limit, let entry = list.entry(atRank: rank), entry.id <= upper {
                rank += 1
                if idle != 0, now - entry.deliveredAt < idle { continue }
                count += 1
                call.reply.array(4)
                call.reply.bulk(entry.id.text)
                call.reply.bulk(entry.consumer?.name ?? [])
                call.reply.integer(max(0, now - entry.deliveredAt))
                call.reply.integer(entry.deliveries)
            }
            return count
        }
    }

    private static func pendingSummary(_ call: RedisCall) throws(RedisFailure) {
        let (_, group) = try call.streamAndGroup(1, 2)
        call.reply.array(4)
        call.reply.integer(group.pending.count)
        guard let first = group.pending.first, let last = group.pending.last else {
            call.reply.null()
            call.reply.null()
            call.reply.nullArray()
            return
        }
        call.reply.bulk(first.id.text)
        call.reply.bulk(last.id.text)
        let busy = group.consumers.filter { !$0.pending.isEmpty }
        call.reply.array(busy.count)
        for consumer in busy {
            call.reply.array(2)
            call.reply.bulk(consumer.name)
            call.reply.bulk(decimal: Int64(consumer.pending.count))
        }
    }
}
