/// The numbers of `math.random`: the linear congruence of POSIX's lrand48, so that a seed gives the same
/// everywhere.
struct ScriptRandom {
    private var state: UInt64 = 0x1234_ABCD_330E

    mutating func seed(_ value: Int32) { state = UInt64(UInt32(bitPattern: value)) << 16 | 0x330E }

    /// 0 up to 2³¹
    mutating func next() -> UInt32 {
        state = (state &* 0x5_DEEC_E66D &+ 0xB) & 0xFFFF_FFFF_FFFF
        return UInt32(state >> 17)
    }
}

extension LuaLibrary {
    /// In place of Lua's own, which depend on the machine's C library.
    static let random = LuaLibrary(
        name: "math",
        functions: [
            LuaFunction("random") { (stack, lua) throws(LuaFailure) in
                guard lua.run != nil else {
                    throw .message("math.random can only be called inside a script invocation")
                }
                let range = Double(Int32.max)
                let fraction = Double(lua.random.next() % UInt32(Int32.max)) / range
                switch stack.count {
                case 0: stack.push(fraction)
                case 1:
                    let upper = Double(try stack.checkedInteger(1))
                    guard upper >= 1 else { throw .argument(1, "interval is empty") }
                    stack.push((fraction * upper).rounded(.down) + 1)
                case 2:
                    let lower = Double(try stack.checkedInteger(1))
                    let upper = Double(try stack.checkedInteger(2))
                    guard lower <= upper else { throw .argument(2, "interval is empty") }
                    stack.push((fraction * (upper - lower + 1)).rounded(.down) + lower)
                default: throw .message("wrong number of arguments")
                }
                return 1
            },
            LuaFunction("randomseed") { (stack, lua) throws(LuaFailure) in
                guard lua.run != nil else {
                    throw .message("math.randomseed can only be called inside a script invocation")
                }
                lua.random.seed(Int32(truncatingIfNeeded: try stack.checkedInteger(1)))
                return 0
            },
        ])
}
