internal import AssayImport
internal import AssayNet
internal import AssayRunner
internal import AssayScript

extension ScriptHTTPSettings {
    /// What k6's options say of requests.
    init(_ options: K6Options) {
        self.init()
        let http = options.http
        maxRedirects = http.maxRedirects
        if let agent = http.userAgent { userAgent = agent }
        requestsPerSecond = http.requestsPerSecond
        batch = http.batch
        batchPerHost = http.batchPerHost
        throwsFailures = http.throwsErrors
        discardsResponseBodies = http.discardsBodies
        noConnectionReuse = http.noConnectionReuse
        noUserConnectionReuse = http.noUserConnectionReuse
        keepsCookies = http.keepsCookies
        debug = http.debug.map { $0 == "full" ? .full : .headers }
        blockedHostnames = http.blockedHostnames
    }
}

extension ScriptHTTPSettings {
    /// Patterns and names with a port, which Assay's own settings do not know, networks that are refused, certificates of the
    /// client.
    mutating func takeNames(of options: K6Options) {
        connect.tls.certificates = options.http.certificates.enumerated().map { place, own in
            TLSClientCertificate(
                certificate: Array(own.certificate.utf8), key: Array(own.key.utf8), keyPassword: own.password,
                servers: own.domains, name: "`tlsAuth` \(place + 1)")
        }
        connect.refusedNetworks = options.http.blacklistIPs.compactMap { IPNetwork($0) }
        connect.hosts += options.http.hosts.compactMap { host in
            guard host.pattern.contains("*") || host.pattern.contains(":") else { return nil }
            let (name, port) = Self.split(host.pattern)
            let (target, targetPort) = Self.split(host.address)
            return HostOverride(name: name, port: port, target: target, targetPort: targetPort)
        }
    }

    /// A name or an address, and the port behind it.
    private static func split(_ text: String) -> (String, UInt16?) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
            !text[..<colon].contains(":") || text.hasPrefix("[")
        else { return (text, nil) }
        return (String(text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" }), port)
    }
}
