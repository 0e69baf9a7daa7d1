extension RedisDatabase {
    /// The bytes of a string, for a command that reads it.
    ///
    /// - Returns: `nil` when there is no such key.
    /// - Throws: WRONGTYPE.
    func readString(_ key: ByteSlice) throws(RedisFailure) -> [UInt8]? {
        guard let slot = read(key) else { return nil }
        return try string(at: slot)
    }

    /// The bytes of a string, for a command that changes it; see ``readString(_:)``.
    func findString(_ key: ByteSlice) throws(RedisFailure) -> [UInt8]? {
        guard let slot = find(key) else { return nil }
        touch(slot)
        return try string(at: slot)
    }

    func string(at slot: Int) throws(RedisFailure) -> [UInt8] {
        guard let bytes = self[slot].value.bytes else { throw .wrongType }
        return bytes
    }

    /// Changes the bytes of a string in place, of none when there is no such key.
    ///
    /// - Throws: WRONGTYPE.
    func editString<Result>(
        _ key: ByteSlice, _ edit: (inout [UInt8]) -> Result
    ) throws(RedisFailure) -> Result {
        guard let slot = find(key) else {
            var bytes: [UInt8] = []
            let result = edit(&bytes)
            add([UInt8](key), .raw(bytes))
            return result
        }
        touch(slot)
        var bytes = try string(at: slot)
        self[slot].value = .integer(0)  // so that the bytes have one owner
        let result = edit(&bytes)
        self[slot].value = .raw(bytes)
        return result
    }
}

extension RedisCall {
    /// Refuses a string that would be longer than `proto-max-bulk-len`.
    func checkLength(_ bytes: Int, plus more: Int) throws(RedisFailure) {
        let (sum, over) = bytes.addingReportingOverflow(more)
        guard !over, sum <= server.config.limits.bulkBytes else {
            throw .err("string exceeds maximum allowed size (proto-max-bulk-len)")
        }
    }

    /// Writes the string in a slot.
    @inline(__always)
    func replyString(at slot: Int) throws(RedisFailure) {
        switch database[slot].value {
        case .string(let bytes), .raw(let bytes): reply.bulk(bytes)
        case .integer(let number): reply.bulk(decimal: number)
        case .collection: throw .wrongType
        }
    }
}
