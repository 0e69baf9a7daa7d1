internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayStand
internal import AssayWire

/// The Redis double where a stand wants a Redis and the machine has none.
final class RedisStandIn: StandIn {
    let binding: JSONObject
    let detail: String
    private let redis: RedisDouble

    /// - Parameter environment: tells the time.
    static func maker(_ environment: TemplateEnvironment, seed: UInt64) -> StandInMaker {
        { (place, reactor) throws(StandFailure) in
            try RedisStandIn(place, DoubleClock(environment.nowMilliseconds), seed: seed, on: reactor)
        }
    }

    private init(
        _ place: StandInPlace, _ clock: DoubleClock, seed: UInt64, on reactor: Reactor
    ) throws(StandFailure) {
        let password = place.settings.first { $0.name == "requirepass" }?.value ?? ""
        let options = RedisDouble.Options(
            port: place.port, socket: place.socket, password: password, seed: seed)
        do {
            redis = try RedisDouble(options, clock: clock, on: reactor)
        } catch {
            throw StandFailure(member: place.name, message: "\(error)", location: place.location)
        }
        // What the double does not know of a configuration is for the program only.
        for setting in place.settings where setting.name != "requirepass" {
            _ = redis.execute(["CONFIG", "SET", setting.name, setting.value])
        }
        let address = "127.0.0.1:\(redis.port ?? 0)"
        let credentials = password.isEmpty ? "" : "default:\(password)@"
        binding = [
            "url": .string("redis://\(credentials)\(address)/0"), "host": "127.0.0.1",
            "port": .int(Int64(redis.port ?? 0)), "address": .string(address),
            "socket": .string(place.socket), "database": 0,
        ]
        detail = "the Redis double"
    }

    func reset() async -> String? { redis.execute(["FLUSHALL"]).errorText }

    func stop() { redis.stop() }
}
