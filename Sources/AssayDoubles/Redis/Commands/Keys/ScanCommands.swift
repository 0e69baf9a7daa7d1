/// What SCAN and its kind are asked for.
struct ScanOptions {
    var count = 10
    var pattern: [UInt8]?
    var type: [UInt8]?

    /// - Parameter start: the place of the first option, behind the cursor.
    init(_ call: RedisCall, from start: Int, allowsType: Bool = false) throws(RedisFailure) {
        var place = start
        while place < call.count {
            guard place + 1 < call.count else { throw .syntax }
            if call.isWord(place, "count") {
                let number = try call.integer(place + 1)
                guard number >= 1 else { throw .syntax }
                count = Int(min(number, 1 << 40))
            } else if call.isWord(place, "match") {
                pattern = [UInt8](call[place + 1])
            } else if allowsType, call.isWord(place, "type") {
                type = call[place + 1].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
            } else {
                throw .syntax
            }
            place += 2
        }
        if pattern == [0x2A] { pattern = nil }
    }

    func matches(_ key: [UInt8]) -> Bool { pattern.map { globMatches($0, key) } ?? true }

    /// - Throws: `ERR invalid cursor`.
    static func cursor(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> UInt64 {
        guard let cursor = UInt64(call[place].text) else { throw .err("invalid cursor") }
        return cursor
    }

    /// Walks a table from a cursor until about ``count`` entries were seen.
    ///
    /// - Returns: the cursor to go on with.
    func walk<Value>(_ table: ByteTable<Value>, from cursor: UInt64, _ visit: (_ slot: Int) -> Void) -> UInt64
    {
        var cursor = cursor
        var seen = 0
        var steps = count.multipliedReportingOverflow(by: 10).partialValue
        repeat {
            cursor = table.scan(cursor) { slot in
                seen += 1
                visit(slot)
            }
            steps -= 1
        } while cursor != 0 && steps > 0 && seen < count
        return cursor
    }
}

enum ScanCommands {
    static func scan(_ call: RedisCall) throws(RedisFailure) {
        let cursor = try ScanOptions.cursor(call, 1)
        let options = try ScanOptions(call, from: 2, allowsType: true)
        let database = call.database
        var found: [[UInt8]] = []
        var lapsed: [[UInt8]] = []
        let next = options.walk(database.table, from: cursor) { slot in
            let key = database.key(at: slot)
            guard options.matches(key) else { return }
            if let type = options.type, !"\(database[slot].value.type.name)".utf8.elementsEqual(type) {
                return
            }
            if database[slot].expiresAt != 0, database[slot].expiresAt <= call.server.now {
                lapsed.append(key)
            } else {
                found.append(key)
            }
        }
        for key in lapsed { key.withSlice { _ = database.find($0) } }
        call.reply.array(2)
        call.reply.bulk(String(next))
        call.reply.array(found.count)
        for key in found { call.reply.bulk(key) }
    }

    static func keys(_ call: RedisCall) throws(RedisFailure) {
        let database = call.database
        let pattern = call[1]
        let matchesAll = pattern.count == 1 && pattern[0] == 0x2A
        call.reply.array { () -> Int in
            var count = 0
            for slot in database.table.slots {
                let time = database[slot].expiresAt
                guard time == 0 || time > call.server.now else { continue }
                let key = database.key(at: slot)
                guard matchesAll || key.withSlice({ globMatches(pattern, $0) }) else { continue }
                call.reply.bulk(key)
                count += 1
            }
            return count
        }
    }

    static func randomkey(_ call: RedisCall) throws(RedisFailure) {
        let database = call.database
        while let slot = database.table.randomSlot(&call.server.random) {
            let key = database.key(at: slot)
            if key.withSlice({ database.find($0) }) != nil {
                call.reply.bulk(key)
                return
            }
        }
        call.reply.null()
    }
}
