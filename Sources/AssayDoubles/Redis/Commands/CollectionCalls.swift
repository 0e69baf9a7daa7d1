/// What the commands of all collections share.
extension RedisCall {
    /// When a real server would change the form of a value.
    var limits: EncodingLimits { server.limits }

    /// A failure over the number of arguments, for commands that count beyond their arity.
    var wrongArgumentCount: RedisFailure {
        .err("wrong number of arguments for '\(command.fullName)' command")
    }

    /// A collection for a command that may have waited: a key of another type is passed over once it has.
    func waited<Collection: RedisCollection>(
        _ place: Int, as type: Collection.Type
    ) throws(RedisFailure) -> Collection? {
        if client.isRetrying, let slot = database.find(self[place]),
            database[slot].value.type != Collection.type
        {
            return nil
        }
        return try database.find(self[place], as: type)
    }

    /// The places of the keys that an argument counts, and the place after them.
    ///
    /// - Parameter atLeast: how many words must follow the keys.
    func countedKeys(_ place: Int, atLeast more: Int) throws(RedisFailure) -> Range<Int> {
        let failure = RedisFailure.err("numkeys should be greater than 0")
        let number = try integer(place, in: 1...Int64.max, failure)
        guard number <= Int64(count - place - 1 - more) else { throw .syntax }
        return place + 1..<place + 1 + Int(number)
    }

    /// A number of elements asked for, at least 0.
    func positive(_ place: Int) throws(RedisFailure) -> Int {
        Int(try integer(place, in: 0...Int64.max, .notPositive))
    }

    /// Reads `[COUNT count]`, which ends the command; 1 without it.
    func popCount(from place: Int) throws(RedisFailure) -> Int {
        guard place < count else { return 1 }
        guard isWord(place, "count"), place + 1 < count else { throw .syntax }
        let number = try integer(place + 1, in: 1...Int64.max, .err("count should be greater than 0"))
        guard place + 2 == count else { throw .syntax }
        return Int(number)
    }

    /// Stores what a command made at a key, or takes the key away when it is empty.
    func store(
        _ result: some RedisCollection, at key: ByteSlice, _ kind: KeyspaceEvents, _ event: StaticString
    ) {
        if result.isEmpty {
            if database.remove(key) != nil { changed(key, .generic, "del") }
        } else {
            database.set(key, .collection(result))
            changed(key, kind, event)
        }
    }
}

/// One step of SSCAN, HSCAN and ZSCAN, after the key.
struct ScanStep {
    private var cursor: UInt64
    private var pattern: [UInt8]?
    private var limit = 10

    /// Reads `cursor [MATCH pattern] [COUNT count]` from the second argument on.
    init(_ call: RedisCall) throws(RedisFailure) {
        guard let cursor = StreamID.number(call[2]) else { throw .err("invalid cursor") }
        self.cursor = cursor
        var place = 3
        while place < call.count {
            guard place + 1 < call.count else { throw .syntax }
            if call.isWord(place, "count") {
                limit = Int(try call.integer(place + 1, in: Int64.min...Int64.max))
                guard limit >= 1 else { throw .syntax }
            } else if call.isWord(place, "match") {
                pattern = [UInt8](call[place + 1])
            } else {
                throw .syntax
            }
            place += 2
        }
    }

    /// Answers a cursor and elements.
    ///
    /// - Parameter step: gives the elements of one bucket with their words, and answers the next cursor.
    func run(
        _ call: RedisCall,
        _ step: (UInt64, (_ name: [UInt8], _ words: [UInt8]?) -> Void) -> UInt64
    ) {
        var words: [[UInt8]] = []
        var next = cursor
        // Sparse tables have many empty buckets: bounded as Redis bounds it.
        var steps = limit.multipliedReportingOverflow(by: 10).partialValue
        if steps <= 0 { steps = .max }
        var seen = 0
        repeat {
            next = step(next) { name, word in
                seen += 1
                if let pattern, !globMatches(pattern, name) { return }
                words.append(name)
                if let word { words.append(word) }
            }
            steps -= 1
        } while next != 0 && steps > 0 && seen < limit
        call.reply.array(2)
        call.reply.bulk(String(next))
        call.reply.array(words.count)
        for word in words { call.reply.bulk(word) }
    }
}

extension RedisCall {
    /// Places of keys in the order in which they are looked at: a command that waited first takes from the
    /// key that ended the wait.
    func readyFirst(_ places: Range<Int>) -> [Int] {
        guard client.isRetrying, let ready = client.readyKey,
            let first = places.first(where: { self[$0].equals(ready) })
        else { return Array(places) }
        return [first] + places.filter { $0 != first }
    }
}
