public import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayWire

/// A double that speaks HTTP: a service, with the journal, the admin API and the faults that every one has.
public struct HTTPDoubleKind: DoubleKind {
    /// What answers.
    public var options: any DoubleOptions
    /// What goes wrong on purpose.
    public var faults: [Fault]
    /// What becomes of the exchanges that it answered; `nil` when nobody wants them.
    public var pacts: DoublePacts?
    /// How it speaks TLS; `nil` for plain HTTP.
    public var tls: DoubleTLS?

    /// Keys beside those of what answers.
    static let keys = ["faults", "pacts", "tls"]

    public init(_ options: any DoubleOptions, faults: [Fault] = []) {
        self.options = options
        self.faults = faults
    }

    /// With TLS, `ca` is the file of the authority that its clients are to trust.
    public var memberNames: [String] { options.memberNames + (tls == nil ? [] : ["ca"]) }

    public func start(
        _ start: inout DoubleStart, at address: SocketAddress
    ) throws(Diagnostic) -> any StartedDouble {
        let (front, service) = try front(&start)
        return try HTTPDouble(start, front, serving: service, at: address, tls: try tls?.issue(for: start))
    }

    /// What answers, with the journal, the admin API and the faults before it.
    func front(
        _ start: inout DoubleStart
    ) throws(Diagnostic) -> (front: DoubleFront, service: any DoubleService) {
        let faults = DoubleFaults(faults, random: start.scope.random.split(3), clock: start.clock)
        let service = try options.service(&start)
        return (DoubleFront(service, clock: start.clock, faults: faults, watch: start.watch), service)
    }
}

/// An HTTP double that is listening.
final class HTTPDouble: StartedDouble {
    let name: String
    let url: String
    let bindings: JSONObject
    let secrets: [String]
    let detail: String
    let journal: RequestJournal?
    private let server: HTTPServer
    private let front: DoubleFront
    private let clock: DoubleClock
    private let authorityFile: String?

    init(
        _ start: DoubleStart, _ front: DoubleFront, serving service: any DoubleService,
        at address: SocketAddress, tls: DoubleTLS.Issued?
    ) throws(Diagnostic) {
        var options = HTTPServerOptions()
        options.tls = tls?.tls
        authorityFile = tls?.file
        do {
            server = try HTTPServer(at: address, on: start.reactor, options: options) {
                await front.answer($0)
            }
        } catch {
            if let file = tls?.file { try? Files.remove(file) }
            throw Diagnostic("AS125", "double '\(start.name)' cannot listen: \(error)", at: start.location)
        }
        service.begin(url: server.url)
        self.front = front
        name = start.name
        url = server.url
        journal = front.journal
        clock = start.clock
        secrets = service.secrets
        detail = service.detail
        var own = service.bindings
        if let file = tls?.file { own["ca"] = .string(file) }
        bindings = Self.bindings(url: server.url, at: server.address, and: own)
    }

    func change(_ change: DoubleChange) async -> String? {
        switch change {
        case .reset:
            front.reset()
            return nil
        case .travel(let time):
            clock.travel(time)
            return nil
        case .switches(let values): return await ask("PUT", SwitchBoard.path, .object(values))
        case .faults(let faults): return await ask("PUT", "/__admin/assay/faults", faults)
        }
    }

    /// Asks the double itself, as anybody could over its port.
    ///
    /// - Returns: what it said, when it refused.
    private func ask(_ method: String, _ target: String, _ body: JSON) async -> String? {
        let request = HTTPRequest(
            method: method, target: target, headers: HTTPHeaders([("Content-Type", "application/json")]),
            body: Array(body.rendered().utf8))
        let response = await front.answer(request)
        guard response.status >= 300 else { return nil }
        return String(decoding: response.body.prefix(2000), as: UTF8.self)
    }

    func stop() {
        server.stop()
        if let authorityFile { try? Files.remove(authorityFile) }
    }
}
