public import AssayCore
internal import AssayFormats
public import AssayNet
internal import AssayScenario

/// One scenario, or one row of its cases, to be run as a test.
public struct TestEntry: Sendable {
    public var level: String
    public var scenario: PlannedScenario
    /// Row of the scenario's cases; `nil` when it has none.
    var row: Int?

    /// A scenario's tests: one a row of its cases.
    public static func entries(_ scenario: PlannedScenario, level: String) -> [TestEntry] {
        guard !scenario.cases.isEmpty else { return [TestEntry(level: level, scenario: scenario, row: nil)] }
        return scenario.cases.indices.map { TestEntry(level: level, scenario: scenario, row: $0) }
    }

    public var caseName: String? { row.map { scenario.cases[$0].name } }
}

/// Runs scenarios as tests, several at a time, on one reactor.
public struct TestRun: Sendable {
    public struct Options: Sendable {
        public var seed: UInt64
        /// Whether the order is drawn from the seed.
        public var shuffled: Bool
        /// Tests at a time.
        public var jobs: Int
        /// Bound of a test that names none.
        public var timeout: Duration
        public init(seed: UInt64, shuffled: Bool = true, jobs: Int = 4, timeout: Duration = .seconds(60)) {
            self.seed = seed
            self.shuffled = shuffled
            self.jobs = jobs
            self.timeout = timeout
        }
    }

    private let context: RunContext
    private let options: Options
    private let reactor: Reactor
    /// Ends the run: tests that run are cut off (their cleanup still runs), the rest is not begun.
    private let scope: CancelScope
    private static let cleanupBound = Duration.seconds(10)

    public init(_ context: RunContext, options: Options, on reactor: Reactor, scope: CancelScope) {
        self.context = context
        self.options = options
        self.reactor = reactor
        self.scope = scope
    }

    /// Runs all entries.
    ///
    /// - Parameter report: is given each result as it comes, on the reactor's thread.
    /// - Returns: results in the order of `entries`.
    public func run(_ entries: [TestEntry], startedAt: Int64, _ report: (TestResult) -> Void) async
        -> [TestResult]
    {
        var results = [TestResult?](repeating: nil, count: entries.count)
        var random = SeededRandom(seed: options.seed)
        let order = options.shuffled ? random.shuffled(Array(entries.indices)) : Array(entries.indices)
        var upcoming = order.makeIterator()
        await withTaskGroup(of: (Int, TestResult).self) { group in
            func beginNext() {
                guard let index = upcoming.next() else { return }
                let entry = entries[index]
                group.addTask(executorPreference: reactor) {
                    (index, await self.run(entry, startedAt: startedAt))
                }
            }
            for _ in 0..<max(1, options.jobs) { beginNext() }
            for await (index, result) in group {
                results[index] = result
                report(result)
                beginNext()
            }
        }
        return results.compactMap(\.self)
    }

    private func run(_ entry: TestEntry, startedAt: Int64) async -> TestResult {
        let begin = Reactor.monotonicNow()
        let scenario = entry.scenario
        var result = TestResult(
            level: entry.level, scenario: scenario.name, caseName: entry.caseName,
            location: entry.row.map { scenario.cases[$0].location } ?? scenario.location, tags: scenario.tags,
            status: .interrupted, startedAtNanoseconds: begin - startedAt, durationNanoseconds: 0)
        guard !scope.isCancelled else {
            result.reason = "not begun: the run was interrupted"
            return result
        }
        let own = CancelScope(on: reactor, within: scope)
        let journal = Journal(startedAt: startedAt, masker: context.masker)
        let session = Session(
            on: reactor, context: context, scope: own, random: random(for: entry), scratch: Scratch(),
            journal: journal)
        session.logMarks = context.stand.logPositions
        let limit = scenario.timeout ?? options.timeout
        let timer = ScopeTimer(own, on: reactor, after: limit)
        let flow = await pass(session, entry, journal)
        timer.cancel()
        let cleaned = await session.runCleanup(within: Self.cleanupBound)
        own.leave()
        session.closeConnections()
        result.steps = journal.steps
        result.durationNanoseconds = Reactor.monotonicNow() - begin
        switch flow {
        case .finished where cleaned: result.status = .passed
        case .finished:
            result.status = .failed
            result.reason = "its cleanup failed"
        case .failed: result.status = .failed
        case .cancelled where timer.hasFired:
            result.status = .failed
            result.reason = "did not end within \(limit.shortText)"
        case .cancelled: result.reason = "interrupted"
        }
        if result.status == .failed { result.logs = logs(since: session.logMarks) }
        return result
    }

    private func pass(_ session: Session, _ entry: TestEntry, _ journal: Journal) async -> Flow {
        let scenario = entry.scenario
        session.begin(scenario)
        do {
            if let row = entry.row, let slot = scenario.names["case"] {
                session.variables[slot] = try session.evaluate(scenario.cases[row].values, scenario.names)
            }
            try session.setVariables(scenario.variables, names: scenario.names)
        } catch {
            journal.add(
                StepResult(
                    name: "vars", kind: "vars", location: error.location ?? scenario.location,
                    status: .failed,
                    startedAtNanoseconds: Reactor.monotonicNow() - journal.startedAt, durationNanoseconds: 0,
                    mismatches: [
                        Mismatch(
                            subject: "vars", expected: "a value", actual: error.message,
                            location: error.location)
                    ]))
            return .failed
        }
        return await session.run(scenario.steps)
    }

    /// A stream of its own for every test, the same whatever runs beside it.
    private func random(for entry: TestEntry) -> SeededRandom {
        var salt: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a over level, name and row
        for byte in "\(entry.level)/\(entry.scenario.location.file)/\(entry.row ?? -1)".utf8 {
            salt = (salt ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        return SeededRandom(seed: options.seed).split(salt)
    }

    private func logs(since marks: [String: Int]) -> [TestResult.LogTail] {
        marks.keys.sorted().compactMap { service in
            let lines = context.stand.logLines(of: service, from: marks[service] ?? 0).lines
            guard !lines.isEmpty else { return nil }
            return TestResult.LogTail(service: service, lines: lines.suffix(10).map(context.masker.mask))
        }
    }
}
