internal import AssayCore
internal import AssayWire

/// Keys that a scan found.
public struct RedisKeys: Sendable, Equatable {
    /// In the order of their bytes, none twice.
    public var keys: [[UInt8]]
    /// Whether these are all; `false` when the limit ended the scan.
    public var isComplete: Bool

    public init(keys: [[UInt8]], isComplete: Bool) {
        self.keys = keys
        self.isComplete = isComplete
    }
}

extension RedisClient {
    /// The database's keys, by SCAN: the server goes on serving others meanwhile.
    ///
    /// Keys that come or go during the scan may be in it or not.
    /// - Parameters:
    ///   - pattern: Redis's own (`inventory:*`); `nil` takes all keys.
    ///   - limit: how many keys are taken at most.
    ///   - timeout: nanoseconds for the whole scan.
    /// - Returns: the keys, or why they are not known; an error of the server's has the outcome `answered`.
    public func scanKeys(
        match pattern: [UInt8]? = nil, limit: Int, timeout: Int64 = 10_000_000_000,
        in scope: CancelScope? = nil
    ) async -> Result<RedisKeys, RedisFailure> {
        let deadline = Reactor.monotonicNow() &+ timeout
        var found: Set<[UInt8]> = []
        var cursor = Array("0".utf8)
        repeat {
            var words = [Array("SCAN".utf8), cursor]
            if let pattern { words += [Array("MATCH".utf8), pattern] }
            words += [Array("COUNT".utf8), Array("1000".utf8)]
            let left = deadline - Reactor.monotonicNow()
            guard left > 0 else { return .failure(RedisFailure(.timeout, "SCAN did not end in time")) }
            switch await command(words, timeout: left, in: scope) {
            case .failure(let failure): return .failure(failure)
            case .success(let reply):
                if let error = reply.errorText { return .failure(RedisFailure(.answered, "SCAN: \(error)")) }
                guard let parts = reply.elements, parts.count == 2, let next = parts[0].bytes,
                    let keys = parts[1].elements
                else {
                    return .failure(
                        RedisFailure(.protocolError, "SCAN was not answered by a cursor and keys"))
                }
                for key in keys.compactMap(\.bytes) {
                    if found.count == limit, !found.contains(key) {
                        return .success(RedisKeys(keys: sorted(found), isComplete: false))
                    }
                    found.insert(key)
                }
                cursor = next
            }
        } while cursor != [0x30]
        return .success(RedisKeys(keys: sorted(found), isComplete: true))
    }

    private func sorted(_ keys: Set<[UInt8]>) -> [[UInt8]] {
        keys.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
