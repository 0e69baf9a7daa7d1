public import AssayNet

/// A real redis-server of a test's own, in a folder of its own, on a Unix socket; durability is off.
public final class RealRedis: Sendable {
    public static let isInstalled = program("redis-server") != nil
    public static let hasCLI = program("redis-cli") != nil

    public let folder: String
    public var socket: String { folder + "/redis.sock" }
    public var address: RedisAddress { RedisAddress(.unix(path: socket)) }
    private let arguments: [String]
    private let process: ReactorBound<Box>

    private final class Box { var process: ChildProcess? }

    /// Where a program is, on PATH or where Debian puts it.
    public static func program(_ name: String) -> String? {
        let folders = (Host.environment("PATH") ?? "").split(separator: ":") + ["/usr/bin", "/usr/local/bin"]
        return folders.map { "\($0)/\(name)" }.first { Files.kind(of: $0) == .file }
    }

    /// - Parameters:
    ///   - name: tells servers of one process apart.
    ///   - arguments: more options of redis-server.
    public init(_ name: String, _ arguments: [String] = [], on reactor: Reactor) {
        folder = "/tmp/assay-\(name)-\(Host.processID)"
        self.arguments = arguments
        process = ReactorBound(Box(), on: reactor)
    }

    /// Starts it, also again after ``kill()``; returns when it answers, be it that it is still loading.
    public func start(on reactor: Reactor, _ more: [String] = []) async -> Bool {
        guard let program = Self.program("redis-server"), (try? Files.makeFolder(folder)) != nil else {
            return false
        }
        let spec = ProcessSpec(
            command: [
                program, "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no", "--dir",
                folder,
                "--enable-debug-command", "yes",
            ] + arguments + more)
        guard let started = try? await ChildProcess.start(spec, on: reactor) else { return false }
        process.value.process = started
        let client = RedisClient(address, on: reactor)
        for _ in 0..<500 {
            if case .success = await client.command("PING") { return true }
            await reactor.sleep(for: .milliseconds(10))
        }
        return false
    }

    /// Ends it at once, as a crash would.
    public func kill() async { await process.value.process?.stop(signal: 9) }

    public func stop() async {
        await process.value.process?.stop(signal: 9)
        try? Files.remove(folder)
    }
}
