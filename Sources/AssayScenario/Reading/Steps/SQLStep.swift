import AssayCore
import AssayFormats

extension StepKind {
    static let sql = StepKind(
        keyword: "sql", expectations: ["rows", "row-count"], captures: [.path]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "an sql step") { fields in
            let onNode = fields.value("on")
            let on = fields.required("on") {
                file.chosenPart($0, "on", accepts: \.isDatabase, "a database")
            }
            let statement = fields.choice(of: ["query", "run"], code: "AS024")
            let text = statement.flatMap { file.yaml.template($0.value) }
            let arguments = fields.optional("args") { file.yaml.list($0, of: file.yaml.valueTemplate) }
            guard let on, let onNode, let statement, let text else { return nil }
            var action = SQLAction(
                on: on.name, onLocation: onNode.location, statement: text,
                returnsRows: statement.name == "query",
                arguments: arguments ?? [])
            action.choice = on.choice
            return (.sql(action), "sql on \(on.name)")
        }
    }
}
