/// Why a function that a script called did not end well.
enum LuaFailure: Error {
    /// Raises the value on top of the stack.
    case raised
    /// Raises a table with `err`: `ERR` and the message, or the message where it begins with a dash and a
    /// code.
    case reply(String)
    /// Raises a message with the position of the caller before it.
    case message(String)
    /// Says what is wrong with an argument, as Lua's own libraries do.
    case argument(Int, String)
}

/// A function that scripts can call.
struct LuaFunction: Sendable {
    let name: StaticString
    /// Takes its arguments from the stack, leaves its results on top of it and returns their number.
    let run: @Sendable (LuaStack, LuaInterpreter) throws(LuaFailure) -> Int

    init(
        _ name: StaticString,
        _ run: @escaping @Sendable (LuaStack, LuaInterpreter) throws(LuaFailure) -> Int
    ) {
        self.name = name
        self.run = run
    }
}

/// A table of functions in the globals of scripts.
struct LuaLibrary: Sendable {
    enum Field: Sendable {
        case number(Double)
        case text(String)
        /// `cjson.null`
        case null
    }

    let name: StaticString
    let functions: [LuaFunction]
    var fields: [(StaticString, Field)] = []

    /// Added to the libraries of Lua; one of a name that exists adds to it.
    static let all = [redis, json, messagePack, structure, bits, random]

    /// Every function there is; the trampoline knows them by their place here.
    static let allFunctions = all.flatMap { $0.functions } + registration.functions

    /// Pushes the library's table.
    ///
    /// - Parameter first: the place of its first function in ``allFunctions``.
    func push(to stack: LuaStack, first: Int) {
        stack.pushTable()
        fill(stack, first: first)
    }

    /// Adds to the table on top.
    func fill(_ stack: LuaStack, first: Int) {
        for (place, function) in functions.enumerated() {
            stack.push(function: first + place)
            stack.set(function.name, in: -2)
        }
        for (name, field) in fields {
            switch field {
            case .number(let number): stack.push(number)
            case .text(let text): stack.push(text)
            case .null: stack.pushNullPointer()
            }
            stack.set(name, in: -2)
        }
    }
}

// MARK: arguments, as Lua's own libraries read them

extension LuaStack {
    /// - Throws: `bad argument #1 to 'f' (string expected, got nil)`
    func checkedBytes(_ place: Int) throws(LuaFailure) -> ByteSlice {
        guard isText(place) else { throw wrongType(place, "string") }
        return bytes(place)
    }

    func checkedNumber(_ place: Int) throws(LuaFailure) -> Double {
        guard isNumber(place) else { throw wrongType(place, "number") }
        return number(place)
    }

    func checkedInteger(_ place: Int) throws(LuaFailure) -> Int64 {
        guard isNumber(place) else { throw wrongType(place, "number") }
        return integer(place)
    }

    /// - Returns: `fallback` where there is no argument.
    func optionalInteger(_ place: Int, _ fallback: Int64) throws(LuaFailure) -> Int64 {
        switch type(place) {
        case .none, .null: fallback
        default: try checkedInteger(place)
        }
    }

    func wrongType(_ place: Int, _ expected: String) -> LuaFailure {
        .argument(place, "\(expected) expected, got \(type(place).name)")
    }

    /// - Throws: an error about a place of the stack that is not there any more.
    func needRoom(for count: Int, _ message: @autoclosure () -> String = "too many results")
        throws(LuaFailure)
    {
        guard hasRoom(for: count) else { throw .message("stack overflow (\(message()))") }
    }
}
