extension CommandRow {
    static let bitRows: [CommandRow] = [
        CommandRow(
            "setbit", 4, [.write, .denyoom], .first, .bitmap, "2.2.0", "Sets or clears a bit of a string.",
            run: BitCommands.setbit),
        CommandRow(
            "getbit", 3, [.readonly, .fast], .first, .bitmap, "2.2.0", "Returns a bit of a string.",
            run: BitCommands.getbit),
        CommandRow(
            "bitcount", -2, [.readonly], .first, .bitmap, "2.6.0",
            "Counts the bits of a string that are set.",
            run: BitCommands.bitcount),
        CommandRow(
            "bitpos", -3, [.readonly], .first, .bitmap, "2.8.7", "Finds the first bit that is set or clear.",
            run: BitCommands.bitpos),
        CommandRow(
            "bitop", -4, [.write, .denyoom], .range(first: 2, last: -1, step: 1), .bitmap, "2.6.0",
            "Combines the bits of strings.", run: BitCommands.bitop),
        CommandRow(
            "bitfield", -2, [.write, .denyoom], .first, .bitmap, "3.2.0",
            "Reads and changes integers of any width in a string.", run: BitFieldCommands.bitfield),
        CommandRow(
            "bitfield_ro", -2, [.readonly, .fast], .first, .bitmap, "6.0.0",
            "Reads integers of any width in a string.", run: BitFieldCommands.bitfield),
    ]
}

enum BitCommands {
    /// The place of a bit; `#` counts in integers of `width` bits.
    static func offset(_ call: RedisCall, _ place: Int, width: Int = 0) throws(RedisFailure) -> Int {
        let failure = RedisFailure.err("bit offset is not an integer or out of range")
        let word = call[place]
        let isCounted = width > 0 && word.first == 0x23
        guard let number = (isCounted ? word[1..<word.count] : word).canonicalInteger, number >= 0 else {
            throw failure
        }
        let (offset, over) = number.multipliedReportingOverflow(by: isCounted ? Int64(width) : 1)
        guard !over, offset >> 3 < Int64(call.server.config.limits.bulkBytes) else { throw failure }
        return Int(offset)
    }

    static func setbit(_ call: RedisCall) throws(RedisFailure) {
        let offset = try offset(call, 2)
        let failure = RedisFailure.err("bit is not an integer or out of range")
        let bit = UInt8(try call.integer(3, in: 0...1, failure))
        let old = try call.database.editString(call[1]) { bytes in
            let place = offset >> 3
            if place >= bytes.count {
                bytes.append(contentsOf: repeatElement(0, count: place + 1 - bytes.count))
            }
            let shift = UInt8(7 - offset & 7)
            let old = bytes[place] >> shift & 1
            bytes[place] = bytes[place] & ~(1 << shift) | bit << shift
            return old
        }
        call.changed(call[1], .string, "setbit")
        call.reply.integer(Int(old))
    }

    static func getbit(_ call: RedisCall) throws(RedisFailure) {
        let offset = try offset(call, 2)
        let bytes = try call.database.readString(call[1]) ?? []
        call.reply.integer(
            offset >> 3 < bytes.count ? Int(bytes[offset >> 3] >> UInt8(7 - offset & 7) & 1) : 0)
    }

    /// A range of bits, from the words at `first` and behind it.
    ///
    /// - Returns: `nil` when there is nothing in it.
    private static func bits(
        _ call: RedisCall, _ bytes: [UInt8], first place: Int, hasEnd: inout Bool
    ) throws(RedisFailure) -> ClosedRange<Int>? {
        let count = Int64(bytes.count)
        var (first, last) = (Int64(0), count - 1)
        var isBits = false
        if call.count > place {
            first = try call.integer(place)
            if call.count > place + 1 {
                last = try call.integer(place + 1)
                hasEnd = true
            }
            if call.count > place + 2 {
                isBits = call.isWord(place + 2, "bit")
                guard isBits || call.isWord(place + 2, "byte") else { throw .syntax }
            }
            if !hasEnd { last = count - 1 }
        }
        let total = isBits ? count << 3 : count
        if first < 0, last < 0, first > last { return nil }
        first = max(0, first < 0 ? total &+ first : first)
        last = min(total - 1, max(0, last < 0 ? total &+ last : last))
        guard first <= last else { return nil }
        return isBits ? Int(first)...Int(last) : Int(first) << 3...(Int(last) << 3 | 7)
    }

    static func bitcount(_ call: RedisCall) throws(RedisFailure) {
        guard call.count == 2 || call.count == 4 || call.count == 5 else { throw .syntax }
        if call.count > 2 {
            _ = try call.integer(2)
            _ = try call.integer(3)
        }
        let bytes = try call.database.readString(call[1])
        var hasEnd = false
        guard let range = try bits(call, bytes ?? [], first: 2, hasEnd: &hasEnd), bytes != nil else {
            call.reply.integer(0)
            return
        }
        call.reply.integer(count(bytes ?? [], range))
    }

    private static func count(_ bytes: [UInt8], _ range: ClosedRange<Int>) -> Int {
        let (first, last) = (range.lowerBound >> 3, range.upperBound >> 3)
        var count = 0
        for place in first...last {
            var byte = bytes[place]
            if place == first { byte &= 0xFF >> UInt8(range.lowerBound & 7) }
            if place == last { byte &= ~(0x7F >> UInt8(range.upperBound & 7)) }
            count += byte.nonzeroBitCount
        }
        return count
    }

    static func bitpos(_ call: RedisCall) throws(RedisFailure) {
        guard call.count <= 6 else { throw .syntax }
        let bit = try call.integer(2, in: 0...1, .err("The bit argument must be 1 or 0."))
        guard let bytes = try call.database.readString(call[1]) else {
            call.reply.integer(bit == 1 ? -1 : 0)
            return
        }
        var hasEnd = false
        guard let range = try bits(call, bytes, first: 3, hasEnd: &hasEnd) else {
            call.reply.integer(-1)
            return
        }
        for place in range {
            if place & 7 == 0, place + 7 <= range.upperBound, bytes[place >> 3] == (bit == 1 ? 0 : 0xFF) {
                continue
            }
            if Int64(bytes[place >> 3] >> UInt8(7 - place & 7) & 1) == bit {
                call.reply.integer(place)
                return
            }
        }
        // Behind the end of a string there are clear bits, unless the end was named.
        call.reply.integer(bit == 0 && !hasEnd ? bytes.count << 3 : -1)
    }

    static func bitop(_ call: RedisCall) throws(RedisFailure) {
        let combine: ((UInt8, UInt8) -> UInt8)?
        if call.isWord(1, "and") {
            combine = { $0 & $1 }
        } else if call.isWord(1, "or") {
            combine = { $0 | $1 }
        } else if call.isWord(1, "xor") {
            combine = { $0 ^ $1 }
        } else if call.isWord(1, "not") {
            combine = nil
        } else {
            throw .syntax
        }
        if combine == nil, call.count != 4 {
            throw .err("BITOP NOT must be called with a single source key.")
        }
        var sources: [[UInt8]] = []
        for place in 3..<call.count { sources.append(try call.database.readString(call[place]) ?? []) }
        let size = sources.map(\.count).max() ?? 0
        var result = sources[0] + [UInt8](repeating: 0, count: size - sources[0].count)
        if let combine {
            for source in sources.dropFirst() {
                for place in 0..<size {
                    result[place] = combine(result[place], place < source.count ? source[place] : 0)
                }
            }
        } else {
            for place in 0..<size { result[place] = ~result[place] }
        }
        if size > 0 {
            call.database.set(call[2], .string(result))
            call.changed(call[2], .string, "set")
        } else if call.database.remove(call[2]) != nil {
            call.changed(call[2], .generic, "del")
        }
        call.reply.integer(size)
    }
}
