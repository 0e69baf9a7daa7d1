enum FunctionCommands {
    static func call(_ call: RedisCall, isReadOnly: Bool) throws(RedisFailure) {
        guard let function = call.server.scripts.functions.function(call[1]) else {
            throw .err("Function not found")
        }
        try call.server.scripts.callFunction(function, call, isReadOnly: isReadOnly)
    }

    static func load(_ call: RedisCall) throws(RedisFailure) {
        for place in 2..<call.count - 1 where !call.isWord(place, "replace") {
            throw .err("Unknown option given: " + call[place].text)
        }
        let isReplacing = call.count > 3
        let engine = call.server.scripts
        let library = try engine.makeLibrary(call[call.count - 1]) { name throws(RedisFailure) in
            if !isReplacing, engine.functions.libraries[name] != nil {
                throw .err("Library '\(String(decoding: name, as: UTF8.self))' already exists")
            }
        }
        try engine.add([library], replaces: isReplacing)
        call.server.dirty += 1
        call.reply.bulk(library.name)
    }

    static func delete(_ call: RedisCall) throws(RedisFailure) {
        guard let library = call.server.scripts.functions.remove(Array(call[2])) else {
            throw .err("Library not found")
        }
        call.server.scripts.release([library])
        call.server.dirty += 1
        call.reply.ok()
    }

    static func flush(_ call: RedisCall) throws(RedisFailure) {
        guard call.count == 2 || call.count == 3 && (call.isWord(2, "sync") || call.isWord(2, "async")) else {
            if call.count > 3 {
                throw .err("unknown subcommand or wrong number of arguments for 'flush'. Try FUNCTION HELP.")
            }
            throw .err("FUNCTION FLUSH only supports SYNC|ASYNC option")
        }
        call.server.scripts.forgetFunctions()
        call.server.dirty += 1
        call.reply.ok()
    }

    static func kill(_ call: RedisCall) throws(RedisFailure) {
        try call.server.scripts.kill(isEval: false)
        call.reply.ok()
    }

    static func list(_ call: RedisCall) throws(RedisFailure) {
        var pattern: [UInt8]?
        var hasCode = false
        var place = 2
        while place < call.count {
            if !hasCode, call.isWord(place, "withcode") {
                hasCode = true
            } else if pattern == nil, call.isWord(place, "libraryname") {
                guard place + 1 < call.count else { throw .err("library name argument was not given") }
                place += 1
                pattern = Array(call[place])
            } else {
                throw .err("Unknown argument " + call[place].text)
            }
            place += 1
        }
        let libraries = call.server.scripts.functions.libraries.values
            .filter { library in
                pattern.map { globMatches($0, library.name, ignoringCase: true) } ?? true
            }
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
        call.reply.array(libraries.count)
        for library in libraries { write(library, hasCode, call.reply) }
    }

    private static func write(_ library: FunctionLibrary, _ hasCode: Bool, _ reply: ReplyWriter) {
        reply.map(hasCode ? 4 : 3)
        reply.bulk("library_name" as StaticString)
        reply.bulk(library.name)
        reply.bulk("engine" as StaticString)
        reply.bulk("LUA" as StaticString)
        reply.bulk("functions" as StaticString)
        reply.array(library.functions.count)
        for function in library.functions {
            reply.map(3)
            reply.bulk("name" as StaticString)
            reply.bulk(function.name)
            reply.bulk("description" as StaticString)
            reply.bulkOrNull(function.description)
            reply.bulk("flags" as StaticString)
            let flags = ScriptRun.Flags.names.filter { function.flags.contains($0.0) }
            reply.set(flags.count)
            for (_, name) in flags { reply.simple(name) }
        }
        if hasCode {
            reply.bulk("library_code" as StaticString)
            reply.bulk(library.code)
        }
    }

    static func stats(_ call: RedisCall) throws(RedisFailure) {
        let engine = call.server.scripts
        if let running = engine.running, running.isEval, let busy = engine.busyFailure { throw busy }
        call.reply.map(2)
        call.reply.bulk("running_script" as StaticString)
        if let running = engine.running {
            call.reply.map(3)
            call.reply.bulk("name" as StaticString)
            call.reply.bulk(running.name)
            call.reply.bulk("command" as StaticString)
            call.reply.array(running.words.count)
            for word in running.words { call.reply.bulk(word) }
            call.reply.bulk("duration_ms" as StaticString)
            call.reply.integer(running.milliseconds)
        } else {
            call.reply.null()
        }
        call.reply.bulk("engines" as StaticString)
        call.reply.map(1)
        call.reply.bulk("LUA" as StaticString)
        call.reply.map(2)
        call.reply.bulk("libraries_count" as StaticString)
        call.reply.integer(engine.functions.libraries.count)
        call.reply.bulk("functions_count" as StaticString)
        call.reply.integer(engine.functions.functionCount)
    }

    static func dump(_ call: RedisCall) throws(RedisFailure) {
        let libraries = call.server.scripts.functions.libraries.values
            .sorted { $0.name.lexicographicallyPrecedes($1.name) }
        call.reply.bulk(FunctionDump.render(libraries.map(\.code)))
    }

    static func restore(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 4 else {
            throw .err("unknown subcommand or wrong number of arguments for 'restore'. Try FUNCTION HELP.")
        }
        let isFlushing = call.isWord(3, "flush")
        let isReplacing = call.isWord(3, "replace")
        guard call.count == 3 || isFlushing || isReplacing || call.isWord(3, "append") else {
            throw .err("Wrong restore policy given, value should be either FLUSH, APPEND or REPLACE.")
        }
        let codes = try FunctionDump.parse(Array(call[2]))
        let engine = call.server.scripts
        var libraries: [FunctionLibrary] = []
        do throws(RedisFailure) {
            for code in codes {
                libraries.append(
                    try code.withSlice { (code) throws(RedisFailure) in try engine.makeLibrary(code) })
            }
        } catch {
            engine.release(libraries)
            throw error
        }
        if isFlushing { engine.forgetLibraries() }
        try engine.add(libraries, replaces: isReplacing)
        call.server.dirty += 1
        call.reply.ok()
    }

    static func help(_ call: RedisCall) throws(RedisFailure) {
        call.reply.lines([
            "FUNCTION <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
            "DELETE <library>", "    Forgets a library.",
            "DUMP", "    All libraries as one value for RESTORE.",
            "FLUSH [ASYNC|SYNC]", "    Forgets all libraries.",
            "KILL", "    Ends the function that runs, when it has written nothing.",
            "LIST [LIBRARYNAME <pattern>] [WITHCODE]", "    Tells the libraries and their functions.",
            "LOAD [REPLACE] <code>", "    Adds a library.",
            "RESTORE <value> [FLUSH|APPEND|REPLACE]", "    Adds the libraries of a DUMP.",
            "STATS", "    Tells the function that runs, and how many there are.",
            "HELP", "    Prints this help.",
        ])
    }
}
