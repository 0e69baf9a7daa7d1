internal import AssayFormats
internal import AssayNet

/// A store of texts under keys that may lose any of them at any time, like Redis.
protocol KeyValueStore {
    /// - Returns: the text; `nil` when there is none.
    func get(_ key: String) async throws(KeyValueError) -> String?
    func set(_ key: String, to text: String, forSeconds seconds: Int) async throws(KeyValueError)
    func delete(_ key: String) async throws(KeyValueError)
    /// Whether it answers.
    func ping() async throws(KeyValueError)
}

/// Why a store did not answer.
struct KeyValueError: Error, CustomStringConvertible {
    var description: String
}

/// What users hold, kept under `inventory:<user>` until it changes or grows old. Without a store it keeps nothing.
///
/// The database stays the truth. A store that failed is left alone until all it may still hold has grown old: it has
/// not heard of every change. A change by this process is seen at once; another instance on the same store may show
/// what it kept for ``lifetimeSeconds`` at most.
/// Used on its reactor's thread only.
final class BalanceCache {
    /// A reading of the database that may end in the cache.
    final class Ticket {
        let user: String
        fileprivate var isOutdated = false
        fileprivate init(_ user: String) { self.user = user }
    }

    enum Health { case absent, ok, failing(String) }

    struct Counts: Equatable {
        var hits = 0
        var misses = 0
        var failures = 0
    }

    static let lifetimeSeconds = 60
    /// What was sent before a failure may arrive after it.
    private static let restSeconds: Int64 = 65

    private let store: (any KeyValueStore)?
    private let now: () -> Int64
    private var readings: [String: [Ticket]] = [:]
    /// Until then the store is not asked.
    private var restsUntil: Int64 = 0
    private var lastFailure = ""
    /// What came of asking the store; `nil` without one.
    private(set) var counts: Counts?

    /// - Parameter now: monotonic nanoseconds.
    init(_ store: (any KeyValueStore)?, now: @escaping () -> Int64) {
        self.store = store
        self.now = now
        counts = store == nil ? nil : Counts()
    }

    static func key(of user: String) -> String { "inventory:\(user)" }

    func balances(of user: String) async -> [Balance]? {
        guard let store = storeInUse else { return nil }
        do throws(KeyValueError) {
            if let text = try await store.get(Self.key(of: user)),
                let balances = Self.balances(readFrom: text)
            {
                counts?.hits += 1
                return balances
            }
            counts?.misses += 1
        } catch {
            failed(error)
        }
        return nil
    }

    /// Call before the database is read; what changes meanwhile keeps the result out of the cache.
    func beginReading(_ user: String) -> Ticket {
        let ticket = Ticket(user)
        readings[user, default: []].append(ticket)
        return ticket
    }

    func endReading(_ ticket: Ticket) {
        readings[ticket.user]?.removeAll { $0 === ticket }
        if readings[ticket.user]?.isEmpty == true { readings[ticket.user] = nil }
    }

    func keep(_ balances: [Balance], of user: String, readWith ticket: Ticket) async {
        guard let store = storeInUse, !ticket.isOutdated else { return }
        do throws(KeyValueError) {
            try await store.set(
                Self.key(of: user), to: Self.rendered(balances), forSeconds: Self.lifetimeSeconds)
            // It changed while this was on its way: the order in which both arrived is not known.
            if ticket.isOutdated { await delete(user) }
        } catch {
            failed(error)
        }
    }

    /// Call after a change was kept, and before anybody is told of it.
    func forget(_ user: String) async {
        for ticket in readings[user] ?? [] { ticket.isOutdated = true }
        await delete(user)
    }

    private func delete(_ user: String) async {
        guard let store = storeInUse else { return }
        do throws(KeyValueError) { try await store.delete(Self.key(of: user)) } catch { failed(error) }
    }

    func health() async -> Health {
        guard let store else { return .absent }
        guard now() >= restsUntil else { return .failing("left alone for a minute after: \(lastFailure)") }
        do throws(KeyValueError) {
            try await store.ping()
            return .ok
        } catch {
            return .failing(error.description)
        }
    }

    private var storeInUse: (any KeyValueStore)? { now() >= restsUntil ? store : nil }

    private func failed(_ error: KeyValueError) {
        counts?.failures += 1
        lastFailure = error.description
        restsUntil = now() + Self.restSeconds * 1_000_000_000
    }

    // MARK: The kept text

    private static func rendered(_ balances: [Balance]) -> String {
        JSON.array(
            balances.map {
                .array([.string($0.section), .string($0.item), .int($0.available), .int($0.reserved)])
            }
        ).rendered()
    }

    /// `nil` when something else stands there.
    private static func balances(readFrom text: String) -> [Balance]? {
        guard let rows = (try? JSON(parsing: text))?.arrayValue else { return nil }
        var balances: [Balance] = []
        for row in rows {
            guard let section = row[0]?.stringValue, let item = row[1]?.stringValue,
                let available = row[2]?.intValue, let reserved = row[3]?.intValue
            else { return nil }
            balances.append(Balance(section: section, item: item, available: available, reserved: reserved))
        }
        return balances
    }
}
