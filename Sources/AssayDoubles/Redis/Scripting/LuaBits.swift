extension LuaLibrary {
    /// Operations on 32 bits; numbers wrap, results are signed.
    static let bits = LuaLibrary(
        name: "bit",
        functions: [
            LuaFunction("tobit") { (stack, _) throws(LuaFailure) in stack.result(try stack.bits(1)) },
            LuaFunction("bnot") { (stack, _) throws(LuaFailure) in stack.result(~(try stack.bits(1))) },
            LuaFunction("band") { (stack, _) throws(LuaFailure) in try stack.folded { $0 & $1 } },
            LuaFunction("bor") { (stack, _) throws(LuaFailure) in try stack.folded { $0 | $1 } },
            LuaFunction("bxor") { (stack, _) throws(LuaFailure) in try stack.folded { $0 ^ $1 } },
            LuaFunction("lshift") { (stack, _) throws(LuaFailure) in try stack.shifted { $0 << $1 } },
            LuaFunction("rshift") { (stack, _) throws(LuaFailure) in try stack.shifted { $0 >> $1 } },
            LuaFunction("arshift") { (stack, _) throws(LuaFailure) in
                try stack.shifted { UInt32(bitPattern: Int32(bitPattern: $0) >> $1) }
            },
            LuaFunction("rol") { (stack, _) throws(LuaFailure) in
                try stack.shifted { $0 << $1 | $0 >> (32 - $1) }
            },
            LuaFunction("ror") { (stack, _) throws(LuaFailure) in
                try stack.shifted { $0 >> $1 | $0 << (32 - $1) }
            },
            LuaFunction("bswap") { (stack, _) throws(LuaFailure) in
                stack.result(try stack.bits(1).byteSwapped)
            },
            LuaFunction("tohex") { (stack, _) throws(LuaFailure) in
                let value = try stack.bits(1)
                let asked = stack.type(2) == .none ? 8 : Int32(bitPattern: try stack.bits(2))
                let count = UInt32(min(asked.magnitude, 8))
                let digits = (0..<count).reversed().map { place in
                    LuaNumberText.hexDigit(UInt8(value >> (place * 4) & 15), capital: asked < 0)
                }
                stack.push(digits)
                return 1
            },
        ])
}

extension LuaStack {
    /// A number's whole part modulo 2³², halves to even.
    fileprivate func bits(_ place: Int) throws(LuaFailure) -> UInt32 {
        // 2⁵² + 2⁵¹ added, the bits below the point are gone and the low 32 are those of the whole part.
        UInt32(truncatingIfNeeded: (try checkedNumber(place) + 6_755_399_441_055_744).bitPattern)
    }

    fileprivate func result(_ value: UInt32) -> Int {
        push(Int(Int32(bitPattern: value)))
        return 1
    }

    fileprivate func folded(_ combine: (UInt32, UInt32) -> UInt32) throws(LuaFailure) -> Int {
        var value = try bits(1)
        for place in stride(from: count, to: 1, by: -1) { value = combine(value, try bits(place)) }
        return result(value)
    }

    fileprivate func shifted(_ combine: (UInt32, UInt32) -> UInt32) throws(LuaFailure) -> Int {
        result(combine(try bits(1), try bits(2) & 31))
    }
}
