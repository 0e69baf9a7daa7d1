/// WATCH: transactions that fail when a key has changed.
extension RedisServer {
    func watch(_ key: ByteSlice, in database: RedisDatabase, for client: RedisClient) {
        let name = [UInt8](key)
        guard !client.watched.contains(where: { $0.database === database && $0.key == name }) else { return }
        let slot = database.table.find(key)
        let wasLapsed = slot.map { database[$0].expiresAt != 0 && database[$0].expiresAt <= now } ?? false
        client.watched.append((database, name, wasLapsed))
        database.watchers[name, default: []].append(client)
    }

    func unwatch(_ client: RedisClient) {
        for (database, key, _) in client.watched {
            database.watchers[key]?.removeAll { $0 === client }
            if database.watchers[key]?.isEmpty == true { database.watchers[key] = nil }
        }
        client.watched = []
        client.isDirty = false
    }

    /// Whether a watched key has lapsed since, which nobody may have noticed.
    func hasLapsedWatch(_ client: RedisClient) -> Bool {
        client.watched.contains { database, key, wasLapsed in
            guard !wasLapsed, let slot = database.table.find(key) else { return false }
            return database[slot].expiresAt != 0 && database[slot].expiresAt <= now
        }
    }
}

extension RedisClient {
    /// A watched key was changed or removed: the next transaction fails, unless it had lapsed before it was watched and
    /// is only gone now.
    func watchedChanged(_ key: [UInt8], in database: RedisDatabase) {
        for index in watched.indices where watched[index].database === database && watched[index].key == key {
            if watched[index].wasLapsed, database.table.find(key) == nil {
                watched[index].wasLapsed = false
                return
            }
        }
        isDirty = true
    }
}
