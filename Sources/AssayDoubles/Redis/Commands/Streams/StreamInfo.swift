/// XINFO.
extension StreamCommands {
    private static func stream(_ call: RedisCall) throws(RedisFailure) -> RedisStream {
        guard let stream = try call.database.read(call[2], as: RedisStream.self) else { throw .noSuchKey }
        return stream
    }

    static func infoConsumers(_ call: RedisCall) throws(RedisFailure) {
        guard let group = try stream(call).group([UInt8](call[3])) else {
            throw RedisFailure(
                "NOGROUP No such consumer group '\(call[3].text)' for key name '\(call[2].text)'")
        }
        call.reply.array(group.consumers.count)
        for consumer in group.consumers {
            call.reply.map(3)
            call.reply.bulk("name")
            call.reply.bulk(consumer.name)
            call.reply.bulk("pending")
            call.reply.integer(consumer.pending.count)
            call.reply.bulk("idle")
            call.reply.integer(max(0, call.server.now - consumer.seenAt))
        }
    }

    static func infoGroups(_ call: RedisCall) throws(RedisFailure) {
        let stream = try stream(call)
        call.reply.array(stream.groups.count)
        for group in stream.groups {
            call.reply.map(6)
            call.reply.bulk("name")
            call.reply.bulk(group.name)
            call.reply.bulk("consumers")
            call.reply.integer(group.consumers.count)
            call.reply.bulk("pending")
            call.reply.integer(group.pending.count)
            progress(call, stream, group)
        }
    }

    /// How far a group has come.
    private static func progress(_ call: RedisCall, _ stream: RedisStream, _ group: StreamGroup) {
        call.reply.bulk("last-delivered-id")
        call.reply.bulk(group.lastID.text)
        call.reply.bulk("entries-read")
        if let read = group.entriesRead { call.reply.integer(read) } else { call.reply.null() }
        call.reply.bulk("lag")
        if let lag = stream.lag(of: group) { call.reply.integer(lag) } else { call.reply.null() }
    }

    static func infoStream(_ call: RedisCall) throws(RedisFailure) {
        var limit: Int64 = 10
        if call.count > 3 {
            guard call.count == 4 || call.count == 6, call.isWord(3, "full") else {
                throw call.unknownSubcommand
            }
            if call.count == 6 {
                guard call.isWord(4, "count") else { throw call.unknownSubcommand }
                limit = try call.integer(5)
                if limit < 0 { limit = 10 }
            }
        }
        let stream = try stream(call)
        call.reply.map(call.count > 3 ? 9 : 10)
        summary(call, stream)
        guard call.count == 3 else { return details(call, stream, limit) }
        call.reply.bulk("groups")
        call.reply.integer(stream.groups.count)
        call.reply.bulk("first-entry")
        if entries(call, stream, limit: 1) == 0 { call.reply.null() }
        call.reply.bulk("last-entry")
        if entries(call, stream, limit: 1, reversed: true) == 0 { call.reply.null() }
    }

    private static func summary(_ call: RedisCall, _ stream: RedisStream) {
        call.reply.bulk("length")
        call.reply.integer(stream.count)
        call.reply.bulk("radix-tree-keys")
        call.reply.integer(stream.nodeCount)
        call.reply.bulk("radix-tree-nodes")
        call.reply.integer(stream.nodeCount + 1)
        call.reply.bulk("last-generated-id")
        call.reply.bulk(stream.lastID.text)
        call.reply.bulk("max-deleted-entry-id")
        call.reply.bulk(stream.maxDeletedID.text)
        call.reply.bulk("entries-added")
        call.reply.integer(stream.entriesAdded)
        call.reply.bulk("recorded-first-entry-id")
        call.reply.bulk(stream.firstID.text)
    }

    private static func details(_ call: RedisCall, _ stream: RedisStream, _ limit: Int64) {
        call.reply.bulk("entries")
        call.reply.array { entries(call, stream, limit: limit) }
        call.reply.bulk("groups")
        call.reply.array(stream.groups.count)
        let most = limit == 0 ? Int.max : Int(limit)
        for group in stream.groups {
            call.reply.map(7)
            call.reply.bulk("name")
            call.reply.bulk(group.name)
            progress(call, stream, group)
            call.reply.bulk("pel-count")
            call.reply.integer(group.pending.count)
            call.reply.bulk("pending")
            call.reply.array(min(most, group.pending.count))
            group.pending.forEach(limit: most) { entry in
                call.reply.array(4)
                call.reply.bulk(entry.id.text)
                call.reply.bulk(entry.consumer?.name ?? [])
                call.reply.integer(entry.deliveredAt)
                call.reply.integer(entry.deliveries)
            }
            call.reply.bulk("consumers")
            call.reply.array(group.consumers.count)
            for consumer in group.consumers { details(call, consumer, most) }
        }
    }

    private static func details(_ call: RedisCall, _ consumer: StreamConsumer, _ most: Int) {
        call.reply.map(4)
        call.reply.bulk("name")
        call.reply.bulk(consumer.name)
        call.reply.bulk("seen-time")
        call.reply.integer(consumer.seenAt)
        call.reply.bulk("pel-count")
        call.reply.integer(consumer.pending.count)
        call.reply.bulk("pending")
        call.reply.array(min(most, consumer.pending.count))
        consumer.pending.forEach(limit: most) { entry in
            call.reply.array(3)
            call.reply.bulk(entry.id.text)
            call.reply.integer(entry.deliveredAt)
            call.reply.integer(entry.deliveries)
        }
    }
}
