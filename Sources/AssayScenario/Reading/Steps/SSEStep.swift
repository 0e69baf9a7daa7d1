import AssayCore
import AssayFormats

extension StepKind {
    static let sse = StepKind(
        keyword: "sse",
        expectations: [
            "status", "headers", "event", "id", "data", "json", "schema", "golden", "count", "passed-over",
            "within",
        ],
        captures: [.path, .header, .status, .body, .matches]
    ) { pair, _, file in
        file.yaml.mapping(pair.value, "an sse step") { fields in
            let wished = fields.choice(of: SSEAction.wishes, code: "AS545")
            let within = fields.optional("within", file.yaml.duration)
            let wish = wished.flatMap { file.sseWish($0, within: within, &fields) }
            let (name, location) = file.streamHandle(
                .sse, usual: SSEAction.usualName, opening: "open", wished, besides: SSEAction.besides,
                code: "AS545", at: pair.key.location, &fields)
            guard let wish else { return nil }
            let action = SSEAction(stream: name, streamLocation: location, wish: wish)
            return (.sse(action), action.name)
        }
    }
}

extension SSEAction {
    /// Keys of which a step has one.
    static let wishes = ["open", "receive", "listen", "expect-close", "close"]
    fileprivate static let besides: [(key: String, beside: [String])] =
        [
            "method", "headers", "query", "bearer", "json", "text", "form", "last-event-id", "reconnect",
            "event-limit", "tls",
        ].map { ($0, ["open"]) }

    /// What the step is called when it has no name of its own.
    fileprivate var name: String {
        switch wish {
        case .open(let opening): "\(stream): open \(opening.request.url.source)"
        case .receive(let filter, _): "\(stream): receive \(filter.text)"
        case .listen: "\(stream): listen"
        case .ended: "\(stream): expect close"
        case .close: "\(stream): close"
        }
    }
}

extension ScenarioFile {
    fileprivate func sseWish(
        _ pair: YAMLNode.Pair, within: Duration?, _ fields: inout MappingReader
    ) -> SSEAction.Wish? {
        let usual = Duration.seconds(10)
        switch pair.name {
        case "open": return sseOpening(pair.value, within: within ?? usual, &fields).map { .open($0) }
        case "receive": return eventFilter(pair.value).map { .receive($0, within: within ?? usual) }
        case "listen": return sseListening(pair.value)
        case "expect-close":
            return streamBound(pair.value, "expect-close").map { .ended(within: within ?? $0 ?? usual) }
        default: return emptyWish(pair) ? .close : nil
        }
    }

    /// `close: {}`, `close: true` or `close:`.
    func emptyWish(_ pair: YAMLNode.Pair) -> Bool {
        if pair.value.isNull || pair.value.pairs?.isEmpty == true { return true }
        if case .bool(true) = pair.value.content { return true }
        yaml.error(
            "AS012", "expected nothing to say of `\(pair.name)`, found \(pair.value.kindText)",
            at: pair.value,
            fix: "write `\(pair.name): {}`")
        return false
    }

    /// `5s`, `{within: 5s}` or `{}`.
    ///
    /// - Returns: `nil` when it is wrong; a value without a bound when none is said.
    func streamBound(_ node: YAMLNode, _ what: String) -> Duration?? {
        if node.isNull { return .some(nil) }
        guard node.pairs != nil else { return yaml.duration(node).map { .some($0) } }
        return yaml.mapping(node, what) { fields in
            .some(fields.optional("within", yaml.duration))
        }
    }

    private func sseOpening(
        _ node: YAMLNode, within: Duration, _ fields: inout MappingReader
    ) -> SSEOpening? {
        let url = yaml.template(node)
        let method = fields.optional("method", sseMethod)
        let headers = fields.optional("headers") { self.fields($0, "headers") }
        let query = fields.optional("query") { self.fields($0, "query") }
        let bearer = fields.optional("bearer", yaml.template)
        let written = fields.choice(of: ["json", "text", "form"], isRequired: false, code: "AS025")
        let body = written.flatMap { pair -> HTTPAction.Body? in
            switch pair.name {
            case "json": yaml.valueTemplate(pair.value).map { .json($0) }
            case "text": yaml.template(pair.value).map { .text($0) }
            default: .form(self.fields(pair.value, "form"))
            }
        }
        let lastID = fields.optional("last-event-id", yaml.template)
        let limit = fields.optional("event-limit", yaml.byteCount)
        let reconnect = fields.optional("reconnect", sseReconnecting)
        let tls = fields.optional("tls", ConnectionSettingsReader(yaml).tls)
        guard let url else { return nil }
        if let text = url.constantText, !text.hasPrefix("http://"), !text.hasPrefix("https://") {
            yaml.error(
                "AS552",
                "'\(Shown.text(text, limit: 60))' is no address of a stream: it needs http:// or https://",
                at: node, fix: "write `open: \"${api.url}/events\"`")
        }
        var opening = SSEOpening(
            HTTPAction(
                method: method ?? (written == nil ? "GET" : "POST"), url: url, headers: headers ?? [],
                query: query ?? [], bearer: bearer, body: body ?? .none),
            within: within)
        opening.request.settings.connection.tls = tls
        // Events are looked at as they come, so no coding is asked for, whatever other requests ask for.
        opening.request.settings.accepts = []
        opening.addHeaders(lastEventID: lastID, at: node.location)
        opening.reconnects = reconnect?.times ?? 0
        opening.pause = reconnect?.pause ?? opening.pause
        opening.eventBytes = limit.map { Int($0.bytes) }
        return opening
    }

    private func sseMethod(_ node: YAMLNode) -> String? {
        yaml.enumeration(node, of: ["GET", "POST", "PUT", "PATCH", "get", "post", "put", "patch"])?
            .uppercased()
    }

    /// `true` for as often as it ends, a count, or `{times: 3, pause: 1s}`.
    private func sseReconnecting(_ node: YAMLNode) -> (times: Int, pause: Duration?)? {
        let always = 1_000_000
        if case .bool(let wanted) = node.content { return (wanted ? always : 0, nil) }
        guard node.pairs != nil else { return yaml.int(node, in: 0...always).map { ($0, nil) } }
        return yaml.mapping(node, "reconnect") { fields in
            let times = fields.optional("times") { yaml.int($0, in: 0...always) }
            let pause = fields.optional("pause", yaml.duration)
            return (times ?? always, pause)
        }
    }

    private func sseListening(_ node: YAMLNode) -> SSEAction.Wish? {
        guard node.pairs != nil else {
            return yaml.duration(node).map { .listen(EventFilter(), for: $0) }
        }
        return yaml.mapping(node, "listen") { fields in
            let length = fields.required("for", yaml.duration)
            let filter = eventFilter(&fields)
            return length.map { .listen(filter, for: $0) }
        }
    }

    /// `any`, the name of an event, or a mapping of what it must be.
    private func eventFilter(_ node: YAMLNode) -> EventFilter? {
        if node.stringValue == "any" || node.isNull { return EventFilter() }
        guard node.pairs != nil else {
            guard node.scalarText != nil, let matcher = yaml.textMatcher(node) else {
                return yaml.mapping(node, "receive") { _ in EventFilter() }
            }
            return EventFilter(checks: [eventCheck("event", matcher, node.location)])
        }
        return yaml.mapping(node, "receive") { fields in eventFilter(&fields) }
    }

    private func eventFilter(_ fields: inout MappingReader) -> EventFilter {
        var checks: [Check] = []
        for key in ["event", "id", "data"] {
            guard let pair = fields.pair(key), let matcher = yaml.textMatcher(pair.value) else { continue }
            checks.append(eventCheck(key, matcher, pair.key.location))
        }
        if let json = fields.value("json") { checks += jsonChecks(json) }
        return EventFilter(checks: checks)
    }

    private func eventCheck(_ subject: String, _ matcher: Wanted, _ location: SourceLocation) -> Check {
        Check(
            subject: .measured(subject), matcher: matcher, location: location,
            name: "\(subject) \(matcher.checkText)")
    }
}

extension SSEOpening {
    /// What a browser's EventSource sends, where the step says nothing else.
    fileprivate mutating func addHeaders(lastEventID: Template?, at location: SourceLocation) {
        func add(_ name: String, _ value: Template) {
            guard !request.headers.contains(where: { $0.name.lowercased() == name.lowercased() }) else {
                return
            }
            request.headers.append(.init(name: name, value: value))
        }
        add("Accept", Template(constant: "text/event-stream", at: location))
        add("Cache-Control", Template(constant: "no-cache", at: location))
        self.lastEventID = lastEventID
        if let lastEventID { add("Last-Event-ID", lastEventID) }
    }
}
