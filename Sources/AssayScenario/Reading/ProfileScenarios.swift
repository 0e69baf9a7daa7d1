import AssayCore
import AssayFormats

/// What a profile says of one scenario.
private struct ScenarioPlace {
    var scenario: Scenario
    var node: YAMLNode
    var weight: (value: Double, key: YAMLNode)?
    /// With the key that begins it.
    var driving: (model: LoadProfile.Model?, key: YAMLNode)?
    var pacing: PacingWords
    var tags: [SeriesTag] = []
}

/// Bounds of passes as a profile or one of its scenarios writes them; `nil` where it does not.
struct PacingWords {
    var startAfter: Duration?
    var pace: Duration?
    var gracefulStop: Duration?
    var gracefulRampDown: Duration?
    /// The keys that are there.
    var keys: [YAMLNode.Pair] = []

    /// What is said here, over what is said elsewhere.
    func over(_ other: LoadProfile.Pacing) -> LoadProfile.Pacing {
        var pacing = other
        pacing.startAfter = startAfter ?? other.startAfter
        pacing.pace = pace ?? other.pace
        pacing.gracefulStop = gracefulStop ?? other.gracefulStop
        pacing.gracefulRampDown = gracefulRampDown ?? other.gracefulRampDown
        return pacing
    }
}

extension ScenarioFile {
    /// `start`, `pace`, `graceful-stop` and `graceful-ramp-down`.
    func pacing(_ fields: inout MappingReader) -> PacingWords {
        var words = PacingWords()
        words.keys = ["start", "pace", "graceful-stop", "graceful-ramp-down"].compactMap { fields.pair($0) }
        for pair in words.keys {
            let length = yaml.duration(pair.value)
            switch pair.name {
            case "start": words.startAfter = length
            case "pace": words.pace = length
            case "graceful-stop": words.gracefulStop = length
            default: words.gracefulRampDown = length
            }
            if pair.name == "pace", length == .zero {
                yaml.error(
                    "AS570", "a 'pace' of 0 paces nothing", at: pair.value,
                    fix: "write `pace: 5s`, or leave it out")
            }
        }
        return words
    }

    /// `scenarios`: paths, or mappings with a weight or a schedule of their own.
    ///
    /// - Returns: `nil` when there is no list; scenarios that cannot be read are left out.
    func scenarios(_ node: YAMLNode, _ pacing: LoadProfile.Pacing) -> [LoadProfile.WeightedScenario]? {
        if node.elements?.isEmpty == true {
            yaml.error(
                "AS092", "'scenarios' names no scenario", at: node,
                fix: "add `- {use: browse.yml, weight: 1}`")
        }
        guard let places = yaml.list(node, of: place) else { return nil }
        if places.contains(where: { $0.driving != nil }) { checkOwn(places) } else { checkShared(places) }
        return places.map { place in
            var scenario = LoadProfile.WeightedScenario(
                scenario: place.scenario, weight: place.weight?.value ?? 1,
                model: place.driving.flatMap(\.model), pacing: place.pacing.over(pacing))
            scenario.seriesTags = place.tags
            return scenario
        }
    }

    private func place(_ row: YAMLNode) -> ScenarioPlace? {
        if row.stringValue != nil {
            return loaded(row).map { .init(scenario: $0, node: row, pacing: PacingWords()) }
        }
        return yaml.mapping(row, "scenario of the profile") { fields in
            let with = fields.optional("with") { variables($0, "with") } ?? []
            let use = fields.required("use") { $0 }
            let scenario = use.flatMap { loaded($0, with: with) }
            let name = fields.optional("name", yaml.text)
            let tags = fields.optional("tags", seriesTags) ?? []
            let weight = fields.pair("weight").flatMap { pair in
                self.weight(pair.value).map { ($0, pair.key) }
            }
            let pacing = pacing(&fields)
            let key = fields.pair("users") ?? fields.pair("arrivals") ?? fields.pair("iterations")
            let drive = drive(&fields, isRequired: false)
            if let key, drive?.steps != nil {
                yaml.error(
                    "AS569", "a load that rises in steps is one schedule for all scenarios", at: key.value,
                    fix: "write it beside 'scenarios', or write `stages` here")
            }
            guard var scenario else { return nil }
            if let name { scenario.name = name }
            return ScenarioPlace(
                scenario: scenario, node: row, weight: weight.map { (value: $0.0, key: $0.1) },
                driving: key.map { (model: drive?.model, key: $0.key) }, pacing: pacing, tags: tags)
        }
    }

    /// Where one scenario has a schedule of its own, all have.
    private func checkOwn(_ places: [ScenarioPlace]) {
        var names: [String: SourceLocation] = [:]
        for place in places {
            let name = place.scenario.name
            if place.driving == nil {
                yaml.error(
                    "AS566", "'\(name)' has no schedule, and other scenarios have their own", at: place.node,
                    fix: "give it `users`, `arrivals` or `iterations` as well")
            }
            if let weight = place.weight {
                yaml.error(
                    "AS567", "'\(name)' has a weight, and the scenarios have schedules of their own",
                    at: weight.key, fix: "leave 'weight' out: the schedule says how often it runs")
            }
            if let first = names[name] {
                yaml.error(
                    "AS568", "two schedules are of '\(name)', the first on line \(first.line)",
                    at: place.node,
                    fix: "give one of them a name: `name: \(name) at night`")
            }
            names[name] = names[name] ?? place.node.location
        }
    }

    /// What belongs to a schedule is the profile's, where that has the only one.
    private func checkShared(_ places: [ScenarioPlace]) {
        for place in places {
            for pair in place.pacing.keys {
                yaml.error(
                    "AS565",
                    "'\(pair.name)' is of a schedule, and '\(place.scenario.name)' has none of its own",
                    at: pair.key, fix: "write it beside 'scenarios', or give the scenario its own `users`")
            }
        }
    }

    private func weight(_ node: YAMLNode) -> Double? {
        guard let weight = yaml.double(node) else { return nil }
        guard weight > 0 else {
            yaml.error(
                "AS092", "'weight' is more than 0, found \(node.scalarText ?? "")", at: node,
                fix: "leave the scenario out instead")
            return nil
        }
        return weight
    }

    /// - Parameter with: values for its parameters.
    func loaded(_ node: YAMLNode, with: [Scenario.Variable] = []) -> Scenario? {
        guard let path = yaml.string(node) else { return nil }
        let resolved = FileReader.resolve(path, from: yaml.file)
        guard var scenario = session.scenario(resolved, namedAt: (node, yaml)) else {
            return nil
        }
        checkWith(with, of: scenario, at: node)
        guard !with.isEmpty else { return scenario }
        // Values see what the profile sets: what the set-up captured, and the rows of the feeds.
        var check = NameCheck(stand: session.stand, known: session.known)
        let values = Scenario(name: scenario.name, location: node.location, variables: with, steps: [])
        for problem in check.problems(in: values) { yaml.add(problem) }
        for value in with {
            guard let place = scenario.parameters.firstIndex(where: { $0.name == value.name }) else {
                continue
            }
            scenario.parameters[place].standard = value.value
        }
        return scenario
    }
}
