extension CommandRow {
    private static let listening: CommandFlags = [.pubsub, .noscript, .loading, .stale]

    static let pubSubRows: [CommandRow] = [
        CommandRow(
            "publish", 3, [.pubsub, .loading, .stale, .fast, .mayReplicate], .none, .pubsub, "2.0.0",
            "Sends a message to a channel.", run: PubSubCommands.publish),
        CommandRow(
            "spublish", 3, [.pubsub, .loading, .stale, .fast, .mayReplicate], .first, .pubsub, "7.0.0",
            "Sends a message to a shard channel.", run: PubSubCommands.spublish),
        CommandRow(
            "subscribe", -2, listening, .none, .pubsub, "2.0.0", "Listens to channels.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.subscribe(call, "subscribe", \.channels, \.channelSubscribers)
            }),
        CommandRow(
            "psubscribe", -2, listening, .none, .pubsub, "2.0.0", "Listens to channels that match patterns.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.subscribe(call, "psubscribe", \.patterns, \.patternSubscribers)
            }),
        CommandRow(
            "ssubscribe", -2, listening, .all, .pubsub, "7.0.0", "Listens to shard channels.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.subscribe(call, "ssubscribe", \.shardChannels, \.shardSubscribers)
            }),
        CommandRow(
            "unsubscribe", -1, listening, .none, .pubsub, "2.0.0", "Stops listening to channels.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.unsubscribe(call, "unsubscribe", \.channels, \.channelSubscribers)
            }),
        CommandRow(
            "punsubscribe", -1, listening, .none, .pubsub, "2.0.0",
            "Stops listening to channels that match patterns.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.unsubscribe(call, "punsubscribe", \.patterns, \.patternSubscribers)
            }),
        CommandRow(
            "sunsubscribe", -1, listening, .all, .pubsub, "7.0.0", "Stops listening to shard channels.",
            run: { (call) throws(RedisFailure) in
                PubSubCommands.unsubscribe(call, "sunsubscribe", \.shardChannels, \.shardSubscribers)
            }),
        CommandRow(
            "pubsub", -2, [], .none, .pubsub, "2.8.0", "Tells who listens.",
            subcommands: [
                CommandRow(
                    "channels", -2, [.pubsub, .loading, .stale], .none, .pubsub, "2.8.0",
                    "Returns the channels with listeners.",
                    run: { (call) throws(RedisFailure) in
                        PubSubCommands.channels(call, call.server.channelSubscribers)
                    }),
                CommandRow(
                    "shardchannels", -2, [.pubsub, .loading, .stale], .none, .pubsub, "7.0.0",
                    "Returns the shard channels with listeners.",
                    run: { (call) throws(RedisFailure) in
                        PubSubCommands.channels(call, call.server.shardSubscribers)
                    }),
                CommandRow(
                    "numsub", -2, [.pubsub, .loading, .stale], .none, .pubsub, "2.8.0",
                    "Counts the listeners of channels.",
                    run: { (call) throws(RedisFailure) in
                        PubSubCommands.counts(call, call.server.channelSubscribers)
                    }),
                CommandRow(
                    "shardnumsub", -2, [.pubsub, .loading, .stale], .none, .pubsub, "7.0.0",
                    "Counts the listeners of shard channels.",
                    run: { (call) throws(RedisFailure) in
                        PubSubCommands.counts(call, call.server.shardSubscribers)
                    }),
                CommandRow(
                    "numpat", 2, [.pubsub, .loading, .stale], .none, .pubsub, "2.8.0",
                    "Counts the patterns with listeners.",
                    run: { (call) throws(RedisFailure) in
                        call.reply.integer(call.server.patternSubscribers.count)
                    }),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .pubsub, "6.2.0", "Lists the subcommands.",
                    run: helpLines("pubsub")),
            ]),
    ]
}

enum PubSubCommands {
    typealias Names = ReferenceWritableKeyPath<RedisClient, Set<[UInt8]>>
    typealias Subscribers = ReferenceWritableKeyPath<RedisServer, [[UInt8]: [RedisClient]]>

    static func publish(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(call.server.publish([UInt8](call[2]), to: [UInt8](call[1])))
    }

    static func spublish(_ call: RedisCall) throws(RedisFailure) {
        call.reply.integer(call.server.publishShard([UInt8](call[2]), to: [UInt8](call[1])))
    }

    private static func count(_ client: RedisClient, _ names: Names) -> Int {
        names == \.shardChannels ? client.shardChannels.count : client.subscriptionCount
    }

    static func subscribe(_ call: RedisCall, _ kind: StaticString, _ names: Names, _ subscribers: Subscribers)
    {
        for place in 1..<call.count {
            let name = [UInt8](call[place])
            if call.client[keyPath: names].insert(name).inserted {
                call.server[keyPath: subscribers][name, default: []].append(call.client)
            }
            call.reply.push(3)
            call.reply.bulk(kind)
            call.reply.bulk(name)
            call.reply.integer(count(call.client, names))
        }
    }

    static func unsubscribe(
        _ call: RedisCall, _ kind: StaticString, _ names: Names, _ subscribers: Subscribers
    ) {
        var all = (1..<call.count).map { [UInt8](call[$0]) }
        if all.isEmpty { all = Array(call.client[keyPath: names]) }
        for name in all {
            if call.client[keyPath: names].remove(name) != nil {
                RedisServer.remove(call.client, from: &call.server[keyPath: subscribers], name)
            }
            call.reply.push(3)
            call.reply.bulk(kind)
            call.reply.bulk(name)
            call.reply.integer(count(call.client, names))
        }
        if all.isEmpty {
            call.reply.push(3)
            call.reply.bulk(kind)
            call.reply.null()
            call.reply.integer(count(call.client, names))
        }
    }

    static func channels(_ call: RedisCall, _ table: [[UInt8]: [RedisClient]]) {
        let names = table.keys.filter { name in
            call.count < 3 || name.withSlice { globMatches(call[2], $0) }
        }
        call.reply.array(names.count)
        for name in names { call.reply.bulk(name) }
    }

    static func counts(_ call: RedisCall, _ table: [[UInt8]: [RedisClient]]) {
        call.reply.array(2 * (call.count - 2))
        for place in 2..<call.count {
            call.reply.bulk(call[place])
            call.reply.integer(table[[UInt8](call[place])]?.count ?? 0)
        }
    }
}
