import AssayNet
import Glibc
import Testing

/// Servers of this machine that the stand did not start, and name servers.
@Suite("Network guard and strangers", .timeLimit(.minutes(5)))
struct GuardStrangerTests {
    /// A server that is no descendant of this process, like a developer's own database; gone when `body` returns.
    private func withStranger(_ body: (_ port: UInt16) throws -> Void) throws {
        try withStranger { port, _ in try body(port) }
    }

    /// - Parameter body: is given the address of its name server too, one of the loopback's many.
    private func withStranger(_ body: (_ port: UInt16, _ names: String) throws -> Void) throws {
        let names = (1...3).reduce("127") { text, _ in "\(text).\(UInt8.random(in: 2...250))" }
        let folder = "/tmp/assay-guard-stranger-\(Host.processID)-\(UInt32.random(in: 0 ... .max))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let script = """
            import os, select, socket, sys
            folder, address = sys.argv[1:]
            server = socket.create_server(('127.0.0.1', 0))
            names = None
            if os.getuid() == 0:
                names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                try: names.bind((address, 53))
                except OSError: names = None
            open(folder + '/draft', 'w').write(str(server.getsockname()[1]))
            os.rename(folder + '/draft', folder + '/port')
            while os.path.exists(folder + '/port'):
                for ready in select.select([server] + ([names] if names else []), [], [], 0.1)[0]:
                    if ready is server: server.accept()[0].close()
                    else:
                        query, sender = names.recvfrom(512)
                        end = query.index(0, 12) + 5
                        head = query[:2] + bytes([0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
                        answer = bytes([0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 127, 0, 0, 1])
                        names.sendto(head + query[12:end] + answer, sender)
            """
        try Files.write(Array(script.utf8), to: folder + "/stranger.py")
        // The shell ends at once, and the machine's first process adopts what it leaves.
        _ = unsafe system("python3 \(folder)/stranger.py \(folder) \(names) >/dev/null 2>&1 &")
        var port: UInt16?
        for _ in 0..<500 where port == nil {
            port = (try? Files.read(folder + "/port")).flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
            if port == nil { usleep(20_000) }
        }
        try body(try #require(port), names)
    }

    private static let reachStranger = GuardedProgram.python(
        "attempt(lambda: socket.create_connection(('127.0.0.1', int(os.environ['STRANGER'])), 5))")

    @Test(
        "a server of this machine that the stand did not start is refused", arguments: GuardedProgram.filters)
    func stranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try GuardedProgram.run(
                mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")])
            #expect(outcome.output == "ECONNREFUSED\n")
            #expect(outcome.targets == ["tcp 127.0.0.1:\(port)"])
        }
    }

    @Test("it is reached when its port is allowed, and nothing is told", arguments: GuardedProgram.filters)
    func allowedStranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try GuardedProgram.run(
                mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")], allowing: port)
            #expect(outcome.output == "went through\n")
            #expect(outcome.attempts.isEmpty)
        }
    }

    @Test("letting through, it is reached, and told", arguments: GuardedProgram.filters)
    func reportedStranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try GuardedProgram.run(
                mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")], lettingThrough: true)
            #expect(outcome.output == "went through\n")
            #expect(outcome.targets == ["tcp 127.0.0.1:\(port)"])
        }
    }

    @Test(
        "letting through, names are learnt from the answers of the real name server",
        .enabled(if: GuardedProgram.hasSeccomp && getuid() == 0, "needs seccomp and the name server's port"))
    func learnt() throws {
        try withStranger { port, names in
            let outcome = try GuardedProgram.run(
                .seccomp,
                GuardedProgram.python(
                    """
                    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    u.settimeout(5)
                    u.connect((os.environ['NAMES'], 53))
                    u.send(bytes([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + b'\\x06metric\\x07invalid\\0' + bytes([0, 1, 0, 1]))
                    address = socket.inet_ntoa(u.recv(512)[-4:])
                    attempt(lambda: socket.create_connection((address, int(os.environ['STRANGER'])), 5))
                    """), environment: [("STRANGER", "\(port)"), ("NAMES", names)], lettingThrough: true)
            #expect(outcome.output == "went through\n")
            #expect(outcome.targets == ["tcp metric.invalid:\(port)"])
        }
    }

    @Test(
        "names that a program asks for by itself, without the C library, are told",
        .enabled(if: GuardedProgram.hasSeccomp))
    func ownResolver() throws {
        let question =
            "bytes([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + b'\\x06metric\\x07invalid\\0' + bytes([0, 1, 0, 1])"
        let connected = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
                """
                u = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
                u.settimeout(5)
                u.connect(('2001:db8::53', 53))
                u.send(\(question))
                address = socket.inet_ntoa(u.recv(512)[-4:])
                attempt(lambda: socket.create_connection((address, 9092), 5))
                """))
        #expect(connected.output == "ECONNREFUSED\n")
        #expect(connected.targets == ["tcp metric.invalid:9092"])
        let unconnected = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
                """
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                attempt(lambda: u.sendto(\(question), ('192.0.2.53', 53)))
                """))
        #expect(unconnected.output == "ENETUNREACH\n")
        #expect(unconnected.targets == ["dns name metric.invalid"])
    }
}
