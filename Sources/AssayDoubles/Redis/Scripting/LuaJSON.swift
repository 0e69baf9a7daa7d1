/// What `cjson.encode_…` and `cjson.decode_…` set; the values are those of Redis.
struct LuaJSONOptions {
    /// Whether an array with many holes becomes an object instead of an error.
    var convertsSparse = false
    /// An array with more than so many places for one element is sparse, above ``sparseSafe`` places; 0 for
    /// never.
    var sparseRatio: Int64 = 2
    var sparseSafe: Int64 = 10
    var encodeDepth: Int64 = 1000
    var decodeDepth: Int64 = 1000
    var digits: Int64 = 14
    var encodesInvalidNumbers = InvalidNumbers.refused
    var decodesInvalidNumbers = true
    /// Without an effect here; kept because scripts ask for it.
    var keepsBuffer = true

    enum InvalidNumbers { case refused, written, null }

    /// Nesting that the stack of the server's thread has room for, whatever the options say.
    static let depthLimit = 1500
}

extension LuaLibrary {
    static let json = LuaLibrary(
        name: "cjson",
        functions: [
            LuaFunction("encode") { (stack, lua) throws(LuaFailure) in
                guard stack.count == 1 else { throw .argument(1, "expected 1 argument") }
                var encoder = LuaJSONEncoder(options: lua.jsonOptions)
                try encoder.encode(stack, depth: 0)
                stack.push(encoder.bytes)
                return 1
            },
            LuaFunction("decode") { (stack, lua) throws(LuaFailure) in
                guard stack.count == 1 else { throw .argument(1, "expected 1 argument") }
                var decoder = LuaJSONDecoder(text: try stack.checkedBytes(1), options: lua.jsonOptions)
                try decoder.decode(to: stack)
                return 1
            },
            LuaFunction("encode_sparse_array") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(3)
                try stack.option(1, &lua.jsonOptions.convertsSparse)
                try stack.option(2, &lua.jsonOptions.sparseRatio, in: 0...Int64(Int32.max))
                try stack.option(3, &lua.jsonOptions.sparseSafe, in: 0...Int64(Int32.max))
                return 3
            },
            LuaFunction("encode_max_depth") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                try stack.option(1, &lua.jsonOptions.encodeDepth, in: 1...Int64(Int32.max))
                return 1
            },
            LuaFunction("decode_max_depth") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                try stack.option(1, &lua.jsonOptions.decodeDepth, in: 1...Int64(Int32.max))
                return 1
            },
            LuaFunction("encode_number_precision") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                try stack.option(1, &lua.jsonOptions.digits, in: 1...14)
                return 1
            },
            LuaFunction("encode_keep_buffer") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                try stack.option(1, &lua.jsonOptions.keepsBuffer)
                return 1
            },
            LuaFunction("encode_invalid_numbers") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                if stack.type(1) == .string && stack.text(1) == "null" {
                    lua.jsonOptions.encodesInvalidNumbers = .null
                } else {
                    var isOn = lua.jsonOptions.encodesInvalidNumbers == .written
                    let isNull = lua.jsonOptions.encodesInvalidNumbers == .null && stack.type(1) == .null
                    try stack.option(1, &isOn)
                    stack.pop()
                    if !isNull { lua.jsonOptions.encodesInvalidNumbers = isOn ? .written : .refused }
                }
                switch lua.jsonOptions.encodesInvalidNumbers {
                case .refused: stack.push(false)
                case .written: stack.push(true)
                case .null: stack.push("null")
                }
                return 1
            },
            LuaFunction("decode_invalid_numbers") { (stack, lua) throws(LuaFailure) in
                try stack.atMost(1)
                try stack.option(1, &lua.jsonOptions.decodesInvalidNumbers)
                return 1
            },
        ],
        fields: [("null", .null), ("_NAME", .text("cjson")), ("_VERSION", .text("2.1.0"))])
}

extension LuaStack {
    /// Fills the missing of so many arguments with nil.
    fileprivate func atMost(_ limit: Int) throws(LuaFailure) {
        guard count <= limit else { throw .argument(limit + 1, "found too many arguments") }
        setCount(limit)
    }

    /// Sets an option when there is an argument for it, and pushes it.
    fileprivate func option(
        _ place: Int, _ option: inout Int64, in range: ClosedRange<Int64>
    ) throws(LuaFailure) {
        if type(place) != .null {
            let value = try checkedInteger(place)
            guard range.contains(value) else {
                throw .argument(1, "expected integer between \(range.lowerBound) and \(range.upperBound)")
            }
            option = value
        }
        push(Double(option))
    }

    fileprivate func option(_ place: Int, _ option: inout Bool) throws(LuaFailure) {
        switch type(place) {
        case .null: break
        case .boolean: option = boolean(place)
        default:
            let word = try checkedBytes(place).text
            guard word == "on" || word == "off" else { throw .argument(place, "invalid option '\(word)'") }
            option = word == "on"
        }
        push(option)
    }
}

/// Writes values of Lua as JSON.
private struct LuaJSONEncoder {
    let options: LuaJSONOptions
    private(set) var bytes: [UInt8] = []

    init(options: LuaJSONOptions) { self.options = options }

    /// Writes the value on top, and leaves it there.
    mutating func encode(_ stack: LuaStack, depth: Int) throws(LuaFailure) {
        switch stack.type(-1) {
        case .string: write(stack.bytes(-1))
        case .number: try write(number: stack.number(-1))
        case .boolean: write(stack.boolean(-1) ? "true" : "false")
        case .null: write("null")
        case .lightUserdata where stack.isNullPointer(-1): write("null")
        case .table:
            let depth = depth + 1
            guard depth <= options.encodeDepth, depth <= LuaJSONOptions.depthLimit, stack.hasRoom(for: 3)
            else {
                throw .message("Cannot serialise, excessive nesting (\(depth))")
            }
            let length = try arrayLength(stack)
            length > 0
                ? try encodeArray(stack, length, depth: depth) : try encodeObject(stack, depth: depth)
        default: throw refused(stack, -1, "type not supported")
        }
    }

    private func refused(_ stack: LuaStack, _ place: Int, _ reason: String) -> LuaFailure {
        .message("Cannot serialise \(stack.type(place).name): \(reason)")
    }

    /// How many elements the table on top has as an array; 0 when it is none.
    private func arrayLength(_ stack: LuaStack) throws(LuaFailure) -> Int {
        var length = 0.0
        var count = 0.0
        stack.pushNil()
        while stack.next(in: -2) {
            let key = stack.type(-2) == .number ? stack.number(-2) : 0
            guard key >= 1, key.rounded(.down) == key else {
                stack.pop(2)
                return 0
            }
            length = max(length, key)
            count += 1
            stack.pop()
        }
        let ratio = Double(options.sparseRatio)
        if ratio > 0 && length > count * ratio && length > Double(options.sparseSafe) {
            guard options.convertsSparse else { throw refused(stack, -1, "excessively sparse array") }
            return 0
        }
        return Int(exactly: length) ?? 0
    }

    private mutating func encodeArray(_ stack: LuaStack, _ length: Int, depth: Int) throws(LuaFailure) {
        bytes.append(0x5B)
        for place in 1...length {
            if place > 1 { bytes.append(0x2C) }
            stack.get(place, from: -1)
            try encode(stack, depth: depth)
            stack.pop()
        }
        bytes.append(0x5D)
    }

    private mutating func encodeObject(_ stack: LuaStack, depth: Int) throws(LuaFailure) {
        bytes.append(0x7B)
        var isFirst = true
        stack.pushNil()
        while stack.next(in: -2) {
            if !isFirst { bytes.append(0x2C) }
            isFirst = false
            switch stack.type(-2) {
            case .number:
                bytes.append(0x22)
                try write(number: stack.number(-2))
                bytes.append(0x22)
            case .string: write(stack.bytes(-2))
            default: throw refused(stack, -2, "table key must be a number or string")
            }
            bytes.append(0x3A)
            try encode(stack, depth: depth)
            stack.pop()
        }
        bytes.append(0x7D)
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func write(number: Double) throws(LuaFailure) {
        if !number.isFinite {
            switch options.encodesInvalidNumbers {
            case .refused: throw .message("Cannot serialise number: must not be NaN or Inf")
            case .null:
                write("null")
                return
            case .written:
                if number.isNaN {
                    write("nan")
                    return
                }
            }
        }
        bytes.append(contentsOf: LuaNumberText.general(number, digits: Int(options.digits)))
    }

    private mutating func write(_ text: ByteSlice) {
        bytes.append(0x22)
        for byte in text {
            switch byte {
            case 0x22: write("\\\"")
            case 0x5C: write("\\\\")
            case 0x2F: write("\\/")
            case 0x08: write("\\b")
            case 0x09: write("\\t")
            case 0x0A: write("\\n")
            case 0x0C: write("\\f")
            case 0x0D: write("\\r")
            case 0..<0x20, 0x7F:
                write("\\u00")
                bytes.append(LuaNumberText.hexDigit(byte >> 4))
                bytes.append(LuaNumberText.hexDigit(byte & 15))
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }
}
