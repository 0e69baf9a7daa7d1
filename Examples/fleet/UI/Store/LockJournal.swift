internal import AssayFormats

/// What became of locks, as evidence: two holders of one lock at a time are counted whatever the store of locks says.
struct LockJournal {
    private var held: [String: (owner: String, ends: Int64)] = [:]
    private var events: [JSON] = []
    private(set) var overlaps = 0

    /// Older ones go.
    static let most = 20_000

    mutating func acquired(_ resource: String, by owner: String, milliseconds: Int64, now: Int64) {
        if let other = held[resource], other.ends > now { overlaps += 1 }
        held[resource] = (owner, now + milliseconds)
        note("acquired", resource, owner, now)
    }

    mutating func renewed(_ resource: String, by milliseconds: Int64, now: Int64) {
        held[resource]?.ends = now + milliseconds
    }

    mutating func released(_ resource: String, now: Int64) {
        let owner = held.removeValue(forKey: resource)?.owner ?? ""
        note("released", resource, owner, now)
    }

    /// Events of resources whose names begin so, oldest first.
    func events(of prefix: String) -> [JSON] {
        events.filter { $0["resource"]?.stringValue?.hasPrefix(prefix) ?? false }
    }

    private mutating func note(_ event: String, _ resource: String, _ owner: String, _ now: Int64) {
        if events.count >= Self.most { events.removeFirst(Self.most / 2) }
        events.append([
            "event": .string(event), "resource": .string(resource), "owner": .string(owner),
            "at_ms": .int(now),
        ])
    }
}
