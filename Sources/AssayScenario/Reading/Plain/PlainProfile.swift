import AssayCore
public import AssayFormats

/// A load profile in plain JSON, as teams keep it beside other tools:
/// `{"name": "normal", "concurrent_calls": 20, "duration": "30m", "ramp_up": "5m", "scenarios": ["call.yml"]}`.
///
/// Documentation/load.md lists the keys. `duration` is the whole time, the ramps included.
public struct PlainProfile: Sendable {
    /// A scenario by its path, as the file writes it.
    public struct ScenarioPlace: Sendable {
        public var path: String
        public var weight: Double
        let node: YAMLNode
    }

    public var name: String
    /// What the file says of itself; one line or several.
    public var note: String?
    public var scenarios: [ScenarioPlace]
    public var model: LoadProfile.Model
    public var search: LoadProfile.Search?
    public var thresholds: [LoadProfile.ThresholdText]
    /// `nil` where the file leaves them to Assay.
    public var lagBound: Duration?
    public var gracefulStop: Duration?

    /// Whether a file is a plain profile: JSON without `"assay": 1`, which would make it Assay's own.
    public static func isPlain(_ path: String, _ root: YAMLNode) -> Bool {
        path.lowercased().hasSuffix(".json") && root["assay"] == nil
    }

    /// - Returns: `nil` when it could not be read; what is wrong is in the reading's bag.
    public static func read(_ yaml: YAMLReading) -> PlainProfile? {
        guard yaml.root.pairs != nil else {
            return yaml.wrongProfile()
        }
        let fields = PlainFields(yaml.root, yaml)
        let reader = PlainReader(yaml: yaml, fields: fields)
        let name = fields.value(.name).map { yaml.string($0) } ?? Self.name(of: yaml.file)
        let scenarios = reader.scenarios()
        let driving = reader.driving()
        let limits = PlainThresholds(fields, yaml)
        var thresholds = fields.value(.thresholds).flatMap(limits.read) ?? []
        var search = driving?.steps.map { LoadProfile.Search(steps: $0) }
        if search != nil {
            // What a rising load shall keep to is what it degrades beyond.
            search?.conditions = fields.value(.degrades).flatMap(limits.read) ?? thresholds
            if !fields.has(.degrades) { thresholds = [] }
            search?.atLeast = fields.count(.atLeast).map(Double.init)
        } else if let pair = fields.pair(.degrades) ?? fields.pair(.atLeast) {
            yaml.error(
                "AS401", "'\(pair.name)' is judged step by step, and this load has no steps", at: pair.key,
                fix: "add \"step\": 20, \"step_duration\": \"30s\", \"max_users\": 400")
        }
        guard let name, let scenarios, let driving else { return nil }
        return PlainProfile(
            name: name, note: fields.note, scenarios: scenarios, model: driving.model, search: search,
            thresholds: thresholds, lagBound: fields.time(.lagBound), gracefulStop: fields.time(.gracefulStop)
        )
    }

    /// `normal` of `profiles/normal.json`.
    private static func name(of file: String) -> String {
        let name = FileReader.split(file).name
        return name.hasSuffix(".json") ? String(name.dropLast(5)) : name
    }
}

extension YAMLReading {
    fileprivate func wrongProfile() -> PlainProfile? {
        error("AS012", "expected an object for the load profile, found \(root.kindText)", at: root)
        return nil
    }
}

extension ReadingSession {
    /// The profile with its scenarios, like one in Assay's own form.
    func plainProfile(_ yaml: YAMLReading) -> LoadProfile? {
        guard let plain = PlainProfile.read(yaml) else { return nil }
        let file = ScenarioFile(yaml: yaml, session: self)
        let scenarios = plain.scenarios.compactMap { place in
            file.loaded(place.node).map { LoadProfile.WeightedScenario(scenario: $0, weight: place.weight) }
        }
        let metrics = MetricRegistry(adding: scenarios.flatMap(\.scenario.ownMetrics))
        for threshold in plain.thresholds {
            for problem in checkThreshold?(threshold, metrics) ?? [] { yaml.add(problem) }
        }
        for condition in plain.search?.conditions ?? [] { file.checkCondition(condition, metrics) }
        guard !scenarios.isEmpty else { return nil }
        var profile = LoadProfile(
            name: plain.name, location: yaml.root.location, scenarios: scenarios, model: plain.model,
            thresholds: plain.thresholds, search: plain.search)
        profile.lagBound = plain.lagBound ?? profile.lagBound
        profile.pacing.gracefulStop = plain.gracefulStop ?? profile.pacing.gracefulStop
        return profile
    }
}

/// Scenarios and schedule of a plain profile.
struct PlainReader {
    let yaml: YAMLReading
    let fields: PlainFields

    func scenarios() -> [PlainProfile.ScenarioPlace]? {
        guard let node = fields.value(.scenarios) else {
            guard !fields.meant.contains(.scenarios) else { return nil }
            yaml.error(
                "AS092", "the profile names no scenario", at: yaml.root,
                fix: "add \"scenarios\": [\"call.yml\"], from the profile's folder on")
            return nil
        }
        let places = yaml.oneOrMore(node) { row -> PlainProfile.ScenarioPlace? in
            guard row.pairs != nil else {
                return yaml.string(row).map { .init(path: $0, weight: 1, node: row) }
            }
            return yaml.mapping(row, "scenario of the profile") { fields in
                let place = fields.choice(of: ["use", "file", "path", "scenario"], code: "AS092")
                let weight = fields.optional("weight") { yaml.double($0, in: 0.000_001...1e9) } ?? 1
                fields.allow("name")
                return place.flatMap { place in
                    yaml.string(place.value).map { .init(path: $0, weight: weight, node: place.value) }
                }
            }
        }
        if places?.isEmpty == true, node.elements?.isEmpty == true {
            yaml.error("AS092", "'scenarios' names no scenario", at: node, fix: "add [\"call.yml\"]")
        }
        return places?.isEmpty == false ? places : nil
    }

    func driving() -> LoadDriving? {
        if fields.has(.stages) { return stages() }
        if fields.has(.step) { return steps() }
        if fields.has(.rate), !fields.has(.users) { return arrivals() }
        guard fields.has(.users) else {
            guard fields.meant.isDisjoint(with: [.users, .rate, .stages, .step]) else { return nil }
            yaml.error(
                "AS406", "the profile does not say how many users there are", at: yaml.root,
                fix: "add \"users\": 20, or \"concurrent_calls\": 20")
            return nil
        }
        let users = fields.count(.users)
        guard let users, let parts = parts(rampedBy: Double(users)) else { return nil }
        return LoadDriving(.users(start: 0, stages: parts.stages(to: users, from: 0)))
    }

    private func arrivals() -> LoadDriving? {
        guard let rate = fields.rate(.rate), let parts = parts(rampedBy: nil) else { return nil }
        guard let most = fields.count(.maximumUsers) else {
            yaml.error(
                "AS406", "a rate needs 'max_users', the most that may be active at once", at: yaml.root,
                fix: "add \"max_users\": 500")
            return nil
        }
        let zero = Rate(perSecond: 0)
        return LoadDriving(
            .arrivals(
                .init(start: zero, stages: parts.stages(to: rate, from: zero), maximumUsers: most)))
    }

    /// Stages as k6 writes them: `[{"duration": "30s", "target": 20}]`.
    private func stages() -> LoadDriving? {
        guard let node = fields.value(.stages) else { return nil }
        let stages = yaml.list(node) { row in
            yaml.mapping(row, "a stage") { fields -> LoadProfile.Stage<Int>? in
                let length = fields.choice(of: ["duration", "for"], code: "AS406")
                let target = fields.choice(of: ["target", "to", "users"], code: "AS406")
                guard let length = length.flatMap({ yaml.duration($0.value) }),
                    let target = target.flatMap({ yaml.int($0.value, in: 0...1_000_000) })
                else { return nil }
                return LoadProfile.Stage(length: length, target: target)
            }
        }
        for key in [PlainKey.users, .duration, .ramp, .hold] where fields.has(key) {
            guard let pair = fields.pair(key) else { continue }
            yaml.error(
                "AS404", "the profile has both 'stages' and '\(pair.name)'", at: pair.key,
                fix: "keep one of them")
        }
        guard let stages, stages.contains(where: { $0.target > 0 }) else {
            if stages != nil { yaml.error("AS406", "'stages' never starts a user", at: node) }
            return nil
        }
        return LoadDriving(.users(start: fields.count(.start) ?? 0, stages: stages))
    }

    // MARK: steps

    private func steps() -> LoadDriving? {
        guard let pair = fields.pair(.step) else { return nil }
        guard let by = fields.count(.step) else { return nil }
        guard let last = fields.count(.maximumUsers) ?? fields.count(.users) else {
            yaml.error(
                "AS406", "steps need 'max_users', where they end", at: pair.key, fix: "add \"max_users\": 400"
            )
            return nil
        }
        let first = fields.count(.start) ?? (fields.has(.maximumUsers) ? fields.count(.users) : nil) ?? by
        let ramp = fields.time(.ramp)
        let count = max(1, (last - first + by - 1) / by + 1)
        var every = fields.time(.stepLength)
        if every == nil, let whole = fields.time(.duration) { every = whole / count }
        guard let every else {
            yaml.error(
                "AS406", "the profile does not say how long a step takes", at: pair.key,
                fix: "add \"step_duration\": \"30s\"")
            return nil
        }
        let numbers = (Double(first), Double(by), Double(last))
        if let problem = ScenarioFile.problem(
            first: numbers.0, by: numbers.1, last: numbers.2, every: every, ramp: ramp)
        {
            yaml.error("AS400", problem.message, at: pair.value, fix: problem.fix)
            return nil
        }
        return .users(
            LoadDriving.steps(from: numbers.0, by: numbers.1, to: numbers.2, every: every, ramp: ramp))
    }

    // MARK: one rise, one plateau

    private struct Parts {
        var ramp: Duration
        var hold: Duration
        var rampDown: Duration

        func stages<Target>(to target: Target, from zero: Target) -> [LoadProfile.Stage<Target>] {
            var stages = [LoadProfile.Stage(length: ramp, target: target)]
            if hold > .zero { stages.append(.init(length: hold, target: target)) }
            if rampDown > .zero { stages.append(.init(length: rampDown, target: zero)) }
            return stages
        }
    }

    /// - Parameter count: users, of which `spawn_rate` starts so many a second.
    private func parts(rampedBy count: Double?) -> Parts? {
        var ramp = fields.time(.ramp) ?? .zero
        if !fields.has(.ramp), let count, let rate = fields.rate(.spawnRate), rate.perSecond > 0 {
            ramp = .nanoseconds(Int64(min(count / rate.perSecond * 1e9, 9e17)))
        }
        let down = fields.time(.rampDown) ?? .zero
        if let hold = fields.time(.hold) { return Parts(ramp: ramp, hold: hold, rampDown: down) }
        guard let pair = fields.pair(.duration) else {
            guard fields.meant.isDisjoint(with: [.duration, .hold]) else { return nil }
            yaml.error(
                "AS406", "the profile does not say how long it runs", at: yaml.root,
                fix: "add \"duration\": \"30m\"")
            return nil
        }
        guard let whole = fields.time(.duration) else { return nil }
        guard whole >= ramp + down, whole > .zero else {
            yaml.error(
                "AS406",
                "'\(pair.name)' of \(whole.shortText) is shorter than its ramps, "
                    + "\((ramp + down).shortText)", at: pair.value,
                fix: "the ramps are part of it; for a time beside them, call it 'hold'")
            return nil
        }
        return Parts(ramp: ramp, hold: whole - ramp - down, rampDown: down)
    }
}
