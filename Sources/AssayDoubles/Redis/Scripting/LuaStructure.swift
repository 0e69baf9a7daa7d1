extension LuaLibrary {
    /// Numbers and texts as the bytes of C structures.
    static let structure = LuaLibrary(
        name: "struct",
        functions: [
            LuaFunction("pack") { (stack, _) throws(LuaFailure) in
                stack.push(try StructureFormat.pack(stack))
                return 1
            },
            LuaFunction("unpack") { (stack, _) throws(LuaFailure) in try StructureFormat.unpack(stack) },
            LuaFunction("size") { (stack, _) throws(LuaFailure) in
                stack.push(try StructureFormat.size(stack))
                return 1
            },
        ])
}

/// A format like `>I2!4c0`, read letter by letter.
private struct StructureFormat {
    /// Bytes of the longest number.
    static let integerLimit = 32
    static let alignmentLimit = 8

    enum Option {
        case integer(size: Int, isSigned: Bool)
        case float, double, padding, text
        /// So many bytes; 0 means the whole text, or as many as the number before says.
        case characters(Int)
        case control

        var size: Int {
            switch self {
            case .integer(let size, _): size
            case .float: 4
            case .double: 8
            case .padding: 1
            case .characters(let count): count
            case .text, .control: 0
            }
        }
    }

    private let letters: [UInt8]
    private var place = 0
    private(set) var isLittleEndian = true
    private var alignment = 1

    init(_ text: ByteSlice) { letters = Array(text.prefix { $0 != 0 }) }

    /// The next option and how many bytes to skip before it at a position; what only changes the state is
    /// `.control`.
    mutating func next(at position: Int) throws(LuaFailure) -> (option: Option, skip: Int)? {
        guard place < letters.count else { return nil }
        let letter = letters[place]
        place += 1
        let option = try option(letter)
        if case .control = option { try control(letter) }
        return (option, skip(before: option, at: position))
    }

    private mutating func option(_ letter: UInt8) throws(LuaFailure) -> Option {
        switch letter {
        case UInt8(ascii: "b"): return .integer(size: 1, isSigned: true)
        case UInt8(ascii: "B"): return .integer(size: 1, isSigned: false)
        case UInt8(ascii: "h"): return .integer(size: 2, isSigned: true)
        case UInt8(ascii: "H"): return .integer(size: 2, isSigned: false)
        case UInt8(ascii: "l"): return .integer(size: 8, isSigned: true)
        case UInt8(ascii: "L"), UInt8(ascii: "T"): return .integer(size: 8, isSigned: false)
        case UInt8(ascii: "i"), UInt8(ascii: "I"):
            let size = try number(4)
            guard size <= Self.integerLimit else {
                throw .message("integral size \(size) is larger than limit of \(Self.integerLimit)")
            }
            return .integer(size: size, isSigned: letter == UInt8(ascii: "i"))
        case UInt8(ascii: "f"): return .float
        case UInt8(ascii: "d"): return .double
        case UInt8(ascii: "x"): return .padding
        case UInt8(ascii: "s"): return .text
        case UInt8(ascii: "c"): return .characters(try number(1))
        default: return .control
        }
    }

    private mutating func control(_ letter: UInt8) throws(LuaFailure) {
        switch letter {
        case UInt8(ascii: " "): break
        case UInt8(ascii: ">"): isLittleEndian = false
        case UInt8(ascii: "<"): isLittleEndian = true
        case UInt8(ascii: "!"):
            let size = try number(Self.alignmentLimit)
            guard size > 0, size & (size - 1) == 0 else {
                throw .message("alignment \(size) is not a power of 2")
            }
            alignment = size
        default: throw .argument(1, "invalid format option '\(Character(UnicodeScalar(letter)))'")
        }
    }

    private mutating func number(_ fallback: Int) throws(LuaFailure) -> Int {
        guard place < letters.count, (0x30...0x39).contains(letters[place]) else { return fallback }
        var value = 0
        while place < letters.count, (0x30...0x39).contains(letters[place]) {
            value = value * 10 + Int(letters[place] - 0x30)
            guard value <= Int32.max else { throw .message("integral size overflow") }
            place += 1
        }
        return value
    }

    private func skip(before option: Option, at position: Int) -> Int {
        if case .characters = option { return 0 }
        let unit = min(option.size, alignment)
        return unit > 0 ? (unit - position & (unit - 1)) & (unit - 1) : 0
    }

    private func ordered(_ bytes: [UInt8]) -> [UInt8] { isLittleEndian ? bytes : bytes.reversed() }

    // MARK: the three functions

    static func pack(_ stack: LuaStack) throws(LuaFailure) -> [UInt8] {
        var format = StructureFormat(try stack.checkedBytes(1))
        stack.pushNil()  // so that an argument that is missing is nil
        var bytes: [UInt8] = []
        var argument = 2
        while let (option, skip) = try format.next(at: bytes.count) {
            guard bytes.count + option.size <= LuaInterpreter.memoryLimitBytes else {
                throw .message("not enough memory")
            }
            bytes.append(contentsOf: [UInt8](repeating: 0, count: skip))
            switch option {
            case .integer(let size, _):
                let value = wrapped(try stack.checkedNumber(argument))
                let little = (0..<size).map { place in
                    place < 8 ? UInt8(truncatingIfNeeded: value >> UInt64(place * 8)) : 0
                }
                bytes += format.ordered(little)
                argument += 1
            case .float:
                bytes += format.ordered(littleEndian(Float(try stack.checkedNumber(argument)).bitPattern))
                argument += 1
            case .double:
                bytes += format.ordered(littleEndian(try stack.checkedNumber(argument).bitPattern))
                argument += 1
            case .padding: bytes.append(0)
            case .text, .characters:
                let text = try stack.checkedBytes(argument)
                argument += 1
                let size = option.size == 0 ? text.count : option.size
                guard text.count >= size else { throw .argument(argument, "string too short") }
                bytes.append(text[0..<size])
                if case .text = option { bytes.append(0) }
            case .control: break
            }
        }
        return bytes
    }

    private static func littleEndian<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
        (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }

    /// As C converts a number to 64 bits, negative ones wrapping around.
    private static func wrapped(_ number: Double) -> UInt64 {
        let whole = number.rounded(.towardZero)
        if let value = UInt64(exactly: whole) { return value }
        return Int64(exactly: whole).map { UInt64(bitPattern: $0) } ?? 1 << 63
    }

    static func unpack(_ stack: LuaStack) throws(LuaFailure) -> Int {
        var format = StructureFormat(try stack.checkedBytes(1))
        let data = try stack.checkedBytes(2)
        let start = try stack.optionalInteger(3, 1)
        guard start > 0 else { throw .argument(3, "offset must be 1 or greater") }
        var place = Int(min(start - 1, Int64(Int32.max)))
        var count = 0
        func need(_ size: Int) throws(LuaFailure) {
            guard size <= data.count, place <= data.count - size else {
                throw .argument(2, "data string too short")
            }
        }
        while let (option, skip) = try format.next(at: place) {
            place += skip
            var size = option.size
            try need(size)
            try stack.needRoom(for: 2)
            count += 1
            switch option {
            case .integer(_, let isSigned):
                stack.push(format.integer(data[place..<place + size], isSigned: isSigned))
            case .float:
                let bits = UInt32(truncatingIfNeeded: format.unsigned(data[place..<place + 4]))
                stack.push(Double(Float(bitPattern: bits)))
            case .double: stack.push(Double(bitPattern: format.unsigned(data[place..<place + 8])))
            case .characters(let fixed):
                if fixed == 0 {
                    guard count > 1, stack.isNumber(-1) else {
                        throw .message("format 'c0' needs a previous size")
                    }
                    size = Int(exactly: stack.number(-1).rounded(.towardZero)) ?? -1
                    stack.pop()
                    count -= 1
                    guard size >= 0 else { throw .argument(2, "data string too short") }
                    try need(size)
                }
                stack.push(data[place..<place + size])
            case .text:
                guard let end = data[place..<data.count].firstIndex(of: 0) else {
                    throw .message("unfinished string in data")
                }
                stack.push(data[place..<place + end])
                size = end + 1
            case .padding, .control: count -= 1
            }
            place += size
        }
        stack.push(place + 1)
        return count + 1
    }

    private func unsigned(_ bytes: ByteSlice) -> UInt64 {
        ordered(Array(bytes)).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func integer(_ bytes: ByteSlice, isSigned: Bool) -> Double {
        let value = unsigned(bytes)
        guard isSigned else { return Double(value) }
        let unused = UInt64(max(0, 64 - bytes.count * 8))
        return Double(Int64(bitPattern: value << unused) >> Int64(unused))
    }

    static func size(_ stack: LuaStack) throws(LuaFailure) -> Int {
        var format = StructureFormat(try stack.checkedBytes(1))
        var size = 0
        while let (option, skip) = try format.next(at: size) {
            switch option {
            case .text: throw .argument(1, "option 's' has no fixed size")
            case .characters(0): throw .argument(1, "option 'c0' has no fixed size")
            default: size += skip + option.size
            }
        }
        return size
    }
}
