internal import AssayFormats
internal import Synchronization

/// What answers remember, by whose request it was.
final class RouteMemory: Sendable {
    /// Keys of the state, like tenants, that are remembered at most.
    static let keyLimit = 10_000

    private let values = Mutex<[String: JSONObject]>([:])

    func values(of key: String) -> JSONObject { values.withLock { $0[key] ?? JSONObject() } }

    /// - Returns: `false` when there are too many keys already.
    func remember(_ value: JSON, as name: String, of key: String) -> Bool {
        values.withLock { values in
            guard values[key] != nil || values.count < Self.keyLimit else { return false }
            values[key, default: JSONObject()][name] = value
            return true
        }
    }

    func reset() { values.withLock { $0 = [:] } }
}
