extension LuaLibrary {
    static let messagePack = LuaLibrary(
        name: "cmsgpack",
        functions: [
            LuaFunction("pack") { (stack, _) throws(LuaFailure) in
                let count = stack.count
                guard count > 0 else { throw .argument(0, "MessagePack pack needs input.") }
                var encoder = MessagePackEncoder()
                for place in 1...count {
                    try stack.needRoom(for: 1)
                    stack.pushCopy(place)
                    try encoder.encode(stack, level: 0)
                }
                stack.push(encoder.bytes)
                return 1
            },
            LuaFunction("unpack") { (stack, _) throws(LuaFailure) in
                try MessagePackDecoder.decodeAll(stack)
            },
            LuaFunction("unpack_one") { (stack, _) throws(LuaFailure) in
                let offset = try stack.optionalInteger(2, 0)
                return try MessagePackDecoder.decode(stack, limit: 1, from: offset)
            },
            LuaFunction("unpack_limit") { (stack, _) throws(LuaFailure) in
                let limit = try stack.checkedInteger(2)
                let offset = try stack.optionalInteger(3, 0)
                return try MessagePackDecoder.decode(stack, limit: limit, from: offset)
            },
        ],
        fields: [("_NAME", .text("cmsgpack")), ("_VERSION", .text("lua-cmsgpack 0.4.0"))])
}

/// Writes values of Lua as MessagePack: the old format, with one kind of string.
private struct MessagePackEncoder {
    /// A table below this becomes nil; so does one that contains itself.
    static let nestingLimit = 16

    private(set) var bytes: [UInt8] = []

    /// Writes the value on top and takes it.
    mutating func encode(_ stack: LuaStack, level: Int) throws(LuaFailure) {
        switch stack.type(-1) {
        case .string: encode(stack.bytes(-1))
        case .boolean: bytes.append(stack.boolean(-1) ? 0xC3 : 0xC2)
        case .number: encode(stack.number(-1))
        case .table where level < Self.nestingLimit: try encodeTable(stack, level: level)
        default: bytes.append(0xC0)
        }
        stack.pop()
    }

    private mutating func append(_ value: UInt64, bytes count: Int) {
        for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }

    private mutating func encode(_ text: ByteSlice) {
        switch text.count {
        case ..<32: bytes.append(0xA0 | UInt8(text.count))
        case ...0xFF: head(0xD9, UInt64(text.count), bytes: 1)
        case ...0xFFFF: head(0xDA, UInt64(text.count), bytes: 2)
        default: head(0xDB, UInt64(text.count), bytes: 4)
        }
        bytes.append(text)
    }

    private mutating func head(_ type: UInt8, _ value: UInt64, bytes count: Int) {
        bytes.append(type)
        append(value, bytes: count)
    }

    private mutating func encode(_ number: Double) {
        guard let whole = Int64(exactly: number) else {
            Double(Float(number)) == number
                ? head(0xCA, UInt64(Float(number).bitPattern), bytes: 4)
                : head(0xCB, number.bitPattern, bytes: 8)
            return
        }
        let pattern = UInt64(bitPattern: whole)
        switch whole {
        case 0...0x7F: bytes.append(UInt8(whole))
        case 0...0xFF: head(0xCC, pattern, bytes: 1)
        case 0...0xFFFF: head(0xCD, pattern, bytes: 2)
        case 0...0xFFFF_FFFF: head(0xCE, pattern, bytes: 4)
        case 0...: head(0xCF, pattern, bytes: 8)
        case -32..<0: bytes.append(UInt8(truncatingIfNeeded: whole))
        case -128..<0: head(0xD0, pattern, bytes: 1)
        case -32768..<0: head(0xD1, pattern, bytes: 2)
        case -2_147_483_648..<0: head(0xD2, pattern, bytes: 4)
        default: head(0xD3, pattern, bytes: 8)
        }
    }

    private mutating func encodeTable(_ stack: LuaStack, level: Int) throws(LuaFailure) {
        try stack.needRoom(for: 4)
        let (count, isArray) = Self.shape(stack)
        if isArray {
            aggregate(small: 0x90, type: 0xDC, count)
            for place in stride(from: 1, through: count, by: 1) {
                stack.get(place, from: -1)
                try encode(stack, level: level + 1)
            }
            return
        }
        aggregate(small: 0x80, type: 0xDE, count)
        stack.pushNil()
        while stack.next(in: -2) {
            stack.pushCopy(-2)
            try encode(stack, level: level + 1)
            try encode(stack, level: level + 1)
        }
    }

    private mutating func aggregate(small: UInt8, type: UInt8, _ count: Int) {
        switch count {
        case ...15: bytes.append(small | UInt8(count))
        case ...0xFFFF: head(type, UInt64(count), bytes: 2)
        default: head(type + 1, UInt64(count), bytes: 4)
        }
    }

    /// How many elements the table on top has, and whether they are those from 1 without a hole.
    private static func shape(_ stack: LuaStack) -> (count: Int, isArray: Bool) {
        var count = 0
        var last = 0.0
        var isArray = true
        stack.pushNil()
        while stack.next(in: -2) {
            count += 1
            if isArray, stack.type(-2) == .number, stack.number(-2) >= 1,
                stack.number(-2).rounded(.down) == stack.number(-2)
            {
                last = max(last, stack.number(-2))
            } else {
                isArray = false
            }
            stack.pop()
        }
        return (count, isArray && last == Double(count))
    }
}

/// Reads MessagePack to values of Lua.
private struct MessagePackDecoder {
    private let bytes: ByteSlice
    private var place: Int
    private var depth = 0

    private static let missing = LuaFailure.message("Missing bytes in input.")
    private static let malformed = LuaFailure.message("Bad data format in input.")

    private init(_ bytes: ByteSlice, from place: Int) {
        self.bytes = bytes
        self.place = place
    }

    /// All values of the text that is the first argument.
    static func decodeAll(_ stack: LuaStack) throws(LuaFailure) -> Int {
        let bytes = try stack.checkedBytes(1)
        stack.setCount(1)
        var decoder = MessagePackDecoder(bytes, from: 0)
        var count = 0
        while decoder.place < bytes.count {
            try decoder.decode(stack)
            count += 1
        }
        return count
    }

    /// So many values from an offset, and before them the offset of the rest, or -1.
    static func decode(_ stack: LuaStack, limit: Int64, from offset: Int64) throws(LuaFailure) -> Int {
        let bytes = try stack.checkedBytes(1)
        stack.setCount(1)
        guard offset >= 0, limit >= 0 else {
            throw .message("Invalid request to unpack with offset of \(offset) and limit of \(bytes.count).")
        }
        guard offset <= bytes.count else {
            throw .message("Start offset \(offset) greater than input length \(bytes.count).")
        }
        if limit == 0 && offset == 0 { return try decodeAll(stack) }
        var decoder = MessagePackDecoder(bytes, from: Int(offset))
        var count: Int64 = 0
        while decoder.place < bytes.count && count < limit {
            try decoder.decode(stack)
            count += 1
        }
        try stack.needRoom(for: 1)
        stack.push(decoder.place == bytes.count ? -1 : decoder.place)
        stack.insert(at: 2)
        return Int(count) + 1
    }

    private mutating func take(_ count: Int) throws(LuaFailure) -> ByteSlice {
        guard bytes.count - place >= count else { throw Self.missing }
        defer { place += count }
        return bytes[place..<place + count]
    }

    private mutating func unsigned(_ count: Int) throws(LuaFailure) -> UInt64 {
        try take(count).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Pushes one value.
    private mutating func decode(_ stack: LuaStack) throws(LuaFailure) {
        guard depth < LuaJSONOptions.depthLimit else { throw Self.malformed }
        try stack.needRoom(for: 2, "too many return values at once; use unpack_one or unpack_limit instead.")
        let type = try take(1)[0]
        switch type {
        case 0x00...0x7F: stack.push(Int(type))
        case 0xE0...0xFF: stack.push(Int(Int8(bitPattern: type)))
        case 0xA0...0xBF: stack.push(try take(Int(type & 0x1F)))
        case 0x90...0x9F: try decodeArray(stack, Int(type & 15))
        case 0x80...0x8F: try decodeMap(stack, Int(type & 15))
        case 0xC0: stack.pushNil()
        case 0xC2: stack.push(false)
        case 0xC3: stack.push(true)
        case 0xCA: stack.push(Double(Float(bitPattern: UInt32(try unsigned(4)))))
        case 0xCB: stack.push(Double(bitPattern: try unsigned(8)))
        case 0xCC: stack.push(Int(try unsigned(1)))
        case 0xCD: stack.push(Int(try unsigned(2)))
        case 0xCE: stack.push(Int(try unsigned(4)))
        case 0xCF: stack.push(Double(try unsigned(8)))
        case 0xD0: stack.push(Int(Int8(truncatingIfNeeded: try unsigned(1))))
        case 0xD1: stack.push(Int(Int16(truncatingIfNeeded: try unsigned(2))))
        case 0xD2: stack.push(Int(Int32(truncatingIfNeeded: try unsigned(4))))
        case 0xD3: stack.push(Double(Int64(bitPattern: try unsigned(8))))
        case 0xD9: stack.push(try take(Int(try unsigned(1))))
        case 0xDA: stack.push(try take(Int(try unsigned(2))))
        case 0xDB: stack.push(try take(Int(try unsigned(4))))
        case 0xDC: try decodeArray(stack, Int(try unsigned(2)))
        case 0xDD: try decodeArray(stack, Int(try unsigned(4)))
        case 0xDE: try decodeMap(stack, Int(try unsigned(2)))
        case 0xDF: try decodeMap(stack, Int(try unsigned(4)))
        default: throw Self.malformed
        }
    }

    private mutating func decodeArray(_ stack: LuaStack, _ count: Int) throws(LuaFailure) {
        depth += 1
        stack.pushTable()
        for number in stride(from: 1, through: count, by: 1) {
            try decode(stack)
            stack.set(number, in: -2)
        }
        depth -= 1
    }

    private mutating func decodeMap(_ stack: LuaStack, _ count: Int) throws(LuaFailure) {
        depth += 1
        stack.pushTable()
        for _ in 0..<count {
            try decode(stack)
            try decode(stack)
            guard stack.set(in: -3) else { throw Self.malformed }
        }
        depth -= 1
    }
}
