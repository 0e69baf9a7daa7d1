internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayScenario
internal import Synchronization

/// The options of a run's connections: one object for equal settings, so that connections are shared and certificates are
/// read once.
final class ConnectPool: Sendable {
    private struct State {
        var known: [ConnectOptions.Values: ConnectOptions] = [:]
        var faults: [Diagnostic] = []
    }

    private let state = Mutex(State())

    /// What was wrong with settings, each once, in the order of the files.
    var faults: [Diagnostic] { state.withLock { $0.faults } }

    func options(
        _ values: ConnectOptions.Values, place: (TLSConfigurationError.Part) -> SourceLocation?
    ) -> ConnectOptions {
        if values == ConnectOptions.Values() { return .standard }
        if let same = state.withLock({ $0.known[values] }) { return same }
        var made = ConnectOptions(values)
        // Certificates are read now, so that what is wrong with them is known before anything is sent.
        if values.needsCertificates, case .failure(let error) = made.tlsContext {
            made = failing(ConnectMistake("tls: \(error)", place(error.part)))
        }
        return state.withLock { state in
            state.known[values] = made
            return made
        }
    }

    /// Options that open nothing and say why.
    func failing(_ mistake: ConnectMistake) -> ConnectOptions {
        let diagnostic = Diagnostic("AS518", mistake.message, at: mistake.location)
        state.withLock { if !$0.faults.contains(diagnostic) { $0.faults.append(diagnostic) } }
        var values = ConnectOptions.Values()
        values.fault = mistake.description
        return ConnectOptions(values)
    }
}

/// Why settings have no meaning, with the place where they are written.
struct ConnectMistake: Error, CustomStringConvertible {
    let message: String
    let location: SourceLocation?

    init(_ message: String, _ location: SourceLocation?) {
        self.message = message
        self.location = location
    }

    init(_ message: String, _ template: Template) { self.init(message, template.location) }

    var description: String { location.map { "\(message) (\($0))" } ?? message }
}

extension ConnectOptions.Values {
    fileprivate var needsCertificates: Bool {
        tls.authorityFile != nil || tls.certificateFile != nil || tls.keyFile != nil || tls.ciphers != nil
    }
}

extension Planner {
    /// How connections are opened that settings speak of; the same object for the same settings, so that they are shared.
    ///
    /// What cannot be meant is told by each connection that would be opened (``ConnectOptions/Values/fault``).
    func connectOptions(_ settings: HTTPSettings, _ names: NameTable) -> ConnectOptions {
        connectOptions(settings.connection, names, timeout: settings.timeouts.connect)
    }

    /// - Parameter timeout: name look-up, connect, proxy and TLS together.
    func connectOptions(
        _ settings: ConnectionSettings, _ names: NameTable, timeout: Duration? = nil
    ) -> ConnectOptions {
        var values = ConnectOptions.Values()
        values.connectTimeout = timeout
        do {
            try apply(settings, names, to: &values)
        } catch {
            return connects.failing(error)
        }
        return connects.options(values) { part in
            switch part {
            case .authorities: settings.tls?.authorities?.location
            case .certificate: settings.tls?.certificate?.location
            case .key: settings.tls?.key?.location ?? settings.tls?.certificate?.location
            case .ciphers, .versions: nil
            }
        }
    }

    /// What is wrong with how connections of the planned scenarios are to be opened.
    var faults: [Diagnostic] { connects.faults }

    private func apply(
        _ settings: ConnectionSettings, _ names: NameTable, to values: inout ConnectOptions.Values
    ) throws(ConnectMistake) {
        switch settings.version {
        case .http1?, nil: values.version = .http1
        case .http2?: values.version = .http2
        case .any?: values.version = .any
        }
        switch settings.reuse {
        case .perUser?, nil: values.reuse = .perUser
        case .shared(let most)?: values.reuse = .shared(most: most)
        case ConnectionSettings.Reuse.none?: values.reuse = .none
        }
        values.streams = settings.streams ?? values.streams
        values.nameLifetime = settings.nameLifetime
        if let tls = settings.tls { values.tls = try self.tls(tls, names) }
        if case .url(let template, let except)? = settings.proxy {
            let text = try text(template, "proxy", names)
            do {
                // A proxy that a variable leaves empty is none.
                values.proxy = text.isEmpty ? nil : try ProxyOptions(parsing: text, except: except)
            } catch {
                throw ConnectMistake("proxy: \(error)", template)
            }
        }
        for template in settings.localAddresses ?? [] {
            let text = try text(template, "local-address", names)
            guard let address = SocketAddress(numeric: text, port: 0) else {
                throw ConnectMistake("local-address: expected a numeric address, found '\(text)'", template)
            }
            values.localAddresses.append(address)
        }
        for host in settings.hosts ?? [] {
            let text = try text(host.address, "hosts", names)
            guard let override = HostOverride(host.name, leadsTo: text) else {
                throw ConnectMistake(
                    "hosts: expected an address with or without a port for \(host.name), found '\(text)'",
                    host.address)
            }
            values.hosts.append(override)
        }
    }

    private func tls(
        _ settings: ConnectionSettings.TLS, _ names: NameTable
    ) throws(ConnectMistake) -> TLSOptions {
        var options = TLSOptions()
        if let template = settings.authorities { options.authorityFile = try path(template, "ca", names) }
        if let template = settings.certificate {
            options.certificateFile = try path(template, "certificate", names)
        }
        if let template = settings.key { options.keyFile = try path(template, "key", names) }
        if let template = settings.password { options.keyPassword = try text(template, "password", names) }
        if let template = settings.serverName {
            let name = try text(template, "server-name", names)
            // Without a name no certificate's name would be checked.
            if name.isEmpty || name == "." {
                throw ConnectMistake(
                    "tls: 'server-name' names no server; leave it out to take the URL's host", template)
            }
            options.serverName = name
        }
        options.verifies = !(settings.insecure ?? false)
        options.lowest = settings.lowest.flatMap(TLSVersion.init) ?? options.lowest
        options.highest = settings.highest.flatMap(TLSVersion.init) ?? options.highest
        options.resumesSessions = settings.resumes ?? options.resumesSessions
        options.ciphers = settings.ciphers
        return options
    }

    /// A file's path; one that is not absolute begins in the project's folder, like those of request bodies.
    private func path(
        _ template: Template, _ key: String, _ names: NameTable
    ) throws(ConnectMistake) -> String {
        let text = try text(template, key, names)
        if text.isEmpty { throw ConnectMistake("tls: '\(key)' names no file", template) }
        return text.hasPrefix("/") ? text : projectFolder + "/" + text
    }

    private func text(
        _ template: Template, _ key: String, _ names: NameTable
    ) throws(ConnectMistake) -> String {
        let folded = fold(template, names)
        // A template that is only `${…}` keeps the type of its value.
        if case .literal(let value)? = folded.soleExpression { return value.templateText }
        guard let text = folded.constantText else {
            throw ConnectMistake(
                "\(key): '\(template.source)' is not known before the run, and connections are planned before it",
                template)
        }
        return text
    }
}

extension HostOverride {
    /// - Parameters:
    ///   - name: `api.example.com` or `api.example.com:443`.
    ///   - target: `127.0.0.1`, `127.0.0.1:8443`, `[::1]:8443`, `localhost:8443`.
    init?(_ name: String, leadsTo target: String) {
        guard let from = Self.split(name), let to = Self.split(target) else { return nil }
        self.init(name: from.host, port: from.port, target: to.host, targetPort: to.port)
    }

    private static func split(_ text: String) -> (host: String, port: UInt16?)? {
        if SocketAddress(numeric: text, port: 0) != nil { return (text, nil) }
        guard let colon = text.lastIndex(of: ":"), !text.hasSuffix("]") else {
            let host = text.hasPrefix("[") ? String(text.dropFirst().dropLast()) : text
            return host.isEmpty || host.contains("/") || host.contains(" ") ? nil : (host, nil)
        }
        guard let port = UInt16(text[text.index(after: colon)...]),
            let (host, none) = split(String(text[..<colon])),
            none == nil
        else { return nil }
        return (host, port)
    }
}
