public import AssayCore
internal import AssayFormats
public import AssayNet
public import AssayScenario

/// One scenario, or one row of its cases, to be run as a test.
public struct TestEntry: Sendable {
    public var level: String
    public var scenario: Scenario
    /// Row of the scenario's cases; `nil` when it has none.
    var row: Int?

    /// A scenario's tests: one a row of its cases.
    public static func entries(_ scenario: Scenario, level: String) -> [TestEntry] {
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
        /// How often a failed test is tried again; with ``repeats`` none is.
        public var retries = Retries.none
        /// `nil` runs every test once.
        public var repeats: Repeats?
        public init(seed: UInt64, shuffled: Bool = true, jobs: Int = 4, timeout: Duration = .seconds(60)) {
            self.seed = seed
            self.shuffled = shuffled
            self.jobs = jobs
            self.timeout = timeout
        }
    }

    private let ground: any TestGround
    private let options: Options
    private let reactor: Reactor
    /// Ends the run: tests that run are cut off (their cleanup still runs), the rest is not begun.
    private let scope: CancelScope
    private static let cleanupBound = Duration.seconds(10)

    public init(_ ground: any TestGround, options: Options, on reactor: Reactor, scope: CancelScope) {
        self.ground = ground
        self.options = options
        self.reactor = reactor
        self.scope = scope
    }

    /// Runs all entries.
    ///
    /// - Parameter report: is given each result as it comes, on the reactor's thread.
    /// - Returns: results in the order of `entries`; of a run that ends at its first failure, those that were begun.
    public func run(_ entries: [TestEntry], startedAt: Int64, _ report: (TestResult) -> Void) async
        -> [TestResult]
    {
        var results = RunResults(count: entries.count, repeats: options.repeats)
        var random = SeededRandom(seed: options.seed)
        let order = options.shuffled ? random.shuffled(Array(entries.indices)) : Array(entries.indices)
        // Tests that would see each other come last, one at a time.
        let alone = order.filter { ground.isExclusive(level: entries[$0].level) }
        let together = order.filter { !ground.isExclusive(level: entries[$0].level) }
        for (part, jobs) in [(together, max(1, options.jobs)), (alone, 1)] where !results.endsTheRun {
            var schedule = RepeatSchedule(
                part, rounds: options.repeats?.times ?? 1, reshuffledBy: options.shuffled ? random : nil)
            await withTaskGroup(of: (RepeatSchedule.Start, TestResult).self) { group in
                var running = 0
                func beginNext() {
                    while running < jobs, let start = schedule.next() {
                        running += 1
                        let entry = entries[start.test]
                        group.addTask(executorPreference: reactor) {
                            (start, await self.judge(entry, round: start.round, startedAt: startedAt))
                        }
                    }
                }
                beginNext()
                for await (start, result) in group {
                    running -= 1
                    results.add(result, of: start, to: &schedule, isCancelled: scope.isCancelled)
                    report(result)
                    beginNext()
                }
            }
        }
        return results.all
    }

    /// A test with its retries, or one of its repetitions.
    private func judge(_ entry: TestEntry, round: Int, startedAt: Int64) async -> TestResult {
        if options.repeats != nil { return await run(entry, attempt: round, startedAt: startedAt) }
        return await options.retries.judge { await run(entry, attempt: $0, startedAt: startedAt) }
    }

    /// Runs an entry once, from its isolation to its cleanup.
    ///
    /// - Parameter attempt: number of the try or repetition, from 0; each draws random values of its own.
    private func run(_ entry: TestEntry, attempt: Int, startedAt: Int64) async -> TestResult {
        let scenario = entry.scenario
        var result = TestResult(
            level: entry.level, scenario: scenario.name, caseName: entry.caseName,
            location: entry.row.map { scenario.cases[$0].location } ?? scenario.location, tags: scenario.tags,
            status: .interrupted, startedAtNanoseconds: Reactor.monotonicNow() - startedAt,
            durationNanoseconds: 0)
        guard !scope.isCancelled else {
            result.reason = "not begun: the run was interrupted"
            return result
        }
        switch await ground.enter(entry, in: scope) {
        case .failure(let failure):
            result.status = scope.isCancelled ? .interrupted : failure.status
            result.reason = failure.reason
            result.logs = failure.logs
        case .success(let visit):
            await run(entry, in: visit.context, random(for: entry, attempt), &result, startedAt: startedAt)
            let findings = await visit.leave()
            if !findings.isEmpty { result.fail(findings, at: scenario.location) }
        }
        return result
    }

    private func run(
        _ entry: TestEntry, in context: RunContext, _ random: SeededRandom, _ result: inout TestResult,
        startedAt: Int64
    ) async {
        let begin = Reactor.monotonicNow()
        var planner = Planner(constants: context.constants, http: context.http)
        planner.projectFolder = context.projectFolder
        let scenario = planner.plan(entry.scenario)
        let own = CancelScope(on: reactor, within: scope)
        let journal = Journal(startedAt: startedAt, masker: context.masker)
        let session = Session(
            on: reactor, context: context, scope: own, random: random, scratch: Scratch(), journal: journal)
        session.title = result.title
        session.logMarks = context.stand.logPositions
        session.requestMarks = context.stand.requestCounts
        let limit = scenario.timeout ?? options.timeout
        let timer = ScopeTimer(own, on: reactor, after: limit)
        let flow = await pass(session, scenario, entry.row, journal)
        timer.cancel()
        let cleaned = await session.runCleanup(within: Self.cleanupBound)
        await session.endCalls(failed: flow != .finished || !cleaned)
        own.leave()
        session.closeConnections()
        result.steps = journal.steps
        result.recordings = session.recordings
        result.durationNanoseconds = Reactor.monotonicNow() - begin
        switch flow {
        case .finished where cleaned:
            result.status = journal.steps.contains(where: \.hasDrift) ? .failed : .passed
        case .finished:
            result.status = .failed
            result.reason = "its cleanup failed"
        case .failed: result.status = .failed
        case .cancelled where timer.hasFired:
            result.status = .failed
            result.reason = "did not end within \(limit.shortText)"
        case .cancelled: result.reason = "interrupted"
        }
        if result.status == .failed { result.logs = logs(context, since: session.logMarks) }
    }

    private func pass(_ session: Session, _ scenario: PlannedScenario, _ row: Int?, _ journal: Journal) async
        -> Flow
    {
        session.begin(scenario)
        do {
            if let row, let slot = scenario.names["case"] {
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
    private func random(for entry: TestEntry, _ attempt: Int) -> SeededRandom {
        var salt: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a over level, name and row
        for byte in "\(entry.level)/\(entry.scenario.location.file)/\(entry.row ?? -1)".utf8 {
            salt = (salt ^ UInt64(byte)) &* 0x100_0000_01B3
        }
        let stream = SeededRandom(seed: options.seed).split(salt)
        return attempt == 0 ? stream : stream.split(UInt64(attempt))
    }

    /// Of a service with a few replicas each copy's log is shown, of one with many the lines of all together.
    private func isToldElsewhere(_ service: String, _ marks: [String: Int]) -> Bool {
        func isMany(_ name: String) -> Bool { marks["\(name)-4"] != nil }
        if marks["\(service)-0"] != nil { return !isMany(service) }
        guard let dash = service.lastIndex(of: "-"), Int(service[service.index(after: dash)...]) != nil else {
            return false
        }
        let group = String(service[..<dash])
        return marks[group] != nil && isMany(group)
    }

    private func logs(_ context: RunContext, since marks: [String: Int]) -> [TestResult.LogTail] {
        marks.keys.sorted().compactMap { service in
            guard !isToldElsewhere(service, marks) else { return nil }
            let lines = context.stand.logLines(of: service, from: marks[service] ?? 0).lines
            guard !lines.isEmpty else { return nil }
            return TestResult.LogTail(service: service, lines: lines.suffix(10).map(context.masker.mask))
        }
    }
}

extension TestResult {
    /// Fails the test for what was found when it was over.
    fileprivate mutating func fail(_ findings: [Mismatch], at location: SourceLocation) {
        steps.append(
            StepResult(
                name: "afterwards", kind: "stand", location: location, status: .failed,
                startedAtNanoseconds: startedAtNanoseconds + durationNanoseconds, durationNanoseconds: 0,
                mismatches: findings))
        guard status == .passed else { return }
        status = .failed
        reason = findings.first.map { "\($0.subject): \($0.actual)" }
    }
}
