public import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

extension RouteTable: DoubleOptions {
    public var memberNames: [String] { [] }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        try RouteService(self, &start)
    }
}

/// Answers by routes of Assay's own form, on the same stubs as mappings of WireMock's.
final class RouteService: StubbedService {
    private let stubs: HTTPStubService
    private let answering: [RouteAnswering]
    private let memory: RouteMemory
    private let url: DoubleAddress
    let detail: String

    init(_ table: RouteTable, _ start: inout DoubleStart) throws(Diagnostic) {
        let url = DoubleAddress()
        let memory = RouteMemory()
        let surroundings = RouteAnswering.Surroundings(
            name: start.name, folder: table.folder, names: start.scope.names,
            environment: start.scope.environment, random: start.scope.random.split(4), memory: memory,
            stateKey: table.stateKey)
        let answering = table.routes.map { RouteAnswering($0, surroundings) { url.text } }
        let routes = table.routes
        var options = HTTPStubOptions(summary: "\(routes.count) route\(routes.count == 1 ? "" : "s")") {
            (start, _) throws(Diagnostic) in
            var scope = start.scope
            var stubs: [Stub] = []
            for (place, route) in routes.enumerated() {
                stubs += try route.stubs(place: place, of: table, answering: answering[place]) {
                    (value) throws(TemplateError) in try value.evaluate(in: &scope)
                }
            }
            return stubs
        }
        if table.stateKey != nil { options.tenantKey = { surroundings.key(of: $0) } }
        stubs = try HTTPStubService(options, &start)
        self.answering = answering
        self.memory = memory
        self.url = url
        detail = options.summary
    }

    var store: StubStore { stubs.store }
    var folder: String? { nil }
    var recording: (any RecordingControl)? { stubs.recording }
    var settings: StubSettings {
        get { stubs.settings }
        set { stubs.settings = newValue }
    }
    func makeReading() -> MappingReading { stubs.makeReading() }
    func serve(_ request: HTTPRequest) async -> Served { await stubs.serve(request) }
    func answer(_ request: HTTPRequest) async -> HTTPResponse { await serve(request).response }

    func begin(url: String) {
        self.url.text = url
        stubs.begin(url: url)
    }

    func reset() {
        stubs.reset()
        memory.reset()
        for route in answering { route.reset() }
    }
}

/// Where a double listens, known once it does.
final class DoubleAddress: Sendable {
    private let stored = Mutex("")
    var text: String {
        get { stored.withLock { $0 } }
        set { stored.withLock { $0 = newValue } }
    }
}
