/// One run of a command: its words, who sent it, the keyspace it works on, and where its reply goes.
///
/// Every client has one, used again for every command. Words (`call[1]`) lie in the client's input and are good until
/// the command returns. An error is thrown before anything is written.
final class RedisCall {
    unowned let server: RedisServer
    unowned let client: RedisClient
    let reply: ReplyWriter
    var database: RedisDatabase
    var command: RedisCommand
    var arguments: ArgumentList

    init(_ client: RedisClient, _ server: RedisServer, _ arguments: ArgumentList) {
        self.server = server
        self.client = client
        self.arguments = arguments
        reply = client.reply
        database = server.databases[0]
        command = server.table.all[0]
    }

    /// A word; 0 is the command's name.
    @inline(__always)
    subscript(place: Int) -> ByteSlice { arguments[place] }

    var count: Int { arguments.count }

    // MARK: reading arguments

    /// - Throws: `ERR value is not an integer or out of range`, or `failure`.
    func integer(
        _ place: Int, _ failure: @autoclosure () -> RedisFailure = .notInteger
    ) throws(RedisFailure) -> Int64 {
        guard let number = self[place].canonicalInteger else { throw failure() }
        return number
    }

    /// As ``integer(_:_:)``, within a range.
    func integer(
        _ place: Int, in range: ClosedRange<Int64>, _ failure: @autoclosure () -> RedisFailure = .notInteger
    ) throws(RedisFailure) -> Int64 {
        let number = try integer(place, failure())
        guard range.contains(number) else { throw failure() }
        return number
    }

    /// - Throws: `ERR value is not a valid float`, or `failure`.
    func double(
        _ place: Int, _ failure: @autoclosure () -> RedisFailure = .notFloat
    ) throws(RedisFailure) -> Double {
        guard let number = self[place].double else { throw failure() }
        return number
    }

    /// Whether there is such a word at a place: `call.isWord(3, "withscores")`, in lower case.
    func isWord(_ place: Int, _ word: StaticString) -> Bool {
        place < count && self[place].isWord(word)
    }

    /// A time to wait, in seconds with a fraction, as milliseconds; 0 is for ever.
    func timeout(_ place: Int) throws(RedisFailure) -> Int64 {
        guard let seconds = self[place].longDouble, seconds.isFinite || self[place].double != nil else {
            throw .err("timeout is not a float or out of range")
        }
        let milliseconds = seconds * 1000
        guard milliseconds < LongDouble(Int64.max) else { throw .err("timeout is out of range") }
        guard milliseconds >= 0 else { throw .err("timeout is negative") }
        let whole = milliseconds.rounded(.up)
        guard Int64(whole) <= Int64.max - server.now else { throw .err("timeout is out of range") }
        return Int64(whole)
    }

    // MARK: changing keys

    /// Tells everyone who should know that the command changed a key: watching transactions and listeners.
    @inline(__always)
    func changed(_ key: ByteSlice, _ kind: KeyspaceEvents, _ event: StaticString) {
        database.changed(key)
        if server.notifications != [] { server.notify(kind, event, [UInt8](key), in: database) }
    }

    // MARK: waiting

    /// Whether the command may wait: not inside a transaction, a script, or where nobody would be told.
    var mayBlock: Bool { !client.isInExec && client.mayBlock }

    /// Lets the client wait until one of the keys holds something; then the command runs again.
    ///
    /// Where it may not wait the reply is that of a timeout at once. Write nothing and return after the call.
    ///
    /// - Parameters:
    ///   - keys: places of arguments.
    ///   - type: keys of other types do not end the wait.
    ///   - milliseconds: how long, 0 for ever.
    ///   - timeoutReply: what is answered when the time is over.
    ///   - rewritten: the words to run with then, when they are not those of this run.
    func block(
        on keys: some Sequence<Int>, type: RedisType, milliseconds: Int64,
        timeoutReply: TimeoutReply = .nullArray, rewritten: [[UInt8]]? = nil
    ) {
        guard mayBlock else {
            timeoutReply.write(to: reply)
            return
        }
        let names = keys.map { [UInt8](self[$0]) }
        if var blocked = client.blocked, client.isRetrying {
            blocked.isStillWaiting = true
            client.blocked = blocked
            return
        }
        let words = rewritten.map { OwnedArguments($0) } ?? OwnedArguments(arguments)
        server.block(
            client,
            BlockedState(
                command: command, arguments: words, database: database, keys: names, type: type,
                timeoutReply: timeoutReply), milliseconds: milliseconds)
    }
}

/// What a command that waited in vain answers.
enum TimeoutReply {
    case nullArray, null, ok
    case integer(Int64)

    func write(to reply: ReplyWriter) {
        switch self {
        case .nullArray: reply.nullArray()
        case .null: reply.null()
        case .ok: reply.ok()
        case .integer(let number): reply.integer(number)
        }
    }
}
