import AssayCore

/// lcov's tracefile: `SF:` begins a file, `DA:line,hits` is a line of it. Source: geninfo(1).
enum LcovReading {
    static func read(_ bytes: [UInt8], file: String) throws(Diagnostic) -> CoverageReport {
        var lines = ReportLines(bytes, file: file)
        var files = CoverageFiles()
        var current: FileCoverage?
        func finish() {
            if let current { files.add(current) }
            current = nil
        }
        while let line = lines.next() {
            if line.hasPrefix("SF:") {
                finish()
                current = FileCoverage(path: String(line.dropFirst(3)))
            } else if line.hasPrefix("DA:") {
                let fields = line.dropFirst(3).split(separator: ",", omittingEmptySubsequences: false)
                guard fields.count >= 2, let number = Int(fields[0]), number > 0, let hits = Double(fields[1])
                else { throw lines.fault(.lcov, expected: "DA:line,hits", found: line) }
                guard current != nil else {
                    throw lines.fault(.lcov, expected: "SF: before the first DA:", found: line)
                }
                current?.add(line: number, isCovered: hits > 0)
            } else if line == "end_of_record" {
                finish()
            }
            // Everything else (functions, branches, sums) is not needed.
        }
        finish()
        return CoverageReport(files: files.files)
    }
}
