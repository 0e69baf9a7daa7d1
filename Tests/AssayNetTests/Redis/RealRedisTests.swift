import AssayCore
import AssayNet
import AssayTestSupport
import AssayWire
import Testing

@Suite(
    "Redis client with a real server", .enabled(if: RealRedis.isInstalled, "redis-server is not installed"))
struct RealRedisTests {
    private func withServer<Result: Sendable>(
        _ name: String, _ arguments: [String] = [],
        _ body: @escaping @Sendable (RealRedis, Reactor) async -> Result
    ) throws -> Result {
        let reactor = try Reactor()
        let server = RealRedis(name, arguments, on: reactor)
        let result = reactor.run { () -> Result? in
            let result: Result? = await server.start(on: reactor) ? await body(server, reactor) : nil
            await server.stop()
            return result
        }
        return try #require(result, "the server did not start")
    }

    /// Commands whose replies are compared with what redis-cli shows of them.
    static let commands = [
        "PING", "PING hello", "SET k v", "GET k", "GET none", "SET n 41", "INCR n", "INCR k", "NOSUCH x",
        "GET", "APPEND k é",
        "GET k", "STRLEN k", "DEL k none", "EXISTS n", "TYPE n", "EXPIRE n 100", "PERSIST n", "RPUSH l a b c",
        "LRANGE l 0 -1",
        "LRANGE l 5 9", "LPOP l 2", "LPOP nolist 2", "LPOS l c", "SADD s 3 1 2", "SMEMBERS s",
        "SMEMBERS none", "SISMEMBER s 1",
        "SMISMEMBER s 1 9", "HSET h a 1 b two", "HGETALL h", "HGETALL none", "HGET h a", "HMGET h a x b",
        "HRANDFIELD none 1",
        "ZADD z 1.5 a 2 b", "ZSCORE z a", "ZRANGE z 0 -1 WITHSCORES", "ZADD z INCR 0.25 a", "ZPOPMIN z",
        "CONFIG GET maxmemory-policy",
        "XADD x 1-1 f v", "XRANGE x - +", "XADD x 1-1 f v", "LPUSH n x", "MULTI", "SET t 1", "INCR t",
        "LPUSH t 1", "EXEC", "EXEC",
        "EVAL \"return {1,'a',{2,false},redis.status_reply('FINE')}\" 0",
        "EVAL \"return redis.error_reply('MINE own')\" 0",
        "OBJECT ENCODING n", "GEOADD g 13.5 38.1 p", "GEOPOS g p none", "BITCOUNT n", "SCAN 0 MATCH z*",
        "COMMAND COUNT",
        "DEBUG PROTOCOL string", "DEBUG PROTOCOL integer", "DEBUG PROTOCOL double", "DEBUG PROTOCOL null",
        "DEBUG PROTOCOL array",
        "DEBUG PROTOCOL set", "DEBUG PROTOCOL map", "DEBUG PROTOCOL true",
        "DEBUG PROTOCOL false",
        "DEBUG PROTOCOL verbatim",
    ]

    /// A line's words as redis-cli reads them; quotes only around whole words here.
    private static func words(_ line: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        for (place, part) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
            if place % 2 == 1 {
                words.append(Array(part.utf8))
            } else {
                words += part.split(separator: " ").map { Array($0.utf8) }
            }
        }
        return words
    }

    @Test(
        "replies are what redis-cli gets, in both versions",
        .enabled(if: RealRedis.hasCLI, "redis-cli is not installed"), arguments: [RESPVersion.two, .three])
    func comparison(version: RESPVersion) throws {
        let (ours, theirs) = try withServer("redis-compare-\(version.rawValue)") { server, reactor in
            let client = RedisClient(server.address, on: reactor, options: RedisOptions(version: version))
            var ours = ""
            for line in Self.commands {
                switch await client.command(Self.words(line), timeout: 5_000_000_000) {
                case .success(let reply): ours += shownByCLI(reply)
                case .failure(let failure): ours += "\(failure)\n"
                }
            }
            _ = await client.command("FLUSHALL")
            _ = await client.command("CONFIG", "RESETSTAT")
            let spec = ProcessSpec(
                command: [
                    RealRedis.program("redis-cli") ?? "", "-s", server.socket, "--no-raw",
                    "-\(version.rawValue)",
                ], input: .bytes(Array((Self.commands.joined(separator: "\n") + "\n").utf8)))
            let result = try? await ChildProcess.runToEnd(
                spec, on: reactor, until: Reactor.monotonicNow() + 20_000_000_000)
            return (ours, String(decoding: result?.output ?? [], as: UTF8.self))
        }
        let lines = (ours.split(separator: "\n"), theirs.split(separator: "\n"))
        for (our, their) in zip(lines.0, lines.1) where !Self.isSame(our, their) {
            Issue.record("ours: \(our)\ntheirs: \(their)")
        }
        #expect(lines.0.count == lines.1.count, "\(lines.0.suffix(3)) \(lines.1.suffix(3))")
        #expect(lines.0.count > 80)
    }

    /// redis-cli shows doubles in the server's digits, of which there may be more than a double needs.
    private static func isSame(_ our: Substring, _ their: Substring) -> Bool {
        let mark = "(double) "
        guard let left = our.firstRange(of: mark), let right = their.firstRange(of: mark) else {
            return our == their
        }
        return our[..<left.lowerBound] == their[..<right.lowerBound]
            && Double(our[left.upperBound...]) == Double(their[right.upperBound...])
    }

    @Test("types that redis-cli cannot show are read: big numbers, attributes, pushes")
    func debugTypes() throws {
        let (replies, pushes) = try withServer("redis-debug") { server, reactor in
            let client = RedisClient(server.address, on: reactor)
            var replies: [RESPValue] = []
            for type in ["bignum", "attrib", "push"] {
                if case .success(let reply) = await client.command("DEBUG", "PROTOCOL", type) {
                    replies.append(reply)
                }
            }
            if case .success(let reply) = await client.command("PING") { replies.append(reply) }
            return (replies, client.takePushes())
        }
        #expect(replies.first == .bigNumber("1234567999999999999999999999999999999"))
        try #require(replies.count == 4)
        guard case .attributed(let attributes, let value) = replies[1] else {
            Issue.record("\(replies[1])")
            return
        }
        #expect(attributes.map(\.key) == [.text("key-popularity")])
        #expect(value == .text("Some real reply following the attribute"))
        #expect(replies[2] == .text("Some real reply following the push reply"))
        #expect(pushes == [.push([.text("server-cpu-usage"), .integer(42)])])
        #expect(replies[3] == .simple(Array("PONG".utf8)))
    }

    @Test("messages between replies do not confuse them, and subscriptions are confirmed")
    func publishing() throws {
        let said = try withServer("redis-pubsub") { server, reactor in
            let client = RedisClient(server.address, on: reactor)
            let other = RedisClient(server.address, on: reactor)
            var said: [String] = []
            func add(_ result: Result<RESPValue, RedisFailure>) {
                switch result {
                case .success(let value):
                    said.append(shownByCLI(value).split(separator: "\n").joined(separator: "|"))
                case .failure(let failure): said.append(failure.description)
                }
            }
            add(await client.command("SUBSCRIBE", "news", "more"))
            add(await client.command("SET", "a", "1"))
            for number in 0..<200 {
                _ = await other.command("PUBLISH", "news", "\(number)")
                if number % 20 == 0 { add(await client.command("INCR", "a")) }
            }
            await reactor.sleep(for: .milliseconds(20))
            add(await client.command("GET", "a"))
            said.append("\(client.takePushes().count)")
            add(await client.command("PUBLISH", "news", "own"))
            add(await client.command("UNSUBSCRIBE"))
            said.append("\(client.takePushes().count)")
            add(await client.command("UNSUBSCRIBE"))
            add(await client.command("SUBSCRIBE"))
            add(await client.command("PING"))
            client.close()
            other.close()
            return said
        }
        #expect(
            said[0]
                == #"1) 1> "subscribe"|   2> "news"|   3> (integer) 1|2) 1> "subscribe"|   2> "more"|   3> (integer) 2"#
        )
        #expect(said[1] == "OK" && Array(said[2..<12]) == (2...11).map { "(integer) \($0)" })
        #expect(said[12] == "\"11\"" && said[13] == "200" && said[14] == "(integer) 1")
        #expect(said[15].contains("\"unsubscribe\"") && said[15].hasSuffix("(integer) 0") && said[16] == "1")
        #expect(said[17].contains("(nil)"))
        #expect(said[18].hasPrefix("(error) ERR wrong number of arguments") && said[19] == "PONG")
    }

    @Test("a server that is killed in the middle is a named ending, and the next command finds the new one")
    func killed() throws {
        let said = try withServer("redis-kill") { server, reactor in
            let client = RedisClient(server.address, on: reactor)
            var said: [String] = []
            func add(_ result: Result<RESPValue, RedisFailure>) {
                switch result {
                case .success(let value): said.append(shownByCLI(value))
                case .failure(let failure): said.append(failure.outcome.name)
                }
            }
            add(await client.command("SET", "a", "1"))
            Task(executorPreference: reactor) {
                await reactor.sleep(for: .milliseconds(30))
                await server.kill()
            }
            add(await client.command("BLPOP", "q", "0"))
            await server.kill()
            add(await client.command("GET", "a"))
            said.append("\(await server.start(on: reactor))")
            add(await client.command("GET", "a"))
            return said
        }
        #expect(said == ["OK\n", "closed-early", "connect-refused", "true", "(nil)\n"])
    }

    @Test("a server that is still loading says so to each command, on the same connection")
    func loading() throws {
        let said = try withServer("redis-loading") { server, reactor in
            let client = RedisClient(server.address, on: reactor)
            let value = [UInt8](repeating: 120, count: 3000)
            for number in 0..<200 {
                _ = await client.command(
                    [Array("SET".utf8), Array("k\(number)".utf8), value], timeout: 5_000_000_000)
            }
            _ = await client.command("CONFIG", "SET", "rdbcompression", "no")
            _ = await client.command("SAVE")
            await server.kill()
            let slowly = ["--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024"]
            guard await server.start(on: reactor, slowly) else { return ["did not start"] }
            var said: [String] = []
            for _ in 0..<2000 {
                guard case .success(let reply) = await client.command("DBSIZE") else {
                    return said + ["no reply"]
                }
                let text = shownByCLI(reply)
                if text != said.last { said.append(text) }
                if reply.errorText == nil { break }
                await reactor.sleep(for: .milliseconds(5))
            }
            return said + ["\(client.connectionCount) \(client.version)"]
        }
        #expect(
            said == [
                "(error) LOADING Redis is loading the dataset in memory\n", "(integer) 200\n", "2 three",
            ])
    }

    @Test("passwords, users and databases of the URL are what the server sees")
    func identities() throws {
        let said = try withServer("redis-auth") { server, reactor in
            let admin = RedisClient(server.address, on: reactor)
            _ = await admin.command("ACL", "SETUSER", "ada", "on", ">pw", "~*", "+@all")
            _ = await admin.command("CONFIG", "SET", "requirepass", "main")
            var said: [String] = []
            func ask(_ query: String, _ words: String..., version: RESPVersion = .three) async {
                guard
                    let address = try? RedisAddress(
                        parsing: "unix://\(query.replacing("SOCK", with: server.socket))")
                else { return }
                let client = RedisClient(address, on: reactor, options: RedisOptions(version: version))
                switch await client.command(words.map { Array($0.utf8) }, timeout: 5_000_000_000) {
                case .success(let value): said.append(shownByCLI(value).split(separator: "\n").joined())
                case .failure(let failure): said.append(failure.description)
                }
                client.close()
            }
            await ask("SOCK", "PING")
            await ask(":main@SOCK", "ACL", "WHOAMI")
            await ask("ada:pw@SOCK?db=3", "SET", "where", "3")
            await ask("ada:pw@SOCK?db=3", "ACL", "WHOAMI", version: .two)
            await ask("main@SOCK?db=3", "GET", "where", version: .two)
            await ask("ada:no@SOCK", "PING")
            await ask("ada:no@SOCK", "PING", version: .two)
            await ask("ada:pw@SOCK?db=99", "PING")
            return said
        }
        #expect(
            said == [
                "(error) NOAUTH Authentication required.", "\"default\"", "OK", "\"ada\"", "\"3\"",
                "not-sent: the server refused HELLO: WRONGPASS invalid username-password pair or user is disabled.",
                "not-sent: the server refused AUTH: WRONGPASS invalid username-password pair or user is disabled.",
                "not-sent: the server refused SELECT 99: ERR DB index is out of range",
            ])
    }

    @Test("a pipeline larger than every buffer goes through, and a scan finds all keys")
    func large() throws {
        let said = try withServer("redis-large") { server, reactor in
            let client = RedisClient(server.address, on: reactor)
            let value = [UInt8](repeating: 120, count: 2000)
            let commands = (0..<5000).flatMap { number in
                [
                    [Array("SET".utf8), Array("key:\(number)".utf8), value],
                    [Array("GET".utf8), Array("key:\(number)".utf8)],
                ]
            }
            var said: [String] = []
            if case .success(let replies) = await client.pipeline(commands, timeout: 20_000_000_000) {
                said.append("\(replies.count) \(replies.allSatisfy { $0 == .ok || $0 == .bulk(value) })")
            }
            if case .success(let keys) = await client.scanKeys(match: Array("key:*".utf8), limit: 10_000) {
                said.append("\(keys.keys.count) \(keys.isComplete)")
            }
            if case .success(let keys) = await client.scanKeys(limit: 7) {
                said.append("\(keys.keys.count) \(keys.isComplete)")
            }
            said.append("\(client.connectionCount)")
            return said
        }
        #expect(said == ["10000 true", "5000 true", "7 false", "1"])
    }
}

/// A reply as `redis-cli --no-raw` shows it.
private func shownByCLI(_ value: RESPValue, _ prefix: String = "") -> String {
    func list(_ elements: [RESPValue], _ mark: String, _ empty: String) -> String {
        guard !elements.isEmpty else { return "(empty \(empty))\n" }
        let width = String(elements.count).count
        let inner = prefix + String(repeating: " ", count: width + 2)
        return elements.enumerated().map { place, element in
            let number = String(place + 1)
            let lead = place == 0 ? "" : prefix
            return lead + String(repeating: " ", count: width - number.count) + number + mark + " "
                + shownByCLI(element, inner)
        }.joined()
    }
    switch value {
    case .simple(let text): return String(decoding: text, as: UTF8.self) + "\n"
    case .error(let text), .bulkError(let text):
        return "(error) " + String(decoding: text, as: UTF8.self) + "\n"
    case .integer(let number): return "(integer) \(number)\n"
    case .bulk(let bytes): return quoted(bytes) + "\n"
    case .null, .nullArray: return "(nil)\n"
    case .boolean(let isTrue): return "(\(isTrue))\n"
    case .double(let number): return "(double) \(RESPValue.text(of: number))\n"
    case .bigNumber(let digits): return digits + "\n"
    case .verbatim(_, let bytes): return String(decoding: bytes, as: UTF8.self) + "\n"
    case .array(let elements): return list(elements, ")", "array")
    case .set(let elements): return list(elements, "~", "set")
    case .push(let elements): return list(elements, ">", "push")
    case .attributed(_, let inner): return shownByCLI(inner, prefix)
    case .map(let pairs):
        guard !pairs.isEmpty else { return "(empty hash)\n" }
        let width = String(pairs.count).count
        let inner = prefix + String(repeating: " ", count: width + 2)
        return pairs.enumerated().map { place, pair in
            let number = String(place + 1)
            let lead = (place == 0 ? "" : prefix) + String(repeating: " ", count: width - number.count)
            let key = shownByCLI(pair.key, inner).dropLast()
            return lead + "\(number)# \(key) => " + shownByCLI(pair.value, inner + "   ")
        }.joined()
    }
}

private func quoted(_ bytes: [UInt8]) -> String {
    var text = "\""
    for byte in bytes {
        switch byte {
        case 0x22, 0x5C: text += "\\" + String(UnicodeScalar(byte))
        case 0x0A: text += "\\n"
        case 0x0D: text += "\\r"
        case 0x20..<0x7F: text += String(UnicodeScalar(byte))
        default:
            let digits = String(byte, radix: 16)
            text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
    }
    return text + "\""
}
