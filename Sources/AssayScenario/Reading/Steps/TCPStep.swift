import AssayCore
import AssayFormats

extension StepKind {
    static let tcp = StepKind(
        keyword: "tcp",
        expectations: ["text", "hex", "json", "schema", "golden", "length", "within"],
        captures: [.path, .body, .matches]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "a tcp step") { fields in
            let wished = fields.choice(of: TCPAction.wishes, code: "AS546")
            let within = fields.optional("within", file.yaml.duration)
            let wish = wished.flatMap { file.tcpWish($0, within: within, &fields) }
            let (name, location) = file.streamHandle(
                .tcp, usual: TCPAction.usualName, opening: "connect", wished,
                besides: [("tls", ["connect"])], code: "AS546", at: pair.key.location, &fields)
            guard let wish else { return nil }
            let action = TCPAction(connection: name, connectionLocation: location, wish: wish)
            return (.tcp(action), action.name)
        }
    }
}

extension TCPAction {
    /// Keys of which a step has one.
    static let wishes = ["connect", "send", "receive", "end-sending", "expect-close", "close"]

    /// What the step is called when it has no name of its own.
    fileprivate var name: String {
        let what =
            switch wish {
            case .connect(let connecting): "connect \(connecting.address.source)"
            case .send(let payload, _): "send \(payload.name)"
            case .receive(let reception, _): "receive \(reception.name)"
            case .endSending: "end sending"
            case .ended: "expect close"
            case .close(let how): how == .fin ? "close" : "reset"
            }
        return "\(connection): \(what)"
    }
}

extension TCPPayload {
    fileprivate var name: String {
        switch content {
        case .text(let text): Shown.text(String(text.source.prefix { !$0.isNewline }), limit: 40)
        case .json: "json"
        case .hex(let digits): "hex " + Shown.text(digits.source, limit: 40)
        case .base64: "base64"
        case .file(let path): path.source
        }
    }
}

extension TCPReception {
    /// As steps and messages name it.
    public var name: String {
        switch end {
        case .delimiter(let text): "until \(JSON.string(text.source).rendered())"
        case .hexDelimiter(let digits): "until hex \(digits.source)"
        case .line: "a line"
        case .pattern(let pattern): "what matches /\(pattern.source)/"
        case .length(let count):
            "\(count.templates.first?.source ?? count.asConstant?.templateText ?? "") bytes"
        case .prefix(let prefix): "a message behind a prefix of \(prefix.bytes) bytes"
        case .idle(let pause): "until nothing comes for \(pause.shortText)"
        case .close: "until the peer closes"
        }
    }
}

extension ScenarioFile {
    fileprivate func tcpWish(
        _ pair: YAMLNode.Pair, within: Duration?, _ fields: inout MappingReader
    ) -> TCPAction.Wish? {
        let usual = Duration.seconds(10)
        switch pair.name {
        case "connect":
            let tls = fields.optional("tls", tcpTLS)
            return tcpAddress(pair.value).map {
                var connecting = TCPConnecting($0, isSecure: tls?.isOn ?? false, within: within ?? usual)
                connecting.settings.tls = tls?.settings
                return .connect(connecting)
            }
        case "send": return tcpPayload(pair.value).map { .send($0, within: within ?? usual) }
        case "receive": return tcpReception(pair.value).map { .receive($0, within: within ?? usual) }
        case "end-sending": return emptyWish(pair) ? .endSending : nil
        case "expect-close": return tcpEnded(pair.value, within: within ?? usual)
        default:
            if pair.value.stringValue != nil {
                return yaml.enumeration(pair.value, as: TCPEnding.self).map { .close($0) }
            }
            return emptyWish(pair) ? .close(.fin) : nil
        }
    }

    private func tcpAddress(_ node: YAMLNode) -> Template? {
        let address = yaml.template(node)
        if let text = address?.constantText, TCPAddress(text) == nil {
            yaml.error(
                "AS549",
                "'\(Shown.text(text, limit: 60))' is no address to connect to: it needs a host and a port",
                at: node,
                fix: "write `connect: \"${api.host}:${api.port}\"` or `connect: tls://127.0.0.1:8443`")
        }
        return address
    }

    /// `true`, or how TLS is spoken.
    private func tcpTLS(_ node: YAMLNode) -> (isOn: Bool, settings: ConnectionSettings.TLS?)? {
        guard node.pairs != nil else { return yaml.bool(node).map { ($0, nil) } }
        return ConnectionSettingsReader(yaml).tls(node).map { (true, $0) }
    }

    private func tcpEnded(_ node: YAMLNode, within: Duration) -> TCPAction.Wish? {
        guard node.pairs != nil else {
            return node.isNull
                ? .ended(within: within, how: nil)
                : yaml.duration(node).map { .ended(within: $0, how: nil) }
        }
        return yaml.mapping(node, "expect-close") { fields in
            let bound = fields.optional("within", yaml.duration)
            let how = fields.optional("how") { yaml.enumeration($0, as: TCPEnding.self) }
            return .ended(within: bound ?? within, how: how)
        }
    }

    // MARK: sending

    private static let payloads = ["text", "line", "json", "hex", "base64", "file"]

    /// A text, or a mapping that says what else it is.
    private func tcpPayload(_ node: YAMLNode) -> TCPPayload? {
        guard node.pairs != nil else { return yaml.template(node).map { TCPPayload(.text($0)) } }
        return yaml.mapping(node, "send") { fields in
            let written = fields.choice(of: Self.payloads, code: "AS550")
            let ending = fields.optional("ending", yaml.template)
            let prefix = fields.optional("prefix", tcpPrefix)
            guard let written, let content = tcpContent(written) else { return nil }
            var payload = TCPPayload(content, ending: ending, prefix: prefix)
            if written.name == "line", ending == nil {
                payload.ending = Template(constant: "\r\n", at: written.value.location)
            }
            return payload
        }
    }

    private func tcpContent(_ pair: YAMLNode.Pair) -> TCPPayload.Content? {
        switch pair.name {
        case "json": return yaml.valueTemplate(pair.value).map { .json($0) }
        case "hex": return tcpHex(pair.value).map { .hex($0) }
        case "base64":
            guard let template = yaml.template(pair.value) else { return nil }
            if let text = template.constantText, Base64.decode(text) == nil {
                yaml.error(
                    "AS550", "'\(Shown.text(text, limit: 40))' is no Base64", at: pair.value,
                    fix: "write `base64: SGVsbG8=`")
            }
            return .base64(template)
        case "file": return yaml.template(pair.value).map { .file($0) }
        default: return yaml.template(pair.value).map { .text($0) }
        }
    }

    private func tcpHex(_ node: YAMLNode) -> Template? {
        guard let template = yaml.template(node) else { return nil }
        if let text = template.constantText, hexadecimalBytes(text) == nil {
            yaml.error(
                "AS550",
                "'\(Shown.text(text, limit: 40))' is not hexadecimal: pairs of digits, with spaces or colons between",
                at: node, fix: "write `hex: \"00 05 68 65 6c 6c 6f\"`, in quotes")
        }
        return template
    }

    // MARK: receiving

    private static let ends = ["until", "matches", "length", "prefix", "idle"]

    /// `line`, `close`, or a mapping that says how the message ends.
    private func tcpReception(_ node: YAMLNode) -> TCPReception? {
        guard node.pairs != nil else {
            return yaml.enumeration(node, of: ["line", "close"]).map {
                TCPReception($0 == "line" ? .line : .close)
            }
        }
        return yaml.mapping(node, "receive") { fields in
            let written = fields.choice(of: Self.ends, code: "AS551")
            let limit = fields.optional("limit", yaml.byteCount)
            if let limit, !(1...Self.largestMessage).contains(Int(limit.bytes)) {
                yaml.error(
                    "AS551", "a message is bounded by 1 byte to 256 MiB, found \(limit.shortText)",
                    at: fields.value("limit") ?? node, fix: "write `limit: 1MiB`")
            }
            guard let written, let end = tcpEnd(written) else { return nil }
            var reception = TCPReception(end)
            if let limit { reception.limitBytes = min(Self.largestMessage, max(1, Int(limit.bytes))) }
            return reception
        }
    }

    private static let largestMessage = 256 << 20

    private func tcpEnd(_ pair: YAMLNode.Pair) -> TCPReception.End? {
        let node = pair.value
        switch pair.name {
        case "until":
            guard node.pairs != nil else { return tcpMark(node).map { .delimiter($0) } }
            return yaml.mapping(node, "until") { fields in
                fields.required("hex", tcpHex).map { .hexDelimiter($0) }
            }
        case "matches": return yaml.pattern(node).map { .pattern($0) }
        case "length": return count(node).map { .length($0) }
        case "prefix": return tcpPrefix(node).map { .prefix($0) }
        default: return yaml.duration(node).map { .idle($0) }
        }
    }

    private func tcpMark(_ node: YAMLNode) -> Template? {
        let mark = yaml.template(node)
        if mark?.constantText == "" {
            yaml.error(
                "AS551", "there is nothing to receive until", at: node,
                fix: "write `until: \"\\r\\n\"`, in double quotes")
        }
        return mark
    }

    /// A count of bytes, or `{bytes: 4, order: little, includes-itself: true}`.
    private func tcpPrefix(_ node: YAMLNode) -> TCPPrefix? {
        guard node.pairs != nil else { return yaml.int(node, in: 1...8).map { TCPPrefix(bytes: $0) } }
        return yaml.mapping(node, "prefix") { fields in
            let bytes = fields.required("bytes") { yaml.int($0, in: 1...8) }
            let order = fields.optional("order") { yaml.enumeration($0, as: TCPPrefix.Order.self) }
            let includes = fields.optional("includes-itself", yaml.bool)
            return bytes.map { TCPPrefix(bytes: $0, order: order ?? .big, includesItself: includes ?? false) }
        }
    }
}

/// Where plain TCP goes, as scenarios write it.
public struct TCPAddress: Sendable, Equatable {
    public var host: String
    public var port: UInt16
    /// `tls://`.
    public var isSecure: Bool

    /// Reads `HOST:PORT`, `tcp://HOST:PORT` or `tls://HOST:PORT`; `[::1]:9092` for IPv6.
    public init?(_ text: String) {
        isSecure = text.hasPrefix("tls://")
        let rest = isSecure ? String(text.dropFirst(6)) : text
        guard !rest.hasPrefix("audiosocket://"), !(isSecure && rest.contains("://")),
            let (host, port) = CallAddress.parse(rest)
        else { return nil }
        self.host = host
        self.port = port
    }
}
