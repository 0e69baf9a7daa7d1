internal import AssayFormats
internal import AssayNet
internal import Glibc

/// What the service was told by its options and environment; an option wins.
struct Settings {
    struct Fault: Error { var message: String }

    var address = SocketAddress.loopback(port: 8080)
    var database = "inventory.db"
    /// Whose tokens count.
    var tokens: TokenCheck
    var logLevel = Log.Level.info
    var losesUpdates = false
    var wantsHelp = false

    static let usage = """
        usage: inventory-service [--host ADDRESS] [--port N] [--db PATH]

          --host ADDRESS  numeric address to listen on; 127.0.0.1 unless said
          --port N        8080 unless said (or PORT); 0 lets the system choose
          --db PATH       SQLite file, made when absent; or DB_URL=sqlite:///PATH

        environment
          JWT_KEY         signs the tokens (HS256); required
          JWT_ISSUER      the `iss` that tokens must have, when set
          JWT_AUDIENCE    the `aud` that tokens must have, when set
          LOG_LEVEL       debug, info, warn or error; info unless said
          INVENTORY_DEFECT=lost-update   plants a mistake for tests to find
        """

    init(arguments: [String], environment: (String) -> String?) throws(Fault) {
        func set(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        tokens = TokenCheck(key: Array((set("JWT_KEY") ?? "").utf8))
        tokens.issuer = set("JWT_ISSUER")
        tokens.audience = set("JWT_AUDIENCE")
        var host = "127.0.0.1"
        var port = try Self.port(set("PORT") ?? "8080", "PORT")
        if let url = set("DB_URL") { database = try Self.path(of: url) }
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
            default: database = value
            }
        }
        guard let address = SocketAddress(numeric: host, port: port) else {
            throw Fault(message: "--host is a numeric address, found '\(host)'")
        }
        self.address = address
        guard !tokens.key.isEmpty else {
            throw Fault(message: "JWT_KEY is not set; without it no token can be checked")
        }
    }

    private static func port(_ text: String, _ source: String) throws(Fault) -> UInt16 {
        guard let port = UInt16(text) else {
            throw Fault(message: "\(source) is a number up to 65535, found '\(text)'")
        }
        return port
    }

    /// `sqlite:///inventory.db` is relative, `sqlite:////var/inventory.db` absolute.
    private static func path(of url: String) throws(Fault) -> String {
        guard url.hasPrefix("sqlite:///"), url.utf8.count > 10 else {
            throw Fault(message: "DB_URL begins with sqlite:///, found '\(url)'")
        }
        return String(url.dropFirst(10))
    }
}

/// Ends the process at once.
func exitProcess(_ status: Int32) -> Never { exit(status) }
