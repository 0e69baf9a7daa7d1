extension CommandRow {
    private static let evalKeys = KeyPositions.counted(count: 2)
    private static let evalFlags: CommandFlags = [
        .noscript, .stale, .skipMonitor, .mayReplicate, .noMandatoryKeys, .movablekeys,
    ]
    private static let evalReadOnlyFlags: CommandFlags = [
        .noscript, .stale, .skipMonitor, .noMandatoryKeys, .movablekeys, .readonly,
    ]

    static let scriptRows: [CommandRow] = [
        CommandRow(
            "eval", -3, evalFlags, evalKeys, .scripting, "2.6.0", "Runs a Lua script.",
            run: { (call) throws(RedisFailure) in try ScriptCommands.eval(call, isReadOnly: false) }),
        CommandRow(
            "eval_ro", -3, evalReadOnlyFlags, evalKeys, .scripting, "7.0.0",
            "Runs a Lua script that only reads.",
            run: { (call) throws(RedisFailure) in try ScriptCommands.eval(call, isReadOnly: true) }),
        CommandRow(
            "evalsha", -3, evalFlags, evalKeys, .scripting, "2.6.0",
            "Runs a Lua script that is known, by its SHA1.",
            run: { (call) throws(RedisFailure) in try ScriptCommands.evalSHA(call, isReadOnly: false) }),
        CommandRow(
            "evalsha_ro", -3, evalReadOnlyFlags, evalKeys, .scripting, "7.0.0",
            "Runs a Lua script that is known and only reads, by its SHA1.",
            run: { (call) throws(RedisFailure) in try ScriptCommands.evalSHA(call, isReadOnly: true) }),
        CommandRow(
            "script", -2, [], .none, .scripting, "2.6.0", "Keeps and ends Lua scripts.",
            subcommands: [
                CommandRow(
                    "debug", 3, [.noscript], .none, .scripting, "3.2.0", "Switches the debugger for scripts.",
                    run: ScriptCommands.debug),
                CommandRow(
                    "exists", -3, [.noscript], .none, .scripting, "2.6.0", "Tells which scripts are known.",
                    run: ScriptCommands.exists),
                CommandRow(
                    "flush", -2, [.noscript], .none, .scripting, "2.6.0", "Forgets all scripts.",
                    run: ScriptCommands.flush),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .scripting, "5.0.0", "Tells the subcommands.",
                    run: ScriptCommands.help),
                CommandRow(
                    "kill", 2, [.noscript, .allowBusy], .none, .scripting, "2.6.0",
                    "Ends the script that runs, when it has written nothing.", run: ScriptCommands.kill),
                CommandRow(
                    "load", 3, [.noscript, .stale], .none, .scripting, "2.6.0",
                    "Keeps a script without running it.",
                    run: ScriptCommands.load),
            ]),
    ]
}

enum ScriptCommands {
    static func eval(_ call: RedisCall, isReadOnly: Bool) throws(RedisFailure) {
        _ = try ScriptEngine.keyCount(call)
        let digest = try call.server.scripts.load(call[1])
        try call.server.scripts.evaluate(digest, call, isReadOnly: isReadOnly)
    }

    static func evalSHA(_ call: RedisCall, isReadOnly: Bool) throws(RedisFailure) {
        let digest = call[1].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
        try call.server.scripts.evaluate(digest, call, isReadOnly: isReadOnly)
    }

    static func load(_ call: RedisCall) throws(RedisFailure) {
        call.reply.bulk(try call.server.scripts.load(call[2]))
    }

    static func exists(_ call: RedisCall) throws(RedisFailure) {
        call.reply.array(call.count - 2)
        for place in 2..<call.count {
            let digest = call[place].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
            call.reply.integer(call.server.scripts.scripts[digest] == nil ? 0 : 1)
        }
    }

    static func flush(_ call: RedisCall) throws(RedisFailure) {
        guard call.count == 2 || call.count == 3 && (call.isWord(2, "sync") || call.isWord(2, "async")) else {
            throw .err("SCRIPT FLUSH only support SYNC|ASYNC option")
        }
        call.server.scripts.forgetScripts()
        call.reply.ok()
    }

    static func kill(_ call: RedisCall) throws(RedisFailure) {
        try call.server.scripts.kill(isEval: true)
        call.reply.ok()
    }

    static func debug(_ call: RedisCall) throws(RedisFailure) {
        if call.isWord(2, "no") {
            call.reply.ok()
        } else if call.isWord(2, "yes") || call.isWord(2, "sync") {
            throw .err("the Redis double has no script debugger")
        } else {
            throw .err("Use SCRIPT DEBUG YES/SYNC/NO")
        }
    }

    static func help(_ call: RedisCall) throws(RedisFailure) {
        call.reply.lines([
            "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "DEBUG (YES|SYNC|NO)", "    Accepts NO only: there is no debugger here.",
            "EXISTS <sha1> [<sha1> ...]", "    1 for each script that is known, 0 for others.",
            "FLUSH [ASYNC|SYNC]", "    Forgets all scripts.",
            "KILL", "    Ends the script that runs, when it has written nothing.",
            "LOAD <script>", "    Keeps a script without running it.",
            "HELP", "    Prints this help.",
        ])
    }
}

extension ReplyWriter {
    /// An array of lines, as HELP answers.
    func lines(_ lines: [StaticString]) {
        array(lines.count)
        for line in lines { simple(line) }
    }
}
