extension CommandRow {
    static let stringRows: [CommandRow] = [
        CommandRow(
            "get", 2, [.readonly, .fast], .first, .string, "1.0.0", "Returns the string at a key.",
            run: StringCommands.get),
        CommandRow(
            "set", -3, [.write, .denyoom], .first, .string, "1.0.0",
            "Sets the string at a key, on conditions and for a time if wished.", run: StringCommands.set),
        CommandRow(
            "setnx", 3, [.write, .denyoom, .fast], .first, .string, "1.0.0",
            "Sets the string at a key that is not there.", run: StringCommands.setnx),
        CommandRow(
            "setex", 4, [.write, .denyoom], .first, .string, "2.0.0", "Sets a string for some seconds.",
            run: StringCommands.setex),
        CommandRow(
            "psetex", 4, [.write, .denyoom], .first, .string, "2.6.0", "Sets a string for some milliseconds.",
            run: StringCommands.setex),
        CommandRow(
            "getset", 3, [.write, .denyoom, .fast], .first, .string, "1.0.0",
            "Sets a string and returns the one before.", run: StringCommands.getset),
        CommandRow(
            "getdel", 2, [.write, .fast], .first, .string, "6.2.0", "Returns a string and removes its key.",
            run: StringCommands.getdel),
        CommandRow(
            "getex", -2, [.write, .fast], .first, .string, "6.2.0",
            "Returns a string and changes when it lapses.", run: StringCommands.getex),
        CommandRow(
            "mget", -2, [.readonly, .fast], .all, .string, "1.0.0", "Returns the strings at several keys.",
            run: StringCommands.mget),
        CommandRow(
            "mset", -3, [.write, .denyoom], .range(first: 1, last: -1, step: 2), .string, "1.0.1",
            "Sets several strings.", run: StringCommands.mset),
        CommandRow(
            "msetnx", -3, [.write, .denyoom], .range(first: 1, last: -1, step: 2), .string, "1.0.1",
            "Sets several strings when none of the keys is there.", run: StringCommands.msetnx),
        CommandRow(
            "append", 3, [.write, .denyoom, .fast], .first, .string, "2.0.0", "Adds to the end of a string.",
            run: StringCommands.append),
        CommandRow(
            "strlen", 2, [.readonly, .fast], .first, .string, "2.2.0", "Returns the length of a string.",
            run: StringCommands.strlen),
        CommandRow(
            "setrange", 4, [.write, .denyoom], .first, .string, "2.2.0",
            "Writes over a part of a string.", run: StringCommands.setrange),
        CommandRow(
            "getrange", 4, [.readonly], .first, .string, "2.4.0", "Returns a part of a string.",
            run: StringCommands.getrange),
        CommandRow(
            "substr", 4, [.readonly], .first, .string, "1.0.0", "Returns a part of a string.",
            run: StringCommands.getrange),
        CommandRow(
            "incr", 2, [.write, .denyoom, .fast], .first, .string, "1.0.0", "Adds one to a number.",
            run: { (call) throws(RedisFailure) in try StringCommands.add(1, call) }),
        CommandRow(
            "decr", 2, [.write, .denyoom, .fast], .first, .string, "1.0.0", "Takes one from a number.",
            run: { (call) throws(RedisFailure) in try StringCommands.add(-1, call) }),
        CommandRow(
            "incrby", 3, [.write, .denyoom, .fast], .first, .string, "1.0.0", "Adds to a number.",
            run: { (call) throws(RedisFailure) in try StringCommands.add(call.integer(2), call) }),
        CommandRow(
            "decrby", 3, [.write, .denyoom, .fast], .first, .string, "1.0.0", "Takes from a number.",
            run: StringCommands.decrby),
        CommandRow(
            "incrbyfloat", 3, [.write, .denyoom, .fast], .first, .string, "2.6.0",
            "Adds to a number with a fraction.", run: StringCommands.incrbyfloat),
        CommandRow(
            "lcs", -3, [.readonly], .range(first: 1, last: 2, step: 1), .string, "7.0.0",
            "Finds the longest common subsequence of two strings.", run: StringCommands.lcs),
    ]
}

/// Commands of strings. Source: Redis 7.0's documentation of each, texts of errors compared with the server.
enum StringCommands {
    static func get(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = call.database.read(call[1]) else {
            call.reply.null()
            return
        }
        try call.replyString(at: slot)
    }

    // MARK: setting

    static func set(_ call: RedisCall) throws(RedisFailure) {
        if call.count == 3 {
            call.database.set(call[1], RedisValue(call[2]))
            call.changed(call[1], .string, "set")
            call.reply.ok()
            return
        }
        let options = try SetOptions(call, from: 3, isSet: true)
        try set(call, RedisValue(call[2]), options)
    }

    private static func set(
        _ call: RedisCall, _ value: RedisValue, _ options: SetOptions
    ) throws(RedisFailure) {
        let key = call[1]
        let slot = options.returnsOld ? call.database.read(key) : call.database.find(key)
        let old = slot.map { call.database[$0].value }
        if options.returnsOld, case .collection? = old { throw .wrongType }
        if options.onlyNew ? slot != nil : options.onlyOld && slot == nil {
            options.returnsOld ? call.reply.bulkOrNull(old?.bytes) : call.reply.null()
            return
        }
        call.database.set(key, value, keepsExpiry: options.keepsExpiry)
        if let time = options.expiresAt, let slot = call.database.table.find(key) {
            call.database.setExpiry(slot, time)
        }
        call.changed(key, .string, "set")
        if options.expiresAt != nil {
            call.server.notify(.generic, "expire", [UInt8](key), in: call.database)
        }
        options.returnsOld ? call.reply.bulkOrNull(old?.bytes) : call.reply.ok()
    }

    static func setnx(_ call: RedisCall) throws(RedisFailure) {
        guard call.database.find(call[1]) == nil else {
            call.reply.integer(0)
            return
        }
        call.database.set(call[1], RedisValue(call[2]))
        call.changed(call[1], .string, "set")
        call.reply.integer(1)
    }

    static func setex(_ call: RedisCall) throws(RedisFailure) {
        var options = SetOptions()
        options.expiresAt = try call.expiry(2, isSeconds: call.command.row.name == "setex", isAbsolute: false)
        try set(call, RedisValue(call[3]), options)
    }

    static func getset(_ call: RedisCall) throws(RedisFailure) {
        let old = try call.database.readString(call[1])
        call.database.set(call[1], RedisValue(call[2]))
        call.changed(call[1], .string, "set")
        call.reply.bulkOrNull(old)
    }

    static func getdel(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = call.database.read(call[1]) else {
            call.reply.null()
            return
        }
        try call.replyString(at: slot)
        call.database.remove(at: slot)
        call.changed(call[1], .generic, "del")
    }

    static func getex(_ call: RedisCall) throws(RedisFailure) {
        let options = try SetOptions(call, from: 2, isSet: false)
        let key = call[1]
        guard let slot = call.database.read(key) else {
            call.reply.null()
            return
        }
        try call.replyString(at: slot)
        if let time = options.expiresAt {
            if time <= call.server.now, options.isAbsolute {
                call.database.remove(at: slot)
                call.changed(key, .generic, "del")
            } else {
                call.database.setExpiry(slot, time)
                call.changed(key, .generic, "expire")
            }
        } else if options.persists, call.database[slot].expiresAt != 0 {
            call.database.setExpiry(slot, 0)
            call.changed(key, .generic, "persist")
        }
    }

    static func mget(_ call: RedisCall) throws(RedisFailure) {
        call.reply.array(call.count - 1)
        for place in 1..<call.count {
            guard let slot = call.database.read(call[place]), call.database[slot].value.type == .string else {
                call.reply.null()
                continue
            }
            try call.replyString(at: slot)
        }
    }

    static func mset(_ call: RedisCall) throws(RedisFailure) {
        guard call.count % 2 == 1 else { throw RedisServer.wrongCount(call.command) }
        setAll(call)
        call.reply.ok()
    }

    static func msetnx(_ call: RedisCall) throws(RedisFailure) {
        guard call.count % 2 == 1 else { throw RedisServer.wrongCount(call.command) }
        for place in stride(from: 1, to: call.count, by: 2) where call.database.find(call[place]) != nil {
            call.reply.integer(0)
            return
        }
        setAll(call)
        call.reply.integer(1)
    }

    private static func setAll(_ call: RedisCall) {
        for place in stride(from: 1, to: call.count, by: 2) {
            call.database.set(call[place], RedisValue(call[place + 1]))
            call.changed(call[place], .string, "set")
        }
    }

    // MARK: parts

    static func append(_ call: RedisCall) throws(RedisFailure) {
        let (key, more) = (call[1], call[2])
        guard let old = try call.database.findString(key) else {
            call.database.add([UInt8](key), RedisValue(more))
            call.changed(key, .string, "append")
            call.reply.integer(more.count)
            return
        }
        try call.checkLength(old.count, plus: more.count)
        let count = try appendInPlace(call, consume old)
        call.changed(key, .string, "append")
        call.reply.integer(count)
    }

    private static func appendInPlace(_ call: RedisCall, _ old: consuming [UInt8]) throws(RedisFailure) -> Int
    {
        _ = consume old
        let more = call[2]
        return try call.database.editString(call[1]) {
            $0.append(more)
            return $0.count
        }
    }

    static func strlen(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.readString(call[1])?.count ?? 0)
    }

    static func setrange(_ call: RedisCall) throws(RedisFailure) {
        let offset = try call.integer(2)
        guard offset >= 0 else { throw .err("offset is out of range") }
        let (key, new) = (call[1], call[3])
        let size = try call.database.findString(key)?.count ?? 0
        guard !new.isEmpty else {
            call.reply.integer(size)
            return
        }
        try call.checkLength(Int(offset), plus: new.count)
        let start = Int(offset)
        let count = try call.database.editString(key) { bytes in
            if bytes.count < start + new.count {
                bytes.append(contentsOf: repeatElement(0, count: start + new.count - bytes.count))
            }
            bytes.replaceSubrange(start..<(start + new.count), with: new)
            return bytes.count
        }
        call.changed(key, .string, "setrange")
        call.reply.integer(count)
    }

    static func getrange(_ call: RedisCall) throws(RedisFailure) {
        let (first, last) = (try call.integer(2), try call.integer(3))
        let bytes = try call.database.readString(call[1]) ?? []
        let count = Int64(bytes.count)
        if first < 0, last < 0, first > last {
            call.reply.bulk("")
            return
        }
        let low = max(0, first < 0 ? count &+ first : first)
        let high = min(count - 1, max(0, last < 0 ? count &+ last : last))
        guard count > 0, low <= high else {
            call.reply.bulk("")
            return
        }
        bytes.withSlice { call.reply.bulk($0[Int(low)..<Int(high + 1)]) }
    }

    // MARK: numbers

    static func decrby(_ call: RedisCall) throws(RedisFailure) {
        let number = try call.integer(2)
        guard number != .min else { throw .err("decrement would overflow") }
        try add(-number, call)
    }

    static func add(_ more: Int64, _ call: RedisCall) throws(RedisFailure) {
        let key = call[1]
        guard let slot = call.database.find(key) else {
            call.database.add([UInt8](key), .integer(more))
            call.changed(key, .string, "incrby")
            call.reply.integer(more)
            return
        }
        let old: Int64
        switch call.database[slot].value {
        case .integer(let number): old = number
        case .string(let bytes), .raw(let bytes):
            guard let number = bytes.withSlice({ $0.canonicalInteger }) else { throw .notInteger }
            old = number
        case .collection: throw .wrongType
        }
        let (sum, over) = old.addingReportingOverflow(more)
        guard !over else { throw .overflow }
        call.database[slot].value = .integer(sum)
        call.database.touch(slot)
        call.changed(key, .string, "incrby")
        call.reply.integer(sum)
    }

    static func incrbyfloat(_ call: RedisCall) throws(RedisFailure) {
        let key = call[1]
        let old = try call.database.findString(key)
        let start: LongDouble
        if let old {
            guard let number = old.withSlice({ $0.longDouble }) else { throw .notFloat }
            start = number
        } else {
            start = 0
        }
        guard let more = call[2].longDouble else { throw .notFloat }
        let sum = start + more
        guard sum.isFinite else { throw .err("increment would produce NaN or Infinity") }
        let text = Array(NumberText.plain(sum).utf8)
        call.database.set(key, .string(text), keepsExpiry: true)
        call.changed(key, .string, "incrbyfloat")
        call.reply.bulk(text)
    }
}
