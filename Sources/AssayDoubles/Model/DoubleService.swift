public import AssayCore
public import AssayFormats
public import AssayNet

/// What answers the HTTP requests of a running double.
public protocol DoubleService: Sendable {
    /// What `${name.…}` has besides `url`, `host` and `port`.
    var bindings: JSONObject { get }
    /// Values to be masked wherever output is shown.
    var secrets: [String] { get }
    /// One line for `assay up`: `JSON Web Tokens (HS256), 2 users`.
    var detail: String { get }

    /// Told once it listens, before the first request: `http://127.0.0.1:40131`, like for an issuer's name.
    func begin(url: String)

    /// Answers one request; on the reactor's thread, several at a time.
    func answer(_ request: HTTPRequest) async -> HTTPResponse

    /// Answers one request and says what answered, for those that can tell.
    func serve(_ request: HTTPRequest) async -> Served

    /// Back to the state after the start: what requests made, like users, tokens and counts, is forgotten.
    func reset()
}

extension DoubleService {
    public var bindings: JSONObject { JSONObject() }
    public var secrets: [String] { [] }
    public func begin(url: String) {}
    public func serve(_ request: HTTPRequest) async -> Served { Served(await answer(request)) }
}

/// Options of a double as read from a file, checked as far as they can be without starting it.
public protocol DoubleOptions: Sendable {
    /// The keys of the service's ``DoubleService/bindings``, known before it runs.
    var memberNames: [String] { get }

    /// Makes the service; nothing listens yet.
    ///
    /// - Throws: a diagnostic for an option whose template has no value or one that cannot be used.
    func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService
}

/// A ready-made double: `{preset: NAME, …}`.
public protocol Preset: DoubleOptions {
    /// As written after `preset:`.
    static var name: String { get }
    /// One line of `assay double --help`.
    static var summary: String { get }

    /// Reads the options beside `preset:`; what is wrong goes into the reading's bag.
    ///
    /// - Parameter readFile: reads a file that an option names, by the path a user wrote.
    static func read(
        _ node: YAMLNode, _ yaml: YAMLReading, _ readFile: DoubleReader.FileSource
    ) -> Self?
}

/// What a service is made with.
public struct DoubleStart {
    /// The stand's name for the double.
    public var name: String
    /// Where the double is written, for diagnostics.
    public var location: SourceLocation
    /// What templates of options may read, and randomness of the double's own: the same for the same seed.
    public var scope: TemplateScope<SeededRandom>
    public var clock: DoubleClock
    /// The reactor that the double is served on; timers and clients of its own belong there.
    public var reactor: Reactor
    /// Is told of every exchange; `nil` when nobody wants to know.
    public var watch: DoubleWatch?

    /// What a preset's `key` says; `nil` without one.
    ///
    /// - Throws: what is wrong with its template, AS124 when it is empty.
    public mutating func key(_ template: Template?) throws(Diagnostic) -> String? {
        guard let template else { return nil }
        let key: String
        do {
            key = try template.text(in: &scope)
        } catch {
            throw error.diagnostic
        }
        guard !key.isEmpty else {
            throw Diagnostic(
                "AS124", "'key' of double '\(name)' is empty: \(template.source)", at: location,
                fix: "leave `key` out, and any key counts")
        }
        return key
    }
}
