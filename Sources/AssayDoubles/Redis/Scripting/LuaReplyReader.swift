/// Reads the reply to a script's command as values of Lua.
struct LuaReplyReader {
    private let bytes: ByteSlice
    private var place = 0

    init(_ bytes: ByteSlice) { self.bytes = bytes }

    /// Whether it is an error.
    var isError: Bool { bytes.first == 0x2D }

    private mutating func line() -> ByteSlice {
        let start = place
        while place < bytes.count, bytes[place] != 0x0D { place += 1 }
        defer { place = min(place + 2, bytes.count) }
        return bytes[start..<place]
    }

    private mutating func block(_ size: Int) -> ByteSlice {
        let start = place
        place = min(start + max(size, 0), bytes.count)
        defer { place = min(place + 2, bytes.count) }
        return bytes[start..<place]
    }

    /// Pushes the next value.
    ///
    /// - Throws: an error when Lua's stack has no room for what is nested so deep.
    mutating func push(to stack: LuaStack) throws(LuaFailure) {
        guard stack.hasRoom(for: 6) else { throw .message("stack overflow (reply)") }
        guard place < bytes.count else {
            stack.pushNil()
            return
        }
        let type = bytes[place]
        place += 1
        let head = line()
        switch type {
        case UInt8(ascii: ":"): stack.push(Double(head.canonicalInteger ?? 0))
        case UInt8(ascii: "$"): pushText(head, to: stack)
        case UInt8(ascii: "+"):
            stack.pushTable()
            stack.push(head)
            stack.set("ok", in: -2)
        case UInt8(ascii: "-"):
            stack.pushError("-" + head.text)
            stack.push(true)
            stack.set("ignore_error_stats_update", in: -2)
        case UInt8(ascii: "*"), UInt8(ascii: ">"): try pushArray(head, to: stack)
        case UInt8(ascii: "%"): try pushMap(head, to: stack)
        case UInt8(ascii: "~"): try pushSet(head, to: stack)
        case UInt8(ascii: "_"): stack.pushNil()
        case UInt8(ascii: "#"): stack.push(head.first == UInt8(ascii: "t"))
        case UInt8(ascii: ","):
            stack.pushTable()
            stack.push(LuaNumberText.prefix(of: head)?.0 ?? 0)
            stack.set("double", in: -2)
        case UInt8(ascii: "("):
            stack.pushTable()
            stack.push(head)
            stack.set("big_number", in: -2)
        case UInt8(ascii: "="): pushVerbatim(head, to: stack)
        case UInt8(ascii: "|"):
            let count = stack.count
            for _ in 0..<2 * Self.number(head) { try push(to: stack) }
            stack.setCount(count)
            try push(to: stack)
        default: stack.pushNil()
        }
    }

    private static func number(_ head: ByteSlice) -> Int { Int(head.canonicalInteger ?? 0) }

    private mutating func pushText(_ head: ByteSlice, to stack: LuaStack) {
        let size = Self.number(head)
        size < 0 ? stack.push(false) : stack.push(block(size))
    }

    private mutating func pushArray(_ head: ByteSlice, to stack: LuaStack) throws(LuaFailure) {
        let count = Self.number(head)
        guard count >= 0 else {
            stack.push(false)
            return
        }
        stack.pushTable()
        for number in stride(from: 1, through: count, by: 1) {
            try push(to: stack)
            stack.set(number, in: -2)
        }
    }

    private mutating func pushMap(_ head: ByteSlice, to stack: LuaStack) throws(LuaFailure) {
        stack.pushTable()
        stack.pushTable()
        for _ in 0..<max(0, Self.number(head)) {
            try push(to: stack)
            try push(to: stack)
            stack.set(in: -3)
        }
        stack.set("map", in: -2)
    }

    private mutating func pushSet(_ head: ByteSlice, to stack: LuaStack) throws(LuaFailure) {
        stack.pushTable()
        stack.pushTable()
        for _ in 0..<max(0, Self.number(head)) {
            try push(to: stack)
            stack.push(true)
            stack.set(in: -3)
        }
        stack.set("set", in: -2)
    }

    private mutating func pushVerbatim(_ head: ByteSlice, to stack: LuaStack) {
        let content = block(Self.number(head))
        let split = min(4, content.count)
        stack.pushTable()
        stack.pushTable()
        stack.push(content[0..<min(3, content.count)])
        stack.set("format", in: -2)
        stack.push(content[split..<content.count])
        stack.set("string", in: -2)
        stack.set("verbatim_string", in: -2)
    }
}
