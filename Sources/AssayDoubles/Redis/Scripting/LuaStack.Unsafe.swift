internal import CLua
internal import Glibc

/// The types of Lua's values.
enum LuaType: Int32 {
    case none = -1
    case null, boolean, lightUserdata, number, string, table, function, userdata, thread

    /// As `type(value)` says it.
    var name: String {
        switch self {
        case .none: "no value"
        case .null: "nil"
        case .boolean: "boolean"
        case .lightUserdata, .userdata: "userdata"
        case .number: "number"
        case .string: "string"
        case .table: "table"
        case .function: "function"
        case .thread: "thread"
        }
    }
}

/// The stack of a Lua thread while Swift works on it. Nothing here raises a Lua error: tables are read and
/// written
/// raw, and the allocator refuses nothing while Swift runs (shim.h).
///
/// Places count from 1 at the bottom, and from -1 at the top down.
// SAFETY: the state outlives every call into Swift that is given one; each function keeps to what Lua's
// manual allows
// at that place, and asks for room on the stack before it pushes more than the twenty that a function may.
@safe struct LuaStack {
    let state: OpaquePointer

    init(_ state: OpaquePointer) { unsafe self.state = unsafe state }

    var count: Int { unsafe Int(lua_gettop(state)) }

    /// Cuts the stack, or fills it with nil.
    func setCount(_ count: Int) { unsafe lua_settop(state, Int32(count)) }

    func pop(_ count: Int = 1) { unsafe lua_settop(state, -Int32(count) - 1) }

    /// Whether there is room for more values.
    func hasRoom(for count: Int) -> Bool { unsafe lua_checkstack(state, Int32(count)) != 0 }

    // MARK: reading

    func type(_ place: Int) -> LuaType { unsafe LuaType(rawValue: lua_type(state, Int32(place))) ?? .none }

    func boolean(_ place: Int) -> Bool { unsafe lua_toboolean(state, Int32(place)) != 0 }

    /// Of a number, or of a string that reads as one; otherwise 0.
    func number(_ place: Int) -> Double { unsafe lua_tonumber(state, Int32(place)) }

    /// Whether it is a number, or a string that reads as one.
    func isNumber(_ place: Int) -> Bool { unsafe lua_isnumber(state, Int32(place)) != 0 }

    /// Whether it is a string or a number.
    func isText(_ place: Int) -> Bool { unsafe lua_isstring(state, Int32(place)) != 0 }

    /// As C converts a number: cut toward zero, 0 where it does not fit.
    func integer(_ place: Int) -> Int64 { Int64(exactly: number(place).rounded(.towardZero)) ?? 0 }

    /// The bytes of a string, good while it is on the stack; of a number they replace it. Empty for other
    /// types.
    func bytes(_ place: Int) -> ByteSlice {
        var size = 0
        guard let start = unsafe lua_tolstring(state, Int32(place), &size) else {
            return unsafe ByteSlice(UnsafeBufferPointer(start: nil, count: 0))
        }
        return unsafe ByteSlice(UnsafeRawPointer(start).assumingMemoryBound(to: UInt8.self), count: size)
    }

    func text(_ place: Int) -> String { bytes(place).text }

    /// Whether it is `cjson.null`.
    func isNullPointer(_ place: Int) -> Bool { unsafe lua_touserdata(state, Int32(place)) == nil }

    /// Of a table its border, as `#table` without metamethods.
    func length(_ place: Int) -> Int { unsafe lua_objlen(state, Int32(place)) }

    // MARK: pushing

    func pushNil() { unsafe lua_pushnil(state) }
    func push(_ value: Bool) { unsafe lua_pushboolean(state, value ? 1 : 0) }
    func push(_ value: Double) { unsafe lua_pushnumber(state, value) }
    func push(_ value: Int) { unsafe lua_pushnumber(state, Double(value)) }
    /// `cjson.null`
    func pushNullPointer() { unsafe lua_pushlightuserdata(state, nil) }

    func push(_ bytes: ByteSlice) {
        unsafe bytes.memory.withMemoryRebound(to: CChar.self) { memory in
            unsafe lua_pushlstring(state, memory.baseAddress, memory.count)
        }
    }

    func push(_ bytes: [UInt8]) { bytes.withSlice { push($0) } }

    func push(_ text: String) {
        var text = text
        // SAFETY: the text's bytes are alive for the call.
        text.withUTF8 { unsafe push(ByteSlice($0)) }
    }

    /// A function of ``LuaLibrary/allFunctions``, by its number.
    func push(function number: Int) { unsafe assay_lua_push_function(state, Int32(number)) }

    /// A copy of what is at a place.
    func pushCopy(_ place: Int) { unsafe lua_pushvalue(state, Int32(place)) }

    func pushTable() { unsafe lua_createtable(state, 0, 0) }

    func pushGlobals() { unsafe lua_pushvalue(state, Int32(ASSAY_LUA_GLOBALS)) }

    // MARK: moving

    /// Moves the top below a place.
    func insert(at place: Int) { unsafe lua_insert(state, Int32(place)) }
    func remove(at place: Int) { unsafe lua_remove(state, Int32(place)) }
    /// Moves the top over a place.
    func replace(_ place: Int) { unsafe lua_replace(state, Int32(place)) }

    // MARK: tables, without metamethods

    /// Replaces the key on top by its value.
    func get(from table: Int) { unsafe lua_rawget(state, Int32(table)) }

    /// Pushes a field and says its type.
    @discardableResult
    func get(_ name: StaticString, from table: Int) -> LuaType {
        push(name)
        get(from: table < 0 ? table - 1 : table)
        return type(-1)
    }

    /// Pushes an element.
    func get(_ number: Int, from table: Int) { unsafe lua_rawgeti(state, Int32(table), Int32(number)) }

    /// Takes a value and the key below it. A key that is nil or no number is not set: false.
    @discardableResult
    func set(in table: Int) -> Bool {
        let key = type(-2)
        if key == .null || key == .number && number(-2).isNaN {
            pop(2)
            return false
        }
        unsafe lua_rawset(state, Int32(table))
        return true
    }

    /// Takes the value on top.
    func set(_ name: StaticString, in table: Int) {
        push(name)
        insert(at: -2)
        unsafe lua_rawset(state, Int32(table < 0 ? table - 1 : table))
    }

    /// Takes the value on top.
    func set(_ number: Int, in table: Int) { unsafe lua_rawseti(state, Int32(table), Int32(number)) }

    /// Replaces the key on top by the next key and its value, or takes it at the table's end: false.
    ///
    /// The first key is nil; nothing may change the table in between.
    func next(in table: Int) -> Bool { unsafe lua_next(state, Int32(table)) != 0 }

    private func push(_ name: StaticString) {
        // SAFETY: a static string's memory is there for ever, and ends with a zero.
        unsafe name.utf8Start.withMemoryRebound(to: CChar.self, capacity: name.utf8CodeUnitCount) { text in
            unsafe lua_pushlstring(state, text, name.utf8CodeUnitCount)
        }
    }

    // MARK: metatables and references

    /// Takes the table on top.
    func setMetatable(of place: Int) { unsafe lua_setmetatable(state, Int32(place)) }

    /// Takes the value on top and keeps it in the registry.
    func keep() -> LuaReference { LuaReference(number: unsafe luaL_ref(state, Int32(ASSAY_LUA_REGISTRY))) }
    func push(_ reference: LuaReference) {
        unsafe lua_rawgeti(state, Int32(ASSAY_LUA_REGISTRY), reference.number)
    }
    func release(_ reference: LuaReference) {
        unsafe luaL_unref(state, Int32(ASSAY_LUA_REGISTRY), reference.number)
    }
}

/// A value that is kept in a state's registry.
struct LuaReference {
    /// As luaL_ref gives it.
    let number: Int32

    static let none = LuaReference(number: LUA_NOREF)
}
