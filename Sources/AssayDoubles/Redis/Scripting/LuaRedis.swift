extension LuaLibrary {
    /// `redis`, for scripts and functions that run.
    static let redis = LuaLibrary(
        name: "redis",
        functions: [
            LuaFunction("call") { (stack, lua) throws(LuaFailure) in try lua.perform(stack, true) },
            LuaFunction("pcall") { (stack, lua) throws(LuaFailure) in try lua.perform(stack, false) },
            log,
            LuaFunction("sha1hex") { (stack, _) throws(LuaFailure) in
                guard stack.count == 1 else { throw .reply("wrong number of arguments") }
                stack.push(ScriptEngine.digest(stack.bytes(1)))
                return 1
            },
            LuaFunction("error_reply") { (stack, _) throws(LuaFailure) in
                guard stack.count == 1, stack.type(1) == .string else { return stack.wrongArguments() }
                let text = stack.text(1)
                stack.pushError(text.hasPrefix("-") ? text : "-" + text)
                return 1
            },
            LuaFunction("status_reply") { (stack, _) throws(LuaFailure) in
                guard stack.count == 1, stack.type(1) == .string else { return stack.wrongArguments() }
                stack.pushTable()
                stack.pushCopy(1)
                stack.set("ok", in: -2)
                return 1
            },
            LuaFunction("setresp") { (stack, lua) throws(LuaFailure) in
                guard let run = lua.run else {
                    throw .reply("redis.setresp can only be called inside a script invocation")
                }
                guard stack.count == 1 else { throw .reply("redis.setresp() requires one argument.") }
                let version = stack.integer(1)
                guard version == 2 || version == 3 else { throw .reply("RESP version must be 2 or 3.") }
                run.client.reply.isRESP3 = version == 3
                return 0
            },
            LuaFunction("set_repl") { (stack, lua) throws(LuaFailure) in
                guard lua.run != nil else {
                    throw .reply("redis.set_repl can only be called inside a script invocation")
                }
                guard stack.count == 1 else { throw .reply("redis.set_repl() requires two arguments.") }
                guard (0...3).contains(stack.integer(1)) else {
                    throw .reply(
                        "Invalid replication flags. Use REPL_AOF, REPL_REPLICA, REPL_ALL or REPL_NONE.")
                }
                return 0
            },
            LuaFunction("acl_check_cmd") { (stack, lua) throws(LuaFailure) in
                guard let run = lua.run else {
                    throw .reply("redis.acl_check_cmd can only be called inside a script invocation")
                }
                let words = try stack.commandWords()
                guard (try? run.client.server.command(for: words.list)) != nil else {
                    throw .reply("Invalid command passed to redis.acl_check_cmd()")
                }
                // The double has one user, who may do everything.
                stack.push(true)
                return 1
            },
            LuaFunction("breakpoint") { (stack, _) throws(LuaFailure) in
                stack.push(false)
                return 1
            },
            LuaFunction("debug") { (_, _) throws(LuaFailure) in 0 },
            LuaFunction("replicate_commands") { (stack, _) throws(LuaFailure) in
                stack.push(true)
                return 1
            },
        ],
        fields: logLevels + version + [
            ("REPL_NONE", .number(0)), ("REPL_AOF", .number(1)), ("REPL_SLAVE", .number(2)),
            ("REPL_REPLICA", .number(2)), ("REPL_ALL", .number(3)),
        ])

    /// `redis`, while a library of functions is loaded.
    static let registration = LuaLibrary(
        name: "redis",
        functions: [
            LuaFunction("register_function") { (stack, lua) throws(LuaFailure) in
                guard let loading = lua.loading else {
                    throw .reply("redis.register_function can only be called on FUNCTION LOAD command")
                }
                try loading.register(stack)
                return 0
            },
            log,
        ],
        fields: logLevels + version)

    private static let logLevels: [(StaticString, Field)] = [
        ("LOG_DEBUG", .number(0)), ("LOG_VERBOSE", .number(1)), ("LOG_NOTICE", .number(2)),
        ("LOG_WARNING", .number(3)),
    ]

    private static let version: [(StaticString, Field)] = [
        ("REDIS_VERSION", .text("7.0.15")), ("REDIS_VERSION_NUM", .number(0x07_00_0F)),
    ]

    /// Checks its arguments; the double keeps no log.
    private static let log = LuaFunction("log") { (stack, _) throws(LuaFailure) in
        guard stack.count >= 2 else { throw .reply("redis.log() requires two arguments or more.") }
        guard stack.isNumber(1) else { throw .reply("First argument must be a number (log level).") }
        guard (0...3).contains(stack.integer(1)) else { throw .reply("Invalid debug level.") }
        return 0
    }
}

extension LuaStack {
    /// The result of functions that answer with an error rather than raise it.
    fileprivate func wrongArguments() -> Int {
        pushError("wrong number or type of arguments")
        return 1
    }

    /// The arguments as the words of a command; numbers with all of their digits.
    func commandWords() throws(LuaFailure) -> OwnedArguments {
        guard count > 0 else {
            throw .reply("Please specify at least one argument for this redis lib call")
        }
        var words: [[UInt8]] = []
        words.reserveCapacity(count)
        for place in 1...count {
            switch type(place) {
            case .number: words.append(LuaNumberText.general(number(place), digits: 17))
            case .string: words.append(Array(bytes(place)))
            default: throw .reply("Lua redis lib command arguments must be strings or integers")
            }
        }
        return OwnedArguments(words)
    }
}
