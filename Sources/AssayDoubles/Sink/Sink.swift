public import AssayCore
public import AssayFormats
internal import AssayNet

/// Options of a sink: a double that takes everything and keeps nothing but the journal.
///
/// For what a service only writes to: a history, events, metrics, traces.
public struct SinkOptions: DoubleOptions {
    /// What every request is answered with.
    public var status = 200
    /// The body of every answer; none for a 204.
    public var body: JSON = .object(JSONObject())

    public init() {}

    public var memberNames: [String] { [] }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService { Sink(self) }

    static func read(_ node: YAMLNode, _ yaml: YAMLReading) -> SinkOptions? {
        if node.isNull { return SinkOptions() }
        return yaml.mapping(node, "sink") { fields in
            var options = SinkOptions()
            options.status = fields.optional("status") { yaml.int($0, in: 200...599) } ?? options.status
            options.body = fields.optional("json", yaml.json) ?? options.body
            return options
        }
    }
}

/// Takes every request.
private final class Sink: DoubleService {
    private let options: SinkOptions

    init(_ options: SinkOptions) { self.options = options }

    var detail: String { "takes everything and answers \(options.status)" }

    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        options.status == 204
            ? HTTPResponse(status: 204)
            : HTTPResponse(status: options.status, text: options.body.rendered(), type: "application/json")
    }

    func reset() {}
}
