extension CommandRow {
    private static let control: CommandFlags = [.noscript, .loading, .stale, .noAuth, .noMulti, .allowBusy]

    /// What a Redis does not have: faults and time, for tests in any language.
    static let faultRows: [CommandRow] = [
        CommandRow(
            "assay.fault", -2, control, .none, .server, "7.0.0",
            "Sets faults: ERROR text, DELAY ms, DROP, CUT bytes, with COMMAND, KEY, EVERY, SKIP and COUNT.",
            subcommands: [
                CommandRow("error", -3, control, .none, .server, "7.0.0", "Answers commands with an error.") {
                    (call) throws(RedisFailure) in
                    try FaultCommands.add(call, .error(call[2].text), options: 3)
                },
                CommandRow(
                    "delay", -3, control, .none, .server, "7.0.0", "Lets commands wait for milliseconds."
                ) {
                    (call) throws(RedisFailure) in
                    let time = try call.integer(2, in: 0...86_400_000)
                    try FaultCommands.add(call, .delay(milliseconds: time), options: 3)
                },
                CommandRow(
                    "drop", -2, control, .none, .server, "7.0.0", "Ends connections without an answer."
                ) {
                    (call) throws(RedisFailure) in try FaultCommands.add(call, .drop, options: 2)
                },
                CommandRow(
                    "cut", -3, control, .none, .server, "7.0.0", "Ends connections inside of an answer."
                ) {
                    (call) throws(RedisFailure) in
                    let bytes = try call.integer(2, in: 0...Int64(Int32.max))
                    try FaultCommands.add(call, .cut(afterBytes: Int(bytes)), options: 3)
                },
                CommandRow("list", 2, control, .none, .server, "7.0.0", "Returns the faults that are set.") {
                    (call) throws(RedisFailure) in
                    let all = call.server.faults.all
                    call.reply.array(all.count)
                    for (fault, hits) in all { call.reply.bulk(FaultCommands.line(fault, hits)) }
                },
                CommandRow("clear", 2, control, .none, .server, "7.0.0", "Removes all faults.") {
                    (call) throws(RedisFailure) in
                    call.server.faults.removeFaults()
                    call.reply.ok()
                },
                CommandRow(
                    "help", 2, control, .none, .server, "7.0.0", "Lists the subcommands.",
                    run: helpLines("assay.fault")),
            ]),
        CommandRow(
            "assay.commands", -2, control, .none, .server, "7.0.0",
            "Makes commands unknown, as to an older server.",
            subcommands: [
                CommandRow("without", -3, control, .none, .server, "7.0.0", "Makes these commands unknown.") {
                    (call) throws(RedisFailure) in
                    call.server.faults.hide(try FaultCommands.names(call))
                    call.reply.ok()
                },
                CommandRow("only", -3, control, .none, .server, "7.0.0", "Makes all other commands unknown.")
                {
                    (call) throws(RedisFailure) in
                    call.server.faults.show(only: try FaultCommands.names(call))
                    call.reply.ok()
                },
                CommandRow("all", 2, control, .none, .server, "7.0.0", "Makes all commands known again.") {
                    (call) throws(RedisFailure) in
                    call.server.faults.showAll()
                    call.reply.ok()
                },
            ]),
        CommandRow(
            "assay.travel", 2, control, .none, .server, "7.0.0",
            "Moves the time by milliseconds, RESET back: keys lapse at once.", run: FaultCommands.travel),
        CommandRow(
            "assay.lapse", -2, control, .all, .server, "7.0.0", "Lets keys lapse now, before their time.",
            run: FaultCommands.lapse),
    ]
}

enum FaultCommands {
    static func add(_ call: RedisCall, _ effect: RedisFault.Effect, options: Int) throws(RedisFailure) {
        var fault = RedisFault(effect)
        var place = options
        while place < call.count {
            guard place + 1 < call.count else { throw .syntax }
            let range: ClosedRange<Int64> = 1...Int64(Int32.max)
            if call.isWord(place, "command") {
                fault.command = try known(call, place + 1)
            } else if call.isWord(place, "key") {
                fault.key = [UInt8](call[place + 1])
            } else if call.isWord(place, "every") {
                fault.every = Int(try call.integer(place + 1, in: range))
            } else if call.isWord(place, "skip") {
                fault.skip = Int(try call.integer(place + 1, in: 0...range.upperBound))
            } else if call.isWord(place, "count") {
                fault.count = Int(try call.integer(place + 1, in: range))
            } else {
                throw .err(
                    "unknown option '\(call[place].text)' of a fault: COMMAND name, KEY key, EVERY n, SKIP n, COUNT n"
                )
            }
            place += 2
        }
        call.server.faults.add(fault)
        call.reply.ok()
    }

    private static func known(_ call: RedisCall, _ place: Int) throws(RedisFailure) -> String {
        guard let command = call.server.table.find(call[place]) else {
            throw .err("there is no command '\(call[place].text)'")
        }
        return command.row.name
    }

    static func names(_ call: RedisCall) throws(RedisFailure) -> [String] {
        var names: [String] = []
        for place in 2..<call.count { names.append(try known(call, place)) }
        return names
    }

    static func line(_ fault: RedisFault, _ hits: Int) -> String {
        var text =
            switch fault.effect {
            case .error(let message): "ERROR \(quotedText(Array(message.utf8)))"
            case .delay(let milliseconds): "DELAY \(milliseconds)"
            case .drop: "DROP"
            case .cut(let bytes): "CUT \(bytes)"
            }
        if let command = fault.command { text += " COMMAND \(command)" }
        if let key = fault.key { text += " KEY \(quotedText(key))" }
        text += " EVERY \(fault.every) SKIP \(fault.skip)"
        if let count = fault.count { text += " COUNT \(count)" }
        return text + " HITS \(hits)"
    }

    static func travel(_ call: RedisCall) throws(RedisFailure) {
        if call.isWord(1, "reset") {
            call.server.clock.reset()
        } else {
            call.server.clock.travel(.milliseconds(try call.integer(1, in: -1 << 50...1 << 50)))
        }
        call.reply.ok()
        call.server.expireAll()
    }

    static func lapse(_ call: RedisCall) throws(RedisFailure) {
        var count = 0
        for place in 1..<call.count {
            guard let slot = call.database.find(call[place]) else { continue }
            call.database.lapse(slot)
            count += 1
        }
        call.reply.integer(count)
    }
}

extension RedisServer {
    /// Applies what goes wrong with a command.
    ///
    /// - Returns: whether the command is not to run now.
    func stopsByFault(_ command: RedisCommand, _ words: ArgumentList, _ client: RedisClient) -> Bool {
        if client.isReleased {
            client.isReleased = false
            return false
        }
        guard client.kind != .script, !command.row.name.hasPrefix("assay."),
            !command.fullName.hasPrefix("assay."), let effect = faults.effect(on: command, words)
        else { return false }
        switch effect {
        case .error(let text):
            client.transaction?.isAborted = true
            answer(RedisFailure(text), client)
        case .drop:
            client.dropsReplies = true
            client.closesAfterReply = true
        case .cut(let bytes):
            client.cutsAfter = bytes
            return false
        case .delay(let milliseconds):
            // Code of this process waits for nobody.
            guard client.kind == .connection else { return false }
            client.isHeld = true
            let id = client.id
            later(at: lastInstant &+ milliseconds &* 1_000_000) { server in
                guard let client = server.clients[id] else { return }
                client.isReleased = true
                server.resume(client)
                server.afterCommands()
            }
        }
        return true
    }
}
