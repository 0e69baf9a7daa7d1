extension CommandRow {
    static let commandRows: [CommandRow] = [
        CommandRow(
            "command", -1, [.loading, .stale], .none, .server, "2.8.13", "Tells about commands.",
            subcommands: [
                CommandRow("count", 2, [.loading, .stale], .none, .server, "2.8.13", "Counts commands.") {
                    (call) throws(RedisFailure) in call.reply.integer(call.server.knownCommands.count)
                },
                CommandRow(
                    "info", -2, [.loading, .stale], .none, .server, "2.8.13", "Tells what commands need.",
                    run: CommandCommands.info),
                CommandRow(
                    "docs", -2, [.loading, .stale], .none, .server, "7.0.0", "Tells what commands do.",
                    run: CommandCommands.docs),
                CommandRow(
                    "list", -2, [.loading, .stale], .none, .server, "7.0.0", "Lists the names of commands.",
                    run: CommandCommands.list),
                CommandRow(
                    "getkeys", -4, [.loading, .stale], .none, .server, "2.8.13",
                    "Finds the keys of a command.",
                    run: CommandCommands.getkeys),
                CommandRow(
                    "getkeysandflags", -4, [.loading, .stale], .none, .server, "7.0.0",
                    "Finds the keys of a command and how they are used.", run: CommandCommands.getkeys),
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "5.0.0", "Lists the subcommands.",
                    run: helpLines("command")),
            ],
            run: { (call) throws(RedisFailure) in
                call.reply.array(call.server.knownCommands.count)
                for command in call.server.knownCommands { CommandCommands.describe(command, call.reply) }
            })
    ]
}

extension RedisServer {
    /// The commands that are not switched off.
    var knownCommands: [RedisCommand] { table.commands.filter { !faults.hides($0) } }

    /// A command by `get` or `config|set`.
    func command(named name: ByteSlice) -> RedisCommand? {
        let parts = name.split(separator: 0x7C, maxSplits: 1).map { [UInt8]($0) }
        guard let first = parts.first, let command = first.withSlice({ table.find($0) }),
            !faults.hides(command)
        else { return nil }
        guard parts.count == 2 else { return command }
        return parts[1].withSlice { command.subcommand($0) }
    }
}

extension RedisCommand {
    /// Without the `@`, as ACL CAT has them.
    var categories: [String] {
        var made: [String] = []
        if flags.contains(.write) { made.append("write") }
        if flags.contains(.readonly), row.group != .scripting { made.append("read") }
        if let group = row.group.category { made.append("\(group)") }
        if flags.contains(.admin) { made += ["admin", "dangerous"] }
        if flags.contains(.dangerous), !flags.contains(.admin) { made.append("dangerous") }
        if flags.contains(.pubsub), row.group != .pubsub { made.append("pubsub") }
        made.append(flags.contains(.fast) ? "fast" : "slow")
        if flags.contains(.blocking) { made.append("blocking") }
        return made
    }

    var keyRange: (first: Int, last: Int, step: Int) {
        switch row.keys {
        case .none: return (0, 0, 0)
        case .range(let first, let last, let step): return (first, last, step)
        case .counted(_, let first): return first.map { ($0, $0, 1) } ?? (0, 0, 0)
        case .found(let shown, _): return shown
        }
    }
}

enum CommandCommands {
    static func describe(_ command: RedisCommand, _ reply: ReplyWriter) {
        reply.array(10)
        reply.bulk(command.fullName)
        reply.integer(command.arity)
        let names = CommandFlags.names.filter { command.flags.contains($0.0) }.map(\.1)
        reply.set(names.count)
        for name in names { reply.simple(name) }
        let range = command.keyRange
        for number in [range.first, range.last, range.step] { reply.integer(number) }
        let categories = command.categories
        reply.set(categories.count)
        for category in categories { reply.simple("@" + category) }
        reply.array(0)
        describeKeys(command, reply)
        reply.array(command.subcommands.count)
        for sub in command.subcommands { describe(sub, reply) }
    }

    private static func describeKeys(_ command: RedisCommand, _ reply: ReplyWriter) {
        let range = command.keyRange
        guard range.first > 0 else {
            reply.array(0)
            return
        }
        reply.array(1)
        reply.map(3)
        reply.bulk("flags")
        let flags: [StaticString] = command.flags.contains(.write) ? ["RW", "update"] : ["RO", "access"]
        reply.set(flags.count)
        for flag in flags { reply.simple(flag) }
        reply.bulk("begin_search")
        reply.map(2)
        reply.bulk("type")
        reply.bulk("index")
        reply.bulk("spec")
        reply.map(1)
        reply.bulk("index")
        reply.integer(range.first)
        reply.bulk("find_keys")
        reply.map(2)
        reply.bulk("type")
        reply.bulk("range")
        reply.bulk("spec")
        reply.map(3)
        reply.bulk("lastkey")
        reply.integer(range.last < 0 ? range.last : range.last - range.first)
        reply.bulk("keystep")
        reply.integer(range.step)
        reply.bulk("limit")
        reply.integer(0)
    }

    static func info(_ call: RedisCall) throws(RedisFailure) {
        if call.count == 2 {
            call.reply.array(call.server.knownCommands.count)
            for command in call.server.knownCommands { describe(command, call.reply) }
            return
        }
        call.reply.array(call.count - 2)
        for place in 2..<call.count {
            if let command = call.server.command(named: call[place]) {
                describe(command, call.reply)
            } else {
                call.reply.null()
            }
        }
    }

    static func docs(_ call: RedisCall) throws(RedisFailure) {
        let wanted =
            call.count == 2
            ? call.server.knownCommands : (2..<call.count).compactMap { call.server.command(named: call[$0]) }
        call.reply.map(wanted.count)
        for command in wanted { document(command, call.reply) }
    }

    private static func document(_ command: RedisCommand, _ reply: ReplyWriter) {
        reply.bulk(command.fullName)
        reply.map(command.subcommands.isEmpty ? 3 : 4)
        for (name, value) in [
            ("summary", command.row.summary), ("since", command.row.since),
            ("group", command.row.group.rawValue),
        ] {
            reply.bulk(name)
            reply.bulk(value)
        }
        guard !command.subcommands.isEmpty else { return }
        reply.bulk("subcommands")
        reply.map(command.subcommands.count)
        for sub in command.subcommands { document(sub, reply) }
    }

    static func list(_ call: RedisCall) throws(RedisFailure) {
        var commands = call.server.knownCommands
        if call.count > 2 {
            guard call.count == 5, call.isWord(2, "filterby") else { throw .syntax }
            let value = call[4]
            if call.isWord(3, "pattern") {
                commands = commands.filter { command in
                    Array(command.fullName.utf8).withSlice { globMatches(value, $0, ignoringCase: true) }
                }
            } else if call.isWord(3, "aclcat") {
                commands = commands.filter { $0.categories.contains(value.text.lowercased()) }
            } else if call.isWord(3, "module") {
                commands = []
            } else {
                throw .syntax
            }
        }
        call.reply.array(commands.count)
        for command in commands { call.reply.bulk(command.fullName) }
    }

    static func getkeys(_ call: RedisCall) throws(RedisFailure) {
        let words = OwnedArguments((2..<call.count).map { [UInt8](call[$0]) })
        let found: Result<(RedisCommand, [[UInt8]]), RedisFailure> = words.withWords { words in
            guard let command = try? call.server.command(for: words) else {
                return call.server.table.find(words[0]) == nil
                    ? .failure(.err("Invalid command specified"))
                    : .failure(.err("Invalid number of arguments specified for command"))
            }
            return .success((command, command.row.keys.places(words).map { [UInt8](words[$0]) }))
        }
        let (command, keys) = try found.get()
        if case .none = command.row.keys { throw .err("The command has no key arguments") }
        guard !keys.isEmpty else { throw .err("Invalid arguments specified for command") }
        let hasFlags = call.command.row.name == "getkeysandflags"
        call.reply.array(keys.count)
        for key in keys {
            guard hasFlags else {
                call.reply.bulk(key)
                continue
            }
            call.reply.array(2)
            call.reply.bulk(key)
            let flags: [StaticString] = command.flags.contains(.write) ? ["RW", "update"] : ["RO", "access"]
            call.reply.set(flags.count)
            for flag in flags { call.reply.simple(flag) }
        }
    }
}
