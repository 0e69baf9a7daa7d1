internal import AssayCore
internal import AssayNet

extension LiveStand {
    /// Finds the project file that a test names.
    ///
    /// A relative path is looked for in the folder of the test's source file and those above it, then in the current
    /// folder. Where `ASSAY_ROOT` is set, it is looked for there alone: sources may be elsewhere when tests run.
    /// - Parameters:
    ///   - path: as written in the test.
    ///   - source: the test's file.
    /// - Returns: its path from the root, without links: one file has one path.
    /// - Throws: AS281 with the places that were looked at.
    public static func projectFile(_ path: String, from source: String) throws(StandError) -> String {
        let found = try projectFile(
            path, from: source, root: Host.environment("ASSAY_ROOT"), current: Files.current
        ) {
            Files.kind(of: $0) == .file || Files.kind(of: $0 + "/assay.yml") == .file
        }
        let file = Files.kind(of: found) == .folder ? found + "/assay.yml" : found
        return Files.resolved(file) ?? file
    }

    static func projectFile(
        _ path: String, from source: String, root: String?, current: String, exists: (String) -> Bool
    ) throws(StandError) -> String {
        if path.hasPrefix("/") {
            if exists(path) { return path }
            throw StandError("AS281", "there is no project file '\(path)'")
        }
        if let root, !root.isEmpty {
            if exists("\(root)/\(path)") { return "\(root)/\(path)" }
            throw StandError(
                "AS281", "there is no project file '\(path)' in '\(root)', which ASSAY_ROOT names",
                fix: "set ASSAY_ROOT to the folder that '\(path)' starts from, or unset it")
        }
        var folder = source[..<(source.lastIndex(of: "/") ?? source.startIndex)]
        let first = folder
        while !folder.isEmpty {
            if exists("\(folder)/\(path)") { return "\(folder)/\(path)" }
            folder = folder[..<(folder.lastIndex(of: "/") ?? folder.startIndex)]
        }
        if exists("\(current)/\(path)") { return "\(current)/\(path)" }
        throw StandError(
            "AS281",
            "there is no project file '\(path)' in '\(first)', the folders above it, or '\(current)'",
            fix: "name it from one of them, or set ASSAY_ROOT to the folder it starts from")
    }

    /// Where SwiftPM puts what it builds: the folder of this program.
    public static var buildFolder: String? {
        guard let program = Files.resolved("/proc/self/exe"), let slash = program.lastIndex(of: "/") else {
            return nil
        }
        return String(program[..<slash])
    }
}
