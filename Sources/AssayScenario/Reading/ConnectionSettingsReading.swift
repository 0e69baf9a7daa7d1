internal import AssayCore
public import AssayFormats

/// Reads how connections are opened and kept: keys of `http:` in a scenario, a profile or a project, and of single steps.
///
/// The guides are Documentation/connections.md and Documentation/tls.md.
public struct ConnectionSettingsReader {
    let yaml: YAMLReading

    public init(_ yaml: YAMLReading) { self.yaml = yaml }

    /// The keys `version`, `tls`, `proxy`, `local-address`, `hosts`, `dns`, `connections` and `streams`.
    public func settings(_ fields: inout MappingReader) -> ConnectionSettings {
        var settings = ConnectionSettings()
        settings.version = fields.optional("version") { yaml.enumeration($0) }
        settings.tls = fields.optional("tls", tls)
        settings.proxy = fields.optional("proxy", proxy)
        settings.localAddresses = fields.optional("local-address") { yaml.oneOrMore($0, of: yaml.template) }
        settings.hosts = fields.optional("hosts", hosts)
        settings.nameLifetime = fields.optional("dns") { node in
            yaml.mapping(node, "'dns'") { $0.required("ttl", yaml.duration) }
        }
        settings.reuse = fields.optional("connections", reuse)
        settings.streams = fields.optional("streams") { yaml.int($0, in: 1...100_000) }
        return settings
    }

    /// The mapping under `tls`.
    public func tls(_ node: YAMLNode) -> ConnectionSettings.TLS? {
        yaml.mapping(node, "'tls'") { fields in
            var tls = ConnectionSettings.TLS()
            tls.authorities = fields.optional("ca", yaml.template)
            tls.certificate = fields.optional("certificate", yaml.template)
            tls.key = fields.optional("key", yaml.template)
            tls.password = fields.optional("password", yaml.template)
            tls.insecure = fields.optional("insecure", yaml.bool)
            tls.serverName = fields.optional("server-name", yaml.template)
            let versions = fields.optional("versions") { node -> [String]? in
                let versions = yaml.oneOrMore(node) { yaml.enumeration($0, of: ["1.2", "1.3"]) }
                if let versions, versions.isEmpty, node.elements?.isEmpty == true {
                    yaml.error(
                        "AS515", "'versions' names no version of TLS", at: node,
                        fix: "write `versions: 1.3`, or both as `versions: [1.2, 1.3]`")
                }
                return versions
            }
            tls.lowest = versions?.min()
            tls.highest = versions?.max()
            tls.resumes = fields.optional("session-reuse", yaml.bool)
            tls.ciphers = fields.optional("ciphers", yaml.text)
            return tls
        }
    }

    /// `none`, a URL, or a URL with servers that are connected to without it.
    private func proxy(_ node: YAMLNode) -> ConnectionSettings.Proxy? {
        if node.stringValue == "none" { return ConnectionSettings.Proxy.none }
        guard node.pairs != nil else { return proxyURL(node).map { .url($0, except: []) } }
        return yaml.mapping(node, "'proxy'") { fields in
            let url = fields.required("url", proxyURL)
            let except = fields.optional("except") { yaml.oneOrMore($0, of: yaml.text) }
            return url.map { .url($0, except: except ?? []) }
        }
    }

    private static let schemes = ["http://", "https://", "socks5://", "socks5h://"]

    private func proxyURL(_ node: YAMLNode) -> Template? {
        guard let url = yaml.template(node) else { return nil }
        if let text = url.constantText, !Self.schemes.contains(where: text.lowercased().hasPrefix) {
            yaml.error(
                "AS516", "'\(Shown.text(text, limit: 60))' is no URL of a proxy", at: node,
                fix: "write `proxy: http://proxy.example.com:3128`; https, socks5 and socks5h are known too")
        }
        return url
    }

    /// Names with where they lead: `api.example.com: 127.0.0.1:8443`.
    private func hosts(_ node: YAMLNode) -> [ConnectionSettings.Host]? {
        yaml.entries(node, "hosts").compactMap { pair in
            if pair.name.contains("/") || pair.name.isEmpty {
                yaml.error(
                    "AS517", "'\(Shown.text(pair.name, limit: 60))' in 'hosts' is no name of a host",
                    at: pair.key,
                    fix: "write `hosts: {api.example.com: 127.0.0.1:8443}`")
                return nil
            }
            return yaml.template(pair.value).map { .init(name: pair.name, address: $0) }
        }
    }

    /// `per-user`, `shared`, `none` or `{shared: 10}`.
    private func reuse(_ node: YAMLNode) -> ConnectionSettings.Reuse? {
        if node.pairs != nil {
            return yaml.mapping(node, "'connections'") { fields in
                fields.required("shared") { yaml.int($0, in: 1...1_000_000) }.map { .shared(most: $0) }
            }
        }
        switch yaml.enumeration(node, of: ["per-user", "shared", "none"]) {
        case "per-user": return .perUser
        case "shared": return .shared(most: .max)
        case "none": return ConnectionSettings.Reuse.none
        default: return nil
        }
    }
}
