extension CommandRow {
    /// HELP of a command with subcommands: their names and what they do.
    static func helpLines(_ name: String) -> Run {
        { (call) throws(RedisFailure) in
            let subs = call.server.table.commands.first { $0.row.name == name }?.subcommands ?? []
            var lines = ["\(name.uppercased()) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:"]
            for sub in subs where sub.row.name != "help" {
                lines += [sub.row.name.uppercased(), "    " + sub.row.summary]
            }
            lines += ["HELP", "    Prints this help."]
            call.reply.array(lines.count)
            for line in lines { call.reply.simple(line) }
        }
    }
}
