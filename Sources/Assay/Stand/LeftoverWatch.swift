internal import AssayCore
internal import AssayNet
internal import AssayStand

/// Looks at databases, caches and folders before and after a test.
struct LeftoverWatch {
    /// What is looked at; a database of a scenario's own goes with all that is in it and is none of this.
    struct Places {
        var databases: [String: any Database] = [:]
        /// URLs of Redis servers.
        var caches: [String: String] = [:]
        var folders: [String] = []
        /// What relative folders start from.
        var base = "."
    }

    private let places: Places
    private var rows: [String: DatabaseSnapshot] = [:]
    private var keys: [String: Set<[UInt8]>] = [:]
    private var files: FolderSnapshot
    /// What could not be looked at: said, or a check would pass that never took place.
    private var problems: [String] = []
    private static let keyLimit = 200_000

    private init(_ places: Places) {
        self.places = places
        files = FolderSnapshot.take(of: places.folders, base: places.base)
    }

    static func begin(_ places: Places, on reactor: Reactor) async -> LeftoverWatch {
        var watch = LeftoverWatch(places)
        for (name, database) in places.databases {
            switch await DatabaseSnapshot.take(of: database, on: reactor) {
            case .success(let snapshot): watch.rows[name] = snapshot
            case .failure(let error):
                watch.problems.append("\(name) could not be looked at: \(error.message)")
            }
        }
        for (name, url) in places.caches {
            switch await scan(url, on: reactor) {
            case .success(let found): watch.keys[name] = found
            case .failure(let reason): watch.problems.append("\(name) could not be looked at: \(reason.text)")
            }
        }
        return watch
    }

    func end(on reactor: Reactor) async -> [Mismatch] {
        var found = problems
        for (name, before) in rows.sorted(by: { $0.key < $1.key }) {
            guard let database = places.databases[name] else { continue }
            switch await DatabaseSnapshot.take(of: database, on: reactor) {
            case .failure(let error): found.append("\(name) could not be looked at: \(error.message)")
            case .success(let after):
                found += await before.differences(to: after, in: database, named: name, on: reactor)
            }
        }
        for (name, before) in keys.sorted(by: { $0.key < $1.key }) {
            switch await Self.scan(places.caches[name] ?? "", on: reactor) {
            case .failure(let reason): found.append("\(name) could not be looked at: \(reason.text)")
            case .success(let after): found += Self.differences(name, before, after)
            }
        }
        let fresh = files.additions(in: FolderSnapshot.take(of: places.folders, base: places.base))
        found += fresh.prefix(20).map { "new file \($0)" }
        if fresh.count > 20 { found.append("and \(fresh.count - 20) more files") }
        return found.map { Mismatch(subject: "leftovers", expected: "nothing left behind", actual: $0) }
    }

    // MARK: keys

    private struct Reason: Error { var text: String }

    private static func scan(_ url: String, on reactor: Reactor) async -> Result<Set<[UInt8]>, Reason> {
        do throws(RedisAddressError) {
            let client = RedisClient(try RedisAddress(parsing: url), on: reactor)
            defer { client.close() }
            switch await client.scanKeys(limit: keyLimit) {
            case .success(let found) where found.isComplete: return .success(Set(found.keys))
            case .success: return .failure(Reason(text: "it holds more than \(keyLimit) keys"))
            case .failure(let failure): return .failure(Reason(text: failure.description))
            }
        } catch {
            return .failure(Reason(text: error.description))
        }
    }

    private static func differences(_ name: String, _ before: Set<[UInt8]>, _ after: Set<[UInt8]>) -> [String]
    {
        func told(_ keys: Set<[UInt8]>, _ what: String) -> [String] {
            guard !keys.isEmpty else { return [] }
            let names = keys.map { String(decoding: $0, as: UTF8.self) }.sorted()
            let more = names.count > 5 ? " and \(names.count - 5) more" : ""
            let shown = names.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
            return ["\(name): \(keys.count) \(what) \(keys.count == 1 ? "key" : "keys"): \(shown)\(more)"]
        }
        return told(after.subtracting(before), "new") + told(before.subtracting(after), "vanished")
    }
}
