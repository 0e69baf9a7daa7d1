internal import AssayCore
internal import AssayFormats
internal import AssayScenario

/// Steps that are no requests of HTTP.
extension ScenarioWriting {
    func sql(_ action: SQLAction) -> YAMLTree {
        var pairs: [YAMLTree.Pair] = [
            .init("on", action.choice.map { templates.tree($0.template) } ?? .text(action.on)),
            .init(action.returnsRows ? "query" : "run", templates.tree(action.statement)),
        ]
        if !action.arguments.isEmpty {
            pairs.append(.init("args", .list(action.arguments.map(templates.tree))))
        }
        return .mapping(pairs)
    }

    func redis(_ action: RedisAction) -> YAMLTree {
        let commands = action.commands.map { YAMLTree.list($0.map(templates.tree)) }
        var pairs: [YAMLTree.Pair] = [
            .init("on", action.choice.map { templates.tree($0.template) } ?? .text(action.on)),
            .init("do", action.isPipeline || commands.count != 1 ? .list(commands) : commands[0]),
        ]
        if let timeout = action.timeout { pairs.append(.init("timeout", WrittenUnits.tree(timeout))) }
        return .mapping(pairs)
    }

    func run(_ action: RunAction) -> YAMLTree {
        let command: YAMLTree =
            switch action.command {
            case .shell(let text): templates.tree(text)
            case .words(let words): .list(words.map { templates.tree($0) })
            }
        var pairs: [YAMLTree.Pair] = [.init("command", command)]
        if !action.environment.isEmpty {
            pairs.append(
                .init("env", .mapping(action.environment.map { .init($0.name, templates.tree($0.value)) })))
        }
        if let folder = action.folder { pairs.append(.init("folder", templates.tree(folder))) }
        if let input = action.input { pairs.append(.init("input", templates.tree(input))) }
        if let timeout = action.timeout { pairs.append(.init("timeout", WrittenUnits.tree(timeout))) }
        if pairs.count == 1, case .shell = action.command { return command }
        return .mapping(pairs)
    }

    func log(_ action: LogAction) -> YAMLTree {
        let wanted: YAMLTree.Pair =
            switch action.wanted {
            case .contains(let text): .init("contains", templates.tree(text))
            case .matches(let text): .init("matches", templates.tree(text))
            case .json(let matcher): .init("json", self.matcher(matcher))
            }
        return .mapping([
            .init("of", .text(action.of)), wanted, .init("within", WrittenUnits.tree(action.within)),
        ])
    }

    // MARK: WebSockets

    func webSocket(_ action: WebSocketAction, at location: SourceLocation) -> [YAMLTree.Pair] {
        var pairs: [YAMLTree.Pair]
        var isOpening = false
        switch action.wish {
        case .open(let opening):
            isOpening = true
            pairs = self.opening(opening, at: location)
        case .send(let payload, let within):
            pairs = [.init("send", self.payload(payload)), .init("within", WrittenUnits.tree(within))]
        case .receive(let filter, let within):
            pairs = receiving(filter) + [.init("within", WrittenUnits.tree(within))]
        case .ask(let payload, let filter, let within):
            pairs = [.init("send", self.payload(payload))] + receiving(filter)
            pairs.append(.init("within", WrittenUnits.tree(within)))
        case .listen(let filter, let length, let count):
            var listening: [YAMLTree.Pair] = [.init("for", WrittenUnits.tree(length))]
            if let count { listening.append(.init("count", .number(count))) }
            pairs = [.init("listen", .mapping(listening + checks(filter)))]
        case .close(let code, let reason, let within):
            let closing: [YAMLTree.Pair] =
                [.init("code", .number(code))] + (reason.map { [.init("reason", templates.tree($0))] } ?? [])
            pairs = [.init("close", .mapping(closing)), .init("within", WrittenUnits.tree(within))]
        case .ended(let within): pairs = [.init("expect-close", WrittenUnits.tree(within))]
        }
        if action.socket != WebSocketAction.usualName {
            pairs.append(.init(isOpening ? "as" : "on", .text(action.socket)))
        }
        return pairs
    }

    private func opening(_ opening: WebSocketOpeningWish, at location: SourceLocation) -> [YAMLTree.Pair] {
        let request = opening.request
        var pairs: [YAMLTree.Pair] = [.init("open", templates.tree(request.url))]
        if !request.headers.isEmpty {
            pairs.append(.init("headers", fields(request.headers, "headers", location)))
        }
        if !request.query.isEmpty { pairs.append(.init("query", fields(request.query, "query", location))) }
        if let bearer = request.bearer { pairs.append(.init("bearer", templates.tree(bearer))) }
        if !opening.protocols.isEmpty {
            pairs.append(.init("protocols", .list(opening.protocols.map { templates.tree($0) })))
        }
        if let deflate = opening.deflate {
            var words: [YAMLTree.Pair] = []
            if deflate.serverNoContextTakeover {
                words.append(.init("server-no-context-takeover", .bool(true)))
            }
            if deflate.clientNoContextTakeover {
                words.append(.init("client-no-context-takeover", .bool(true)))
            }
            if deflate.serverMaxWindowBits != 15 {
                words.append(.init("server-max-window-bits", .number(deflate.serverMaxWindowBits)))
            }
            if deflate.clientMaxWindowBits != 15 {
                words.append(.init("client-max-window-bits", .number(deflate.clientMaxWindowBits)))
            }
            pairs.append(.init("deflate", words.isEmpty ? .bool(true) : .mapping(words)))
        }
        if let limit = opening.messageBytes { pairs.append(.init("message-limit", .word("\(limit) B"))) }
        if let tls = request.settings.connection.tls { pairs.append(.init("tls", self.tls(tls))) }
        return pairs + [.init("within", WrittenUnits.tree(opening.within))]
    }

    private func payload(_ payload: WebSocketPayload) -> YAMLTree {
        let content: YAMLTree.Pair
        var usual = WebSocketPayload.Kind.binary
        switch payload.content.content {
        case .text(let text):
            usual = payload.kind == .ping ? .ping : .text
            content = .init(payload.kind == .ping ? "ping" : "text", templates.tree(text))
        case .json(let value):
            usual = .text
            content = .init("json", templates.tree(value))
        case .hex(let digits): content = .init("hex", templates.tree(digits))
        case .base64(let text): content = .init("base64", templates.tree(text))
        case .file(let path): content = .init("file", templates.tree(path))
        }
        var pairs = [content]
        if payload.kind != usual { pairs.append(.init("kind", .text(payload.kind.rawValue))) }
        if let bytes = payload.fragmentBytes { pairs.append(.init("fragment", .word("\(bytes) B"))) }
        return pairs.count == 1 && content.key == "text" ? content.value : .mapping(pairs)
    }

    private func receiving(_ filter: MessageFilter) -> [YAMLTree.Pair] {
        let wanted = filter.checks.isEmpty ? YAMLTree.text("any") : .mapping(checks(filter))
        return [.init("receive", wanted)] + (filter.isStrict ? [.init("strict", .bool(true))] : [])
    }

    private func checks(_ filter: MessageFilter) -> [YAMLTree.Pair] {
        expectation(Expectation(checks: filter.checks))
    }
}

/// The words for units of own metrics.
enum MetricUnits {
    private static let all: [(word: String, unit: Metric.Unit, factor: Double)] = [
        ("count", .count, 1), ("ns", .time, 1), ("us", .time, 1e3), ("ms", .time, 1e6), ("s", .time, 1e9),
        ("min", .time, 60e9), ("h", .time, 3600e9), ("bytes", .bytes, 1), ("KB", .bytes, 1e3),
        ("MB", .bytes, 1e6), ("GB", .bytes, 1e9), ("KiB", .bytes, 1024), ("MiB", .bytes, 1_048_576),
        ("GiB", .bytes, 1_073_741_824), ("fraction", .fraction, 1), ("percent", .fraction, 0.01),
    ]

    static func word(_ unit: Metric.Unit, _ factor: Double) -> String? {
        all.first { $0.unit == unit && $0.factor == factor }?.word
    }
}
