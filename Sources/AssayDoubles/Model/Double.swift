public import AssayCore
public import AssayFormats
public import AssayNet

/// A stand-in server that a project's stand asks for, read and checked but not running.
public struct DoubleSpec: Sendable {
    /// What it stands in for.
    public enum Kind: Sendable {
        /// An identity service that signs JSON Web Tokens.
        case jwt(JWTAuthOptions)
    }

    /// The stand's name for it: `auth` of `${auth.url}`.
    public var name: String
    public var location: SourceLocation
    public var kind: Kind

    public init(name: String, location: SourceLocation, kind: Kind) {
        self.name = name
        self.location = location
        self.kind = kind
    }

    /// What `${name.…}` has once the double runs.
    public var members: [String] {
        switch kind {
        case .jwt: ["url", "host", "port"] + JWTAuth.members
        }
    }

    /// Starts the double on a free loopback port.
    ///
    /// - Parameters:
    ///   - reactor: serves it; the call is made on its thread.
    ///   - context: gives `${env.…}` and `${secret.…}` of its options their values.
    ///   - nowMilliseconds: the wall clock that tokens go by.
    /// - Throws: AS056–AS059 for an option without a value, AS124 for one whose value cannot be used, AS125 when no
    ///   port can be had.
    public func start(
        on reactor: Reactor, context: inout some TemplateContext,
        nowMilliseconds: @escaping @Sendable () -> Int64 = { WallClock.milliseconds }
    ) throws(Diagnostic) -> StartedDouble {
        switch kind {
        case .jwt(let options):
            var random = SystemRandomNumberGenerator()
            let auth = JWTAuth(
                try options.settings(named: name, at: location, context: &context, random: &random),
                nowMilliseconds: nowMilliseconds)
            return try StartedDouble(
                self, on: reactor, bindings: auth.bindings, secrets: [auth.settings.key],
                detail: auth.detail
            ) { auth.answer($0) }
        }
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
        _ spec: DoubleSpec, on reactor: Reactor, bindings: JSONObject, secrets: [String], detail: String,
        answer: @escaping @Sendable (HTTPRequest) -> HTTPResponse
    ) throws(Diagnostic) {
        let journal = RequestJournal()
        do {
            server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
                let response = answer(request)
                journal.record(request, status: response.status, at: WallClock.milliseconds)
                return response
            }
        } catch {
            throw Diagnostic("AS125", "double '\(spec.name)' cannot listen: \(error)", at: spec.location)
        }
        name = spec.name
        url = server.url
        self.journal = journal
        self.secrets = secrets
        self.detail = detail
        var all: JSONObject = JSONObject([
            ("url", .string(server.url)), ("host", "127.0.0.1"),
            ("port", .int(Int64(server.address.port ?? 0))),
        ])
        for (key, value) in bindings { all[key] = value }
        self.bindings = all
    }

    /// Stops listening and ends its connections; call it on the reactor's thread.
    public func stop() { server.stop() }
}
