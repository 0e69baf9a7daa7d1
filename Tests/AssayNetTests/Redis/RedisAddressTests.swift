import AssayCore
import AssayNet
import Testing

@Suite("Addresses of Redis servers")
struct RedisAddressTests {
    struct Example: CustomTestStringConvertible {
        var url: String
        var address: RedisAddress
        var testDescription: String { url }
    }

    private static func tcp(
        _ host: String = "127.0.0.1", _ port: UInt16 = 6379, user: String? = nil, password: String? = nil,
        database: Int = 0
    ) -> RedisAddress {
        RedisAddress(.tcp(host: host, port: port), user: user, password: password, database: database)
    }

    static let examples = [
        Example(url: "redis://localhost", address: tcp("localhost")),
        Example(url: "redis://", address: tcp()),
        Example(url: "redis://:7000/", address: tcp(port: 7000)),
        Example(url: "REDIS://cache:6380/3", address: tcp("cache", 6380, database: 3)),
        Example(url: "redis://[::1]:6380", address: tcp("::1", 6380)),
        Example(url: "redis://[fe80::1]/1", address: tcp("fe80::1", database: 1)),
        Example(url: "redis://ada:p%40ss%3A1@h:1", address: tcp("h", 1, user: "ada", password: "p@ss:1")),
        Example(url: "redis://:secret@h", address: tcp("h", password: "secret")),
        Example(url: "redis://secret@h", address: tcp("h", password: "secret")),
        Example(url: "redis://h?db=4", address: tcp("h", database: 4)),
        Example(url: "unix:///run/redis.sock", address: RedisAddress(.unix(path: "/run/redis.sock"))),
        Example(
            url: "unix:///tmp/a%20b/s?db=2", address: RedisAddress(.unix(path: "/tmp/a b/s"), database: 2)),
        Example(
            url: "unix://ada:x@/s", address: RedisAddress(.unix(path: "/s"), user: "ada", password: "x")),
    ]

    private static func tcp(port: UInt16) -> RedisAddress { tcp("127.0.0.1", port) }

    @Test("a URL says where, as whom and which database", arguments: examples)
    func reads(_ example: Example) throws {
        #expect(try RedisAddress(parsing: example.url) == example.address)
    }

    @Test(
        "what is no such URL is refused with the reason, and no password is shown",
        arguments: [
            (
                "localhost:6379",
                "'localhost:6379': expected a URL like redis://host:port/db or unix:///path?db=n"
            ),
            ("http://h", "'http://h': expected the scheme redis or unix, got 'http'"),
            ("rediss://u:pw@h", "'rediss://***@h': TLS is not supported yet; expected the scheme redis"),
            ("redis://u:pw@h:99999", "'redis://***@h:99999': expected a port from 1 to 65535, got '99999'"),
            ("redis://h:0", "'redis://h:0': expected a port from 1 to 65535, got '0'"),
            ("redis://h:", "'redis://h:': expected a port from 1 to 65535, got ''"),
            ("redis://[::1", "'redis://[::1': the IPv6 address has no closing bracket"),
            ("redis://h/x", "'redis://h/x': expected the number of a database, got 'x'"),
            ("redis://h:+80", "'redis://h:+80': expected a port from 1 to 65535, got '+80'"),
            ("redis://h/-0", "'redis://h/-0': expected the number of a database, got '-0'"),
            ("redis://h/-1", "'redis://h/-1': expected the number of a database, got '-1'"),
            ("redis://h?timeout=1", "'redis://h?timeout=1': expected `db` as the only option, got 'timeout'"),
            (
                "unix://run/redis.sock",
                "'unix://run/redis.sock': expected an absolute path, as in unix:///run/redis.sock"
            ),
        ])
    func refuses(url: String, said: String) {
        let error = #expect(throws: RedisAddressError.self) { try RedisAddress(parsing: url) }
        #expect(error?.description == said)
    }

    @Test("an address is shown as a URL without user and password")
    func shown() {
        #expect(Self.tcp("h", 1, user: "u", password: "p", database: 2).description == "redis://h:1/2")
        #expect(Self.tcp("::1", 1).description == "redis://[::1]:1")
        #expect(RedisAddress(.unix(path: "/s"), password: "p", database: 1).description == "unix:///s?db=1")
    }

    @Test("a Unix path that no socket can have is told before the kernel is asked")
    func paths() throws {
        #expect(SocketAddress(.unix("/s")).fault == nil)
        #expect(SocketAddress(.unix("")).fault == "the path of the Unix socket is empty")
        let long = "/" + String(repeating: "x", count: 107)
        #expect(
            SocketAddress(.unix(long)).fault
                == "the path of the Unix socket has 108 bytes, at most 107 are possible: \(long)")
        let reactor = try Reactor()
        #expect(throws: SystemError.self) { _ = try Listener(at: SocketAddress(.unix(long)), on: reactor) }
        let outcome = reactor.run {
            switch await reactor.connect(to: [SocketAddress(.unix(long))], until: .max) {
            case .success: return "connected"
            case .failure(let failure): return failure.outcome.name
            }
        }
        #expect(outcome == "not-sent")
    }
}
