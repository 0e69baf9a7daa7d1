internal import FleetCore

/// Who has a lock: the token is told to nobody else.
struct LockHolder: Sendable, Equatable {
    var owner: String
    var token: String

    var text: String { "\(token) \(owner)" }

    init(owner: String, token: String) {
        self.owner = owner
        self.token = token
    }

    init(text: String) {
        token = String(text.prefix { $0 != " " })
        owner = String(text.dropFirst(token.count + 1))
    }
}

/// The store of locks does not answer as it should.
struct LockTrouble: Error {
    var reason: String
}

enum LockAnswer: Sendable, Equatable {
    case done
    /// Somebody else has it, for so long still.
    case held(by: String, milliseconds: Int64)
    case free
}

/// Locks that end by themselves.
///
/// Used on its reactor's thread only.
protocol LockStore: AnyObject {
    /// - Returns: ``LockAnswer/done``, or who has it.
    func acquire(_ resource: String, for holder: LockHolder, milliseconds: Int64) async throws(LockTrouble)
        -> LockAnswer
    /// Both do nothing unless the token is the lock's.
    func renew(_ resource: String, token: String, milliseconds: Int64) async throws(LockTrouble) -> LockAnswer
    func release(_ resource: String, token: String) async throws(LockTrouble) -> LockAnswer
    func holder(of resource: String) async throws(LockTrouble) -> (owner: String, milliseconds: Int64)?
}

/// Locks in this process, by a clock that tests can move.
final class MemoryLocks: LockStore {
    private var locks: [String: (holder: LockHolder, ends: Int64)] = [:]
    private let now: () -> Int64
    private let isForever: Bool

    /// More are refused: memory is bounded.
    static let most = 100_000

    /// - Parameter now: milliseconds.
    init(defect: Defect? = nil, now: @escaping () -> Int64) {
        self.now = now
        isForever = defect == .lockForever
    }

    func acquire(_ resource: String, for holder: LockHolder, milliseconds: Int64) throws(LockTrouble)
        -> LockAnswer
    {
        if let lock = live(resource) { return .held(by: lock.holder.owner, milliseconds: lock.ends - now()) }
        if locks.count >= Self.most { locks = locks.filter { $0.value.ends > now() } }
        guard locks.count < Self.most else { throw LockTrouble(reason: "there are \(Self.most) locks") }
        locks[resource] = (holder, isForever ? .max : now() + milliseconds)
        return .done
    }

    func renew(_ resource: String, token: String, milliseconds: Int64) -> LockAnswer {
        own(resource, token) { locks[resource]?.ends = isForever ? .max : now() + milliseconds }
    }

    func release(_ resource: String, token: String) -> LockAnswer {
        own(resource, token) { locks[resource] = nil }
    }

    func holder(of resource: String) -> (owner: String, milliseconds: Int64)? {
        live(resource).map { ($0.holder.owner, $0.ends - now()) }
    }

    private func live(_ resource: String) -> (holder: LockHolder, ends: Int64)? {
        locks[resource].flatMap { $0.ends > now() ? $0 : nil }
    }

    private func own(_ resource: String, _ token: String, _ act: () -> Void) -> LockAnswer {
        guard let lock = live(resource) else { return .free }
        guard lock.holder.token == token else {
            return .held(by: lock.holder.owner, milliseconds: lock.ends - now())
        }
        act()
        return .done
    }
}
