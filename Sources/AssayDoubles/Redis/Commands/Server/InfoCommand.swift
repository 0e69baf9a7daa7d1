internal import AssayNet

/// INFO: lines of `name:value` in sections, for what clients and tests look at.
struct ServerInfo {
    let server: RedisServer

    /// In the order of INFO; those behind `keyspace` only when asked for.
    static let sections = [
        "server", "clients", "memory", "persistence", "stats", "replication", "cpu", "modules", "errorstats",
        "cluster", "keyspace", "commandstats", "latencystats",
    ]
    private static let defaults = Set(sections.prefix(11))

    /// - Parameter names: sections, `all`, `default`, `everything`; the usual ones when empty.
    func text(_ names: [String]) -> String {
        var wanted: Set<String> = []
        for name in names.isEmpty ? ["default"] : names {
            switch name.lowercased() {
            case "all", "everything": wanted.formUnion(Self.sections)
            case "default": wanted.formUnion(Self.defaults)
            case let name: wanted.insert(name)
            }
        }
        return Self.sections.filter { wanted.contains($0) }.map { name in
            let title = name.prefix(1).uppercased() + name.dropFirst()
            let lines = lines(of: name).map { "\($0.0):\($0.1)\r\n" }.joined()
            return "# \(name == "cpu" ? "CPU" : title)\r\n" + lines
        }.joined(separator: "\r\n")
    }

    private typealias Lines = [(String, String)]

    private func lines(of section: String) -> [(String, String)] {
        switch section {
        case "server": serverLines
        case "clients": clientLines
        case "memory": memoryLines
        case "persistence": persistenceLines
        case "stats": statisticsLines
        case "replication": replicationLines
        case "cpu": [("used_cpu_sys", "0.000000"), ("used_cpu_user", "0.000000")]
        case "errorstats":
            server.stats.errorKinds.sorted { $0.key < $1.key }.map {
                ("errorstat_\($0.key)", "count=\($0.value)")
            }
        case "cluster": [("cluster_enabled", "0")]
        case "keyspace": keyspaceLines
        case "commandstats": commandLines
        default: []
        }
    }

    private var serverLines: Lines {
        let uptime = max(0, server.now - server.startedAt) / 1000
        return [
            ("redis_version", RedisServer.version), ("redis_git_sha1", "00000000"), ("redis_git_dirty", "0"),
            ("redis_build_id", "0"), ("redis_mode", "standalone"), ("os", "Linux"), ("arch_bits", "64"),
            ("monotonic_clock", "POSIX clock_gettime"), ("multiplexing_api", "epoll"),
            ("process_id", "\(Host.processID)"), ("process_supervised", "no"), ("run_id", server.runID),
            ("tcp_port", "\(server.port ?? 0)"), ("server_time_usec", "\(server.now * 1000)"),
            ("uptime_in_seconds", "\(uptime)"), ("uptime_in_days", "\(uptime / 86_400)"), ("hz", "10"),
            ("configured_hz", "10"), ("lru_clock", "\(server.now / 1000 & 0xFF_FFFF)"), ("executable", ""),
            ("config_file", ""), ("io_threads_active", "0"),
        ]
    }

    private var clientLines: Lines {
        [
            ("connected_clients", "\(server.clients.count)"), ("cluster_connections", "0"),
            ("maxclients", "\(server.config.maxClients)"), ("client_recent_max_input_buffer", "0"),
            ("client_recent_max_output_buffer", "0"), ("blocked_clients", "\(server.blockedCount)"),
            ("tracking_clients", "\(server.trackingCount)"), ("clients_in_timeout_table", "0"),
        ]
    }

    private var memoryLines: Lines {
        let used = server.usedBytes
        let lua = server.scripts.usedBytes
        let policy = server.parameter("maxmemory-policy")
        return [
            ("used_memory", "\(used)"), ("used_memory_human", Self.human(used)),
            ("used_memory_rss", "\(used)"),
            ("used_memory_peak", "\(used)"), ("used_memory_peak_human", Self.human(used)),
            ("used_memory_startup", "800000"), ("used_memory_dataset", "\(max(0, used - 800_000))"),
            ("used_memory_lua", "\(lua)"), ("used_memory_vm_eval", "\(lua)"),
            ("used_memory_scripts_eval", "\(server.scripts.scriptBytes)"),
            ("number_of_cached_scripts", "\(server.scripts.scripts.count)"),
            ("number_of_functions", "\(server.scripts.functions.functionCount)"),
            ("number_of_libraries", "\(server.scripts.functions.libraries.count)"),
            ("used_memory_scripts", "\(server.scripts.scriptBytes)"),
            ("maxmemory", server.parameter("maxmemory")),
            ("maxmemory_human", Self.human(Int(server.parameter("maxmemory")) ?? 0)),
            ("maxmemory_policy", policy), ("mem_fragmentation_ratio", "1.00"), ("mem_clients_slaves", "0"),
            ("mem_clients_normal", "\(server.clients.values.reduce(0) { $0 + $1.memoryBytes })"),
            ("mem_allocator", "libc"), ("active_defrag_running", "0"), ("lazyfree_pending_objects", "0"),
            ("lazyfreed_objects", "0"),
        ]
    }

    private static func human(_ bytes: Int) -> String {
        if bytes < 1024 { return "\(bytes)B" }
        var size = Double(bytes) / 1024
        for unit in ["K", "M"] {
            if size < 1024 { return NumberText.formatted("%.2f", [size]) + unit }
            size /= 1024
        }
        return NumberText.formatted("%.2fG", [size])
    }

    private var persistenceLines: Lines {
        [
            ("loading", "0"), ("async_loading", "0"), ("current_cow_size", "0"),
            ("rdb_changes_since_last_save", "\(server.dirty)"), ("rdb_bgsave_in_progress", "0"),
            ("rdb_last_save_time", "\(server.savedAt / 1000)"), ("rdb_last_bgsave_status", "ok"),
            ("rdb_last_bgsave_time_sec", "-1"), ("rdb_current_bgsave_time_sec", "-1"), ("rdb_saves", "0"),
            ("aof_enabled", "0"), ("aof_rewrite_in_progress", "0"), ("aof_rewrite_scheduled", "0"),
            ("aof_last_rewrite_time_sec", "-1"), ("aof_last_bgrewrite_status", "ok"),
            ("aof_last_write_status", "ok"),
        ]
    }

    private var statisticsLines: Lines {
        let stats = server.stats
        let counts: [(String, Int64)] = [
            ("total_connections_received", stats.connections), ("total_commands_processed", stats.commands),
            ("instantaneous_ops_per_sec", 0), ("total_net_input_bytes", stats.inputBytes),
            ("total_net_output_bytes", stats.outputBytes),
            ("rejected_connections", stats.rejectedConnections),
            ("sync_full", 0), ("sync_partial_ok", 0), ("sync_partial_err", 0),
            ("expired_keys", stats.expiredKeys),
            ("expired_time_cap_reached_count", 0), ("evicted_keys", stats.evictedKeys),
            ("evicted_clients", 0),
            ("keyspace_hits", stats.keyspaceHits), ("keyspace_misses", stats.keyspaceMisses),
            ("pubsub_channels", Int64(server.channelSubscribers.count)),
            ("pubsub_patterns", Int64(server.patternSubscribers.count)),
            ("pubsubshard_channels", Int64(server.shardSubscribers.count)), ("latest_fork_usec", 0),
            ("total_forks", 0), ("tracking_total_keys", Int64(server.trackedKeys.keys)),
            ("tracking_total_items", Int64(server.trackedKeys.items)),
            ("tracking_total_prefixes", Int64(server.trackedKeys.prefixes)), ("unexpected_error_replies", 0),
            ("total_error_replies", stats.errors), ("total_reads_processed", stats.commands),
            ("total_writes_processed", stats.commands),
        ]
        return counts.map { ($0.0, "\($0.1)") }
    }

    private var replicationLines: Lines {
        let master = server.config.master
        let upstream: Lines =
            master.map {
                [
                    ("role", "slave"), ("master_host", $0[0]), ("master_port", $0[1]),
                    ("master_link_status", "down"), ("master_sync_in_progress", "0"),
                ]
            } ?? [("role", "master")]
        return upstream + [
            ("connected_slaves", "0"), ("master_failover_state", "no-failover"),
            ("master_replid", server.runID), ("master_replid2", String(repeating: "0", count: 40)),
            ("master_repl_offset", "0"), ("second_repl_offset", "-1"), ("repl_backlog_active", "0"),
            ("repl_backlog_size", "1048576"), ("repl_backlog_first_byte_offset", "0"),
            ("repl_backlog_histlen", "0"),
        ]
    }

    private var keyspaceLines: Lines {
        server.databases.filter { $0.count > 0 }.map {
            ("db\($0.index)", "keys=\($0.count),expires=\($0.expiringCount),avg_ttl=0")
        }
    }

    private var commandLines: Lines {
        server.table.all.compactMap { command in
            let counts = server.stats.byCommand[command.index]
            guard counts.calls > 0 || counts.failed > 0 || counts.rejected > 0 else { return nil }
            let micros = counts.nanoseconds / 1000
            let each = counts.calls > 0 ? Double(counts.nanoseconds) / 1000 / Double(counts.calls) : 0
            return (
                "cmdstat_\(command.fullName)",
                "calls=\(counts.calls),usec=\(micros),usec_per_call=\(NumberText.formatted("%.2f", [each])),"
                    + "rejected_calls=\(counts.rejected),failed_calls=\(counts.failed)"
            )
        }
    }
}

extension RedisServer {
    var trackedKeys: (keys: Int, items: Int, prefixes: Int) {
        guard hasTrackingClients else { return (0, 0, 0) }
        var all: Set<[UInt8]> = []
        var (items, prefixes) = (0, 0)
        for tracking in clients.values.compactMap(\.tracking) {
            all.formUnion(tracking.keys)
            items += tracking.keys.count
            prefixes += tracking.isBroadcast ? max(1, tracking.prefixes.count) : 0
        }
        return (all.count, items, prefixes)
    }
}
