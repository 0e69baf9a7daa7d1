extension RedisServer {
    func countTracking() {
        trackingCount = clients.values.reduce(0) { $0 + ($1.tracking == nil ? 0 : 1) }
        hasTrackingClients = trackingCount > 0
    }

    /// Remembers what a command of a tracking client reads.
    func remember(_ command: RedisCommand, _ words: ArgumentList, _ client: RedisClient) {
        guard let tracking = client.tracking, !tracking.isBroadcast, command.flags.contains(.readonly) else {
            return
        }
        if tracking.isOptIn, tracking.caching != true { return }
        if tracking.isOptOut, tracking.caching == false { return }
        for place in command.row.keys.places(words) { client.tracking?.keys.insert([UInt8](words[place])) }
    }

    /// Tells tracking clients that a key they have read, or of a prefix they asked for, has changed.
    func invalidate(_ key: [UInt8]) {
        for client in clients.values {
            guard let tracking = client.tracking else { continue }
            if tracking.isNoLoop, client === running { continue }
            if tracking.isBroadcast {
                guard tracking.prefixes.isEmpty || tracking.prefixes.contains(where: { key.starts(with: $0) })
                else {
                    continue
                }
            } else if client.tracking?.keys.remove(key) == nil {
                continue
            }
            sendInvalidation([key], client, tracking.redirect)
        }
    }

    /// FLUSHALL: everything that was read has changed.
    func invalidateAll() {
        guard hasTrackingClients else { return }
        for client in clients.values {
            guard let tracking = client.tracking else { continue }
            client.tracking?.keys.removeAll()
            sendInvalidation(nil, client, tracking.redirect)
        }
    }

    private func sendInvalidation(_ keys: [[UInt8]]?, _ client: RedisClient, _ redirect: Int64) {
        var target = client
        if redirect != 0 {
            guard let other = clients[redirect] else {
                if client.reply.isRESP3 {
                    client.reply.push(2)
                    client.reply.bulk("tracking-redir-broken")
                    client.reply.integer(redirect)
                    unflushed.append(client)
                }
                return
            }
            target = other
        }
        let reply = target.reply
        if reply.isRESP3 {
            reply.push(2)
            reply.bulk("invalidate")
        } else if redirect != 0, target.channels.contains(Array("__redis__:invalidate".utf8)) {
            reply.array(3)
            reply.bulk("message")
            reply.bulk("__redis__:invalidate")
        } else {
            return
        }
        if let keys {
            reply.array(keys.count)
            for key in keys { reply.bulk(key) }
        } else {
            reply.null()
        }
        unflushed.append(target)
    }
}

extension KeyPositions {
    /// Places of the keys among the words of a command that has the right number of them.
    func places(_ words: ArgumentList) -> [Int] {
        switch self {
        case .none: return []
        case .range(let first, let last, let step):
            let end = last < 0 ? words.count + last : last
            return first <= end
                ? Array(stride(from: first, through: min(end, words.count - 1), by: step)) : []
        case .counted(let place, let first):
            var places = first.map { [$0] } ?? []
            if place < words.count, let count = words[place].canonicalInteger, count > 0,
                count < Int64(words.count - place)
            {
                places += (place + 1)...(place + Int(count))
            }
            return places
        case .found(_, let find): return find(words)
        }
    }
}
