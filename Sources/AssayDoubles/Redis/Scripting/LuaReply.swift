/// Writes what a script returned as the reply to its caller.
struct LuaReply {
    let stack: LuaStack
    let call: RedisCall
    /// Whether the script asked for RESP3: its booleans are booleans then.
    let usesRESP3: Bool

    /// Deeper tables than this are an error where they begin; Lua's own stack would end at about 8,000.
    private static let depthLimit = 1000

    /// Writes the value on top.
    ///
    /// - Returns: the error when it is one, which is the caller's to count.
    func write() -> RedisFailure? {
        if stack.type(-1) == .table, let (text, isCounted) = Self.error(stack) {
            return Self.finish(text, isCounted, call)
        }
        write(depth: 0)
        return nil
    }

    /// The error that ended a script, with where that was.
    static func failure(_ stack: LuaStack, of run: ScriptRun, _ call: RedisCall) -> RedisFailure? {
        guard stack.type(-1) == .table else {
            let text = stack.isText(-1) ? stack.text(-1) : "execution failure"
            return .err("Error running script \(run.name), \(text.prefix(100))")
        }
        guard let (message, isCounted) = error(stack) else { return .err("Error running script \(run.name)") }
        var text = message
        stack.get("source", from: -1)
        stack.get("line", from: -2)
        if stack.isText(-1), stack.isText(-2) {
            text += " script: \(run.name), on \(stack.text(-2)):\(stack.text(-1))."
        }
        stack.pop(2)
        return finish(text, isCounted, call)
    }

    /// An error of a command was counted when that ran; only that this one failed is new.
    private static func finish(_ text: String, _ isCounted: Bool, _ call: RedisCall) -> RedisFailure? {
        guard isCounted else { return RedisFailure(text) }
        call.server.stats.byCommand[call.command.index].failed += 1
        call.reply.error(text)
        return nil
    }

    /// The text of the error table on top, and whether it was counted before.
    private static func error(_ stack: LuaStack) -> (String, isCounted: Bool)? {
        defer { stack.pop() }
        guard stack.get("err", from: -1) == .string else { return nil }
        let text = stack.text(-1)
        stack.get("ignore_error_stats_update", from: -2)
        defer { stack.pop() }
        return (text, stack.boolean(-1))
    }

    private func write(depth: Int) {
        let reply = call.reply
        switch stack.type(-1) {
        case .string: reply.bulk(stack.bytes(-1))
        case .number: reply.integer(Self.integer(stack.number(-1)))
        case .boolean:
            if usesRESP3 {
                reply.boolean(stack.boolean(-1))
            } else if stack.boolean(-1) {
                reply.integer(1)
            } else {
                reply.null()
            }
        case .table:
            guard depth < Self.depthLimit, stack.hasRoom(for: 5) else {
                let failure = RedisFailure.err("reached lua stack limit")
                call.server.stats.count(failure)
                reply.error(failure.text)
                return
            }
            if !writeMarked(depth) { writeArray(depth) }
        default: reply.null()
        }
    }

    /// As a C cast does, for what does not fit too.
    private static func integer(_ number: Double) -> Int64 {
        Int64(exactly: number.rounded(.towardZero)) ?? .min
    }

    /// Writes a table of which a field says what it is: `{ok = 'OK'}`, `{double = 1.5}`.
    private func writeMarked(_ depth: Int) -> Bool {
        let reply = call.reply
        if let (text, isCounted) = Self.error(stack) {
            if !isCounted { call.server.stats.count(RedisFailure(text)) }
            reply.error(text)
            return true
        }
        if let line = line("ok") {
            reply.append(0x2B)
            reply.append(line)
            reply.append("\r\n")
            return true
        }
        defer { stack.pop() }
        if stack.get("double", from: -1) == .number {
            reply.double(stack.number(-1))
            return true
        }
        stack.pop()
        if stack.get("verbatim_string", from: -1) == .table, writeVerbatim() { return true }
        stack.pop()
        if stack.get("map", from: -1) == .table {
            reply.map(entryCount())
            eachEntry {
                stack.pushCopy(-2)
                write(depth: depth + 1)
                stack.pop()
                write(depth: depth + 1)
            }
            return true
        }
        stack.pop()
        if stack.get("set", from: -1) == .table {
            reply.set(entryCount())
            eachEntry {
                stack.pushCopy(-2)
                write(depth: depth + 1)
                stack.pop()
            }
            return true
        }
        stack.pop()
        stack.pushNil()
        guard let digits = bigNumber() else { return false }
        reply.bigNumber(digits)
        return true
    }

    /// A field's text as one line.
    private func line(_ name: StaticString) -> [UInt8]? {
        defer { stack.pop() }
        guard stack.get(name, from: -1) == .string else { return nil }
        return stack.bytes(-1).map { $0 == 0x0D || $0 == 0x0A ? 0x20 : $0 }
    }

    private func bigNumber() -> String? {
        stack.pushCopy(-2)
        defer { stack.pop() }
        return line("big_number").map { String(decoding: $0, as: UTF8.self) }
    }

    private func writeVerbatim() -> Bool {
        defer { stack.pop(2) }
        let isFormat = stack.get("format", from: -1) == .string
        let isText = stack.get("string", from: -2) == .string
        guard isFormat, isText else { return false }
        let (format, text) = (stack.bytes(-2).prefix(3), stack.bytes(-1))
        guard call.reply.isRESP3 else {
            call.reply.bulk(text)
            return true
        }
        call.reply.append(0x3D)
        call.reply.append(decimal: Int64(text.count + 4))
        call.reply.append("\r\n")
        call.reply.append(Array(format) + Array(repeating: 0x20, count: 3 - format.count) + [0x3A])
        call.reply.append(text)
        call.reply.append("\r\n")
        return true
    }

    private func entryCount() -> Int {
        var count = 0
        eachEntry { count += 1 }
        return count
    }

    /// Runs `body` with each key and value of the table on top below and at the top.
    private func eachEntry(_ body: () -> Void) {
        stack.pushNil()
        while stack.next(in: -2) {
            body()
            stack.pop()
        }
    }

    private func writeArray(_ depth: Int) {
        var count = 0
        while true {
            stack.get(count + 1, from: -1)
            let isEnd = stack.type(-1) == .null
            stack.pop()
            if isEnd { break }
            count += 1
        }
        call.reply.array(count)
        for place in stride(from: 1, through: count, by: 1) {
            stack.get(place, from: -1)
            write(depth: depth + 1)
            stack.pop()
        }
    }
}
