internal import AssayFormats
internal import AssayNet
internal import Glibc

/// What the service was told by its options and environment; an option wins.
struct Settings {
    struct Fault: Error { var message: String }

    var address = SocketAddress.loopback(port: 8080)
    /// `/metrics` is told there as well.
    var metricsAddress: SocketAddress?
    var database = DatabaseAddress.sqlite(path: "inventory.db")
    /// How many connections to the database there are at most; SQLite takes one.
    var connections = 6
    /// Where balances are cached; `nil`: nowhere.
    var redis: RedisAddress?
    /// Whose tokens count.
    var tokens: TokenCheck
    var logLevel = Log.Level.info
    var losesUpdates = false
    var wantsHelp = false

    static let usage = """
        usage: inventory-service [--host ADDRESS] [--port N] [--db PATH|URL]

          --host ADDRESS  numeric address to listen on; 127.0.0.1 unless said
          --port N        8080 unless said (or SERVER_PORT, or PORT); 0 lets the system choose
          --db PATH|URL   SQLite file, or a URL as in DB_URL; inventory.db unless said

        environment
          DB_URL          sqlite:///PATH, or postgres://USER:PASSWORD@HOST:PORT/NAME[?host=/SOCKET/FOLDER]
          DB_HOST, DB_PORT, DB_NAME, DB_USER, DB_PASSWORD
                          PostgreSQL, when DB_URL is not set; port 5432 unless said
          DB_CONNECTIONS  to PostgreSQL at most: 1 to 8, 6 unless said
          REDIS_URL       redis://[USER:PASSWORD@]HOST:PORT[/NUMBER] or unix:///SOCKET: caches balances;
                          works without
          REDIS_HOST, REDIS_PORT, REDIS_PASSWORD
                          the same, when REDIS_URL is not set; port 6379 unless said
          METRICS_PORT    a port for /metrics besides the service's own
          JWT_KEY         signs the tokens (HS256); required
          JWT_ISSUER      the `iss` that tokens must have, when set
          JWT_AUDIENCE    the `aud` that tokens must have, when set
          LOG_LEVEL       debug, info, warn or error; info unless said
          INVENTORY_DEFECT=lost-update   plants a mistake for tests to find

        The tables are not made here: apply db/schema.sql to SQLite, db/migrations to PostgreSQL.
        """

    init(arguments: [String], environment: (String) -> String?) throws(Fault) {
        func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        tokens = TokenCheck(key: Array((set("JWT_KEY") ?? "").utf8))
        tokens.issuer = set("JWT_ISSUER")
        tokens.audience = set("JWT_AUDIENCE")
        var host = "127.0.0.1"
        let portName = set("SERVER_PORT") == nil ? "PORT" : "SERVER_PORT"
        var port = try Self.port(set(portName) ?? "8080", portName)
        if let found = try DatabaseAddress(environment: set) { database = found }
        redis = try RedisAddress(environment: set)
        if let text = set("DB_CONNECTIONS") {
            guard let count = Int(text), (1...8).contains(count) else {
                throw Fault(message: "DB_CONNECTIONS is a number from 1 to 8, found '\(text)'")
            }
            connections = count
        }
        if let word = set("LOG_LEVEL") {
            guard let level = Log.Level(word: word) else {
                throw Fault(message: "LOG_LEVEL is debug, info, warn or error, found '\(word)'")
            }
            logLevel = level
        }
        if let defect = set("INVENTORY_DEFECT") {
            guard defect == "lost-update" else {
                throw Fault(message: "INVENTORY_DEFECT is lost-update or empty, found '\(defect)'")
            }
            losesUpdates = true
        }
        var rest = arguments[...]
        while let option = rest.popFirst() {
            if option == "--help" || option == "-h" {
                wantsHelp = true
                return
            }
            guard ["--host", "--port", "--db"].contains(option) else {
                throw Fault(message: "there is no option '\(option)'")
            }
            guard let value = rest.popFirst() else { throw Fault(message: "\(option) needs a value") }
            switch option {
            case "--host": host = value
            case "--port": port = try Self.port(value, option)
            default:
                database =
                    value.contains("://")
                    ? try DatabaseAddress(url: value, from: option) : .sqlite(path: value)
            }
        }
        address = try Self.address(host, port)
        if let text = set("METRICS_PORT") {
            metricsAddress = try Self.address(host, try Self.port(text, "METRICS_PORT"))
        }
        guard !tokens.key.isEmpty else {
            throw Fault(message: "JWT_KEY is not set; without it no token can be checked")
        }
    }

    private static func address(_ host: String, _ port: UInt16) throws(Fault) -> SocketAddress {
        guard let address = SocketAddress(numeric: host, port: port) else {
            throw Fault(message: "--host is a numeric address, found '\(host)'")
        }
        return address
    }

    static func port(_ text: String, _ source: String) throws(Fault) -> UInt16 {
        guard let port = UInt16(text) else {
            throw Fault(message: "\(source) is a number up to 65535, found '\(text)'")
        }
        return port
    }
}

/// Ends the process at once.
func exitProcess(_ status: Int32) -> Never { exit(status) }
