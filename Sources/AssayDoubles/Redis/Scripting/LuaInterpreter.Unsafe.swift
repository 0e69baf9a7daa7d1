internal import CLua
internal import Glibc

/// A Lua state with the libraries of Redis, and a limit on its memory.
///
/// Its globals and libraries can be read by scripts, not changed: what scripts see are empty tables that
/// stand for
/// them (Lua 5.1 as distributed has no read-only tables).
// SAFETY: `state` and `host` are made in init and freed in deinit, `host` last; neither leaves this class
// but in a
// `LuaStack` for the length of a call. No Lua error crosses a Swift frame (shim.h).
@safe final class LuaInterpreter {
    /// What a script may have besides its arguments and results.
    static let memoryLimitBytes = 256 << 20
    /// Instructions between two looks at the time.
    static let interruptInstructions: Int32 = 100_000

    /// Told every ``interruptInstructions``; a text ends the script with it as its error.
    var interrupt: () -> String? = { nil }
    /// `redis.call` (raises) and `redis.pcall`.
    var perform: (LuaStack, _ raises: Bool) throws(LuaFailure) -> Int = { (_, _) throws(LuaFailure) in
        throw .reply("there is no server")
    }
    /// The commands of the script that runs; `nil` when none does.
    weak var run: ScriptRun?
    /// The library that is being loaded.
    var loading: FunctionLibrary.Loading?
    var jsonOptions = LuaJSONOptions()
    var random = ScriptRandom()

    private let host: UnsafeMutablePointer<AssayLuaHost>
    private let state: OpaquePointer
    /// The table behind what scripts see as their globals, and the metatable of what they see.
    private var globalsBehind = LuaReference.none
    private var globalsMetatable = LuaReference.none
    /// The globals of a library while it is loaded.
    private var loadingGlobals = LuaReference.none
    private var errorHandler = LuaReference.none
    private var runsUntilCollection = LuaInterpreter.collectionInterval

    private static let collectionInterval = 50

    init() {
        unsafe host = UnsafeMutablePointer<AssayLuaHost>.allocate(capacity: 1)
        unsafe host.initialize(to: AssayLuaHost())
        unsafe host.pointee.limitBytes = Self.memoryLimitBytes
        guard let state = unsafe assay_lua_open(host) else {
            preconditionFailure("no memory for a Lua state")
        }
        unsafe self.state = unsafe state
        // SAFETY: the interpreter outlives its state, and so every call through `context`.
        unsafe host.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        unsafe host.pointee.call = { context, state, number in
            guard let context = unsafe context, let state = unsafe state else { return 0 }
            return unsafe Unmanaged<LuaInterpreter>.fromOpaque(context).takeUnretainedValue()
                .call(Int(number), LuaStack(state))
        }
        unsafe host.pointee.interrupt = { context, state in
            guard let context = unsafe context, let state = unsafe state else { return 0 }
            return unsafe Unmanaged<LuaInterpreter>.fromOpaque(context).takeUnretainedValue()
                .interrupted(LuaStack(state))
        }
        prepare()
    }

    deinit {
        unsafe lua_close(state)
        unsafe host.deinitialize(count: 1)
        unsafe host.deallocate()
    }

    var usedBytes: Int { unsafe host.pointee.usedBytes }
    var stack: LuaStack { unsafe LuaStack(state) }

    // MARK: calls from Lua

    private func call(_ number: Int, _ stack: LuaStack) -> Int32 {
        do throws(LuaFailure) {
            return Int32(try LuaLibrary.allFunctions[number].run(stack, self))
        } catch {
            // Room for the message: functions throw with whatever they have on the stack.
            if stack.count > 1 && !stack.hasRoom(for: 3) { stack.setCount(1) }
            switch error {
            case .raised: return Int32(ASSAY_LUA_RAISE)
            case .reply(let text):
                stack.pushError(text)
                return Int32(ASSAY_LUA_RAISE)
            case .message(let text):
                stack.push(text)
                return Int32(ASSAY_LUA_RAISE_WITH_POSITION)
            case .argument(let place, let text):
                stack.push(text)
                return Int32(ASSAY_LUA_BAD_ARGUMENT - place)
            }
        }
    }

    private func interrupted(_ stack: LuaStack) -> Int32 {
        guard let reason = interrupt() else { return 0 }
        stack.pushError(reason)
        return 1
    }

    // MARK: scripts

    /// Compiles a program and keeps its function.
    ///
    /// - Parameter name: what positions begin with: `@user_script`.
    /// - Returns: the function, or the compiler's message.
    func compile(_ text: ByteSlice, name: String) -> Result<LuaReference, LuaMessage> {
        let status = unsafe text.memory.withMemoryRebound(to: CChar.self) { memory in
            unsafe assay_lua_compile(state, memory.baseAddress, memory.count, name)
        }
        guard status == 0 else {
            let message = LuaMessage(text: stack.text(-1))
            stack.pop()
            return .failure(message)
        }
        return .success(stack.keep())
    }

    /// Calls a function; its result, or the error, is on top of the stack for `finish`.
    ///
    /// - Parameters:
    ///   - pushArguments: pushes what the function is called with and returns their number.
    ///   - isInterruptible: whether ``interrupt`` is asked now and then.
    ///   - describesErrors: whether errors become tables that say where they happened.
    ///   - finish: told whether it ended well.
    func callFunction(
        _ function: LuaReference, isInterruptible: Bool, describesErrors: Bool = true,
        pushArguments: (LuaStack) -> Int, finish: (LuaStack, _ isGood: Bool) -> Void
    ) {
        let base = stack.count
        stack.push(errorHandler)
        stack.push(function)
        let count = pushArguments(stack)
        if isInterruptible { unsafe assay_lua_interrupt_every(state, Self.interruptInstructions) }
        unsafe host.pointee.isLimited = 1
        let status = unsafe lua_pcall(state, Int32(count), 1, describesErrors ? Int32(base + 1) : 0)
        unsafe host.pointee.isLimited = 0
        unsafe assay_lua_interrupt_every(state, 0)
        finish(stack, status == 0)
        stack.setCount(base)
        collect(isShort: status == LUA_ERRMEM)
    }

    /// Collects what scripts left: a little now and then, all when memory was short.
    private func collect(isShort: Bool) {
        if isShort {
            unsafe lua_gc(state, LUA_GCCOLLECT, 0)
            return
        }
        runsUntilCollection -= 1
        guard runsUntilCollection == 0 else { return }
        runsUntilCollection = Self.collectionInterval
        unsafe lua_gc(state, LUA_GCSTEP, Int32(Self.collectionInterval))
    }

    /// Sets KEYS or ARGV to the array on top.
    func setGlobal(_ name: StaticString) {
        stack.push(globalsBehind)
        stack.insert(at: -2)
        stack.set(name, in: -2)
        stack.pop()
    }

    /// Runs `body` with the globals that a library has while it is loaded: `redis.register_function` and
    /// little else.
    func withLoadingGlobals(_ body: () -> Void) {
        setGlobals(to: loadingGlobals)
        body()
        setGlobals(to: globalsBehind)
    }

    private func setGlobals(to table: LuaReference) {
        stack.push(globalsMetatable)
        stack.push(table)
        stack.set("__index", in: -2)
        stack.pop()
    }

    // MARK: what scripts see

    private func prepare() {
        stack.pushTable()
        unsafe host.pointee.guarded = stack.keep().number
        unsafe assay_lua_push_error_handler(state)
        errorHandler = stack.keep()
        unsafe assay_lua_open_libraries(state)
        stack.pushGlobals()
        let place = stack.count
        // Files and the output are the server's. Environments would undo the guard of the globals, and a
        // proxy's
        // `__gc` would run at any time, outside of every script.
        for name in ["dofile", "loadfile", "print", "getfenv", "setfenv", "newproxy"] as [StaticString] {
            stack.pushNil()
            stack.set(name, in: place)
        }
        wrapLibraries(globals: place)
        addLibraries(globals: place)
        guardTables(in: place)
        guardGlobals(place)
        prepareLoading()
        stack.setCount(0)
    }

    /// Puts what respects guarded tables, and what takes no compiled code, in place of Lua's own functions.
    private func wrapLibraries(globals place: Int) {
        unsafe assay_lua_push_pcall(state)
        stack.set("pcall", in: place)
        unsafe assay_lua_push_loadstring(state)
        stack.set("loadstring", in: place)
        unsafe assay_lua_push_load(state)
        stack.set("load", in: place)
        for name in ["rawset", "setmetatable"] { unsafe assay_lua_wrap(state, Int32(place), name, 1) }
        for name in ["rawget", "next", "getmetatable", "unpack"] {
            unsafe assay_lua_wrap(state, Int32(place), name, 0)
        }
        stack.get("next", from: place)
        unsafe assay_lua_push_pairs(state)
        stack.set("pairs", in: place)
        stack.get("table", from: place)
        let table = Int32(stack.count)
        for name in ["insert", "remove", "sort", "setn"] { unsafe assay_lua_wrap(state, table, name, 1) }
        for name in ["concat", "foreach", "foreachi", "getn", "maxn"] {
            unsafe assay_lua_wrap(state, table, name, 0)
        }
        stack.pop()
    }

    private func addLibraries(globals place: Int) {
        var first = 0
        for library in LuaLibrary.all {
            if stack.get(library.name, from: place) == .table {
                library.fill(stack, first: first)
                stack.pop()
            } else {
                stack.pop()
                library.push(to: stack, first: first)
                stack.set(library.name, in: place)
            }
            first += library.functions.count
        }
    }

    /// Replaces the tables in a table by what stands for them, and hides the metatable of strings.
    private func guardTables(in place: Int) {
        var names: [[UInt8]] = []
        stack.pushNil()
        while stack.next(in: place) {
            let name = stack.type(-2) == .string ? [UInt8](stack.bytes(-2)) : []
            if stack.type(-1) == .table && name != Array("_G".utf8) { names.append(name) }
            stack.pop()
        }
        for name in names {
            stack.push(name)
            stack.push(name)
            stack.get(from: place)
            pushGuard()
            stack.remove(at: -2)
            stack.set(in: place)
        }
        stack.push("")
        if unsafe lua_getmetatable(state, -1) != 0 {
            pushGuard()
            stack.set("__metatable", in: -2)
            stack.pop()
        }
        stack.pop()
    }

    /// Pushes what stands for the table on top.
    private func pushGuard() {
        let behind = stack.count
        stack.pushTable()
        stack.pushTable()
        stack.pushCopy(behind)
        stack.set("__index", in: -2)
        unsafe assay_lua_push_refuse_change(state)
        stack.set("__newindex", in: -2)
        stack.setMetatable(of: -2)
        stack.push(LuaReference(number: unsafe host.pointee.guarded))
        stack.pushCopy(-2)
        stack.pushCopy(behind)
        stack.set(in: -3)
        stack.pop()
    }

    /// Makes names that are none an error, and what stands for the globals the globals.
    private func guardGlobals(_ place: Int) {
        pushRefusingMetatable()
        stack.pushCopy(-1)
        stack.setMetatable(of: place)
        pushGuard()
        stack.set("__metatable", in: -2)
        stack.pop()
        stack.pushCopy(place)
        globalsBehind = stack.keep()
        stack.pushCopy(place)
        pushGuard()
        _ = unsafe lua_getmetatable(state, -1)
        globalsMetatable = stack.keep()
        stack.pushCopy(-1)
        stack.set("_G", in: place)
        stack.replace(Int(ASSAY_LUA_GLOBALS))
        stack.setCount(place)
    }

    private func pushRefusingMetatable() {
        stack.pushTable()
        unsafe assay_lua_push_refuse_unknown(state)
        stack.set("__index", in: -2)
    }

    private func prepareLoading() {
        stack.pushTable()
        LuaLibrary.registration.push(
            to: stack, first: LuaLibrary.allFunctions.count - LuaLibrary.registration.functions.count)
        pushRefusingMetatable()
        stack.setMetatable(of: -2)
        pushGuard()
        stack.remove(at: -2)
        stack.set("redis", in: -2)
        pushRefusingMetatable()
        stack.setMetatable(of: -2)
        loadingGlobals = stack.keep()
    }
}

/// What the compiler or a script said.
struct LuaMessage: Error {
    let text: String
}

extension LuaStack {
    /// Pushes a table with `err`: the text after a dash as it is, any other after `ERR`.
    func pushError(_ text: String) {
        pushTable()
        push(LuaStack.errorText(text))
        set("err", in: -2)
    }

    static func errorText(_ text: String) -> String {
        guard text.hasPrefix("-") else { return "ERR " + text }
        let rest = text.dropFirst()
        return rest.contains(" ") ? String(rest) : "ERR " + rest
    }
}
