internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import AssayPolicy
internal import AssayRunner
internal import AssayStand

/// What the levels of a run have in common.
struct LevelSurroundings {
    /// As it was named, not resolved, so that places in reports read like those of scenarios.
    var projectFolder: String
    /// What `${…}` may name.
    var constants: [String: JSON]
    var environment: TemplateEnvironment
    var masker: Masker
    /// Where `<level>.log` goes.
    var logFolder: String
    let reactor: Reactor
    let scope: CancelScope
    /// Start of the run (``Reactor/monotonicNow()``), from which results count.
    var startedAt: Int64
}

/// What a level by another runner left.
struct LevelOutcome {
    var tests: [TestResult] = []
    /// With paths from the project's folder.
    var coverage = CoverageReport()
}

/// One level by another runner: starts it, waits, reads what it wrote.
struct LevelRun {
    let level: Project.Level
    let runner: RunnerLevel
    let around: LevelSurroundings

    private static let shownLines = 20

    /// How the program ended.
    private enum End {
        case exited(ExitStatus)
        case timedOut
        case cancelled
        case notStarted(String)
    }

    /// - Parameter progress: is told the last line the runner wrote, now and then.
    func run(_ progress: (String) -> Void) async -> LevelOutcome {
        let begin = Reactor.monotonicNow()
        guard !around.scope.isCancelled else {
            return LevelOutcome(tests: [result(.interrupted, begin, "not begun: the run was interrupted")])
        }
        let folder = runner.folder.map { Paths.joined($0, to: around.projectFolder) } ?? around.projectFolder
        let junit = ReportFiles(runner.junit, key: "junit", folder: folder)
        let coverage = ReportFiles(runner.coverage, key: "coverage", folder: folder)
        let log = LogBook(path: logPath, mask: around.masker.mask)
        let end = await execute(in: folder, log, begin, progress)
        if case .cancelled = end { return LevelOutcome(tests: [result(.interrupted, begin, "interrupted")]) }
        let name = level.name
        let places = CoveragePlaces(project: around.projectFolder, folder: folder)
        // Reports may be large, and the reactor has a stand to watch.
        let (tests, covered) = await Blocking.run {
            (LevelReports.tests(junit, level: name), LevelReports.coverage(coverage, places))
        }
        var outcome = LevelOutcome(coverage: covered.report)
        outcome.tests = placed(tests.results, begin)
        outcome.tests += verdicts(end, tests, covered.problems, begin, log)
        return outcome
    }

    // MARK: The program

    private func execute(
        in folder: String, _ log: LogBook, _ begin: Int64, _ progress: (String) -> Void
    ) async -> End {
        let reactor = around.reactor
        let process: ChildProcess
        do {
            process = try await ChildProcess.start(try spec(folder), on: reactor)
        } catch let error as TemplateError {
            return .notStarted(error.diagnostic.rendered())
        } catch {
            return .notStarted("\(error)")
        }
        let readers = ChildProcess.Output.allCases.enumerated().map { index, stream in
            Task(executorPreference: reactor) {
                while let bytes = await process.read(stream) { log.add(bytes, stream: index) }
                log.finish(stream: index)
            }
        }
        let deadline = begin &+ runner.within.nanoseconds
        var status: ExitStatus?
        while status == nil, !around.scope.isCancelled, Reactor.monotonicNow() < deadline {
            status = await process.ended(
                until: min(deadline, Reactor.monotonicNow() &+ 500_000_000), in: around.scope)
            if let line = log.last(1).first { progress(around.masker.mask(line)) }
        }
        // What it left behind would hold its output open, and must not outlive the level in any case.
        await process.stop(grace: .seconds(status == nil ? 2 : 5))
        if process.isGone { for reader in readers { await reader.value } }
        if let status { return .exited(status) }
        return around.scope.isCancelled ? .cancelled : .timedOut
    }

    private func spec(_ folder: String) throws(TemplateError) -> ProcessSpec {
        var names = JSONObject(around.constants.map { ($0.key, $0.value) })
        if names["env"] == nil {
            names["env"] = .object(JSONObject(Host.environment.map { ($0.name, JSON.string($0.value)) }))
        }
        var context = TemplateScope(
            names: names, environment: around.environment, random: SystemRandomNumberGenerator())
        var command: [String] = []
        switch runner.command {
        case .shell(let line): command = ["sh", "-c", try line.text(in: &context)]
        case .words(let words): for word in words { command.append(try word.text(in: &context)) }
        }
        var environment = Host.environment.filter { known in
            !runner.environment.contains { $0.name == known.name }
        }
        for (name, value) in runner.environment { environment.append((name, try value.text(in: &context))) }
        return ProcessSpec(command: command, environment: environment, folder: folder)
    }

    private var logPath: String {
        let safe = String(
            level.name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "-" })
        let path = "\(around.logFolder)/\(safe).log"
        // A service may have the level's name.
        return Files.kind(of: path) == nil ? path : "\(around.logFolder)/\(safe)-level.log"
    }

    // MARK: Results

    /// Puts tests one after another: where in time they were, JUnit does not say. None ends after the runner did.
    private func placed(_ tests: [TestResult], _ begin: Int64) -> [TestResult] {
        let start = begin - around.startedAt
        let end = Reactor.monotonicNow() - around.startedAt
        var next = start
        return tests.map { test in
            var test = test
            test.startedAtNanoseconds = max(start, min(next, end - test.durationNanoseconds))
            next = test.startedAtNanoseconds + test.durationNanoseconds
            if let folder = runner.folder, !test.location.file.hasPrefix("/"),
                !test.location.file.hasPrefix(folder)
            {
                test.location.file = folder + "/" + test.location.file
            }
            test = test.masked(by: around.masker)
            return test
        }
    }

    /// The level's own results: what no test of its JUnit tells.
    private func verdicts(
        _ end: End, _ tests: LevelReports.Tests, _ problems: [Diagnostic], _ begin: Int64, _ log: LogBook
    ) -> [TestResult] {
        var reasons: [String] = []
        switch end {
        case .notStarted(let reason): reasons.append("the runner could not be started: \(reason)")
        case .timedOut:
            reasons.append(
                "the runner did not end within \(runner.within.shortText) and was ended; change it with `within`"
            )
        case .exited(let status) where !status.isSuccess:
            if !tests.results.contains(where: { $0.status == .failed }) {
                let unexplained = runner.junit.isEmpty || !tests.problems.isEmpty
                reasons.append(
                    "the runner \(status)" + (unexplained ? "" : ", and its JUnit names no failed test"))
            }
        case .exited, .cancelled: break
        }
        // Without a program there is nothing to be missed.
        if case .notStarted = end {
        } else {
            reasons += (tests.problems + problems).map { $0.rendered() }
            if runner.junit.isEmpty == false, tests.problems.isEmpty, tests.results.isEmpty, reasons.isEmpty {
                reasons.append("the JUnit of the runner names no test")
            }
        }
        if reasons.isEmpty {
            guard runner.junit.isEmpty else { return [] }
            return [result(.passed, begin, nil)]
        }
        var failed = result(.failed, begin, around.masker.mask(reasons.joined(separator: "\n")))
        let lines = log.last(Self.shownLines).map(around.masker.mask)
        if !lines.isEmpty { failed.logs = [TestResult.LogTail(service: level.name, lines: lines)] }
        return [failed]
    }

    private func result(_ status: TestResult.Status, _ begin: Int64, _ reason: String?) -> TestResult {
        TestResult(
            level: level.name, scenario: level.name, location: level.location,
            tags: [TestResult.wholeLevelTag],
            status: status, reason: reason, startedAtNanoseconds: begin - around.startedAt,
            durationNanoseconds: Reactor.monotonicNow() - begin)
    }
}

extension TestResult {
    /// Hides secrets that the runner wrote into its reports.
    fileprivate func masked(by masker: Masker) -> TestResult {
        var result = self
        result.reason = reason.map(masker.mask)
        for index in result.steps.indices {
            for place in result.steps[index].mismatches.indices {
                let mismatch = result.steps[index].mismatches[place]
                result.steps[index].mismatches[place].actual = masker.mask(mismatch.actual)
                result.steps[index].mismatches[place].diff = mismatch.diff.map(masker.mask)
            }
        }
        result.logs = logs.map { LogTail(service: $0.service, lines: $0.lines.map(masker.mask)) }
        return result
    }
}
