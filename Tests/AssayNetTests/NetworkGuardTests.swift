import AssayNet
import Glibc
import Testing

/// Programs under each mechanism; what they aim at is reserved for documentation, so that it is nowhere.
@Suite("Network guard", .timeLimit(.minutes(5)))
struct NetworkGuardTests {
    @Test("both filters work here, or the machine is told apart")
    func available() {
        #expect(
            GuardedProgram.filters.count + (GuardedProgram.hasSeccomp ? 0 : 1)
                + (GuardedProgram.library == nil ? 1 : 0) >= 2)
    }

    @Test(
        "a connection to the outside is refused, and named",
        arguments: GuardedProgram.filters,
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
        let outcome = try GuardedProgram.run(mechanism, GuardedProgram.python(attempt.0))
        #expect(outcome.output == "ECONNREFUSED\n")
        #expect(outcome.targets == [attempt.1])
        #expect(outcome.attempts.first?.member == "api")
        #expect(outcome.attempts.first?.process == "python3")
        #expect((outcome.attempts.first?.processID ?? 0) > 1)
    }

    @Test(
        "datagrams to the outside are named, however they are sent", arguments: GuardedProgram.filters,
        [
            "attempt(lambda: u.sendto(b'x', ('192.0.2.1', 8125)))",
            "attempt(lambda: u.sendmsg([b'x'], [], 0, ('192.0.2.1', 8125)))",
            "u.connect(('192.0.2.1', 8125)); u.send(b'x'); import time; time.sleep(0.2)",
        ])
    func datagrams(mechanism: NetworkGuard.Mechanism, line: String) throws {
        let outcome = try GuardedProgram.run(
            mechanism, GuardedProgram.python("u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n" + line))
        #expect(outcome.output == (line.hasPrefix("attempt") ? "ENETUNREACH\n" : ""))
        #expect(outcome.targets == ["udp 192.0.2.1:8125"])
    }

    @Test(
        "a datagram socket that is connected and sends nothing is no attempt",
        arguments: GuardedProgram.filters)
    func unsent(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism,
            GuardedProgram.python(
                """
                u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                u.connect(('192.0.2.1', 80))
                print(u.getsockname()[0])
                """))
        #expect(outcome.output == "127.0.0.1\n")
        #expect(outcome.attempts.isEmpty)
    }

    @Test(
        "a name that is looked up and not connected to is an attempt of its own",
        arguments: GuardedProgram.filters)
    func lookedUp(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism, GuardedProgram.python("attempt(lambda: socket.gethostbyname('telemetry.invalid'))"))
        #expect(outcome.output == "went through\n")
        #expect(outcome.targets == ["dns name telemetry.invalid"])
    }

    @Test(
        "what the stand has is reached: a double, by address and name, and a server of the program's own",
        arguments: NetworkGuard.Mechanism.allCases.filter(GuardedProgram.works))
    func allowed(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism,
            GuardedProgram.python(
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
        arguments: GuardedProgram.filters)
    func unknownPort(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism, GuardedProgram.python("attempt(lambda: socket.create_connection(('127.0.0.1', 1), 5))")
        )
        #expect(outcome.output == "ECONNREFUSED\n")
        #expect(outcome.targets == ["tcp 127.0.0.1:1"])
    }

    @Test(
        "a port that was tried before the program's own child listened there is no attempt",
        arguments: GuardedProgram.filters)
    func early(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism,
            GuardedProgram.python(
                """
                probe = socket.create_server(('127.0.0.1', 0)); place = probe.getsockname(); probe.close()
                attempt(lambda: socket.create_connection(place, 5))
                own = socket.create_server(place)
                attempt(lambda: socket.create_connection(place, 5))
                """))
        #expect(outcome.output == "ECONNREFUSED\nwent through\n")
        #expect(outcome.attempts.isEmpty, "\(outcome.texts)")
    }

    @Test(
        "a socket of the machine's services is refused, one of the stand is not",
        arguments: GuardedProgram.filters)
    func unixSockets(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism,
            GuardedProgram.python(
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
        "curl is refused, and the report names it",
        .enabled(if: GuardedProgram.has("curl"), "curl is not installed"),
        arguments: GuardedProgram.filters)
    func curl(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism, ["curl", "-sS", "--max-time", "10", "https://api.stripe.invalid/v1/charges"])
        #expect(outcome.output.contains("Failed to connect to api.stripe.invalid port 443"))
        #expect(outcome.targets == ["tcp api.stripe.invalid:443"])
        #expect(outcome.attempts.first?.process == "curl")
    }

    @Test(
        "a child of a child is refused, bash with its own sockets too",
        .enabled(if: GuardedProgram.has("bash"), "bash is not installed"), arguments: GuardedProgram.filters)
    func nested(mechanism: NetworkGuard.Mechanism) throws {
        let outcome = try GuardedProgram.run(
            mechanism,
            ["sh", "-c", "setsid bash -c 'exec 3<>/dev/tcp/192.0.2.9/5432' 2>/dev/null || echo refused"])
        #expect(outcome.output == "refused\n")
        #expect(outcome.targets == ["tcp 192.0.2.9:5432"])
        #expect(outcome.attempts.first?.process == "bash")
    }

    @Test("several tries on one target are one attempt with a count", .enabled(if: GuardedProgram.hasSeccomp))
    func counted() throws {
        let outcome = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
                "for _ in range(3): attempt(lambda: socket.create_connection(('192.0.2.1', 80), 5))"))
        #expect(outcome.attempts.map(\.count) == [3])
        #expect(outcome.attempts.first?.times.count == 3)
        #expect(outcome.texts.first?.hasSuffix("tried to reach 192.0.2.1:80, 3 times") == true)
    }

    @Test("raw sockets and io_uring are not given", .enabled(if: GuardedProgram.hasSeccomp))
    func raw() throws {
        let outcome = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
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
        .enabled(if: GuardedProgram.hasSeccomp && GuardedProgram.has("cc"), "needs seccomp and a C compiler"))
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
        let outcome = try GuardedProgram.run(
            .seccomp, ["sh", "-c", "cc -static -o \(folder)/reach \(folder)/reach.c && exec \(folder)/reach"])
        #expect(outcome.output == "refused\n")
        #expect(outcome.targets == ["tcp 192.0.2.5:443"])
        #expect(outcome.attempts.first?.process == "reach")
    }

    @Test(
        "the refusing proxy names host and port of https and http, and the process",
        .enabled(if: GuardedProgram.has("curl"), "curl is not installed"))
    func proxy() throws {
        let outcome = try GuardedProgram.run(
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
        if GuardedProgram.hasSeccomp { #expect(picked == "seccomp: system call filter") }
    }

    @Test("a program that is gone leaves no filter behind", .enabled(if: GuardedProgram.hasSeccomp))
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

    @Test(
        "below another guard, which the kernel allows once, the next mechanism is taken and says why",
        .enabled(
            if: GuardedProgram.hasSeccomp && ProcessOwnerTests.owner != nil, "needs seccomp and the helper"))
    func nestedGuard() throws {
        let owner = try #require(ProcessOwnerTests.owner)
        let outcome = try GuardedProgram.run(.seccomp, [owner, "true"], environment: [("GUARD", "1")])
        #expect(outcome.output.contains("seccomp does not work here: EBUSY"))
        #expect(
            outcome.output.hasPrefix(GuardedProgram.library == nil ? "proxy variables" : "preloaded filter"))
    }

    @Test("a mechanism that does not work and is insisted on is an error that says why")
    func insisted() throws {
        let reactor = try Reactor()
        let message = reactor.run { () -> String in
            do throws(SystemError) {
                try NetworkGuard(on: reactor, forcing: .preload, library: "/no/such/library.so").close()
                return "it began"
            } catch {
                return error.subject ?? ""
            }
        }
        #expect(message == "preload: libassay-preload.so is not beside the program")
    }

    @Test(
        "where sockets cannot be borrowed, as in many containers, they are told apart and replaced",
        .enabled(if: GuardedProgram.hasSeccomp), arguments: [true, false])
    func containers(borrowing: Bool) throws {
        let outcome = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
                """
                import time
                attempt(lambda: socket.create_connection(('api.stripe.invalid', 443), 5))
                attempt(lambda: socket.create_connection(('2001:db8::1', 80), 5))
                attempt(lambda: socket.create_connection(('127.0.0.1', int(os.environ['PORT'])), 5))
                for family, address in ((socket.AF_INET, '192.0.2.1'), (socket.AF_INET6, '2001:db8::1'),
                                        (socket.AF_INET6, '::ffff:192.0.2.2')):
                    u = socket.socket(family, socket.SOCK_DGRAM)
                    u.settimeout(3)
                    u.connect((address, 8125))
                    print(u.getsockname()[0], u.gettimeout(), os.get_blocking(u.fileno()), os.get_inheritable(u.fileno()))
                    u.send(b'x')
                time.sleep(0.2)
                """), borrowing: borrowing)
        #expect(
            outcome.output == """
                ECONNREFUSED
                ECONNREFUSED
                went through
                127.0.0.1 3.0 False False
                ::1 3.0 False False
                ::ffff:127.0.0.1 3.0 False False

                """)
        #expect(
            outcome.targets == [
                "tcp api.stripe.invalid:443", "tcp [2001:db8::1]:80", "udp 192.0.2.1:8125",
                "udp [2001:db8::1]:8125", "udp 192.0.2.2:8125",
            ])
    }

    @Test(
        "calls that the kernel refuses by itself are left to it", .enabled(if: GuardedProgram.hasSeccomp))
    func senseless() throws {
        let outcome = try GuardedProgram.run(
            .seccomp,
            GuardedProgram.python(
                """
                import ctypes
                libc = ctypes.CDLL(None, use_errno=True)
                s = socket.socket()
                def call(function, *words):
                    ctypes.set_errno(0)
                    function(*words)
                    print(errno.errorcode[ctypes.get_errno()])
                call(libc.connect, s.fileno(), ctypes.c_void_p(8), 16)
                call(libc.connect, s.fileno(), None, 0)
                call(libc.connect, 999, ctypes.c_char_p(b'\\2\\0\\0\\1\\x7f\\0\\0\\1' + b'\\0' * 8), 16)
                call(libc.sendmsg, s.fileno(), ctypes.c_void_p(8), 0)
                """))
        #expect(outcome.output == "EFAULT\nEINVAL\nECONNREFUSED\nEFAULT\n")
        #expect(outcome.attempts.map(\.target) == ["127.0.0.1:1"])
    }
}
