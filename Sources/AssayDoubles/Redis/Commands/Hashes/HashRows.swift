extension CommandRow {
    static let hashRows: [CommandRow] = [
        CommandRow(
            "hdel", -3, [.write, .fast], .first, .hash, "2.0.0",
            "Removes fields.", run: HashCommands.hdel),
        CommandRow(
            "hexists", 3, [.readonly, .fast], .first, .hash, "2.0.0",
            "Tells whether a hash has a field.", run: HashCommands.hexists),
        CommandRow(
            "hget", 3, [.readonly, .fast], .first, .hash, "2.0.0",
            "Answers a field's value.", run: HashCommands.hget),
        CommandRow(
            "hgetall", 2, [.readonly], .first, .hash, "2.0.0",
            "Answers all fields with their values.", run: HashCommands.hgetall),
        CommandRow(
            "hincrby", 4, [.write, .denyoom, .fast], .first, .hash, "2.0.0",
            "Adds a whole number to a field.", run: HashCommands.hincrby),
        CommandRow(
            "hincrbyfloat", 4, [.write, .denyoom, .fast], .first, .hash, "2.6.0",
            "Adds a fraction to a field.", run: HashCommands.hincrbyfloat),
        CommandRow(
            "hkeys", 2, [.readonly], .first, .hash, "2.0.0",
            "Answers all fields.", run: HashCommands.hkeys),
        CommandRow(
            "hlen", 2, [.readonly, .fast], .first, .hash, "2.0.0",
            "Counts a hash's fields.", run: HashCommands.hlen),
        CommandRow(
            "hmget", -3, [.readonly, .fast], .first, .hash, "2.0.0",
            "Answers the values of several fields.", run: HashCommands.hmget),
        CommandRow(
            "hmset", -4, [.write, .denyoom, .fast], .first, .hash, "2.0.0",
            "Sets several fields.", run: HashCommands.hmset),
        CommandRow(
            "hrandfield", -2, [.readonly], .first, .hash, "6.2.0",
            "Answers random fields.", run: HashCommands.hrandfield),
        CommandRow(
            "hscan", -3, [.readonly], .first, .hash, "2.8.0",
            "Walks a hash's fields piece by piece.", run: HashCommands.hscan),
        CommandRow(
            "hset", -4, [.write, .denyoom, .fast], .first, .hash, "2.0.0",
            "Sets fields.", run: HashCommands.hset),
        CommandRow(
            "hsetnx", 4, [.write, .denyoom, .fast], .first, .hash, "2.0.0",
            "Sets a field that is not there yet.", run: HashCommands.hsetnx),
        CommandRow(
            "hstrlen", 3, [.readonly, .fast], .first, .hash, "3.2.0",
            "Answers the length of a field's value.", run: HashCommands.hstrlen),
        CommandRow(
            "hvals", 2, [.readonly], .first, .hash, "2.0.0",
            "Answers all values.", run: HashCommands.hvals),
    ]
}
