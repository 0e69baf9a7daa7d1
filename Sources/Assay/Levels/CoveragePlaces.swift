internal import AssayNet
internal import AssayPolicy

/// Puts paths from the project's folder in place of the names that coverage tools give files.
///
/// Tools write absolute paths, paths from their own folder, from a `<source>` of the report, or import paths
/// (`example.org/shop/internal/db/pool.go`). A name that leads to no file of the project stays as it is.
struct CoveragePlaces {
    private let project: String
    private let folder: String

    /// - Parameters:
    ///   - project: the project's folder.
    ///   - folder: where the runner ran.
    init(project: String, folder: String) {
        self.project = Files.resolved(project) ?? project
        self.folder = Files.resolved(folder) ?? folder
    }

    func placed(_ report: CoverageReport) -> CoverageReport {
        var files: [FileCoverage] = []
        for file in report.files {
            var file = file
            file.path = place(file.path, sources: report.sources)
            files.append(file)
        }
        var placed = CoverageReport()
        // Two names may lead to one file.
        placed.merge(CoverageReport(files: files))
        return placed
    }

    func place(_ name: String, sources: [String]) -> String {
        let starts = sources.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } + [folder, project]
        let candidates = name.hasPrefix("/") ? [name] : starts.map { $0 + "/" + name }
        for candidate in candidates where Files.kind(of: candidate) == .file {
            if let path = inProject(Files.resolved(candidate) ?? candidate) { return path }
        }
        // Import paths, and absolute paths of another machine: their end may be a path here.
        var rest = name.split(separator: "/")[...]
        while rest.count > 1 {
            rest = rest.dropFirst()
            let end = rest.joined(separator: "/")
            for start in [folder, project] where Files.kind(of: start + "/" + end) == .file {
                if let path = inProject(start + "/" + end) { return path }
            }
        }
        return name.hasPrefix("./") ? String(name.dropFirst(2)) : name
    }

    private func inProject(_ path: String) -> String? {
        let start = project == "/" ? "/" : project + "/"
        return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
    }
}
