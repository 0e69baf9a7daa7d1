/// CONFIG SET maxmemory: an estimate, for tests of what happens when a Redis is full.
extension RedisServer {
    /// About how much memory the keys and clients take.
    var usedBytes: Int {
        databases.reduce(800_000) { $0 + $1.count * 128 } + clients.values.reduce(0) { $0 + $1.memoryBytes }
    }

    /// Whether there is a reason to look before every command that writes.
    var limitsWrites: Bool { config.maxMemory > 0 || config.minReplicas > 0 || config.master != nil }

    /// Whether more memory is used than allowed, and no key may be removed for it.
    var isOutOfMemory: Bool {
        guard config.maxMemory > 0, usedBytes > config.maxMemory else { return false }
        evict()
        return usedBytes > config.maxMemory
    }

    /// There are no replicas.
    var hasEnoughReplicas: Bool { config.minReplicas == 0 }

    /// Removes keys as `maxmemory-policy` says until there is room or none is left.
    func evict() {
        let policy = parameter("maxmemory-policy")
        guard config.maxMemory > 0, policy != "noeviction" else { return }
        let onlyExpiring = policy.hasPrefix("volatile")
        for database in databases {
            while usedBytes > config.maxMemory, database.count > 0 {
                guard let slot = victim(in: database, policy, onlyExpiring: onlyExpiring) else { break }
                let key = database.key(at: slot)
                database.remove(at: slot)
                stats.evictedKeys += 1
                database.tellWatchers(key)
                notify(.evicted, "evicted", key, in: database)
            }
        }
    }

    /// Of a few keys at random the one that the policy likes least.
    private func victim(in database: RedisDatabase, _ policy: String, onlyExpiring: Bool) -> Int? {
        if onlyExpiring, database.expiringCount == 0 { return nil }
        var best: Int?
        for _ in 0..<(onlyExpiring ? 64 : 5) {
            guard let slot = database.table.randomSlot(&random) else { return nil }
            let entry = database[slot]
            if onlyExpiring, entry.expiresAt == 0 { continue }
            guard let other = best.map({ database[$0] }) else {
                best = slot
                continue
            }
            let isWorse =
                policy.hasSuffix("ttl")
                ? entry.expiresAt < other.expiresAt
                : policy.hasSuffix("lfu")
                    ? entry.uses < other.uses : policy.hasSuffix("lru") && entry.usedAt < other.usedAt
            if isWorse { best = slot }
        }
        return best ?? (onlyExpiring ? database.table.slots.first { database[$0].expiresAt != 0 } : nil)
    }
}
