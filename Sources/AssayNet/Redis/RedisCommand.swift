internal import AssayWire

/// What a client must know of a command to find its reply among what the server sends.
enum RedisCommand {
    /// One value answers it.
    case plain
    /// Pushes of this kind answer it, one a channel (RESP3 has no other reply to these).
    case confirmed(by: String, family: Family, channels: Int)
    /// Its answer could not be told from other replies; why.
    case refused(String)

    /// Channels, patterns and sharded channels are subscribed to apart from each other.
    enum Family: Sendable { case channels, patterns, shards }

    init(_ words: [[UInt8]], speaking version: RESPVersion) {
        let name = words.first.map(upperASCII) ?? ""
        switch name {
        case "SUBSCRIBE": self = Self.confirmed(by: "subscribe", family: .channels, channels: words.count - 1)
        case "UNSUBSCRIBE":
            self = Self.confirmed(by: "unsubscribe", family: .channels, channels: words.count - 1)
        case "PSUBSCRIBE":
            self = Self.confirmed(by: "psubscribe", family: .patterns, channels: words.count - 1)
        case "PUNSUBSCRIBE":
            self = Self.confirmed(by: "punsubscribe", family: .patterns, channels: words.count - 1)
        case "SSUBSCRIBE": self = Self.confirmed(by: "ssubscribe", family: .shards, channels: words.count - 1)
        case "SUNSUBSCRIBE":
            self = Self.confirmed(by: "sunsubscribe", family: .shards, channels: words.count - 1)
        case "MONITOR", "SYNC", "PSYNC":
            self = .refused("\(name) turns the connection into a stream without replies")
        case "CLIENT" where words.count > 1 && upperASCII(words[1]) == "REPLY":
            self = .refused("CLIENT REPLY would leave commands without replies")
        case "": self = .refused("a command has at least one word")
        default: self = .plain
        }
        if case .confirmed = self, version == .two {
            self = .refused("\(name) needs RESP3: in RESP2 messages cannot be told from replies")
        }
    }
}

/// A word as servers compare names.
func upperASCII(_ word: [UInt8]) -> String {
    String(decoding: word.map { $0 &- 0x61 < 26 ? $0 - 32 : $0 }, as: UTF8.self)
}

/// Channels that a connection listens to, as the server confirmed them.
struct RedisSubscriptions {
    private var channels: Set<[UInt8]> = []
    private var patterns: Set<[UInt8]> = []
    private var shards: Set<[UInt8]> = []

    subscript(_ family: RedisCommand.Family) -> Int {
        switch family {
        case .channels: channels.count
        case .patterns: patterns.count
        case .shards: shards.count
        }
    }

    mutating func note(_ kind: String, _ channel: [UInt8]) {
        switch kind {
        case "subscribe": channels.insert(channel)
        case "unsubscribe": channels.remove(channel)
        case "psubscribe": patterns.insert(channel)
        case "punsubscribe": patterns.remove(channel)
        case "ssubscribe": shards.insert(channel)
        case "sunsubscribe": shards.remove(channel)
        default: break
        }
    }
}

/// Pushes that nobody has taken yet; over its bounds the oldest go.
final class RedisPushes {
    private(set) var dropped = 0
    private var waiting: [(value: RESPValue, length: Int)] = []
    private var bytes = 0
    private let countLimit: Int
    private let bytesLimit: Int

    init(countLimit: Int, bytesLimit: Int) {
        self.countLimit = countLimit
        self.bytesLimit = bytesLimit
    }

    func add(_ value: RESPValue, length: Int) {
        waiting.append((value, length))
        bytes += length
        while waiting.count > countLimit || bytes > bytesLimit {
            bytes -= waiting.removeFirst().length
            dropped += 1
        }
    }

    func takeAll() -> [RESPValue] {
        defer {
            waiting.removeAll()
            bytes = 0
        }
        return waiting.map(\.value)
    }
}
