public import AssayCore
public import AssayFormats
public import AssayNet

/// A stand-in server that a project's stand asks for, read and checked but not running.
public struct DoubleSpec: Sendable {
    /// The stand's name for it: `auth` of `${auth.url}`.
    public var name: String
    public var location: SourceLocation
    /// What it stands in for.
    public var kind: any DoubleKind
    /// Is told of its exchanges, if it speaks HTTP.
    public var watch: DoubleWatch?

    public init(name: String, location: SourceLocation, kind: any DoubleKind) {
        self.name = name
        self.location = location
        self.kind = kind
    }

    /// A double that answers HTTP with a service.
    public init(name: String, location: SourceLocation, options: any DoubleOptions) {
        self.init(name: name, location: location, kind: HTTPDoubleKind(options))
    }

    /// What `${name.…}` has once the double runs.
    public var memberNames: [String] { ["url", "host", "port"] + kind.memberNames }

    /// Starts the double.
    ///
    /// - Parameters:
    ///   - address: where it listens; a free loopback port unless said.
    ///   - reactor: serves it; the call is made on its thread.
    ///   - environment: what the templates of its options need of the outside; tokens go by its clock.
    ///   - names: what these templates may read, like `env` and `secret`.
    ///   - seed: of the run; what the double makes up is the same for the same seed.
    /// - Throws: AS056–AS059 for an option without a value, AS124 for one whose value cannot be used, AS125 when no
    ///   port can be had.
    public func start(
        at address: SocketAddress = .loopback(port: 0), on reactor: Reactor, environment: TemplateEnvironment,
        names: [String: JSON], seed: UInt64
    ) throws(Diagnostic) -> any StartedDouble {
        var start = self.start(on: reactor, environment, names, seed)
        return try kind.start(&start, at: address)
    }

    /// What answers the requests of an HTTP double, without anything that listens.
    ///
    /// - Returns: `nil` for a double of another kind.
    public func front(
        on reactor: Reactor, environment: TemplateEnvironment, names: [String: JSON], seed: UInt64
    ) throws(Diagnostic) -> DoubleFront? {
        guard let kind = kind as? HTTPDoubleKind else { return nil }
        var start = self.start(on: reactor, environment, names, seed)
        return try kind.front(&start).front
    }

    private func start(
        on reactor: Reactor, _ environment: TemplateEnvironment, _ names: [String: JSON], _ seed: UInt64
    ) -> DoubleStart {
        // A stream of its own, by the double's name.
        let stream = Crypto.sha256(Array(name.utf8)).prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let clock = DoubleClock(environment.nowMilliseconds)
        var environment = environment
        environment.nowMilliseconds = { clock.nowMilliseconds }
        return DoubleStart(
            name: name, location: location,
            scope: TemplateScope(
                names: JSONObject(names.map { ($0.key, $0.value) }), environment: environment,
                random: SeededRandom(seed: seed).split(stream)),
            clock: clock, reactor: reactor, watch: watch)
    }
}

/// What a double stands in for: how it is started.
public protocol DoubleKind: Sendable {
    /// What `${name.…}` has besides `url`, `host` and `port`, known before it runs.
    var memberNames: [String] { get }

    /// Starts it; the call is made on the reactor's thread.
    ///
    /// - Throws: AS125 when it cannot listen there, and what is wrong with an option.
    func start(_ start: inout DoubleStart, at address: SocketAddress) throws(Diagnostic)
        -> any StartedDouble
}

/// A double that is listening. Belongs to the reactor it was started on.
public protocol StartedDouble: AnyObject {
    var name: String { get }
    /// `http://127.0.0.1:40131`
    var url: String { get }
    /// What `${name.…}` reads.
    var bindings: JSONObject { get }
    /// Values to be masked wherever output is shown.
    var secrets: [String] { get }
    /// One line for `assay up`: `JSON Web Tokens (HS256), 2 users`.
    var detail: String { get }
    /// The requests it was sent; `nil` for one that does not speak HTTP.
    var journal: RequestJournal? { get }

    /// Changes how it answers.
    ///
    /// - Returns: why that cannot be done; `nil` when it was.
    func change(_ change: DoubleChange) async -> String?

    /// Stops listening and ends its connections; call it on the reactor's thread.
    func stop()
}

/// A double whose templates read members of the stand that come up after it.
public protocol LearningDouble: StartedDouble {
    /// Another member has its address.
    ///
    /// - Parameter binding: what `${name.…}` reads.
    func learn(_ name: String, _ binding: JSONObject)
}

extension StartedDouble {
    /// Address and port as every double binds them, with what is its own.
    static func bindings(url: String, at address: SocketAddress, and own: JSONObject) -> JSONObject {
        let port = address.port ?? 0
        let host = "\(address)".dropLast(":\(port)".count)
        var all: JSONObject = JSONObject([
            ("url", .string(url)), ("host", .string(String(host))), ("port", .int(Int64(port))),
        ])
        for (key, value) in own { all[key] = value }
        return all
    }
}

/// What may be changed of a double while it runs.
public enum DoubleChange: Sendable, Equatable {
    /// Back to how it was after its start: state, switches, faults, time and journal.
    case reset
    case travel(Duration)
    case switches(JSONObject)
    /// A list, as in the double's own file.
    case faults(JSON)
}
