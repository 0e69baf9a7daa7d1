internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// One PostgreSQL server that runs on a data directory nobody will miss.
struct PostgresServer {
    let program: Program
    let port: UInt16
    /// Folder of the Unix socket.
    let socket: String
    let user: String

    /// Durability is off and nothing works in the background: the directory is thrown away at the end.
    private static let settings = [
        "fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",
        "max_wal_senders=0",
        "max_wal_size=512MB", "min_wal_size=32MB", "checkpoint_timeout=1h", "autovacuum=off",
        "bgwriter_lru_maxpages=0", "jit=off",
        "max_connections=300", "max_parallel_workers_per_gather=0", "listen_addresses=127.0.0.1",
        "logging_collector=off", "dynamic_shared_memory_type=mmap", "timezone=UTC", "log_timezone=UTC",
        "lc_messages=C",
    ]

    /// - Parameter data: the data directory; its parent holds the socket.
    static func start(
        _ spec: PostgresSpec, on data: String, with tools: PostgresTools, in stand: Stand,
        named member: String
    ) async throws(StandFailure) -> PostgresServer {
        let folder = parent(of: data)
        // A socket's path has room for 107 bytes (unix(7)).
        let socket = folder.utf8.count < 80 ? folder : "/tmp"
        var port: UInt16 = 0
        let reactor = stand.reactor
        let program = try await stand.start(
            member, ports: 1, fixed: spec.port, at: tools.location, tools.scope
        ) { ports throws(StandFailure) in
            port = ports[0]
            let given = spec.settings.map { "\($0.name)=\($0.value)" }
            let words =
                [tools.program("postgres"), "-D", data, "-p", "\(port)", "-k", socket]
                + (settings + given).flatMap { ["-c", $0] }
            let information = information(socket: socket, port: port, user: spec.user, database: "postgres")
            return Launch(
                name: member, location: tools.location, title: "postgres '\(member)'",
                command: tools.words(words),
                folder: folder,
                // An immediate shutdown: nothing of it is wanted again.
                stopSignal: 3, stopWithin: .seconds(3), readyWithin: .seconds(20)
            ) { deadline, scope throws(StandFailure) in
                do throws(DatabaseError) {
                    let connection = try await PostgresConnection.open(
                        information, on: reactor, until: deadline, in: scope)
                    connection.close()
                    return nil
                } catch {
                    return error.message
                }
            }
        }
        return PostgresServer(program: program, port: port, socket: socket, user: spec.user)
    }

    func database(_ name: String, limit: Int = 8, isTransaction: Bool = false) -> PostgresDatabase {
        PostgresDatabase(information(name), limit: limit, isTransaction: isTransaction)
    }

    func information(_ database: String) -> String {
        Self.information(socket: socket, port: port, user: user, database: database)
    }

    private static func information(socket: String, port: UInt16, user: String, database: String) -> String {
        func quoted(_ text: String) -> String {
            "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
        }
        return "host=\(quoted(socket)) port=\(port) user=\(quoted(user)) dbname=\(quoted(database)) "
            + "sslmode=disable gssencmode=disable application_name=assay client_encoding=UTF8"
    }
}

func parent(of path: String) -> String {
    String(path.dropLast(path.reversed().prefix { $0 != "/" }.count + 1))
}
