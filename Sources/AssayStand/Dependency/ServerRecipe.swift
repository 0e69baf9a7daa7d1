internal import AssayFormats
internal import AssayNet

/// How one kind of server is found, started and reached. A new kind is a file in `Servers/` and a line in ``all``.
public struct ServerRecipe: Sendable {
    /// The word users write: `redis`.
    public var keyword: String
    /// What people call it.
    public var title: String
    public var program: String
    /// The Debian package that has it.
    public var package: String
    /// Arguments that make it print its version.
    public var versionArguments: [String] = ["--version"]
    /// What `${name.…}` has besides `url`, `host`, `port` and `address`.
    public var moreMembers: [String] = []
    /// Whether `config` is a file of the user's; else it is a mapping of settings.
    var takesConfigurationFile = false
    /// Keys that are `true` or left out.
    var switches: [String] = []
    /// Whether a scenario with databases of its own gets one of these for itself.
    var isOwnPerScenario = false
    /// Whether a double in this process can take its place.
    var hasDouble = false
    /// Takes away all that clients have put there; why it could not, or `nil`.
    var empty: (@Sendable (_ binding: JSONObject, _ reactor: Reactor) async -> String?)?
    /// Ports besides the first.
    var morePorts = 0
    /// Words after the program; may write files into the place's folder.
    var arguments: @Sendable (ServerPlace) throws -> [String]
    /// What was seen in place of readiness; `nil` when it is ready.
    var probe:
        @Sendable (_ place: ServerPlace, _ reactor: Reactor, _ deadline: Int64, _ scope: CancelScope) async ->
            String?
    /// What `${name}` gives.
    var binding: @Sendable (ServerPlace) -> JSONObject

    /// Members that templates may name.
    public var members: [String] { ["url", "host", "port", "address"] + moreMembers }

    public static let all: [ServerRecipe] = [redis, prometheus, pushgateway, nats]

    static func named(_ keyword: String) -> ServerRecipe? { all.first { $0.keyword == keyword } }
}

/// Where one server runs.
struct ServerPlace: Sendable {
    var spec: ServerSpec
    /// Private to this server, removed at its end.
    var folder: String
    var ports: [UInt16]
    /// What the user's own paths start from.
    var projectFolder: String

    var port: UInt16 { ports[0] }

    /// `url` with a scheme, `host`, `port`, `address`.
    func binding(scheme: String) -> JSONObject {
        [
            "url": .string("\(scheme)://127.0.0.1:\(port)"), "host": "127.0.0.1", "port": .int(Int64(port)),
            "address": .string("127.0.0.1:\(port)"),
        ]
    }
}
