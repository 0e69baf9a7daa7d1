import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Faults of the Redis double")
struct RedisFaultTests {
    private func double(now: Int64 = 1_000_000) throws -> RedisDouble {
        try RedisDouble(.init(port: nil), clock: DoubleClock { now }, on: Reactor())
    }

    @Test("The commands that a fault counts are hit, the others run")
    func counted() throws {
        let redis = try double()
        redis.add(RedisFault(.error("ERR down"), command: "GET", every: 2, skip: 1, count: 2))
        let replies = (0..<7).map { _ in redis.execute(["GET", "a"]).errorText }
        #expect(replies == [nil, nil, "ERR down", nil, "ERR down", nil, nil])
        #expect(redis.execute(["SET", "a", "1"]) == .ok)
    }

    @Test("A fault of a key leaves other keys alone, and CLEAR takes it away")
    func ofKey() throws {
        let redis = try double()
        #expect(redis.execute(["ASSAY.FAULT", "ERROR", "OOM full", "KEY", "a"]) == .ok)
        #expect(redis.execute(["SET", "a", "1"]).errorText == "OOM full")
        #expect(redis.execute(["SET", "b", "1"]) == .ok)
        #expect(
            redis.execute(["ASSAY.FAULT", "LIST"])
                == .array([.text("ERROR \"OOM full\" KEY \"a\" EVERY 1 SKIP 0 HITS 1")]))
        #expect(redis.execute(["ASSAY.FAULT", "CLEAR"]) == .ok)
        #expect(redis.execute(["SET", "a", "1"]) == .ok)
    }

    @Test("An option that no fault has is named")
    func unknownOption() throws {
        let text = try double().execute(["ASSAY.FAULT", "DROP", "SOMETIMES", "1"]).errorText
        #expect(
            text
                == "ERR unknown option 'SOMETIMES' of a fault: COMMAND name, KEY key, EVERY n, SKIP n, COUNT n"
        )
    }

    @Test("A hidden command is unknown as to an older server, and comes back")
    func hidden() throws {
        let redis = try double()
        redis.hideCommands(["GETEX"])
        #expect(
            redis.execute(["GETEX", "a"]).errorText
                == "ERR unknown command 'GETEX', with args beginning with: 'a' ")
        #expect(redis.execute(["ASSAY.COMMANDS", "ALL"]) == .ok)
        #expect(redis.execute(["GETEX", "a"]) == .null)
        redis.showCommands(only: ["get"])
        #expect(redis.execute(["SET", "a", "1"]).errorText != nil)
        #expect(redis.execute(["GET", "a"]) == .null)
    }

    @Test("Time travel lets keys lapse at once, also those nobody looks at")
    func travel() throws {
        let redis = try double()
        #expect(redis.execute(["SET", "a", "1", "EX", "60"]) == .ok)
        #expect(redis.execute(["SET", "b", "1"]) == .ok)
        redis.travel(.seconds(59))
        #expect(redis.execute(["TTL", "a"]) == .integer(1))
        #expect(redis.execute(["ASSAY.TRAVEL", "1000"]) == .ok)
        #expect(redis.execute(["DBSIZE"]) == .integer(1))
        #expect(redis.lapse("b"))
        #expect(!redis.lapse("b"))
    }
}

@Suite("Parts of the Redis double")
struct RedisPartsTests {
    @Test("A table that grows and shrinks under a scan gives every key that stays at least once")
    func scan() {
        var table = ByteTable<Int>(vacant: -1)
        for number in 0..<200 { table.insert(Array("stay\(number)".utf8), number) }
        var seen: Set<Int> = []
        var cursor: UInt64 = 0
        var round = 0
        repeat {
            cursor = table.scan(cursor) { slot in seen.insert(table[slot]) }
            round += 1
            // Up to four times the size, then down again.
            if round < 60 {
                for number in 0..<20 { table.insert(Array("extra\(round)-\(number)".utf8), -2) }
            } else if round < 120 {
                for number in 0..<20 {
                    if let slot = table.find(Array("extra\(round - 59)-\(number)".utf8)) {
                        table.remove(at: slot)
                    }
                }
            }
        } while cursor != 0
        #expect(seen.isSuperset(of: 0..<200))
    }

    @Test(
        "Patterns match what KEYS says",
        arguments: [
            ("*", "", true), ("h?llo", "hello", true), ("h[ae]llo", "hallo", true),
            ("h[^e]llo", "hello", false),
            ("h[a-c]llo", "hbllo", true), ("h\\*", "h*", true), ("h\\*", "hx", false),
            ("a*b*c", "aXbYc", true),
            ("a*b*c", "aXbY", false), ("[", "[", false), ("", "", true),
        ])
    func glob(pattern: String, text: String, matches: Bool) {
        #expect(globMatches(Array(pattern.utf8), Array(text.utf8)) == matches)
    }

    @Test(
        "Requests come whole from pieces of any size, lines too", arguments: [1, 2, 3, 7, 100])
    func pieces(size: Int) {
        let bytes = Array("*2\r\n$4\r\nECHO\r\n$3\r\na\r\n\r\n PING \"a b\" \r\n*0\r\n*1\r\n$0\r\n\r\n".utf8)
        let buffer = RequestBuffer(capacityBytes: 8)
        var found: [[[UInt8]]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            buffer.append(Array(bytes[start..<min(start + size, bytes.count)]))
            while buffer.next(.init()) == .request {
                found.append(buffer.words.map { [UInt8]($0) })
                buffer.consume()
            }
        }
        #expect(found == [["ECHO", "a\r\n"], ["PING", "a b"], [""]].map { $0.map { Array($0.utf8) } })
        #expect(buffer.isEmpty)
    }

    @Test(
        "What is no request ends with Redis's words",
        arguments: [
            ("*3000000000\r\n", "invalid multibulk length"), ("*x\r\n", "invalid multibulk length"),
            ("*1\r\nfoo\r\n", "expected '$', got 'f'"), ("*1\r\n$-10\r\n", "invalid bulk length"),
            ("*1\r\n$x\r\n", "invalid bulk length"), ("set \"a\r\n", "unbalanced quotes in request"),
        ])
    func refused(text: String, reason: String) {
        let buffer = RequestBuffer()
        buffer.append(Array(text.utf8))
        #expect(buffer.next(.init()) == .failed(reason))
    }

    @Test("Values survive DUMP and RESTORE, and a changed byte is noticed")
    func dump() throws {
        let redis = try RedisDouble(.init(port: nil), clock: DoubleClock { 1_000_000 }, on: Reactor())
        for words in [
            ["SET", "s", "text"], ["RPUSH", "l", "a", "b"], ["SADD", "set", "1", "2"],
            ["HSET", "h", "f", "v"],
            ["ZADD", "z", "1.5", "m", "-inf", "n"],
        ] { _ = redis.execute(words) }
        for key in ["s", "l", "set", "h", "z"] {
            let payload = try #require(redis.execute(["DUMP", key]).bytes)
            #expect(
                redis.execute([
                    Array("RESTORE".utf8), Array("copy".utf8), [0x30], payload, Array("REPLACE".utf8),
                ]) == .ok)
            #expect(redis.execute(["DUMP", "copy"]).bytes == payload)
            var broken = payload
            broken[1] ^= 1
            #expect(
                redis.execute([Array("RESTORE".utf8), Array("other".utf8), [0x30], broken]).errorText
                    == "ERR DUMP payload version or checksum are wrong")
        }
    }

    @Test("The checksum is that of Redis")
    func checksum() {
        #expect(DumpChecksum.of(Array("123456789".utf8)) == 0xE9C6_D914_C4B8_D9CA)
    }
}
