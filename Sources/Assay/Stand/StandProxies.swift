internal import AssayDoubles
internal import AssayFormats
internal import AssayCore

/// The doubles of a stand that wait for members which come up after them: proxies for what they stand in front of, others for
/// what their templates read.
final class StandProxies {
    private var waiting: [StartedProxy]
    private let learners: [any LearningDouble]
    private var names: [String: JSON]
    private let environment: TemplateEnvironment

    /// - Parameter names: what templates may read already.
    init(_ doubles: [any StartedDouble], names: [String: JSON], environment: TemplateEnvironment) {
        waiting = doubles.compactMap { $0 as? StartedProxy }.filter { !$0.isSettled }
        learners = doubles.compactMap { $0 as? any LearningDouble }
        for double in doubles where (double as? StartedProxy)?.isSettled != false {
            for learner in learners where learner !== double { learner.learn(double.name, double.bindings) }
        }
        self.names = names
        self.environment = environment
    }

    /// A member is up, or left out: the proxies that can be bound now, and those that never will.
    func settle(_ name: String, _ binding: JSONObject?) -> [(name: String, binding: JSONObject?)] {
        if let binding { teach(name, binding) }
        guard !waiting.isEmpty else { return [] }
        if let binding { names[name] = .object(binding) }
        var settled: [(name: String, binding: JSONObject?)] = []
        waiting.removeAll { proxy in
            guard proxy.needs.contains(name) else { return false }
            guard binding != nil else {
                settled.append((proxy.name, nil))
                return true
            }
            var scope = TemplateScope(
                names: JSONObject(names.map { ($0.key, $0.value) }), environment: environment,
                random: SeededRandom(seed: 0))
            do {
                try proxy.settle(&scope, waits: true)
            } catch {
                settled.append((proxy.name, nil))
                return true
            }
            guard proxy.isSettled else { return false }
            settled.append((proxy.name, proxy.bindings))
            teach(proxy.name, proxy.bindings)
            return true
        }
        return settled
    }

    private func teach(_ name: String, _ binding: JSONObject) {
        for learner in learners { learner.learn(name, binding) }
    }
}
