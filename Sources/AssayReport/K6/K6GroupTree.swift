internal import AssayCore

/// The groups and checks of a run, in the order in which they came up.
struct K6GroupTree {
    private(set) var root = K6Summary.Group(name: "", path: "")
    /// All checks, those of one name in several groups together, in the order in which they came up.
    private(set) var checks: [K6Summary.Check] = []

    init(_ totals: K6Totals, where isChosen: (Series) -> Bool = { _ in true }) {
        for (place, one) in totals.series.enumerated() where isChosen(one) {
            let names = one[tag: "group"].map(Self.names) ?? []
            guard one.metric == "checks", let check = one[tag: "check"] else {
                // Set-up and teardown are groups of what they measure, and no groups of the script.
                if one.metric == "group.duration" { Self.open(names[...], in: &root) }
                continue
            }
            let sum = totals.sum(at: place)
            Self.add(check, sum, to: names[...], in: &root)
            if let known = checks.firstIndex(where: { $0.name == check }) {
                checks[known].passes += sum.passed
                checks[known].fails += sum.total - sum.passed
            } else {
                checks.append(
                    K6Summary.Check(name: check, path: "", passes: sum.passed, fails: sum.total - sum.passed))
            }
        }
    }

    /// `checkout::pay` in its names.
    static func names(_ path: String) -> [String] {
        var (names, name, rest) = ([String](), "", path[...])
        while let first = rest.first {
            if rest.hasPrefix("::") {
                names.append(name)
                name = ""
                rest = rest.dropFirst(2)
            } else {
                name.append(first)
                rest = rest.dropFirst()
            }
        }
        return names + [name]
    }

    private static func open(_ names: ArraySlice<String>, in group: inout K6Summary.Group) {
        guard let place = place(names, in: &group) else { return }
        open(names.dropFirst(), in: &group.groups[place])
    }

    /// Where the first of the names is, made if it is not there.
    private static func place(_ names: ArraySlice<String>, in group: inout K6Summary.Group) -> Int? {
        guard let name = names.first else { return nil }
        if let known = group.groups.firstIndex(where: { $0.name == name }) { return known }
        group.groups.append(K6Summary.Group(name: name, path: "\(group.path)::\(name)"))
        return group.groups.count - 1
    }

    private static func add(
        _ check: String, _ sum: K6Totals.Sum, to names: ArraySlice<String>, in group: inout K6Summary.Group
    ) {
        if let place = place(names, in: &group) {
            return add(check, sum, to: names.dropFirst(), in: &group.groups[place])
        }
        let fails = sum.total - sum.passed
        if let known = group.checks.firstIndex(where: { $0.name == check }) {
            group.checks[known].passes += sum.passed
            group.checks[known].fails += fails
        } else {
            group.checks.append(
                K6Summary.Check(
                    name: check, path: "\(group.path)::\(check)", passes: sum.passed, fails: fails))
        }
    }
}
