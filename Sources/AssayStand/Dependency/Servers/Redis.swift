internal import AssayFormats
internal import AssayNet
internal import AssayWire

extension ServerRecipe {
    /// Redis without persistence, on a port and a Unix socket.
    static let redis = ServerRecipe(
        keyword: "redis", title: "Redis", program: "redis-server", package: "redis-server",
        moreMembers: ["socket", "database"], isOwnPerScenario: true, hasDouble: true,
        empty: { await empty($0, on: $1) }
    ) { place in
        [
            "--port", "\(place.port)", "--bind", "127.0.0.1", "--unixsocket", socket(place), "--dir",
            place.folder,
            "--save", "", "--appendonly", "no", "--daemonize", "no", "--databases", "16",
        ] + place.spec.settings.flatMap { ["--\($0.name)", $0.value] }
    } probe: { place, reactor, deadline, scope in
        // With a password it refuses, and is ready all the same.
        let seen = await Probe.tcp(
            port: place.port, sending: "PING\r\n", expecting: "+PONG", on: reactor, until: deadline, in: scope
        )
        return seen?.hasPrefix("it said '-NOAUTH") == true ? nil : seen
    } binding: { place in
        var binding = place.binding(scheme: "redis")
        let password = place.spec.settings.first { $0.name == "requirepass" }?.value
        let credentials = password.map { "default:\($0)@" } ?? ""
        binding["url"] = .string("redis://\(credentials)127.0.0.1:\(place.port)/0")
        binding["socket"] = .string(socket(place))
        binding["database"] = 0
        return binding
    }

    private static func socket(_ place: ServerPlace) -> String { "\(place.folder)/redis.sock" }

    private static func empty(_ binding: JSONObject, on reactor: Reactor) async -> String? {
        do throws(RedisAddressError) {
            let client = RedisClient(
                try RedisAddress(parsing: binding["url"]?.stringValue ?? ""), on: reactor)
            defer { client.close() }
            switch await client.command("FLUSHALL") {
            case .success(let reply): return reply.errorText
            case .failure(let failure): return failure.description
            }
        } catch {
            return error.description
        }
    }
}
