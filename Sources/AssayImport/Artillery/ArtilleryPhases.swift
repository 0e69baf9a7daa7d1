internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension ArtilleryReading {
    /// The phases one after another, as starts a second.
    ///
    /// Each phase has a whole number of starts, an interval apart; the first comes after an interval.
    func phases() -> LoadProfile.Arrivals? {
        var stages: [LoadProfile.Stage<Rate>] = []
        var modes: Set<String> = []
        var total = 0.0
        if source.options.isSolo {
            stages = Self.even(1, over: 1)
        } else if let node = config["phases"] {
            guard let elements = node.elements else {
                shape(node, "a list of phases")
                return nil
            }
            var isWhole = true
            for element in elements {
                guard let made = phase(element, &modes) else {
                    isWhole = false
                    continue
                }
                stages += made
            }
            guard isWhole else { return nil }
        } else {
            stages = Self.even(1, over: 1)
        }
        for stage in stages { total += stage.target.perSecond * seconds(stage.length) }
        guard total >= 0.5 else {
            yaml.error(
                "AS613", "no phase has an arrival, so nothing would run", at: config["phases"] ?? config)
            return nil
        }
        if modes.count > 1 {
            unsupported(
                "a script with phases of mode 'uniform' and of mode 'poisson'", at: config["phases"] ?? config
            )
        }
        var arrivals = LoadProfile.Arrivals(
            start: stages.first?.from ?? Rate(perSecond: 0), stages: stages,
            maximumUsers: Int(min(total.rounded(.up), 1e6)),
            spread: modes == ["poisson"] ? .poisson : .even)
        arrivals.beginsAtOnce = false
        return arrivals
    }

    /// In seconds; a ramp has a stage for each.
    private static let longestRamp = 86_400.0

    private func seconds(_ length: Duration) -> Double { Double(length.nanoseconds) / 1e9 }

    private func phase(_ node: YAMLNode, _ modes: inout Set<String>) -> [LoadProfile.Stage<Rate>]? {
        guard node.pairs != nil else {
            shape(node, "a phase")
            return nil
        }
        check(
            node,
            ["duration", "pause", "arrivalRate", "arrivalCount", "rampTo", "maxVusers", "name", "mode"],
            in: "a phase")
        if let pause = node["pause"] {
            return length(pause, "pause").map { [Self.stage(0, $0)] }
        }
        var stages: [LoadProfile.Stage<Rate>]
        if let count = node["arrivalCount"] {
            guard let count = amount(count, "arrivalCount"),
                let length = length(of: node, count == 0 ? 0 : nil)
            else { return nil }
            // Without an arrival the next phase begins at once.
            if count == 0 { return [] }
            stages = Self.even(count.rounded(.down), over: length)
        } else if let ramp = node["rampTo"] {
            guard let to = amount(ramp, "rampTo"), let length = length(of: node, 1) else { return nil }
            let place = node["duration"] ?? node
            guard length <= Self.longestRamp else {
                yaml.error(
                    "AS613", "a ramp takes at most \(Int(Self.longestRamp)) seconds (a day)", at: place,
                    fix: "write several phases")
                return nil
            }
            if length != length.rounded() {
                let whole = Int(length.rounded(.up))
                let end = length > 1 ? ", and goes past `rampTo`" : ""
                yaml.warning(
                    "AS613", "a ramp goes by whole seconds, as in Artillery: this one takes \(whole) s\(end)",
                    at: place, fix: "write a whole number of seconds")
            }
            var from = 0.0
            if let rate = node["arrivalRate"] {
                guard let given = amount(rate, "arrivalRate") else { return nil }
                from = given
            }
            stages = Self.ramp(from, to, over: length)
        } else if let rate = node["arrivalRate"] {
            guard let rate = amount(rate, "arrivalRate"), let length = length(of: node, nil) else {
                return nil
            }
            if rate == 0 { return [Self.stage(0, length)] }
            let mode = (node["mode"] ?? config["mode"])?.scalarText ?? "uniform"
            guard ["uniform", "poisson"].contains(mode) else {
                shape(node["mode"] ?? config["mode"] ?? node, "`uniform` or `poisson` for `mode`")
                return nil
            }
            modes.insert(mode)
            stages =
                mode == "poisson"
                ? [Self.stage(rate, length)]
                : Self.even(rate, whole: (rate * length + 1e-9).rounded(.down), over: length)
        } else {
            yaml.error(
                "AS613", "a phase needs `arrivalRate`, `rampTo`, `arrivalCount` or `pause`", at: node,
                fix: "add `arrivalRate: 10`")
            return nil
        }
        if let most = node["maxVusers"] {
            guard let most = amount(most, "maxVusers") else { return nil }
            for place in stages.indices { stages[place].mostUsers = Int(most) }
        }
        return stages
    }

    /// So many in all, an interval apart.
    static func even(_ count: Double, over length: Double) -> [LoadProfile.Stage<Rate>] {
        even(count / length, whole: count, over: length)
    }

    /// A rate until so many have started, and nothing for the rest: a fraction does not go into the next phase.
    static func even(_ rate: Double, whole: Double, over length: Double) -> [LoadProfile.Stage<Rate>] {
        let busy = min(length, whole / rate)
        guard length - busy > 1e-6 else { return [stage(rate, length)] }
        return busy > 0 ? [stage(rate, busy), stage(0, length - busy)] : [stage(0, length)]
    }

    /// A whole number of starts each second, rounded to the nearest; the first second has the first rate and the last
    /// second the last one.
    static func ramp(_ from: Double, _ to: Double, over length: Double) -> [LoadProfile.Stage<Rate>] {
        if length == 1 { return even(((from + to) / 2 + 0.5).rounded(.down), over: 1) }
        var stages: [LoadProfile.Stage<Rate>] = []
        for second in 0..<Int(length.rounded(.up)) {
            let rate = (to - from) / (length - 1) * Double(second) + from
            let count = max(0, (rate + 0.5 + 1e-9).rounded(.down))
            if let last = stages.last, last.target.perSecond == count {
                stages[stages.count - 1].length += .seconds(1)
            } else {
                stages.append(stage(count, 1))
            }
        }
        return stages
    }

    private static func stage(_ rate: Double, _ seconds: Double) -> LoadProfile.Stage<Rate> {
        let rate = Rate(perSecond: rate)
        return .init(length: .nanoseconds(Int64((seconds * 1e9).rounded())), from: rate, target: rate)
    }

    private func length(of node: YAMLNode, _ usual: Double?) -> Double? {
        if let length = node["duration"] { return self.length(length, "duration") }
        if let usual { return usual }
        yaml.error("AS613", "a phase with arrivals needs `duration`", at: node, fix: "add `duration: 60`")
        return nil
    }

    private func length(_ node: YAMLNode, _ key: String) -> Double? {
        if let text = node.scalarText, let seconds = ArtilleryDuration.seconds(text), seconds > 0,
            seconds < 3.2e7
        {
            return seconds
        }
        yaml.error(
            "AS613", "expected seconds or a time with a unit for `\(key)`, found \(node.kindText)", at: node,
            fix: "write `\(key): 60`, or `\(key): 5min`")
        return nil
    }

    private func amount(_ node: YAMLNode, _ key: String) -> Double? {
        if let text = node.scalarText, let value = Double(text), value >= 0, value <= 1e6 { return value }
        yaml.error(
            "AS613", "expected a number from 0 to 1000000 for `\(key)`, found \(node.kindText)", at: node)
        return nil
    }
}
