/// What one or several coverage reports say: files and what of them was run.
public struct CoverageReport: Sendable, Equatable {
    /// What is counted.
    public enum Unit: String, Sendable { case lines, statements }

    public var files: [FileCoverage]
    /// Folders that relative paths may start from, as Cobertura's `<source>` names them.
    public var sources: [String]

    public init(files: [FileCoverage] = [], sources: [String] = []) {
        self.files = files
        self.sources = sources
    }

    /// Adds another report: what either of them ran is covered. A file of both is one file.
    public mutating func merge(_ other: CoverageReport) {
        var collected = CoverageFiles(files)
        for file in other.files { collected.add(file) }
        files = collected.files
        sources += other.sources.filter { !sources.contains($0) }
    }
}

/// Files in the order they came, each path once.
struct CoverageFiles {
    private(set) var files: [FileCoverage] = []
    private var places: [String: Int] = [:]

    init(_ files: [FileCoverage] = []) {
        for file in files { add(file) }
    }

    mutating func add(_ file: FileCoverage) {
        if let place = places[file.path] {
            files[place].merge(file)
        } else {
            places[file.path] = files.count
            files.append(file)
        }
    }
}

/// What of one file was run.
public struct FileCoverage: Sendable, Equatable {
    /// As the report names it, until the caller puts the project's own path in its place.
    public var path: String
    public private(set) var unit: CoverageReport.Unit
    private var pieces: [Extent: Piece] = [:]

    /// Where a piece of code stands; a line is one with columns of 0.
    struct Extent: Sendable, Hashable {
        var startLine: Int
        var startColumn: Int
        var endLine: Int
        var endColumn: Int
    }

    private struct Piece: Sendable, Equatable {
        /// Statements in it; 1 for a line.
        var weight: Int
        var isCovered: Bool
    }

    public init(path: String, unit: CoverageReport.Unit = .lines) {
        self.path = path
        self.unit = unit
    }

    /// Notes a line; one that was noted before stays covered when it was.
    public mutating func add(line: Int, isCovered: Bool) {
        add(
            Extent(startLine: line, startColumn: 0, endLine: line, endColumn: 0), weight: 1,
            isCovered: isCovered)
    }

    mutating func add(_ extent: Extent, weight: Int, isCovered: Bool) {
        pieces[extent, default: Piece(weight: weight, isCovered: false)].isCovered =
            isCovered || pieces[extent]?.isCovered ?? false
    }

    mutating func merge(_ other: FileCoverage) {
        // Statements of one report and lines of another cannot be added up: lines are what both know.
        guard unit == other.unit else {
            var (lines, others) = (inLines, other.inLines)
            if unit == .lines { swap(&lines, &others) }
            lines.merge(others)
            lines.path = path
            self = lines
            return
        }
        for (extent, piece) in other.pieces {
            add(extent, weight: piece.weight, isCovered: piece.isCovered)
        }
    }

    /// How many lines or statements there are.
    public var total: Int { pieces.values.reduce(0) { $0 + $1.weight } }
    public var covered: Int { pieces.values.reduce(0) { $0 + ($1.isCovered ? $1.weight : 0) } }

    /// Lines that were not run, neighbours as one range, in order.
    public var uncoveredLines: [ClosedRange<Int>] {
        let missed = pieces.filter { !$0.value.isCovered && $0.value.weight > 0 }.keys.sorted {
            ($0.startLine, $0.endLine) < ($1.startLine, $1.endLine)
        }
        var ranges: [ClosedRange<Int>] = []
        for extent in missed {
            let end = max(extent.startLine, extent.endLine)
            // Lines between two missed lines that hold no code do not part them.
            if let last = ranges.last, !isCode(between: last.upperBound, extent.startLine) {
                ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, end)
            } else {
                ranges.append(extent.startLine...end)
            }
        }
        return ranges
    }

    private func isCode(between end: Int, _ start: Int) -> Bool {
        guard start > end + 1 else { return false }
        // Longer gaps are shown as gaps whatever they hold.
        guard unit == .lines, start - end <= 4 else { return true }
        return (end + 1..<start).contains { line in
            pieces[Extent(startLine: line, startColumn: 0, endLine: line, endColumn: 0)] != nil
        }
    }

    /// The same by lines: a line is covered when any statement on it is.
    private var inLines: FileCoverage {
        guard unit == .statements else { return self }
        var result = FileCoverage(path: path)
        for (extent, piece) in pieces {
            for line in extent
                .startLine...max(extent.startLine, min(extent.endLine, extent.startLine + 100_000))
            {
                result.add(line: line, isCovered: piece.isCovered)
            }
        }
        return result
    }
}
