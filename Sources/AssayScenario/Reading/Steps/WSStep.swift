import AssayCore
import AssayFormats

extension StepKind {
    static let ws = StepKind(
        keyword: "ws",
        expectations: [
            "status", "headers", "protocol", "kind", "text", "hex", "length", "json", "schema", "golden",
            "count", "per-second", "passed-over", "code", "reason", "within",
        ],
        captures: [.path, .header, .status, .body, .matches]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "a ws step") { fields in
            // A message with the answer that is waited for is one wish: a round trip.
            let isAsking = fields.remaining.contains { $0.name == "send" }
            let answer = isAsking ? fields.pair("receive") : nil
            let wished = fields.choice(
                of: WebSocketAction.wishes.filter { answer == nil || $0 != "receive" }, code: "AS535")
            let within = fields.optional("within", file.yaml.duration)
            let wish = wished.flatMap { file.wsWish($0, answer, within: within, &fields) }
            let (name, location) = file.streamHandle(
                .ws, usual: WebSocketAction.usualName, opening: "open", wished,
                besides: WebSocketAction.besides, code: "AS535", at: pair.key.location, &fields)
            guard let wish else { return nil }
            let action = WebSocketAction(socket: name, socketLocation: location, wish: wish)
            return (.ws(action), action.name)
        }
    }
}

extension WebSocketAction {
    /// Keys of which a step has one, but for `receive` beside `send`.
    static let wishes = ["open", "send", "receive", "listen", "close", "expect-close"]
    fileprivate static let besides: [(key: String, beside: [String])] =
        ["headers", "query", "bearer", "protocols", "deflate", "message-limit", "tls"].map { ($0, ["open"]) }
        + [("strict", ["receive", "send"])]

    /// What the step is called when it has no name of its own.
    fileprivate var name: String {
        let what =
            switch wish {
            case .open(let opening): "open \(opening.request.url.source)"
            case .send(let payload, _): "send \(payload.name)"
            case .receive(let filter, _): "receive \(filter.text)"
            case .ask(let payload, _, _): "send \(payload.name) and receive"
            case .listen: "listen"
            case .close: "close"
            case .ended: "expect close"
            }
        return "\(socket): \(what)"
    }
}

extension WebSocketPayload {
    /// As steps are named: a part of a text, or what it is.
    public var name: String {
        if kind == .ping { return "a ping" }
        switch content.content {
        case .text(let text): return Shown.text(String(text.source.prefix { !$0.isNewline }), limit: 40)
        case .json: return "json"
        case .hex: return "hex"
        case .base64: return "base64"
        case .file(let path): return path.source
        }
    }
}

extension ScenarioFile {
    fileprivate func wsWish(
        _ pair: YAMLNode.Pair, _ answer: YAMLNode.Pair?, within: Duration?, _ fields: inout MappingReader
    ) -> WebSocketAction.Wish? {
        let usual = within ?? .seconds(10)
        switch pair.name {
        case "open": return wsOpening(pair.value, within: usual, &fields).map { .open($0) }
        case "send":
            let payload = wsPayload(pair.value)
            guard let answer else {
                if let strict = fields.pair("strict") {
                    yaml.error(
                        "AS535", "'strict' belongs to `receive`, and this step only sends", at: strict.key,
                        fix: "add the answer that is waited for: `receive: any`")
                }
                return payload.map { .send($0, within: usual) }
            }
            let filter = messageFilter(answer.value, &fields)
            guard let payload, let filter else { return nil }
            return .ask(payload, filter, within: usual)
        case "receive":
            return messageFilter(pair.value, &fields).map { .receive($0, within: usual) }
        case "listen": return wsListening(pair.value)
        case "expect-close":
            return streamBound(pair.value, "expect-close").map { .ended(within: within ?? $0 ?? usual) }
        default: return wsClose(pair, within: within ?? .seconds(5))
        }
    }

    // MARK: opening

    private func wsOpening(
        _ node: YAMLNode, within: Duration, _ fields: inout MappingReader
    ) -> WebSocketOpeningWish? {
        let url = yaml.template(node)
        let headers = fields.optional("headers") { self.fields($0, "headers") }
        let query = fields.optional("query") { self.fields($0, "query") }
        let bearer = fields.optional("bearer", yaml.template)
        let protocols = fields.optional("protocols") { yaml.oneOrMore($0, of: yaml.template) }
        let deflate = fields.optional("deflate", wsDeflate)
        let limit = fields.optional("message-limit", yaml.byteCount)
        let tls = fields.optional("tls", ConnectionSettingsReader(yaml).tls)
        guard let url else { return nil }
        if let text = url.constantText,
            !["ws://", "wss://", "http://", "https://"].contains(where: text.hasPrefix)
        {
            yaml.error(
                "AS536",
                "'\(Shown.text(text, limit: 60))' is no address of a WebSocket: it needs ws:// or wss://",
                at: node, fix: "write `open: ws://127.0.0.1:8080/live`")
        }
        var request = HTTPAction(
            method: "GET", url: url, headers: headers ?? [], query: query ?? [], bearer: bearer)
        request.settings.connection.tls = tls
        // An answer to a handshake has no body that could be packed.
        request.settings.accepts = []
        var opening = WebSocketOpeningWish(request, protocols: protocols ?? [], within: within)
        opening.deflate = deflate ?? nil
        opening.messageBytes = limit.map { max(1, Int($0.bytes)) }
        return opening
    }

    /// `true`, or what is offered of it.
    private func wsDeflate(_ node: YAMLNode) -> WebSocketOpeningWish.Deflate?? {
        guard node.pairs != nil else {
            return yaml.bool(node).map { $0 ? WebSocketOpeningWish.Deflate() : nil }
        }
        return yaml.mapping(node, "deflate") { fields in
            var deflate = WebSocketOpeningWish.Deflate()
            deflate.serverNoContextTakeover =
                fields.optional("server-no-context-takeover", yaml.bool) ?? false
            deflate.clientNoContextTakeover =
                fields.optional("client-no-context-takeover", yaml.bool) ?? false
            deflate.serverMaxWindowBits =
                fields.optional("server-max-window-bits") { yaml.int($0, in: 8...15) } ?? 15
            deflate.clientMaxWindowBits =
                fields.optional("client-max-window-bits") { yaml.int($0, in: 8...15) } ?? 15
            return .some(deflate)
        }
    }

    // MARK: sending

    private static let payloads = ["text", "json", "hex", "base64", "file", "ping"]

    /// A text, or a mapping that says what else it is.
    private func wsPayload(_ node: YAMLNode) -> WebSocketPayload? {
        guard node.pairs != nil else { return yaml.template(node).map { WebSocketPayload(.text, .text($0)) } }
        return yaml.mapping(node, "send") { fields in
            let written = fields.choice(of: Self.payloads, code: "AS537")
            let kind = fields.optional("kind") { yaml.enumeration($0, of: ["text", "binary"]) }
            let fragment = fields.optional("fragment", yaml.byteCount)
            guard let written, let content = wsContent(written) else { return nil }
            let usual: WebSocketPayload.Kind
            switch written.name {
            case "ping": usual = .ping
            case "text", "json": usual = .text
            default: usual = .binary
            }
            if usual == .ping, let stray = fields.pair("kind") ?? fields.pair("fragment") {
                yaml.error(
                    "AS537", "a ping has no '\(stray.name)': it is one short frame", at: stray.key,
                    fix: "remove it")
            }
            let chosen = usual == .ping ? usual : kind.flatMap(WebSocketPayload.Kind.init) ?? usual
            return WebSocketPayload(
                chosen, content, fragmentBytes: fragment.map { max(1, Int($0.bytes)) })
        }
    }

    private func wsContent(_ pair: YAMLNode.Pair) -> TCPPayload.Content? {
        let node = pair.value
        func refused(_ template: Template, _ reason: String, _ fix: String) {
            let shown = Shown.text(template.constantText ?? "", limit: 40)
            yaml.error("AS537", "'\(shown)' \(reason)", at: node, fix: fix)
        }
        switch pair.name {
        case "json": return yaml.valueTemplate(node).map { .json($0) }
        case "file": return yaml.template(node).map { .file($0) }
        case "hex":
            guard let digits = yaml.template(node) else { return nil }
            if let text = digits.constantText, hexadecimalBytes(text) == nil {
                refused(digits, "is not hexadecimal", "write `hex: \"00 05 68\"`, in quotes")
            }
            return .hex(digits)
        case "base64":
            guard let written = yaml.template(node) else { return nil }
            if let text = written.constantText, Base64.decode(text) == nil {
                refused(written, "is no Base64", "write `base64: SGVsbG8=`")
            }
            return .base64(written)
        case "ping":
            guard let text = yaml.template(node) else { return nil }
            if let constant = text.constantText, constant.utf8.count > 125 {
                refused(text, "is longer than the 125 bytes that a ping can carry", "make it shorter")
            }
            return .text(text)
        default: return yaml.template(node).map { .text($0) }
        }
    }

    // MARK: receiving

    /// `any`, `text`, `binary`, `pong`, or a mapping of what the message must be.
    private func messageFilter(_ node: YAMLNode, _ fields: inout MappingReader) -> MessageFilter? {
        let strict = fields.optional("strict", yaml.bool) ?? false
        var filter = messageFilter(node)
        filter?.isStrict = strict
        return filter
    }

    private func messageFilter(_ node: YAMLNode) -> MessageFilter? {
        guard node.pairs == nil else {
            return yaml.mapping(node, "receive") { fields in messageFilter(&fields) }
        }
        if node.isNull || node.stringValue == "any" { return MessageFilter() }
        guard let word = node.stringValue, ["text", "binary", "pong"].contains(word) else {
            yaml.error(
                "AS538", "expected which message to wait for, found \(node.kindText)", at: node,
                fix:
                    "write `receive: any`, `receive: {json: {$.type: ack}}` or `receive: {text: {contains: …}}`"
            )
            return nil
        }
        return MessageFilter(checks: [messageCheck("kind", .equals(.literal(.string(word))), node.location)])
    }

    private func messageFilter(_ fields: inout MappingReader) -> MessageFilter {
        var checks: [Check] = []
        for key in ["kind", "text"] {
            guard let pair = fields.pair(key), let matcher = yaml.textMatcher(pair.value) else { continue }
            checks.append(messageCheck(key, matcher, pair.key.location))
        }
        if let pair = fields.pair("hex"), let matcher = yaml.matcher(pair.value, value: hexDigits) {
            checks.append(messageCheck("hex", matcher, pair.key.location))
        }
        if let pair = fields.pair("length"), let matcher = yaml.matcher(pair.value) {
            checks.append(messageCheck("length", matcher, pair.key.location))
        }
        if let json = fields.value("json") { checks += jsonChecks(json) }
        return MessageFilter(checks: checks)
    }

    private func messageCheck(_ subject: String, _ matcher: Wanted, _ location: SourceLocation) -> Check {
        Check(
            subject: .measured(subject), matcher: matcher, location: location,
            name: "\(subject) \(matcher.checkText)")
    }

    /// `30s`, or `{for: 30s, count: 100, json: …}`.
    private func wsListening(_ node: YAMLNode) -> WebSocketAction.Wish? {
        guard node.pairs != nil else {
            return yaml.duration(node).map { .listen(MessageFilter(), for: $0, count: nil) }
        }
        return yaml.mapping(node, "listen") { fields in
            let length = fields.required("for", yaml.duration)
            let count = fields.optional("count") { yaml.int($0, in: 1...1_000_000_000) }
            let filter = messageFilter(&fields)
            return length.map { .listen(filter, for: $0, count: count) }
        }
    }

    // MARK: closing

    /// `{}`, a code, or `{code: 1000, reason: done}`.
    private func wsClose(_ pair: YAMLNode.Pair, within: Duration) -> WebSocketAction.Wish? {
        let node = pair.value
        if let pairs = node.pairs, !pairs.isEmpty {
            return yaml.mapping(node, "close") { fields in
                let code = fields.optional("code", wsCloseCode) ?? 1000
                let reason = fields.optional("reason", yaml.template)
                return .close(code: code, reason: reason, within: within)
            }
        }
        if case .int = node.content {
            return wsCloseCode(node).map { .close(code: $0, reason: nil, within: within) }
        }
        return emptyWish(pair) ? .close(code: 1000, reason: nil, within: within) : nil
    }

    private func wsCloseCode(_ node: YAMLNode) -> Int? {
        guard let code = yaml.int(node) else { return nil }
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: return code
        default:
            yaml.error(
                "AS539", "\(code) is no code that a WebSocket may be closed with", at: node,
                fix: "write 1000, another of RFC 6455, or one of your own from 3000 to 4999")
            return nil
        }
    }
}
