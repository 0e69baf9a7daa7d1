internal import AssayCore
internal import AssayFormats
public import AssayScenario

extension K6Options {
    /// How requests are made where a script does not say it, as far as Assay's own settings know it; the rest of ``http`` is
    /// up to whoever makes them.
    public var httpSettings: HTTPSettings {
        var settings = HTTPSettings()
        settings.redirects = HTTPSettings.Redirects(most: http.maxRedirects, leavesTLS: true)
        settings.cookies = http.keepsCookies ? .user : .pass
        settings.timeouts.whole = .seconds(60)
        if let agent = http.userAgent, !agent.isEmpty {
            settings.headers = [HTTPAction.Field(name: "User-Agent", value: .constant(agent))]
        }
        settings.connection.reuse = http.noConnectionReuse ? ConnectionSettings.Reuse.none : .perUser
        settings.connection.version = .any
        settings.connection.nameLifetime = http.dns.lifetime
        let hosts = http.hosts.filter { !$0.pattern.contains("*") }
        if !hosts.isEmpty {
            settings.connection.hosts = hosts.map { .init(name: $0.pattern, address: .constant($0.address)) }
        }
        let addresses = http.localIPs.flatMap { K6Names.addresses(in: $0) ?? [] }
        if !addresses.isEmpty { settings.connection.localAddresses = addresses.map { .constant($0) } }
        settings.connection.tls = tls
        return settings
    }

    private var tls: ConnectionSettings.TLS? {
        var tls = ConnectionSettings.TLS()
        tls.insecure = http.insecureTLS ? true : nil
        // Older ones than 1.2 are not spoken.
        tls.lowest = http.lowestTLS.map { max($0, "1.2") }
        tls.highest = http.highestTLS.map { max($0, "1.2") }
        tls.ciphers = http.cipherSuites.map { suites in
            suites.compactMap(K6CipherSuites.opensslName).joined(separator: ":")
        }
        let saysNothing = tls.insecure == nil && tls.lowest == nil && tls.highest == nil && tls.ciphers == nil
        return saysNothing ? nil : tls
    }
}

extension Template {
    /// A text in which nothing is computed.
    static func constant(_ text: String) -> Template {
        Template(
            source: text, location: SourceLocation(file: "options", line: 1, column: 1),
            segments: text.isEmpty ? [] : [.text(text)])
    }
}
