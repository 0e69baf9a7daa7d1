import AssayContracts
import AssayFormats
import AssayNet
import AssayWire
import FleetCore
import Testing

@testable import fleet_ui
@testable import fleet_worker

/// A UI in this process, without a socket, on a clock of its own.
final class UIBed {
    let ui: fleet_ui.Service
    let time = VirtualTime()

    static let token = "t0ken"
    static let clockToken = "cl0ck"

    /// - Parameter variables: besides the token, as the environment would say them.
    init(_ variables: [String: String] = [:]) throws {
        var all = ["FLEET_TOKEN": Self.token, "FLEET_CLOCK_TOKEN": Self.clockToken, "LOG_LEVEL": "error"]
        all.merge(variables) { $1 }
        let environment = all
        let settings = try fleet_ui.Settings(Variables([], options: [:]) { environment[$0] })
        let time = time
        let clock = Clock { time.now }
        let numbers = Numbers()
        ui = fleet_ui.Service(
            settings, locks: MemoryLocks(defect: settings.defect) { clock.now }, clock: clock,
            log: Log(least: .error) { _ in }, newID: { numbers.next() })
    }

    struct Answer {
        var status: Int
        var json: JSON
        var body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self) }
        var headers: HTTPHeaders
    }

    /// - Parameters:
    ///   - peer: who asks; `nil` for nobody in particular.
    ///   - authorization: the header's value.
    func ask(
        _ method: String, _ target: String, _ body: JSON? = nil, as version: WireVersion? = nil,
        authorization: String? = "Bearer \(UIBed.token)", forwarded: String? = nil,
        peer: String? = "127.0.0.1"
    ) async -> Answer {
        var headers = HTTPHeaders()
        if let authorization { headers.add("Authorization", authorization) }
        if let forwarded { headers.add("X-Forwarded-For", forwarded) }
        if let version { headers.add(WireVersion.header, version.rawValue) }
        var request = HTTPRequest(
            method: method, target: target, headers: headers,
            body: body.map { Array($0.rendered().utf8) } ?? [])
        request.peer = peer.flatMap { SocketAddress(numeric: $0, port: 40_000) }
        let response = await ui.answer(request)
        return Answer(
            status: response.status, json: (try? JSON(parsing: response.body)) ?? .null,
            body: response.body, headers: response.headers)
    }

    /// - Returns: the id of a new task.
    func task(
        _ type: String = "login", account: String = "acc-001", payload: JSON = [:], more: [String: JSON] = [:]
    ) async throws -> String {
        var body: JSONObject = [
            "type": .string(type), "account_id": .string(account), "payload": payload,
        ]
        for (name, value) in more { body[name] = value }
        let answer = await ask("POST", "/api/v1/tasks", .object(body))
        try #require(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.stringValue)
    }

    func pull(_ worker: String, limit: Int = 50, lease: Int64 = 1000) async -> [String] {
        let answer = await ask(
            "POST", "/api/v1/tasks/pull",
            ["worker_id": .string(worker), "limit": .int(Int64(limit)), "lease_ms": .int(lease)], as: .v2)
        return answer.json["tasks"]?.arrayValue?.compactMap { $0["id"]?.stringValue } ?? []
    }

    func report(_ task: String, _ status: String, by worker: String = "w1") async -> Answer {
        await ask(
            "POST", "/api/v1/tasks/\(task)/status",
            ["status": .string(status), "worker_id": .string(worker)], as: .v2)
    }

    private final class Numbers {
        private var last = 0
        func next() -> String {
            last += 1
            return "\(last)"
        }
    }
}

/// Milliseconds that pass when somebody sleeps.
final class VirtualTime {
    private(set) var now: Int64 = 1_000_000
    /// Done once when that time has come.
    var events: [(at: Int64, act: () -> Void)] = []

    func sleep(_ milliseconds: Int64) {
        now += milliseconds
        let due = events.filter { $0.at <= now }
        events.removeAll { $0.at <= now }
        for event in due { event.act() }
    }

    var pace: Pace { Pace(now: { self.now }, sleep: { self.sleep($0) }) }
}

/// Asks a UI in this process.
final class InProcess: UITransport {
    private let bed: UIBed
    private let version: WireVersion

    init(_ bed: UIBed, _ version: WireVersion) {
        self.bed = bed
        self.version = version
    }

    func send(_ call: UICall) async -> Result<UIAnswer, UITrouble> {
        let answer = await bed.ask(call.method, call.target, call.body, as: version)
        return .success(UIAnswer(status: answer.status, body: answer.body))
    }
}

/// Answers what it was told, and keeps what it was asked.
final class MockUI: UITransport {
    var answers: [(status: Int, body: JSON)]
    private(set) var calls: [UICall] = []

    init(_ answers: [(status: Int, body: JSON)]) { self.answers = answers }

    func send(_ call: UICall) async -> Result<UIAnswer, UITrouble> {
        calls.append(call)
        guard !answers.isEmpty else { return .failure(.unreachable("connection-refused")) }
        let (status, body) = answers.removeFirst()
        return .success(UIAnswer(status: status, body: Array(body.rendered().utf8)))
    }
}

extension UIBed {
    /// A worker on this UI, on the same clock.
    func worker(
        _ name: String = "w1", version: WireVersion = .v2, limits: JobManager.Limits = .init(),
        times: Orchestrator.Times = .init(), defect: Defect? = nil
    ) -> Orchestrator {
        Orchestrator(
            UIClient(InProcess(self, version), worker: name, version: version, defect: defect),
            limits: limits, times: times, pace: time.pace, log: Log(least: .error) { _ in }, defect: defect)
    }
}

/// Files of the package `contracts/`.
enum Contracts {
    static let folder =
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        + "/Examples/fleet/contracts"

    static func json(_ path: String) throws -> JSON { try JSON(parsing: Files.read("\(folder)/\(path)")) }

    /// What is wrong with a value by a schema like `aggregates/v1/accounts`.
    static func violations(of value: JSON, by schema: String) throws -> [String] {
        try JSONSchema(compiling: json("\(schema).schema.json"), at: schema).violations(of: value)
            .map(\.description)
    }

    /// Compares with a kept example; `UPDATE_GOLDEN=1` keeps a new one, but not in CI.
    static func expectGolden(
        _ value: JSON, _ path: String, _ place: Testing.SourceLocation = #_sourceLocation
    ) throws {
        let file = "\(folder)/\(path).json"
        if Host.environment("UPDATE_GOLDEN") == "1", Host.environment("CI") == nil {
            try? Files.makeFolder(
                file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
            )
            try Files.write(Array((value.rendered(pretty: true) + "\n").utf8), to: file)
        }
        let kept = try JSON(parsing: Files.read(file))
        #expect(value == kept, "\(path): \(value.rendered())", sourceLocation: place)
    }
}
