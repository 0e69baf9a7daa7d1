extension CommandRow {
    static let streamRows: [CommandRow] = [
        CommandRow(
            "xack", -4, [.write, .fast], .first, .stream, "5.0.0",
            "Takes entries off a group's pending list.", run: StreamCommands.xack),
        CommandRow(
            "xadd", -5, [.write, .denyoom, .fast], .first, .stream, "5.0.0",
            "Adds an entry to a stream.", run: StreamCommands.xadd),
        CommandRow(
            "xautoclaim", -6, [.write, .fast], .first, .stream, "6.2.0",
            "Takes over entries that were pending for long.", run: StreamCommands.xautoclaim),
        CommandRow(
            "xclaim", -6, [.write, .fast], .first, .stream, "5.0.0",
            "Takes over pending entries.", run: StreamCommands.xclaim),
        CommandRow(
            "xdel", -3, [.write, .fast], .first, .stream, "5.0.0",
            "Removes entries.", run: StreamCommands.xdel),
        CommandRow(
            "xgroup", -2, [], .none, .stream, "5.0.0",
            "Commands for a stream's groups.",
            subcommands: [
                CommandRow(
                    "create", -5, [.write, .denyoom], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Creates a group.", run: StreamCommands.groupCreate),
                CommandRow(
                    "createconsumer", 5, [.write, .denyoom], .range(first: 2, last: 2, step: 1), .stream,
                    "6.2.0",
                    "Creates a consumer.", run: StreamCommands.groupCreateConsumer),
                CommandRow(
                    "delconsumer", 5, [.write], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Removes a consumer.", run: StreamCommands.groupDeleteConsumer),
                CommandRow(
                    "destroy", 4, [.write], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Removes a group.", run: StreamCommands.groupDestroy),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .stream, "5.0.0",
                    "Tells about the subcommands.", run: CommandRow.helpLines("xgroup")),
                CommandRow(
                    "setid", -5, [.write], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Sets the last entry that a group has seen.", run: StreamCommands.groupSetID),
            ]),
        CommandRow(
            "xinfo", -2, [], .none, .stream, "5.0.0",
            "Commands that tell about streams.",
            subcommands: [
                CommandRow(
                    "consumers", 4, [.readonly], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Tells about a group's consumers.", run: StreamCommands.infoConsumers),
                CommandRow(
                    "groups", 3, [.readonly], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Tells about a stream's groups.", run: StreamCommands.infoGroups),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .stream, "5.0.0",
                    "Tells about the subcommands.", run: CommandRow.helpLines("xinfo")),
                CommandRow(
                    "stream", -3, [.readonly], .range(first: 2, last: 2, step: 1), .stream, "5.0.0",
                    "Tells about a stream.", run: StreamCommands.infoStream),
            ]),
        CommandRow(
            "xlen", 2, [.readonly, .fast], .first, .stream, "5.0.0",
            "Counts a stream's entries.", run: StreamCommands.xlen),
        CommandRow(
            "xpending", -3, [.readonly], .first, .stream, "5.0.0",
            "Tells about a group's pending entries.", run: StreamCommands.xpending),
        CommandRow(
            "xrange", -4, [.readonly], .first, .stream, "5.0.0",
            "Answers the entries in a range of IDs.", run: StreamCommands.xrange),
        CommandRow(
            "xread", -4, [.blocking, .readonly, .movablekeys],
            .found(shown: (0, 0, 0), StreamCommands.readKeys), .stream, "5.0.0",
            "Answers entries after given ones, waiting for some if asked to.", run: StreamCommands.xread),
        CommandRow(
            "xreadgroup", -7, [.blocking, .write, .movablekeys],
            .found(shown: (0, 0, 0), StreamCommands.readKeys), .stream, "5.0.0",
            "Answers entries that a group has not seen, waiting for some if asked to.",
            run: StreamCommands.xreadgroup),
        CommandRow(
            "xrevrange", -4, [.readonly], .first, .stream, "5.0.0",
            "Answers the entries in a range of IDs, backwards.", run: StreamCommands.xrevrange),
        CommandRow(
            "xsetid", -3, [.write, .denyoom, .fast], .first, .stream, "5.0.0",
            "Sets what a stream remembers of its past.", run: StreamCommands.xsetid),
        CommandRow(
            "xtrim", -4, [.write], .first, .stream, "5.0.0",
            "Removes the oldest entries.", run: StreamCommands.xtrim),
    ]
}
