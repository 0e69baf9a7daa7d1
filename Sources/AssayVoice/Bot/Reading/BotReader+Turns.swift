internal import AssayAudio
internal import AssayCore
internal import AssayDoubles
internal import AssayFormats

extension BotReader {
    /// `turns:`, or `states:` with turns each.
    func readTurns(_ fields: inout MappingReader, _ script: inout BotScript) {
        let form = fields.choice(of: ["turns", "states"], isRequired: false, code: "AS384")
        guard let form else { return }
        if form.name == "turns" {
            script.states[0].turns = yaml.list(form.value) { self.turn($0) } ?? []
            return
        }
        let states = yaml.entries(form.value, "states").map { pair in
            BotScript.State(name: pair.name, turns: yaml.list(pair.value) { self.turn($0) } ?? [])
        }
        guard !states.isEmpty else {
            yaml.error(
                "AS384", "'states' is empty", at: form.value,
                fix: "write `states: {start: [{heard: any, say: …}]}`")
            return
        }
        script.states = states
    }

    private func turn(_ node: YAMLNode) -> BotTurn? {
        yaml.mapping(node, "turn") { fields -> BotTurn? in
            let heard = fields.required("heard", self.heard)
            let call = fields.optional("call") { self.toolCall($0) }
            let answer = self.answer(&fields)
            let failed = fields.optional("failed") { self.answer($0, "what a failure says") }
            let after = fields.optional("after", yaml.delay)
            let times = fields.optional("times") { yaml.int($0, in: 1...1_000_000) }
            let description = fields.optional("description", yaml.text)
            let parameters = fields.optional("parameters", yaml.json)
            guard let heard else { return nil }
            var turn = BotTurn(heard)
            turn.call = call
            turn.answer = answer
            turn.failed = failed
            turn.after = after
            turn.times = times
            turn.toolDescription = description
            turn.toolParameters = parameters
            return turn
        }.flatMap { $0 }
    }

    /// `any`, or one of the forms.
    private func heard(_ node: YAMLNode) -> BotTurn.Heard? {
        guard node.pairs != nil else {
            return yaml.enumeration(node, of: ["any"]).map { _ in .anything }
        }
        return yaml.mapping(node, "'heard'") { fields -> BotTurn.Heard? in
            let threshold = fields.optional("alike") { yaml.percent($0) }
            guard
                let form = fields.choice(
                    of: ["like", "marker", "dtmf", "silence", "text", "tool"], code: "AS384")
            else { return nil }
            switch form.name {
            case "like":
                guard let name = yaml.string(form.value), let sound = sounds.read(name, at: form.value, yaml)
                else { return nil }
                return .like(
                    BotTurn.Reference(
                        name: name, sound: sound, threshold: threshold ?? BotTurn.Reference.defaultThreshold))
            case "marker": return digits(form.value).map { .marker($0) }
            case "dtmf": return digits(form.value).map { .digits($0) }
            case "silence": return yaml.duration(form.value).map { .silence($0) }
            case "text": return text(form.value)
            default: return yaml.string(form.value).map { .tool($0) }
            }
        }.flatMap { $0 }
    }

    private func text(_ node: YAMLNode) -> BotTurn.Heard? {
        guard let wanted = yaml.textMatcher(node) else { return nil }
        guard let constant = wanted.constant else {
            yaml.error(
                "AS384", "what is heard is known before any call and cannot hold `${…}`", at: node,
                fix: "write it out, like `text: {contains: tyres}`")
            return nil
        }
        return .text(constant)
    }

    /// Digits of a telephone: 0–9, A–D, * and #.
    func digits(_ node: YAMLNode) -> String? {
        guard let text = yaml.text(node) else { return nil }
        let known = "0123456789ABCD*#"
        if !text.isEmpty, text.count <= 16, text.allSatisfy(known.contains) { return text }
        yaml.error(
            "AS385", "expected digits of a telephone (0–9, A–D, *, #), at most 16, found '\(text)'", at: node,
            fix: "write them in quotes: \"1\"")
        return nil
    }

    // MARK: Answers

    /// `{say, then}`, or only what is said.
    func answer(_ node: YAMLNode, _ what: String) -> BotAnswer? {
        guard node["say"] != nil || node["then"] != nil else { return phrases(node).map { BotAnswer($0) } }
        return yaml.mapping(node, what) { fields in self.answer(&fields) }
    }

    func answer(_ fields: inout MappingReader) -> BotAnswer {
        let say = fields.optional("say", phrases) ?? []
        let then = fields.optional("then") { node -> BotNext? in
            switch yaml.text(node) {
            case "listen": .listen
            case "hangup": .hangUp
            case "transfer": .transfer
            case .some(let name): .state(name)
            case nil: nil
            }
        }
        return BotAnswer(say, then: then ?? .listen)
    }

    /// One thing to say, or several one after another.
    func phrases(_ node: YAMLNode) -> [Phrase]? { yaml.oneOrMore(node, of: phrase) }

    private func phrase(_ node: YAMLNode) -> Phrase? {
        guard node.pairs != nil else {
            guard let name = yaml.string(node) else { return nil }
            return sounds.read(name, at: node, yaml).map { .sound($0, name: name) }
        }
        return yaml.mapping(node, "something to say") { fields -> Phrase? in
            let length = fields.optional("for", yaml.duration)
            guard let form = fields.choice(of: ["file", "marker", "tone", "silence", "text"], code: "AS384")
            else { return nil }
            switch form.name {
            case "file":
                guard let name = yaml.string(form.value) else { return nil }
                return sounds.read(name, at: form.value, yaml).map { .sound($0, name: name) }
            case "marker": return digits(form.value).map { .marker($0) }
            case "tone":
                return yaml.double(form.value, in: 50...3900).map {
                    .tone(hertz: $0, length ?? .milliseconds(500))
                }
            case "silence": return yaml.duration(form.value).map { .silence($0) }
            default: return yaml.template(form.value).map { .text($0) }
            }
        }.flatMap { $0 }
    }

    // MARK: Back ends

    func toolCall(_ node: YAMLNode) -> ToolCall? {
        yaml.mapping(node, "call") { fields -> ToolCall? in
            let method = fields.choice(of: ["get", "post", "put", "patch", "delete"], code: "AS384")
            let headers = fields.optional("headers") { node in
                yaml.entries(node, "headers").compactMap { pair in
                    yaml.template(pair.value).map { (name: pair.name, value: $0) }
                }
            }
            let json = fields.optional("json", yaml.valueTemplate)
            let timeout = fields.optional("timeout", yaml.duration)
            let capture = fields.optional("capture") { node in
                yaml.entries(node, "capture").compactMap { pair in
                    self.path(pair.value).map { (name: pair.name, path: $0) }
                }
            }
            guard let method, let url = yaml.template(method.value) else { return nil }
            var call = ToolCall(method.name.uppercased(), url)
            call.headers = headers ?? []
            call.json = json
            call.timeout = timeout ?? call.timeout
            call.capture = capture ?? []
            return call
        }.flatMap { $0 }
    }

    private func path(_ node: YAMLNode) -> JSONPath? {
        switch yaml.path(node) {
        case .fixed(let path, _): return path
        case .templated:
            yaml.error(
                "AS384", "the path of a capture is constant", at: node, fix: "write `capture: {id: $.id}`")
            return nil
        case nil: return nil
        }
    }

    /// A URL, or `{url, model, …}`.
    func speech(_ node: YAMLNode, _ what: String, model: String) -> SpeechBackEnd? {
        guard node.pairs != nil else {
            return yaml.template(node).map { SpeechBackEnd(url: $0, model: model) }
        }
        return yaml.mapping(node, what) { fields -> SpeechBackEnd? in
            let url = fields.required("url", yaml.template)
            let key = fields.optional("key", yaml.template)
            let name = fields.optional("model", yaml.text)
            let voice = what == "tts" ? fields.optional("voice", yaml.text) : nil
            let timeout = fields.optional("timeout", yaml.duration)
            guard let url else { return nil }
            var end = SpeechBackEnd(url: url, model: name ?? model)
            end.key = key
            end.voice = voice ?? end.voice
            end.timeout = timeout ?? end.timeout
            return end
        }.flatMap { $0 }
    }

    func chat(_ node: YAMLNode) -> ChatBackEnd? {
        let model = "gpt-4o-mini"
        guard node.pairs != nil else {
            return yaml.template(node).map { ChatBackEnd(url: $0, model: model) }
        }
        return yaml.mapping(node, "llm") { fields -> ChatBackEnd? in
            let url = fields.required("url", yaml.template)
            let key = fields.optional("key", yaml.template)
            let name = fields.optional("model", yaml.text)
            let system = fields.optional("system", yaml.template)
            let timeout = fields.optional("timeout", yaml.duration)
            let memory = fields.optional("memory") { yaml.int($0, in: 2...1000) }
            guard let url else { return nil }
            var end = ChatBackEnd(url: url, model: name ?? model)
            end.key = key
            end.system = system
            end.timeout = timeout ?? end.timeout
            end.memory = memory ?? end.memory
            return end
        }.flatMap { $0 }
    }
}
