import AssayNet
import Glibc
import Synchronization
import Testing

/// A PostgreSQL server of the tests' own, on a Unix socket in a folder that goes with it.
struct PostgresServer: Sendable {
    /// Also where the socket is.
    let folder: String
    private let stopping: AsyncStream<Void>.Continuation
    private let stopped: AsyncStream<Void>

    private static let count = Atomic(0)

    /// The server that ``WithPostgres`` started for the suite.
    @TaskLocal static var current: PostgresServer?

    /// Where the newest installed version keeps its programs.
    static let programs: String? = {
        let root = "/usr/lib/postgresql"
        let versions = ((try? Files.names(in: root)) ?? []).sorted { (Int($0) ?? 0) < (Int($1) ?? 0) }
        return versions.last { Files.kind(of: "\(root)/\($0)/bin/postgres") == .file }.map {
            "\(root)/\($0)/bin"
        }
    }()

    /// PostgreSQL runs for nobody who may do everything.
    private static func asOrdinaryUser(_ words: [String]) -> [String] {
        geteuid() != 0
            ? words : ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + words
    }

    /// - Returns: a server that takes connections, or what went wrong.
    static func start() async -> Result<PostgresServer, Problem> {
        await withCheckedContinuation { continuation in
            // A server outlives the reactors of single tests, so it has a thread with one of its own.
            startThread(named: "postgres-owner") {
                guard let reactor = try? Reactor() else {
                    continuation.resume(returning: .failure(Problem("no reactor")))
                    return
                }
                reactor.run {
                    let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
                    let folder = "/tmp/assay-inventory-\(Host.processID)-\(number)"
                    let stopping = AsyncStream<Void>.makeStream()
                    let stopped = AsyncStream<Void>.makeStream()
                    let server = PostgresServer(
                        folder: folder, stopping: stopping.continuation, stopped: stopped.stream)
                    do {
                        let process = try await server.launch(on: reactor)
                        continuation.resume(returning: .success(server))
                        for await _ in stopping.stream {}
                        await process.stop(signal: SIGINT)
                    } catch {
                        continuation.resume(returning: .failure(Problem("\(error)")))
                    }
                    try? Files.remove(folder)
                    stopped.continuation.finish()
                }
            }
        }
    }

    func stop() async {
        stopping.finish()
        for await _ in stopped {}
    }

    private func launch(on reactor: Reactor) async throws -> ChildProcess {
        let programs = try #require(Self.programs)
        _ = try await run(Self.asOrdinaryUser(["mkdir", "-m", "755", folder]), on: reactor)
        let initdb = [
            "\(programs)/initdb", "-D", "\(folder)/data", "-A", "trust", "-U", "postgres", "--no-sync",
        ]
        _ = try await run(Self.asOrdinaryUser(initdb), on: reactor)
        let settings = ["fsync=off", "synchronous_commit=off", "listen_addresses="].flatMap { ["-c", $0] }
        // Into a file: a pipe that nobody empties would stop it in the middle of a statement.
        let command =
            Self.asOrdinaryUser([
                "sh", "-c", "exec \"$0\" \"$@\" > \(folder)/log 2>&1", "\(programs)/postgres",
            ])
            + ["-D", "\(folder)/data", "-k", folder] + settings
        let process = try await ChildProcess.start(ProcessSpec(command: command, folder: "/"), on: reactor)
        let deadline = Reactor.monotonicNow() + 20_000_000_000
        while (try? await psql("select 1", in: "postgres", on: reactor)) == nil {
            guard process.status == nil, Reactor.monotonicNow() < deadline else {
                await process.stop()
                throw Problem("postgres did not start")
            }
            await reactor.sleep(for: .milliseconds(20))
        }
        return process
    }

    /// Makes a database and, below `migrations`, its tables.
    func make(_ name: String, migrations: String, on reactor: Reactor) async throws -> String {
        _ = try await psql("create database \(name)", in: "postgres", on: reactor)
        for file in try Files.names(in: migrations).sorted() {
            let text = String(decoding: try Files.read("\(migrations)/\(file)"), as: UTF8.self)
            _ = try await psql(text, in: name, on: reactor)
        }
        return "postgres:///\(name)?host=\(folder)&user=postgres"
    }

    /// What psql, the peer that is not ours, says: rows in lines, columns between `|`.
    func psql(_ text: String, in database: String, on reactor: Reactor) async throws -> String {
        let words = [
            "psql", "-h", folder, "-U", "postgres", "-d", database, "-v", "ON_ERROR_STOP=1", "-qAtf", "-",
        ]
        return try await run(words, input: text, on: reactor)
    }
}

/// Why a server or a program did not do what it should.
struct Problem: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

/// Runs a program to its end.
///
/// - Returns: what it printed, without the last line end.
func run(_ words: [String], input: String = "", on reactor: Reactor) async throws -> String {
    let spec = ProcessSpec(command: words, folder: "/", input: .bytes(Array(input.utf8)))
    let result = try await ChildProcess.runToEnd(
        spec, on: reactor, until: Reactor.monotonicNow() + 30_000_000_000)
    guard result.status.isSuccess else {
        throw Problem("\(words.joined(separator: " ")): \(String(decoding: result.errors, as: UTF8.self))")
    }
    return String(decoding: result.output, as: UTF8.self).split(separator: "\n").joined(separator: "\n")
}

/// Starts one PostgreSQL server for a suite, and stops it after the last test.
struct WithPostgres: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard PostgresServer.programs != nil else { return try await function() }
        let server = try await PostgresServer.start().get()
        do {
            try await PostgresServer.$current.withValue(server) { try await function() }
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }
}

extension Trait where Self == WithPostgres {
    static var postgres: Self { Self() }
}
