import AssayCore
import AssayFormats

extension ReadingSession {
    func profile(_ path: String) -> LoadProfile? {
        guard let yaml = reading(path, namedAt: nil) else { return nil }
        if PlainProfile.isPlain(path, yaml.root) { return plainProfile(yaml) }
        let file = ScenarioFile(yaml: yaml, session: self)
        return yaml.mapping(yaml.root, "load profile") { fields in
            file.readVersion(&fields)
            let name = fields.required("load", yaml.text)
            let feed = fields.optional("feed", file.feed)
            let setup = fields.optional("setup") { file.steps($0) } ?? []
            let teardown = fields.optional("teardown") { file.steps($0) } ?? []
            self.known = file.checked(setup, teardown, feed: feed)
            let tags = fields.optional("tags", file.seriesTags) ?? []
            file.check(tags, known)
            let limit = fields.optional("series-limit") { yaml.int($0, in: 1...100_000) }
            let http = fields.optional("http") { file.http($0) }
            let scenarios = fields.required("scenarios") { file.weightedScenarios($0) }
            let drive = file.drive(&fields)
            let thresholds = fields.optional("thresholds") { node in
                yaml.list(node) { line in
                    yaml.string(line).map { LoadProfile.ThresholdText(text: $0, location: line.location) }
                }
            }
            let metrics = MetricRegistry(adding: (scenarios ?? []).flatMap(\.scenario.ownMetrics))
            for threshold in thresholds ?? [] {
                for problem in checkThreshold?(threshold, metrics) ?? [] { yaml.add(problem) }
            }
            let search = file.search(&fields, drive, metrics)
            let lagBound = fields.optional("lag-bound", yaml.duration) ?? .milliseconds(10)
            let latenessBound = fields.optional("lateness-bound", yaml.duration)
            let sample = fields.optional("contracts", file.contractSample)
            let gracefulStop = fields.optional("graceful-stop", yaml.duration) ?? .seconds(30)
            guard let name, let scenarios, let drive else { return nil }
            var profile = LoadProfile(
                name: name, location: yaml.root.location, scenarios: scenarios, model: drive.model,
                feed: feed,
                thresholds: thresholds ?? [], search: search, setup: setup, teardown: teardown,
                lagBound: lagBound,
                gracefulStop: gracefulStop)
            profile.http = http ?? profile.http
            profile.contractSample = sample
            profile.seriesTags = tags
            profile.seriesLimit = limit ?? profile.seriesLimit
            profile.latenessBound = latenessBound ?? profile.latenessBound
            return profile
        }
    }
}

extension ScenarioFile {
    /// Checks the profile's own steps, and says what its scenarios may read.
    fileprivate func checked(_ setup: [Step], _ teardown: [Step], feed: LoadProfile.Feed?) -> KnownNames {
        var check = NameCheck(stand: session.stand, known: KnownNames())
        let (problems, names) = check.problems(in: setup)
        for problem in problems { yaml.add(problem) }
        let known = KnownNames(variables: names, feed: feed.map { $0.rows.first?.keys ?? [] })
        check = NameCheck(stand: session.stand, known: KnownNames(variables: names))
        for problem in check.problems(in: teardown).problems { yaml.add(problem) }
        return known
    }

    /// A profile's tags are computed with what every user has from the start.
    fileprivate func check(_ tags: [SeriesTag], _ known: KnownNames) {
        var check = NameCheck(stand: session.stand, known: known)
        for problem in check.problems(in: tags) { yaml.add(problem) }
    }

    /// What the profile says of all requests; it may read what the scenarios find set.
    fileprivate func http(_ node: YAMLNode) -> HTTPSettings? {
        guard let settings = HTTPSettingsReader(yaml).settings(node) else { return nil }
        var check = NameCheck(stand: session.stand, known: session.known)
        for problem in check.problems(in: settings) { yaml.add(problem) }
        return settings
    }

    fileprivate func weightedScenarios(_ node: YAMLNode) -> [LoadProfile.WeightedScenario]? {
        if node.elements?.isEmpty == true {
            yaml.error(
                "AS092", "'scenarios' names no scenario", at: node,
                fix: "add `- {use: browse.yml, weight: 1}`")
        }
        return yaml.list(node) { row in
            if row.stringValue != nil { return loaded(row).map { .init(scenario: $0, weight: 1) } }
            return yaml.mapping(row, "scenario of the profile") { fields in
                let scenario = fields.required("use") { loaded($0) }
                let weight = fields.optional("weight", weight) ?? 1
                let tags = fields.optional("tags", seriesTags) ?? []
                return scenario.map { scenario in
                    var weighted = LoadProfile.WeightedScenario(scenario: scenario, weight: weight)
                    weighted.seriesTags = tags
                    return weighted
                }
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

    func loaded(_ node: YAMLNode) -> Scenario? {
        guard let path = yaml.string(node) else { return nil }
        let resolved = FileReader.resolve(path, from: yaml.file)
        guard let scenario = session.scenario(resolved, namedAt: (node, yaml)) else {
            return nil
        }
        checkWith([], of: scenario, at: node)
        return scenario
    }

    /// `{sample: 1%}`: every hundredth exchange.
    fileprivate func contractSample(_ node: YAMLNode) -> Int? {
        yaml.mapping(node, "'contracts'") { fields in
            fields.required("sample") { node in
                guard let share = yaml.percent(node) else { return nil }
                guard share > 0, share <= 1 else {
                    yaml.error(
                        "AS431",
                        "a sample is more than 0 % and at most 100 %, found \(node.scalarText ?? "")",
                        at: node)
                    return nil
                }
                return max(1, Int((1 / share).rounded()))
            }
        }
    }

    // MARK: Feed

    fileprivate func feed(_ node: YAMLNode) -> LoadProfile.Feed? {
        yaml.mapping(node, "'feed'") { fields in
            let path = fields.required("rows", yaml.string)
            let rows = fields.value("rows").flatMap { path == nil ? nil : feedRows($0) }
            let pick = fields.optional("pick") { yaml.enumeration($0, as: LoadProfile.Feed.Pick.self) }
            let per = fields.optional("per") { yaml.enumeration($0, as: LoadProfile.Feed.Per.self) }
            guard let path, let rows else { return nil }
            return LoadProfile.Feed(path: path, rows: rows, pick: pick ?? .inOrder, per: per ?? .user)
        }
    }

    private func feedRows(_ node: YAMLNode) -> [JSONObject]? {
        guard let path = node.stringValue else { return nil }
        let resolved = FileReader.resolve(path, from: yaml.file)
        let isJSON = path.hasSuffix(".json")
        guard isJSON || path.hasSuffix(".csv") else {
            yaml.error(
                "AS093", "a feed is a .csv or .json file, found '\(path)'", at: node,
                fix: "name a .csv or .json file")
            return nil
        }
        guard let bytes = session.bytes(resolved, namedAt: (node, yaml)) else { return nil }
        let rows = isJSON ? jsonRows(bytes, node, path) : csvRows(bytes, file: resolved)
        if rows?.isEmpty == true {
            yaml.error("AS093", "the feed '\(path)' has no rows", at: node, fix: "add a row")
        }
        return rows
    }

    private func jsonRows(_ bytes: [UInt8], _ node: YAMLNode, _ path: String) -> [JSONObject]? {
        do {
            let value = try JSON(parsing: bytes)
            guard let elements = value.arrayValue, let rows = Self.objects(elements) else {
                yaml.error(
                    "AS093", "the feed '\(path)' is not a list of objects", at: node,
                    fix: "write `[{\"name\": \"…\"}, …]` in it")
                return nil
            }
            return rows
        } catch {
            yaml.error("AS093", "the feed '\(path)' is no JSON: \(error)", at: node)
            return nil
        }
    }

    private static func objects(_ elements: [JSON]) -> [JSONObject]? {
        let rows = elements.compactMap(\.objectValue)
        return rows.count == elements.count ? rows : nil
    }
}
