internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// A key pair with the name it is published under.
struct NamedKey: Sendable {
    /// Its thumbprint (RFC 7638), so that the same key always has the same name.
    let id: String
    let pair: SigningKey

    init(_ pair: SigningKey) {
        self.pair = pair
        id = Base64.url.encode(Crypto.sha256(Array(JSON.object(Self.numbers(pair)).rendered().utf8)))
    }

    /// As a JSON Web Key (RFC 7517).
    var published: JSON {
        var members = JSONObject([
            ("use", "sig"), ("alg", .string(pair.algorithm.rawValue)), ("kid", .string(id)),
        ])
        for (name, value) in Self.numbers(pair) { members[name] = value }
        return .object(members)
    }

    /// The members of which the thumbprint is made, in its order (RFC 7638 §3.2).
    private static func numbers(_ pair: SigningKey) -> JSONObject {
        switch pair.publicNumbers {
        case .rsa(let modulus, let exponent):
            [
                "e": .string(Base64.url.encode(exponent)), "kty": "RSA",
                "n": .string(Base64.url.encode(modulus)),
            ]
        case .ec(let x, let y):
            [
                "crv": "P-256", "kty": "EC", "x": .string(Base64.url.encode(x)),
                "y": .string(Base64.url.encode(y)),
            ]
        }
    }
}

/// The key pairs of a double, numbered as they follow each other, and one that it never publishes.
///
/// A key is computed from the seed when it is first asked for, on a thread of ``Blocking``: RSA would hold up the
/// reactor. Whoever asks meanwhile waits for the same computation.
final class KeyRing: Sendable {
    /// The number of the key that is never published.
    static let foreign = -1

    private enum Slot {
        case making([CheckedContinuation<NamedKey, Never>])
        case made(NamedKey)
    }
    private enum Turn {
        case take(NamedKey)
        case make, wait
    }

    private let algorithm: SignatureAlgorithm
    private let seed: [UInt8]
    private let slots = Mutex<[Int: Slot]>([:])

    init(_ algorithm: SignatureAlgorithm, seed: [UInt8]) {
        self.algorithm = algorithm
        self.seed = seed
    }

    func key(_ number: Int) async -> NamedKey {
        let turn = slots.withLock { slots -> Turn in
            switch slots[number] {
            case .made(let key)?: return .take(key)
            case .making?: return .wait
            case nil:
                slots[number] = .making([])
                return .make
            }
        }
        switch turn {
        case .take(let key): return key
        case .wait: return await made(number)
        case .make:
            let (algorithm, seed) = (algorithm, seed + Array("\(number)".utf8))
            let key = await Blocking.run { NamedKey(SigningKey(algorithm, seed: seed)) }
            let waiting = slots.withLock { slots in
                defer { slots[number] = .made(key) }
                if case .making(let waiting)? = slots[number] { return waiting }
                return []
            }
            for continuation in waiting { continuation.resume(returning: key) }
            return key
        }
    }

    private func made(_ number: Int) async -> NamedKey {
        await withCheckedContinuation { continuation in
            let key = slots.withLock { slots -> NamedKey? in
                switch slots[number] {
                case .made(let key)?: return key
                case .making(let waiting)?: slots[number] = .making(waiting + [continuation])
                case nil: preconditionFailure("a key that is being made is not forgotten")
                }
                return nil
            }
            if let key { continuation.resume(returning: key) }
        }
    }

    /// Lets go of keys that are made and no longer needed.
    func keep(only numbers: Set<Int>) {
        slots.withLock { slots in
            slots = slots.filter { number, slot in
                if case .making = slot { return true }
                return numbers.contains(number) || number == Self.foreign
            }
        }
    }
}

/// Which keys sign and which are published, over time. Pure: times are passed in, milliseconds since 1970.
struct KeySchedule: Sendable {
    /// More are never published at once.
    static let limit = 16

    private let every: Int64?
    private let keeps: Int64
    private var since: Int64
    private var retired: [(number: Int, at: Int64)] = []
    /// Signs now.
    private(set) var current = 0

    /// - Parameters:
    ///   - every: how often a new key takes over.
    ///   - keeps: how long an old key stays published: as long as tokens that it signed may count.
    init(every: Int64?, keeps: Int64, from start: Int64) {
        self.every = every
        self.keeps = keeps
        since = start
    }

    /// The numbers of the published keys, the current one first.
    func published(at now: Int64) -> [Int] {
        [current] + retired.reversed().filter { $0.at + keeps > now }.map(\.number)
    }

    /// Takes note of the time.
    mutating func advance(to now: Int64) {
        if let every, now - since >= every {
            // Time may have travelled far: only those matter that are still published.
            let count = (now - since) / every
            for turn in max(1, count - Int64(Self.limit))...count {
                retired.append((current + Int(turn) - 1, since + turn * every))
            }
            current += Int(count)
            since += count * every
        }
        retired.removeAll { $0.at + keeps <= now }
        retired.removeFirst(max(0, retired.count - Self.limit + 1))
    }

    /// A new key takes over at once.
    ///
    /// - Parameter drops: takes the old keys from the published ones.
    /// - Returns: `false` when as many are published as may be.
    mutating func rotate(at now: Int64, drops: Bool) -> Bool {
        if drops { retired = [] } else { retired.append((current, now)) }
        guard retired.count < Self.limit else {
            retired.removeLast()
            return false
        }
        current += 1
        since = now
        return true
    }
}
