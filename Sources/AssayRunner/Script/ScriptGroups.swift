internal import AssayCore

/// The groups that scripts of one reactor went into, each under a number.
struct ScriptGroups {
    private struct Step: Hashable {
        var parent: Int
        var name: String
    }

    /// As scripts see them: `::checkout::pay`; the first is outside of all groups.
    private(set) var paths: [String] = [""]
    private var inner: [Step: Int] = [:]
    /// So many are told apart.
    private let limit: Int

    /// Outside of all groups.
    static let outside = 0

    init(limit: Int) { self.limit = max(1, limit) }

    /// The group of a name inside another; those that are too many are one.
    mutating func group(_ name: String, in parent: Int) -> Int {
        let step = Step(parent: parent, name: name)
        if let known = inner[step] { return known }
        guard paths.count <= limit else {
            let rest = Step(parent: Self.outside, name: MeterLayout.standIn)
            return inner[rest] ?? add(rest)
        }
        return add(step)
    }

    private mutating func add(_ step: Step) -> Int {
        paths.append(paths[step.parent] + "::" + step.name)
        inner[step] = paths.count - 1
        return paths.count - 1
    }

    /// As the tag `group` has it: `checkout::pay`; `nil` outside of groups.
    func tag(_ group: Int) -> Series.Tag? {
        group == Self.outside ? nil : Series.Tag("group", String(paths[group].dropFirst(2)))
    }
}
