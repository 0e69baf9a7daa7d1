import AssayCore
import AssayFormats
import AssayNet
import AssayRunner
import AssayScenario
import AssayWire

/// A stand without processes: rows and log lines that a test puts there.
struct FakeStand: StandAccess {
    var rows: [JSONObject] = []
    var lines: [String] = []

    func execute(
        _ statement: String, arguments: [JSON], on database: String, reactor: Reactor, in scope: CancelScope
    ) async -> Result<SQLAnswer, StepError> {
        if statement.contains("broken") { return .failure(StepError("no such table: broken")) }
        return .success(SQLAnswer(rows: rows, changedRows: arguments.count))
    }

    func run(
        _ program: ProgramRequest, on reactor: Reactor, in scope: CancelScope
    ) async -> Result<ProgramAnswer, StepError> {
        .success(ProgramAnswer(exit: 0, output: program.words.joined(separator: "|"), errorOutput: ""))
    }

    var logPositions: [String: Int] { ["api": 0] }
    func logLines(of service: String, from position: Int) -> (lines: [String], next: Int) {
        (Array(lines.dropFirst(position)), lines.count)
    }
}

/// What the in-process server was asked, in order. Touched on one reactor only.
final class Asked: Sendable {
    private let list: ReactorBound<Box>
    private final class Box { var requests: [String] = [] }
    init(on reactor: Reactor) { list = ReactorBound(Box(), on: reactor) }
    func add(_ request: String) { list.value.requests.append(request) }
    var all: [String] { list.value.requests }
    var count: Int { list.value.requests.count }
}

/// Scenarios given as YAML texts, run against a handler in the same reactor.
struct Bench {
    let reactor: Reactor
    let server: HTTPServer
    let asked: Asked
    var stand = FakeStand()
    /// What `${api.url}` stands for, when it is not the bench's own server.
    var target: String?

    /// For steps that do not speak HTTP.
    init(on reactor: Reactor? = nil) throws {
        try self.init(on: reactor) { _, _ in HTTPResponse(status: 404) }
    }

    init(_ handler: @escaping @Sendable (HTTPRequest, Int) async -> HTTPResponse) throws {
        try self.init(on: nil, handler)
    }

    private init(on given: Reactor?, _ handler: @escaping @Sendable (HTTPRequest, Int) async -> HTTPResponse)
        throws
    {
        let reactor = try given ?? Reactor()
        let asked = Asked(on: reactor)
        self.reactor = reactor
        self.asked = asked
        server = try HTTPServer(at: .loopback(port: 0), on: reactor) { request in
            asked.add("\(request.method) \(request.target)")
            return await handler(request, asked.count)
        }
    }

    /// Members of the stand besides the bench's own server.
    var members: [String: JSON] = [:]

    var constants: [String: JSON] {
        ["api": ["url": .string(target ?? server.url)], "env": [:]].merging(members) { $1 }
    }

    /// What calls say, and where their recordings go.
    var sounds = SoundShelf()
    var recordings: RecordingShelf?
    /// Judges exchanges.
    var contracts: (any ExchangeJudge)?

    func context() -> RunContext {
        RunContext(
            constants: constants,
            environment: TemplateEnvironment(
                nowMilliseconds: { 1_700_000_000_000 }, sha256: { Crypto.sha256($0) },
                hmacSHA256: { Crypto.hmacSHA256(key: $0, $1) },
                readFile: { path throws(TemplateError) in throw TemplateError("AS059", "no file \(path)") }),
            stand: stand, contracts: contracts, masker: Masker(secrets: ["hush-hush"]), sounds: sounds,
            recordings: recordings)
    }

    static let names = StandNames(parts: [
        .init(name: "api", kind: .service, members: ["url"]),
        .init(name: "db", kind: .dependency, members: ["url"], isDatabase: true),
        .init(name: "cache", kind: .dependency, members: ["url", "socket"], isRedis: true),
        .init(name: "bot", kind: .double, members: ["audiosocket", "url"]),
    ])

    func scenario(_ text: String, _ others: [String: String] = [:]) throws -> Scenario {
        var texts = others
        texts["test.yml"] = "assay: 1\nscenario: test\n" + text
        return try ScenarioReader(files: reader(texts), stand: Self.names).scenario("test.yml").get()
    }

    /// Sounds that scenarios name, by path.
    var files: [String: [UInt8]] = [:]

    private func reader(_ texts: [String: String]) -> FileReader {
        let files = texts.mapValues { Array($0.utf8) }.merging(files) { $1 }
        return FileReader { path in files[path].map { .success($0) } ?? .failure(.missing) }
    }

    /// Runs the scenario's tests and stops the server.
    func test(_ text: String, timeout: Duration = .seconds(20), seed: UInt64 = 1) throws -> [TestResult] {
        let entries = TestEntry.entries(try scenario(text), level: "unit")
        let (reactor, server, context) = (reactor, server, context())
        return reactor.run {
            let run = TestRun(
                SharedGround(context), options: .init(seed: seed, jobs: 2, timeout: timeout), on: reactor,
                scope: CancelScope(on: reactor))
            let results = await run.run(entries, startedAt: Reactor.monotonicNow()) { _ in }
            server.stop()
            return results
        }
    }

    /// Drives a profile over the scenario `test.yml` and hands over the record of it.
    func load(
        _ profile: String, scenario text: String, reactors extra: [Reactor] = [], stopAfter: Int = .max
    ) throws -> (record: RunRecord, ending: LoadRun.Ending) {
        try load(
            files: [
                "test.yml": "assay: 1\nscenario: test\n" + text,
                "profile.yml": "assay: 1\nload: profile\nscenarios: [{use: test.yml}]\n" + profile,
            ], reactors: extra, stopAfter: stopAfter)
    }

    /// The same of `profile.yml` among the files.
    func load(
        files texts: [String: String], reactors extra: [Reactor] = [], stopAfter: Int = .max,
        watching watch: @escaping @Sendable (LoadStop) -> Void = { _ in }
    ) throws -> (record: RunRecord, ending: LoadRun.Ending) {
        let read = try ScenarioReader(files: reader(texts), stand: Self.names).profile("profile.yml").get()
        let work = LoadWork(read, constants: constants, seed: 7)
        let (reactor, server, context) = (reactor, server, context())
        return reactor.run {
            var record = RunRecord(
                header: RunHeader(
                    kind: .load, project: "p", name: "n", startedAtMilliseconds: 0, seed: 7,
                    assayVersion: "t",
                    host: .init(name: "", system: "", cores: 1, memoryBytes: 0)))
            for series in work.series { record.apply(.series(series)) }
            let stop = LoadStop(on: reactor)
            watch(stop)
            let run = LoadRun(work, context: context, reactors: [reactor] + extra, stop: stop)
            let ending = await run.run { interval, appeared in
                for series in appeared { record.apply(.series(series)) }
                record.apply(.interval(interval))
                return record.intervals.count < stopAfter
            }
            server.stop()
            return (record, ending)
        }
    }
}

extension RunRecord {
    /// All of one metric in one snapshot.
    func trend(_ metric: String) -> HistogramSnapshot {
        var sum = HistogramSnapshot()
        for point in intervals.flatMap(\.points) where series[point.series].metric == metric {
            if case .trend(let part) = point.value { sum.merge(part) }
        }
        return sum
    }

    func counter(_ metric: String) -> UInt64 {
        intervals.flatMap(\.points).reduce(0) { sum, point in
            guard series[point.series].metric == metric else { return sum }
            switch point.value {
            case .counter(let count): return sum + count
            case .rate(let passed, _): return sum + passed
            default: return sum
            }
        }
    }
}
