internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Load profiles.
extension ScenarioWriting {
    func tree(_ profile: LoadProfile) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = [.init("assay", .number(1)), .init("load", .text(profile.name))]
        if !profile.seriesTags.isEmpty { pairs.append(.init("tags", tags(profile.seriesTags))) }
        let http = settings(profile.http, at: profile.location)
        if !http.isEmpty { pairs.append(.init("http", .mapping(http))) }
        let named = profile.feeds.filter { $0.name != LoadProfile.Feed.soleName }
        if let sole = profile.feed { pairs.append(.init("feed", feed(sole))) }
        if !named.isEmpty {
            pairs.append(.init("feeds", .mapping(named.map { .init($0.name, feed($0)) }, isBlock: true)))
        }
        if !profile.setup.isEmpty { pairs.append(.init("setup", steps(profile.setup))) }
        pairs.append(
            .init("scenarios", .list(profile.scenarios.map { scenario($0, of: profile) }, isBlock: true)))
        if let model = profile.model {
            if let search = profile.search {
                pairs.append(rising(model, search))
            } else {
                pairs.append(schedule(model))
            }
        }
        pairs += pacing(profile.pacing, over: LoadProfile.Pacing())
        if !profile.thresholds.isEmpty {
            pairs.append(.init("thresholds", .list(profile.thresholds.map { .text($0.text) }, isBlock: true)))
        }
        if let search = profile.search, !search.conditions.isEmpty {
            pairs.append(degrades(search, profile.model))
        }
        pairs += bounds(profile)
        if !profile.teardown.isEmpty { pairs.append(.init("teardown", steps(profile.teardown))) }
        return .mapping(pairs, isBlock: true)
    }

    private func bounds(_ profile: LoadProfile) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair] = []
        let usual = LoadProfile(name: "", location: profile.location, scenarios: [], model: nil)
        func add(_ key: String, _ length: Duration, unless usual: Duration) {
            if length != usual { pairs.append(.init(key, WrittenUnits.tree(length))) }
        }
        if profile.seriesLimit != usual.seriesLimit {
            pairs.append(.init("series-limit", .number(profile.seriesLimit)))
        }
        add("lag-bound", profile.lagBound, unless: usual.lagBound)
        add("lateness-bound", profile.latenessBound, unless: usual.latenessBound)
        add("setup-timeout", profile.setupTimeout, unless: usual.setupTimeout)
        add("teardown-timeout", profile.teardownTimeout, unless: usual.teardownTimeout)
        if let sample = profile.contractSample {
            let share = WrittenUnits.number(100 / Double(sample)) + "%"
            pairs.append(.init("contracts", .mapping([.init("sample", .word(share))])))
        }
        return pairs
    }

    private func scenario(_ own: LoadProfile.WeightedScenario, of profile: LoadProfile) -> YAMLTree {
        let path = YAMLTree.text(options.path(own.scenario))
        var pairs: [YAMLTree.Pair] = []
        if profile.model != nil, own.weight != 1 {
            pairs.append(.init("weight", .word(WrittenUnits.number(own.weight))))
        }
        if !own.seriesTags.isEmpty { pairs.append(.init("tags", tags(own.seriesTags))) }
        if let model = own.model { pairs += [schedule(model)] + pacing(own.pacing, over: profile.pacing) }
        return pairs.isEmpty ? path : .mapping([.init("use", path)] + pairs, isBlock: own.model != nil)
    }

    private func feed(_ feed: LoadProfile.Feed) -> YAMLTree {
        .mapping(
            [
                .init("rows", .text(options.feedPath(feed))), .init("pick", .text(feed.pick.rawValue)),
                .init("per", .text(feed.per.rawValue)),
            ] + (feed.pick == .random ? [] : [.init("at-end", .text(feed.atEnd.rawValue))]))
    }

    // MARK: schedules

    private func schedule(_ model: LoadProfile.Model) -> YAMLTree.Pair {
        switch model {
        case .users(let start, let stages):
            if let only = stages.first, stages.count == 1, only.from == nil, !only.isPause,
                only.length > .zero,
                only.target == start, start > 0
            {
                return .init(
                    "users",
                    .mapping([
                        .init("at", .number(only.target)), .init("for", WrittenUnits.tree(only.length)),
                    ]))
            }
            let first = start > 0 ? [YAMLTree.Pair("start", .number(start))] : []
            return .init("users", .mapping(first + [stageList(stages) { .number($0) }]))
        case .arrivals(let arrivals):
            let first =
                arrivals.start.perSecond > 0
                ? [YAMLTree.Pair("start", WrittenUnits.tree(arrivals.start))] : []
            var pairs = first + [stageList(arrivals.stages) { WrittenUnits.tree($0) }]
            pairs.append(.init("max-users", .number(min(arrivals.maximumUsers, 1_000_000))))
            if arrivals.readyUsers > 0 { pairs.append(.init("ready-users", .number(arrivals.readyUsers))) }
            if arrivals.spread != .even { pairs.append(.init("spread", .text(arrivals.spread.rawValue))) }
            return .init("arrivals", .mapping(pairs))
        case .iterations(let work):
            var pairs: [YAMLTree.Pair] = [.init("users", .number(work.users))]
            switch work.work {
            case .each(let count): pairs.append(.init("each", .number(count)))
            case .total(let count): pairs.append(.init("total", .number(count)))
            }
            if let within = work.within { pairs.append(.init("within", WrittenUnits.tree(within))) }
            return .init("iterations", .mapping(pairs))
        }
    }

    private func stageList<Target>(
        _ stages: [LoadProfile.Stage<Target>], _ target: (Target) -> YAMLTree
    ) -> YAMLTree.Pair {
        let trees = stages.map { stage -> YAMLTree in
            if stage.isPause { return .mapping([.init("pause", WrittenUnits.tree(stage.length))]) }
            let from = stage.from.map { [YAMLTree.Pair("from", target($0))] } ?? []
            return .mapping(
                [.init("for", WrittenUnits.tree(stage.length))] + from + [.init("to", target(stage.target))])
        }
        return .init("stages", .list(trees))
    }

    /// A load that rises in steps.
    private func rising(_ model: LoadProfile.Model, _ search: LoadProfile.Search) -> YAMLTree.Pair {
        guard let first = search.steps.first, let last = search.steps.last else { return schedule(model) }
        let by = search.steps.count > 1 ? search.steps[1].load - first.load : first.load
        func load(_ value: Double) -> YAMLTree {
            if case .arrivals = model { return WrittenUnits.tree(Rate(perSecond: value)) }
            return .word(WrittenUnits.number(value))
        }
        let step: [YAMLTree.Pair] = [
            .init("by", load(by)), .init("every", WrittenUnits.tree(first.ramp + first.hold)),
            .init("to", load(last.load)), .init("ramp", WrittenUnits.tree(first.ramp)),
        ]
        let pairs: [YAMLTree.Pair] = [.init("start", load(first.load)), .init("step", .mapping(step))]
        if case .arrivals(let arrivals) = model {
            return .init("arrivals", .mapping(pairs + [.init("max-users", .number(arrivals.maximumUsers))]))
        }
        return .init("users", .mapping(pairs))
    }

    private func degrades(_ search: LoadProfile.Search, _ model: LoadProfile.Model?) -> YAMLTree.Pair {
        var pairs: [YAMLTree.Pair] = [.init("beyond", .list(search.conditions.map { .text($0.text) }))]
        if let least = search.atLeast {
            if case .arrivals? = model {
                pairs.append(.init("at-least", WrittenUnits.tree(Rate(perSecond: least))))
            } else {
                pairs.append(.init("at-least", .word(WrittenUnits.number(least))))
            }
        }
        if search.confirm != 1 { pairs.append(.init("confirm", .number(search.confirm))) }
        return .init("degrades", .mapping(pairs))
    }

    private func pacing(
        _ pacing: LoadProfile.Pacing, over outer: LoadProfile.Pacing
    ) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair] = []
        func add(_ key: String, _ length: Duration?, unless usual: Duration?) {
            if let length, length != usual { pairs.append(.init(key, WrittenUnits.tree(length))) }
        }
        add("start", pacing.startAfter, unless: outer.startAfter)
        add("pace", pacing.pace, unless: outer.pace)
        add("graceful-stop", pacing.gracefulStop, unless: outer.gracefulStop)
        add("graceful-ramp-down", pacing.gracefulRampDown, unless: outer.gracefulRampDown)
        return pairs
    }
}
