/// The commands of lists that do not wait.
enum ListCommands {
    /// An end of a list.
    enum End {
        case left, right

        init(_ word: ByteSlice) throws(RedisFailure) {
            if word.isWord("left") {
                self = .left
            } else if word.isWord("right") {
                self = .right
            } else {
                throw .syntax
            }
        }

        var popEvent: StaticString { self == .left ? "lpop" : "rpop" }
        var pushEvent: StaticString { self == .left ? "lpush" : "rpush" }
    }

    // MARK: Pushing

    static func lpush(_ call: RedisCall) throws(RedisFailure) { try push(call, .left, create: true) }
    static func rpush(_ call: RedisCall) throws(RedisFailure) { try push(call, .right, create: true) }
    static func lpushx(_ call: RedisCall) throws(RedisFailure) { try push(call, .left, create: false) }
    static func rpushx(_ call: RedisCall) throws(RedisFailure) { try push(call, .right, create: false) }

    private static func push(_ call: RedisCall, _ end: End, create: Bool) throws(RedisFailure) {
        let list: RedisList
        if let found = try call.database.find(call[1], as: RedisList.self) {
            list = found
        } else {
            guard create else {
                call.reply.integer(0)
                return
            }
            list = RedisList()
            call.database.add([UInt8](call[1]), .collection(list))
        }
        for place in 2..<call.count {
            let element = [UInt8](call[place])
            if end == .left { list.pushFront(element) } else { list.pushBack(element) }
        }
        call.changed(call[1], .list, end.pushEvent)
        call.reply.integer(list.count)
    }

    static func linsert(_ call: RedisCall) throws(RedisFailure) {
        let isAfter = call.isWord(2, "after")
        guard isAfter || call.isWord(2, "before") else { throw .syntax }
        guard let list = try call.database.find(call[1], as: RedisList.self) else {
            call.reply.integer(0)
            return
        }
        var found: Int?
        list.forEach { index, element in
            if call[3].equals(element) { found = index }
            return found == nil
        }
        guard let found else {
            call.reply.integer(-1)
            return
        }
        list.insert([UInt8](call[4]), at: isAfter ? found + 1 : found)
        call.changed(call[1], .list, "linsert")
        call.reply.integer(list.count)
    }

    // MARK: Popping

    static func lpop(_ call: RedisCall) throws(RedisFailure) { try pop(call, .left) }
    static func rpop(_ call: RedisCall) throws(RedisFailure) { try pop(call, .right) }

    private static func pop(_ call: RedisCall, _ end: End) throws(RedisFailure) {
        guard call.count <= 3 else { throw call.wrongArgumentCount }
        let wanted = call.count == 3 ? try call.positive(2) : nil
        guard let list = try call.database.find(call[1], as: RedisList.self) else {
            wanted == nil ? call.reply.null() : call.reply.nullArray()
            return
        }
        guard let wanted else {
            if let element = take(from: list, end) { call.reply.bulk(element) } else { call.reply.null() }
            removed(call, call[1], list, end)
            return
        }
        guard wanted > 0 else {
            call.reply.array(0)
            return
        }
        popRange(call, call[1], list, end, wanted)
    }

    /// Answers an array of up to `wanted` elements and removes them.
    static func popRange(
        _ call: RedisCall, _ key: ByteSlice, _ list: RedisList, _ end: End, _ wanted: Int
    ) {
        let count = min(wanted, list.count)
        call.reply.array(count)
        for _ in 0..<count {
            if let element = take(from: list, end) { call.reply.bulk(element) }
        }
        removed(call, key, list, end)
    }

    static func take(from list: RedisList, _ end: End) -> [UInt8]? {
        end == .left ? list.popFront() : list.popBack()
    }

    /// Tells that elements were popped, and removes an empty list.
    static func removed(_ call: RedisCall, _ key: ByteSlice, _ list: RedisList, _ end: End) {
        call.changed(key, .list, end.popEvent)
        call.database.removeIfEmpty(key, list)
    }

    static func lmpop(_ call: RedisCall) throws(RedisFailure) {
        let (keys, end, wanted) = try multiplePop(call, 1)
        for place in keys {
            guard let list = try call.database.find(call[place], as: RedisList.self) else { continue }
            call.reply.array(2)
            call.reply.bulk(call[place])
            popRange(call, call[place], list, end, wanted)
            return
        }
        call.reply.nullArray()
    }

    /// Reads `numkeys key… LEFT|RIGHT [COUNT count]`.
    static func multiplePop(
        _ call: RedisCall, _ place: Int
    ) throws(RedisFailure) -> (keys: Range<Int>, end: End, count: Int) {
        let keys = try call.countedKeys(place, atLeast: 1)
        let end = try End(call[keys.upperBound])
        return (keys, end, try call.popCount(from: keys.upperBound + 1))
    }

    // MARK: Moving

    static func lmove(_ call: RedisCall) throws(RedisFailure) {
        let from = try End(call[3])
        try move(call, from, try End(call[4]))
    }

    static func rpoplpush(_ call: RedisCall) throws(RedisFailure) { try move(call, .right, .left) }

    /// Moves an element of the list at the first argument to the one at the second.
    static func move(_ call: RedisCall, _ from: End, _ to: End) throws(RedisFailure) {
        guard let source = try call.database.find(call[1], as: RedisList.self) else {
            call.reply.null()
            return
        }
        let target = try call.database.findOrAdd(call[2], RedisList())
        guard let element = take(from: source, from) else {
            call.reply.null()
            return
        }
        if to == .left { target.pushFront(element) } else { target.pushBack(element) }
        call.changed(call[2], .list, to.pushEvent)
        call.reply.bulk(element)
        removed(call, call[1], source, from)
    }

    // MARK: Reading

    static func llen(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(try call.database.read(call[1], as: RedisList.self)?.count ?? 0)
    }

    static func lindex(_ call: RedisCall) throws(RedisFailure) {
        guard let list = try call.database.read(call[1], as: RedisList.self) else {
            call.reply.null()
            return
        }
        let index = place(try call.integer(2), in: list.count)
        if let index { call.reply.bulk(list[index]) } else { call.reply.null() }
    }

    static func lrange(_ call: RedisCall) throws(RedisFailure) {
        let (start, stop) = (try call.integer(2), try call.integer(3))
        guard let list = try call.database.read(call[1], as: RedisList.self) else {
            call.reply.array(0)
            return
        }
        let range = Ranks.range(start, stop, count: list.count)
        call.reply.array(range.count)
        var left = range.count
        guard left > 0 else { return }
        list.forEach(from: range.lowerBound) { _, element in
            call.reply.bulk(element)
            left -= 1
            return left > 0
        }
    }

    static func lpos(_ call: RedisCall) throws(RedisFailure) {
        let search = try PositionSearch(call)
        guard let list = try call.database.read(call[1], as: RedisList.self) else {
            search.wanted == nil ? call.reply.null() : call.reply.array(0)
            return
        }
        let found = search.run(list, call[2])
        if search.wanted != nil {
            call.reply.array(found.count)
            for index in found { call.reply.integer(index) }
        } else if let first = found.first {
            call.reply.integer(first)
        } else {
            call.reply.null()
        }
    }

    // MARK: Changing

    static func lset(_ call: RedisCall) throws(RedisFailure) {
        guard let list = try call.database.find(call[1], as: RedisList.self) else { throw .noSuchKey }
        guard let index = place(try call.integer(2), in: list.count) else { throw .outOfRange }
        list[index] = [UInt8](call[3])
        call.changed(call[1], .list, "lset")
        call.reply.ok()
    }

    static func lrem(_ call: RedisCall) throws(RedisFailure) {
        let limit = try call.integer(2)
        guard let list = try call.database.find(call[1], as: RedisList.self) else {
            call.reply.integer(0)
            return
        }
        let removed = list.removeAll(
            equalTo: call[3], limit: Int(clamping: limit.magnitude), fromEnd: limit < 0)
        if removed > 0 { call.changed(call[1], .list, "lrem") }
        call.database.removeIfEmpty(call[1], list)
        call.reply.integer(removed)
    }

    static func ltrim(_ call: RedisCall) throws(RedisFailure) {
        let (start, stop) = (try call.integer(2), try call.integer(3))
        guard let list = try call.database.find(call[1], as: RedisList.self) else {
            call.reply.ok()
            return
        }
        let range = Ranks.range(start, stop, count: list.count)
        list.removeSubrange(range.isEmpty ? 0..<list.count : range.upperBound..<list.count)
        if !range.isEmpty { list.removeSubrange(0..<range.lowerBound) }
        call.changed(call[1], .list, "ltrim")
        call.database.removeIfEmpty(call[1], list)
        call.reply.ok()
    }

    /// An index that may count from the end; `nil` when it is outside.
    private static func place(_ index: Int64, in count: Int) -> Int? {
        let place = index < 0 ? Int64(count) &+ index : index
        return place >= 0 && place < Int64(count) ? Int(place) : nil
    }
}

/// Ranges of indices and ranks as commands give them: both ends included, negative ones counted from the end.
enum Ranks {
    /// What of a range there is; empty when there is nothing.
    static func range(_ start: Int64, _ stop: Int64, count: Int) -> Range<Int> {
        let count = Int64(count)
        let first = max(0, start < 0 ? start &+ count : start)
        let last = min(count - 1, stop < 0 ? stop &+ count : stop)
        guard first <= last else { return 0..<0 }
        return Int(first)..<Int(last) + 1
    }
}

/// The options of LPOS.
struct PositionSearch {
    private(set) var rank: Int64 = 1
    /// How many matches are asked for, 0: all; `nil`: one, and not as an array.
    private(set) var wanted: Int64?
    private(set) var limit: Int64 = 0

    init(_ call: RedisCall) throws(RedisFailure) {
        var place = 3
        while place < call.count {
            guard place + 1 < call.count else { throw .syntax }
            if call.isWord(place, "rank") {
                rank = try call.integer(place + 1)
                guard rank != 0 else {
                    throw .err(
                        "RANK can't be zero: use 1 to start from the first match, 2 from the second ... "
                            + "or use negative to start from the end of the list")
                }
            } else if call.isWord(place, "count") {
                wanted = try call.integer(place + 1, in: 0...Int64.max, .err("COUNT can't be negative"))
            } else if call.isWord(place, "maxlen") {
                limit = try call.integer(place + 1, in: 0...Int64.max, .err("MAXLEN can't be negative"))
            } else {
                throw .syntax
            }
            place += 2
        }
    }

    /// The indices of the matches that are asked for.
    func run(_ list: RedisList, _ element: ByteSlice) -> [Int] {
        var found: [Int] = []
        var (matches, compared) = (UInt64(0), Int64(0))
        let most = wanted ?? 1
        let visit = { (index: Int, other: [UInt8]) -> Bool in
            if limit > 0, compared >= limit { return false }
            compared += 1
            guard element.equals(other) else { return true }
            matches += 1
            if matches >= rank.magnitude { found.append(index) }
            return most == 0 || Int64(found.count) < most
        }
        if rank > 0 { list.forEach(visit) } else { list.forEachReversed(visit) }
        return found
    }
}
