import AssayNet
import AssayWire
import Testing

@testable import AssayDoubles

@Suite("Functions of the Redis double")
struct FunctionTests {
    let double: RedisDouble

    init() throws {
        double = try RedisDouble(.init(port: nil), clock: DoubleClock { 1_000_000 }, on: Reactor())
    }

    @Test("A library's functions are called by name, in whatever case, and keep what they know")
    func calls() {
        let code =
            "#!lua name=lib\nlocal n = 0\nredis.register_function('Count', function(k, a) n = n + 1 return {n, k[1], a[1]} end)"
        #expect(double.execute(["FUNCTION", "LOAD", code]) == .text("lib"))
        #expect(
            double.execute(["FCALL", "Count", "1", "k", "a"])
                == .array([.integer(1), .text("k"), .text("a")]))
        #expect(double.execute(["FCALL", "COUNT", "0"]) == .array([.integer(2)]))
        #expect(
            double.execute(["FCALL_RO", "count", "0"])
                == .failure("ERR Can not execute a script with write flag using *_ro command."))
        #expect(double.execute(["FUNCTION", "LOAD", code]) == .failure("ERR Library 'lib' already exists"))
        #expect(double.execute(["FUNCTION", "LOAD", "REPLACE", code]) == .text("lib"))
        #expect(double.execute(["FCALL", "count", "0"]) == .array([.integer(1)]))
        #expect(double.execute(["FUNCTION", "DELETE", "lib"]) == .ok)
        #expect(double.execute(["FCALL", "count", "0"]) == .failure("ERR Function not found"))
    }

    @Test(
        "A library that is not right is refused with the real server's words",
        arguments: [
            ("nope", "ERR Missing library metadata"),
            ("#!lua", "ERR Invalid library metadata"),
            ("#!lua\n", "ERR Library name was not given"),
            ("#!lua name=a b=c\n", "ERR Invalid metadata value given: b=c"),
            (
                "#!lua name=a name=b\n",
                "ERR Invalid metadata value, name argument was given multiple times"
            ),
            ("#!lua name=a-b\n", "ERR " + FunctionShelf.nameRule),
            ("#!js name=a\n", "ERR Engine 'js' not found"),
            ("#!lua name=a\nreturn 1", "ERR No functions registered"),
            (
                "#!lua name=a\nx x",
                "ERR Error compiling function: user_function:2: '=' expected near 'x'"
            ),
            (
                "#!lua name=a\nredis.call('ping')",
                "ERR Error registering functions: ERR user_function:2: Script attempted to access nonexistent "
                    + "global variable 'call'"
            ),
            (
                "#!lua name=a\nredis.register_function('x', 1)",
                "ERR Error registering functions: ERR second argument to redis.register_function must be a function"
            ),
            (
                "#!lua name=a\nredis.register_function{function_name='x', callback=function() end, flags={'y'}}",
                "ERR Error registering functions: ERR unknown flag given"
            ),
        ])
    func refused(code: String, message: String) {
        #expect(double.execute(["FUNCTION", "LOAD", code]) == .failure(message))
        #expect(double.execute(["FUNCTION", "LIST"]) == .array([]))
    }

    @Test("What DUMP gives RESTORE takes; a damaged one is refused")
    func dump() {
        let code = "#!lua name=lib\nredis.register_function('f', function() return 'here' end)"
        _ = double.execute(["FUNCTION", "LOAD", code])
        guard case .bulk(var bytes) = double.execute(["FUNCTION", "DUMP"]) else {
            Issue.record("no dump")
            return
        }
        let restore = ["FUNCTION", "RESTORE"].map { Array($0.utf8) }
        #expect(double.execute(restore + [bytes]) == .failure("ERR Library lib already exists"))
        _ = double.execute(["FUNCTION", "FLUSH"])
        #expect(double.execute(restore + [bytes]) == .ok)
        #expect(double.execute(["FCALL", "f", "0"]) == .text("here"))
        bytes[3] ^= 1
        #expect(
            double.execute(restore + [bytes, Array("flush".utf8)])
                == .failure("ERR DUMP payload version or checksum are wrong"))
        #expect(double.execute(["FCALL", "f", "0"]) == .text("here"))
    }

    @Test("A library's first code may not run for ever")
    func endlessLibrary() {
        #expect(
            double.execute(["FUNCTION", "LOAD", "#!lua name=a\nwhile true do end"])
                == .failure("ERR Error registering functions: ERR FUNCTION LOAD timeout"))
    }
}
