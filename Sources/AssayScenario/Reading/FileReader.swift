/// Reads files for readers that do no I/O themselves.
public struct FileReader: Sendable {
    /// Why a file could not be read.
    public enum Failure: Error, Sendable, Equatable {
        case missing
        /// The system's reason, like `permission denied`.
        case unreadable(String)
    }

    /// The bytes of a file, by a path relative to where the first file's path is relative to.
    public var bytes: @Sendable (_ path: String) -> Result<[UInt8], Failure>
    /// Names in a folder, for suggestions; empty when there is no such folder.
    public var names: (@Sendable (_ folder: String) -> [String])?

    public init(
        bytes: @escaping @Sendable (_ path: String) -> Result<[UInt8], Failure>,
        names: (@Sendable (_ folder: String) -> [String])? = nil
    ) {
        self.bytes = bytes
        self.names = names
    }

    /// Files given as texts: for tests and for scenarios that were never on disk.
    public init(texts: [String: String]) {
        self.init { path in
            texts[path].map { .success(Array($0.utf8)) } ?? .failure(.missing)
        } names: { folder in
            texts.keys.compactMap { path in
                let (parent, name) = Self.split(path)
                return parent == folder ? name : nil
            }
        }
    }

    /// Folder and name of a path; the folder of a bare name is empty.
    static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return ("", path) }
        return (String(path[..<slash]), String(path[path.index(after: slash)...]))
    }

    /// A path as `file` writes it, from where `file`'s own path starts: `../a.yml` in `tests/x.yml` is `a.yml`.
    public static func resolve(_ path: String, from file: String) -> String {
        if path.hasPrefix("/") { return path }
        var parts: [Substring] = []
        let joined = split(file).folder + "/" + path
        for part in joined.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return (file.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
