extension RedisFailure {
    static let invalidStreamID = RedisFailure.err("Invalid stream ID specified as stream command argument")
}

extension RedisCall {
    /// An ID with both its parts or without a sequence, which is 0 then; `-` and `+` are none.
    func streamID(_ place: Int) throws(RedisFailure) -> StreamID {
        guard let id = StreamID(self[place], missing: 0) else { throw .invalidStreamID }
        return id
    }

    func streamIDs(_ places: Range<Int>) throws(RedisFailure) -> [StreamID] {
        var ids: [StreamID] = []
        for place in places { ids.append(try streamID(place)) }
        return ids
    }

    /// An ID, or `-` or `+` for the lowest and the highest.
    func openStreamID(_ place: Int, missing: UInt64 = 0) throws(RedisFailure) -> StreamID {
        let word = self[place]
        if word.count == 1, word[0] == UInt8(ascii: "-") { return .lowest }
        if word.count == 1, word[0] == UInt8(ascii: "+") { return .highest }
        guard let id = StreamID(word, missing: missing) else { throw .invalidStreamID }
        return id
    }

    /// The bounds of a range, both included; a bracket before an ID leaves it out.
    func streamInterval(_ start: Int, _ end: Int) throws(RedisFailure) -> (StreamID, StreamID) {
        let lower = try streamIntervalStart(start)
        guard let bound = excludedBound(end) else { return (lower, try openStreamID(end, missing: .max)) }
        guard let id = StreamID(bound, missing: .max) else { throw .invalidStreamID }
        guard let upper = id.previous else { throw .err("invalid end ID for the interval") }
        return (lower, upper)
    }

    func streamIntervalStart(_ place: Int) throws(RedisFailure) -> StreamID {
        guard let bound = excludedBound(place) else { return try openStreamID(place) }
        guard let id = StreamID(bound, missing: 0) else { throw .invalidStreamID }
        guard let lower = id.next else { throw .err("invalid start ID for the interval") }
        return lower
    }

    private func excludedBound(_ place: Int) -> ByteSlice? {
        let word = self[place]
        return word.count > 1 && word[0] == UInt8(ascii: "(") ? word[1..<word.count] : nil
    }

    /// Tells listeners of something that does not touch transactions which watch the key.
    func notify(_ kind: KeyspaceEvents, _ event: StaticString, _ key: ByteSlice) {
        server.dirty &+= 1
        if server.notifications != [] { server.notify(kind, event, [UInt8](key), in: database) }
    }

    /// A group's consumer, made when there is none; the command counts as a sign of life of it.
    func consumer(_ name: [UInt8], of group: StreamGroup, _ key: ByteSlice) -> StreamConsumer {
        if let known = group.consumer(name) {
            known.seenAt = server.now
            return known
        }
        notify(.stream, "xgroup-createconsumer", key)
        return group.createConsumer(name, at: server.now) ?? StreamConsumer(name, at: server.now)
    }

    /// - Throws: NOGROUP, with both names and perhaps more.
    func streamAndGroup(
        _ key: Int, _ group: Int, _ rest: String = ""
    ) throws(RedisFailure) -> (RedisStream, StreamGroup) {
        guard let stream = try database.find(self[key], as: RedisStream.self),
            let found = stream.group([UInt8](self[group]))
        else {
            throw RedisFailure(
                "NOGROUP No such key '\(self[key].text)' or consumer group '\(self[group].text)'\(rest)")
        }
        return (stream, found)
    }

    /// A failure over a subcommand and its arguments.
    var unknownSubcommand: RedisFailure {
        .err(
            "unknown subcommand or wrong number of arguments for '\(String(self[1].text.prefix(128)))'. "
                + "Try \(self[0].text.uppercased()) HELP.")
    }
}
