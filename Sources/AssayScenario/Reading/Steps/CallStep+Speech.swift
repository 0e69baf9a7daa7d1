import AssayCore
import AssayFormats

extension ScenarioFile {
    // MARK: connecting

    func callConnect(_ node: YAMLNode, _ fields: inout MappingReader) -> CallConnect? {
        let to = yaml.template(node)
        if let written = to?.constantText, let fault = CallAddress.fault(in: written) {
            yaml.error(
                "AS362",
                "'\(Shown.text(written, limit: 60))' is no address of an AudioSocket server: \(fault)",
                at: node, fix: "write `to: \"${bot.audiosocket}\"` or `to: audiosocket://127.0.0.1:9092`")
        }
        let preset = fields.optional("preset") { yaml.enumeration($0, as: CallPreset.self) }
        let rate = fields.optional("rate", callRate)
        let type = fields.optional("type", callType)
        let encoding = fields.optional("encoding") { yaml.enumeration($0, as: CallEncoding.self) }
        let uuid = fields.optional("uuid", callUUID)
        let within = fields.optional("within", yaml.duration)
        let between = fields.optional("between") { yaml.enumeration($0, of: ["silence", "none"]) }
        let strict = fields.optional("strict", yaml.bool)
        let keeps = fields.optional("keep-recording", yaml.bool)
        let pause = fields.optional("turn-pause", yaml.duration)
        guard let to else { return nil }
        var connect = CallConnect(to: to, preset: preset ?? .asteriskApp)
        connect.rate = rate
        connect.type = type
        connect.encoding = encoding
        connect.uuid = uuid
        connect.within = within ?? connect.within
        connect.fillsSilence = between != "none"
        connect.strict = strict
        connect.keepsRecording = keeps
        connect.turnPause = pause ?? connect.turnPause
        return connect
    }

    /// Samples a second, of which 20 ms are a whole number.
    private func callRate(_ node: YAMLNode) -> Int? {
        guard let rate = yaml.int(node, in: 8_000...192_000) else { return nil }
        guard rate % 50 == 0 else {
            yaml.error(
                "AS363",
                "a frame of 20 ms is a whole number of samples, and \(rate) a second make \(rate / 50) and a part",
                at: node, fix: "write one of 8000, 12000, 16000, 24000, 32000, 44100, 48000, 96000, 192000")
            return nil
        }
        return rate
    }

    /// `"12"`, hexadecimal, as AudioSocket's types are written.
    private func callType(_ node: YAMLNode) -> UInt8? {
        guard let text = yaml.text(node) else { return nil }
        if text.utf8.count == 2, let type = UInt8(text, radix: 16), type >= 0x10, type < 0xFF { return type }
        yaml.error(
            "AS363",
            "a type of audio is two hexadecimal digits from 10 to fe, found '\(Shown.text(text, limit: 20))'",
            at: node, fix: "write `type: \"12\"`, or leave it out")
        return nil
    }

    private func callUUID(_ node: YAMLNode) -> Template? {
        guard let template = yaml.template(node) else { return nil }
        if let text = template.constantText, CallUUID.bytes(text) == nil {
            yaml.error(
                "AS364", "'\(Shown.text(text, limit: 60))' is no UUID", at: node,
                fix:
                    "write 32 hexadecimal digits, like `40325ec2-5efd-4bd3-805f-53576e581d13`, or leave it out"
            )
        }
        return template
    }

    // MARK: sounds

    /// A WAV file; one whose name is known is looked at now.
    func callSound(_ node: YAMLNode) -> CallSound? {
        guard let template = yaml.template(node) else { return nil }
        let sound = CallSound(path: template, scenarioFile: yaml.file)
        guard let place = sound.constantPlace else { return sound }
        guard let bytes = session.sound(place, namedAt: (node, yaml)) else { return sound }
        if let fault = session.checkSound?(bytes) {
            yaml.error(
                "AS365", "'\(template.source)' is no sound that can be said: \(fault)", at: node,
                fix: "save it as a WAV file of 16-bit PCM, one channel, 8 or 16 kHz")
        }
        return sound
    }

    func callSpeech(_ node: YAMLNode) -> CallSpeech? {
        guard node.pairs != nil else { return callSounds(node).map { CallSpeech(sounds: $0) } }
        return yaml.mapping(node, "say") { fields in
            let sounds = fields.required("file", callSounds)
            var waits: Duration? = .seconds(30)
            if let node = fields.value("waits") {
                if case .bool(false) = node.content { waits = nil } else { waits = yaml.duration(node) }
            }
            return sounds.map { CallSpeech(sounds: $0, waits: waits) }
        }
    }

    private func callSounds(_ node: YAMLNode) -> [CallSound]? {
        let sounds = yaml.oneOrMore(node, of: callSound)
        if sounds?.isEmpty == true, node.elements?.isEmpty == true {
            yaml.error("AS365", "there is nothing to say", at: node, fix: "name a WAV file: `say: hello.wav`")
            return nil
        }
        return sounds
    }

    func callResponse(_ node: YAMLNode) -> CallResponse? {
        guard node.pairs != nil else { return yaml.duration(node).map { CallResponse(within: $0) } }
        return yaml.mapping(node, "expect-response") { fields in
            let within = fields.required("within", yaml.duration)
            let like = fields.optional("like", callSound)
            let likeness = fields.optional("likeness") { yaml.double($0, in: 0...1) }
            let marker = fields.optional("marker") { callKeys($0, "a marker is one key", limit: 1) }
            let notEarly = fields.optional("not-early", yaml.bool)
            guard let within else { return nil }
            var response = CallResponse(within: within, like: like, marker: marker)
            response.likeness = likeness ?? response.likeness
            response.notEarly = notEarly ?? false
            return response
        }
    }

    func callBargeIn(_ node: YAMLNode, _ step: inout MappingReader) -> CallBargeIn? {
        let stop = step.optional("expect-stop") { callBound($0, "expect-stop") }
        return yaml.mapping(node, "barge-in") { fields in
            let after = fields.optional("after", yaml.duration) ?? .milliseconds(500)
            let sounds = fields.required("say", callSounds)
            let waits = fields.optional("waits", yaml.duration)
            guard let sounds else { return nil }
            var action = CallBargeIn(
                after: after, speech: CallSpeech(sounds: sounds, waits: nil), stopsWithin: stop)
            action.waits = waits ?? action.waits
            return action
        }
    }

    // MARK: keys

    func callDigits(_ node: YAMLNode) -> CallDigits? {
        guard node.pairs != nil else { return callKeys(node, "keys to press").map { CallDigits(digits: $0) } }
        return yaml.mapping(node, "dtmf") { fields in
            let digits = fields.required("digits") { callKeys($0, "keys to press") }
            let means = fields.optional("by") { yaml.enumeration($0, as: CallDigits.Means.self) }
            return digits.map { CallDigits(digits: $0, means: means) }
        }
    }

    /// `"12#"`: a number without quotes is taken as it is written.
    private func callKeys(_ node: YAMLNode, _ what: String, limit: Int = 64) -> Template? {
        guard let template = yaml.template(node) else { return nil }
        guard let text = template.constantText else { return template }
        if text.isEmpty || text.count > limit || !text.allSatisfy(CallDigits.keys.contains) {
            yaml.error(
                "AS366",
                "\(what): \(limit == 1 ? "one" : "some") of `\(CallDigits.keys)`, found '\(Shown.text(text, limit: 40))'",
                at: node, fix: "write `\"1\"`")
        }
        return template
    }
}

/// Where an AudioSocket server listens, as scenarios write it.
public enum CallAddress {
    /// Host and port of `audiosocket://HOST:PORT`, `tcp://HOST:PORT` or `HOST:PORT`; `[::1]:9092` for IPv6.
    public static func parse(_ text: String) -> (host: String, port: UInt16)? {
        var rest = Substring(text)
        for scheme in ["audiosocket://", "tcp://"] where rest.hasPrefix(scheme) {
            rest = rest.dropFirst(scheme.count)
            break
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        guard let colon = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: colon)...]),
            port > 0
        else { return nil }
        var host = rest[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty, !host.contains("/"), !host.contains(" ") else { return nil }
        return (String(host), port)
    }

    static func fault(in text: String) -> String? {
        if parse(text) != nil { return nil }
        if let scheme = text.firstRange(of: "://"), !text.hasPrefix("audiosocket"), !text.hasPrefix("tcp") {
            return "it begins with `\(text[..<scheme.upperBound])`"
        }
        return "it needs a host and a port"
    }
}

/// The identifier that the first message of a call carries.
public enum CallUUID {
    /// The 16 bytes of 32 hexadecimal digits, hyphens apart.
    public static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.filter { $0 != "-" }
        guard digits.utf8.count == 32 else { return nil }
        var bytes: [UInt8] = []
        var high: UInt8?
        for character in digits {
            guard let digit = character.hexDigitValue else { return nil }
            if let first = high {
                bytes.append(first << 4 | UInt8(digit))
                high = nil
            } else {
                high = UInt8(digit)
            }
        }
        return bytes
    }
}
