internal import AssayNet

extension ScriptEngine {
    /// How long a library's code may run while it is loaded, milliseconds.
    private static let loadLimit: Int64 = 500

    /// Compiles and runs a library's code; it is not yet among the others.
    ///
    /// - Parameter checkName: throws for a name that cannot be used.
    func makeLibrary(
        _ code: ByteSlice, checkName: ([UInt8]) throws(RedisFailure) -> Void = { _ in }
    ) throws(RedisFailure) -> FunctionLibrary {
        let (name, size) = try Self.libraryName(of: code)
        try checkName(name)
        let interpreter = functionInterpreter
        let function: LuaReference
        switch interpreter.compile(code[size..<code.count], name: "@user_function") {
        case .success(let compiled): function = compiled
        case .failure(let message): throw .err("Error compiling function: " + message.text)
        }
        let loading = FunctionLibrary.Loading(startedAt: Reactor.monotonicNow())
        interpreter.loading = loading
        let interrupt = interpreter.interrupt
        interpreter.interrupt = {
            Reactor.monotonicNow() - loading.startedAt > Self.loadLimit * 1_000_000
                ? "FUNCTION LOAD timeout" : nil
        }
        var failure: RedisFailure?
        interpreter.withLoadingGlobals {
            interpreter.callFunction(
                function, isInterruptible: true, describesErrors: false, pushArguments: { _ in 0 }
            ) { stack, isGood in
                if !isGood { failure = .err("Error registering functions: " + stack.loadError) }
            }
        }
        interpreter.interrupt = interrupt
        interpreter.loading = nil
        interpreter.stack.release(function)
        let library = FunctionLibrary(name: name, code: Array(code), functions: loading.functions)
        if failure == nil, library.functions.isEmpty { failure = .err("No functions registered") }
        if let failure {
            release([library])
            throw failure
        }
        return library
    }

    /// The name in `#!lua name=NAME`, and how many bytes the line takes without its end.
    private static func libraryName(of code: ByteSlice) throws(RedisFailure) -> ([UInt8], Int) {
        guard code.count >= 2, code[0] == 0x23, code[1] == 0x21 else {
            throw .err("Missing library metadata")
        }
        guard let end = code.firstIndex(of: 0x0A), let words = code[0..<end].quotedWords,
            let engine = words.first
        else { throw .err("Invalid library metadata") }
        var name: [UInt8]?
        for word in words.dropFirst() {
            guard word.count >= 5, word.withSlice({ $0[0..<5].isWord("name=") }) else {
                throw .err("Invalid metadata value given: " + String(decoding: word, as: UTF8.self))
            }
            guard name == nil else {
                throw .err("Invalid metadata value, name argument was given multiple times")
            }
            name = Array(word.dropFirst(5))
        }
        guard let name else { throw .err("Library name was not given") }
        guard FunctionShelf.isName(name) else { throw .err(FunctionShelf.nameRule) }
        guard engine.dropFirst(2).elementsEqual("lua".utf8, by: { $0 | 0x20 == $1 }) else {
            throw .err("Engine '\(String(decoding: engine.dropFirst(2), as: UTF8.self))' not found")
        }
        return (name, end)
    }

    func add(_ libraries: [FunctionLibrary], replaces: Bool) throws(RedisFailure) {
        do throws(RedisFailure) {
            release(try functions.add(libraries, replaces: replaces))
        } catch {
            release(libraries)
            throw error
        }
    }

    /// Gives back the functions of libraries that are not used any more.
    func release(_ libraries: [FunctionLibrary]) {
        for function in libraries.flatMap(\.functions) {
            functionInterpreter.stack.release(function.function)
        }
    }

    func forgetLibraries() { release(functions.removeAll()) }

    /// FUNCTION FLUSH: the interpreter begins anew too.
    func forgetFunctions() {
        _ = functions.removeAll()
        renewFunctionInterpreter()
    }
}

extension LuaStack {
    /// The text of the error on top, without `ERR`.
    fileprivate var loadError: String {
        guard type(-1) == .table else { return "ERR " + text(-1) }
        defer { pop() }
        get("err", from: -1)
        return text(-1)
    }
}
