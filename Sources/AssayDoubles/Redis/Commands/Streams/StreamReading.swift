/// XREAD and XREADGROUP.
extension StreamCommands {
    static func xread(_ call: RedisCall) throws(RedisFailure) { try StreamRead(call, isGroup: false).run() }
    static func xreadgroup(_ call: RedisCall) throws(RedisFailure) {
        try StreamRead(call, isGroup: true).run()
    }

    /// Which arguments are keys: the first half of what follows STREAMS.
    static let readKeys: @Sendable (ArgumentList) -> [Int] = { arguments in
        var place = 1
        while place < arguments.count {
            let word = arguments[place]
            if word.isWord("streams") {
                let count = (arguments.count - place - 1) / 2
                return Array(place + 1..<place + 1 + count)
            }
            if word.isWord("block") || word.isWord("count") {
                place += 1
            } else if word.isWord("group") {
                place += 2
            } else if !word.isWord("noack") {
                return []
            }
            place += 1
        }
        return []
    }
}

/// One run of XREAD or XREADGROUP.
private struct StreamRead {
    private enum Position {
        case after(StreamID)
        /// `>`: what the group has not seen.
        case new
    }

    private struct Source {
        var place: Int
        var position: Position
        var group: StreamGroup?
    }

    private let call: RedisCall
    private let isGroup: Bool
    private var milliseconds: Int64?
    private var limit: Int64 = 0
    private var noAcknowledgement = false
    private var groupPlace: Int?
    private var firstKey = 0
    private var keyCount = 0
    private var sources: [Source] = []

    init(_ call: RedisCall, isGroup: Bool) throws(RedisFailure) {
        self.call = call
        self.isGroup = isGroup
        try readOptions()
        guard firstKey > 0 else { throw .syntax }
        if isGroup, groupPlace == nil { throw .err("Missing GROUP option for XREADGROUP") }
        for index in 0..<keyCount { sources.append(try source(firstKey + index)) }
    }

    private mutating func readOptions() throws(RedisFailure) {
        let name = isGroup ? "XREADGROUP" : "XREAD"
        var place = 1
        while place < call.count, firstKey == 0 {
            let more = call.count - 1 - place
            if call.isWord(place, "block"), more > 0 {
                guard call.client.kind != .script else {
                    throw .err("\(call[0].text) command is not allowed with BLOCK option from scripts")
                }
                place += 1
                milliseconds = try timeout(place)
            } else if call.isWord(place, "count"), more > 0 {
                place += 1
                limit = max(0, try call.integer(place))
            } else if call.isWord(place, "streams"), more > 0 {
                guard more % 2 == 0 else {
                    throw .err(
                        "Unbalanced XREAD list of streams: "
                            + "for each stream key an ID or '$' must be specified.")
                }
                firstKey = place + 1
                keyCount = more / 2
            } else if call.isWord(place, "group"), more >= 2 {
                guard isGroup else { throw Self.onlyForGroups("GROUP", name) }
                groupPlace = place + 1
                place += 2
            } else if call.isWord(place, "noack") {
                guard isGroup else { throw Self.onlyForGroups("NOACK", name) }
                noAcknowledgement = true
            } else {
                throw .syntax
            }
            place += 1
        }
    }

    private static func onlyForGroups(_ option: String, _ name: String) -> RedisFailure {
        .err("The \(option) option is only supported by XREADGROUP. You called \(name) instead.")
    }

    private func timeout(_ place: Int) throws(RedisFailure) -> Int64 {
        let number = try call.integer(place, .err("timeout is not an integer or out of range"))
        guard number >= 0 else { throw .err("timeout is negative") }
        guard number <= Int64.max - call.server.now else { throw .err("timeout is out of range") }
        return number
    }

    /// Reads a key's ID and finds its group.
    private func source(_ place: Int) throws(RedisFailure) -> Source {
        let id = call[place + keyCount]
        // Once it waited, the key may be gone or another; that is told when it is read.
        if call.client.isRetrying, call.client.readyKey.map({ !call[place].equals($0) }) ?? false {
            return Source(place: place, position: .new)
        }
        let stream: RedisStream?
        if call.client.isRetrying, isGroup {
            guard let slot = call.database.find(call[place]), call.database[slot].value.type == .stream else {
                throw RedisFailure("UNBLOCKED the stream key no longer exists")
            }
            stream = try call.database.collection(at: slot)
        } else {
            stream = try call.waited(place, as: RedisStream.self)
        }
        var group: StreamGroup?
        if let groupPlace {
            group = stream?.group([UInt8](call[groupPlace]))
            if group == nil {
                throw call.client.isRetrying
                    ? RedisFailure("NOGROUP the consumer group this client was blocked on no longer exists")
                    : RedisFailure(
                        "NOGROUP No such key '\(call[place].text)' or consumer group "
                            + "'\(call[groupPlace].text)' in XREADGROUP with GROUP option")
            }
        }
        return Source(place: place, position: try position(id, place, stream), group: group)
    }

    private func position(
        _ id: ByteSlice, _ place: Int, _ stream: RedisStream?
    ) throws(RedisFailure) -> Position {
        if id.equals([UInt8(ascii: "$")]) {
            guard !isGroup else {
                throw .err(
                    "The $ ID is meaningless in the context of XREADGROUP: you want to read the history "
                        + "of this consumer by specifying a proper ID, or use the > ID to get new messages. "
                        + "The $ ID would just return an empty result set.")
            }
            return .after(stream?.lastID ?? .lowest)
        }
        if id.equals([UInt8(ascii: ">")]) {
            guard isGroup else {
                throw .err(
                    "The > ID can be specified only when calling XREADGROUP using the "
                        + "GROUP <group> <consumer> option.")
            }
            return .new
        }
        return .after(try call.streamID(place + keyCount))
    }

    func run() throws(RedisFailure) {
        var readable: [(source: Source, stream: RedisStream)] = []
        for source in sources {
            if call.client.isRetrying, let ready = call.client.readyKey, !call[source.place].equals(ready) {
                continue
            }
            guard let stream = try call.waited(source.place, as: RedisStream.self), isReadable(source, stream)
            else { continue }
            readable.append((source, stream))
        }
        guard !readable.isEmpty else { return wait() }
        if call.reply.isRESP3 { call.reply.map(readable.count) } else { call.reply.array(readable.count) }
        for (source, stream) in readable {
            if !call.reply.isRESP3 { call.reply.array(2) }
            call.reply.bulk(call[source.place])
            answer(source, stream)
        }
    }

    private func isReadable(_ source: Source, _ stream: RedisStream) -> Bool {
        let last = stream.lastEntryID
        switch (source.position, source.group) {
        case (.after, .some): return true
        case (.new, let group): return last.map { last in group.map { last > $0.lastID } ?? false } ?? false
        case (.after(let id), nil): return last.map { $0 > id } ?? false
        }
    }

    private func answer(_ source: Source, _ stream: RedisStream) {
        // A client that waited is not given all of a long stream.
        let limit = call.client.isRetrying && limit == 0 ? 1000 : limit
        guard let group = source.group, let groupPlace else {
            guard case .after(let id) = source.position else { return }
            call.reply.array { StreamCommands.entries(call, stream, from: id.next ?? .highest, limit: limit) }
            return
        }
        let consumer = call.consumer([UInt8](call[groupPlace + 1]), of: group, call[source.place])
        if case .after(let id) = source.position {
            history(of: consumer, stream, after: id, limit)
            return
        }
        call.reply.array {
            StreamCommands.entries(call, stream, from: group.lastID.next ?? .highest, limit: limit) { entry in
                stream.advance(group, to: entry.id)
                if !noAcknowledgement { group.deliver(entry.id, to: consumer, at: call.server.now) }
            }
        }
        call.server.dirty &+= 1
    }

    /// Answers what is pending for a consumer.
    private func history(
        of consumer: StreamConsumer, _ stream: RedisStream, after id: StreamID, _ limit: Int64
    ) {
        let first = id.next.map { consumer.pending.rank(from: $0) } ?? consumer.pending.count
        let left = consumer.pending.count - first
        let count = limit == 0 ? left : Int(min(Int64(left), limit))
        call.reply.array(count)
        for rank in first..<first + count {
            guard let pending = consumer.pending.entry(atRank: rank) else { continue }
            let found = StreamCommands.entries(call, stream, from: pending.id, through: pending.id, limit: 1)
            if found == 0 {
                call.reply.array(2)
                call.reply.bulk(pending.id.text)
                call.reply.nullArray()
            } else {
                pending.deliveredAt = call.server.now
                pending.deliveries += 1
            }
        }
        call.server.dirty &+= 1
    }

    private func wait() {
        guard let milliseconds else {
            call.reply.nullArray()
            return
        }
        // `$` is the stream's end now, not at the time of the next look.
        var words = (0..<call.count).map { [UInt8](call[$0]) }
        for source in sources {
            if case .after(let id) = source.position { words[source.place + keyCount] = id.text }
        }
        call.block(
            on: firstKey..<firstKey + keyCount, type: .stream, milliseconds: milliseconds, rewritten: words)
    }
}
