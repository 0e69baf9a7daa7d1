/// A library of functions, as FUNCTION LOAD made it.
struct FunctionLibrary {
    struct Function {
        let name: [UInt8]
        let description: [UInt8]?
        let flags: ScriptRun.Flags
        let function: LuaReference
    }

    let name: [UInt8]
    /// With its first line.
    let code: [UInt8]
    let functions: [Function]

    /// What a library registers while its code runs.
    final class Loading {
        private(set) var functions: [Function] = []
        /// CLOCK_MONOTONIC nanoseconds.
        let startedAt: Int64

        init(startedAt: Int64) { self.startedAt = startedAt }

        /// `redis.register_function(name, callback)` or `redis.register_function{function_name=…,
        /// callback=…, …}`
        func register(_ stack: LuaStack) throws(LuaFailure) {
            let function: Function
            switch stack.count {
            case 1: function = try named(stack)
            case 2: function = try positional(stack)
            default: throw .reply("wrong number of arguments to redis.register_function")
            }
            guard FunctionShelf.isName(function.name) else {
                stack.release(function.function)
                throw .reply(FunctionShelf.nameRule)
            }
            guard !functions.contains(where: { $0.name == function.name }) else {
                stack.release(function.function)
                throw .reply("Function already exists in the library")
            }
            functions.append(function)
        }

        private func positional(_ stack: LuaStack) throws(LuaFailure) -> Function {
            guard stack.isText(1) else {
                throw .reply("first argument to redis.register_function must be a string")
            }
            guard stack.type(2) == .function else {
                throw .reply("second argument to redis.register_function must be a function")
            }
            return Function(
                name: Array(stack.bytes(1)), description: nil, flags: [], function: stack.keep())
        }

        private func named(_ stack: LuaStack) throws(LuaFailure) -> Function {
            guard stack.type(1) == .table else {
                throw .reply(
                    "calling redis.register_function with a single argument is only applicable to Lua table "
                        + "(representing named arguments).")
            }
            var name: [UInt8]?
            var description: [UInt8]?
            var flags: ScriptRun.Flags = []
            var callback: LuaReference?
            do throws(LuaFailure) {
                stack.pushNil()
                while stack.next(in: 1) {
                    guard stack.type(-2) == .string else {
                        throw .reply("named argument key given to redis.register_function is not a string")
                    }
                    let key = stack.bytes(-2)
                    if key.isWord("function_name") {
                        name = try text(stack, "function_name")
                    } else if key.isWord("description") {
                        description = try text(stack, "description")
                    } else if key.isWord("callback") {
                        guard stack.type(-1) == .function else {
                            throw .reply(
                                "callback argument given to redis.register_function must be a function")
                        }
                        if let callback { stack.release(callback) }
                        callback = stack.keep()
                        continue
                    } else if key.isWord("flags") {
                        flags = try readFlags(stack)
                    } else {
                        throw .reply("unknown argument given to redis.register_function")
                    }
                    stack.pop()
                }
                guard let name else {
                    throw .reply("redis.register_function must get a function name argument")
                }
                guard let callback else {
                    throw .reply("redis.register_function must get a callback argument")
                }
                return Function(name: name, description: description, flags: flags, function: callback)
            } catch {
                if let callback { stack.release(callback) }
                throw error
            }
        }

        private func text(_ stack: LuaStack, _ argument: String) throws(LuaFailure) -> [UInt8] {
            guard stack.isText(-1) else {
                throw .reply("\(argument) argument given to redis.register_function must be a string")
            }
            return Array(stack.bytes(-1))
        }

        private func readFlags(_ stack: LuaStack) throws(LuaFailure) -> ScriptRun.Flags {
            guard stack.type(-1) == .table else {
                throw .reply(
                    "flags argument to redis.register_function must be a table representing function flags")
            }
            var flags: ScriptRun.Flags = []
            var place = 1
            while true {
                stack.get(place, from: -1)
                if stack.type(-1) == .null { break }
                guard stack.isText(-1), let flag = ScriptRun.Flags(name: stack.bytes(-1), ignoringCase: true)
                else { throw .reply("unknown flag given") }
                flags.insert(flag)
                stack.pop()
                place += 1
            }
            stack.pop()
            return flags
        }
    }
}

/// The libraries that are loaded; names of functions are unique among all of them.
final class FunctionShelf {
    /// By name.
    private(set) var libraries: [[UInt8]: FunctionLibrary] = [:]
    /// By name in lower case.
    private var functions: [[UInt8]: FunctionLibrary.Function] = [:]

    static let nameRule =
        "Library names can only contain letters, numbers, or underscores(_) and must be at least one character "
        + "long"

    static func isName(_ name: [UInt8]) -> Bool {
        !name.isEmpty
            && name.allSatisfy {
                $0 &- 0x30 < 10 || ($0 | 0x20) &- 0x61 < 26 || $0 == 0x5F
            }
    }

    var functionCount: Int { functions.count }

    func function(_ name: ByteSlice) -> FunctionLibrary.Function? { functions[Self.folded(name)] }

    private static func folded(_ name: some Sequence<UInt8>) -> [UInt8] {
        name.map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }

    /// Adds libraries, all or none.
    ///
    /// - Parameter replaces: whether one takes the place of another of its name.
    /// - Returns: the libraries that were replaced.
    func add(_ added: [FunctionLibrary], replaces: Bool) throws(RedisFailure) -> [FunctionLibrary] {
        var libraries = libraries
        var replaced: [FunctionLibrary] = []
        for library in added {
            guard let old = libraries.removeValue(forKey: library.name) else { continue }
            guard replaces else {
                throw .err("Library \(String(decoding: library.name, as: UTF8.self)) already exists")
            }
            replaced.append(old)
        }
        var functions: [[UInt8]: FunctionLibrary.Function] = [:]
        for function in libraries.values.flatMap(\.functions) {
            functions[Self.folded(function.name)] = function
        }
        for library in added {
            for function in library.functions {
                guard functions.updateValue(function, forKey: Self.folded(function.name)) == nil else {
                    throw .err("Function \(String(decoding: function.name, as: UTF8.self)) already exists")
                }
            }
            libraries[library.name] = library
        }
        self.libraries = libraries
        self.functions = functions
        return replaced
    }

    /// - Returns: the library, when there was one.
    func remove(_ name: [UInt8]) -> FunctionLibrary? {
        guard let library = libraries.removeValue(forKey: name) else { return nil }
        for function in library.functions { functions[Self.folded(function.name)] = nil }
        return library
    }

    /// - Returns: what there was.
    func removeAll() -> [FunctionLibrary] {
        defer {
            libraries = [:]
            functions = [:]
        }
        return Array(libraries.values)
    }
}
