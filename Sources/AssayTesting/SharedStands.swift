internal import Assay
internal import Synchronization

/// Stands that suites of this process have up, each as long as someone keeps it.
final class SharedStands: Sendable {
    struct Key: Hashable, Sendable {
        var project: String
        var isolation: LiveStand.Isolation
    }

    private struct Entry {
        var keepers = 0
        /// Begun by the first test that wants it; those that come meanwhile wait for the same.
        var start: Task<Result<LiveStand, StandError>, Never>?
    }

    static let ofProcess = SharedStands()
    private let entries = Mutex<[Key: Entry]>([:])

    /// Lets the stand, once it is up, stay up until ``release(_:)``.
    func keep(_ key: Key) { entries.withLock { $0[key, default: Entry()].keepers += 1 } }

    /// The stand, or why it is not there: both stay the same while it is kept.
    func stand(_ key: Key) async -> Result<LiveStand, StandError> {
        let start = entries.withLock { entries in
            if let start = entries[key]?.start { return start }
            // Detached: it belongs to all of its tests, and none may cancel it.
            let start = Task<Result<LiveStand, StandError>, Never>.detached {
                do throws(StandError) {
                    return .success(
                        try await LiveStand.start(
                            project: key.project, isolation: key.isolation,
                            programFolders: LiveStand.buildFolder.map { [$0] } ?? []))
                } catch {
                    return .failure(error)
                }
            }
            entries[key, default: Entry()].start = start
            return start
        }
        return await start.value
    }

    /// Takes the stand down when nobody keeps it any more.
    func release(_ key: Key) async {
        let last = entries.withLock { entries -> Entry? in
            entries[key]?.keepers -= 1
            return entries[key]?.keepers == 0 ? entries.removeValue(forKey: key) : nil
        }
        guard case .success(let stand)? = await last?.start?.value else { return }
        await stand.stop()
    }
}
