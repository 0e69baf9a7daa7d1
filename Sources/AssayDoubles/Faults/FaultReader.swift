internal import AssayCore
public import AssayFormats
internal import AssayWire

/// Reads a double's `faults:`; what is wrong goes into the reading's bag.
public struct FaultReader {
    let yaml: YAMLReading

    public init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// What breaks an answer; a fault has one of these at most.
    private static let breakages = [
        "status", "reset", "close", "timeout", "never-answer", "half-close", "malformed-chunk", "garbage",
        "data-limit", "wrong-content-length", "truncated-json",
    ]

    /// The faults of a list, in the order written; those that could not be read are left out.
    public func read(_ node: YAMLNode) -> [Fault] { yaml.list(node, of: fault) ?? [] }

    private func fault(_ node: YAMLNode) -> Fault? {
        yaml.mapping(node, "fault") { fields in
            let condition = self.condition(&fields)
            var effect = Fault.Effect()
            effect.latency = fields.optional("latency", yaml.delay)
            effect.bytesPerSecond = fields.optional("bandwidth", yaml.bytesPerSecond)
            effect.closesAfter = fields.optional("slow-close", yaml.duration)
            effect.slicer = fields.optional("slicer", slicer)
            let broken = fields.choice(of: Self.breakages, isRequired: false, code: "AS340")
            let headers = fields.pair("headers")
            let body = fields.pair("body")
            if let broken {
                effect.breakage = breakage(broken, headers: headers?.value, body: body?.value)
                if effect.breakage == nil { return nil }
            }
            if broken?.name != "status", let other = headers ?? body {
                yaml.error(
                    "AS340", "'\(other.name)' belongs to a fault with 'status'", at: other.key,
                    fix: "add `status: 503`")
            }
            guard let condition else { return nil }
            let asked = ["latency", "bandwidth", "slow-close", "slicer"] + Self.breakages
            if effect == Fault.Effect(), node.pairs?.contains(where: { asked.contains($0.name) }) != true {
                if fields.remaining.isEmpty {
                    yaml.error(
                        "AS341", "the fault does not say what goes wrong", at: node,
                        fix: "add one of: " + asked.joined(separator: ", "))
                }
                return nil
            }
            return Fault(
                effect, when: condition, at: node.location, source: yaml.json(node) ?? .object(JSONObject()))
        }
    }

    // MARK: when

    private func condition(_ fields: inout MappingReader) -> Fault.Condition? {
        var condition = Fault.Condition()
        var isRight = true
        if let node = fields.value("on") {
            condition.request = request(node)
            isRight = condition.request != nil
        }
        if let pair = fields.pair("every") { condition.every = yaml.int(pair.value, in: 1...) }
        if let pair = fields.pair("rate") {
            condition.rate = share(pair.value)
            if condition.every != nil {
                yaml.error(
                    "AS342", "a fault with both 'every' and 'rate'", at: pair.key, fix: "keep one of them")
            }
        }
        condition.from = fields.optional("from", yaml.duration) ?? .zero
        if let node = fields.value("to"), let end = yaml.duration(node) {
            condition.to = end
            check(from: condition.from, to: end, at: node)
        }
        condition.burst = fields.optional("burst") { yaml.int($0, in: 1...) } ?? 1
        condition.times = fields.optional("times") { yaml.int($0, in: 1...) }
        return isRight ? condition : nil
    }

    func check(from begin: Duration, to end: Duration, at node: YAMLNode) {
        guard end <= begin else { return }
        yaml.error(
            "AS343", "the fault ends at \(end.shortText), before it begins at \(begin.shortText)", at: node,
            fix: "write `from: 10s, to: 20s`")
    }

    func share(_ node: YAMLNode) -> Double? {
        guard let share = yaml.percent(node) else { return nil }
        guard share <= 1 else {
            yaml.error(
                "AS344", "a share is at most 100%, found \(node.scalarText ?? "")", at: node,
                fix: "write it like `rate: 10%`")
            return nil
        }
        return share
    }

    private func request(_ node: YAMLNode) -> RequestJudge? {
        let wanted = yaml.mapping(node, "request of a fault") { fields in
            yaml.wantedRequest(&fields, code: "AS345")
        }
        guard let wanted = wanted.flatMap({ $0 }) else { return nil }
        if let template = wanted.templates.first(where: { $0.constantText == nil }) {
            yaml.error(
                "AS345", "the request of a fault is constant, found '\(template.source)'",
                at: template.location,
                fix: "write it out; `{name}` and `*` stand for parts of a path that vary")
            return nil
        }
        struct NotConstant: Error {}
        let filling = TemplateFilling { value in
            guard let constant = value.asConstant else { throw NotConstant() }
            return constant
        } text: { template in
            guard let text = template.constantText else { throw NotConstant() }
            return text
        }
        return try? wanted.resolved(filling)
    }

    // MARK: what

    private func slicer(_ node: YAMLNode) -> Fault.Effect.Slicer? {
        yaml.mapping(node, "slicer") { fields in
            let pieces = fields.required("pieces") { yaml.int($0, in: 1...100_000) }
            let over = fields.required("over", yaml.duration)
            guard let pieces, let over else { return nil }
            return Fault.Effect.Slicer(pieces: pieces, over: over)
        }.flatMap { $0 }
    }

    private func breakage(
        _ pair: YAMLNode.Pair, headers: YAMLNode?, body: YAMLNode?
    ) -> Fault.Breakage? {
        let node = pair.value
        switch pair.name {
        case "status": return refusal(node, headers: headers, body: body).map { .refusal($0) }
        case "reset": return place(node, of: "reset").map { .reset($0) }
        case "close": return place(node, of: "close").map { .close($0) }
        case "data-limit": return yaml.byteCount(node).map { .close(.bytes($0.bytes)) }
        case "timeout": return yaml.duration(node).map { .timeout($0) }
        case "garbage":
            return yaml.byteCount(node).map { .garbage(bytes: min($0.bytes, 1 << 20)) }
        case "wrong-content-length":
            guard let difference = yaml.int(node, in: -1_000_000_000...1_000_000_000) else { return nil }
            guard difference != 0 else {
                yaml.error(
                    "AS346", "a Content-Length that is off by 0 is right", at: node,
                    fix: "write by how many bytes it is off, up or down: `wrong-content-length: 10`")
                return nil
            }
            return .wrongContentLength(by: difference)
        default: return switched(pair)
        }
    }

    /// Those that only are or are not.
    private func switched(_ pair: YAMLNode.Pair) -> Fault.Breakage? {
        guard isOn(pair) else { return nil }
        switch pair.name {
        case "never-answer": return .neverAnswer
        case "half-close": return .halfClose
        case "malformed-chunk": return .malformedChunk
        default: return .truncatedJSON
        }
    }

    /// `true`; what would break nothing is an error.
    func isOn(_ pair: YAMLNode.Pair) -> Bool {
        guard let isOn = yaml.bool(pair.value) else { return false }
        if !isOn {
            yaml.error(
                "AS346", "`\(pair.name): false` breaks nothing", at: pair.value,
                fix: "leave it out, or write `\(pair.name): true`")
        }
        return isOn
    }

    /// `before-head`, `before-body`, `mid-body`, or after so many bytes of the body.
    private func place(_ node: YAMLNode, of what: String) -> Fault.Place? {
        switch node.stringValue {
        case "before-head": return .beforeHead
        case "before-body": return .bytes(0)
        case "mid-body": return .middle
        case let text?:
            if let count = ByteCount(unitText: text) { return .bytes(count.bytes) }
        case nil: break
        }
        let words = ["before-head", "before-body", "mid-body"]
        let near = node.stringValue.flatMap { nearestName(to: $0, among: words) }
        yaml.error(
            "AS347", "expected `before-head`, `before-body`, `mid-body` or a size, found \(node.kindText)",
            at: node,
            fix: near.map { "did you mean `\($0)`?" } ?? "write `\(what): before-body` or `\(what): 100 B`")
        return nil
    }

    private func refusal(_ node: YAMLNode, headers: YAMLNode?, body: YAMLNode?) -> Fault.Refusal? {
        guard let status = yaml.int(node, in: 200...599) else { return nil }
        var refusal = Fault.Refusal(status: status)
        refusal.body = body.flatMap(yaml.text)
        for pair in headers.map({ yaml.entries($0, "headers") }) ?? [] {
            guard let value = yaml.text(pair.value) else { continue }
            refusal.headers.append(Fault.Refusal.Header(name: pair.name, value: value))
        }
        return refusal
    }
}
