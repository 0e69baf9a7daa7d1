/// Paths as texts.
enum Paths {
    /// A path that starts from a folder: `services/api`, or as it is when it starts from the root.
    static func joined(_ path: String, to folder: String) -> String {
        path.hasPrefix("/") || folder == "." ? path : folder + "/" + path
    }

    /// How `base` reaches `path`: `services/api/a.go`, `../lib/b.go`. Both absolute and without links.
    static func relative(_ path: String, from base: String) -> String {
        let parts = path.split(separator: "/")
        let start = base.split(separator: "/")
        let common = zip(parts, start).prefix { $0 == $1 }.count
        let up = Array(repeating: "..", count: start.count - common)
        return (up + parts.dropFirst(common).map(String.init)).joined(separator: "/")
    }
}
