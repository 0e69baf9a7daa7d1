/// Names of modules: `file:///folder/script.js` of files, `https://…` of what is elsewhere, `k6/http` of what is built in.
enum ModuleName {
    private static let scheme = "file://"

    /// The name of a file.
    ///
    /// - Parameter path: absolute; a relative one is from the current folder, which the caller has put before it.
    static func file(_ path: String) -> String { scheme + normalized(path) }

    /// A file's path.
    static func path(_ name: String) -> String? {
        name.hasPrefix(scheme) ? String(name.dropFirst(scheme.count)) : nil
    }

    /// As people call it.
    static func shown(_ name: String) -> String { "'\(path(name) ?? name)'" }

    /// What `base` means by `name`.
    static func resolve(_ name: String, from base: String) -> Result<String, ScriptProgram.SourceFailure> {
        if name.hasPrefix(scheme) {
            return .success(scheme + normalized(String(name.dropFirst(scheme.count))))
        }
        if name.hasPrefix("https://") || name.hasPrefix("http://") { return .success(name) }
        if name.hasPrefix("/") { return .success(rooted(name, base)) }
        guard name.hasPrefix("./") || name.hasPrefix("../") || name == "." || name == ".." else {
            return .success(name)
        }
        guard let slash = base.lastIndex(of: "/") else {
            return .failure(.init("'\(name)' is relative, and '\(base)' is no file"))
        }
        return .success(rooted(base[..<slash] + "/" + name, base))
    }

    private static func rooted(_ path: some StringProtocol, _ base: String) -> String {
        let text = String(path)
        if let path = Self.path(text) { return scheme + normalized(path) }
        for remote in ["https://", "http://"] where text.hasPrefix(remote) {
            return remote + normalized("/" + text.dropFirst(remote.count)).dropFirst()
        }
        return scheme + normalized(text)
    }

    /// Without `.`, `..` and empty parts.
    private static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
