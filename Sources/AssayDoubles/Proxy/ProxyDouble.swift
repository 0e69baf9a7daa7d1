public import AssayCore
public import AssayFormats
public import AssayNet

/// A proxy in front of a real server as a double of a stand: `{proxy: {to: "${db.host}:${db.port}", faults: […]}}`.
public struct ProxyDoubleKind: DoubleKind {
    /// `host:port` or `unix:PATH`; may speak of members of the stand that start after the doubles.
    public var to: Template
    public var toxics: [Toxic]

    public init(to: Template, toxics: [Toxic]) {
        self.to = to
        self.toxics = toxics
    }

    public var memberNames: [String] { ["address"] }

    public func start(
        _ start: inout DoubleStart, at address: SocketAddress
    ) throws(Diagnostic) -> any StartedDouble {
        let proxy = try StartedProxy(self, start, at: address)
        try proxy.settle(&start.scope, waits: true)
        return proxy
    }

    /// Reads the options of `proxy:`.
    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> ProxyDoubleKind? {
        yaml.mapping(node, "proxy") { fields -> ProxyDoubleKind? in
            let to = fields.required("to", yaml.template)
            let toxics = fields.optional("faults") { ProxyFaultReader(yaml: yaml).read($0) }
            guard let to else { return nil }
            if let text = to.constantText, ProxyUpstream(text) == nil {
                yaml.add(notAServer(text, at: to.location))
                return nil
            }
            return ProxyDoubleKind(to: to, toxics: toxics ?? [])
        }.flatMap { $0 }
    }

    static func notAServer(_ text: String, at location: SourceLocation) -> Diagnostic {
        Diagnostic(
            "AS349", "a proxy leads to a host and a port, found '\(text)'", at: location,
            fix: "write `to: 127.0.0.1:5432`, or `to: unix:/run/db.sock`")
    }
}

/// A proxy that is listening. Belongs to the reactor it was started on.
public final class StartedProxy: StartedDouble {
    public let name: String
    public let url: String
    public let bindings: JSONObject
    public let secrets: [String] = []
    public let detail: String
    public let journal: RequestJournal? = nil
    /// For what happened to its connections.
    public let proxy: TCPProxy
    private let kind: ProxyDoubleKind

    init(_ kind: ProxyDoubleKind, _ start: DoubleStart, at address: SocketAddress) throws(Diagnostic) {
        self.kind = kind
        name = start.name
        proxy = TCPProxy(
            start.name, listen: address, on: start.reactor, random: start.scope.random.split(0))
        proxy.use(kind.toxics)
        do {
            try proxy.enable()
        } catch {
            throw Diagnostic("AS125", "double '\(start.name)' cannot listen: \(error)", at: start.location)
        }
        url = "tcp://\(proxy.listen)"
        detail = "TCP proxy to \(kind.to.source)"
        bindings = Self.bindings(url: url, at: proxy.listen, and: ["address": .string("\(proxy.listen)")])
    }

    /// Whether it knows where it leads.
    public private(set) var isSettled = false
    /// Members of the stand that must be up before it can know.
    public var needs: [String] { kind.to.freeNames.map(\.name).filter { $0 != "env" && $0 != "secret" } }

    /// Fills in where the proxy leads, once the members that `to` speaks of have addresses.
    ///
    /// - Parameter waits: a name that nothing sets yet is no error; connections are closed until it is.
    /// - Throws: AS056–AS059 for a template without a value, AS349 for one that names no server.
    public func settle(
        _ scope: inout TemplateScope<SeededRandom>, waits: Bool = false
    ) throws(Diagnostic) {
        let names = kind.to.freeNames.map(\.name)
        if waits, names.contains(where: { scope.names[$0] == nil }) { return }
        let text: String
        do {
            text = try kind.to.render(in: &scope).templateText
        } catch {
            throw error.diagnostic
        }
        guard let upstream = ProxyUpstream(text) else {
            throw ProxyDoubleKind.notAServer(text, at: kind.to.location)
        }
        proxy.lead(to: upstream)
        isSettled = true
    }

    public func change(_ change: DoubleChange) async -> String? {
        switch change {
        case .reset:
            proxy.use(kind.toxics)
            return nil
        case .travel: return nil
        case .switches: return "a proxy has no switches"
        case .faults(let faults):
            let bag = DiagnosticBag()
            let text = Array((faults["faults"] ?? faults).rendered().utf8)
            guard let yaml = YAMLReading(parsing: text, file: "faults", bag: bag) else {
                return bag.all.first?.message
            }
            let toxics = ProxyFaultReader(yaml: yaml).read(yaml.root)
            if let wrong = bag.all.first(where: { $0.severity == .error }) { return wrong.message }
            proxy.use(toxics)
            return nil
        }
    }

    public func stop() { proxy.disable() }
}

/// toxiproxy's API alone: `assay double toxiproxy`.
public struct ToxiproxyKind: DoubleKind {
    public init() {}

    public var memberNames: [String] { [] }

    public func start(
        _ start: inout DoubleStart, at address: SocketAddress
    ) throws(Diagnostic) -> any StartedDouble {
        try StartedToxiproxy(start, at: address)
    }
}

/// toxiproxy's API, listening; stopping it ends its proxies.
final class StartedToxiproxy: StartedDouble {
    let name: String
    let url: String
    let bindings: JSONObject
    let secrets: [String] = []
    let detail: String
    let journal: RequestJournal? = nil
    private let service: ToxiproxyServer
    private let server: HTTPServer

    init(_ start: DoubleStart, at address: SocketAddress) throws(Diagnostic) {
        let service = ToxiproxyServer(on: start.reactor, random: start.scope.random.split(0))
        do {
            server = try HTTPServer(at: address, on: start.reactor) { await service.answer($0) }
        } catch {
            throw Diagnostic("AS125", "double '\(start.name)' cannot listen: \(error)", at: start.location)
        }
        self.service = service
        name = start.name
        url = server.url
        detail = service.detail
        bindings = Self.bindings(url: url, at: server.address, and: JSONObject())
    }

    func change(_ change: DoubleChange) async -> String? {
        switch change {
        case .reset: service.reset()
        case .travel: break
        case .switches: return "toxiproxy has no switches"
        case .faults: return "faults of toxiproxy's proxies are its toxics"
        }
        return nil
    }

    func stop() {
        server.stop()
        service.stop()
    }
}
