import AssayCore
import AssayFormats

extension StepKind {
    static let redis = StepKind(
        keyword: "redis", expectations: ["value", "json", "error", "within"], captures: [.path]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "redis step") { fields in
            let onNode = fields.value("on")
            let on = fields.required("on") {
                file.chosenPart($0, "on", accepts: \.isRedis, "a Redis server")
            }
            let written = fields.required("do", file.redisCommands)
            let timeout = fields.optional("timeout", file.yaml.duration)
            guard let on, let onNode, let written else { return nil }
            var action = RedisAction(
                on: on.name, onLocation: onNode.location, commands: written.commands,
                isPipeline: written.isPipeline, timeout: timeout)
            action.choice = on.choice
            return (.redis(action), "redis \(commandNames(written.commands))")
        }
    }

    /// What the commands are called: `EXISTS`, `SET and 2 more`.
    private static func commandNames(_ commands: [[ValueTemplate]]) -> String {
        let first = commands.first?.first?.asConstant?.templateText.uppercased() ?? "command"
        return commands.count > 1 ? "\(first) and \(commands.count - 1) more" : first
    }
}

extension ScenarioFile {
    /// `[GET, key]`, or a list of such lists.
    fileprivate func redisCommands(
        _ node: YAMLNode
    ) -> (commands: [[ValueTemplate]], isPipeline: Bool)? {
        guard let elements = node.elements else {
            let fix =
                node.scalarText.map { text in
                    "write `do: [\(text.split(separator: " ").prefix(4).joined(separator: ", "))]`"
                } ?? "write `do: [GET, key]`"
            yaml.error("AS200", "a command is a list of words, found \(node.kindText)", at: node, fix: fix)
            return nil
        }
        let lists = elements.filter { $0.elements != nil }
        guard !lists.isEmpty else { return redisWords(node, elements).map { ([$0], false) } }
        if lists.count < elements.count, let word = elements.first(where: { $0.elements == nil }) {
            yaml.error(
                "AS201", "several commands are a list of lists, found \(word.kindText) between them",
                at: word,
                fix: "write `do: [[SET, key, 1], [GET, key]]`")
            return nil
        }
        let commands = elements.map { redisWords($0, $0.elements ?? []) }
        return commands.contains { $0 == nil } ? nil : (commands.compactMap(\.self), true)
    }

    private func redisWords(_ node: YAMLNode, _ elements: [YAMLNode]) -> [ValueTemplate]? {
        if elements.isEmpty {
            yaml.error("AS202", "the command has no words", at: node, fix: "write `do: [GET, key]`")
            return nil
        }
        let words = elements.map { element -> ValueTemplate? in
            if element.elements != nil || element.isNull {
                let fix =
                    element.isNull
                    ? "write `\"\"` for an empty word" : "write the words of a command side by side"
                yaml.error(
                    "AS203", "a word of a command is a text or a number, found \(element.kindText)",
                    at: element,
                    fix: fix)
                return nil
            }
            // A number is sent as it is written: `007` and `1.50` are texts to Redis.
            return element.scalarText == nil
                ? yaml.valueTemplate(element) : yaml.template(element).map { .of($0) }
        }
        return words.contains { $0 == nil } ? nil : words.compactMap(\.self)
    }
}
