import AssayCore
import AssayFormats

extension StepKind {
    static let think = StepKind(keyword: "think") { pair, _, file in
        guard pair.value.pairs != nil else {
            return file.yaml.duration(pair.value).map { (.think(.fixed($0)), "think") }
        }
        return file.yaml.mapping(pair.value, "think step") { fields in
            let bounds = fields.required("between") { node in
                file.yaml.list(node, of: file.yaml.duration).flatMap { bounds -> ThinkAction? in
                    guard node.elements?.count == 2, bounds.count == 2, bounds[0] <= bounds[1] else {
                        file.yaml.error(
                            "AS046", "expected two durations, the shorter one first", at: node,
                            fix: "write `between: [1s, 3s]`")
                        return nil
                    }
                    return .between(bounds[0], bounds[1])
                }
            }
            return bounds.map { (.think($0), "think") }
        }
    }
}
