internal import AssayCore
internal import AssayNet
internal import AssayStand

/// Looks at databases and folders before and after a test.
struct LeftoverWatch {
    private var databases: [(name: String, database: any Database, before: DatabaseSnapshot)] = []
    private var folders: [String] = []
    private var base = ""
    private var files = FolderSnapshot.take(of: [], base: "")
    /// What could not be looked at: said, or a check would pass that never took place.
    private var problems: [String] = []

    static func begin(
        _ databases: [String: any Database], _ folders: [String], _ base: String, on reactor: Reactor
    )
        async -> LeftoverWatch
    {
        var watch = LeftoverWatch()
        for (name, database) in databases.sorted(by: { $0.key < $1.key }) {
            switch await DatabaseSnapshot.take(of: database, on: reactor) {
            case .success(let snapshot): watch.databases.append((name, database, snapshot))
            case .failure(let error):
                watch.problems.append("\(name) could not be looked at: \(error.message)")
            }
        }
        watch.folders = folders
        watch.base = base
        watch.files = FolderSnapshot.take(of: folders, base: base)
        return watch
    }

    func end(on reactor: Reactor) async -> [Mismatch] {
        var found = problems
        for (name, database, before) in databases {
            switch await DatabaseSnapshot.take(of: database, on: reactor) {
            case .failure(let error): found.append("\(name) could not be looked at: \(error.message)")
            case .success(let after):
                found += await before.differences(to: after, in: database, named: name, on: reactor)
            }
        }
        let fresh = files.additions(in: FolderSnapshot.take(of: folders, base: base))
        found += fresh.prefix(20).map { "new file \($0)" }
        if fresh.count > 20 { found.append("and \(fresh.count - 20) more files") }
        return found.map { Mismatch(subject: "leftovers", expected: "nothing left behind", actual: $0) }
    }
}
