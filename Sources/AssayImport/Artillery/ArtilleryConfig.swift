internal import AssayCore
internal import AssayFormats
internal import AssayScenario

extension ArtilleryReading {
    private static let configKeys = [
        "target", "phases", "environments", "variables", "payload", "http", "timeout", "defaults", "tls",
        "plugins", "ensure", "processor", "engines", "engine", "ws", "mode", "statsInterval", "socketio",
        "phases",
        "bundling", "includeFiles", "name",
    ]

    /// Puts the environment that the command line chooses, and then its `--overrides`, over the script; lists of the latter replace
    /// those of the script.
    func putOverrides() {
        putEnvironment()
        guard let overrides = object(source.options.overrides, "--overrides") else { return }
        check(overrides, ["config", "scenarios", "before", "after"], in: "--overrides")
        root = root.merged(with: overrides, joinsLists: false)
    }

    private func putEnvironment() {
        guard let name = source.options.environment, let node = root["config"], node.pairs != nil else {
            return
        }
        if let own = node["environments"]?[name] {
            if own.pairs != nil { check(own, Self.configKeys, in: "an environment") }
            let wrapped = YAMLNode(
                .mapping([.init(key: YAMLNode("config", at: own.location), value: own)]), at: own.location)
            root = root.merged(with: wrapped, joinsLists: true)
            return
        }
        let known = (node["environments"]?.pairs ?? []).map(\.name)
        yaml.add(
            Diagnostic(
                "AS615", "the script has no environment '\(name)', so `config` is used as it is",
                at: (node["environments"] ?? node).location,
                fix: nearestName(to: name, among: known).map { "did you mean '\($0)'?" }
                    ?? (known.isEmpty ? nil : "there are: \(known.joined(separator: ", "))"),
                severity: .warning))
    }

    /// Variables of the command line are put over `config`, then its templates are filled in.
    func readConfig() {
        var node = root["config"] ?? YAMLNode(.mapping([]), at: root.location)
        guard node.pairs != nil else { return shape(node, "a mapping for `config`") }
        check(node, Self.configKeys, in: "`config`")
        let variables = object(source.options.variables, "--variables")
        if let variables {
            let wrapped = YAMLNode(
                .mapping([.init(key: YAMLNode("variables", at: root.location), value: variables)]),
                at: root.location)
            node = node.merged(with: wrapped, joinsLists: false)
        }
        setConstants(variables)
        config = filled(node)
        for pair in config["variables"]?.pairs ?? [] { names.settable.insert(pair.name) }
        names.settable.insert("$uuid")
        if let processor = config["processor"], !processor.isNull {
            self.processor = processor
        }
        names.constants["target"] = (config["target"]?.scalarText).map { .string($0) }
        readDefaults()
        readPlugins()
    }

    /// A JSON object of the command line.
    private func object(_ text: String?, _ flag: String) -> YAMLNode? {
        guard let text else { return nil }
        let location = SourceLocation(file: flag, line: 1, column: 1, length: max(1, text.count))
        do throws(JSONError) {
            let value = try JSON(parsing: text)
            if value.objectValue != nil { return YAMLNode(value, at: location) }
            yaml.add(Diagnostic("AS616", "\(flag) takes a JSON object, found \(Shown.value(value))"))
        } catch {
            yaml.add(
                Diagnostic(
                    "AS616",
                    "\(flag) takes a JSON object: expected \(error.expected), found \(error.actual) at character \(error.column)",
                    fix: "write it in quotes: \(flag) '{\"name\": \"value\"}'"))
        }
        return nil
    }

    private func setConstants(_ variables: YAMLNode?) {
        let environment = JSON.object(
            JSONObject(source.environment.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
        let home = source.options.config ?? yaml.file
        let folder = home.lastIndex(of: "/").map { String(home[..<$0]) } ?? "."
        names.constants = [
            "$env": environment, "$processEnvironment": environment, "$scenarioFile": .string(yaml.file),
            "$dirname": .string(folder),
            "$testId": .string("t" + String(source.options.seed, radix: 36)),
        ]
        if let name = source.options.environment { names.constants["$environment"] = .string(name) }
        for (name, part) in source.parts { names.constants[name] = part }
        names.parts = Set(source.partNames.filter { source.parts[$0] == nil })
        for pair in variables?.pairs ?? [] {
            if let value = yaml.json(pair.value) { names.constants[pair.name] = value }
        }
    }

    // MARK: what all requests have

    private func readDefaults() {
        let http = config["http"]
        if let http {
            check(
                http,
                [
                    "timeout", "pool", "maxSockets", "extendedMetrics", "defaults", "distributedTracing",
                    "cookieJarOptions",
                ],
                in: "`http`")
            for key in ["distributedTracing", "cookieJarOptions", "extendedMetrics"] {
                guard let node = http[key] else { continue }
                if case .bool(false) = node.content { continue }
                leftOut("`\(key)`", at: node)
            }
        }
        defaults.webSocket = config["ws"]
        defaults.target =
            (source.options.target.map { YAMLNode(.string($0), at: config.location, scalarText: $0) }
            ?? config["target"]).flatMap(target)
        for node in [config["defaults"], http?["defaults"]].compactMap({ $0 }) {
            check(node, ["headers", "cookie", "strictCapture", "think"], in: "`defaults`")
            if let headers = node["headers"] { defaults.headers = fields(headers) }
            if let cookies = node["cookie"] { defaults.cookies = fields(cookies) }
            if let strict = node["strictCapture"], bool(strict) == false { defaults.isStrict = false }
            if let jitter = node["think"]?["jitter"] { defaults.jitter = self.jitter(jitter) }
        }
        var settings = HTTPSettings()
        settings.redirects = .init(most: 10)
        settings.cookies = .pass
        if let timeout = config["timeout"] ?? http?["timeout"], let seconds = number(timeout), seconds > 0 {
            defaults.timeout = seconds
        }
        settings.timeouts.whole = .milliseconds(Int64(min(defaults.timeout, 1e9) * 1000))
        if let pool = http?["pool"], let most = number(pool) {
            if (1...1e6).contains(most) {
                settings.connection.reuse = .shared(most: Int(most))
            } else if most != 0 {  // None: every user has connections of its own.
                shape(pool, "a number from 1 to 1000000 for `pool`")
            }
        }
        settings.connection.tls = tls()
        defaults.settings = settings
    }

    private func tls() -> ConnectionSettings.TLS? {
        var tls: ConnectionSettings.TLS?
        if let node = config["tls"] {
            for pair in node.pairs ?? [] where pair.name != "rejectUnauthorized" {
                unsupported(
                    "`tls.\(pair.name)`", at: pair.key, fix: "`http: {tls: …}` of a profile of Assay has it")
            }
            if let check = node["rejectUnauthorized"], bool(check) == false {
                tls = .init()
                tls?.insecure = true
            }
        }
        if source.options.isInsecure {
            tls = tls ?? .init()
            tls?.insecure = true
        }
        return tls
    }

    private func target(_ node: YAMLNode) -> Template? {
        guard let text = text(node) else { return nil }
        let template = template(text, at: node.location)
        if let constant = template.constantText,
            !["http://", "https://", "ws://", "wss://"].contains(where: constant.hasPrefix)
        {
            yaml.error(
                "AS605",
                "expected an address with http:// or https:// for `target`, found '\(Shown.text(constant, limit: 60))'",
                at: node, fix: "write `target: http://127.0.0.1:8080`")
        }
        return template
    }

    /// Headers, cookies, forms: names and texts.
    func fields(_ node: YAMLNode) -> [HTTPAction.Field] {
        guard let pairs = node.pairs else {
            shape(node, "a mapping of names and texts")
            return []
        }
        return pairs.flatMap { pair -> [HTTPAction.Field] in
            (pair.value.elements ?? [pair.value]).compactMap { value in
                if value.isNull { return nil }
                if value.pairs != nil || value.elements != nil {
                    return .init(
                        name: pair.name,
                        value: Template(
                            constant: yaml.json(value)?.rendered() ?? "", at: value.location))
                }
                return template(value).map { .init(name: pair.name, value: $0) }
            }
        }
    }

    // MARK: plugins

    private func readPlugins() {
        guard let plugins = config["plugins"] else { return }
        for pair in plugins.pairs ?? [] {
            switch pair.name {
            case "ensure", "metrics-by-endpoint": break
            case "expect":
                defaults.judgesExpectations = true
                check(
                    pair.value,
                    [
                        "outputFormat", "formatter", "expectDefault200", "reportFailuresAsErrors",
                        "useOnlyRequestNames",
                    ], in: "`expect`")
                if let all = pair.value["expectDefault200"] { defaults.expects200 = bool(all) ?? false }
                if let fails = pair.value["reportFailuresAsErrors"] {
                    defaults.failsExpectations = bool(fails) ?? false
                }
            default:
                let known = ["ensure", "expect", "metrics-by-endpoint"]
                leftOut(
                    "the plugin '\(pair.name)'", at: pair.key,
                    fix: nearestName(to: pair.name, among: known).map { "did you mean '\($0)'?" })
            }
        }
    }
}
