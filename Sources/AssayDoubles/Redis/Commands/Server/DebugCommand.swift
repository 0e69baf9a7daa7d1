internal import AssayNet

extension CommandRow {
    static let debugRows: [CommandRow] = [
        CommandRow(
            "debug", -2, [.admin, .noscript, .loading, .stale], .none, .server, "1.0.0",
            "Answers what tests of a server ask.", run: DebugCommands.run)
    ]
}

enum DebugCommands {
    private typealias Body = @Sendable (RedisCall) throws(RedisFailure) -> Void

    static func run(_ call: RedisCall) throws(RedisFailure) {
        let name = call[1].text.lowercased()
        guard let (count, body) = all[name], count == 0 || count == call.count else {
            throw .err(
                "unknown subcommand or wrong number of arguments for '\(call[1].text)'. Try DEBUG HELP.")
        }
        try body(call)
    }

    /// With the number of words, 0 for any.
    private static let all: [String: (Int, Body)] = [
        "sleep": (3, sleep), "set-active-expire": (3, setActiveExpire), "object": (0, object),
        "digest": (2, digest), "digest-value": (0, digestValue), "protocol": (3, protocolValue),
        "populate": (0, populate), "reload": (0, accept), "loadaof": (2, accept), "jmap": (2, accept),
        "change-repl-id": (2, accept), "log": (3, accept), "quicklist-packed-threshold": (3, accept),
        "set-skip-checksum-validation": (3, accept), "set-disable-deny-scripts": (3, allowAll),
        "replybuffer": (0, accept), "dict-resizing": (3, accept), "pause-cron": (3, accept),
        "stringmatch-len": (4, stringMatch), "htstats": (0, tables), "htstats-key": (0, tables),
        "error": (3, { (call) throws(RedisFailure) in throw RedisFailure(call[2].text) }),
        "sdslen": (3, sdslen), "listpack": (3, accept), "help": (2, CommandRow.helpLines("debug")),
    ]

    private static let accept: Body = { (call) throws(RedisFailure) in call.reply.ok() }

    private static let allowAll: Body = { (call) throws(RedisFailure) in
        call.server.scripts.mayCallAll = call[2].text != "0"
        call.reply.ok()
    }

    /// Everybody waits, by timers: what else the reactor serves goes on. In a transaction nothing waits.
    private static let sleep: Body = { (call) throws(RedisFailure) in
        let seconds = try call.double(2)
        guard seconds >= 0, seconds <= 3600 else { throw .err("a sleep of 0 to 3600 seconds is possible") }
        let milliseconds = Int64((seconds * 1000).rounded(.up))
        if call.client.kind == .script { call.server.scripts.sleep(milliseconds: milliseconds) }
        guard milliseconds > 0, call.mayBlock else {
            call.reply.ok()
            return
        }
        call.server.pause(milliseconds: milliseconds, all: true)
        call.block(on: EmptyCollection(), type: .string, milliseconds: milliseconds, timeoutReply: .ok)
    }

    private static let setActiveExpire: Body = { (call) throws(RedisFailure) in
        call.server.expiresActively = call[2].text != "0"
        call.reply.ok()
    }

    private static let object: Body = { (call) throws(RedisFailure) in
        // A key that has lapsed and was not looked at is seen too.
        guard call.count >= 3, let slot = call.database.table.find(call[2]) else { throw .noSuchKey }
        let entry = call.database[slot]
        let idle = max(0, call.server.now - entry.usedAt) / 1000
        let encoding = entry.value.encoding(call.server.limits)
        let size = entry.value.bytes?.count ?? 0
        var text =
            "Value at:0x7f0000000000 refcount:1 encoding:\(encoding) serializedlength:\(size) "
            + "lru:\(entry.usedAt / 1000 & 0xFF_FFFF) lru_seconds_idle:\(idle)"
        if encoding == "quicklist", case .collection(let list) = entry.value {
            let limit = call.server.limits.listMaxListpackSize
            let nodes = limit > 0 ? (list.count + limit - 1) / limit : max(1, list.memoryBytes / 8192)
            text +=
                " ql_nodes:\(nodes) ql_avg_node:1.00 ql_listpack_max:\(limit) ql_compressed:0 "
                + "ql_uncompressed_size:\(list.memoryBytes)"
        }
        call.reply.simple(text)
    }

    private static let sdslen: Body = { (call) throws(RedisFailure) in
        guard let slot = call.database.find(call[2]) else { throw .noSuchKey }
        guard let bytes = call.database[slot].value.bytes else { throw .err("Not an sds encoded string.") }
        call.reply.simple(
            "key_sds_len:\(call[2].count), key_sds_avail:0, key_zmalloc: \(call[2].count + 8), "
                + "val_sds_len:\(bytes.count), val_sds_avail:0, val_zmalloc: \(bytes.count + 8)")
    }

    private static let tables: Body = { (call) throws(RedisFailure) in
        call.reply.verbatim(
            "[Dictionary HT]\nHash table 0 stats (main hash table):\n table size: "
                + "\(call.database.table.bucketCount)\n number of elements: \(call.database.count)\n")
    }

    private static let stringMatch: Body = { (call) throws(RedisFailure) in
        guard let count = Int(call[2].text) else { throw .notInteger }
        let text = [UInt8](repeating: 0x61, count: max(0, min(count, 1 << 24)))
        call.reply.integer(text.withSlice { globMatches(call[3], $0) } ? 1 : 0)
    }

    private static let populate: Body = { (call) throws(RedisFailure) in
        guard call.count >= 3, call.count <= 5 else { throw .syntax }
        let count = try call.integer(2, in: 0...10_000_000, .err("value is out of range, must be positive"))
        let prefix = call.count > 3 ? call[3].text : "key"
        let size =
            call.count > 4 ? try call.integer(4, in: 0...Int64(call.server.config.limits.bulkBytes)) : 0
        for index in 0..<count {
            let key = Array("\(prefix):\(index)".utf8)
            guard key.withSlice({ call.database.find($0) }) == nil else { continue }
            var value = Array("value:\(index)".utf8)
            if size > 0 {
                value = Array(value.prefix(Int(size)))
                value += [UInt8](repeating: 0, count: Int(size) - value.count)
            }
            call.database.add(key, .string(value))
        }
        call.reply.ok()
    }

    // MARK: digests

    private static let digest: Body = { (call) throws(RedisFailure) in
        var sum = [UInt8](repeating: 0, count: 20)
        for database in call.server.databases where database.count > 0 {
            for slot in database.table.slots {
                var bytes = Array("\(database.index) ".utf8) + database.key(at: slot)
                bytes += valueDigest(database[slot])
                for (place, byte) in Crypto.sha1(bytes).enumerated() { sum[place] ^= byte }
            }
        }
        call.reply.simple(hexadecimal(sum))
    }

    private static let digestValue: Body = { (call) throws(RedisFailure) in
        call.reply.array(max(0, call.count - 2))
        for place in 2..<max(2, call.count) {
            let slot = call.database.find(call[place])
            let sum = slot.map { valueDigest(call.database[$0]) } ?? [UInt8](repeating: 0, count: 20)
            call.reply.simple(hexadecimal(sum))
        }
    }

    private static func valueDigest(_ entry: RedisDatabase.Entry) -> [UInt8] {
        var bytes = Array("\(entry.value.type.name)\(entry.expiresAt == 0 ? "" : "!")".utf8)
        if case .collection(let collection) = entry.value {
            for part in collection.digestParts { bytes += Array(" \(part.count):".utf8) + part }
        } else {
            bytes += entry.value.bytes ?? []
        }
        return Crypto.sha1(bytes)
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }

    // MARK: values of the protocol

    private static let protocolValue: Body = { (call) throws(RedisFailure) in
        let reply = call.reply
        switch call[2].text.lowercased() {
        case "string": reply.bulk("Hello World")
        case "integer": reply.integer(12345)
        case "double": reply.double(3.141)
        case "null": reply.null()
        case "array":
            reply.array(3)
            for number in 0..<3 { reply.integer(number) }
        case "set":
            reply.set(3)
            for number in 0..<3 { reply.integer(number) }
        case "map":
            reply.map(3)
            for number in 0..<3 {
                reply.integer(number)
                reply.boolean(number == 1)
            }
        case "attrib":
            if reply.isRESP3 {
                reply.append("|1\r\n")
                reply.bulk("key-popularity")
                reply.array(2)
                reply.bulk("key:123")
                reply.integer(90)
            }
            reply.bulk("Some real reply following the attribute")
        case "push":
            reply.push(2)
            reply.bulk("server-cpu-usage")
            reply.integer(42)
        case "bignum": reply.bigNumber("1234567999999999999999999999999999999")
        case "true": reply.boolean(true)
        case "false": reply.boolean(false)
        case "verbatim": reply.verbatim("This is a verbatim\nstring")
        default:
            throw .err(
                "Wrong protocol type name. Please use one of the following: "
                    + "string|integer|double|null|array|set|map|attrib|push|verbatim|true|false")
        }
    }
}
