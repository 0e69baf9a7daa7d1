extension CommandRow {
    private static let fcallKeys = KeyPositions.counted(count: 2)

    static let functionRows: [CommandRow] = [
        CommandRow(
            "fcall", -3, [.noscript, .stale, .skipMonitor, .mayReplicate, .noMandatoryKeys, .movablekeys],
            fcallKeys,
            .scripting, "7.0.0", "Calls a function.",
            run: { (call) throws(RedisFailure) in try FunctionCommands.call(call, isReadOnly: false) }),
        CommandRow(
            "fcall_ro", -3, [.noscript, .stale, .skipMonitor, .noMandatoryKeys, .movablekeys, .readonly],
            fcallKeys,
            .scripting, "7.0.0", "Calls a function that only reads.",
            run: { (call) throws(RedisFailure) in try FunctionCommands.call(call, isReadOnly: true) }),
        CommandRow(
            "function", -2, [], .none, .scripting, "7.0.0", "Keeps libraries of functions.",
            subcommands: functionSubcommands),
    ]

    private static let functionSubcommands = [
        CommandRow(
            "delete", 3, [.noscript, .write], .none, .scripting, "7.0.0", "Forgets a library.",
            run: FunctionCommands.delete),
        CommandRow(
            "dump", 2, [.noscript], .none, .scripting, "7.0.0", "All libraries as one value for RESTORE.",
            run: FunctionCommands.dump),
        CommandRow(
            "flush", -2, [.noscript, .write], .none, .scripting, "7.0.0", "Forgets all libraries.",
            run: FunctionCommands.flush),
        CommandRow(
            "help", 2, [.loading, .stale], .none, .scripting, "7.0.0", "Tells the subcommands.",
            run: FunctionCommands.help),
        CommandRow(
            "kill", 2, [.noscript, .allowBusy], .none, .scripting, "7.0.0",
            "Ends the function that runs, when it has written nothing.", run: FunctionCommands.kill),
        CommandRow(
            "list", -2, [.noscript], .none, .scripting, "7.0.0", "Tells the libraries and their functions.",
            run: FunctionCommands.list),
        CommandRow(
            "load", -3, [.noscript, .write, .denyoom], .none, .scripting, "7.0.0", "Adds a library.",
            run: FunctionCommands.load),
        CommandRow(
            "restore", -3, [.noscript, .write, .denyoom], .none, .scripting, "7.0.0",
            "Adds the libraries of a DUMP.", run: FunctionCommands.restore),
        CommandRow(
            "stats", 2, [.noscript, .allowBusy], .none, .scripting, "7.0.0",
            "Tells the function that runs, and how many there are.", run: FunctionCommands.stats),
    ]
}
