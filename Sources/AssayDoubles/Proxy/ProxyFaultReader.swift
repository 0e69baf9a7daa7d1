internal import AssayCore
internal import AssayFormats

/// Reads the `faults:` of a proxy: toxics in the words of a double's faults.
struct ProxyFaultReader {
    let yaml: YAMLReading

    private static let effects = [
        "latency", "bandwidth", "slow-close", "timeout", "never-answer", "reset", "slicer", "data-limit",
        "tls-failure", "down",
    ]

    /// In the order written; those that could not be read are left out.
    func read(_ node: YAMLNode) -> [Toxic] {
        var toxics: [Toxic] = []
        for element in yaml.list(node, of: { $0 }) ?? [] {
            guard var toxic = toxic(element) else { continue }
            toxic.name = "\(toxics.count + 1)-\(toxic.kind.typeName)"
            toxics.append(toxic)
        }
        return toxics
    }

    private func toxic(_ node: YAMLNode) -> Toxic? {
        yaml.mapping(node, "fault of a proxy") { fields in
            let jitter = fields.pair("jitter")
            guard let form = fields.choice(of: Self.effects, code: "AS341") else { return nil }
            if let jitter, form.name != "latency" {
                yaml.error(
                    "AS340", "'jitter' belongs to a fault with 'latency'", at: jitter.key,
                    fix: "add `latency: 200ms`")
            }
            let kind = kind(form, jitter: jitter.flatMap { yaml.duration($0.value) } ?? .zero)
            let stream: Toxic.Stream? = fields.optional("stream") { yaml.enumeration($0) }
            var toxic = Toxic(name: "", kind ?? .noop, stream: stream ?? .downstream)
            toxic.toxicity = fields.optional("rate") { FaultReader(yaml).share($0) } ?? 1
            toxic.every = fields.optional("every") { yaml.int($0, in: 1...) }
            toxic.from = fields.optional("from", yaml.duration) ?? .zero
            if let node = fields.value("to"), let end = yaml.duration(node) {
                toxic.to = end
                FaultReader(yaml).check(from: toxic.from, to: end, at: node)
            }
            return kind == nil ? nil : toxic
        }.flatMap { $0 }
    }

    private func kind(_ pair: YAMLNode.Pair, jitter: Duration) -> Toxic.Kind? {
        let node = pair.value
        switch pair.name {
        case "latency": return yaml.duration(node).map { .latency($0, jitter: jitter) }
        case "bandwidth":
            return yaml.bytesPerSecond(node).map { .bandwidth(bytesPerSecond: $0) }
        case "slow-close": return yaml.duration(node).map { .slowClose($0) }
        case "timeout": return yaml.duration(node).map { .timeout($0) }
        case "reset": return yaml.duration(node).map { .resetPeer($0) }
        case "data-limit": return yaml.byteCount(node).map { .limitData(bytes: $0.bytes) }
        case "slicer": return slicer(node)
        default:
            guard FaultReader(yaml).isOn(pair) else { return nil }
            switch pair.name {
            case "never-answer": return .timeout(.zero)
            case "tls-failure": return .garbage(bytes: 128)
            default: return .down
            }
        }
    }

    private func slicer(_ node: YAMLNode) -> Toxic.Kind? {
        yaml.mapping(node, "slicer") { fields -> Toxic.Kind? in
            let size = fields.required("size", yaml.byteCount)
            let variation = fields.optional("variation", yaml.byteCount)
            let delay = fields.optional("delay", yaml.duration)
            guard let size else { return nil }
            return .slicer(
                average: max(1, size.bytes), variation: variation?.bytes ?? 0, delay: delay ?? .zero)
        }.flatMap { $0 }
    }
}
