extension CommandRow {
    static let stringRows: [CommandRow] = [
        CommandRow(
            "get", 2, [.readonly, .fast], .first, .string, "1.0.0", "Returns the string at a key.",
            run: StringCommands.get),
        CommandRow(
            "set", -3, [.write, .denyoom], .first, .string, "1.0.0", "Sets the string at a key.",
            run: StringCommands.set),
    ]
}

enum StringCommands {
    static func get(_ call: RedisCall) throws(RedisFailure) {
        let database = call.database
        guard let slot = database.read(call[1]) else {
            call.reply.null()
            return
        }
        switch database[slot].value {
        case .string(let bytes), .raw(let bytes): call.reply.bulk(bytes)
        case .integer(let number): call.reply.bulk(decimal: number)
        case .collection: throw .wrongType
        }
    }

    static func set(_ call: RedisCall) throws(RedisFailure) {
        call.database.set(call[1], RedisValue(call[2]))
        call.changed(call[1], .string, "set")
        call.reply.ok()
    }
}
