internal import AssayWire

extension RedisServer {
    /// Runs a command for a command: SORT stores a list with RPUSH, whoever keeps lists.
    ///
    /// - Parameter quietly: without keyspace events.
    @discardableResult
    func query(_ words: [[UInt8]], in database: RedisDatabase, quietly: Bool = false) -> RESPValue {
        let client = helper
        client.call.database = database
        client.reply.isRESP3 = true
        let events = notifications
        if quietly { notifications = [] }
        defer { notifications = events }
        let owned = OwnedArguments(words)
        return owned.withWords { words in
            do throws(RedisFailure) {
                run(try command(for: words), words, client)
            } catch {
                return .failure(error.text)
            }
            return client.reply.takeValue()
        }
    }
}
