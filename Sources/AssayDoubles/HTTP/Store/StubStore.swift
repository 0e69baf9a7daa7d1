public import AssayCore
internal import AssayFormats
internal import Synchronization

/// The stubs of a double and the state of their scenarios.
public final class StubStore: Sendable {
    /// A request's tenant: states of one are not seen by another.
    public typealias TenantKey = @Sendable (StubRequest) -> String

    private struct State {
        var stubs: [String: StoredStub] = [:]
        /// Made at the first question after a change.
        var index: StubIndex?
        var count = 0
        var scenarios: ScenarioStates
        var random: SeededRandom
    }

    private let state: Mutex<State>
    /// What a reset goes back to.
    private let initial: [Stub]
    let tenantKey: TenantKey?
    /// More stubs than this are refused.
    public static let limit = 100_000

    /// - Parameters:
    ///   - stubs: in the order of their files: later ones win among equals.
    ///   - tenantKey: one tenant for all when `nil`.
    ///   - random: makes ids.
    public init(
        _ stubs: [Stub] = [], tenantKey: TenantKey? = nil, tenantLimit: Int = 10_000, random: SeededRandom
    ) {
        initial = stubs
        self.tenantKey = tenantKey
        var state = State(scenarios: ScenarioStates(limit: tenantLimit), random: random)
        for stub in stubs { Self.add(stub, to: &state) }
        self.state = Mutex(state)
    }

    private static func add(_ stub: Stub, to state: inout State) {
        state.count += 1
        // One that is replaced keeps its place.
        let number = state.stubs[stub.id]?.number ?? state.count
        state.stubs[stub.id] = StoredStub(stub, number: number)
        state.index = nil
    }

    // MARK: Matching

    /// The stub that answers a request; its scenario has gone on when this returns.
    ///
    /// Patterns are asked outside the lock. A scenario that another request moved meanwhile is asked again, so every
    /// transition is made by exactly one request.
    public func match(_ request: StubRequest) -> Stub? { matchStored(request)?.stub }

    func matchStored(_ request: StubRequest) -> StoredStub? {
        while true {
            let index = self.index
            var known: String?
            func ownTenant() -> String {
                if let known { return known }
                let found = self.tenant(of: request)
                known = found
                return found
            }
            let found = index.first(for: request) { candidate in
                guard let scenario = candidate.stub.scenario, let required = scenario.requiredState else {
                    return true
                }
                let tenant = ownTenant()
                return state.withLock { $0.scenarios.state(of: scenario.name, for: tenant) } == required
            }
            guard let found else { return nil }
            if case .template = found.stub.request.url {
                request.pathParameters = found.stub.request.url.parameters(of: request)
            }
            guard let scenario = found.stub.scenario, let new = scenario.newState else { return found }
            let tenant = ownTenant()
            let moved = state.withLock { state in
                let current = state.scenarios.state(of: scenario.name, for: tenant)
                guard scenario.requiredState.map({ $0 == current }) ?? true else { return false }
                if current != new { state.scenarios.set(scenario.name, to: new, for: tenant) }
                return true
            }
            if moved { return found }
        }
    }

    private var index: StubIndex {
        state.withLock { state in
            if let index = state.index { return index }
            let index = StubIndex(state.stubs.values)
            state.index = index
            return index
        }
    }

    // MARK: Stubs

    /// In the order in which they are asked.
    public var stubs: [Stub] { index.stubs.map(\.stub) }

    /// Newest first, as WireMock lists them.
    public var newestFirst: [Stub] {
        state.withLock { $0.stubs.values.sorted { $0.number > $1.number } }.map(\.stub)
    }

    public var count: Int { state.withLock { $0.stubs.count } }

    public subscript(id: String) -> Stub? { state.withLock { $0.stubs[id.lowercased()]?.stub } }

    /// Adds a stub, or replaces the one with its id.
    ///
    /// - Returns: `false` when there are too many.
    @discardableResult
    public func put(_ stub: Stub) -> Bool {
        state.withLock { state in
            guard state.stubs.count < Self.limit || state.stubs[stub.id] != nil else { return false }
            Self.add(stub, to: &state)
            return true
        }
    }

    /// - Returns: whether it was there.
    @discardableResult
    public func remove(_ id: String) -> Bool {
        state.withLock { state in
            guard state.stubs.removeValue(forKey: id.lowercased()) != nil else { return false }
            state.index = nil
            return true
        }
    }

    public func removeAll() {
        state.withLock { state in
            state.stubs.removeAll()
            state.index = nil
        }
    }

    /// Back to the stubs of the start; scenarios, too.
    public func reset() {
        state.withLock { state in
            state.stubs.removeAll()
            state.index = nil
            for stub in initial { Self.add(stub, to: &state) }
            state.scenarios.removeAll()
        }
    }

    /// A new id for a stub.
    public func newID() -> String { state.withLock { randomUUID(using: &$0.random) } }

    // MARK: Scenarios

    /// One scenario as the stubs name it.
    public struct ScenarioView: Sendable, Equatable {
        public var name: String
        public var state: String
        /// Sorted; with the one that all begin in.
        public var possibleStates: [String]
        /// Ids of its stubs.
        public var stubs: [String]
    }

    /// The scenarios of all stubs, sorted by name, in the states of one tenant.
    public func scenarios(of tenant: String) -> [ScenarioView] {
        var views: [String: ScenarioView] = [:]
        for stub in stubs {
            guard let scenario = stub.scenario else { continue }
            var view =
                views[scenario.name]
                ?? ScenarioView(
                    name: scenario.name, state: "", possibleStates: [Stub.Scenario.started], stubs: [])
            for state in [scenario.requiredState, scenario.newState] {
                if let state, !view.possibleStates.contains(state) { view.possibleStates.append(state) }
            }
            view.stubs.append(stub.id)
            views[scenario.name] = view
        }
        return views.values.sorted { $0.name < $1.name }.map { view in
            var view = view
            view.state = state.withLock { $0.scenarios.state(of: view.name, for: tenant) }
            view.possibleStates.sort()
            return view
        }
    }

    public func setState(of scenario: String, to new: String, for tenant: String) {
        state.withLock { $0.scenarios.set(scenario, to: new, for: tenant) }
    }

    /// - Parameter tenant: only its scenarios; those of all when `nil`.
    public func resetScenarios(of tenant: String? = nil) {
        state.withLock { state in
            if let tenant { state.scenarios.remove(tenant) } else { state.scenarios.removeAll() }
        }
    }

    /// The tenant of a request.
    public func tenant(of request: StubRequest) -> String { tenantKey?(request) ?? "" }
}
