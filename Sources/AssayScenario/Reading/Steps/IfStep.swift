import AssayCore
import AssayFormats

extension StepKind {
    static let `if` = StepKind(keyword: "if", companions: ["then", "else"]) { pair, fields, file in
        let condition = file.yaml.expression(pair.value)
        let then = fields.required("then") { file.steps($0) }
        let otherwise = fields.optional("else") { file.steps($0) }
        // Steps of either branch stay known to the steps after, whatever is wrong with the condition.
        let action = IfAction(
            condition: condition ?? .literal(.null), then: then ?? [], otherwise: otherwise ?? [])
        return (.if(action), "if")
    }
}
