internal import AssayCore
internal import AssayFormats
internal import AssayNet

/// Files that a runner shall write, told apart from those that lay there before it ran.
struct ReportFiles {
    /// Key of the level that names them: `junit`, `coverage`.
    let key: String
    private let folder: String
    private let patterns: [GlobPattern]
    private let before: [String: FileStamp]
    private let startedAtMilliseconds: Int64

    /// More files than this are not looked at.
    private static let fileLimit = 50_000

    /// Call it before the runner starts.
    ///
    /// - Parameter folder: where relative patterns start.
    init(_ patterns: [GlobPattern], key: String, folder: String) {
        self.key = key
        self.folder = folder
        self.patterns = patterns
        startedAtMilliseconds = WallClock.milliseconds
        var before: [String: FileStamp] = [:]
        for pattern in patterns {
            for path in Self.files(pattern, folder) { before[path] = FileStamp(of: path) }
        }
        self.before = before
    }

    /// What the runner wrote.
    ///
    /// - Returns: paths in order, each once; and a diagnostic for each pattern that no freshly written file matches.
    ///   Of a pattern with wildcards older files are passed over: they are leftovers of other runs.
    func written() -> (paths: [String], problems: [Diagnostic]) {
        var paths: [String] = []
        var problems: [Diagnostic] = []
        for pattern in patterns {
            let found = Self.files(pattern, folder)
            let fresh = found.filter { FileStamp(of: $0) != before[$0] }
            paths += fresh.filter { !paths.contains($0) }
            if fresh.isEmpty { problems.append(problem(pattern, stale: found)) }
        }
        return (paths, problems)
    }

    private func problem(_ pattern: GlobPattern, stale: [String]) -> Diagnostic {
        guard let old = stale.first, let stamp = before[old] else {
            let what =
                pattern.isPlain
                ? "there is no file '\(pattern.source)'" : "no file matches '\(pattern.source)'"
            return Diagnostic(
                "AS231", "\(key): \(what) after the run",
                fix: "let the runner write it, or change `\(key)`; it starts from "
                    + (folder == "." ? "the project's folder" : "'\(folder)'"))
        }
        let age = max(0, startedAtMilliseconds - stamp.modifiedNanoseconds / 1_000_000)
        let files =
            stale.count == 1
            ? "'\(pattern.source)' is" : "all \(stale.count) files of '\(pattern.source)' are"
        return Diagnostic(
            "AS232",
            "\(key): \(files) of an earlier run, written \(shortText(nanoseconds: Double(age) * 1e6)) before this one began",
            fix: "let the runner write it anew, or remove it before the run")
    }

    private static func files(_ pattern: GlobPattern, _ folder: String) -> [String] {
        func path(_ name: String) -> String { Paths.joined(name, to: folder) }
        if pattern.isPlain {
            let place = path(unescaped(pattern.source))
            return Files.kind(of: place) == .file ? [place] : []
        }
        var found: [String] = []
        var visited = 0
        // Relative names are matched, so that where the project lies does not count.
        func walk(_ name: String) {
            let entries = (try? Files.names(in: name.isEmpty ? folder : path(name))) ?? []
            for entry in entries where entry != ".git" {
                visited += 1
                guard visited <= fileLimit else { return }
                let inner = name.isEmpty ? entry : name == "/" ? "/" + entry : name + "/" + entry
                switch Files.kind(of: path(inner)) {
                case .folder: if !isLink(path(inner)) { walk(inner) }
                case .file: if pattern.matches(inner) { found.append(path(inner)) }
                default: break
                }
            }
        }
        walk(pattern.plainPrefix)
        return found
    }

    /// A folder that lies elsewhere: following it could go round in circles.
    private static func isLink(_ path: String) -> Bool {
        guard let slash = path.lastIndex(of: "/"), let above = Files.resolved(String(path[..<slash])) else {
            return false
        }
        return Files.resolved(path) != above + path[slash...]
    }

    private static func unescaped(_ text: String) -> String {
        var result = ""
        var isEscaped = false
        for character in text {
            if character == "\\", !isEscaped {
                isEscaped = true
            } else {
                result.append(character)
                isEscaped = false
            }
        }
        return result
    }
}
