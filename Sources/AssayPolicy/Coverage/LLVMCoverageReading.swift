import AssayCore
import AssayFormats

/// What `llvm-cov export` writes (type `llvm.coverage.json.export`, versions 2 and 3): segments of each file.
///
/// A segment says the count from its place on; lines are counted from them as llvm-cov's own text view does: a line
/// counts when it lies in or begins a region with a count, and its count is the largest of the regions that begin on
/// it and of the one that reaches into it. Source: LLVM, docs/CoverageMappingFormat and the export's version notes.
enum LLVMCoverageReading {
    static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> CoverageReport {
        var tape = JSONTape()
        do throws(JSONError) {
            try tape.parse(bytes)
        } catch {
            throw Diagnostic(
                "AS225",
                "this llvm-cov JSON report is damaged: expected \(error.expected), found \(error.actual)",
                at: SourceLocation(file: file, line: error.line, column: error.column))
        }
        let start = SourceLocation(file: file, line: 1, column: 1)
        guard let root = tape.root, let type = tape.member("type", of: root).flatMap(tape.string),
            type == "llvm.coverage.json.export"
        else {
            throw Diagnostic(
                "AS224", "this JSON is no coverage report that Assay knows", at: start,
                fix: "write llvm-cov's export, Cobertura XML or lcov")
        }
        var files = CoverageFiles()
        for data in tape.member("data", of: root).map(tape.elements) ?? [] {
            for node in tape.member("files", of: data).map(tape.elements) ?? [] {
                guard let path = tape.member("filename", of: node).flatMap(tape.string) else {
                    throw damaged("a file with `filename`", start)
                }
                guard let segments = tape.member("segments", of: node) else {
                    throw Diagnostic(
                        "AS225", "this llvm-cov JSON report holds sums only: '\(path)' has no segments",
                        at: start,
                        fix: "leave `-summary-only` out of `llvm-cov export`")
                }
                var coverage = FileCoverage(path: path)
                addLines(try Self.segments(tape, segments, start), to: &coverage)
                files.add(coverage)
            }
        }
        return CoverageReport(files: files.files)
    }

    struct Segment {
        var line: Int
        var count: Int64
        var hasCount: Bool
        var beginsRegion: Bool
        var isGap: Bool
        /// Begins code, not the space between two pieces of it.
        var beginsCode: Bool { beginsRegion && hasCount && !isGap }
    }

    private static func damaged(_ expected: String, _ location: SourceLocation) -> Diagnostic {
        Diagnostic("AS225", "this llvm-cov JSON report is damaged: expected \(expected)", at: location)
    }

    private static func segments(
        _ tape: JSONTape, _ node: JSONTape.Node, _ location: SourceLocation
    ) throws(Diagnostic) -> [Segment] {
        var segments: [Segment] = []
        for element in tape.elements(node) {
            let parts = tape.elements(element)
            // Version 2 writes five members, later ones add whether it is a gap.
            guard parts.count >= 5, let line = tape.int(parts[0]), (1..<10_000_000).contains(line),
                let count = tape.double(parts[2]), let hasCount = tape.bool(parts[3]),
                let begins = tape.bool(parts[4])
            else { throw damaged("a segment of line, column, count, has-count, is-entry", location) }
            segments.append(
                Segment(
                    line: Int(line), count: count > 0 ? 1 : 0, hasCount: hasCount, beginsRegion: begins,
                    isGap: parts.count > 5 ? tape.bool(parts[5]) ?? false : false))
        }
        return segments
    }

    static func addLines(_ segments: [Segment], to file: inout FileCoverage) {
        guard let first = segments.first, let last = segments.last, first.line <= last.line else { return }
        var upcoming = segments[...]
        var wrapping: Segment?
        for line in first.line...last.line {
            var own: [Segment] = []
            while let next = upcoming.first, next.line <= line { own.append(upcoming.removeFirst()) }
            let starts = own.filter(\.beginsCode)
            let beginsSkipped = own.first.map { !$0.hasCount && $0.beginsRegion } ?? false
            let isMapped =
                own.contains { $0.beginsRegion && $0.hasCount }
                || !beginsSkipped && (wrapping?.hasCount ?? false)
            if isMapped {
                let counts = starts.map(\.count) + (wrapping.map { [$0.count] } ?? [])
                file.add(line: line, isCovered: (counts.max() ?? 0) > 0)
            }
            wrapping = own.last ?? wrapping
        }
    }
}
