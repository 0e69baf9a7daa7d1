extension CommandRow {
    static let dumpRows: [CommandRow] = [
        CommandRow(
            "dump", 2, [.readonly], .first, .generic, "2.6.0", "Returns a value as a file of a Redis has it.",
            run: DumpCommands.dump),
        CommandRow(
            "restore", -4, [.write, .denyoom, .dangerous], .first, .generic, "2.6.0",
            "Sets a value from what DUMP returned.", run: DumpCommands.restore),
        CommandRow(
            "restore-asking", -4, [.write, .denyoom, .dangerous, .asking], .first, .generic, "3.0.0",
            "Sets a value from what DUMP returned.", run: DumpCommands.restore),
    ]
}

/// DUMP and RESTORE: strings, lists, sets, hashes and sorted sets in the form of an RDB file, which a real server takes
/// and whose own is read too; streams excepted.
enum DumpCommands {
    static func dump(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = call.database.read(call[1]) else {
            call.reply.null()
            return
        }
        let value = call.database[slot].value
        guard value.type != .stream else { throw .err("this server does not dump streams, use COPY") }
        var writer = DumpWriter()
        writer.write(value)
        call.reply.bulk(writer.finished)
    }

    private struct Options {
        var replaces = false
        var isAbsolute = false
        var idleSeconds: Int64?
        var uses: Int64?

        init(_ call: RedisCall) throws(RedisFailure) {
            var place = 4
            while place < call.count {
                let hasMore = place + 1 < call.count
                if call.isWord(place, "replace") {
                    replaces = true
                } else if call.isWord(place, "absttl") {
                    isAbsolute = true
                } else if call.isWord(place, "idletime"), hasMore, uses == nil {
                    let number = try call.integer(place + 1)
                    guard number >= 0 else { throw .err("Invalid IDLETIME value, must be >= 0") }
                    idleSeconds = number
                    place += 1
                } else if call.isWord(place, "freq"), hasMore, idleSeconds == nil {
                    let number = try call.integer(place + 1)
                    guard number >= 0, number <= 255 else {
                        throw .err("Invalid FREQ value, must be >= 0 and <= 255")
                    }
                    uses = number
                    place += 1
                } else {
                    throw .syntax
                }
                place += 1
            }
        }
    }

    static func restore(_ call: RedisCall) throws(RedisFailure) {
        let options = try Options(call)
        let key = call[1]
        if !options.replaces, call.database.find(key) != nil {
            throw RedisFailure("BUSYKEY Target key name already exists.")
        }
        let time = try call.integer(2)
        guard time >= 0 else { throw .err("Invalid TTL value, must be >= 0") }
        guard DumpReader.isSound(call[3]) else { throw .err("DUMP payload version or checksum are wrong") }
        var reader = DumpReader(call[3][0..<(call[3].count - 10)])
        guard let value = reader.readValue() else { throw .err("Bad data format") }
        let hadKey = call.database.remove(key) != nil
        let expiresAt = time == 0 ? 0 : options.isAbsolute ? time : time &+ call.server.now
        if expiresAt != 0, expiresAt <= call.server.now {
            if hadKey { call.changed(key, .generic, "del") }
            call.reply.ok()
            return
        }
        try put(value, at: key, call)
        if let slot = call.database.table.find(key) {
            call.database.setExpiry(slot, expiresAt)
            if let idle = options.idleSeconds { call.database[slot].usedAt = call.server.now - idle * 1000 }
            if let uses = options.uses { call.database[slot].uses = UInt8(uses) }
        }
        call.changed(key, .generic, "restore")
        call.reply.ok()
    }

    private static func put(_ value: DumpReader.Value, at key: ByteSlice, _ call: RedisCall)
        throws(RedisFailure)
    {
        let name = [UInt8](key)
        func query(_ words: [[UInt8]]) { call.server.query(words, in: call.database, quietly: true) }
        switch value {
        case .string(let bytes): call.database.set(key, RedisValue(bytes: bytes))
        case .list(let elements): query([Array("RPUSH".utf8), name] + elements)
        case .set(let members): query([Array("SADD".utf8), name] + members)
        case .hash(let pairs): query([Array("HSET".utf8), name] + pairs)
        case .sortedSet(let pairs):
            var words = [Array("ZADD".utf8), name]
            for place in stride(from: 0, to: pairs.count, by: 2) {
                words += [pairs[place + 1], pairs[place]]
            }
            query(words)
        }
        guard call.database.table.find(key) != nil else { throw .err("Bad data format") }
    }
}
