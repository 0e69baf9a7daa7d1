import AssayNet
import Glibc
import Testing

/// Programs under each mechanism; what they aim at is reserved for documentation, so that it is nowhere.
@Suite("Network guard", .timeLimit(.minutes(2)))
struct NetworkGuardTests {
    struct Outcome: Sendable {
        var output: String
        var attempts: [ExternalAttempt]
        var texts: [String] { attempts.map(\.text) }
        /// `tcp 192.0.2.1:80`, without who it was.
        var targets: [String] { attempts.map { "\($0.transport) \($0.target)" } }
    }

    /// Beside the tests, where the package manager puts it.
    static let library: String? = {
        guard let bytes = try? Files.read("/proc/self/cmdline") else { return nil }
        for word in bytes.split(separator: 0).map({ String(decoding: $0, as: UTF8.self) }) {
            guard let place = word.firstRange(of: "assayPackageTests.xctest") else { continue }
            let path = word[..<place.lowerBound] + "libassay-preload.so"
            if Files.kind(of: String(path)) == .file { return String(path) }
        }
        return nil
    }()

    static func has(_ program: String) -> Bool {
        ["/usr/local/bin/", "/usr/bin/", "/bin/"].contains { Files.kind(of: $0 + program) == .file }
            || (Host.environment("PATH") ?? "").split(separator: ":").contains {
                Files.kind(of: "\($0)/\(program)") == .file
            }
    }

    static let hasSeccomp = works(.seccomp)
    static func works(_ mechanism: NetworkGuard.Mechanism) -> Bool {
        guard let reactor = try? Reactor() else { return false }
        return reactor.run {
            guard let made = try? NetworkGuard(on: reactor, forcing: mechanism, library: library) else {
                return false
            }
            made.close()
            return true
        }
    }

    /// Runs a program under guard, beside a server of Assay's at `$PORT`.
    private func run(
        _ mechanism: NetworkGuard.Mechanism, _ command: [String], environment: [(String, String)] = [],
        lettingThrough: Bool = false, allowing port: UInt16? = nil
    ) throws -> Outcome {
        let reactor = try Reactor()
        return try reactor.run { () -> Result<Outcome, SystemError> in
            do throws(SystemError) {
                let network = try NetworkGuard(
                    on: reactor, forcing: mechanism, lettingThrough: lettingThrough, library: Self.library)
                defer { network.close() }
                if let port { network.allow(port: port) }
                let double = try HTTPServer(at: .loopback(port: 0), on: reactor) { _ in
                    HTTPResponse(text: "double")
                }
                defer { double.stop() }
                var spec = ProcessSpec(
                    command: command,
                    environment: Host.environment + [("PORT", "\(double.address.port ?? 0)")] + environment)
                try network.apply(to: &spec, member: "api")
                let result = try await ChildProcess.runToEnd(
                    spec, on: reactor, until: Reactor.monotonicNow() + 30_000_000_000)
                return .success(
                    Outcome(
                        output: String(decoding: result.output + result.errors, as: UTF8.self),
                        attempts: network.attempts))
            } catch {
                return .failure(error)
            }
        }.get()
    }

    private static let prelude = """
        import errno, os, socket
        def attempt(what):
            try:
                what()
                print('went through')
            except socket.gaierror as error: print('no such name')
            except OSError as error: print(errno.errorcode[error.errno])

        """
    private static func python(_ lines: String) -> [String] { ["python3", "-c", prelude + lines] }

    static let filters: [NetworkGuard.Mechanism] = [.seccomp, .preload].filter(works)

    @Test("both filters work here, or the machine is told apart")
    func available() {
        #expect(Self.filters.count + (Self.hasSeccomp ? 0 : 1) + (Self.library == nil ? 1 : 0) >= 2)
    }

    @Test(
        "a connection to the outside is refused, and named",
        arguments: filters,
        [
            ("attempt(lambda: socket.create_connection(('192.0.2.1', 443), 5))", "tcp 192.0.2.1:443"),
            ("attempt(lambda: socket.create_connection(('2001:db8::1', 80), 5))", "tcp [2001:db8::1]:80"),
            (
                "attempt(lambda: socket.create_connection(('api.stripe.invalid', 443), 5))",
                "tcp api.stripe.invalid:443"
            ),
            (
                "s = socket.socket(socket.AF_INET6); attempt(lambda: s.connect(('::ffff:192.0.2.7', 25)))",
                "tcp 192.0.2.7:25"
            ),
        ])
    func refused(mechanism: NetworkGuard.Mechanism, attempt: (String, String)) throws {
        let outcome = try run(mechanism, Self.python(attempt.0))
        #expect(outcome.output == "ECONNREFUSED\n")
        #expect(outcome.targets == [attempt.1])
        #expect(outcome.attempts.first?.member == "api")
        #expect(outcome.attempts.first?.process == "python3")
        #expect((outcome.attempts.first?.processID ?? 0) > 1)
    }

    @Test(
        "datagrams to the outside are named, however they are sent", arguments: filters,
        [
            "attempt(lambda: u.sendto(b'x', ('192.0.2.1', 8125)))",
            "attempt(lambda: u.sendmsg([b'x'], [], 0, ('192.0.2.1', 8125)))",
            "u.connect(('192.0.2.1', 8125)); u.send(b'x'); import time; time.sleep(0.2)",
        ])
    func datagrams(mechanism: NetworkGuard.Mechanism, line: String) throws {
        let outcome = try run(
            mechanism, Self.python("u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n" + line))
        #expect(outcome.output == (line.hasPrefix("attempt") ? "ENETUNREACH\n" : ""))
        #expect(outcome.targets == ["udp 192.0.2.1:8125"])
    }

    @Test("a datagram socket that is connected and sends nothing is no attempt", arguments: filters)
    func unsent(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism,
            Self.python(
                """
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                u.connect(('192.0.2.1', 80))
                print(u.getsockname()[0])
                """))
        #expect(outcome.output == "127.0.0.1\n")
        #expect(outcome.attempts.isEmpty)
    }

    @Test("a name that is looked up and not connected to is an attempt of its own", arguments: filters)
    func lookedUp(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism, Self.python("attempt(lambda: socket.gethostbyname('telemetry.invalid'))"))
        #expect(outcome.output == "went through\n")
        #expect(outcome.targets == ["dns name telemetry.invalid"])
    }

    @Test(
        "what the stand has is reached: a double, by address and name, and a server of the program's own",
        arguments: NetworkGuard.Mechanism.allCases.filter(works))
    func allowed(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism,
            Self.python(
                """
                import urllib.request
                for host in ('127.0.0.1', 'localhost'):
                    print(urllib.request.urlopen(f'http://{host}:{os.environ["PORT"]}/', timeout=5).read().decode())
                own = socket.create_server(('127.0.0.1', 0))
                attempt(lambda: socket.create_connection(own.getsockname(), 5))
                left, right = socket.socketpair()
                left.sendmsg([b'pair'])
                print(right.recv(9).decode())
                """))
        #expect(outcome.output == "double\ndouble\nwent through\npair\n")
        #expect(outcome.attempts.isEmpty, "\(outcome.texts)")
    }

    @Test(
        "a port of this machine where nobody of the stand listens is refused as the outside is",
        arguments: filters)
    func unknownPort(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism, Self.python("attempt(lambda: socket.create_connection(('127.0.0.1', 1), 5))"))
        #expect(outcome.output == "ECONNREFUSED\n")
        #expect(outcome.targets == ["tcp 127.0.0.1:1"])
    }

    @Test(
        "a port that was tried before the program's own child listened there is no attempt",
        arguments: filters)
    func early(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism,
            Self.python(
                """
                probe = socket.create_server(('127.0.0.1', 0)); place = probe.getsockname(); probe.close()
                attempt(lambda: socket.create_connection(place, 5))
                own = socket.create_server(place)
                attempt(lambda: socket.create_connection(place, 5))
                """))
        #expect(outcome.output == "ECONNREFUSED\nwent through\n")
        #expect(outcome.attempts.isEmpty, "\(outcome.texts)")
    }

    @Test("a socket of the machine's services is refused, one of the stand is not", arguments: filters)
    func unixSockets(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism,
            Self.python(
                """
                def reach(path):
                    s = socket.socket(socket.AF_UNIX); attempt(lambda: s.connect(path))
                reach('/run/postgresql/.s.PGSQL.5432')
                reach('/run/systemd/resolve/io.systemd.Resolve')
                reach('/tmp/no-such-assay-socket')
                """))
        #expect(outcome.output == "ECONNREFUSED\nECONNREFUSED\nENOENT\n")
        #expect(outcome.targets == ["unix socket /run/postgresql/.s.PGSQL.5432"])
    }

    @Test(
        "curl is refused, and the report names it", .enabled(if: has("curl"), "curl is not installed"),
        arguments: filters)
    func curl(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism, ["curl", "-sS", "--max-time", "10", "https://api.stripe.invalid/v1/charges"])
        #expect(outcome.output.contains("Failed to connect to api.stripe.invalid port 443"))
        #expect(outcome.targets == ["tcp api.stripe.invalid:443"])
        #expect(outcome.attempts.first?.process == "curl")
    }

    @Test(
        "a child of a child is refused, bash with its own sockets too",
        .enabled(if: has("bash"), "bash is not installed"), arguments: filters)
    func nested(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try run(
            mechanism,
            ["sh", "-c", "setsid bash -c 'exec 3<>/dev/tcp/192.0.2.9/5432' 2>/dev/null || echo refused"])
        #expect(outcome.output == "refused\n")
        #expect(outcome.targets == ["tcp 192.0.2.9:5432"])
        #expect(outcome.attempts.first?.process == "bash")
    }

    @Test("several tries on one target are one attempt with a count", .enabled(if: hasSeccomp))
    func counted() throws {
        let outcome = try run(
            .seccomp,
            Self.python("for _ in range(3): attempt(lambda: socket.create_connection(('192.0.2.1', 80), 5))"))
        #expect(outcome.attempts.map(\.count) == [3])
        #expect(outcome.attempts.first?.times.count == 3)
        #expect(outcome.texts.first?.hasSuffix("tried to reach 192.0.2.1:80, 3 times") == true)
    }

    @Test("raw sockets and io_uring are not given", .enabled(if: hasSeccomp))
    func raw() throws {
        let outcome = try run(
            .seccomp,
            Self.python(
                """
                import ctypes
                attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))
                attempt(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0))
                libc = ctypes.CDLL(None, use_errno=True)
                libc.syscall(425, 1, 0)
                print(errno.errorcode[ctypes.get_errno()])
                """))
        #expect(outcome.output == "EPERM\nEPERM\nENOSYS\n")
        #expect(outcome.targets == ["raw a raw socket"])
    }

    @Test(
        "a static program is held by the system call filter",
        .enabled(if: hasSeccomp && has("cc"), "needs seccomp and a C compiler"))
    func staticProgram() throws {
        let folder = "/tmp/assay-guard-test-\(Host.processID)"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let source = """
            #include <arpa/inet.h>
            #include <errno.h>
            #include <stdio.h>
            #include <sys/socket.h>
            int main(void) {
                struct sockaddr_in place = {.sin_family = AF_INET, .sin_port = htons(443)};
                inet_pton(AF_INET, "192.0.2.5", &place.sin_addr);
                int fd = socket(AF_INET, SOCK_STREAM, 0);
                int result = connect(fd, (struct sockaddr *)&place, sizeof place);
                printf("%s\\n", result < 0 && errno == ECONNREFUSED ? "refused" : "went through");
            }
            """
        try Files.write(Array(source.utf8), to: folder + "/reach.c")
        let outcome = try run(
            .seccomp, ["sh", "-c", "cc -static -o \(folder)/reach \(folder)/reach.c && exec \(folder)/reach"])
        #expect(outcome.output == "refused\n")
        #expect(outcome.targets == ["tcp 192.0.2.5:443"])
        #expect(outcome.attempts.first?.process == "reach")
    }

    @Test(
        "the refusing proxy names host and port of https and http, and the process",
        .enabled(if: has("curl"), "curl is not installed"))
    func proxy() throws {
        let outcome = try run(
            .proxy,
            [
                "sh", "-c",
                "curl -sS https://api.stripe.invalid/v1; curl -sS http://192.0.2.1/; curl -sS http://127.0.0.1:$PORT/",
            ])
        #expect(outcome.output.contains("refused: 'api' may not reach 192.0.2.1"))
        #expect(outcome.output.contains("double"))
        #expect(outcome.targets == ["http api.stripe.invalid:443", "http 192.0.2.1:80"])
        #expect(outcome.attempts.map(\.process) == ["curl", "curl"])
    }

    @Test("the best mechanism is picked, and what was passed over says why")
    func picked() throws {
        let reactor = try Reactor()
        let picked = try reactor.run { () -> Result<String, SystemError> in
            do throws(SystemError) {
                let network = try NetworkGuard(on: reactor)
                defer { network.close() }
                return .success("\(network.mechanism): \(network.summary)")
            } catch { return .failure(error) }
        }.get()
        if Self.hasSeccomp { #expect(picked == "seccomp: system call filter") }
    }

    @Test("a program that is gone leaves no filter behind", .enabled(if: hasSeccomp))
    func descriptors() throws {
        let reactor = try Reactor()
        let left = try reactor.run { () -> Result<Int, SystemError> in
            do throws(SystemError) {
                let network = try NetworkGuard(on: reactor, forcing: .seccomp)
                defer { network.close() }
                for _ in 0..<40 {
                    var spec = ProcessSpec(command: ["true"])
                    try network.apply(to: &spec, member: "api")
                    _ = try await ChildProcess.runToEnd(spec, on: reactor)
                }
                // The kernel tells the end of a filter when its last process has been cleared away.
                await reactor.sleep(for: .milliseconds(100))
                return .success(
                    try Files.names(in: "/proc/self/fd").count { name in
                        var text = [CChar](repeating: 0, count: 64)
                        let count = unsafe readlink("/proc/self/fd/\(name)", &text, text.count)
                        let link = text.prefix(max(0, count)).map { UInt8(bitPattern: $0) }
                        return String(decoding: link, as: UTF8.self).contains("seccomp")
                    })
            } catch { return .failure(error) }
        }.get()
        #expect(left < 40, "tests beside this one may have some open")
    }

    // MARK: strangers

    /// A server that is no descendant of this process, like a developer's own database; gone when `body` returns.
    private func withStranger(_ body: (_ port: UInt16) throws -> Void) throws {
        let folder = "/tmp/assay-guard-stranger-\(Host.processID)-\(UInt32.random(in: 0 ... .max))"
        try Files.makeFolder(folder)
        defer { try? Files.remove(folder) }
        let script = """
            import os, select, socket, sys
            folder = sys.argv[1]
            server = socket.create_server(('127.0.0.1', 0))
            names = None
            if os.getuid() == 0:
                names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                try: names.bind(('127.0.0.77', 53))
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
        _ = unsafe system("python3 \(folder)/stranger.py \(folder) >/dev/null 2>&1 &")
        var port: UInt16?
        for _ in 0..<500 where port == nil {
            port = (try? Files.read(folder + "/port")).flatMap { UInt16(String(decoding: $0, as: UTF8.self)) }
            if port == nil { usleep(20_000) }
        }
        try body(try #require(port))
    }

    private static let reachStranger = python(
        "attempt(lambda: socket.create_connection(('127.0.0.1', int(os.environ['STRANGER'])), 5))")

    @Test("a server of this machine that the stand did not start is refused", arguments: filters)
    func stranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try run(mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")])
            #expect(outcome.output == "ECONNREFUSED\n")
            #expect(outcome.targets == ["tcp 127.0.0.1:\(port)"])
        }
    }

    @Test("it is reached when its port is allowed, and nothing is told", arguments: filters)
    func allowedStranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try run(
                mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")], allowing: port)
            #expect(outcome.output == "went through\n")
            #expect(outcome.attempts.isEmpty)
        }
    }

    @Test("letting through, it is reached, and told", arguments: filters)
    func reportedStranger(mechanism: NetworkGuard.Mechanism) throws {
        try withStranger { port in
            let outcome = try run(
                mechanism, Self.reachStranger, environment: [("STRANGER", "\(port)")], lettingThrough: true)
            #expect(outcome.output == "went through\n")
            #expect(outcome.targets == ["tcp 127.0.0.1:\(port)"])
        }
    }

    @Test(
        "letting through, names are learnt from the answers of the real name server",
        .enabled(if: hasSeccomp && getuid() == 0, "needs seccomp and the name server's port"))
    func learnt() throws {
        try withStranger { port in
            let outcome = try run(
                .seccomp,
                Self.python(
                    """
                    u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                    u.settimeout(5)
                    u.connect(('127.0.0.77', 53))
                    u.send(bytes([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + b'\\x06metric\\x07invalid\\0' + bytes([0, 1, 0, 1]))
                    address = socket.inet_ntoa(u.recv(512)[-4:])
                    attempt(lambda: socket.create_connection((address, int(os.environ['STRANGER'])), 5))
                    """), environment: [("STRANGER", "\(port)")], lettingThrough: true)
            #expect(outcome.output == "went through\n")
            #expect(outcome.targets == ["tcp metric.invalid:\(port)"])
        }
    }

    @Test(
        "names that a program asks for by itself, without the C library, are told",
        .enabled(if: hasSeccomp))
    func ownResolver() throws {
        let question =
            "bytes([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]) + b'\\x06metric\\x07invalid\\0' + bytes([0, 1, 0, 1])"
        let connected = try run(
            .seccomp,
            Self.python(
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
        let unconnected = try run(
            .seccomp,
            Self.python(
                """
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                attempt(lambda: u.sendto(\(question), ('192.0.2.53', 53)))
                """))
        #expect(unconnected.output == "ENETUNREACH\n")
        #expect(unconnected.targets == ["dns name metric.invalid"])
    }
}
