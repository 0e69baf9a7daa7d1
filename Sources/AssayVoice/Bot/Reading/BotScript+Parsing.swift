public import AssayCore
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
