public import AssayCore
internal import AssayDoubles
internal import AssayFormats

extension BotScript {
    /// Reads what stands behind `bot:`, as YAML.
    ///
    /// - Parameter file: for messages, and the folder of sound files.
    /// - Throws: everything that is wrong with it.
    public init(parsing text: String, file: String = "bot.yml") throws(Diagnostics) {
        let bag = DiagnosticBag()
        let yaml = YAMLReading(parsing: Array(text.utf8), file: file, bag: bag)
        let script = yaml.flatMap { BotReader($0).script($0.root) }
        guard !bag.hasErrors, let script else { throw Diagnostics(bag.all) }
        self = script
    }
}

extension BotScript {
    /// What a bot does that has nothing to say: it greets with the tone of a 1 and answers with that of a 2.
    static func demonstration(_ script: BotScript) -> BotScript {
        var script = script
        script.greeting = Greeting([.marker("1")], after: .fixed(.milliseconds(200)))
        script.states = [State(name: firstState, turns: [BotTurn(.anything, say: [.marker("2")])])]
        return script
    }
}
