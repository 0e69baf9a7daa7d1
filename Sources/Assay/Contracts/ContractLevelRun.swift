internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// One run of a level that judges contracts.
struct ContractLevelRun {
    let level: Project.Level
    let work: ContractLevel
    let workspace: Workspace
    /// Start of the run, CLOCK_MONOTONIC nanoseconds.
    let startedAt: Int64
    let seed: UInt64

    private var now: Int64 { Reactor.monotonicNow() - startedAt }

    /// Everything of it: the folders first, then what the stand is asked.
    func results(
        _ running: RunningStand, on reactor: Reactor, scope: CancelScope
    ) async -> [TestResult] {
        var results = work.folders.isEmpty ? [] : await ofFolders(on: reactor)
        if let probe = work.probe {
            results += await ProbeLevelRun(
                level: level, work: probe, workspace: workspace, running: running, seed: seed
            ).results(since: startedAt, on: reactor, in: scope)
        }
        if let pacts = work.pacts {
            results += await PactLevelRun(
                level: level, check: pacts, workspace: workspace, running: running, seed: seed,
                startedAt: startedAt
            ).results(on: reactor, scope: scope)
        }
        return results
    }

    /// A result that stands for something that could not be begun.
    private func failed(_ name: String, _ problems: [Diagnostic], at location: SourceLocation) -> TestResult {
        TestResult(
            level: level.name, scenario: name, location: problems.first?.location ?? location,
            status: .failed,
            reason: problems.map { "\($0.code): \($0.message)" }.joined(separator: "\n"),
            startedAtNanoseconds: now, durationNanoseconds: 0)
    }

    // MARK: folders

    /// A result for each document, example and family of versions; and for each double whose answers are written down.
    private func ofFolders(on reactor: Reactor) async -> [TestResult] {
        let begin = now
        let bag = DiagnosticBag()
        let folders = work.read(workspace, bag)
        let book = ContractBook(folders, bag)
        let today = CivilTime(milliseconds: WallClock.milliseconds).dateText
        var results = folders.flatMap { folder in
            folder.checks(problems: bag.all, today: today).map { result($0, in: folder) }
        }
        // A folder that is not there has no checks to fail.
        results += bag.all.filter { $0.code == "AS415" || $0.code == "AS432" }.map {
            failed("folder", [$0], at: level.location)
        }
        results += await DoubleAnswers(workspace, book).checks(on: reactor).map { result($0, in: nil) }
        // One after another in time, as they were judged.
        let each = (now - begin) / Int64(max(1, results.count))
        for place in results.indices {
            results[place].startedAtNanoseconds = begin + Int64(place) * each
            results[place].durationNanoseconds = each
        }
        return results
    }

    private func result(_ check: FolderCheck, in folder: ContractFolder?) -> TestResult {
        var result = TestResult(
            level: level.name, scenario: check.name, location: check.location,
            status: check.findings.isEmpty ? .passed : .failed, startedAtNanoseconds: now,
            durationNanoseconds: 0)
        guard !check.findings.isEmpty else { return result }
        result.steps = [
            StepResult(
                name: check.name, kind: "contract", location: check.location, status: .failed,
                startedAtNanoseconds: now, durationNanoseconds: 0,
                mismatches: check.findings.map { mismatch($0, of: check, in: folder) })
        ]
        return result
    }

    private func mismatch(
        _ finding: FolderCheck.Finding, of check: FolderCheck, in folder: ContractFolder?
    ) -> Mismatch {
        Mismatch(
            subject: finding.place, expected: finding.expected, actual: finding.actual,
            location: check.location,
            contract: ContractDrift(
                rule: finding.rule, side: .neither, contract: check.contract, operation: "",
                culprit: check.name, schemaPath: finding.schemaPath, location: finding.location,
                line: finding.location.flatMap { folder?.files.line(at: $0) }))
    }
}
