/// The commands of scripts: `redis.call` and `redis.pcall`.
extension ScriptEngine {
    /// Runs the command that the stack's values say and pushes its reply.
    ///
    /// - Parameter raises: whether an error is raised, or returned as a table.
    func perform(_ stack: LuaStack, raises: Bool) throws(LuaFailure) -> Int {
        guard let run = running else {
            throw .reply("redis.call/pcall can only be called inside a script invocation")
        }
        let words: OwnedArguments
        do throws(LuaFailure) {
            words = try stack.commandWords()
        } catch {
            guard case .reply(let text) = error, !raises else { throw error }
            stack.pushError(text)
            return 1
        }
        stack.setCount(0)
        let client = run.client
        do throws(RedisFailure) {
            let command = try checked(words.list, run)
            if command.flags.contains(.write) { run.hasWritten = true }
            server.run(command, words.list, client)
        } catch {
            stack.pushError("-" + error.text)
            stack.push(true)
            stack.set("ignore_error_stats_update", in: -2)
            if raises { throw .raised }
            return 1
        }
        defer { client.reply.removeAll() }
        // SAFETY: nothing writes to the reply while it is read.
        let bytes = unsafe ByteSlice(client.reply.bytes.assumingMemoryBound(to: UInt8.self))
        var reader = LuaReplyReader(bytes)
        try reader.push(to: stack)
        if raises, reader.isError { throw .raised }
        return 1
    }

    /// The command, when the script may run it now; why not is counted.
    private func checked(_ words: ArgumentList, _ run: ScriptRun) throws(RedisFailure) -> RedisCommand {
        var known: RedisCommand?
        do throws(RedisFailure) {
            let command = try find(words)
            known = command
            let isRight = command.arity >= 0 ? words.count == command.arity : words.count >= -command.arity
            guard isRight else { throw .err("Wrong number of args calling Redis command from script") }
            if command.flags.contains(.noscript), !mayCallAll {
                throw .err("This Redis command is not allowed from script")
            }
            if run.isReadOnly, !command.flags.isDisjoint(with: [.write, .mayReplicate]) {
                throw .err("Write commands are not allowed from read-only scripts.")
            }
            if command.flags.contains(.write), !run.hasWritten, !server.hasEnoughReplicas {
                throw .notEnoughReplicas
            }
            if run.isOutOfMemory, !run.hasWritten, command.flags.contains(.denyoom) { throw .outOfMemory }
            return command
        } catch {
            if let known { server.stats.byCommand[known.index].rejected += 1 }
            server.stats.count(error)
            throw error
        }
    }

    private func find(_ words: ArgumentList) throws(RedisFailure) -> RedisCommand {
        guard let command = server.table.find(words[0]) else { throw Self.unknownCommand }
        guard !command.subcommands.isEmpty, words.count > 1 else { return command }
        guard let sub = command.subcommand(words[1]) else { throw Self.unknownCommand }
        return sub
    }

    private static let unknownCommand = RedisFailure.err("Unknown Redis command called from script")
}
