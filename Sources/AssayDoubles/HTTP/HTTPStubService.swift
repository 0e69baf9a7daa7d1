public import AssayCore
public import AssayNet
internal import AssayFormats
internal import AssayWire
internal import Synchronization

/// Options of a double that answers by stubs, whatever files they were read from.
public struct HTTPStubOptions: DoubleOptions {
    /// Makes the stubs; those that come later win among equals.
    public typealias StubSource =
        @Sendable (_ start: inout DoubleStart, _ reading: MappingReading) throws(Diagnostic) -> [Stub]

    public var stubs: StubSource
    /// The folder with `mappings/` and `__files/`; without it there are no files and nothing is saved.
    public var folder: String?
    /// Whose state a request sees; one for all when `nil`.
    public var tenantKey: StubStore.TenantKey?
    /// `12 routes from mappings/`.
    public var summary: String
    /// Every response is a template, and not only those that list `response-template`.
    public var templatesEverything = false

    public init(folder: String? = nil, summary: String = "routes", stubs: @escaping StubSource) {
        self.stubs = stubs
        self.folder = folder
        self.summary = summary
    }

    public var memberNames: [String] { [] }

    public func service(_ start: inout DoubleStart) throws(Diagnostic) -> any DoubleService {
        try HTTPStubService(self, &start)
    }
}

/// A service that answers by stubs; the admin API shows and changes them.
public protocol StubbedService: DoubleService {
    var store: StubStore { get }
    /// The folder of its mappings; `nil` when there is none to save to.
    var folder: String? { get }
    var settings: StubSettings { get nonmutating set }
    var recording: (any RecordingControl)? { get }
    /// Reads mappings for it.
    func makeReading() -> MappingReading
}

/// An answer and where it comes from.
public struct Served: Sendable {
    public var response: HTTPResponse
    public var stubID: String?
    public var stubName: String?
    public var isMatched = true
    /// The nearest route and how it differs, when none matched.
    public var nearest: String?
    /// Whether a real service answered.
    public var isForwarded = false

    public init(_ response: HTTPResponse) { self.response = response }
}

/// Answers requests by stubs: WireMock's mappings, Assay's own routes, handlers in Swift.
public final class HTTPStubService: StubbedService {
    public let store: StubStore
    public let folder: String?
    public let recording: (any RecordingControl)?
    private let files: any BodyFiles
    private let forwarding: (any Forwarding)?
    private let templating: (any ResponseTemplating)?
    private let clock: DoubleClock
    private let summary: String
    private let random: Mutex<SeededRandom>
    private let shared = Mutex(StubSettings())

    public init(_ options: HTTPStubOptions, _ start: inout DoubleStart) throws(Diagnostic) {
        clock = start.clock
        folder = options.folder
        summary = options.summary
        let files = MappingFiles(folder: options.folder)
        self.files = files
        templating = StandardHooks.templating(&start, isGlobal: options.templatesEverything)
        let reading = MappingReading(clock: start.clock, templating: templating)
        let stubs = try options.stubs(&start, reading)
        store = StubStore(stubs, tenantKey: options.tenantKey, random: start.scope.random.split(1))
        random = Mutex(start.scope.random.split(2))
        let forwarding = StandardHooks.forwarding(&start)
        self.forwarding = forwarding
        recording = StandardHooks.recording(
            &start, store: store, templating: templating, folder: options.folder)
    }

    public var detail: String { summary }

    public var settings: StubSettings {
        get { shared.withLock { $0 } }
        set { shared.withLock { $0 = newValue } }
    }

    public func makeReading() -> MappingReading { MappingReading(clock: clock, templating: templating) }

    public func reset() {
        store.reset()
        shared.withLock { $0 = StubSettings() }
        recording?.reset()
    }

    public func answer(_ request: HTTPRequest) async -> HTTPResponse { await serve(request).response }

    public func serve(_ request: HTTPRequest) async -> Served {
        let seen = StubRequest(request)
        guard let found = store.matchStored(seen) else {
            let text = store.unmatchedText(seen)
            var served = Served(HTTPResponse(status: 404, text: text))
            served.isMatched = false
            served.nearest = store.nearMisses(of: seen, limit: 1).first?.sentence
            return served
        }
        var served: Served
        switch found.stub.answer {
        case .handler(let make): served = Served(await make(seen))
        case .response(let definition):
            if let prepared = found.prepared {
                served = Served(prepared)
                delay(&served.response, definition)
            } else {
                served = await respond(found.stub, definition, seen)
            }
        }
        served.stubID = found.stub.id
        served.stubName = found.stub.name
        return served
    }

    /// An answer that has to be made for each request.
    private func respond(_ stub: Stub, _ definition: StubResponse, _ request: StubRequest) async -> Served {
        let rendered = stub.compiled?.render(request, files: files) ?? definition
        var served: Served
        if let target = rendered.proxy {
            guard let forwarding else {
                return Served(HTTPResponse(status: 502, text: "nothing is forwarded from here\n"))
            }
            var response = await forwarding.forward(request.http, to: target)
            recording?.forwarded(request.http, response, to: target)
            // Headers of the definition are added to those of the service.
            for field in rendered.headers.fields { response.headers[field.name] = field.value }
            let own = rendered.made(body: [])
            response.delivery = own.delivery
            served = Served(response)
            served.isForwarded = true
        } else if case .file(let name) = rendered.body {
            do {
                served = Served(rendered.made(body: try files.read(name)))
            } catch {
                let reason = error.problems.first.map { $0.detail ?? $0.title } ?? ""
                served = Served(HTTPResponse(status: 500, text: "route '\(stub.shown)': \(reason)\n"))
            }
        } else {
            served = Served(rendered.made(body: rendered.ownBody))
        }
        delay(&served.response, definition)
        return served
    }

    /// Adds the delays that are drawn anew for each answer.
    private func delay(_ response: inout HTTPResponse, _ definition: StubResponse) {
        let settings = settings
        // A stub's own delay counts in place of the one for all.
        if definition.fixedDelayMilliseconds == nil, let fixed = settings.fixedDelayMilliseconds {
            response.delivery.after = .milliseconds(fixed)
        }
        guard let distribution = definition.delayDistribution ?? settings.delayDistribution else { return }
        response.delivery.after += random.withLock { distribution.delay(&$0) }
    }
}
