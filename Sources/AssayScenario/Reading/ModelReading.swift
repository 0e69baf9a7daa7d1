import AssayCore
import AssayFormats

extension ScenarioFile {
    /// `users`, `arrivals` or `iterations`, with what stands beside their short forms: `users: 20`, `for: 1m`.
    ///
    /// - Parameter isRequired: one of them must be there.
    func drive(_ fields: inout MappingReader, isRequired: Bool) -> LoadDriving? {
        let beside = ["for", "max-users", "ready-users", "spread"].compactMap { fields.pair($0) }
        let models = ["users", "arrivals", "iterations"]
        guard let pair = fields.choice(of: models, isRequired: isRequired, code: "AS090") else {
            for other in beside {
                yaml.error(
                    "AS570",
                    "'\(other.name)' goes with `users: 20` or `arrivals: 50/s`, and there is neither",
                    at: other.key, fix: "add one of them")
            }
            return nil
        }
        guard pair.value.pairs != nil || pair.name == "iterations" else { return short(pair, beside) }
        for other in beside {
            yaml.error(
                "AS570", "'\(other.name)' stands beside the short form only, and '\(pair.name)' is a mapping",
                at: other.key, fix: "move it into '\(pair.name)'")
        }
        switch pair.name {
        case "users": return users(pair.value)
        case "arrivals": return arrivals(pair.value)
        default: return iterations(pair.value).map(LoadDriving.init)
        }
    }

    /// `users: 20` or `arrivals: 50/s`, with how long beside it.
    private func short(_ pair: YAMLNode.Pair, _ beside: [YAMLNode.Pair]) -> LoadDriving? {
        func node(_ name: String) -> YAMLNode? { beside.first { $0.name == name }?.value }
        func needed(_ name: String, _ example: String) {
            guard node(name) == nil else { return }
            yaml.error(
                "AS570", "`\(pair.name): \(pair.value.scalarText ?? "")` needs '\(name)' beside it",
                at: pair.value, fix: "add `\(name): \(example)`")
        }
        let isUsers = pair.name == "users"
        needed("for", "1m")
        if !isUsers { needed("max-users", "500") }
        for other in beside where isUsers && other.name != "for" {
            yaml.error(
                "AS570", "'\(other.name)' goes with 'arrivals', and this is a load of users", at: other.key,
                fix: "leave it out")
        }
        let length = node("for").flatMap { held($0) }
        if isUsers {
            let count = userCount(pair.value)
            if count == 0 { neverStarts(pair) }
            guard let length, let count else { return nil }
            return LoadDriving(.users(start: count, stages: [.init(length: length, target: count)]))
        }
        let rate = yaml.rate(pair.value)
        if rate?.perSecond == 0 { neverStarts(pair) }
        let most = node("max-users").flatMap { maximumUsers($0) }
        guard let length, let rate, let most else { return nil }
        var arrivals = LoadProfile.Arrivals(
            start: rate, stages: [.init(length: length, target: rate)], maximumUsers: most)
        readyUsers(node("ready-users"), &arrivals)
        arrivals.spread = spread(node("spread"))
        return LoadDriving(.arrivals(arrivals))
    }

    private func neverStarts(_ pair: YAMLNode.Pair) {
        let most = pair.name == "users" ? "20" : "20/s"
        yaml.error(
            "AS091", "'\(pair.name)' never starts a user", at: pair.value,
            fix: "write `stages: [{for: 1m, to: \(most)}]`")
    }

    /// How long something lasts: longer than nothing.
    private func held(_ node: YAMLNode) -> Duration? {
        guard let length = yaml.duration(node) else { return nil }
        guard length > .zero else {
            yaml.error("AS570", "a load that lasts no time is none", at: node, fix: "write `for: 1m`")
            return nil
        }
        return length
    }

    private func users(_ node: YAMLNode) -> LoadDriving? {
        yaml.mapping(node, "'users'") { fields in
            let start = fields.pair("start")
            let first = start.flatMap { userCount($0.value) }
            guard let way = fields.choice(of: ["stages", "step", "at"], code: "AS091") else { return nil }
            switch way.name {
            case "step":
                let steps = steps(way.value, from: first.map(Double.init)) { userCount($0).map(Double.init) }
                return steps.map(LoadDriving.users)
            case "at":
                refuse(start, beside: "at")
                let length = fields.required("for") { held($0) }
                guard let count = userCount(way.value), let length else { return nil }
                if count == 0 { neverStarts(way) }
                return LoadDriving(.users(start: count, stages: [.init(length: length, target: count)]))
            default:
                let stages = stages(way.value, zero: 0, target: userCount)
                guard let stages else { return nil }
                if first ?? 0 == 0, !stages.isEmpty,
                    stages.allSatisfy({ $0.target == 0 && $0.from ?? 0 == 0 })
                {
                    yaml.error(
                        "AS091", "'users' never starts a user", at: node,
                        fix: "write `stages: [{for: 1m, to: 20}]`")
                }
                return LoadDriving(.users(start: first ?? 0, stages: stages))
            }
        }
    }

    private func arrivals(_ node: YAMLNode) -> LoadDriving? {
        yaml.mapping(node, "'arrivals'") { fields in
            let start = fields.pair("start")
            let first = start.flatMap { yaml.rate($0.value) }
            let way = fields.choice(of: ["stages", "step", "at", "count"], code: "AS091")
            let most = fields.required("max-users") { maximumUsers($0) }
            let ready = fields.value("ready-users")
            let spread = spread(fields.value("spread"))
            let isShort = way.map { $0.name == "at" || $0.name == "count" } ?? false
            let length = isShort ? fields.required("for") { held($0) } : nil
            guard let way else { return nil }
            var stages: [LoadProfile.Stage<Rate>]?
            var from = first ?? Rate(perSecond: 0)
            switch way.name {
            case "step":
                let steps = steps(way.value, from: first?.perSecond) { yaml.rate($0)?.perSecond }
                if let ready { refuse(ready, "ready-users") }
                guard let steps, let most else { return nil }
                return .arrivals(steps, maximumUsers: most)
            case "at", "count":
                refuse(start, beside: way.name)
                guard let length else { return nil }
                let rate = way.name == "at" ? yaml.rate(way.value) : evenRate(way.value, over: length)
                guard let rate else { return nil }
                if rate.perSecond == 0 { neverStarts(.init(key: way.key, value: way.value)) }
                from = rate
                stages = [.init(length: length, target: rate)]
            default:
                stages = self.stages(way.value, zero: Rate(perSecond: 0), target: yaml.rate, even: evenRate)
            }
            guard let stages, let most else { return nil }
            if from.perSecond == 0, !stages.isEmpty,
                stages.allSatisfy({ $0.target.perSecond == 0 && $0.from?.perSecond ?? 0 == 0 })
            {
                yaml.error(
                    "AS091", "'arrivals' never starts a user", at: node,
                    fix: "write `stages: [{for: 1m, to: 20/s}]`")
            }
            var arrivals = LoadProfile.Arrivals(start: from, stages: stages, maximumUsers: most)
            readyUsers(ready, &arrivals)
            arrivals.spread = spread
            return LoadDriving(.arrivals(arrivals))
        }
    }

    private func refuse(_ start: YAMLNode.Pair?, beside way: String) {
        guard let start else { return }
        yaml.error(
            "AS570", "'start' begins a line of stages, and '\(way)' is the same all the time", at: start.key,
            fix: "leave it out")
    }

    private func refuse(_ node: YAMLNode, _ name: String) {
        yaml.error("AS570", "'\(name)' does not go with steps", at: node, fix: "leave it out")
    }

    private func maximumUsers(_ node: YAMLNode) -> Int? {
        let most = userCount(node)
        if most == 0 {
            yaml.error(
                "AS091", "'max-users' of 0 drops every start", at: node, fix: "write `max-users: 500`")
        }
        return most
    }

    private func readyUsers(_ node: YAMLNode?, _ arrivals: inout LoadProfile.Arrivals) {
        guard let node, let ready = userCount(node) else { return }
        if ready > arrivals.maximumUsers {
            yaml.error(
                "AS576",
                "\(ready) users are to be ready, and 'max-users' allows \(arrivals.maximumUsers)", at: node,
                fix: "raise 'max-users', or make fewer ready")
        }
        arrivals.readyUsers = ready
    }

    private func spread(_ node: YAMLNode?) -> LoadProfile.Arrivals.Spread {
        node.flatMap { yaml.enumeration($0, as: LoadProfile.Arrivals.Spread.self) } ?? .even
    }

    private func iterations(_ node: YAMLNode) -> LoadProfile.Model? {
        yaml.mapping(node, "'iterations'") { fields in
            let users = fields.required("users") { yaml.int($0, in: 1...1_000_000) }
            let kind = fields.choice(of: ["each", "total"], code: "AS090")
            let count = kind.flatMap { yaml.int($0.value, in: 1...1_000_000_000) }
            let within = fields.optional("within") { held($0) }
            guard let users, let kind, let count else { return nil }
            let work: LoadProfile.Iterations.Work = kind.name == "each" ? .each(count) : .total(count)
            return .iterations(.init(users: users, work: work, within: within))
        }
    }

    /// `20` or `20 users`.
    func userCount(_ node: YAMLNode) -> Int? {
        let words = node.stringValue?.split(separator: " ").map(String.init) ?? []
        if words.count == 2, ["user", "users"].contains(words[1]), let count = Int(words[0]),
            (0...1_000_000).contains(count)
        {
            return count
        }
        if node.stringValue != nil {
            yaml.error(
                "AS091", "expected a number of users, found \(node.kindText)", at: node,
                fix: "write `20` or `20 users`")
            return nil
        }
        return yaml.int(node, in: 0...1_000_000)
    }
}
