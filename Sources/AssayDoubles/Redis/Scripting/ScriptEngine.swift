internal import AssayNet

/// The scripts and functions of a server, and the interpreters that run them.
final class ScriptEngine {
    struct Script {
        let function: LuaReference
        let flags: ScriptRun.Flags
        let sizeBytes: Int
    }

    unowned let server: RedisServer
    /// Made when the first script comes; SCRIPT FLUSH makes it anew.
    private(set) lazy var evaluator = makeInterpreter()
    private(set) lazy var functionInterpreter = makeInterpreter()
    private lazy var client = server.makeClient(.script)
    /// By digest: 40 hexadecimal digits in lower case.
    private(set) var scripts: [[UInt8]: Script] = [:]
    let functions = FunctionShelf()
    /// The script that runs now.
    private(set) var running: ScriptRun?
    /// DEBUG SET-DISABLE-DENY-SCRIPTS: scripts may run commands that are not for scripts.
    var mayCallAll = false
    /// The server has stopped: a script that runs is to end.
    var isStopping = false

    init(of server: RedisServer) { self.server = server }

    private func makeInterpreter() -> LuaInterpreter {
        let interpreter = LuaInterpreter()
        interpreter.interrupt = { [unowned self] in reasonToEnd() }
        interpreter.perform = { [unowned self] stack, raises throws(LuaFailure) in
            try perform(stack, raises: raises)
        }
        return interpreter
    }

    var usedBytes: Int { evaluator.usedBytes + functionInterpreter.usedBytes }
    var scriptBytes: Int { scripts.values.reduce(0) { $0 + $1.sizeBytes + 80 } }

    // MARK: the scripts that are known

    /// The digest of a script that is compiled and kept.
    ///
    /// - Throws: the compiler's message, or what is wrong with the first line.
    func load(_ text: ByteSlice) throws(RedisFailure) -> [UInt8] {
        let digest = Self.digest(text)
        if scripts[digest] != nil { return digest }
        let (flags, size) = try Self.firstLine(of: text)
        // The line stays as an empty one, so that positions are right.
        switch evaluator.compile(text[size..<text.count], name: "@user_script") {
        case .success(let function):
            scripts[digest] = Script(function: function, flags: flags, sizeBytes: text.count)
        case .failure(let message):
            throw .err("Error compiling script (new function): " + message.text)
        }
        return digest
    }

    func forgetScripts() {
        scripts = [:]
        evaluator = makeInterpreter()
    }

    func renewFunctionInterpreter() { functionInterpreter = makeInterpreter() }

    static func digest(_ text: ByteSlice) -> [UInt8] {
        Crypto.sha1(Array(text)).flatMap {
            [LuaNumberText.hexDigit($0 >> 4), LuaNumberText.hexDigit($0 & 15)]
        }
    }

    /// What `#!lua flags=…` says, and how many bytes it takes without the line's end.
    static func firstLine(of text: ByteSlice) throws(RedisFailure) -> (ScriptRun.Flags, Int) {
        guard text.count >= 2, text[0] == 0x23, text[1] == 0x21 else { return (.undeclared, 0) }
        guard let end = text.firstIndex(of: 0x0A) else { throw .err("Invalid script shebang") }
        guard let words = text[0..<end].quotedWords, let engine = words.first else {
            throw .err("Invalid engine in script shebang")
        }
        guard engine == Array("#!lua".utf8) else {
            throw .err("Unexpected engine in script shebang: " + String(decoding: engine, as: UTF8.self))
        }
        var flags: ScriptRun.Flags = []
        for word in words.dropFirst() {
            guard word.starts(with: "flags=".utf8) else {
                throw .err("Unknown lua shebang option: " + String(decoding: word, as: UTF8.self))
            }
            let list = word.dropFirst(6)
            for name in list.split(separator: 0x2C, omittingEmptySubsequences: false) where !list.isEmpty {
                guard let flag = Array(name).withSlice({ ScriptRun.Flags(name: $0, ignoringCase: false) })
                else {
                    throw .err("Unexpected flag in script shebang: " + String(decoding: name, as: UTF8.self))
                }
                flags.insert(flag)
            }
        }
        return (flags, end)
    }

    // MARK: running

    /// Runs a script for EVAL or EVALSHA: the caller's words from the third on are its keys and arguments.
    func evaluate(_ digest: [UInt8], _ call: RedisCall, isReadOnly: Bool) throws(RedisFailure) {
        guard let script = scripts[digest] else { throw Self.unknownScript }
        let keyCount = try Self.keyCount(call)
        let run = try begin(
            call, name: String(decoding: digest, as: UTF8.self), script.flags, isEval: true,
            isReadOnly: isReadOnly)
        try runFunction(script.function, with: evaluator, run, call) { stack in
            stack.pushArray(of: call.arguments, from: 3, count: keyCount)
            self.evaluator.setGlobal("KEYS")
            stack.pushArray(of: call.arguments, from: 3 + keyCount, count: call.count - 3 - keyCount)
            self.evaluator.setGlobal("ARGV")
            return 0
        }
    }

    static let unknownScript = RedisFailure("NOSCRIPT No matching script. Please use EVAL.")

    static func keyCount(
        _ call: RedisCall, _ failure: RedisFailure = .notInteger
    ) throws(RedisFailure) -> Int {
        let count = try call.integer(2, failure)
        guard count <= Int64(call.count - 3) else {
            throw .err("Number of keys can't be greater than number of args")
        }
        guard count >= 0 else { throw .err("Number of keys can't be negative") }
        return Int(count)
    }

    /// Runs a function for FCALL.
    func callFunction(_ function: FunctionLibrary.Function, _ call: RedisCall, isReadOnly: Bool)
        throws(RedisFailure)
    {
        let keyCount = try Self.keyCount(call, .err("Bad number of keys provided"))
        let run = try begin(
            call, name: String(decoding: function.name, as: UTF8.self), function.flags, isEval: false,
            isReadOnly: isReadOnly)
        try runFunction(function.function, with: functionInterpreter, run, call) { stack in
            stack.pushArray(of: call.arguments, from: 3, count: keyCount)
            stack.pushArray(of: call.arguments, from: 3 + keyCount, count: call.count - 3 - keyCount)
            return 2
        }
    }

    /// Checks what a script declares against the server's state, and takes note that it runs.
    private func begin(
        _ call: RedisCall, name: String, _ flags: ScriptRun.Flags, isEval: Bool, isReadOnly: Bool
    ) throws(RedisFailure) -> ScriptRun {
        // A script's commands cannot start another; only DEBUG lets them try.
        guard running == nil else { throw .err("This Redis command is not allowed from script") }
        let isShort = server.isOutOfMemory
        if !flags.contains(.undeclared) {
            if !flags.contains(.noWrites) {
                if isReadOnly { throw .err("Can not execute a script with write flag using *_ro command.") }
                if !server.hasEnoughReplicas { throw .notEnoughReplicas }
            }
            if isShort, flags.isDisjoint(with: [.allowOOM, .noWrites]) {
                throw RedisFailure(
                    "OOM allow-oom flag is not set on the script, can not run it when used memory > "
                        + "'maxmemory'"
                )
            }
        }
        client.call.database = call.database
        client.reply.isRESP3 = false
        client.user = call.client.user
        client.isInExec = call.client.isInExec
        return ScriptRun(
            call.client, as: client, name: name, isEval: isEval,
            isReadOnly: isReadOnly || flags.isDisjoint(with: .undeclared) && flags.contains(.noWrites),
            isOutOfMemory: isShort && flags.isDisjoint(with: .allowOOM))
    }

    private func runFunction(
        _ function: LuaReference, with interpreter: LuaInterpreter, _ run: ScriptRun, _ call: RedisCall,
        pushArguments: (LuaStack) -> Int
    ) throws(RedisFailure) {
        running = run
        interpreter.run = run
        let (time, mayInterrupt) = (server.now, server.config.busyMilliseconds > 0)
        var failure: RedisFailure?
        interpreter.callFunction(function, isInterruptible: mayInterrupt, pushArguments: pushArguments) {
            stack, isGood in
            failure =
                isGood
                ? LuaReply(stack: stack, call: call, usesRESP3: run.client.reply.isRESP3).write()
                : LuaReply.failure(stack, of: run, call)
        }
        interpreter.run = nil
        running = nil
        server.now = time
        if let failure { throw failure }
    }

    // MARK: scripts that run for long

    /// Called by the interpreter now and then: lets others be answered once the script is slow.
    private func reasonToEnd() -> String? {
        guard let run = running else { return nil }
        if !run.isSlow {
            guard run.milliseconds >= server.config.busyMilliseconds else { return nil }
            run.isSlow = true
        }
        // Called from outside of the reactor, nobody could ever end it.
        guard server.reactor.isCurrent else { return Self.killed }
        let time = server.now
        server.reactor.turnWithin()
        server.now = time
        return run.isKilled || isStopping ? Self.killed : nil
    }

    /// DEBUG SLEEP in a script: it waits, and others are answered with BUSY meanwhile.
    func sleep(milliseconds: Int64) {
        guard let running, server.reactor.isCurrent else { return }
        let (time, wasSlow) = (server.now, running.isSlow)
        let end = Reactor.monotonicNow() + milliseconds * 1_000_000
        running.isSlow = true
        while Reactor.monotonicNow() < end, !running.isKilled, !isStopping { server.reactor.turnWithin() }
        running.isSlow = wasSlow
        server.now = time
    }

    private static let killed = "Script killed by user with SCRIPT KILL..."

    /// Why a command has to wait for a slow script; `nil` when there is none.
    var busyFailure: RedisFailure? {
        guard let running, running.isSlow else { return nil }
        return running.isEval ? Self.busyScript : Self.busyFunction
    }

    private static let busyScript = RedisFailure(
        "BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.")
    private static let busyFunction = RedisFailure(
        "BUSY Redis is busy running a script. You can only call FUNCTION KILL or SHUTDOWN NOSAVE.")

    /// SCRIPT KILL and FUNCTION KILL.
    func kill(isEval: Bool) throws(RedisFailure) {
        guard let running else { throw RedisFailure("NOTBUSY No scripts in execution right now.") }
        if running.hasWritten {
            throw RedisFailure(
                "UNKILLABLE Sorry the script already executed write commands against the dataset. You can "
                    + "either wait the script termination or kill the server in a hard way using the "
                    + "SHUTDOWN NOSAVE command.")
        }
        if running.isEval != isEval { throw running.isEval ? Self.busyScript : Self.busyFunction }
        running.isKilled = true
    }
}

extension LuaStack {
    /// Pushes words of a command as an array.
    fileprivate func pushArray(of words: ArgumentList, from first: Int, count: Int) {
        pushTable()
        for place in 0..<count {
            push(words[first + place])
            set(place + 1, in: -2)
        }
    }
}
