import AssayCore
import AssayFormats

extension StepKind {
    static let use = StepKind(keyword: "use", companions: ["with"], captures: [.variable]) { pair, fields, file in
        let with = fields.optional("with") { file.variables($0, "with") } ?? []
        guard let scenario = file.scenario(named: pair.value) else { return nil }
        file.checkWith(with, of: scenario, at: pair.value)
        return (.use(UseAction(scenario: scenario, with: with)), scenario.name)
    }
}
