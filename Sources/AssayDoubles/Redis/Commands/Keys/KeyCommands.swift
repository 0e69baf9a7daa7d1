extension CommandRow {
    static let keyRows: [CommandRow] = [
        CommandRow("del", -2, [.write], .all, .generic, "1.0.0", "Removes keys.", run: KeyCommands.del),
        CommandRow(
            "unlink", -2, [.write, .fast], .all, .generic, "4.0.0", "Removes keys.", run: KeyCommands.del),
        CommandRow(
            "exists", -2, [.readonly, .fast], .all, .generic, "1.0.0", "Counts which keys are there.",
            run: KeyCommands.exists),
        CommandRow(
            "touch", -2, [.readonly, .fast], .all, .generic, "3.2.1", "Counts as a use of keys.",
            run: KeyCommands.exists),
        CommandRow(
            "type", 2, [.readonly, .fast], .first, .generic, "1.0.0", "Returns the type of a key's value.",
            run: KeyCommands.type),
        CommandRow(
            "rename", 3, [.write], .range(first: 1, last: 2, step: 1), .generic, "1.0.0",
            "Gives a key another name.", run: KeyCommands.rename),
        CommandRow(
            "renamenx", 3, [.write, .fast], .range(first: 1, last: 2, step: 1), .generic, "1.0.0",
            "Gives a key a name that is not taken.", run: KeyCommands.rename),
        CommandRow(
            "copy", -3, [.write, .denyoom], .range(first: 1, last: 2, step: 1), .generic, "6.2.0",
            "Copies the value of a key to another.", run: KeyCommands.copy),
        CommandRow(
            "move", 3, [.write, .fast], .first, .generic, "1.0.0", "Moves a key to another database.",
            run: KeyCommands.move),
        CommandRow(
            "keys", 2, [.readonly, .dangerous], .none, .generic, "1.0.0",
            "Returns the keys that match a pattern.",
            run: ScanCommands.keys),
        CommandRow(
            "scan", -2, [.readonly], .none, .generic, "2.8.0", "Walks the keys in pieces.",
            run: ScanCommands.scan),
        CommandRow(
            "randomkey", 1, [.readonly], .none, .generic, "1.0.0", "Returns a key at random.",
            run: ScanCommands.randomkey),
        CommandRow(
            "wait", 3, [.noscript], .none, .generic, "3.0.0", "Waits for replicas; there are none.",
            run: KeyCommands.wait),
        CommandRow(
            "object", -2, [], .none, .generic, "2.2.3", "Tells how a value is kept.",
            subcommands: [
                CommandRow(
                    "encoding", 3, [.readonly], .range(first: 2, last: 2, step: 1), .generic, "2.2.3",
                    "Returns the form that a value is kept in.", run: ObjectCommands.encoding),
                CommandRow(
                    "freq", 3, [.readonly], .range(first: 2, last: 2, step: 1), .generic, "4.0.0",
                    "Returns how often a key was used, by a logarithm.", run: ObjectCommands.freq),
                CommandRow(
                    "idletime", 3, [.readonly], .range(first: 2, last: 2, step: 1), .generic, "2.2.3",
                    "Returns the seconds since a key was used.", run: ObjectCommands.idletime),
                CommandRow(
                    "refcount", 3, [.readonly], .range(first: 2, last: 2, step: 1), .generic, "2.2.3",
                    "Returns how many share a value.", run: ObjectCommands.refcount),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .generic, "6.2.0", "Lists the subcommands.",
                    run: helpLines("object")),
            ]),
    ]
}

enum KeyCommands {
    static func del(_ call: RedisCall) throws(RedisFailure) {
        var count = 0
        for place in 1..<call.count where call.database.remove(call[place]) != nil {
            call.changed(call[place], .generic, "del")
            count += 1
        }
        call.reply.integer(count)
    }

    static func exists(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer((1..<call.count).reduce(0) { $0 + (call.database.read(call[$1]) == nil ? 0 : 1) })
    }

    static func type(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = call.database.find(call[1]) else {
            call.reply.simple("none")
            return
        }
        call.reply.simple(call.database[slot].value.type.name)
    }

    static func rename(_ call: RedisCall) throws(RedisFailure) {
        let (old, new) = (call[1], call[2])
        let isSafe = call.command.row.name == "renamenx"
        guard call.database.find(old) != nil else { throw .noSuchKey }
        if old.equals(new) || isSafe && call.database.find(new) != nil {
            isSafe ? call.reply.integer(0) : call.reply.ok()
            return
        }
        call.database.remove(new)
        guard let entry = call.database.remove(old) else { throw .noSuchKey }
        put(entry, at: new, in: call.database)
        call.changed(old, .generic, "rename_from")
        call.changed(new, .generic, "rename_to")
        isSafe ? call.reply.integer(1) : call.reply.ok()
    }

    private static func put(_ entry: RedisDatabase.Entry, at key: ByteSlice, in database: RedisDatabase) {
        database.add([UInt8](key), entry.value)
        if let slot = database.table.find(key) { database.setExpiry(slot, entry.expiresAt) }
    }

    /// The database that a word names.
    static func database(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> RedisDatabase {
        let number = try call.integer(place)
        guard number >= 0, number < Int64(call.server.databases.count) else {
            throw .err("DB index is out of range")
        }
        return call.server.databases[Int(number)]
    }

    static func copy(_ call: RedisCall) throws(RedisFailure) {
        var target = call.database
        var replaces = false
        var place = 3
        while place < call.count {
            if call.isWord(place, "replace") {
                replaces = true
            } else if call.isWord(place, "db"), place + 1 < call.count {
                target = try database(call, place + 1)
                place += 1
            } else {
                throw .syntax
            }
            place += 1
        }
        if target === call.database, call[1].equals(call[2]) {
            throw .err("source and destination objects are the same")
        }
        guard let slot = call.database.read(call[1]) else {
            call.reply.integer(0)
            return
        }
        var entry = call.database[slot]
        entry.value = entry.value.copied()
        if target.find(call[2]) != nil {
            guard replaces else {
                call.reply.integer(0)
                return
            }
            target.remove(call[2])
        }
        put(entry, at: call[2], in: target)
        target.changed(call[2])
        call.server.notify(.generic, "copy_to", [UInt8](call[2]), in: target)
        call.reply.integer(1)
    }

    static func move(_ call: RedisCall) throws(RedisFailure) {
        let target = try database(call, 2)
        guard target !== call.database else { throw .err("source and destination objects are the same") }
        guard call.database.find(call[1]) != nil, target.find(call[1]) == nil,
            let entry = call.database.remove(call[1])
        else {
            call.reply.integer(0)
            return
        }
        put(entry, at: call[1], in: target)
        call.changed(call[1], .generic, "move_from")
        target.changed(call[1])
        call.server.notify(.generic, "move_to", [UInt8](call[1]), in: target)
        call.reply.integer(1)
    }

    static func wait(_ call: RedisCall) throws(RedisFailure) {
        let count = try call.integer(1)
        let milliseconds = try call.integer(2, .err("timeout is not an integer or out of range"))
        guard milliseconds >= 0 else { throw .err("timeout is negative") }
        guard count > 0 else {
            call.reply.integer(0)
            return
        }
        call.block(
            on: EmptyCollection(), type: .string, milliseconds: milliseconds, timeoutReply: .integer(0))
    }
}

enum ObjectCommands {
    private static func slot(_ call: RedisCall) -> Int? {
        guard let slot = call.database.find(call[2]) else {
            call.reply.null()
            return nil
        }
        return slot
    }

    static func encoding(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = slot(call) else { return }
        call.reply.bulk(call.database[slot].value.encoding(call.server.limits))
    }

    static func refcount(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = slot(call) else { return }
        // A real server shares the small numbers.
        if case .integer(0..<10_000) = call.database[slot].value {
            call.reply.integer(Int(Int32.max))
        } else {
            call.reply.integer(1)
        }
    }

    static func idletime(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = slot(call) else { return }
        if call.server.countsUses {
            throw .err(
                "An LFU maxmemory policy is selected, idle time not tracked. Please note that when switching "
                    + "between policies at runtime LRU and LFU data will take some time to adjust.")
        }
        call.reply.integer(max(0, call.server.now - call.database[slot].usedAt) / 1000)
    }

    static func freq(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = slot(call) else { return }
        guard call.server.countsUses else {
            throw .err(
                "An LFU maxmemory policy is not selected, access frequency not tracked. Please note that when "
                    + "switching between policies at runtime LRU and LFU data will take some time to adjust.")
        }
        call.reply.integer(Int(call.database[slot].uses))
    }
}

extension RedisValue {
    /// What OBJECT ENCODING answers.
    func encoding(_ limits: EncodingLimits) -> String {
        switch self {
        case .integer: "int"
        case .string(let bytes): bytes.count <= 44 ? "embstr" : "raw"
        case .raw: "raw"
        case .collection(let collection): collection.encoding(limits)
        }
    }
}
