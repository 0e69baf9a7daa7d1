import Testing

@testable import AssayNet

@Suite("Parts of the network guard")
struct GuardPartsTests {
    @Test(
        "a socket address tells where a call goes",
        arguments: [
            (
                [2, 0, 0x01, 0xBB, 192, 0, 2, 1],
                .internet(address: [192, 0, 2, 1], port: 443, isMapped: false)
            ),
            (
                [10, 0, 0, 80, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 15) + [1, 0, 0, 0, 0],
                .internet(address: [UInt8](repeating: 0, count: 15) + [1], port: 80, isMapped: false)
            ),
            (
                [10, 0, 0, 80, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 10) + [255, 255, 192, 0, 2, 7],
                .internet(address: [192, 0, 2, 7], port: 80, isMapped: true)
            ),
            ([1, 0] + Array("/run/x.sock".utf8) + [0, 9, 9], .unix(path: "/run/x.sock")),
            ([1, 0, 0, 97, 98], .unix(path: "")),
            ([16, 0, 0, 0], .harmless), ([0, 0], .harmless), ([40, 0, 1, 2], .other(family: 40)),
            ([2], nil), ([], nil), ([2, 0, 1, 2, 192], nil), ([10, 0, 0, 80, 0, 0, 0, 0], nil),
        ] as [([UInt8], SocketTarget?)])
    func target(bytes: [UInt8], expected: SocketTarget?) {
        #expect(SocketTarget(socketAddress: bytes) == expected)
    }

    @Test(
        "loopback is told from the rest",
        arguments: [
            ([127, 0, 0, 1], true), ([127, 9, 9, 9], true), ([0, 0, 0, 0], true), ([128, 0, 0, 1], false),
            ([10, 0, 0, 1], false), ([UInt8](repeating: 0, count: 15) + [1], true),
            ([UInt8](repeating: 0, count: 15) + [2], false),
            ([0x20, 1] + [UInt8](repeating: 0, count: 14), false),
        ] as [([UInt8], Bool)])
    func loopback(address: [UInt8], expected: Bool) { #expect(SocketTarget.isLoopback(address) == expected) }

    private static func query(_ labels: [String], type: UInt8 = 1) -> [UInt8] {
        [0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
            + labels.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
            + [0, 0, type, 0, 1]
    }

    @Test("a question for a name is read, and answered with its id and question")
    func question() throws {
        let message = Self.query(["API", "stripe", "invalid"])
        let question = try #require(NameQuestion(message))
        #expect(question.name == "api.stripe.invalid" && question.kind == .ipv4)
        let answer = question.answer(address: [198, 18, 0, 1])
        #expect(answer.prefix(12) == [0xAB, 0xCD, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
        #expect(Array(answer.dropFirst(12)).starts(with: message.dropFirst(12)))
        #expect(answer.suffix(6) == [0, 4, 198, 18, 0, 1])
        #expect(question.addresses(inReply: answer) == [[198, 18, 0, 1]])
        #expect(question.denial[3] & 0xF == 3)
        #expect(NameQuestion(Self.query(["a"], type: 28))?.kind == .ipv6)
        #expect(NameQuestion(Self.query(["a"], type: 33))?.kind == .other(33))
    }

    @Test("any cut or damaged question is refused, and any reply is read without a fault")
    func damaged() throws {
        let message = Self.query(["api", "stripe", "invalid"])
        let question = try #require(NameQuestion(message))
        for length in 0..<message.count { #expect(NameQuestion(message.prefix(length)) == nil) }
        let answer = question.answer(address: [1, 2, 3, 4])
        for length in 0..<answer.count {
            #expect(question.addresses(inReply: Array(answer.prefix(length))).isEmpty)
        }
        for place in message.indices {
            for value: UInt8 in [0, 1, 63, 64, 0xC0, 255] {
                var changed = message
                changed[place] = value
                _ = NameQuestion(changed)
                var reply = answer
                reply[place] = value
                _ = question.addresses(inReply: reply)
            }
        }
        #expect(NameQuestion(message[..<2] + [0x81] + message[3...]) == nil, "a reply is no question")
    }

    @Test("names have stand-in addresses, the same each time, until there are too many")
    func standIns() {
        var names = StandInNames()
        #expect(names.address(for: "a.invalid") == [198, 18, 0, 1])
        #expect(names.address(for: "b.invalid") == [198, 18, 0, 2])
        #expect(names.address(for: "a.invalid") == [198, 18, 0, 1])
        #expect(names.name(of: [198, 18, 0, 2]) == "b.invalid")
        for number in 0..<StandInNames.capacity { _ = names.address(for: "n\(number)") }
        #expect(names.address(for: "one-too-many") == nil)
    }

    @Test(
        "looking this machine up is no attempt",
        arguments: [
            ("localhost", true), ("db.localhost", true), ("box", true), ("box.lan", true),
            ("1.0.0.127.in-addr.arpa", true), ("boxes", false), ("api.invalid", false),
        ])
    func harmless(name: String, expected: Bool) {
        #expect(StandInNames.isHarmless(name, host: "Box") == expected)
    }

    @Test(
        "the machine's own sockets are told from the stand's",
        arguments: [
            ("/run/postgresql/.s.PGSQL.5432", .refused), ("/var/run/docker.sock", .refused),
            ("/run/systemd/resolve/io.systemd.Resolve", .silentlyRefused),
            ("/var/run/nscd/socket", .silentlyRefused),
            ("/run/systemd/journal/dev-log", .allowed), ("/tmp/stand/db.sock", .allowed), ("", .allowed),
            ("/run/user/7/stand/db.sock", .allowed), ("/run/user/7/standard", .refused),
        ] as [(String, MachineSocket)])
    func sockets(path: String, expected: MachineSocket) {
        #expect(MachineSocket(path: path, own: ["/run/user/7/stand"]) == expected)
    }

    private func attempt(
        _ host: String, _ transport: ExternalAttempt.Transport = .tcp, port: UInt16? = 443
    ) -> ExternalAttempt {
        ExternalAttempt(
            member: "api", process: "python3", processID: 4123, host: host, port: port, transport: transport,
            count: 0, times: [])
    }

    @Test("equal attempts are one with a count and times, both bounded")
    func log() {
        var log = AttemptLog()
        for time in 0..<1000 { log.record(attempt("a"), at: Int64(time)) }
        #expect(log.attempts.map(\.count) == [1000])
        #expect(log.attempts[0].times == Array(0..<Int64(ExternalAttempt.timesKept)))
        for number in 0..<AttemptLog.capacity { log.record(attempt("h\(number)"), at: 0) }
        #expect(log.attempts.count == AttemptLog.capacity && log.overflow == 1)
        log.withdraw { $0.host != "a" }
        log.record(attempt("a"), at: 5)
        #expect(log.attempts.map(\.count) == [1001])
    }

    @Test(
        "an attempt is one sentence",
        arguments: [
            (.tcp, "api.stripe.com", 443, "api (pid 4123, python3) tried to reach api.stripe.com:443"),
            (.tcp, "2001:db8::1", 80, "api (pid 4123, python3) tried to reach [2001:db8::1]:80"),
            (.udp, "192.0.2.1", 8125, "api (pid 4123, python3) tried to reach 192.0.2.1:8125 by UDP"),
            (.icmp, "192.0.2.1", nil, "api (pid 4123, python3) tried to ping 192.0.2.1"),
            (.dns, "t.invalid", nil, "api (pid 4123, python3) tried to look up the name t.invalid"),
            (.unix, "/run/x", nil, "api (pid 4123, python3) tried to reach socket /run/x"),
            (.raw, "a raw socket", nil, "api (pid 4123, python3) tried to open a raw socket"),
            (.http, "a.invalid", 80, "api (pid 4123, python3) tried to reach a.invalid:80 through the proxy"),
        ] as [(ExternalAttempt.Transport, String, UInt16?, String)])
    func text(transport: ExternalAttempt.Transport, host: String, port: UInt16?, expected: String) {
        #expect(attempt(host, transport, port: port).text == expected)
    }

    @Test(
        "the proxy reads what it is asked for",
        arguments: [
            ("CONNECT", "api.invalid:443", "api.invalid", 443),
            ("CONNECT", "[2001:db8::1]:8443", "2001:db8::1", 8443),
            ("GET", "http://a.invalid/x?y=http://b", "a.invalid", 80),
            ("GET", "https://a.invalid", "a.invalid", 443),
            ("POST", "http://u:p@a.invalid:81/", "a.invalid", 81), ("GET", "/direct", "/direct", nil),
        ] as [(String, String, String, UInt16?)])
    func proxyTarget(method: String, target: String, host: String, port: UInt16?) {
        let found = RefusingProxy.target(of: HTTPRequest(method: method, target: target))
        #expect(found.host == host && found.port == port)
    }
}
