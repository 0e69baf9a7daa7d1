import AssayCore
import AssayFormats

extension StepKind {
    static let run = StepKind(
        keyword: "run", expectations: ["exit", "stdout", "stderr", "json"],
        captures: [.path, .status, .body, .matches]
    ) { pair, _, file in
        if pair.value.pairs == nil {
            guard let text = file.yaml.template(pair.value) else { return nil }
            return (.run(RunAction(command: .shell(text))), "run \(program(text.source))")
        }
        return file.yaml.mapping(pair.value, "run step") { fields in
            let command = fields.required("command", file.command)
            let environment = fields.optional("env") { file.fields($0, "env") }
            let folder = fields.optional("folder", file.yaml.template)
            let input = fields.optional("input", file.yaml.template)
            let timeout = fields.optional("timeout", file.yaml.duration)
            guard let command else { return nil }
            let action = RunAction(
                command: command, environment: environment ?? [], folder: folder, input: input, timeout: timeout)
            let text =
                switch command {
                case .shell(let text): text.source
                case .words(let words): words.first?.source ?? ""
                }
            return (.run(action), "run \(program(text))")
        }
    }

    /// The program's own name: `go` of `/usr/bin/go test ./...`.
    private static func program(_ command: String) -> String {
        let word = command.split(whereSeparator: { $0 == " " || $0 == "\n" }).first.map(String.init) ?? command
        return FileReader.split(word).name
    }
}

extension ScenarioFile {
    fileprivate func command(_ node: YAMLNode) -> RunAction.Command? {
        guard node.elements != nil else { return yaml.template(node).map { .shell($0) } }
        guard let words = yaml.list(node, of: yaml.template) else { return nil }
        if words.isEmpty {
            yaml.error("AS024", "the command has no words", at: node, fix: "write `command: [go, test]`")
        }
        return .words(words)
    }
}
