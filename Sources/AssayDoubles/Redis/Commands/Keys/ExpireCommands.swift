extension CommandRow {
    static let expireRows: [CommandRow] = [
        CommandRow(
            "expire", -3, [.write, .fast], .first, .generic, "1.0.0", "Lets a key lapse in some seconds.",
            run: { (call) throws(RedisFailure) in try ExpireCommands.expire(call, 1000, isAbsolute: false) }),
        CommandRow(
            "pexpire", -3, [.write, .fast], .first, .generic, "2.6.0",
            "Lets a key lapse in some milliseconds.",
            run: { (call) throws(RedisFailure) in try ExpireCommands.expire(call, 1, isAbsolute: false) }),
        CommandRow(
            "expireat", -3, [.write, .fast], .first, .generic, "1.2.0",
            "Lets a key lapse at a second of Unix time.",
            run: { (call) throws(RedisFailure) in try ExpireCommands.expire(call, 1000, isAbsolute: true) }),
        CommandRow(
            "pexpireat", -3, [.write, .fast], .first, .generic, "2.6.0",
            "Lets a key lapse at a millisecond of Unix time.",
            run: { (call) throws(RedisFailure) in try ExpireCommands.expire(call, 1, isAbsolute: true) }),
        CommandRow(
            "ttl", 2, [.readonly, .fast], .first, .generic, "1.0.0",
            "Returns in how many seconds a key lapses.",
            run: { (call) throws(RedisFailure) in ExpireCommands.left(call, 1000, isAbsolute: false) }),
        CommandRow(
            "pttl", 2, [.readonly, .fast], .first, .generic, "2.6.0",
            "Returns in how many milliseconds a key lapses.",
            run: { (call) throws(RedisFailure) in ExpireCommands.left(call, 1, isAbsolute: false) }),
        CommandRow(
            "expiretime", 2, [.readonly, .fast], .first, .generic, "7.0.0",
            "Returns the second of Unix time at which a key lapses.",
            run: { (call) throws(RedisFailure) in ExpireCommands.left(call, 1000, isAbsolute: true) }),
        CommandRow(
            "pexpiretime", 2, [.readonly, .fast], .first, .generic, "7.0.0",
            "Returns the millisecond of Unix time at which a key lapses.",
            run: { (call) throws(RedisFailure) in ExpireCommands.left(call, 1, isAbsolute: true) }),
        CommandRow(
            "persist", 2, [.write, .fast], .first, .generic, "2.2.0", "Lets a key never lapse.",
            run: ExpireCommands.persist),
    ]
}

enum ExpireCommands {
    private struct Conditions {
        var onlyWithout = false
        var onlyWith = false
        var onlyLater = false
        var onlySooner = false

        init(_ call: RedisCall) throws(RedisFailure) {
            for place in 3..<max(3, call.count) {
                if call.isWord(place, "nx") {
                    onlyWithout = true
                } else if call.isWord(place, "xx") {
                    onlyWith = true
                } else if call.isWord(place, "gt") {
                    onlyLater = true
                } else if call.isWord(place, "lt") {
                    onlySooner = true
                } else {
                    throw .err("Unsupported option \(call[place].text)")
                }
            }
            if onlyWithout, onlyWith || onlyLater || onlySooner {
                throw .err("NX and XX, GT or LT options at the same time are not compatible")
            }
            if onlyLater, onlySooner { throw .err("GT and LT options at the same time are not compatible") }
        }

        func allow(_ time: Int64, old: Int64) -> Bool {
            if onlyWithout, old != 0 { return false }
            if onlyWith, old == 0 { return false }
            // Never is later than any time.
            if onlyLater, old == 0 || time <= old { return false }
            if onlySooner, old != 0, time >= old { return false }
            return true
        }
    }

    static func expire(_ call: RedisCall, _ unit: Int64, isAbsolute: Bool) throws(RedisFailure) {
        let conditions = try Conditions(call)
        let number = try call.integer(2)
        let (milliseconds, tooLarge) = number.multipliedReportingOverflow(by: unit)
        let (time, over) = milliseconds.addingReportingOverflow(isAbsolute ? 0 : call.server.now)
        guard !tooLarge, !over else {
            throw .err("invalid expire time in '\(call.command.fullName)' command")
        }
        guard let slot = call.database.find(call[1]),
            conditions.allow(time, old: call.database[slot].expiresAt)
        else {
            call.reply.integer(0)
            return
        }
        if time <= call.server.now {
            call.database.remove(at: slot)
            call.changed(call[1], .generic, "del")
        } else {
            call.database.setExpiry(slot, time)
            call.changed(call[1], .generic, "expire")
        }
        call.reply.integer(1)
    }

    static func left(_ call: RedisCall, _ unit: Int64, isAbsolute: Bool) {
        guard let slot = call.database.read(call[1]) else {
            call.reply.integer(-2)
            return
        }
        let time = call.database[slot].expiresAt
        guard time != 0 else {
            call.reply.integer(-1)
            return
        }
        let left = isAbsolute ? time : max(0, time - call.server.now)
        call.reply.integer((left + (unit > 1 ? 500 : 0)) / unit)
    }

    static func persist(_ call: RedisCall) throws(RedisFailure) {
        guard let slot = call.database.find(call[1]), call.database[slot].expiresAt != 0 else {
            call.reply.integer(0)
            return
        }
        call.database.setExpiry(slot, 0)
        call.changed(call[1], .generic, "persist")
        call.reply.integer(1)
    }
}
