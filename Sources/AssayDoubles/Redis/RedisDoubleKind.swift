public import AssayCore
internal import AssayFormats
internal import AssayWire
public import AssayNet

/// A Redis in Assay's own process as a double of a stand: `{redis: {}}`, and `assay double redis`.
public struct RedisDoubleKind: DoubleKind {
    /// What AUTH wants; none when empty.
    public var password = ""
    /// The path of a Unix socket beside the port.
    public var socket: String?

    public init() {}

    public var memberNames: [String] { ["address", "socket", "database"] }

    public func start(
        _ start: inout DoubleStart, at address: SocketAddress
    ) throws(Diagnostic) -> any StartedDouble {
        try StartedRedis(self, start, at: address)
    }

    /// Reads the options of `redis:`.
    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> RedisDoubleKind? {
        if node.isNull { return RedisDoubleKind() }
        return yaml.mapping(node, "redis double") { fields in
            var kind = RedisDoubleKind()
            kind.password = fields.optional("password", yaml.text) ?? ""
            kind.socket = fields.optional("socket", yaml.string)
            return kind
        }
    }
}

/// A Redis double that is listening.
final class StartedRedis: StartedDouble {
    let name: String
    let url: String
    let bindings: JSONObject
    let secrets: [String]
    let detail: String
    let journal: RequestJournal? = nil
    private let redis: RedisDouble

    init(_ kind: RedisDoubleKind, _ start: DoubleStart, at address: SocketAddress) throws(Diagnostic) {
        var random = start.scope.random
        let options = RedisDouble.Options(
            port: address.port ?? 0, host: address.hostText, socket: kind.socket, password: kind.password,
            seed: random.next())
        do {
            redis = try RedisDouble(options, clock: start.clock, on: start.reactor)
        } catch {
            throw Diagnostic("AS125", "double '\(start.name)' cannot listen: \(error)", at: start.location)
        }
        name = start.name
        let credentials = kind.password.isEmpty ? "" : "default:\(kind.password)@"
        let place = "\(address.hostText):\(redis.port ?? 0)"
        url = "redis://\(credentials)\(place)/0"
        secrets = kind.password.isEmpty ? [] : [kind.password]
        detail = "Redis 7.0 in this process"
        bindings = [
            "url": .string(url), "host": .string(address.hostText), "port": .int(Int64(redis.port ?? 0)),
            "address": .string(place), "socket": .string(kind.socket ?? ""), "database": 0,
        ]
    }

    func change(_ change: DoubleChange) async -> String? {
        switch change {
        case .reset:
            redis.clock.reset()
            return redis.execute(["FLUSHALL"]).errorText
        case .travel(let time):
            redis.travel(time)
            return nil
        case .switches: return "a Redis double has no switches"
        case .faults: return "faults of a Redis double are set with its command ASSAY.FAULT"
        }
    }

    func stop() { redis.stop() }
}

extension SocketAddress {
    /// The address without its port, as users write hosts.
    var hostText: String {
        let text = "\(self)".dropLast(":\(port ?? 0)".count)
        return text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : String(text)
    }
}
