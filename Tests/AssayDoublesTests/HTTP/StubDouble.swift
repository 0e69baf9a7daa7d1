import AssayCore
import AssayFormats
import AssayNet
import AssayWire

@testable import AssayDoubles

/// A double of mappings without a port, asked as its server would ask it.
struct StubDouble {
    let service: HTTPStubService
    let front: DoubleFront
    let clock: DoubleClock

    static let fixtures =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        + "/Fixtures/"

    /// - Parameter tenants: whether header x-tenant tells states apart.
    init(_ options: HTTPStubOptions, tenants: Bool = false, seed: UInt64 = 1) throws {
        let clock = DoubleClock { 1_750_000_000_000 }
        let environment = TemplateEnvironment(
            nowMilliseconds: { clock.nowMilliseconds }, sha256: { $0 }, hmacSHA256: { $1 },
            readFile: { _ throws(TemplateError) in [] })
        var start = DoubleStart(
            name: "shop", location: SourceLocation(file: "assay.yml", line: 1, column: 1),
            scope: TemplateScope(
                names: JSONObject(), environment: environment, random: SeededRandom(seed: seed)),
            clock: clock, reactor: try Reactor())
        var options = options
        if tenants { options.tenantKey = { $0.http.headers["x-tenant"] ?? "" } }
        service = try HTTPStubService(options, &start)
        let faults = DoubleFaults([], random: SeededRandom(seed: seed), clock: clock)
        front = DoubleFront(service, clock: clock, faults: faults)
        self.clock = clock
    }

    /// A double of mappings written here: `{"mappings": […]}`, later ones win.
    init(_ json: String = "{\"mappings\": []}", tenants: Bool = false) throws {
        let document = try JSON(parsing: json)
        let options = HTTPStubOptions { start, reading throws(Diagnostic) in
            var random = start.scope.random.split(9)
            let stubs = reading.stubs(MappingNode(document)) { randomUUID(using: &random) }
            if let problem = reading.errors.first { throw Diagnostic("AS300", problem.message) }
            return stubs
        }
        try self.init(options, tenants: tenants)
    }

    /// The double of a folder of Fixtures.
    static func folder(_ name: String) throws -> StubDouble {
        let bag = DiagnosticBag()
        guard let options = HTTPStubOptions.mappings(at: fixtures + name, bag: bag) else {
            throw Diagnostics(bag.all)
        }
        return try StubDouble(options)
    }

    func ask(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], _ body: String = ""
    ) async -> HTTPResponse {
        await front.answer(
            HTTPRequest(method: method, target: target, headers: HTTPHeaders(headers), body: Array(body.utf8))
        )
    }

    /// An admin request, its answer as JSON.
    func admin(
        _ method: String, _ path: String, _ body: JSON? = nil, headers: [(String, String)] = []
    ) async -> (status: Int, json: JSON) {
        let text = body.map { $0.rendered() } ?? ""
        let response = await ask(method, "/__admin" + path, headers, text)
        return (response.status, (try? JSON(parsing: response.body)) ?? .null)
    }

    /// The name of the stub that answers; `nil` when none does.
    func match(
        _ method: String, _ target: String, _ headers: [(String, String)] = [], _ body: [UInt8] = []
    ) -> String? {
        let request = HTTPRequest(method: method, target: target, headers: HTTPHeaders(headers), body: body)
        return service.store.match(StubRequest(request)).map(\.shown)
    }
}

extension HTTPResponse {
    var text: String { String(decoding: body, as: UTF8.self) }
}
