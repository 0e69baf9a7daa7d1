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
            let feeds = file.feeds(&fields)
            let setup = fields.optional("setup") { file.steps($0) } ?? []
            let teardown = fields.optional("teardown") { file.steps($0) } ?? []
            self.known = file.checked(setup, teardown, feeds)
            let tags = fields.optional("tags", file.seriesTags) ?? []
            // Of a feed that cannot be read nobody knows the columns.
            if !feeds.isEmpty || fields.value("feed") == nil { file.check(tags, known) }
            let http = fields.optional("http") { file.http($0) }
            let pacing = file.pacing(&fields).over(LoadProfile.Pacing())
            let scenarios = fields.required("scenarios") { file.scenarios($0, pacing) }
            let drive = file.profileDrive(&fields, scenarios ?? [])
            let metrics = MetricRegistry(adding: (scenarios ?? []).flatMap(\.scenario.ownMetrics))
            let thresholds = file.thresholds(&fields, metrics)
            let search = file.search(&fields, drive, metrics)
            guard let name, let scenarios else { return nil }
            guard drive != nil || scenarios.contains(where: { $0.model != nil }) else { return nil }
            var profile = LoadProfile(
                name: name, location: yaml.root.location, scenarios: scenarios, model: drive?.model,
                feeds: feeds, thresholds: thresholds, search: search, setup: setup, teardown: teardown)
            profile.pacing = pacing
            profile.http = http ?? profile.http
            profile.seriesTags = tags
            file.bounds(&fields, of: &profile)
            file.check(feeds, areEnoughFor: profile.schedules.reduce(0) { $0 + $1.model.maximumUsers })
            return profile
        }
    }
}

extension ScenarioFile {
    /// Checks the profile's own steps, and says what its scenarios may read.
    fileprivate func checked(
        _ setup: [Step], _ teardown: [Step], _ feeds: [LoadProfile.Feed]
    ) -> KnownNames {
        var check = NameCheck(stand: session.stand, known: KnownNames())
        let (problems, names) = check.problems(in: setup)
        for problem in problems { yaml.add(problem) }
        for feed in feeds where feed.name == LoadProfile.figuresName {
            yaml.error(
                "AS571", "`${\(feed.name).…}` tells of the pass itself, so no feed can be called so",
                at: yaml.root["feeds"] ?? yaml.root, fix: "give the feed another name")
        }
        for feed in feeds where names.contains(feed.name) {
            yaml.error(
                "AS571", "a feed and a capture of the set-up are both called '\(feed.name)'",
                at: yaml.root["feeds"] ?? yaml.root, fix: "give one of them another name")
        }
        var known = KnownNames(variables: names)
        known.feeds[LoadProfile.figuresName] = LoadProfile.figures
        for feed in feeds { known.feeds[feed.name] = feed.rows.columns }
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

    /// The schedule of the profile; `nil` when it has none, which is right where scenarios have their own.
    fileprivate func profileDrive(
        _ fields: inout MappingReader, _ scenarios: [LoadProfile.WeightedScenario]
    ) -> LoadDriving? {
        let haveOwn = scenarios.contains { $0.model != nil }
        let keys = ["users", "arrivals", "iterations"].compactMap { fields.pair($0) }
        let drive = drive(&fields, isRequired: !haveOwn)
        guard haveOwn else { return drive }
        for pair in keys {
            yaml.error(
                "AS565", "the profile has '\(pair.name)', and its scenarios have schedules of their own",
                at: pair.key,
                fix: "keep one: a schedule for all, with weights, or one for each scenario")
        }
        return nil
    }

    fileprivate func thresholds(
        _ fields: inout MappingReader, _ metrics: MetricRegistry
    ) -> [LoadProfile.ThresholdText] {
        let thresholds = fields.optional("thresholds") { node in
            yaml.list(node) { line in
                yaml.string(line).map { LoadProfile.ThresholdText(text: $0, location: line.location) }
            }
        }
        for threshold in thresholds ?? [] {
            for problem in session.checkThreshold?(threshold, metrics) ?? [] { yaml.add(problem) }
        }
        return thresholds ?? []
    }

    /// Bounds of the run.
    fileprivate func bounds(_ fields: inout MappingReader, of profile: inout LoadProfile) {
        profile.seriesLimit =
            fields.optional("series-limit") { yaml.int($0, in: 1...100_000) } ?? profile.seriesLimit
        profile.lagBound = fields.optional("lag-bound", yaml.duration) ?? profile.lagBound
        profile.latenessBound = fields.optional("lateness-bound", yaml.duration) ?? profile.latenessBound
        profile.contractSample = fields.optional("contracts", contractSample)
        profile.setupTimeout = fields.optional("setup-timeout", yaml.duration) ?? profile.setupTimeout
        profile.teardownTimeout =
            fields.optional("teardown-timeout", yaml.duration) ?? profile.teardownTimeout
    }

    /// `{sample: 1%}`: every hundredth exchange.
    private func contractSample(_ node: YAMLNode) -> Int? {
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
}
