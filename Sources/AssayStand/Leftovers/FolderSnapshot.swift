internal import AssayNet

/// Which files are below some folders.
public struct FolderSnapshot: Sendable {
    private var files: Set<String> = []
    /// Real paths of folders that were looked through: links may lead round in circles.
    private var visited: Set<String> = []
    /// More than this is not looked through.
    private static let limit = 50_000
    /// What tools make while they run, and what versions are kept in: no scenario is blamed for it.
    private static let ignored: Set<String> = [
        "node_modules", "__pycache__", "target", "vendor", "dist", "build", "coverage",
    ]

    /// - Parameters:
    ///   - folders: relative ones start at `base`.
    ///   - base: the project's folder.
    public static func take(of folders: [String], base: String) -> FolderSnapshot {
        var snapshot = FolderSnapshot()
        for folder in folders {
            let path = folder.hasPrefix("/") ? folder : folder == "." ? base : "\(base)/\(folder)"
            snapshot.add(path, shown: folder == "." ? "" : folder + "/")
        }
        return snapshot
    }

    private mutating func add(_ folder: String, shown: String) {
        guard let real = Files.resolved(folder), visited.insert(real).inserted else { return }
        for name in (try? Files.names(in: folder)) ?? [] where files.count < Self.limit {
            if name.hasPrefix(".") || Self.ignored.contains(name) { continue }
            if Files.kind(of: "\(folder)/\(name)") == .folder {
                add("\(folder)/\(name)", shown: "\(shown)\(name)/")
            } else {
                files.insert(shown + name)
            }
        }
    }

    /// Files that are there now and were not, by name.
    public func additions(in later: FolderSnapshot) -> [String] { later.files.subtracting(files).sorted() }
}
