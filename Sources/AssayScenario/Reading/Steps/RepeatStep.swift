import AssayCore
import AssayFormats

extension StepKind {
    static let `repeat` = StepKind(keyword: "repeat") { pair, _, file in
        file.yaml.mapping(pair.value, "repeat step") { fields in
            let kind = fields.choice(of: ["times", "while", "over"], code: "AS024")
            let name = fields.optional("as", file.name)
            let limit = fields.optional("max") { file.yaml.int($0, in: 1...1_000_000) }
            let count = kind.flatMap { pair -> RepeatAction.Count? in
                switch pair.name {
                case "times": file.count(pair.value).map { .times($0) }
                case "while": file.yaml.expression(pair.value).map { .whileTrue($0, limit: limit ?? 1000) }
                default: file.yaml.valueTemplate(pair.value).map { .over($0, name: name ?? "element") }
                }
            }
            if let kind, kind.name != "over", let alias = fields.value("as") {
                file.yaml.error("AS024", "`as` names the elements of `over`, not of `\(kind.name)`", at: alias,
                    fix: "remove it; `${index}` is the round, from 0")
            }
            if let kind, kind.name != "while", let bound = fields.value("max") {
                file.yaml.error("AS024", "`max` bounds `while`, not `\(kind.name)`", at: bound, fix: "remove it")
            }
            let pause = fields.optional("pause", file.yaml.duration)
            let steps = file.body(&fields)
            guard let count, let steps else { return nil }
            return (.repeat(RepeatAction(count: count, pause: pause, steps: steps)), "repeat")
        }
    }
}
