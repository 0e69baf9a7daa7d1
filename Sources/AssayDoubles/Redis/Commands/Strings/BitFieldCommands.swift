/// BITFIELD: integers of 1 to 64 bits at any bit of a string.
enum BitFieldCommands {
    private enum Overflow { case wrap, saturate, fail }

    private struct Operation {
        enum Kind { case get, set, increment }
        var kind: Kind
        var isSigned: Bool
        var width: Int
        var offset: Int
        var value: Int64
        var overflow: Overflow
    }

    static func bitfield(_ call: RedisCall) throws(RedisFailure) {
        let operations = try operations(call)
        let writes = operations.contains { $0.kind != .get }
        guard writes else {
            let bytes = try call.database.readString(call[1]) ?? []
            call.reply.array(operations.count)
            for operation in operations { call.reply.integer(get(bytes, operation)) }
            return
        }
        guard call.command.row.name == "bitfield" else {
            throw .err("BITFIELD_RO only supports the GET subcommand")
        }
        let end = operations.filter { $0.kind != .get }.map { $0.offset + $0.width }.max() ?? 0
        let results = try call.database.editString(call[1]) { bytes in
            let size = (end + 7) >> 3
            if size > bytes.count { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
            return operations.map { apply($0, &bytes) }
        }
        call.reply.array(results.count)
        for result in results {
            if let result { call.reply.integer(result) } else { call.reply.null() }
        }
        call.changed(call[1], .string, "setbit")
    }

    private static func operations(_ call: RedisCall) throws(RedisFailure) -> [Operation] {
        var made: [Operation] = []
        var overflow = Overflow.wrap
        var place = 2
        while place < call.count {
            let rest = call.count - place - 1
            if call.isWord(place, "overflow"), rest >= 1 {
                if call.isWord(place + 1, "wrap") {
                    overflow = .wrap
                } else if call.isWord(place + 1, "sat") {
                    overflow = .saturate
                } else if call.isWord(place + 1, "fail") {
                    overflow = .fail
                } else {
                    throw .err("Invalid OVERFLOW type specified")
                }
                place += 2
                continue
            }
            let kind: Operation.Kind
            if call.isWord(place, "get"), rest >= 2 {
                kind = .get
            } else if call.isWord(place, "set"), rest >= 3 {
                kind = .set
            } else if call.isWord(place, "incrby"), rest >= 3 {
                kind = .increment
            } else {
                throw .syntax
            }
            let (isSigned, width) = try type(call[place + 1])
            let offset = try BitCommands.offset(call, place + 2, width: width)
            let value = kind == .get ? 0 : try call.integer(place + 3)
            made.append(
                Operation(
                    kind: kind, isSigned: isSigned, width: width, offset: offset, value: value,
                    overflow: overflow))
            place += kind == .get ? 3 : 4
        }
        return made
    }

    private static func type(_ word: ByteSlice) throws(RedisFailure) -> (isSigned: Bool, width: Int) {
        let failure = RedisFailure.err(
            "Invalid bitfield type. Use something like i16 u8. Note that u64 is not supported but i64 is.")
        guard let head = word.first, head == 0x69 || head == 0x75,
            let width = word[1..<word.count].canonicalInteger, width >= 1, width <= (head == 0x69 ? 64 : 63)
        else { throw failure }
        return (head == 0x69, Int(width))
    }

    private static func get(_ bytes: [UInt8], _ operation: Operation) -> Int64 {
        var value: UInt64 = 0
        for bit in operation.offset..<(operation.offset + operation.width) {
            let place = bit >> 3
            value = value << 1 | (place < bytes.count ? UInt64(bytes[place] >> UInt8(7 - bit & 7) & 1) : 0)
        }
        if operation.isSigned, operation.width < 64, value >> UInt64(operation.width - 1) & 1 == 1 {
            value |= ~0 << UInt64(operation.width)
        }
        return Int64(bitPattern: value)
    }

    private static func put(_ bytes: inout [UInt8], _ operation: Operation, _ value: Int64) {
        for index in 0..<operation.width {
            let bit = operation.offset + index
            let one = UInt8(truncatingIfNeeded: value >> Int64(operation.width - 1 - index)) & 1
            let shift = UInt8(7 - bit & 7)
            bytes[bit >> 3] = bytes[bit >> 3] & ~(1 << shift) | one << shift
        }
    }

    /// - Returns: `nil` when the number does not fit and that is a failure.
    private static func apply(_ operation: Operation, _ bytes: inout [UInt8]) -> Int64? {
        let old = get(bytes, operation)
        if operation.kind == .get { return old }
        let base = operation.kind == .set ? 0 : old
        guard let new = fit(base, operation.value, operation) else { return nil }
        put(&bytes, operation, new)
        return operation.kind == .set ? old : new
    }

    private static func fit(_ base: Int64, _ more: Int64, _ operation: Operation) -> Int64? {
        let width = operation.width
        let high: Int64 = operation.isSigned ? .max >> Int64(64 - width) : .max >> Int64(63 - width)
        let low: Int64 = operation.isSigned ? -high - 1 : 0
        let (sum, over) = base.addingReportingOverflow(more)
        let isOver = over ? more > 0 : sum > high
        let isUnder = over ? more < 0 : sum < low
        // An unsigned one is set as the bits that it has: -1 is its largest.
        let setsUnsigned = operation.kind == .set && !operation.isSigned && more < 0
        guard isOver || isUnder else { return sum }
        switch operation.overflow {
        case .fail: return nil
        case .saturate: return isOver || setsUnsigned ? high : low
        case .wrap:
            guard width < 64 else { return sum }
            let mask = (UInt64(1) << UInt64(width)) - 1
            var bits = UInt64(bitPattern: sum) & mask
            if operation.isSigned, bits >> UInt64(width - 1) & 1 == 1 { bits |= ~mask }
            return Int64(bitPattern: bits)
        }
    }
}
