import AssayCore
import AssayFormats

extension StepKind {
    static let call = StepKind(
        keyword: "call", expectations: ["within", "latency", "marker", "likeness", "json"], captures: [.path]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "call step") { fields in
            let wished = fields.choice(of: CallAction.wishes, code: "AS360")
            let isConnect = wished?.name == "to"
            let nameNode = fields.pair(isConnect ? "as" : "on")
            let name = nameNode.flatMap { file.callName($0.value) }
            let wish = wished.flatMap { file.callWish($0, &fields) }
            file.tellStrayCallKeys(&fields, beside: wished)
            let location = nameNode?.value.location ?? pair.key.location
            if wished != nil {
                file.sawCall(name ?? CallAction.usualName, at: location, isOpened: isConnect)
            }
            guard let wish else { return nil }
            let action = CallAction(
                call: name ?? CallAction.usualName, callLocation: location, wish: wish)
            return (.call(action), action.name)
        }
    }
}

extension CallAction {
    /// Keys of which a step has one; each is something that a caller does.
    static let wishes = [
        "to", "expect-greeting", "say", "expect-response", "barge-in", "dtmf", "silence", "noise",
        "expect-silence",
        "expect-hangup", "hangup", "stall-reading", "split-header", "play-burst",
    ]

    /// Keys that stand beside one of them.
    fileprivate static let besides: [(key: String, beside: String)] =
        [
            "as", "preset", "rate", "type", "encoding", "uuid", "between", "strict", "keep-recording",
            "turn-pause",
        ]
        .map { ($0, "to") } + [("expect-stop", "barge-in")]

    /// What the step is called when it has no name of its own.
    fileprivate var name: String {
        func told(_ sounds: [CallSound]) -> String {
            sounds.map { FileReader.split($0.path.source).name }.joined(separator: ", ")
        }
        let what =
            switch wish {
            case .connect(let connect): "to \(connect.to.source)"
            case .greeting: "expect greeting"
            case .say(let speech): "say \(told(speech.sounds))"
            case .response(let response):
                "expect response" + (response.like.map { " like " + told([$0]) } ?? "")
            case .bargeIn(let action): "barge in with \(told(action.speech.sounds))"
            case .digits(let digits): "press \(digits.digits.source)"
            case .silence: "silence"
            case .noise: "noise"
            case .quiet: "expect silence"
            case .ended: "expect hangup"
            case .hangUp(let how, _): "hang up (\(how.rawValue))"
            case .stallReading: "stall reading"
            case .splitHeader: "split a header"
            case .burst(let sound): "burst \(told([sound]))"
            }
        return "\(call): \(what)"
    }
}

extension ScenarioFile {
    /// Name of a call: constant, because results are counted by it.
    fileprivate func callName(_ node: YAMLNode) -> String? {
        guard let text = constantText(node, "a call's name") else { return nil }
        guard !text.isEmpty, text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }) else {
            yaml.error(
                "AS361",
                "a call is named by letters, digits, `-` and `_`, found '\(Shown.text(text, limit: 40))'",
                at: node, fix: "write `as: caller`")
            return nil
        }
        return text
    }

    /// A key in a step where it means nothing is told with the one it belongs to.
    fileprivate func tellStrayCallKeys(_ fields: inout MappingReader, beside wished: YAMLNode.Pair?) {
        guard let wished else { return }
        if wished.name == "to", let on = fields.pair("on") {
            yaml.error(
                "AS360", "`to` begins a call, and `on` goes on with one", at: on.key,
                fix: "name the new call: `as: \(on.value.scalarText ?? CallAction.usualName)`")
        }
        for (key, beside) in CallAction.besides
        where beside != wished.name && fields.remaining.contains(where: { $0.name == key }) {
            guard let pair = fields.pair(key) else { continue }
            yaml.error(
                "AS360", "'\(key)' belongs to `\(beside)`, and this step has `\(wished.name)`", at: pair.key,
                fix: "move it to the step with `\(beside)`")
        }
    }

    fileprivate func callWish(_ pair: YAMLNode.Pair, _ fields: inout MappingReader) -> CallAction.Wish? {
        let node = pair.value
        switch pair.name {
        case "to": return callConnect(node, &fields).map { .connect($0) }
        case "expect-greeting": return callBound(node, "expect-greeting").map { .greeting(within: $0) }
        case "say": return callSpeech(node).map { .say($0) }
        case "expect-response": return callResponse(node).map { .response($0) }
        case "barge-in": return callBargeIn(node, &fields).map { .bargeIn($0) }
        case "dtmf": return callDigits(node).map { .digits($0) }
        case "silence": return callSilence(node)
        case "noise": return callNoise(node)
        case "expect-silence": return callLength(node, "expect-silence").map { .quiet($0) }
        case "expect-hangup": return callEnd(node)
        case "hangup": return callHangup(node)
        case "stall-reading": return callLength(node, "stall-reading").map { .stallReading($0) }
        case "split-header": return callSplit(node)
        default: return callSound(node).map { .burst($0) }
        }
    }

    // MARK: waits

    /// `{within: 2s}`.
    func callBound(_ node: YAMLNode, _ what: String) -> Duration? {
        guard node.pairs != nil else { return yaml.duration(node) }
        return yaml.mapping(node, what) { fields in fields.required("within", yaml.duration) }
    }

    /// A duration over zero, or `{for: 2s}`.
    private func callLength(_ node: YAMLNode, _ what: String) -> Duration? {
        guard node.pairs == nil else {
            return yaml.mapping(node, what) { fields in fields.required("for", yaml.duration) }
        }
        return yaml.duration(node)
    }

    private func callEnd(_ node: YAMLNode) -> CallAction.Wish? {
        guard node.pairs != nil else {
            return yaml.duration(node).map { .ended(within: $0, how: nil) }
        }
        return yaml.mapping(node, "expect-hangup") { fields in
            let within = fields.required("within", yaml.duration)
            let how = fields.optional("how") { yaml.enumeration($0, as: CallEnding.self) }
            return within.map { .ended(within: $0, how: how) }
        }
    }

    private func callHangup(_ node: YAMLNode) -> CallAction.Wish? {
        let within = Duration.seconds(1)
        guard node.pairs != nil else {
            return yaml.enumeration(node, as: CallHangup.self).map { .hangUp($0, within: within) }
        }
        return yaml.mapping(node, "hangup") { fields in
            let how = fields.required("how") { yaml.enumeration($0, as: CallHangup.self) }
            let bound = fields.optional("within", yaml.duration) ?? within
            return how.map { .hangUp($0, within: bound) }
        }
    }

    // MARK: what is sent

    private func callSilence(_ node: YAMLNode) -> CallAction.Wish? {
        guard node.pairs != nil else { return yaml.duration(node).map { .silence($0, frames: true) } }
        return yaml.mapping(node, "silence") { fields in
            let length = fields.required("for", yaml.duration)
            let frames = fields.optional("frames") { yaml.enumeration($0, of: ["silence", "none"]) }
            return length.map { .silence($0, frames: frames != "none") }
        }
    }

    private func callNoise(_ node: YAMLNode) -> CallAction.Wish? {
        yaml.mapping(node, "noise") { fields in
            let length = fields.required("for", yaml.duration)
            let level = fields.optional("level") { yaml.double($0, in: -90...0) } ?? -30
            return length.map { .noise($0, level: level) }
        }
    }

    private func callSplit(_ node: YAMLNode) -> CallAction.Wish? {
        guard node.pairs != nil else {
            return yaml.duration(node).map { .splitHeader(at: 1, pause: $0) }
        }
        return yaml.mapping(node, "split-header") { fields in
            let pause = fields.required("pause", yaml.duration)
            let place = fields.optional("at") { yaml.int($0, in: 1...3) } ?? 1
            return pause.map { .splitHeader(at: place, pause: $0) }
        }
    }
}
