internal import AssayNet

extension CommandRow {
    private static let privileged: CommandFlags = [.admin, .noscript, .loading, .stale]

    static let aclRows: [CommandRow] = [
        CommandRow(
            "acl", -2, [], .none, .server, "6.0.0",
            "Tells who may log in; what a user may do is not enforced.",
            subcommands: [
                CommandRow(
                    "whoami", 2, [.noscript, .loading, .stale], .none, .server, "6.0.0", "Returns the user."
                ) {
                    (call) throws(RedisFailure) in call.reply.bulk(call.client.user)
                },
                CommandRow("list", 2, privileged, .none, .server, "6.0.0", "Returns the rules of all users.")
                {
                    (call) throws(RedisFailure) in
                    let users = call.server.users.sorted { $0.key < $1.key }
                    call.reply.array(users.count)
                    for (name, user) in users { call.reply.bulk(user.line(name)) }
                },
                CommandRow("users", 2, privileged, .none, .server, "6.0.0", "Returns the names of all users.")
                {
                    (call) throws(RedisFailure) in
                    let names = call.server.users.keys.sorted()
                    call.reply.array(names.count)
                    for name in names { call.reply.bulk(name) }
                },
                CommandRow(
                    "setuser", -3, privileged, .none, .server, "6.0.0", "Makes or changes a user.",
                    run: ACLCommands.setuser),
                CommandRow(
                    "getuser", 3, privileged, .none, .server, "6.0.0", "Returns the rules of a user.",
                    run: ACLCommands.getuser),
                CommandRow(
                    "deluser", -3, privileged, .none, .server, "6.0.0", "Removes users.",
                    run: ACLCommands.deluser),
                CommandRow(
                    "cat", -2, [.noscript, .loading, .stale], .none, .server, "6.0.0",
                    "Lists categories or the commands of one.", run: ACLCommands.cat),
                CommandRow(
                    "genpass", -2, [.noscript, .loading, .stale], .none, .server, "6.0.0",
                    "Makes up a password.",
                    run: ACLCommands.genpass),
                CommandRow("log", -2, privileged, .none, .server, "6.0.0", "Lists refusals; none are kept.") {
                    (call) throws(RedisFailure) in
                    call.isWord(2, "reset") ? call.reply.ok() : call.reply.array(0)
                },
                CommandRow(
                    "help", 2, [.loading, .stale], .none, .server, "6.0.0", "Lists the subcommands.",
                    run: helpLines("acl")),
            ])
    ]
}

extension RedisUser {
    /// As ACL LIST shows it.
    fileprivate func line(_ name: String) -> String {
        var words = ["user", name, isOn ? "on" : "off"]
        if needsNoPassword { words.append("nopass") }
        words += passwords.map { "#" + ACLCommands.digest($0) }
        if !rules.contains(where: { $0.hasPrefix("&") }) { words.append("resetchannels") }
        words += rules
        if !rules.contains(where: { $0.hasPrefix("+") || $0.hasPrefix("-") }) { words.append("-@all") }
        return words.joined(separator: " ")
    }
}

enum ACLCommands {
    static func digest(_ password: String) -> String {
        let digits = Array("0123456789abcdef")
        return String(
            Crypto.sha256(Array(password.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    static func setuser(_ call: RedisCall) throws(RedisFailure) {
        let name = call[2].text
        var user = call.server.users[name] ?? RedisUser()
        for place in 3..<max(3, call.count) { try apply(call[place].text, to: &user) }
        call.server.users[name] = user
        call.reply.ok()
    }

    private static func apply(_ rule: String, to user: inout RedisUser) throws(RedisFailure) {
        switch rule.lowercased() {
        case "on": user.isOn = true
        case "off": user.isOn = false
        case "nopass":
            user.needsNoPassword = true
            user.passwords = []
        case "resetpass":
            user.needsNoPassword = false
            user.passwords = []
        case "reset": user = RedisUser()
        case "allkeys": try apply("~*", to: &user)
        case "allchannels": try apply("&*", to: &user)
        case "allcommands": try apply("+@all", to: &user)
        case "nocommands": try apply("-@all", to: &user)
        case "resetkeys": user.rules.removeAll { $0.hasPrefix("~") || $0.hasPrefix("%") }
        case "resetchannels": user.rules.removeAll { $0.hasPrefix("&") }
        case let word where word.hasPrefix(">"):
            user.needsNoPassword = false
            user.passwords.append(String(rule.dropFirst()))
        case let word where word.hasPrefix("<"):
            user.passwords.removeAll { $0 == rule.dropFirst() }
        case let word where word.hasPrefix("+@all") || word.hasPrefix("-@all"):
            user.rules.removeAll { $0.hasPrefix("+") || $0.hasPrefix("-") }
            user.rules.append(word)
        case let word where "~&+-%(".contains(word.prefix(1)) && word.count > 1:
            if !user.rules.contains(rule) { user.rules.append(rule) }
        default: throw .err("Error in ACL SETUSER modifier '\(rule)': Syntax error")
        }
    }

    static func getuser(_ call: RedisCall) throws(RedisFailure) {
        guard let user = call.server.users[call[2].text] else {
            call.reply.null()
            return
        }
        let reply = call.reply
        reply.map(6)
        reply.bulk("flags")
        let flags = [user.isOn ? "on" : "off"] + (user.needsNoPassword ? ["nopass"] : [])
        reply.set(flags.count)
        for flag in flags { reply.bulk(flag) }
        reply.bulk("passwords")
        reply.array(user.passwords.count)
        for password in user.passwords { reply.bulk(digest(password)) }
        reply.bulk("commands")
        let commands = user.rules.filter { $0.hasPrefix("+") || $0.hasPrefix("-") }
        reply.bulk(commands.isEmpty ? "-@all" : commands.joined(separator: " "))
        reply.bulk("keys")
        reply.bulk(user.rules.filter { $0.hasPrefix("~") || $0.hasPrefix("%") }.joined(separator: " "))
        reply.bulk("channels")
        reply.bulk(user.rules.filter { $0.hasPrefix("&") }.joined(separator: " "))
        reply.bulk("selectors")
        reply.array(0)
    }

    static func deluser(_ call: RedisCall) throws(RedisFailure) {
        var count = 0
        for place in 2..<call.count {
            let name = call[place].text
            if name == "default" { throw .err("The 'default' user cannot be removed") }
            guard call.server.users.removeValue(forKey: name) != nil else { continue }
            count += 1
            for client in call.server.clients.values where client.user == name {
                call.server.end(client, unless: call.client)
            }
        }
        call.reply.integer(count)
    }

    static func cat(_ call: RedisCall) throws(RedisFailure) {
        let all = [
            "keyspace", "read", "write", "set", "sortedset", "list", "hash", "string", "bitmap",
            "hyperloglog",
            "geo", "stream", "pubsub", "admin", "fast", "slow", "blocking", "dangerous", "connection",
            "transaction", "scripting",
        ]
        guard call.count > 2 else {
            call.reply.array(all.count)
            for name in all { call.reply.bulk(name) }
            return
        }
        let name = call[2].text.lowercased()
        guard all.contains(name) else { throw .err("Unknown category '\(call[2].text)'") }
        let found = call.server.table.commands.filter { $0.categories.contains(name) }
        call.reply.array(found.count)
        for command in found { call.reply.bulk(command.fullName) }
    }

    static func genpass(_ call: RedisCall) throws(RedisFailure) {
        let failure = RedisFailure.err(
            "ACL GENPASS argument must be the number of bits for the output password, a "
                + "positive number up to 4096")
        let bits = call.count > 2 ? try call.integer(2, in: 1...4096, failure) : 256
        let digits = Array("0123456789abcdef")
        let password = (0..<(bits + 3) / 4).map { _ in
            digits[Int.random(in: 0..<16, using: &call.server.random)]
        }
        call.reply.bulk(String(password))
    }
}
