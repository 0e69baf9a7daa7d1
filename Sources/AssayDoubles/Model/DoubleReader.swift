internal import AssayCore
public import AssayFormats
public import AssayNet

/// Reads what doubles are: the stand's `doubles:`, and files of their own. What is wrong goes into the reading's bag.
public struct DoubleReader {
    /// Reads a file that an option names.
    public typealias FileSource = (_ path: String) throws(SystemError) -> [UInt8]

    let yaml: YAMLReading
    let readFile: FileSource
    /// In the order of `assay double --help`.
    public static var presets: [any Preset.Type] { ownPresets + AddedPresets.connected }
    private static let ownPresets: [any Preset.Type] = [
        JWTAuthOptions.self, OIDCOptions.self, TelegramOptions.self, OpenAIOptions.self, UpworkOptions.self,
    ]
    /// Servers that are no presets, but run by their names too.
    public static var servers: [(name: String, summary: String)] {
        [
            ("redis", "a Redis 7.0 in this process"),
            ("toxiproxy", "toxiproxy's HTTP API: TCP proxies with faults"),
        ] + AddedDouble.connected.map { ($0.form, $0.summary) }
    }
    /// The keys that say what a double is.
    static var forms: [String] {
        ["preset", "http", "routes", "redis", "proxy", "sink", "toxiproxy"]
            + AddedDouble.connected.map(\.form)
    }

    /// - Parameter readFile: by the path a user wrote.
    public init(_ yaml: YAMLReading, readFile: @escaping FileSource) {
        self.yaml = yaml
        self.readFile = readFile
    }

    /// Reads files that options name from the folder of the file being read.
    public init(_ yaml: YAMLReading) {
        let folder = yaml.folder
        self.init(yaml) { path throws(SystemError) in
            try Files.read(path.hasPrefix("/") ? path : folder + path, limitBytes: 16 << 20)
        }
    }

    /// The doubles of a `doubles:` mapping, in the order written; those that could not be read are left out.
    public func read(_ node: YAMLNode) -> [DoubleSpec] {
        yaml.entries(node, "doubles").compactMap { pair in
            guard pair.value.pairs != nil else {
                yaml.error(
                    "AS120", "double '\(pair.name)' is a mapping with 'preset', found \(pair.value.kindText)",
                    at: pair.value, fix: "write `\(pair.name): {preset: jwt}`")
                return nil
            }
            return kind(pair.value, named: pair.name, at: pair.key).map {
                DoubleSpec(name: pair.name, location: pair.key.location, kind: $0)
            }
        }
    }

    /// What a mapping says that a double is.
    ///
    /// - Parameter place: where the double is named.
    func kind(_ node: YAMLNode, named name: String, at place: YAMLNode) -> (any DoubleKind)? {
        let found = (node.pairs ?? []).filter { Self.forms.contains($0.name) }
        guard let form = found.first else {
            let unknown = (node.pairs ?? []).first
            let near = unknown.flatMap { nearestName(to: $0.name, among: Self.forms) }
            yaml.error(
                "AS120", "double '\(name)' does not say what it is", at: unknown?.key ?? place,
                fix: near.map { "did you mean '\($0)'?" }
                    ?? "write `\(name): {preset: jwt}`, or one of: " + Self.forms.joined(separator: ", "))
            return nil
        }
        if let second = found.dropFirst().first {
            yaml.error(
                "AS120", "double '\(name)' has both '\(form.name)' and '\(second.name)'", at: second.key,
                fix: "keep one of them")
            return nil
        }
        let kind = self.kind(form, of: node)
        guard let tls = node["tls"], var http = kind as? HTTPDoubleKind else { return kind }
        http.tls = DoubleTLS.read(tls, yaml)
        return http
    }

    private func kind(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        switch form.name {
        case "preset": return preset(form, of: node)
        case "http": return file(form, of: node)
        case "redis": return redis(form, of: node)
        case "sink": return sink(form, of: node)
        case "toxiproxy":
            let kind = yaml.mapping(node, "double") { fields in
                fields.value("toxiproxy").map { _ in ToxiproxyKind() }
            }
            return kind.flatMap { $0 }
        case "proxy": return proxy(form, of: node)
        case "routes": return routes(of: node)
        default: return added(form, of: node)
        }
    }

    private func preset(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        guard let name = yaml.string(form.value) else { return nil }
        guard let found = Self.presets.first(where: { $0.name == name }) else {
            let names = Self.presets.map { $0.name }
            let near = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
            yaml.error(
                "AS121", "there is no preset '\(name)'", at: form.value,
                fix: near ?? "this version of Assay has: " + names.joined(separator: ", "))
            return nil
        }
        return found.read(node.without(HTTPDoubleKind.keys), yaml, readFile).flatMap { http($0, node) }
    }

    private func routes(of node: YAMLNode) -> (any DoubleKind)? {
        let table = yaml.mapping(node.without(HTTPDoubleKind.keys), "double") { fields in
            RouteReader(yaml: yaml).table(&fields)
        }
        return table.flatMap { $0 }.flatMap { http($0, node) }
    }

    private func added(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        guard let double = AddedDouble.connected.first(where: { $0.form == form.name }) else { return nil }
        let own = double.isHTTP ? node.without(HTTPDoubleKind.keys) : node
        let kind = yaml.mapping(own, "double") { fields in
            fields.optional(form.name) { double.read($0, yaml) } ?? nil
        }
        guard double.isHTTP, let http = kind.flatMap({ $0 }) as? HTTPDoubleKind else {
            return kind.flatMap { $0 }
        }
        return self.http(http.options, node)
    }

    private func redis(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        let kind = yaml.mapping(node, "double") { fields in
            fields.optional("redis") { RedisDoubleKind.read($0, yaml) } ?? nil
        }
        return kind.flatMap { $0 }
    }

    private func proxy(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        let kind = yaml.mapping(node, "double") { fields in
            fields.optional("proxy") { ProxyDoubleKind.read($0, yaml) } ?? nil
        }
        return kind.flatMap { $0 }
    }

    private func sink(_ form: YAMLNode.Pair, of node: YAMLNode) -> (any DoubleKind)? {
        let options = yaml.mapping(node.without(HTTPDoubleKind.keys), "double") { fields in
            fields.optional("sink") { SinkOptions.read($0, yaml) } ?? nil
        }
        return options.flatMap { $0 }.flatMap { http($0, node) }
    }

    /// What every double that speaks HTTP has besides what it answers.
    private func http(_ options: any DoubleOptions, _ node: YAMLNode) -> (any DoubleKind)? {
        let faults = node["faults"].map { FaultReader(yaml).read($0) }
        var kind = HTTPDoubleKind(options, faults: faults ?? [])
        kind.pacts = node["pacts"].flatMap { DoublePacts.read($0, yaml) }
        return kind
    }
}

extension YAMLReading {
    /// The folder of the file, with its slash; empty when that is the current one.
    var folder: String { file.lastIndex(of: "/").map { String(file[...$0]) } ?? "" }
}

extension YAMLNode {
    /// The same mapping without some of its keys.
    func without(_ names: [String]) -> YAMLNode {
        guard let pairs else { return self }
        var node = self
        node.content = .mapping(pairs.filter { !names.contains($0.name) })
        return node
    }
}
