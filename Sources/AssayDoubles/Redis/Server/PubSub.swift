/// Channels, patterns and keyspace events.
extension RedisServer {
    /// Publishes a keyspace event.
    func notify(_ kind: KeyspaceEvents, _ event: StaticString, _ key: [UInt8], in database: RedisDatabase) {
        guard notifications.contains(kind) else { return }
        let name = Array("\(event)".utf8)
        if notifications.contains(.keyspace) {
            publish(name, to: Array("__keyspace@\(database.index)__:".utf8) + key)
        }
        if notifications.contains(.keyevent) {
            publish(key, to: Array("__keyevent@\(database.index)__:\(event)".utf8))
        }
    }

    /// Sends a message to the subscribers of a channel and of patterns that match it.
    ///
    /// - Returns: how many got it.
    @discardableResult
    func publish(_ message: [UInt8], to channel: [UInt8]) -> Int {
        var count = 0
        for client in channelSubscribers[channel] ?? [] {
            deliver(client, "message", [channel, message])
            count += 1
        }
        for (pattern, clients) in patternSubscribers where globMatches(pattern, channel) {
            for client in clients {
                deliver(client, "pmessage", [pattern, channel, message])
                count += 1
            }
        }
        return count
    }

    @discardableResult
    func publishShard(_ message: [UInt8], to channel: [UInt8]) -> Int {
        let clients = shardSubscribers[channel] ?? []
        for client in clients { deliver(client, "smessage", [channel, message]) }
        return clients.count
    }

    /// Writes a message to a client; it goes out once the running commands are over.
    func deliver(_ client: RedisClient, _ kind: StaticString, _ parts: [[UInt8]]) {
        client.reply.push(parts.count + 1)
        client.reply.bulk(kind)
        for part in parts { client.reply.bulk(part) }
        unflushed.append(client)
    }

    func unsubscribeAll(_ client: RedisClient) {
        for channel in client.channels { Self.remove(client, from: &channelSubscribers, channel) }
        for pattern in client.patterns { Self.remove(client, from: &patternSubscribers, pattern) }
        for channel in client.shardChannels { Self.remove(client, from: &shardSubscribers, channel) }
        client.channels = []
        client.patterns = []
        client.shardChannels = []
    }

    static func remove(_ client: RedisClient, from table: inout [[UInt8]: [RedisClient]], _ name: [UInt8]) {
        table[name]?.removeAll { $0 === client }
        if table[name]?.isEmpty == true { table[name] = nil }
    }
}
