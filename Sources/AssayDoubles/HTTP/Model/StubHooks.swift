public import AssayFormats
public import AssayNet

/// Makes responses out of templates.
public protocol ResponseTemplating: Sendable {
    /// Whether every response is a template, and not only those whose transformers say so.
    var isGlobal: Bool { get }

    /// Compiles the texts of a response whose ``StubResponse/isTemplated`` is true, once, when its stub is added.
    ///
    /// - Parameters:
    ///   - node: the stub's `response` in its mapping, for problems.
    ///   - reading: takes what is wrong with a template.
    /// - Returns: `nil` when something was wrong.
    func compile(
        _ response: StubResponse, at node: MappingNode, _ reading: MappingReading
    ) -> (any CompiledResponse)?
}

/// A response whose templates are compiled.
public protocol CompiledResponse: Sendable {
    /// The response for one request: texts filled in, a file's body read and filled in.
    ///
    /// Status, delays and faults stay those of the definition. A template that fails gives a text that says why.
    func render(_ request: StubRequest, files: any BodyFiles) -> StubResponse
}

/// The files that bodies are read from.
public protocol BodyFiles: Sendable {
    /// - Parameter name: as `bodyFileName` says it, relative to `__files`.
    /// - Throws: why it cannot be read; a name that leads out of the folder is refused.
    func read(_ name: String) throws(AdminRefusal) -> [UInt8]
}

/// Sends requests on to real services.
public protocol Forwarding: Sendable {
    /// Runs on the double's reactor.
    ///
    /// - Returns: the service's answer; 502 with the reason when it gave none.
    func forward(_ request: HTTPRequest, to target: ProxyTarget) async -> HTTPResponse
}

/// `/__admin/recordings`: turns forwarded exchanges into stubs.
public protocol RecordingControl: Sendable {
    /// `POST recordings/start`. The answer's JSON.
    func start(_ specification: JSON) throws(AdminRefusal) -> JSON
    /// `POST recordings/stop`: the recorded mappings, which are added to the stubs.
    func stop() throws(AdminRefusal) -> JSON
    /// `GET recordings/status`: `{"status": "Recording"}`.
    var status: JSON { get }
    /// `POST recordings/snapshot`: mappings of what was forwarded so far.
    func snapshot(_ specification: JSON) throws(AdminRefusal) -> JSON
    /// Told of every exchange that was forwarded, before delays and faults.
    func forwarded(_ request: HTTPRequest, _ response: HTTPResponse, to target: ProxyTarget)
    /// Everything recorded is forgotten.
    func reset()
}

/// Why the admin API does not do what it is asked.
public struct AdminRefusal: Error, Sendable {
    /// One thing that is wrong.
    public struct Problem: Sendable, Equatable {
        /// Where in the body: a JSON Pointer (RFC 6901); `nil` for all of it.
        public var pointer: String?
        public var title: String
        public var detail: String?
        /// WireMock's number for it: 10 for input that cannot be used.
        public var code = 10

        public init(_ title: String, detail: String? = nil, pointer: String? = nil) {
            self.title = title
            self.detail = detail
            self.pointer = pointer
        }
    }

    /// 422 for a body that is wrong, 404 for something that is not there.
    public var status: Int
    public var problems: [Problem]

    public init(_ status: Int, _ problems: [Problem]) {
        self.status = status
        self.problems = problems
    }

    public init(_ status: Int = 422, _ title: String, detail: String? = nil, pointer: String? = nil) {
        self.init(status, [Problem(title, detail: detail, pointer: pointer)])
    }
}
