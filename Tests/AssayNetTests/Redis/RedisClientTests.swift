import AssayCore
import AssayNet
import AssayWire
import Testing

@Suite("Redis client with a scripted server")
struct RedisClientTests {
    /// Runs what a user does against a server with these scripts, and says what came of it.
    private func talk(
        _ scripts: [[ScriptedRedis.Answer]], options: RedisOptions = RedisOptions(),
        as credentials: RedisAddress = RedisAddress(.unix(path: "")),
        _ body: @escaping @Sendable (RedisClient, Reactor) async -> [String]
    ) throws -> (said: [String], commands: [[String]], connections: Int) {
        let reactor = try Reactor()
        let server = try ScriptedRedis(scripts, on: reactor)
        return reactor.run {
            var address = credentials
            address.place = server.redis.place
            let client = RedisClient(address, on: reactor, options: options)
            let said = await body(client, reactor)
            client.close()
            server.stop()
            return (said, server.commands, server.connections)
        }
    }

    private static func text(_ result: Result<RESPValue, RedisFailure>) -> String {
        switch result {
        case .success(let value):
            value.errorText.map { "error \($0)" } ?? value.bytes.map { String(decoding: $0, as: UTF8.self) }
                ?? "\(value)"
        case .failure(let failure): failure.description
        }
    }

    @Test("it asks for RESP3 first, and each command gets its reply however that is cut")
    func replies() throws {
        let (said, commands, connections) = try talk([
            [.say(["%1\r\n+pro", "to\r\n:3\r", "\n"]), .say(["$5\r", "\nhe", "llo\r\n"]), .say([":7\r\n"])]
        ]) { client, _ in
            [
                Self.text(await client.command("GET", "k")), Self.text(await client.command("INCR", "n")),
                "\(client.version)",
            ]
        }
        #expect(said == ["hello", "integer(7)", "three"])
        #expect(commands == [["HELLO", "3"], ["GET", "k"], ["INCR", "n"]] && connections == 1)
    }

    struct Greeting: CustomTestStringConvertible {
        var name: String
        var url: String
        var script: [ScriptedRedis.Answer]
        var said: String
        var commands: [[String]]
        var testDescription: String { name }
    }

    static let greetings = [
        Greeting(
            name: "user and database", url: "redis://ada:pw@h/2",
            script: [ScriptedRedis.hello, .say(["+OK\r\n"]), .say(["+PONG\r\n"])], said: "PONG",
            commands: [["HELLO", "3", "AUTH", "ada", "pw"], ["SELECT", "2"], ["PING"]]),
        Greeting(
            name: "password alone", url: "redis://:pw@h", script: [ScriptedRedis.hello, .say(["+PONG\r\n"])],
            said: "PONG", commands: [["HELLO", "3", "AUTH", "default", "pw"], ["PING"]]),
        Greeting(
            name: "an old server with a password", url: "redis://:pw@h",
            script: [.say(["-ERR unknown command 'HELLO'\r\n"]), .say(["+OK\r\n"]), .say(["+PONG\r\n"])],
            said: "PONG", commands: [["HELLO", "3", "AUTH", "default", "pw"], ["AUTH", "pw"], ["PING"]]),
        Greeting(
            name: "no RESP3", url: "redis://h",
            script: [.say(["-NOPROTO unsupported\r\n"]), .say(["+PONG\r\n"])],
            said: "PONG", commands: [["HELLO", "3"], ["PING"]]),
        Greeting(
            name: "a password is wanted and none is given", url: "redis://h",
            script: [
                .say(["-NOAUTH HELLO must be called\r\n"]), .say(["-NOAUTH Authentication required.\r\n"]),
            ],
            said: "error NOAUTH Authentication required.", commands: [["HELLO", "3"], ["PING"]]),
        Greeting(
            name: "a wrong password", url: "redis://:pw@h", script: [.say(["-WRONGPASS invalid\r\n"])],
            said: "not-sent: the server refused HELLO: WRONGPASS invalid",
            commands: [["HELLO", "3", "AUTH", "default", "pw"]]),
        Greeting(
            name: "still loading", url: "redis://h", script: [.say(["-LOADING Redis is loading\r\n"])],
            said: "not-sent: the server refused HELLO: LOADING Redis is loading", commands: [["HELLO", "3"]]),
        Greeting(
            name: "no such database", url: "redis://h/99",
            script: [ScriptedRedis.hello, .say(["-ERR DB index is out of range\r\n"])],
            said: "not-sent: the server refused SELECT 99: ERR DB index is out of range",
            commands: [["HELLO", "3"], ["SELECT", "99"]]),
        Greeting(
            name: "too many clients", url: "redis://h",
            script: [.last("-ERR max number of clients reached\r\n")],
            said: "not-sent: the server refused HELLO: ERR max number of clients reached",
            commands: [["HELLO", "3"]]),
        Greeting(
            name: "loading, told to the command", url: "redis://h",
            script: [ScriptedRedis.hello, .say(["-LOADING Redis is loading\r\n"])],
            said: "error LOADING Redis is loading", commands: [["HELLO", "3"], ["PING"]]),
        Greeting(
            name: "not Redis at all", url: "redis://h", script: [.say(["HTTP/1.1 400 Bad Request\r\n"])],
            said: "protocol-error: HELLO: expected the type of a value, like '+' or '$', got 'H' at byte 0",
            commands: [["HELLO", "3"]]),
    ]

    @Test("what is said before the first command", arguments: greetings)
    func greets(_ greeting: Greeting) throws {
        let (said, commands, _) = try talk([greeting.script], as: try RedisAddress(parsing: greeting.url)) {
            client, _ in
            [Self.text(await client.command("PING"))]
        }
        #expect(said == [greeting.said])
        #expect(commands == greeting.commands)
    }

    @Test("a proxy that closes at HELLO is spoken to in RESP2 on a new connection")
    func proxy() throws {
        let (said, commands, connections) = try talk([[.close], [.say(["+PONG\r\n"])]]) { client, _ in
            [Self.text(await client.command("PING")), "\(client.version)"]
        }
        #expect(said == ["PONG", "two"] && connections == 2)
        #expect(commands == [["HELLO", "3"], ["PING"]])
    }

    @Test("a pipeline goes out at once, and its replies keep their order, errors among them")
    func pipelines() throws {
        let (said, commands, _) = try talk([
            [ScriptedRedis.hello, .silence, .silence, .say(["+OK\r\n-ERR no\r\n*1\r\n:1\r\n"])]
        ]) { client, _ in
            let words = [["SET", "a", "1"], ["NO"], ["KEYS", "*"]].map { $0.map { Array($0.utf8) } }
            guard case .success(let replies) = await client.pipeline(words, timeout: 5_000_000_000) else {
                return []
            }
            return replies.map { "\($0.errorText ?? "-")" } + [
                "\(await client.pipeline([], timeout: 1) == .success([]))"
            ]
        }
        #expect(said == ["-", "ERR no", "-", "true"])
        #expect(commands.dropFirst() == [["SET", "a", "1"], ["NO"], ["KEYS", "*"]])
    }

    struct Ending: CustomTestStringConvertible {
        var answer: ScriptedRedis.Answer
        var said: String
        var testDescription: String { said }
    }

    @Test(
        "a command that was sent and not answered is told as perhaps executed, and never sent again",
        arguments: [
            Ending(
                answer: .close,
                said:
                    "closed-early: the server closed the connection before its reply: the command may have been executed"
            ),
            Ending(
                answer: .reset,
                said:
                    "reset: recv: ECONNRESET (Connection reset by peer) before its reply: the command may have been executed"
            ),
            Ending(
                answer: .last("$10\r\nhalf"),
                said:
                    "closed-early: the server closed the connection before its reply: the command may have been executed"
            ),
            Ending(answer: .silence, said: "timeout: no reply in time"),
            Ending(
                answer: .say(["$3\r\nabcd\r\n"]),
                said:
                    "protocol-error: expected CR LF behind a text of the announced length, got 'd' at byte 7"),
            Ending(
                answer: .say(["$2000\r\n"]),
                said: "too-large: with what begins at byte 0 the reply is over 1000 bytes"),
        ])
    func endings(_ ending: Ending) throws {
        let options = RedisOptions(replies: RESPLimits(valueBytes: 1000))
        let (said, commands, connections) = try talk(
            [[ScriptedRedis.hello, ending.answer], [ScriptedRedis.hello, .say([":2\r\n"])]], options: options
        ) { client, _ in
            [
                Self.text(await client.command("INCR", "n", timeout: 50_000_000)),
                Self.text(await client.command("GET", "n")), "\(client.connectionCount)",
            ]
        }
        #expect(said == [ending.said, "integer(2)", "2"])
        #expect(commands == [["HELLO", "3"], ["INCR", "n"], ["HELLO", "3"], ["GET", "n"]])
        #expect(connections == 2)
    }

    @Test("a connection that the server closed between commands is replaced before anything is sent")
    func replaced() throws {
        let (said, commands, _) = try talk(
            [
                [ScriptedRedis.hello, .say(["+OK\r\n"]), .last("+OK\r\n")],
                [ScriptedRedis.hello, .say(["+OK\r\n"]), .say(["$1\r\nx\r\n"])],
            ]
        ) { client, reactor in
            _ = await client.command("SELECT", "3")
            _ = await client.command("SET", "a", "b")
            await reactor.sleep(for: .milliseconds(20))
            return [
                Self.text(await client.command("GET", "a")), "\(client.last.connectingNanoseconds > 0)",
                "\(client.database)",
            ]
        }
        #expect(said == ["x", "true", "3"])
        #expect(
            commands == [
                ["HELLO", "3"], ["SELECT", "3"], ["SET", "a", "b"], ["HELLO", "3"], ["SELECT", "3"],
                ["GET", "a"],
            ])
    }

    @Test(
        "pushes between and inside replies' bytes go aside, bounded; what answers nothing ends the connection"
    )
    func pushes() throws {
        let message = ">3\r\n+message\r\n+ch\r\n+hi\r\n"
        let (said, _, connections) = try talk(
            [
                [
                    ScriptedRedis.hello, .say([message + "+one\r\n" + message + ">2\r\n+inval"]),
                    .say(["idate\r\n_\r\n" + "+two\r\n", message, "+unasked\r\n"]),
                ],
                [ScriptedRedis.hello, .say(["+three\r\n"])],
            ], options: RedisOptions(pushes: 3)
        ) { client, reactor in
            var said = [Self.text(await client.command("A")), Self.text(await client.command("B"))]
            await reactor.sleep(for: .milliseconds(30))
            said.append(Self.text(await client.command("C")))
            let pushes = client.takePushes()
            said.append("\(pushes.count) \(client.droppedPushes) \(pushes.first?.elements?.count ?? 0)")
            said.append("\(client.takePushes().count)")
            return said
        }
        #expect(said == ["one", "two", "three", "3 1 3", "0"])
        #expect(connections == 2)
    }

    @Test("commands whose answer could not be told from others are not sent")
    func refusals() throws {
        let (said, commands, _) = try talk([[ScriptedRedis.hello, .say(["+OK\r\n"])]]) { client, _ in
            [
                Self.text(await client.command("monitor")),
                Self.text(await client.command("CLIENT", "reply", "OFF")),
                Self.text(await client.command([], timeout: 1)),
                Self.text(await client.command("HELLO", "2")),
                Self.text(await client.command("SUBSCRIBE", "x")),
            ]
        }
        #expect(
            said == [
                "not-sent: MONITOR turns the connection into a stream without replies",
                "not-sent: CLIENT REPLY would leave commands without replies",
                "not-sent: a command has at least one word", "OK",
                "not-sent: SUBSCRIBE needs RESP3: in RESP2 messages cannot be told from replies",
            ])
        #expect(commands == [["HELLO", "3"], ["HELLO", "2"]])
    }

    @Test("cancelling the scope ends a command, and the connection with it")
    func cancelled() throws {
        let (said, _, connections) = try talk([
            [ScriptedRedis.hello, .silence], [ScriptedRedis.hello, .say(["+OK\r\n"])],
        ]) {
            client, reactor in
            let scope = CancelScope(on: reactor)
            Task(executorPreference: reactor) {
                await reactor.sleep(for: .milliseconds(20))
                scope.cancel()
            }
            let first = await client.command("BLPOP", "q", "0", in: scope)
            return [Self.text(first), Self.text(await client.command("PING"))]
        }
        #expect(said == ["cancelled", "OK"] && connections == 2)
    }

    @Test("a scan goes on to its end, takes no key twice and stops at its limit")
    func scans() throws {
        let (said, commands, _) = try talk([
            [
                ScriptedRedis.hello, .say(["*2\r\n$1\r\n7\r\n*2\r\n$1\r\nb\r\n$1\r\na\r\n"]),
                .say(["*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n"]),
                .say(["*2\r\n$1\r\n0\r\n*2\r\n$1\r\nb\r\n$1\r\nc\r\n"]), .say(["-NOPERM no\r\n"]),
                .say([":1\r\n"]),
            ]
        ]) { client, _ in
            func text(_ result: Result<RedisKeys, RedisFailure>) -> String {
                switch result {
                case .success(let keys):
                    "\(keys.keys.map { String(decoding: $0, as: UTF8.self) }) \(keys.isComplete)"
                case .failure(let failure): failure.description
                }
            }
            return [
                text(await client.scanKeys(limit: 10)),
                text(await client.scanKeys(match: Array("x*".utf8), limit: 1)),
                text(await client.scanKeys(limit: 1)), text(await client.scanKeys(limit: 1)),
            ]
        }
        #expect(
            said == [
                #"["a", "b", "c"] true"#, #"["b"] false"#, "answered: SCAN: NOPERM no",
                "protocol-error: SCAN was not answered by a cursor and keys",
            ])
        #expect(commands[2] == ["SCAN", "7", "COUNT", "1000"])
        #expect(commands[3] == ["SCAN", "0", "MATCH", "x*", "COUNT", "1000"])
    }
}
