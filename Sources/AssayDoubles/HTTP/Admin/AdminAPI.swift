public import AssayNet
internal import AssayCore
internal import AssayFormats
internal import AssayWire

/// WireMock's admin API, below `/__admin` on every double's own port.
///
/// A double without stubs answers for its journal, its time and its reset; its list of mappings is empty.
public struct AdminAPI: Sendable {
    let journal: RequestJournal
    let clock: DoubleClock
    let service: any DoubleService
    let stubbed: (any StubbedService)?
    let faults: DoubleFaults

    public init(
        service: any DoubleService, journal: RequestJournal, clock: DoubleClock, faults: DoubleFaults
    ) {
        self.service = service
        self.journal = journal
        self.clock = clock
        self.faults = faults
        stubbed = service as? any StubbedService
    }

    private static let prefix = "/__admin"

    /// Whether a request is for the admin API.
    public static func isMeant(by request: HTTPRequest) -> Bool {
        let target = request.target.utf8
        guard target.starts(with: prefix.utf8) else { return false }
        let next = target.dropFirst(prefix.utf8.count).first
        return next == nil || next == UInt8(ascii: "/") || next == UInt8(ascii: "?")
    }

    /// Back to how the double was after its start.
    public func reset() {
        service.reset()
        faults.reset()
        clock.reset()
        journal.clear()
    }

    /// Answers an admin request; what it asks for has been done when this returns.
    public func answer(_ request: HTTPRequest) -> HTTPResponse {
        let call = AdminCall(request)
        do {
            return try answer(call)
        } catch {
            return Self.refusal(error)
        }
    }

    private func answer(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        switch call.path.first {
        case "mappings": return try mappings(call)
        case "requests": return try requests(call)
        case "near-misses": return try nearMisses(call)
        case "scenarios": return try scenarios(call)
        case "recordings": return try recordings(call)
        case "settings": return try settings(call)
        case "assay": return try own(call)
        default: break
        }
        switch (call.method, call.path) {
        case ("POST", ["reset"]):
            reset()
            return Self.done
        case ("GET", ["health"]): return health
        case ("GET", ["version"]): return Self.json(["version": "3.13.0", "server": "Assay"])
        case (_, ["shutdown"]):
            throw AdminRefusal(403, "Not allowed", detail: "this double is stopped by whoever started it")
        case ("GET", []):
            return Self.json([
                "resources": [
                    "/mappings", "/requests", "/near-misses", "/scenarios", "/recordings", "/settings",
                    "/reset",
                    "/health", "/version", "/assay/travel", "/assay/faults",
                ]
            ])
        default: throw call.unknown
        }
    }

    private var health: HTTPResponse {
        Self.json([
            "status": "healthy", "message": "the double answers", "version": "3.13.0",
            "timestamp": .string(CivilTime(milliseconds: clock.nowMilliseconds).text),
        ])
    }

    // MARK: Beyond WireMock

    private func own(_ call: AdminCall) throws(AdminRefusal) -> HTTPResponse {
        switch (call.method, call.path) {
        case ("GET", ["assay", "travel"]): return now
        case ("POST", ["assay", "travel"]):
            let body = try call.body()
            // Ten thousand years each way, so that sums stay dates.
            let limit: Int64 = 315_569_520_000_000
            guard let milliseconds = body["ms"]?.value.intValue, abs(milliseconds) <= limit else {
                throw AdminRefusal(
                    422, "No time to travel", detail: "expected {\"ms\": 60000}, back with a negative number",
                    pointer: "/ms")
            }
            clock.travel(.milliseconds(milliseconds))
            return now
        case ("DELETE", ["assay", "travel"]):
            clock.reset()
            return now
        case ("GET", ["assay", "faults"]): return Self.json(faults.json)
        case ("PUT", ["assay", "faults"]):
            try replaceFaults(try call.body().value)
            return Self.json(faults.json)
        case ("DELETE", ["assay", "faults"]):
            try replaceFaults([])
            return Self.done
        default: throw call.unknown
        }
    }

    private func replaceFaults(_ json: JSON) throws(AdminRefusal) {
        let wrong = faults.replace(json)
        guard wrong.isEmpty else {
            throw AdminRefusal(
                422,
                wrong.map {
                    .init(
                        "Not a fault",
                        detail: [$0.message, $0.fix].compactMap(\.self).joined(separator: "; "))
                })
        }
    }

    private var now: HTTPResponse {
        let now = clock.nowMilliseconds
        return Self.json(["now": .int(now), "date": .string(CivilTime(milliseconds: now).text)])
    }

    // MARK: Answers

    static let done = json([:])

    static func json(_ value: JSON, status: Int = 200) -> HTTPResponse {
        var bytes: [UInt8] = []
        value.write(into: &bytes)
        return HTTPResponse(
            status: status, headers: HTTPHeaders([("Content-Type", "application/json")]), body: bytes)
    }

    /// `{"errors": [{"code": 10, "source": {"pointer": "/…"}, "title": "…", "detail": "…"}]}`.
    static func refusal(_ refusal: AdminRefusal) -> HTTPResponse {
        let errors = refusal.problems.prefix(100).map { problem in
            var object = JSONObject([("code", .int(Int64(problem.code)))])
            if let pointer = problem.pointer { object["source"] = ["pointer": .string(pointer)] }
            object["title"] = .string(problem.title)
            if let detail = problem.detail { object["detail"] = .string(detail) }
            return JSON.object(object)
        }
        return json(["errors": .array(errors)], status: refusal.status)
    }
}

/// One admin request.
struct AdminCall {
    let request: HTTPRequest
    let seen: StubRequest
    /// Behind `__admin`, decoded.
    let path: [String]

    init(_ request: HTTPRequest) {
        self.request = request
        seen = StubRequest(request)
        path = seen.segments.dropFirst().filter { !$0.isEmpty }
    }

    var method: String { request.method == "HEAD" ? "GET" : request.method }

    var unknown: AdminRefusal {
        AdminRefusal(
            404, "Not found",
            detail: "there is no \(request.method) \(seen.path); GET /__admin lists what there is")
    }

    /// The body as JSON; an empty one is an empty object.
    func body() throws(AdminRefusal) -> MappingNode {
        if request.body.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
            return MappingNode([:])
        }
        do {
            return MappingNode(try JSON(parsing: request.body))
        } catch {
            throw AdminRefusal(422, "Error parsing JSON", detail: "\(error)", pointer: "")
        }
    }

    func parameter(_ name: String) -> String? { seen.query(name).first }

    /// A number of the query; `nil` when it is not there.
    func number(_ name: String) throws(AdminRefusal) -> Int? {
        guard let text = parameter(name) else { return nil }
        guard let number = Int(text), number >= 0 else {
            throw AdminRefusal(422, "Not a number", detail: "'\(name)' is a number from 0, found '\(text)'")
        }
        return number
    }
}

extension MappingReading {
    /// - Throws: what is wrong, as the admin API says it.
    func throwIfErrors() throws(AdminRefusal) {
        guard !errors.isEmpty else { return }
        throw AdminRefusal(
            422,
            errors.map { problem in
                AdminRefusal.Problem(
                    "Error parsing JSON", detail: problem.message + (problem.fix.map { "; " + $0 } ?? ""),
                    pointer: problem.pointer)
            })
    }
}
