import AssayCore
import AssayNet
import AssayWire
import Synchronization
import Testing

@testable import AssayDoubles

@Suite("Scripts of the Redis double")
struct ScriptTests {
    let double: RedisDouble

    init() throws {
        double = try RedisDouble(.init(port: nil), clock: DoubleClock { 1_000_000 }, on: Reactor())
    }

    @Test("A script is answered as by a real server, its libraries too", arguments: ScriptCases.all)
    func realAnswers(script: String, answer: String) {
        _ = double.execute(["SET", "k", "12"])
        let helper =
            "local function hex(s) return (s:gsub('.', function(c) return ('%02x'):format(c:byte()) end)) end "
        #expect(reply(to: script.contains("hex(") ? helper + script : script) == answer)
    }

    /// As the tables have it.
    private func reply(to script: String) -> String {
        var bytes: [UInt8] = []
        bytes.append(double.execute(["EVAL", script, "1", "k1", "a1"]), as: .two)
        let digest = String(decoding: Array(script.utf8).withSlice { ScriptEngine.digest($0) }, as: UTF8.self)
        return String(decoding: bytes.dropLast(2), as: UTF8.self)
            .replacing("\r\n", with: "|")
            .replacing(" script: \(digest), on @user_script:", with: " @")
            .replacing(#/ @(\d+)\.$/#) { " @\($0.1)" }
    }

    @Test("KEYS and ARGV are what EVAL was given")
    func arguments() {
        #expect(
            double.execute(["EVAL", "return {KEYS[1], KEYS[2], ARGV[1], KEYS[3]}", "2", "a", "b", "c"])
                == .array([.text("a"), .text("b"), .text("c")]))
    }

    @Test("A script that was loaded is run by its digest, in capitals too, until SCRIPT FLUSH")
    func digests() {
        let digest = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db"
        #expect(double.execute(["SCRIPT", "LOAD", "return 1"]) == .text(digest))
        #expect(double.execute(["EVALSHA", digest.uppercased(), "0"]) == .integer(1))
        #expect(double.execute(["SCRIPT", "EXISTS", digest, "x"]) == .array([.integer(1), .integer(0)]))
        #expect(double.execute(["SCRIPT", "FLUSH"]) == .ok)
        #expect(
            double.execute(["EVALSHA", digest, "0"])
                == .failure("NOSCRIPT No matching script. Please use EVAL."))
    }

    @Test("A read-only run refuses to write")
    func readOnly() {
        _ = double.execute(["SET", "k", "v"])
        #expect(double.execute(["EVAL_RO", "return redis.call('get', 'k')", "0"]) == .text("v"))
        let refused = double.execute(["EVAL_RO", "return redis.pcall('set', 'k', 'w')", "0"])
        #expect(refused == .failure("ERR Write commands are not allowed from read-only scripts."))
        #expect(double.execute(["GET", "k"]) == .text("v"))
    }

    @Test("Time stands still while a script runs")
    func timeStandsStill() throws {
        let ticks = Ticks()
        let double = try RedisDouble(.init(port: nil), clock: DoubleClock { ticks.next() }, on: Reactor())
        let script =
            "redis.call('set', 'a', 'b', 'px', 5) redis.call('get', 'c') return redis.call('exists', 'a')"
        #expect(double.execute(["EVAL", script, "0"]) == .integer(1))
        #expect(double.execute(["EXISTS", "a"]) == .integer(0))
    }

    // MARK: what a script must not bring down

    @Test("A script that takes too much memory fails, and the next one runs")
    func memory() {
        let greedy = "local t = {} while true do t[#t + 1] = ('x'):rep(1000000) .. #t end"
        let answer = reply(to: greedy)
        #expect(answer.hasPrefix("-ERR Error running script") && answer.hasSuffix("not enough memory"))
        #expect(reply(to: "return redis.call('ping')") == "+PONG")
    }

    @Test(
        "Recursion without an end is an error",
        arguments: [
            "local function f() return 1 + f() end return f()",
            "local t = setmetatable({}, {}) getmetatable(t).__index = function(t, k) return t[k] end return t.x",
            "local f f = function() return pcall(f) end return f()",
            "local s = ('('):rep(100000) return loadstring('return ' .. s)()",
            "return ('x'):rep(200000):find(('x?'):rep(10000))",
            "local t = {} for i = 1, 100000 do t = {t} end return cjson.encode(t)",
            "return cjson.decode(('['):rep(100000))",
            "return cmsgpack.unpack(('\\145'):rep(100000))",
            "local t = {} t[1] = t return t",
            "local t = {} for i = 1, 100000 do t = {t} end return t",
        ])
    func recursion(script: String) {
        _ = double.execute(["EVAL", script, "0"])
        #expect(reply(to: "return redis.call('ping')") == "+PONG")
    }

    @Test("A script without an end is ended when nobody else could end it")
    func endless() {
        double.server.config.busyMilliseconds = 1
        #expect(reply(to: "while true do end").contains("Script killed by user with SCRIPT KILL"))
        #expect(reply(to: "while true do pcall(function() while true do end end) end").contains("killed"))
        #expect(
            reply(to: "local c = coroutine.wrap(function() while true do end end) while true do pcall(c) end")
                .contains("killed"))
    }

    @Test("Compiled code is no script")
    func compiledCode() {
        let code = double.execute(["EVAL", "return string.dump(function() return 1 end)", "0"])
        guard case .bulk(let bytes) = code else {
            Issue.record("no code: \(code)")
            return
        }
        #expect(double.execute([Array("EVAL".utf8), bytes, Array("0".utf8)]).isFailure)
        #expect(
            double.execute([
                Array("EVAL".utf8), Array("return tostring(loadstring(ARGV[1]))".utf8), Array("0".utf8),
                bytes,
            ]) == .text("nil"))
    }

    @Test(
        "No bytes bring the decoders down", arguments: ["cjson.decode(ARGV[1])", "cmsgpack.unpack(ARGV[1])"])
    func noise(call: String) {
        var random = SeededRandom(seed: 7)
        let letters =
            Array("[]{}\",:\\u0e-1tn\u{81}\u{91}".utf8) + [0x81, 0x91, 0xDC, 0xDD, 0xDF, 0xC3, 0xA5, 0xCB]
        for _ in 0..<500 {
            let noise = (0..<Int(random.next() % 24)).map { _ in
                letters[Int(random.next() % UInt64(letters.count))]
            }
            let script = "return {pcall(function() return \(call) end)}"
            guard
                case .array = double.execute([Array("EVAL".utf8), Array(script.utf8), Array("0".utf8), noise])
            else {
                Issue.record("\(noise)")
                return
            }
        }
    }

    @Test("No format brings struct down")
    func structNoise() {
        var random = SeededRandom(seed: 8)
        let letters = Array("bBhHlLTiIcsfdx<>! 0123456789".utf8)
        let script =
            "return {pcall(struct.unpack, ARGV[1], ARGV[2]), pcall(struct.pack, ARGV[1], 1, 2, 'abc', 4)}"
        for _ in 0..<500 {
            let format = (0..<Int(random.next() % 10)).map { _ in
                letters[Int(random.next() % UInt64(letters.count))]
            }
            let words = [
                Array("EVAL".utf8), Array(script.utf8), Array("0".utf8), format,
                Array("0123456789abcdef".utf8),
            ]
            guard case .array = double.execute(words) else {
                Issue.record("\(String(decoding: format, as: UTF8.self))")
                return
            }
        }
    }
}

/// A clock that is ten milliseconds further at every look.
private final class Ticks: Sendable {
    private let milliseconds = Atomic<Int64>(1_000_000)

    func next() -> Int64 { milliseconds.add(10, ordering: .relaxed).newValue }
}

extension ScriptCases {
    static let all = language + redis + sandbox + firstLines + cjson + cmsgpack + structure + bit
}

extension RESPValue {
    fileprivate var isFailure: Bool {
        guard case .error = self else { return false }
        return true
    }
}
