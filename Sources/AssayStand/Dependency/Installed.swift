public import AssayNet

/// Finds the programs that dependencies are made of.
public struct Installed: Sendable {
    /// Folders to look in, in place of PATH and the usual ones.
    private let folders: [String]?

    /// Where Debian and others put servers, besides PATH.
    private static let usual = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]
    /// Folders with a folder for each PostgreSQL version: Debian keeps them side by side, off PATH.
    private static let postgresRoots = ["/usr/lib/postgresql", "/usr/local/pgsql", "/opt/postgresql"]

    /// - Parameter folders: separated by colons, as `ASSAY_PROGRAMS` has them; `nil` looks everywhere.
    public init(folders: String? = Host.environment("ASSAY_PROGRAMS")) {
        self.folders = folders.map { $0.split(separator: ":").map(String.init) }
    }

    private var places: [String] {
        folders ?? (Host.environment("PATH") ?? "").split(separator: ":").map(String.init) + Self.usual
    }

    /// Full path of a program; `nil` when it is nowhere.
    public func path(of program: String) -> String? {
        places.lazy.map { "\($0)/\(program)" }.first(where: Files.isExecutable)
    }

    /// Whether PostgreSQL can be spoken to: its client library is loaded when it is needed.
    public static var hasPostgresClient: Bool { PostgresLibrary.isThere }

    /// Who runs PostgreSQL for root, whom it refuses; `nil` when there is nobody.
    public static var postgresAccount: String? { ["postgres", "nobody"].first(where: Accounts.exists) }

    /// One PostgreSQL of this machine.
    public struct Postgres: Sendable, Equatable {
        /// Folder with `initdb` and `postgres`.
        public var folder: String
        /// Major version; 0 when the folder does not tell.
        public var version: Int
    }

    /// Every PostgreSQL server here, the newest first.
    public var postgres: [Postgres] {
        var found: [Postgres] = []
        for root in folders == nil ? Self.postgresRoots : [] {
            for name in (try? Files.names(in: root)) ?? [] {
                guard let version = Int(name) else { continue }
                found.append(Postgres(folder: "\(root)/\(name)/bin", version: version))
            }
            found.append(Postgres(folder: "\(root)/bin", version: 0))
        }
        found += places.map { Postgres(folder: $0, version: 0) }
        return found.filter {
            Files.isExecutable("\($0.folder)/initdb") && Files.isExecutable("\($0.folder)/postgres")
        }.sorted { $0.version > $1.version }
    }
}
