import AssayCore
import AssayFormats

extension StepKind {
    /// `- group: checkout` with `steps` beside it.
    static let group = StepKind(keyword: "group", companions: ["steps"]) { pair, fields, file in
        let name = file.groupName(pair.value)
        // Steps of a group stay known to the steps after, whatever is wrong with its name.
        let steps = fields.required("steps") { file.steps($0) }
        return (.group(GroupAction(name: name ?? "group", steps: steps ?? [])), name ?? "group")
    }
}

extension ScenarioFile {
    /// The name of a group: constant, and without the `/` that stands between the names of groups inside each other.
    fileprivate func groupName(_ node: YAMLNode) -> String? {
        guard let name = constantText(node, "a group's name") else { return nil }
        guard !name.isEmpty, !name.contains("/") else {
            yaml.error(
                "AS585",
                name.isEmpty
                    ? "a group needs a name" : "'/' stands between groups inside each other, found '\(name)'",
                at: node, fix: "write `- group: checkout` with `steps: […]` beside it")
            return nil
        }
        return name
    }
}
