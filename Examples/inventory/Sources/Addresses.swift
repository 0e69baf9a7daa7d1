internal import AssayNet

/// Which database holds the inventory.
enum DatabaseAddress: Sendable {
    case sqlite(path: String)
    case postgres(PostgresAddress, shown: String)

    /// For people: never a password.
    var shown: String {
        switch self {
        case .sqlite(let path): "sqlite \(path)"
        case .postgres(_, let shown): "postgres \(shown)"
        }
    }

    /// `DB_URL`, else `DB_HOST` and its siblings; `nil` when neither is set.
    init?(environment set: (String) -> String?) throws(Settings.Fault) {
        if let url = set("DB_URL") {
            try self.init(url: url, from: "DB_URL")
            return
        }
        guard let host = set("DB_HOST") else { return nil }
        guard let name = set("DB_NAME"), let user = set("DB_USER") else {
            throw Settings.Fault(message: "DB_HOST is set, so DB_NAME and DB_USER are needed too")
        }
        let port = try Settings.port(set("DB_PORT") ?? "5432", "DB_PORT")
        var parameters = [("host", host), ("port", String(port)), ("dbname", name), ("user", user)]
        if let password = set("DB_PASSWORD") { parameters.append(("password", password)) }
        // libpq reads a name with a '=' or a scheme as a whole address.
        guard !name.contains("="), !name.contains("://") else {
            throw Settings.Fault(message: "DB_NAME is a database's name, found '\(name)'")
        }
        self = .postgres(PostgresAddress(parameters: parameters), shown: "\(host):\(port)/\(name)")
    }

    /// `sqlite:///inventory.db` is relative, `sqlite:////var/inventory.db` absolute; `postgres://…` is libpq's.
    init(url: String, from source: String) throws(Settings.Fault) {
        if url.hasPrefix("sqlite:///"), url.utf8.count > 10 {
            self = .sqlite(path: String(url.dropFirst(10)))
            return
        }
        guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
            let scheme = url.split(separator: ":").first ?? ""
            throw Settings.Fault(
                message: "\(source) begins with sqlite:/// or postgres://, found '\(scheme):…'")
        }
        if PostgresAddress.fault(in: url) != nil {
            // libpq's words may hold the password.
            throw Settings.Fault(
                message: "\(source) is no address of a PostgreSQL server: \(Self.shown(url))")
        }
        self = .postgres(PostgresAddress(parameters: [("dbname", url)]), shown: Self.shown(url))
    }

    /// `host:port/name` of a URL: without user, password and parameters, any of which may be secret.
    private static func shown(_ url: String) -> String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let place = rest.lastIndex(of: "@").map { rest[rest.index(after: $0)...] } ?? rest
        return String(place.prefix { $0 != "?" })
    }
}

extension RedisAddress {
    /// `REDIS_URL`, else `REDIS_HOST` and `REDIS_PORT`; `nil` when neither is set.
    init?(environment set: (String) -> String?) throws(Settings.Fault) {
        if let url = set("REDIS_URL") {
            do throws(RedisAddressError) { try self.init(parsing: url) } catch {
                throw Settings.Fault(message: "REDIS_URL: \(error)")
            }
            return
        }
        guard let host = set("REDIS_HOST") else { return nil }
        let port = try Settings.port(set("REDIS_PORT") ?? "6379", "REDIS_PORT")
        self.init(.tcp(host: host, port: port), password: set("REDIS_PASSWORD"))
    }
}
