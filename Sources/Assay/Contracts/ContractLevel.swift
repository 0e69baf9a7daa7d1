internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// A level that judges contracts themselves, without any service: `contract: {contracts: contracts/}`.
public struct ContractLevel: Sendable {
    /// Folders of contracts, as the project file writes them.
    var folders: [(path: String, location: SourceLocation)]

    /// What is wrong in the folders, for `assay check`.
    func problems(_ workspace: Workspace) -> [Diagnostic] {
        let bag = DiagnosticBag()
        _ = ContractBook(read(workspace, bag), bag)
        return bag.all
    }

    fileprivate func read(_ workspace: Workspace, _ bag: DiagnosticBag) -> [ContractFolder] {
        ContractFolderFiles.folders(folders.map { (workspace.path($0.path), $0.location) }, bag)
    }
}

/// One run of such a level.
struct ContractLevelRun {
    let level: Project.Level
    let work: ContractLevel
    let workspace: Workspace

    /// A result for each document, example and family of versions; and for each double whose answers are written down.
    ///
    /// - Parameter startedAt: of the run, CLOCK_MONOTONIC nanoseconds.
    func results(since startedAt: Int64, on reactor: Reactor) async -> [TestResult] {
        let begin = Reactor.monotonicNow() - startedAt
        let bag = DiagnosticBag()
        let folders = work.read(workspace, bag)
        let book = ContractBook(folders, bag)
        let today = CivilTime(milliseconds: WallClock.milliseconds).dateText
        var results = folders.flatMap { folder in
            folder.checks(problems: bag.all, today: today).map { result($0, in: folder, at: begin) }
        }
        // A folder that is not there has no checks to fail.
        results += bag.all.filter { $0.code == "AS415" || $0.code == "AS432" }.map { problem in
            TestResult(
                level: level.name, scenario: "folder", location: problem.location ?? level.location,
                status: .failed, reason: problem.message, startedAtNanoseconds: begin,
                durationNanoseconds: 0)
        }
        results += await DoubleAnswers(workspace, book).checks(on: reactor).map {
            result($0, in: nil, at: begin)
        }
        let each = (Reactor.monotonicNow() - startedAt - begin) / Int64(max(1, results.count))
        for place in results.indices {
            results[place].startedAtNanoseconds = begin + Int64(place) * each
            results[place].durationNanoseconds = each
        }
        return results
    }

    private func result(_ check: FolderCheck, in folder: ContractFolder?, at begin: Int64) -> TestResult {
        var result = TestResult(
            level: level.name, scenario: check.name, location: check.location,
            status: check.findings.isEmpty ? .passed : .failed, startedAtNanoseconds: begin,
            durationNanoseconds: 0)
        guard !check.findings.isEmpty else { return result }
        result.steps = [
            StepResult(
                name: check.name, kind: "contract", location: check.location, status: .failed,
                startedAtNanoseconds: begin, durationNanoseconds: 0,
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
