internal import AssayNet
internal import AssayWire
internal import FleetCore

/// Locks in Redis, shared by every UI that uses it: `SET NX PX`, and scripts that look at the holder first.
final class RedisLocks: LockStore {
    private let address: RedisAddress
    private let reactor: Reactor
    private let isForever: Bool
    /// Each has one exchange at a time.
    private var idle: [RedisClient] = []

    private static let patienceNanoseconds: Int64 = 2_000_000_000
    private static let mostIdle = 32
    /// 1: done, 0: somebody else's, -1: nobody's.
    private static func script(_ action: String) -> String {
        """
        local value = redis.call('get', KEYS[1])
        if not value then return -1 end
        if string.sub(value, 1, string.len(ARGV[1]) + 1) ~= ARGV[1] .. ' ' then return 0 end
        \(action)
        return 1
        """
    }

    init(_ address: RedisAddress, defect: Defect? = nil, on reactor: Reactor) {
        self.address = address
        self.reactor = reactor
        isForever = defect == .lockForever
    }

    /// One script, so that nobody comes between the question and the answer.
    func acquire(_ resource: String, for holder: LockHolder, milliseconds: Int64) async throws(LockTrouble)
        -> LockAnswer
    {
        let script = """
            local held = redis.call('get', KEYS[1])
            if held then return {held, redis.call('pttl', KEYS[1])} end
            redis.call('set', KEYS[1], ARGV[1], 'NX'\(isForever ? "" : ", 'PX', ARGV[2]"))
            return 1
            """
        switch try await ask(["EVAL", script, "1", key(resource), holder.text, String(milliseconds)]) {
        case .integer(1): return .done
        case .array(let parts):
            guard let bytes = parts.first?.bytes, case .integer(let left)? = parts.last else { break }
            let owner = LockHolder(text: String(decoding: bytes, as: UTF8.self)).owner
            // -1: it never ends.
            return .held(by: owner, milliseconds: left < 0 ? .max : left)
        default: break
        }
        throw LockTrouble(reason: "EVAL answered neither 1 nor a holder")
    }

    func renew(_ resource: String, token: String, milliseconds: Int64) async throws(LockTrouble) -> LockAnswer
    {
        let action = isForever ? "" : "redis.call('pexpire', KEYS[1], ARGV[2])"
        return try await own(resource, Self.script(action), token, String(milliseconds))
    }

    func release(_ resource: String, token: String) async throws(LockTrouble) -> LockAnswer {
        try await own(resource, Self.script("redis.call('del', KEYS[1])"), token)
    }

    func holder(of resource: String) async throws(LockTrouble) -> (owner: String, milliseconds: Int64)? {
        let reply = try await ask(["GET", key(resource)])
        guard let bytes = reply.bytes, !reply.isNull else { return nil }
        var left: Int64 = -1
        if case .integer(let value) = try await ask(["PTTL", key(resource)]) { left = value }
        // -1: it never ends; -2: it has ended just now.
        guard left != -2 else { return nil }
        let owner = LockHolder(text: String(decoding: bytes, as: UTF8.self)).owner
        return (owner, left < 0 ? .max : left)
    }

    private func own(_ resource: String, _ script: String, _ words: String...) async throws(LockTrouble)
        -> LockAnswer
    {
        switch try await ask(["EVAL", script, "1", key(resource)] + words) {
        case .integer(1): return .done
        case .integer(0):
            guard let held = try await holder(of: resource) else { return .free }
            return .held(by: held.owner, milliseconds: held.milliseconds)
        case .integer: return .free
        default: throw LockTrouble(reason: "EVAL answered no number")
        }
    }

    private func key(_ resource: String) -> String { "fleet:lock:\(resource)" }

    private func ask(_ words: [String]) async throws(LockTrouble) -> RESPValue {
        let client =
            idle.popLast()
            ?? RedisClient(address, on: reactor, options: RedisOptions(connectTimeout: .seconds(1)))
        let result = await client.command(words.map { Array($0.utf8) }, timeout: Self.patienceNanoseconds)
        if idle.count < Self.mostIdle { idle.append(client) }
        switch result {
        case .failure(let failure): throw LockTrouble(reason: "\(address): \(failure)")
        case .success(let reply):
            if let error = reply.errorText { throw LockTrouble(reason: "\(address): \(error)") }
            return reply
        }
    }
}
