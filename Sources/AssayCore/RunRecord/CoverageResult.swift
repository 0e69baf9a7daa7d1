/// How much of one component the tests of a run executed, and whether that is enough.
public struct CoverageResult: Sendable, Equatable {
    public enum Status: String, Sendable {
        case held, broken
        /// No report says anything of the component's files.
        case noData
        /// A gate that this run measured in part only.
        case notJudged
        /// Measured without a gate.
        case measured
    }

    /// As the project names it; `total` for everything.
    public var component: String
    public var status: Status
    /// What is counted: `lines`, `statements`, or `lines and statements`.
    public var unit: String
    public var covered: Int
    public var total: Int
    /// The share that must be covered, 0…1; `nil` without a gate.
    public var minimum: Double?
    /// Where the gate is written.
    public var location: SourceLocation?
    /// Why it was not judged, or why there is no data; for people.
    public var reason: String?
    /// Files that leave the most uncovered, worst first; only a bounded number.
    public var files: [File]

    public struct File: Sendable, Equatable {
        public var path: String
        public var covered: Int
        public var total: Int
        /// Lines that were not run, in order; only a bounded number of ranges.
        public var uncovered: [ClosedRange<Int>]
        public init(path: String, covered: Int, total: Int, uncovered: [ClosedRange<Int>]) {
            self.path = path
            self.covered = covered
            self.total = total
            self.uncovered = uncovered
        }
    }

    public init(
        component: String, status: Status, unit: String = "lines", covered: Int, total: Int,
        minimum: Double? = nil,
        location: SourceLocation? = nil, reason: String? = nil, files: [File] = []
    ) {
        self.component = component
        self.status = status
        self.unit = unit
        self.covered = covered
        self.total = total
        self.minimum = minimum
        self.location = location
        self.reason = reason
        self.files = files
    }
}

extension CoverageResult {
    /// `84.21 %`, cut and not rounded, so that what is shown is never more than what is there; `no data` without any.
    public var shareText: String { total > 0 ? Self.shareText(covered: covered, total: total) : "no data" }

    /// `90 %`; `nil` without a gate.
    public var minimumText: String? {
        minimum.map { share in
            var digits = fixed(share * 100, places: 2)
            while digits.hasSuffix("0") { digits.removeLast() }
            return (digits.hasSuffix(".") ? String(digits.dropLast()) : digits) + " %"
        }
    }

    /// `12, 20–33, …`
    public static func rangesText(_ ranges: [ClosedRange<Int>], atMost limit: Int = 12) -> String {
        let shown = ranges.prefix(limit).map {
            $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)–\($0.upperBound)"
        }
        return (shown + (ranges.count > limit ? ["…"] : [])).joined(separator: ", ")
    }

    static func shareText(covered: Int, total: Int) -> String {
        guard total > 0 else { return "–" }
        if covered == total { return "100 %" }
        let hundredths = Int((Double(covered) / Double(total) * 10_000).rounded(.down))
        return "\(hundredths / 100).\(twoDigits(hundredths % 100)) %"
    }
}

extension CoverageResult.File {
    public var shareText: String { CoverageResult.shareText(covered: covered, total: total) }
}
