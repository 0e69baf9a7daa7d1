internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// What answers requests with keys that are made when they are needed. Pure: time and keys are passed in.
protocol KeyedCore {
    var keys: KeySchedule { get }

    /// The numbers of the keys that a request cannot be answered without.
    mutating func keysNeeded(for request: HTTPRequest, at now: Int64) -> [Int]

    /// - Parameters:
    ///   - now: milliseconds since 1970.
    ///   - made: the keys that ``keysNeeded(for:at:)`` asked for.
    mutating func answer(_ request: HTTPRequest, at now: Int64, keys made: [Int: NamedKey]) -> IdentityAnswer
}

/// Brings a ``KeyedCore`` its requests, the time and its keys, which are computed away from the reactor.
final class KeyedDesk<Core: KeyedCore>: Sendable {
    private let core: Mutex<Core>
    private let ring: KeyRing
    private let nowMilliseconds: @Sendable () -> Int64

    init(_ core: sending Core, _ ring: KeyRing, nowMilliseconds: @escaping @Sendable () -> Int64) {
        self.core = Mutex(core)
        self.ring = ring
        self.nowMilliseconds = nowMilliseconds
    }

    func withCore<Result>(_ body: (inout Core) -> Result) -> Result where Result: Sendable {
        core.withLock { body(&$0) }
    }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        var made: [Int: NamedKey] = [:]
        while true {
            let now = nowMilliseconds()
            // Keys may change while one is being made.
            let (answer, missing) = core.withLock { [made] core -> (IdentityAnswer?, [Int]) in
                let missing = core.keysNeeded(for: request, at: now).filter { made[$0] == nil }
                guard missing.isEmpty else { return (nil, missing) }
                return (core.answer(request, at: now, keys: made), [])
            }
            if let answer { return answer.response }
            for number in missing { made[number] = await ring.key(number) }
            ring.keep(only: core.withLock { Set($0.keys.published(at: now)) })
        }
    }
}

extension IdentityAnswer {
    /// A JSON Web Key Set (RFC 7517 §5); a secret that both sides share is never in it (RFC 7518 §8.5.1).
    static func keySet(_ signers: [TokenSigner]) -> IdentityAnswer {
        let keys = signers.compactMap { signer in
            if case .pair(let key) = signer { key.published } else { JSON?.none }
        }
        return .json(200, ["keys": .array(keys)], headers: [("Cache-Control", "no-cache")])
    }
}

extension KeySchedule {
    /// Answers `POST /__assay/rotate`, with `{"drop": true}` to take the old keys away at once.
    mutating func answer(_ request: HTTPRequest, at now: Int64) -> IdentityAnswer {
        var drops = false
        if !request.body.isEmpty {
            guard let object = try? JSON(parsing: request.body, maxDepth: 2).objectValue,
                object.keys.allSatisfy({ $0 == "drop" }), let value = (object["drop"] ?? false).boolValue
            else {
                return .json(
                    400, ["error": "bad_request", "reason": #"the body is empty or {"drop": true}"#])
            }
            drops = value
        }
        guard rotate(at: now, drops: drops) else {
            let reason = "\(Self.limit) keys are published, each as long as its tokens live; "
            return .json(
                409, ["error": "too_many_keys", "reason": .string(reason + #"send {"drop": true}"#)])
        }
        return .json(200, ["published": .int(Int64(published(at: now).count))])
    }
}
