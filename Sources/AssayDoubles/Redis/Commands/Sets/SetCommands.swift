/// The commands of one set.
enum SetCommands {
    static func sadd(_ call: RedisCall) throws(RedisFailure) {
        let set = try call.database.findOrAdd(call[1], RedisSet())
        var added = 0
        for place in 2..<call.count where set.insert(call[place], call.limits) { added += 1 }
        if added > 0 { call.changed(call[1], .set, "sadd") }
        call.reply.integer(added)
    }

    static func srem(_ call: RedisCall) throws(RedisFailure) {
        guard let set = try call.database.find(call[1], as: RedisSet.self) else {
            call.reply.integer(0)
            return
        }
        var removed = 0
        for place in 2..<call.count where set.remove(call[place]) { removed += 1 }
        if removed > 0 {
            call.changed(call[1], .set, "srem")
            call.database.removeIfEmpty(call[1], set)
        }
        call.reply.integer(removed)
    }

    static func smove(_ call: RedisCall) throws(RedisFailure) {
        // The type of the target counts only when there is a source.
        guard let source = try call.database.find(call[1], as: RedisSet.self) else {
            call.reply.integer(0)
            return
        }
        let target = try call.database.find(call[2], as: RedisSet.self)
        if source === target {
            call.reply.integer(source.contains(call[3]) ? 1 : 0)
            return
        }
        guard source.remove(call[3]) else {
            call.reply.integer(0)
            return
        }
        call.changed(call[1], .set, "srem")
        call.database.removeIfEmpty(call[1], source)
        let receiver = try call.database.findOrAdd(call[2], RedisSet())
        if receiver.insert(call[3], call.limits) { call.changed(call[2], .set, "sadd") }
        call.reply.integer(1)
    }

    static func sismember(_ call: RedisCall) throws(RedisFailure) {
        let set = try call.database.read(call[1], as: RedisSet.self)
        call.reply.integer(set?.contains(call[2]) == true ? 1 : 0)
    }

    static func smismember(_ call: RedisCall) throws(RedisFailure) {
        let set = try call.database.read(call[1], as: RedisSet.self)
        call.reply.array(call.count - 2)
        for place in 2..<call.count { call.reply.integer(set?.contains(call[place]) == true ? 1 : 0) }
    }

    static func scard(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisSet.self)?.count ?? 0)
    }

    static func smembers(_ call: RedisCall) throws(RedisFailure) {
        let set = try call.database.read(call[1], as: RedisSet.self)
        call.reply.set(set?.count ?? 0)
        set?.forEach { call.reply.bulk($0) }
    }

    static func sscan(_ call: RedisCall) throws(RedisFailure) {
        let step = try ScanStep(call)
        let set = try call.database.read(call[1], as: RedisSet.self)
        step.run(call) { cursor, visit in set?.scan(from: cursor) { visit($0, nil) } ?? 0 }
    }

    // MARK: Random members

    static func srandmember(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 3 else { throw .syntax }
        guard call.count == 3 else {
            if let set = try call.database.read(call[1], as: RedisSet.self) {
                call.reply.bulk(set.member(at: Int.random(in: 0..<set.count, using: &call.server.random)))
            } else {
                call.reply.null()
            }
            return
        }
        let request = try RandomDraw.Request(call, 2)
        guard let set = try call.database.read(call[1], as: RedisSet.self) else {
            call.reply.array(0)
            return
        }
        let places = request.places(below: set.count, &call.server.random)
        call.reply.array(places.count)
        for place in places { call.reply.bulk(set.member(at: place)) }
    }

    static func spop(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 3 else { throw .syntax }
        let wanted = call.count == 3 ? try call.positive(2) : nil
        guard let set = try call.database.find(call[1], as: RedisSet.self) else {
            wanted == nil ? call.reply.null() : call.reply.set(0)
            return
        }
        let count = min(wanted ?? 1, set.count)
        if wanted != nil { call.reply.set(count) }
        guard count > 0 else { return }
        if count == set.count {
            set.forEach { call.reply.bulk($0) }
            set.removeAll()
        } else {
            for _ in 0..<count {
                let member = set.member(at: Int.random(in: 0..<set.count, using: &call.server.random))
                call.reply.bulk(member)
                member.withSlice { _ = set.remove($0) }
            }
        }
        call.changed(call[1], .set, "spop")
        call.database.removeIfEmpty(call[1], set)
    }
}
