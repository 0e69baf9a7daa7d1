public import AssayCore
public import AssayFormats
public import AssayNet

/// A stand-in server that a project's stand asks for, read and checked but not running.
public struct DoubleSpec: Sendable {
    /// The stand's name for it: `auth` of `${auth.url}`.
    public var name: String
    public var location: SourceLocation
    /// What it stands in for.
    public var options: any DoubleOptions

    public init(name: String, location: SourceLocation, options: any DoubleOptions) {
        self.name = name
        self.location = location
        self.options = options
    }

    /// What `${name.…}` has once the double runs.
    public var memberNames: [String] { ["url", "host", "port"] + options.memberNames }

    /// Starts the double on a free loopback port.
    ///
    /// - Parameters:
    ///   - reactor: serves it; the call is made on its thread.
    ///   - environment: what the templates of its options need of the outside; tokens go by its clock.
    ///   - names: what these templates may read, like `env` and `secret`.
    ///   - seed: of the run; what the double makes up is the same for the same seed.
    /// - Throws: AS056–AS059 for an option without a value, AS124 for one whose value cannot be used, AS125 when no
    ///   port can be had.
    public func start(
        on reactor: Reactor, environment: TemplateEnvironment, names: [String: JSON], seed: UInt64
    ) throws(Diagnostic) -> StartedDouble {
        // A stream of its own, by the double's name.
        let stream = Crypto.sha256(Array(name.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let scope = TemplateScope(
            names: JSONObject(names.map { ($0.key, $0.value) }), environment: environment,
            random: SeededRandom(seed: seed).split(stream))
        var start = DoubleStart(
            name: name, location: location, scope: scope, clock: DoubleClock(environment.nowMilliseconds),
            reactor: reactor)
        return try StartedDouble(self, serving: try options.service(&start), on: reactor)
    }
}

/// A double that is listening.
///
/// Belongs to the reactor it was started on.
public final class StartedDouble {
    public let name: String
    /// `http://127.0.0.1:40131`
    public let url: String
    /// What `${name.…}` reads.
    public let bindings: JSONObject
    /// Values to be masked wherever output is shown.
    public let secrets: [String]
    /// One line for `assay up`: `JSON Web Tokens (HS256), 2 users`.
    public let detail: String
    /// The requests it was sent.
    public let journal: RequestJournal
    private let server: HTTPServer

    init(
        _ spec: DoubleSpec, serving service: any DoubleService, on reactor: Reactor
    ) throws(Diagnostic) {
        let journal = RequestJournal()
        do {
            server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
                let response = await service.answer(request)
                journal.record(request, status: response.status, at: WallClock.milliseconds)
                return response
            }
        } catch {
            throw Diagnostic("AS125", "double '\(spec.name)' cannot listen: \(error)", at: spec.location)
        }
        service.begin(url: server.url)
        name = spec.name
        url = server.url
        self.journal = journal
        secrets = service.secrets
        detail = service.detail
        var all: JSONObject = JSONObject([
            ("url", .string(server.url)), ("host", "127.0.0.1"),
            ("port", .int(Int64(server.address.port ?? 0))),
        ])
        for (key, value) in service.bindings { all[key] = value }
        bindings = all
    }

    /// Stops listening and ends its connections; call it on the reactor's thread.
    public func stop() { server.stop() }
}
