internal import AssayContracts
internal import AssayCore
internal import AssayFormats
internal import AssayNet
internal import Synchronization

/// The golden files of a project: compared, or kept anew with an account of what changed.
final class GoldenFolder: Sendable {
    private enum Change: String { case written, changed, same }

    /// What one run kept, by the file's path as it is written in scenarios.
    private struct Kept {
        var value: JSON
        var change: Change
        /// The expectation that kept it.
        var location: SourceLocation?
        /// Kept again with another value: a retried step, or cases that share the file.
        var isUnsteady = false
    }

    private struct Conflict: Error, CustomStringConvertible {
        var description: String
    }

    private let folder: String
    private let kept = Mutex<[String: Kept]>([:])

    /// - Parameter folder: the project's, which paths are relative to.
    init(_ folder: String) { self.folder = folder }

    private func place(of path: String) -> String { path.hasPrefix("/") ? path : folder + "/" + path }

    /// - Throws: why the file cannot be read.
    func judge(
        _ path: String, _ value: JSON, masks: [JSONPath], subject: String, location: SourceLocation?
    ) throws -> [Mismatch] {
        let place = place(of: path)
        guard Files.kind(of: place) == .file else {
            throw Conflict(description: "there is none; make it with --update-golden")
        }
        let bytes = try Files.read(place)
        let positions = try DocumentPositions(parsingJSON: bytes, file: path)
        return GoldenComparison.judge(
            kept: try JSON(parsing: bytes), actual: value, masks: masks, file: path, subject: subject,
            location: location, place: { positions.nearestLocation(of: $0) })
    }

    /// Keeps a value; masked parts stay as the file has them.
    ///
    /// - Throws: why the file cannot be written, and when another expectation of this run kept another value there.
    func update(_ path: String, _ value: JSON, masks: [JSONPath], location: SourceLocation?) throws {
        let place = place(of: path)
        try kept.withLock { kept in
            let earlier = Files.kind(of: place) == .file ? try Files.read(place) : nil
            let old = earlier.flatMap { try? JSON(parsing: $0) }
            let new = GoldenComparison.updated(value, kept: old, masks: masks)
            let isSame = old.map { $0 == new } ?? false
            if var entry = kept[path] {
                if entry.value == new { return }
                guard entry.location == location else {
                    throw Conflict(
                        description:
                            "another expectation of this run kept a different value there; mask what differs")
                }
                entry.value = new
                entry.isUnsteady = true
                if entry.change == .same { entry.change = .changed }
                kept[path] = entry
            } else {
                kept[path] = Kept(
                    value: new, change: earlier == nil ? .written : isSame ? .same : .changed,
                    location: location)
                if isSame { return }
            }
            let above = place.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            try Files.makeFolder(above.joined(separator: "/"))
            try Files.write(Array((new.rendered(pretty: true) + "\n").utf8), to: place)
        }
    }

    /// What `--update-golden` did, a line a file: `golden file written  golden/search.json`.
    var summary: String {
        let all = kept.withLock { $0 }
        if all.isEmpty { return "golden files: no test that ran has one" }
        let lines = all.filter { $0.value.change != .same }.sorted { $0.key < $1.key }.map { path, entry in
            "golden file \(entry.change.rawValue)  \(path)"
                + (entry.isUnsteady
                    ? "  (several values in this run, the last counts; mask what differs)" : "")
        }
        let same = all.count - lines.count
        return (lines + (same > 0 ? ["golden files as they were: \(same)"] : [])).joined(separator: "\n")
    }
}
