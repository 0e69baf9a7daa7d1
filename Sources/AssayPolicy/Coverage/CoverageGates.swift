public import AssayCore
public import AssayFormats

/// How much of a component must be covered.
public struct CoverageGate: Sendable {
    /// Which files belong to it.
    public enum Scope: Sendable {
        /// All files of the reports.
        case everything
        case paths(PathPatterns)
        /// Files below a folder of this name, wherever it is; `-`, `_` and letters' case do not count.
        case folder(String)
    }

    public var component: String
    /// 0…1.
    public var minimum: Double
    public var scope: Scope
    /// Files that do not count, although they are in scope.
    public var ignored: PathPatterns?
    public var location: SourceLocation

    public init(
        component: String, minimum: Double, scope: Scope, ignored: PathPatterns? = nil,
        location: SourceLocation
    ) {
        self.component = component
        self.minimum = minimum
        self.scope = scope
        self.ignored = ignored
        self.location = location
    }
}

/// The gates of a project.
public struct CoveragePolicy: Sendable {
    public var gates: [CoverageGate]
    /// Files that count for no gate.
    public var ignored: PathPatterns?

    public init(gates: [CoverageGate] = [], ignored: PathPatterns? = nil) {
        self.gates = gates
        self.ignored = ignored
    }
}

/// Judges what was covered; a component that no report speaks of has no data and has not held.
///
/// - Parameters:
///   - report: all reports of the run, merged, with paths from the project's folder.
///   - missing: why the run measured only a part, in words; gates are then shown and not judged.
/// - Returns: one result a gate, in their order, with the files that leave the most uncovered; and the total without a
///   gate in front when the policy has none for it.
public func judgeCoverage(
    _ report: CoverageReport, _ policy: CoveragePolicy, missing: String? = nil
) -> [CoverageResult] {
    let files = report.files.filter { !(policy.ignored?.matches($0.path) ?? false) }
    var results: [CoverageResult] = []
    let hasTotal = policy.gates.contains { if case .everything = $0.scope { true } else { false } }
    if !hasTotal, !files.isEmpty { results.append(sum(files, component: "total")) }
    for gate in policy.gates {
        let members = files.filter {
            gate.scope.contains($0.path) && !(gate.ignored?.matches($0.path) ?? false)
        }
        var result = sum(members, component: gate.component)
        result.minimum = gate.minimum
        result.location = gate.location
        if let missing {
            result.status = .notJudged
            result.reason = missing
        } else if result.total == 0 {
            result.status = .noData
            result.reason = reasonForNoData(gate, reported: files.count)
        } else {
            // A hair's breadth, for shares like 70 % that no floating-point number is.
            let isHeld = Double(result.covered) >= gate.minimum * Double(result.total) - 1e-9
            result.status = isHeld ? .held : .broken
        }
        results.append(result)
    }
    return results
}

private let shownFiles = 10
private let shownRanges = 12

private func sum(_ files: [FileCoverage], component: String) -> CoverageResult {
    var result = CoverageResult(component: component, status: .measured, covered: 0, total: 0)
    var units: Set<String> = []
    var worst: [(file: FileCoverage, covered: Int, total: Int)] = []
    for file in files {
        let (covered, total) = (file.covered, file.total)
        guard total > 0 else { continue }
        units.insert(file.unit.rawValue)
        result.covered += covered
        result.total += total
        if covered < total { worst.append((file, covered, total)) }
    }
    worst.sort {
        ($1.total - $1.covered, $0.covered, $0.file.path) < ($0.total - $0.covered, $1.covered, $1.file.path)
    }
    result.files = worst.prefix(shownFiles).map { file, covered, total in
        CoverageResult.File(
            path: file.path, covered: covered, total: total,
            uncovered: Array(file.uncoveredLines.prefix(shownRanges + 1)))
    }
    if !units.isEmpty { result.unit = units.sorted().joined(separator: " and ") }
    return result
}

private func reasonForNoData(_ gate: CoverageGate, reported: Int) -> String {
    if reported == 0 { return "no level of this run gave a coverage report that names a file" }
    let reports = reported == 1 ? "the only file" : "none of the \(grouped(reported)) files"
    let isOne = reported == 1
    switch gate.scope {
    case .everything: return "the reports hold no line of code"
    case .paths(let patterns):
        return "\(reports) in the reports \(isOne ? "does not match" : "matches") "
            + patterns.sources.map { "`\($0)`" }.joined(separator: ", ")
    case .folder(let name):
        return "\(reports) in the reports \(isOne ? "is not" : "is") below a folder '\(name)'\n"
            + "say where it lies: `components: {\(name): [path/**]}`"
    }
}

extension CoverageGate.Scope {
    func contains(_ path: String) -> Bool {
        switch self {
        case .everything: true
        case .paths(let patterns): patterns.matches(path)
        case .folder(let name):
            path.split(separator: "/").dropLast().contains { Self.plain($0) == Self.plain(name[...]) }
        }
    }

    private static func plain(_ name: Substring) -> String {
        name.lowercased().filter { $0 != "-" && $0 != "_" }
    }
}

extension CoverageResult {
    /// The result as a test of level `coverage`; `nil` for what has no gate.
    public func asTest(at nanoseconds: Int64) -> TestResult? {
        guard status != .measured, let location else { return nil }
        let wanted = minimumText ?? ""
        let figure = "\(shareText) of \(grouped(total)) \(unit)"
        var test = TestResult(
            level: "coverage", scenario: component, location: location, status: .passed,
            startedAtNanoseconds: nanoseconds, durationNanoseconds: 0)
        switch status {
        case .held, .measured: test.reason = "\(figure) covered, at least \(wanted) wanted"
        case .notJudged:
            test.status = .skipped
            test.reason = "\(reason ?? "not judged")" + (total > 0 ? "; measured so far: \(figure)" : "")
        case .noData:
            test.status = .failed
            test.reason = "no data, so it cannot be \(wanted): \(reason ?? "")"
        case .broken:
            let missing = max(1, Int((Double(total) * (minimum ?? 0)).rounded(.up)) - covered)
            test.status = .failed
            test.steps = [
                StepResult(
                    name: "coverage of \(component)", kind: "coverage", location: location, status: .failed,
                    startedAtNanoseconds: nanoseconds, durationNanoseconds: 0,
                    mismatches: [
                        Mismatch(
                            subject: component, expected: "at least \(wanted) covered",
                            actual: "\(figure); \(grouped(missing)) more would do", diff: filesText,
                            location: location)
                    ])
            ]
        }
        return test
    }

    /// A line a file, worst first: `internal/db/pool.go   61.00 % of 41   not run: 12–20, 33`.
    private var filesText: String {
        let width = files.map(\.path.count).max() ?? 0
        return files.map { file in
            let padding = String(repeating: " ", count: width - file.path.count)
            return "\(file.path)\(padding)   \(file.shareText) of \(grouped(file.total))   "
                + "not run: \(Self.rangesText(file.uncovered))"
        }.joined(separator: "\n")
    }
}
