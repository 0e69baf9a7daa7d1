internal import AssayCore
internal import AssayNet
internal import AssayPolicy

/// Reads what a runner wrote.
enum LevelReports {
    struct Tests: Sendable {
        var results: [TestResult] = []
        var problems: [Diagnostic] = []
    }

    struct Coverage: Sendable {
        var report = CoverageReport()
        var problems: [Diagnostic] = []
    }

    static func tests(_ files: ReportFiles, level: String) -> Tests {
        var found = Tests()
        each(files, &found.problems) { bytes, path throws(Diagnostic) in
            found.results += try JUnitReader.read(bytes, file: path, level: level)
        }
        return found
    }

    static func coverage(_ files: ReportFiles, _ places: CoveragePlaces) -> Coverage {
        var found = Coverage()
        each(files, &found.problems) { bytes, path throws(Diagnostic) in
            found.report.merge(places.placed(try CoverageReader.read(bytes, file: path)))
        }
        return found
    }

    private static func each(
        _ files: ReportFiles, _ problems: inout [Diagnostic],
        _ read: ([UInt8], String) throws(Diagnostic) -> Void
    ) {
        let (paths, missing) = files.written()
        problems += missing
        for path in paths {
            do {
                try read(try Files.read(path), path)
            } catch let diagnostic as Diagnostic {
                problems.append(diagnostic)
            } catch {
                problems.append(Diagnostic("AS231", "\(files.key): the file cannot be read: \(error)"))
            }
        }
    }
}
