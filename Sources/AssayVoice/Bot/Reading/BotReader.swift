internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayWire

/// Reads what stands behind `bot:`: a script, or the name of a file with one.
struct BotReader {
    let yaml: YAMLReading
    let sounds: BotSounds

    init(_ yaml: YAMLReading) {
        self.yaml = yaml
        sounds = BotSounds(folder: yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? "")
    }

    /// `bot: bots/tyres.yml`, or the script itself.
    static func kind(_ node: YAMLNode, _ yaml: YAMLReading) -> (any DoubleKind)? {
        guard node.scalarText != nil, !node.isNull else {
            return BotReader(yaml).script(node).map { BotDoubleKind(script: $0) }
        }
        guard let written = yaml.string(node) else { return nil }
        let folder = yaml.file.lastIndex(of: "/").map { String(yaml.file[...$0]) } ?? ""
        let path = written.hasPrefix("/") ? written : folder + written
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path, limitBytes: 16 << 20)
        } catch {
            yaml.error(
                "AS130", "the double's file cannot be read: \(error)", at: node,
                fix: "name a file that begins `assay: 1`, `double: NAME` and `bot:`")
            return nil
        }
        guard let file = YAMLReading(parsing: bytes, file: path, bag: yaml.bag) else { return nil }
        return file.mapping(file.root, "bot's file") { fields -> (any DoubleKind)? in
            _ = fields.required("assay") { file.int($0, in: 1...1) }
            _ = fields.required("double", file.text)
            return fields.required("bot") { BotReader(file).script($0).map { BotDoubleKind(script: $0) } }
        }.flatMap { $0 }
    }

    // MARK: The script

    func script(_ node: YAMLNode) -> BotScript? {
        if node.isNull { return BotScript.demonstration(BotScript(format: .asteriskApp)) }
        let script = yaml.mapping(node, "bot") { fields -> BotScript in
            var script = BotScript(format: fields.optional("format", self.format) ?? .asteriskApp)
            script.greeting = fields.optional("greeting", self.greeting)
            script.endOfSpeech = fields.optional("end-of-speech", yaml.duration) ?? script.endOfSpeech
            script.thinking = fields.optional("thinking", yaml.delay) ?? script.thinking
            if let node = fields.value("barge-in") { script.bargeIn = self.bargeIn(node) }
            self.readTurns(&fields, &script)
            script.failed = fields.optional("failed") { self.answer($0, "what a failure says") }
            script.breaker = fields.optional("circuit-breaker", self.breaker)
            script.transcribing = fields.optional("stt") { self.speech($0, "stt", model: "whisper-1") }
            script.speaking = fields.optional("tts") { self.speech($0, "tts", model: "tts-1") }
            script.chatting = fields.optional("llm", self.chat)
            script.transfer = fields.optional("transfer") { self.toolCall($0) }
            script.hangup = fields.optional("hangup") { yaml.enumeration($0) } ?? script.hangup
            script.mode = fields.optional("mode", self.mode) ?? script.mode
            script.isStrict = fields.optional("strict", yaml.bool) ?? false
            script.limits = fields.optional("limits", self.limits) ?? script.limits
            script.log = fields.optional("log", yaml.string).map { sounds.path($0) }
            script.plan = SwitchOptions(reading: &fields, yaml, of: script.mode.switches)
            let saysNothing = ["greeting", "turns", "states", "llm"].allSatisfy { node[$0] == nil }
            return saysNothing ? .demonstration(script) : script
        }
        if let script { BotChecking(yaml: yaml, node: node).check(script) }
        return script
    }

    private func format(_ node: YAMLNode) -> AudioSocketFormat? {
        let names = AudioSocketFormat.presets.map(\.name)
        guard node.pairs != nil else {
            guard let name = yaml.enumeration(node, of: names) else { return nil }
            return AudioSocketFormat.named(name)
        }
        return yaml.mapping(node, "format") { fields -> AudioSocketFormat? in
            let word = fields.optional("encoding") { yaml.enumeration($0, of: ["linear16", "mulaw"]) }
            let encoding: AudioSocketFormat.Encoding = word == "mulaw" ? .mulaw : .linear16
            let rate = fields.required("rate") { yaml.int($0, in: 8000...192_000) }
            let type = fields.optional("type", self.typeByte)
            guard let rate else { return nil }
            guard rate % 50 == 0 else {
                yaml.error(
                    "AS381", "20 ms at \(rate) Hz are no whole number of samples", at: node,
                    fix: "take a rate that 50 divides, like 8000, 16000 or 44100")
                return nil
            }
            guard let type = type ?? AudioSocketType.audio(rate: rate) else {
                yaml.error(
                    "AS381", "AudioSocket has no type for \(rate) Hz", at: node,
                    fix: "say which type byte its messages have: `type: \"10\"`")
                return nil
            }
            let format = AudioSocketFormat(rate: rate, type: type, encoding: encoding)
            return format
        }.flatMap { $0 }
    }

    /// `"12"`, hexadecimal, as AudioSocket's types are written.
    private func typeByte(_ node: YAMLNode) -> UInt8? {
        guard let text = yaml.text(node) else { return nil }
        if let type = UInt8(text, radix: 16), type >= 0x10, type < 0xFF { return type }
        yaml.error(
            "AS381", "a type of audio is two hexadecimal digits from 10 to fe, found '\(text)'", at: node,
            fix: "write `type: \"10\"`, or leave it out")
        return nil
    }

    private func greeting(_ node: YAMLNode) -> BotScript.Greeting? {
        guard node["say"] != nil || node["after"] != nil else {
            return phrases(node).map { BotScript.Greeting($0) }
        }
        return yaml.mapping(node, "greeting") { fields -> BotScript.Greeting? in
            let after = fields.optional("after", yaml.delay)
            let say = fields.required("say", self.phrases)
            return say.map { BotScript.Greeting($0, after: after ?? .fixed(.zero)) }
        }.flatMap { $0 }
    }

    private func bargeIn(_ node: YAMLNode) -> BotScript.BargeIn? {
        if node.pairs == nil {
            let word = yaml.enumeration(node, of: ["stop", "ignore"])
            return word == "ignore" ? nil : BotScript.BargeIn()
        }
        return yaml.mapping(node, "barge-in") { fields in
            var bargeIn = BotScript.BargeIn()
            bargeIn.stopsAfter = fields.optional("stops-after", yaml.duration) ?? bargeIn.stopsAfter
            bargeIn.needs = fields.optional("needs", yaml.duration) ?? bargeIn.needs
            return bargeIn
        }
    }

    private func breaker(_ node: YAMLNode) -> BotScript.Breaker? {
        yaml.mapping(node, "circuit breaker") { fields in
            let failures = fields.optional("failures") { yaml.int($0, in: 1...1_000_000) }
            let openFor = fields.optional("open-for", yaml.duration)
            let answer = self.answer(&fields)
            return BotScript.Breaker(
                failures: failures ?? 3, openFor: openFor ?? .seconds(10),
                answer: answer.say.isEmpty && answer.then == .listen ? nil : answer)
        }
    }

    private func limits(_ node: YAMLNode) -> BotScript.Limits? {
        yaml.mapping(node, "limits") { fields in
            var limits = BotScript.Limits()
            limits.calls = fields.optional("calls") { yaml.int($0, in: 1...100_000) } ?? limits.calls
            limits.call = fields.optional("call", yaml.duration) ?? limits.call
            limits.utterance = fields.optional("utterance", yaml.duration) ?? limits.utterance
            limits.memoryBytes = fields.optional("memory", yaml.byteCount)?.bytes ?? limits.memoryBytes
            return limits
        }
    }

    // MARK: Modes

    private func mode(_ node: YAMLNode) -> BotMode? {
        guard let pair = node.pairs?.first else {
            return yaml.enumeration(node, as: BotMode.Kind.self).map { BotMode($0) }
        }
        let words = BotMode.Kind.allCases.map(\.rawValue)
        return yaml.mapping(node, "mode") { fields -> BotMode? in
            guard let form = fields.choice(of: words, code: "AS386"),
                let kind = BotMode.Kind(rawValue: form.name)
            else { return nil }
            var mode = BotMode(kind)
            if pair.value.isNull { return mode }
            return yaml.mapping(form.value, "mode '\(form.name)'") { fields in
                readMode(&fields, &mode)
                return mode
            }
        }.flatMap { $0 }
    }

    private func readMode(_ fields: inout MappingReader, _ mode: inout BotMode) {
        switch mode.kind {
        case .paced, .deaf: break
        case .burst: mode.burstFrames = fields.optional("frames") { yaml.int($0, in: 0...100_000) } ?? 0
        case .gappy:
            mode.gapEvery = fields.optional("every", yaml.duration) ?? mode.gapEvery
            mode.gapFor = fields.optional("for", yaml.duration) ?? mode.gapFor
        case .early: mode.earlyAfter = fields.optional("after", yaml.duration) ?? mode.earlyAfter
        case .silent: mode.silentAfter = fields.optional("after") { yaml.int($0, in: 0...1000) } ?? 0
        case .wrongRate: mode.rate = fields.optional("rate") { yaml.int($0, in: 8000...192_000) } ?? 0
        case .noClose: mode.closeAfter = fields.optional("for", yaml.duration) ?? mode.closeAfter
        case .diesOnDTMF: mode.fatalDigit = fields.optional("digit", self.digit) ?? ""
        }
    }

    private func digit(_ node: YAMLNode) -> String? {
        digits(node).flatMap { text in
            if text.count == 1 { return text }
            yaml.error("AS385", "expected one digit, found '\(text)'", at: node, fix: "write `digit: \"1\"`")
            return nil
        }
    }
}
