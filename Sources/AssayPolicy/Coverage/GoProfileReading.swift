import AssayCore

/// Go's coverprofile: `name.go:12.34,15.2 3 1`, a block from line 12 to 15 with 3 statements, run once.
///
/// Counts are statements, as `go tool cover -func` counts. Profiles that were joined (several `mode:` lines, a block
/// several times) count a block once. Source: golang.org/x/tools/cover.
enum GoProfileReading {
    static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> CoverageReport {
        var lines = ReportLines(bytes, file: file)
        var files: [String: FileCoverage] = [:]
        var order: [String] = []
        while let line = lines.next() {
            if line.isEmpty { continue }
            if line.hasPrefix("mode:") {
                let mode = line.dropFirst(5).drop { $0 == " " }
                guard ["set", "count", "atomic"].contains(mode) else {
                    throw lines.fault(.goProfile, expected: "mode: set, count or atomic", found: line)
                }
                continue
            }
            guard let block = block(line) else {
                throw lines.fault(
                    .goProfile, expected: "file.go:line.column,line.column statements count", found: line)
            }
            if files[block.path] == nil { order.append(block.path) }
            files[block.path, default: FileCoverage(path: block.path, unit: .statements)].add(
                block.extent, weight: block.statements, isCovered: block.isCovered)
        }
        return CoverageReport(files: order.compactMap { files[$0] })
    }

    private struct Block {
        var path: String
        var extent: FileCoverage.Extent
        var statements: Int
        var isCovered: Bool
    }

    private static func block(_ line: Substring) -> Block? {
        // The name may hold colons and spaces, so it is what stands before the last ones.
        guard let colon = line.lastIndex(of: ":") else { return nil }
        let fields = line[line.index(after: colon)...].split(separator: " ")
        guard fields.count == 3, let statements = Int(fields[1]), statements >= 0,
            let count = Double(fields[2])
        else { return nil }
        let numbers = fields[0].split { $0 == "." || $0 == "," }.compactMap { Int($0) }
        guard numbers.count == 4, numbers.allSatisfy({ (0..<10_000_000).contains($0) }), numbers[0] > 0 else {
            return nil
        }
        return Block(
            path: String(line[..<colon]),
            extent: FileCoverage.Extent(
                startLine: numbers[0], startColumn: numbers[1], endLine: numbers[2], endColumn: numbers[3]),
            statements: statements, isCovered: count > 0)
    }
}
