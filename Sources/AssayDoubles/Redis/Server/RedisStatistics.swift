/// What INFO counts.
struct RedisStatistics {
    struct Command {
        var calls: Int64 = 0
        var nanoseconds: Int64 = 0
        var rejected: Int64 = 0
        var failed: Int64 = 0
    }

    var connections: Int64 = 0
    var rejectedConnections: Int64 = 0
    var commands: Int64 = 0
    var expiredKeys: Int64 = 0
    var evictedKeys: Int64 = 0
    var keyspaceHits: Int64 = 0
    var keyspaceMisses: Int64 = 0
    var inputBytes: Int64 = 0
    var outputBytes: Int64 = 0
    var errors: Int64 = 0
    /// Counts by the first word of errors.
    var errorKinds: [String: Int64] = [:]
    /// By ``RedisCommand/index``.
    var byCommand: ContiguousArray<Command>

    init(commands count: Int) { byCommand = ContiguousArray(repeating: Command(), count: count) }

    mutating func count(_ failure: RedisFailure) {
        errors += 1
        let kind = failure.text.split(separator: " ", maxSplits: 1).first.map(String.init) ?? ""
        if errorKinds.count < 128 || errorKinds[kind] != nil { errorKinds[kind, default: 0] += 1 }
    }
}
