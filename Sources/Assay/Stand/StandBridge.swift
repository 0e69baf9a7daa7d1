internal import AssayCore
internal import AssayDoubles
internal import AssayFormats
internal import AssayNet
internal import AssayRunner
internal import AssayStand

/// Answers the runner's questions from the stand.
///
/// Holds what a stand has once it is up, so that every reactor may ask.
struct StandBridge: StandAccess {
    private let databases: [String: any Database]
    private let logs: [String: LogBook]
    private let outside: OutsideWatch?
    private let doubles: DoubleAccess

    init(_ stand: Stand, _ doubles: DoubleAccess, _ outside: OutsideWatch?) {
        self.outside = outside
        self.doubles = doubles
        databases = stand.databases
        logs = stand.logs
    }

    func execute(
        _ statement: String, arguments: [JSON], on name: String, reactor: Reactor, in scope: CancelScope
    ) async -> Result<SQLAnswer, StepError> {
        guard let database = databases[name] else {
            return .failure(StepError("the stand has no database '\(name)'"))
        }
        switch await database.execute(statement, arguments: arguments, on: reactor, in: scope) {
        case .success(let answer):
            return .success(SQLAnswer(rows: answer.rows, changedRows: answer.changedRows))
        case .failure(let error): return .failure(StepError(error.description))
        }
    }

    func databaseKind(_ name: String) -> DatabaseKind { databases[name]?.kind ?? .sqlite }

    func run(
        _ program: ProgramRequest, on reactor: Reactor, in scope: CancelScope
    ) async -> Result<ProgramAnswer, StepError> {
        let own = Set(program.environment.map(\.name))
        let inherited = Host.environment.filter { !own.contains($0.name) }
        var spec = ProcessSpec(
            command: program.words, environment: inherited + program.environment, folder: program.folder)
        if let input = program.input { spec.input = .bytes(Array(input.utf8)) }
        do throws(SystemError) {
            try outside?.prepareStep(&spec)
        } catch {
            return .failure(StepError("\(error)"))
        }
        let deadline = Reactor.monotonicNow() &+ program.timeout.nanoseconds
        do {
            let result = try await ChildProcess.runToEnd(spec, on: reactor, until: deadline, in: scope)
            if result.timedOut {
                return .failure(
                    StepError("'\(program.words.last ?? "")' did not end within \(program.timeout.shortText)")
                )
            }
            let exit =
                switch result.status {
                case .exited(let code): Int(code)
                case .signalled(let signal): 128 + Int(signal)
                case .unknown: -1
                }
            return .success(
                ProgramAnswer(
                    exit: exit, output: String(decoding: result.output, as: UTF8.self),
                    errorOutput: String(decoding: result.errors, as: UTF8.self)))
        } catch {
            return .failure(StepError("\(error)"))
        }
    }

    var logPositions: [String: Int] { logs.mapValues(\.position) }

    func logLines(of service: String, from position: Int) -> (lines: [String], next: Int) {
        logs[service]?.lines(from: position) ?? ([], position)
    }

    var requestCounts: [String: Int] { doubles.counts }

    func requests(to double: String, after count: Int) -> [DoubleRequest] {
        doubles.requests(to: double, after: count)
    }

    func change(_ double: String, _ change: DoubleChange, on reactor: Reactor) async
        -> StepError?
    {
        await doubles.change(double, change)
    }
}
