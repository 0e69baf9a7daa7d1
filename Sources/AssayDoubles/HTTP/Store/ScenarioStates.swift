/// In which state scenarios are, for each tenant apart.
///
/// Tenants are bounded: the one that changed longest ago is forgotten, which puts its scenarios back to the start.
struct ScenarioStates {
    private var tenants: [String: Tenant] = [:]
    private var clock = 0
    private let limit: Int
    /// Tenants that had to make room.
    private(set) var forgotten = 0

    private struct Tenant {
        var states: [String: String] = [:]
        var changed = 0
    }

    /// - Parameter limit: how many tenants are kept apart.
    init(limit: Int = 10_000) { self.limit = limit }

    func state(of scenario: String, for tenant: String) -> String {
        tenants[tenant]?.states[scenario] ?? Stub.Scenario.started
    }

    mutating func set(_ scenario: String, to state: String, for tenant: String) {
        clock += 1
        if tenants[tenant] == nil, tenants.count >= limit { makeRoom() }
        tenants[tenant, default: Tenant()].states[scenario] = state
        tenants[tenant]?.changed = clock
    }

    mutating func removeAll() { tenants.removeAll() }

    /// Puts one tenant's scenarios back to the start.
    mutating func remove(_ tenant: String) { tenants[tenant] = nil }

    /// A tenth goes at once, so that it is not searched for each time.
    private mutating func makeRoom() {
        let oldest = tenants.sorted { $0.value.changed < $1.value.changed }.prefix(max(1, limit / 10))
        for (name, _) in oldest { tenants[name] = nil }
        forgotten += oldest.count
    }
}
