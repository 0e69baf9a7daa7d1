extension CommandRow {
    /// A server that is no cluster answers all of them alike.
    static let clusterRows: [CommandRow] = [
        CommandRow(
            "cluster", -2, [], .none, .cluster, "3.0.0", "Tells that this server is no cluster.",
            subcommands: clusterReading.map { cluster($0, [.stale]) }
                + clusterChanging.map { cluster($0, [.admin, .noscript, .stale]) })
    ]

    private static let clusterReading = [
        "countkeysinslot", "getkeysinslot", "info", "keyslot", "links", "myid", "nodes", "shards", "slots",
    ]
    private static let clusterChanging = [
        "addslots", "addslotsrange", "bumpepoch", "count-failure-reports", "delslots", "delslotsrange",
        "failover", "flushslots", "forget", "meet", "replicas", "replicate", "reset", "saveconfig",
        "set-config-epoch", "setslot", "slaves",
    ]

    private static func cluster(_ name: String, _ flags: CommandFlags) -> CommandRow {
        CommandRow(name, -2, flags, .none, .cluster, "3.0.0", "Tells that this server is no cluster.") {
            (_) throws(RedisFailure) in throw .err("This instance has cluster support disabled")
        }
    }
}
