internal import AssayNet
internal import AssayPolicy

/// Puts paths from the project's folder in place of the names that coverage tools give files.
///
/// Tools write absolute paths, paths from their own folder, from a `<source>` of the report, or import paths
/// (`example.org/shop/internal/db/pool.go`). A name that leads to no file of the project stays as it is.
struct CoveragePlaces {
    private let project: String
    private let folder: String
    /// What Go's import paths of the folder begin with, as its go.mod says.
    private let module: String?

    /// - Parameters:
    ///   - project: the project's folder.
    ///   - folder: where the runner ran.
    init(project: String, folder: String) {
        self.project = Files.resolved(project) ?? project
        self.folder = Files.resolved(folder) ?? folder
        module = Self.goModule(self.folder + "/go.mod")
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
        if name.hasPrefix("/") {
            if Files.kind(of: name) == .file { return inProject(Files.resolved(name) ?? name) ?? name }
        } else {
            if let module, name.hasPrefix(module),
                let path = file(folder + "/" + name.dropFirst(module.count))
            {
                return path
            }
            let starts = sources.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } + [folder, project]
            if let path = starts.lazy.compactMap({ file($0 + "/" + name) }).first { return path }
        }
        return end(of: name) ?? (name.hasPrefix("./") ? String(name.dropFirst(2)) : name)
    }

    /// A path of another machine or module: its end may be a path here. A bare file name says too little.
    private func end(of name: String) -> String? {
        var rest = name.split(separator: "/").dropFirst()
        while rest.count > 1 {
            let end = rest.joined(separator: "/")
            if let path = file(folder + "/" + end) ?? file(project + "/" + end) { return path }
            rest = rest.dropFirst()
        }
        return nil
    }

    /// The path from the project's folder, when there is such a file.
    private func file(_ path: String) -> String? {
        Files.kind(of: path) == .file ? inProject(Files.resolved(path) ?? path) : nil
    }

    private func inProject(_ path: String) -> String? {
        let start = project == "/" ? "/" : project + "/"
        return path.hasPrefix(start) ? String(path.dropFirst(start.count)) : nil
    }

    /// `example.org/shop/`
    private static func goModule(_ path: String) -> String? {
        guard let bytes = try? Files.read(path, limitBytes: 1 << 20) else { return nil }
        let words = String(decoding: bytes, as: UTF8.self).split(separator: "\n").lazy
            .map { $0.split { $0 == " " || $0 == "\t" || $0 == "\r" } }
        return words.first { $0.first == "module" && $0.count > 1 }.map { "\($0[1])/" }
    }
}
