internal import AssayNet
internal import AssayWire

/// Texts in Redis, over a few connections. Used on its reactor's thread only.
final class RedisStore: KeyValueStore {
    private let clients: Lender<RedisClient>

    /// A cache that takes longer is none.
    private static let patienceNanoseconds: Int64 = 500_000_000
    private static let connections = 8

    init(_ address: RedisAddress, on reactor: Reactor) {
        let options = RedisOptions(connectTimeout: .milliseconds(500))
        clients = Lender(
            (0..<Self.connections).map { _ in RedisClient(address, on: reactor, options: options) },
            on: reactor)
    }

    func get(_ key: String) async throws(KeyValueError) -> String? {
        let reply = try await ask("GET", key)
        if reply.isNull { return nil }
        guard let bytes = reply.bytes else { throw KeyValueError(description: "GET answered no text") }
        return String(decoding: bytes, as: UTF8.self)
    }

    func set(_ key: String, to text: String, forSeconds seconds: Int) async throws(KeyValueError) {
        _ = try await ask("SET", key, text, "EX", String(seconds))
    }

    func delete(_ key: String) async throws(KeyValueError) { _ = try await ask("DEL", key) }

    func ping() async throws(KeyValueError) { _ = try await ask("PING") }

    private func ask(_ words: String...) async throws(KeyValueError) -> RESPValue {
        guard let client = await clients.take() else {
            throw KeyValueError(description: "too many requests wait for a connection")
        }
        let result = await client.command(words.map { Array($0.utf8) }, timeout: Self.patienceNanoseconds)
        clients.giveBack(client)
        switch result {
        case .failure(let failure):
            throw KeyValueError(description: "\(client.address): \(failure)")
        case .success(let reply):
            if let error = reply.errorText {
                throw KeyValueError(description: "\(client.address): \(error)")
            }
            return reply
        }
    }
}
